//! Attendees, network figures, subtitles, the waiting room and interpreters: written as documented,
//! read in every spelling, and with whatever else was sent.

use std::time::Duration;

use meeting_types::{
    Timestamp,
    events::{
        AttendeeChange, AttendeeInfo, ConferenceBasicInfo, ConferenceDynamicInfo, EventKind,
        EventPayload, InterpreterGroupInfo, NetworkCondition, NetworkConditionChange, NetworkGrade,
        ParticipantClient, RealTimeSubtitle, SubtitleLanguage, SubtitleLine, WaitingChange,
        WaitingParticipant, WaitingState,
    },
    models::{AttendeeType, Interpreter, InterpreterKind, ParticipantRole},
};
use serde_json::{Value, json};

use crate::{json_of, parse, round_trip::round_trip};

fn payload(message: &Value) -> EventPayload {
    parse(message).payload
}

fn ada() -> AttendeeInfo {
    AttendeeInfo::new()
        .user_uuid("ff8080816b1c0001")
        .participant_id("p1")
        .phone("+99111")
        .name("Ada")
        .account_id("ada@example")
        .role(ParticipantRole::Host)
        .email("ada@example.com")
        .sms("+8615500000001")
        .mute(false)
        .auto_invite(true)
        .kind(AttendeeType::SoftClient)
        .dept_id("d1")
        .dept_name("Engines")
        .corp_id("807077882")
        .third_party_account("ada")
        .phone_hidden(false)
        .name_kept(true)
}

#[test]
fn attendees_make_the_round_trip() {
    let mut more = AttendeeInfo::new().phone("+99112");
    more.extra.insert("floor".to_owned(), "3".to_owned());
    let changes: Vec<AttendeeChange> = vec![
        ada().into(),
        more.into(),
        AttendeeChange::Removed(Box::new(AttendeeInfo::new().phone("+99113"))),
    ];
    let wire = json!({"data": [
        {
            "userUUID": "ff8080816b1c0001", "participantID": "p1", "mode": 0, "phone": "+99111",
            "name": "Ada", "accountId": "ada@example", "role": 1, "email": "ada@example.com",
            "sms": "+8615500000001", "isMute": 0, "isAutoInvite": 1, "type": "normal",
            "deptUUID": "d1", "deptName": "Engines", "orgID": "807077882", "thirdAccount": "ada",
            "hidePhone": false, "isNotOverlayPidName": true,
        },
        {"phone": "+99112", "mode": 0, "floor": "3"},
        {"phone": "+99113", "mode": 1},
    ]});
    let event = round_trip(changes, &wire);
    assert_eq!(event.kind, EventKind::Attendees);
    round_trip(Vec::<AttendeeChange>::new(), &json!({"data": []}));
}

#[test]
fn attendees_are_read_leniently() {
    let read = payload(&json!({"action": "AttendeesNotify", "data": [
        {"phone": 99112, "mode": "1"},
        {"participantID": "", "userUUID": "", "name": "Bo", "role": "0", "isMute": "1",
            "hidePhone": "true", "type": "hologram", "desk": {"row": 4}, "age": 7, "pet": null},
        {}, 7,
    ]}));
    let mut bo = AttendeeInfo::new()
        .name("Bo")
        .role(ParticipantRole::Guest)
        .mute(true)
        .phone_hidden(true)
        .kind(AttendeeType::from("hologram"));
    bo.extra
        .insert("desk".to_owned(), r#"{"row":4}"#.to_owned());
    bo.extra.insert("age".to_owned(), "7".to_owned());
    let gone = AttendeeInfo::new().phone("99112");
    let expected: Vec<AttendeeChange> =
        vec![AttendeeChange::Removed(Box::new(gone)), bo.clone().into()];
    assert_eq!(read, expected.into());

    // The mode of an entry in every spelling.
    for (mode, is_gone) in [
        (json!(1), true),
        (json!("1"), true),
        (json!(true), true),
        (json!(0), false),
        (json!(false), false),
        (json!(2), false),
        (json!("gone"), false),
        (Value::Null, false),
    ] {
        let entry = json!({"participantID": "p1", "mode": mode});
        let message = json!({"action": "AttendeesNotify", "data": [entry]});
        let info = AttendeeInfo::new().participant_id("p1");
        let expected = if is_gone {
            AttendeeChange::Removed(Box::new(info))
        } else {
            info.into()
        };
        assert_eq!(payload(&message), vec![expected].into(), "{mode}");
        let message = json!({"action": "NetConditionNotify", "data": [entry]});
        let expected = if is_gone {
            NetworkConditionChange::Removed("p1".into())
        } else {
            NetworkCondition::new("p1").into()
        };
        assert_eq!(payload(&message), vec![expected].into(), "{mode}");
    }

    // A value that does not fit its field is kept beside it.
    let read =
        payload(&json!({"action": "AttendeesNotify", "data": {"name": "Bo", "role": "chief"}}));
    let mut odd = AttendeeInfo::new().name("Bo");
    odd.extra.insert("role".to_owned(), "chief".to_owned());
    assert_eq!(read, vec![AttendeeChange::from(odd)].into());

    // What lies flat does not take the envelope along.
    let flat = json!({
        "action": "AttendeesNotify", "version": 3, "createTime": 4, "msgID": "m", "msgMode": 1,
        "confID": "9", "phone": "+99112", "mode": 0, "floor": "3",
    });
    let mut only = AttendeeInfo::new().phone("+99112");
    only.extra.insert("floor".to_owned(), "3".to_owned());
    assert_eq!(payload(&flat), vec![AttendeeChange::from(only)].into());

    let odd = json!({"action": "AttendeesNotify", "data": "soon"});
    assert_eq!(payload(&odd), EventPayload::Other(odd));
    let empty = payload(&json!({"action": "AttendeesNotify", "msgMode": 0}));
    assert_eq!(empty, Vec::<AttendeeChange>::new().into());
}

#[test]
fn an_attendee_is_known_again() {
    let known = ada();
    let called = |phone: &str| AttendeeInfo::new().phone(phone);
    assert!(known.is_same_as(&called("+99111")));
    assert!(!known.is_same_as(&called("+99112")));
    // The same user at two numbers is invited twice.
    assert!(!known.is_same_as(&called("+99112").user_uuid("ff8080816b1c0001")));
    assert!(known.is_same_as(&AttendeeInfo::new().account_id("ada@example")));
    assert!(known.is_same_as(&AttendeeInfo::new().participant_id("p1")));
    assert!(!AttendeeInfo::new().is_same_as(&AttendeeInfo::new()));
    // No number is no common number.
    let nameless = called("").participant_id("p3");
    assert!(!nameless.is_same_as(&called("").participant_id("p4")));
    assert!(nameless.is_same_as(&nameless));
    // Who rejoins has another site.
    assert!(known.is_same_as(&called("+99111").participant_id("p2")));
}

#[test]
fn network_figures_make_the_round_trip() {
    let condition = NetworkCondition::new("p1")
        .grade(NetworkGrade::Good)
        .round_trip(Duration::from_millis(35))
        .jitter(1)
        .out_jitter(2)
        .audio_codec("AACLD")
        .video_codec("H264HP")
        .flow_in(3)
        .flow_out(4)
        .video_flow_in(5)
        .video_flow_out(6)
        .share_flow_in(7)
        .share_flow_out(8)
        .audio_in_loss(9)
        .audio_out_loss(10)
        .video_in_loss(11)
        .video_out_loss(12)
        .share_in_loss(13)
        .share_out_loss(14)
        .bandwidth(1920);
    let changes: Vec<NetworkConditionChange> = vec![
        condition.clone().into(),
        NetworkConditionChange::Removed("p2".into()),
    ];
    let wire = json!({"data": [
        {
            "participantID": "p1", "mode": 0, "netInfo": "good", "delay": "35", "jitter": "1",
            "outJitter": "2", "audioCodecType": "AACLD", "videoCodecType": "H264HP", "fluxIn": "3",
            "fluxOut": "4", "videoFluxIn": "5", "videoFluxOut": "6", "assistVideoFluxIn": "7",
            "assistVideoFluxOut": "8", "lostPacketRate": "9", "audioOutLossPacketRate": "10",
            "videoInLossPacketRate": "11", "videoOutLossPacketRate": "12",
            "assistVideoInLossPacketRate": "13", "assistVideoOutLossPacketRate": "14",
            "bandwidth": 1920,
        },
        {"participantID": "p2", "mode": 1},
    ]});
    round_trip(changes, &wire);

    // Numbers as numbers, and what nobody documented.
    let read = payload(&json!({"action": "NetConditionNotify", "data": [
        {"participantID": "p1", "delay": 35, "bandwidth": "1920", "jitter": "much", "hops": 3},
        {"netInfo": "nobody's"},
    ]}));
    let mut expected = NetworkCondition::new("p1")
        .round_trip(Duration::from_millis(35))
        .bandwidth(1920);
    expected
        .extra
        .insert("jitter".to_owned(), "much".to_owned());
    expected.extra.insert("hops".to_owned(), "3".to_owned());
    assert_eq!(
        read,
        vec![NetworkConditionChange::from(expected.clone())].into()
    );

    let mut known = condition.clone();
    known.merge(NetworkCondition::new("p1").jitter(40));
    assert_eq!(known, condition.jitter(40));
}

#[test]
fn subtitles_make_the_round_trip() {
    let subtitle = RealTimeSubtitle::new(
        "p1",
        [
            SubtitleLine::new(SubtitleLanguage::Original, "你好").id("1"),
            SubtitleLine::new(SubtitleLanguage::English, "hello"),
        ],
    )
    .complete(true)
    .timestamp(1_763_800_000_000)
    .begins(100)
    .ends(200);
    assert_eq!(subtitle.text_in(&SubtitleLanguage::English), Some("hello"));
    assert_eq!(subtitle.text_in(&SubtitleLanguage::Mandarin), None);
    let wire = json!({"data": {
        "msgs": [
            {"subtitleLang": "Original", "translateText": "你好", "id": "1"},
            {"subtitleLang": "English", "translateText": "hello"},
        ],
        "isFinal": true, "timestamp": 1_763_800_000_000_i64, "beginTime": 100, "endTime": 200,
        "participantID": "p1",
    }});
    round_trip(subtitle, &wire);

    // Here the envelope is text, and so may everything else be.
    let event = parse(&json!({
        "action": "RealTimeSubtitleNotify", "version": "7", "createTime": "1763800000123",
        "msgMode": 1, "data": json!({
            "msgs": {"subtitleLang": "Klingon", "translateText": "nuqneH", "accent": "soft"},
            "isFinal": "0", "beginTime": "100", "mood": "good",
        }).to_string(),
    }));
    assert_eq!(event.version, Some(7));
    assert_eq!(
        event.created_at,
        Some(Timestamp::from_millis(1_763_800_000_123))
    );
    let mut line = SubtitleLine::new(SubtitleLanguage::from("Klingon"), "nuqneH");
    line.extra.insert("accent".to_owned(), "soft".to_owned());
    let EventPayload::RealTimeSubtitle(read) = event.payload else {
        panic!()
    };
    assert_eq!(read.lines, [line]);
    assert_eq!(read.complete, Some(false));
    assert_eq!(read.begins, Some(100));
    assert_eq!(read.extra["mood"], "good");
}

#[test]
fn the_waiting_room_makes_the_round_trip() {
    let waiting = WaitingParticipant::new("p1")
        .name("Ada")
        .phone("+99111")
        .waiting_since(Timestamp::from_millis(1_763_800_001_000))
        .anonymous(false)
        .client_type(ParticipantClient::Mobile)
        .corp_id("807077882")
        .user_uuid("ff80ada")
        .account_id("ada@example")
        .third_party_account("ada")
        .state(WaitingState::Waiting)
        .joining(false)
        .with_extra("IS_SVC", "1");
    let gone = WaitingParticipant::new("p2")
        .removal("2")
        .state(WaitingState::Admitted);
    let changes: Vec<WaitingChange> = vec![
        waiting.clone().into(),
        WaitingChange::Removed(Box::new(gone)),
    ];
    let wire = json!({"data": [
        {"pid": "p1", "mode": 0, "pinfoMap": {
            "NAME": "Ada", "TEL": "+99111", "ADDTIME": "1763800001000", "ANONYMOUS": "0",
            "CLIENT_LOGIN_TYPE": "Mobile", "ORG_ID": "807077882", "ACCOUNT_ID": "ff80ada",
            "ACCOUNT": "ada@example", "THIRDACCOUNT": "ada", "WAITINGSTATE": "0", "joining": "0",
            "IS_SVC": "1",
        }},
        {"pid": "p2", "mode": 1, "delType": "2", "pinfoMap": {"WAITINGSTATE": "1"}},
    ]});
    round_trip(changes, &wire);

    let read = payload(&json!({"action": "WaitingListNotify", "data": [
        {"pid": 17, "mode": "0", "delType": 0,
            "pinfoMap": {"CLICENT_LOGIN_TYPE": "Pad", "WAITINGSTATE": 1, "joining": true}},
    ]}));
    let expected = WaitingParticipant::new("17")
        .removal("0")
        .client_type(ParticipantClient::Pad)
        .state(WaitingState::Admitted)
        .joining(true);
    assert_eq!(read, vec![WaitingChange::from(expected)].into());

    let mut known = waiting.clone();
    known.merge(WaitingParticipant::new("p1").state(WaitingState::Admitted));
    assert_eq!(known, waiting.state(WaitingState::Admitted));
}

#[test]
fn interpreters_are_read_in_both_shapes() {
    let group = InterpreterGroupInfo::new("g1")
        .name("zh-en")
        .first_language("zh")
        .second_language("en")
        .kind(InterpreterKind::Human)
        .interpreters([Interpreter::new().login_account("ada").name("Ada")]);
    let sample = json!({
        "groupID": "g1", "groupName": "zh-en", "firstLanguage": "zh", "secondLanguage": "en",
        "groupType": "MANUAL", "interpreters": [{"loginAccount": "ada", "name": "Ada"}],
    });
    let groups = vec![group.clone()];
    let event = round_trip(groups.clone(), &json!({"interpreterGroups": [sample]}));
    assert_eq!(event.kind, EventKind::InterpreterGroup);
    round_trip(
        Vec::<InterpreterGroupInfo>::new(),
        &json!({"interpreterGroups": []}),
    );

    let mut table = sample.clone();
    let id = table.as_object_mut().unwrap().remove("groupID").unwrap();
    table["groupId"] = id;
    for message in [
        json!({"action": "InterpreterGroupNotify", "data": [table]}),
        json!({"action": "InterpreterGroupNotify", "data": table}),
        json!({"action": "InterpreterGroupNotify", "data": json!([sample]).to_string()}),
        json!({"action": "InterpreterGroupNotify", "interpreterGroups": sample}),
        json!({"action": "InterpreterGroupNotify", "interpreterGroups": json!([table]).to_string()}),
    ] {
        assert_eq!(payload(&message), groups.clone().into(), "{message}");
    }
    let read =
        payload(&json!({"action": "InterpreterGroupNotify", "data": [{"groupId": 4, "seat": 2}]}));
    let mut expected = InterpreterGroupInfo::new("4");
    expected.extra.insert("seat".to_owned(), "2".to_owned());
    assert_eq!(read, vec![expected].into());
}

#[test]
fn flat_payloads_keep_what_is_not_documented() {
    let message = json!({
        "action": "ConfDynamicInfoNotify", "version": 3, "msgMode": 1, "confID": "9", "lock": 1,
        "weather": "fine", "picNum": "many", "data": null,
    });
    let mut expected = ConferenceDynamicInfo::new().locked(true);
    expected
        .extra
        .insert("weather".to_owned(), "fine".to_owned());
    expected
        .extra
        .insert("picNum".to_owned(), "many".to_owned());
    let event = parse(&message);
    assert_eq!(event.payload, expected.clone().into());
    assert_eq!(parse(&json_of(&event.to_text())), event);

    let mut known = ConferenceDynamicInfo::new().locked(false).recording(true);
    known.merge(expected);
    assert_eq!(known.locked, Some(true));
    assert_eq!(known.recording, Some(true));
    assert_eq!(known.extra.len(), 2);
    let mut basic = ConferenceBasicInfo::new().subject("weekly").webinar(false);
    basic.merge(ConferenceBasicInfo::new().subject("daily"));
    assert_eq!(
        basic,
        ConferenceBasicInfo::new().subject("daily").webinar(false)
    );
}

#[test]
fn undocumented_kinds_stay_as_they_are() {
    for kind in [
        "CustomMultiPicNotify",
        "NetworkQualityNotify",
        "OperationResultNotify",
    ] {
        let message = json!({"action": kind, "msgMode": 1, "data": [{"pid": "p1"}]});
        let event = parse(&message);
        assert_eq!(event.kind.as_str(), kind);
        assert_eq!(event.payload, EventPayload::Other(message));
    }
}

#[test]
fn what_is_kept_beside_the_fields_is_not_printed() {
    let message = json!({"action": "AttendeesNotify", "data": [{"name": "Bo", "pwd": "hush"}]});
    let shown = format!("{:?}", parse(&message));
    assert!(shown.contains("Bo") && shown.contains("pwd"), "{shown}");
    assert!(!shown.contains("hush"), "{shown}");
}
