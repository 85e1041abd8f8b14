//! Events and frames, as they come and as they are made.

use meeting_types::{
    Timestamp,
    events::{
        AttendeeChange, AttendeeInfo, Event, EventKind, EventPayload, FrameError, InviteResult,
        ParticipantChange, ParticipantInfo, ServerFrame, SnapshotMode, SubtitleSwitch,
        WaitingChange, WaitingParticipant,
    },
};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::formats::comes_back;

/// The keys that the tables of the payloads know, and some that they do not.
const KEYS: &[&str] = &[
    "pid",
    "mode",
    "delType",
    "pinfoMap",
    "NAME",
    "TEL",
    "ROLE",
    "MUTE",
    "ADDTIME",
    "ACCOUNT_ID",
    "ACCOUNT",
    "CLIENT_LOGIN_TYPE",
    "CLICENT_LOGIN_TYPE",
    "IS_SVC",
    "WAITINGSTATE",
    "userUUID",
    "participantID",
    "phone",
    "name",
    "role",
    "isMute",
    "type",
    "hidePhone",
    "netInfo",
    "delay",
    "jitter",
    "bandwidth",
    "groupID",
    "groupId",
    "groupType",
    "interpreters",
    "interpreterGroups",
    "callNumber",
    "resultCode",
    "errorCode",
    "speakingVolume",
    "msgs",
    "isFinal",
    "beginTime",
    "subtitleLang",
    "translateText",
    "id",
    "title",
    "startTime",
    "pwds",
    "pwd",
    "recType",
    "state",
    "lock",
    "endTime",
    "multiPic",
    "picNum",
    "picInfos",
    "lanChannels",
    "extra",
    "payload",
    "other",
    "text",
    "data",
    "version",
    "createTime",
    "msgID",
    "msgMode",
    "confID",
    "later",
];

const ACTIONS: &[&str] = &[
    "ConfBasicInfoNotify",
    "ConfDynamicInfoNotify",
    "ParticipantsNotify",
    "AttendeesNotify",
    "SpeakerChangeNotify",
    "InviteResultNotify",
    "RealTimeSubtitleNotify",
    "WaitingListNotify",
    "InterpreterGroupNotify",
    "NetConditionNotify",
    "LaterNotify",
];

fn any_json() -> impl Strategy<Value = Json> {
    let key = prop::sample::select(KEYS);
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        prop::sample::select(
            &[
                "",
                " ",
                "0",
                "1",
                "p1",
                "Ann",
                "Pad",
                "2026-11-22 08:30:15",
                "{}"
            ][..]
        )
        .prop_map(Json::from),
        ".{0,3}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::hash_map(key.clone(), inner, 0..6).prop_map(|entries| {
                Json::Object(
                    entries
                        .into_iter()
                        .map(|(k, v)| (k.to_owned(), v))
                        .collect(),
                )
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..Default::default() })]

    #[test]
    fn whatever_came_comes_back(
        action in prop::sample::select(ACTIONS),
        entries in prop::collection::hash_map(prop::sample::select(KEYS), any_json(), 0..4),
        items in prop::collection::vec(
            prop::collection::hash_map(prop::sample::select(KEYS), any_json(), 0..8), 0..3),
        id in "p[0-9]",
    ) {
        let mut root = json!({"action": action});
        for (key, value) in entries {
            root[key] = value;
        }
        if !items.is_empty() {
            let items = items.into_iter().map(|entries| {
                let mut item = json!({"pid": id, "participantID": id});
                for (key, value) in entries {
                    item[key] = value;
                }
                item
            });
            root["data"] = items.collect();
        }
        comes_back(&Event::parse(&root.to_string()).unwrap());
    }
}

/// The same key twice, both keys of a field, values of the wrong type: what has no place of its own is
/// kept, and is not taken for something else when it is read again.
#[test]
fn what_else_was_sent_stays_what_it_is() {
    for text in [
        r#"{"action":"AttendeesNotify","data":[{"name":{"a":1},"role":"chair","role":1}]}"#,
        r#"{"action":"AttendeesNotify","data":[{"name":[],"phone":1e300,"userUUID":""}]}"#,
        r#"{"action":"InterpreterGroupNotify","data":[{"groupId":"b","groupID":"a","extra":"x"}]}"#,
        r#"{"action":"ConfBasicInfoNotify","data":{"title":"a","version":3,"data":"b","extra":{"c":"d"}}}"#,
        r#"{"action":"ParticipantsNotify","data":[{"pid":"p1","pinfoMap":{"CLIENT_LOGIN_TYPE":"","CLICENT_LOGIN_TYPE":"Pad"}}]}"#,
        r#"{"action":"ParticipantsNotify","data":[{"pid":"p1","pinfoMap":{"extra":"1","pid":"2","MUTE":"perhaps"}}]}"#,
        r#"{"action":"LaterNotify","payload":{"a":1},"big":18446744073709551615,"float":0.1}"#,
    ] {
        let event = Event::parse(text).unwrap();
        comes_back(&event);
    }
    let event = Event::parse(r#"{"action":"AttendeesNotify","data":[{"name":{"a":1},"sms":"1"}]}"#);
    let json = serde_json::to_value(event.unwrap()).unwrap();
    let expected = json!([{"Update": {"sms": "1", "extra": {"name": "{\"a\":1}"}}}]);
    assert_eq!(json["payload"]["AttendeesNotify"], expected);
}

#[test]
fn an_event_has_the_envelope_of_the_wire() {
    let ann = ParticipantInfo::new("p1")
        .name("Ann")
        .muted(true)
        .with_extra("IS_SVC", "1");
    let changes = vec![ann.into(), ParticipantChange::Removed("p2".into())];
    let event = Event::new(changes)
        .version(39)
        .created_at(Timestamp::from_millis(1_763_800_000_123))
        .message_id("00112233445566778899aabbccddeeff")
        .conference_id("912345678")
        .mode(SnapshotMode::Increment);
    comes_back(&event);
    assert_eq!(
        serde_json::to_value(&event).unwrap(),
        json!({
            "action": "ParticipantsNotify",
            "version": 39,
            "createTime": 1_763_800_000_123_i64,
            "msgID": "00112233445566778899aabbccddeeff",
            "msgMode": 1,
            "confID": "912345678",
            "payload": {"ParticipantsNotify": [
                {"Update": {"pid": "p1", "NAME": "Ann", "MUTE": "1", "IS_SVC": "1"}},
                {"Removed": "p2"},
            ]},
        })
    );
}

#[test]
fn what_the_service_pushed_is_read_by_serde_too() {
    let text = r#"{"action":"SpeakerChangeNotify","version":7,"data":[{"pid":"p1"}]}"#;
    let read: Event = serde_json::from_str(text).unwrap();
    assert_eq!(read, Event::parse(text).unwrap());
    let error = serde_json::from_str::<Event>(r#"{"version":7}"#).unwrap_err();
    assert!(
        error.to_string().starts_with("frame has no `action`"),
        "{error}"
    );
    for payload in [json!({}), json!({"a": 1}), json!({"other": 1, "text": "2"})] {
        let event = json!({"action": "ConfBasicInfoNotify", "payload": payload});
        assert!(serde_json::from_value::<Event>(event).is_err());
    }
}

/// Values that no push says, and that a program can make.
#[test]
fn what_the_wire_cannot_say_comes_back_too() {
    let nobody = AttendeeChange::Update(Box::new(AttendeeInfo::new()));
    comes_back(&Event::new(vec![nobody.clone(), nobody]));
    comes_back(&Event::new(vec![InviteResult::default()]));
    let gone = WaitingParticipant::new("p1").removal("2");
    comes_back(&Event::new(vec![WaitingChange::Removed(Box::new(gone))]));
    comes_back(&Event::other(
        EventKind::Participants,
        json!([{"pid": "p1"}]),
    ));
    comes_back(&Event::other(EventKind::from(""), json!("text")));
    let mut unlike = Event::new(vec![ParticipantChange::Removed("p1".into())]);
    unlike.kind = EventKind::Attendees;
    comes_back(&unlike);
    comes_back(&EventPayload::Other(Json::Null));
    // An extra under the key of a field.
    let odd = ParticipantInfo::new("p1")
        .name("Ann")
        .with_extra("NAME", "Bo")
        .with_extra("extra", "");
    comes_back(&odd);
}

/// Text nests as deep as a reader of JSON allows, and is then a part of something.
#[test]
fn messages_nest_as_deep_as_they_come() {
    for depth in [10, 62, 63, 64, 100, 126] {
        let nested = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        let text = format!(r#"{{"action":"LaterNotify","data":{nested}}}"#);
        let event = Event::parse(&text).unwrap();
        assert!(matches!(event.payload, EventPayload::Other(_)));
        comes_back(&event);
        comes_back(&vec![Some(vec![event])]);
    }
}

#[test]
fn frames_and_their_parts_come_back() {
    for text in [
        r#"{"action":"Subscribe","sequence":"1","data":{"returnCode":0,"returnDesc ":"OK"}}"#,
        r#"{"action":"HeartBeat","sequence":"2"}"#,
        r#"{"action":"SpeakerChangeNotify","data":[{"pid":"p1"}]}"#,
    ] {
        comes_back(&ServerFrame::parse(text).unwrap());
    }
    for text in ["", "[]", "{}", r#"{"action":"Subscribe"}"#] {
        comes_back(&ServerFrame::parse(text).unwrap_err());
    }
    comes_back(&SubtitleSwitch::on().speakers(["p1", "p2"]));
    let unknown = json!({"Missing": {"action": "Later", "field": "data"}});
    assert!(serde_json::from_value::<FrameError>(unknown).is_err());
}
