//! What the service sends in place of what it documents.

use meeting_types::{
    ConferenceId, Timestamp,
    events::{
        ConferenceBasicInfo, ConferenceDynamicInfo, Event, EventKind, EventPayload, FrameError,
        InviteOutcome, InviteResult, MultiPicture, ParticipantChange, ParticipantClient,
        ParticipantInfo, Picture, ServerFrame, SnapshotMode, Speaker,
    },
    models::{CallInRestriction, ConferenceState, ParticipantRole},
};
use serde_json::{Value, json};

use crate::{json_of, parse};

#[test]
fn an_unknown_push_is_kept_whole() {
    let message = json!({
        "action": "BreakoutSettingNotify", "version": 7, "msgMode": 0, "confID": "912345678",
        "data": {"rooms": [1, 2]}, "new": null,
    });
    let event = parse(&message);
    assert_eq!(event.kind, EventKind::from("BreakoutSettingNotify"));
    assert_eq!(event.version, Some(7));
    assert_eq!(event.conference_id, Some(ConferenceId::new("912345678")));
    assert_eq!(event.payload, EventPayload::Other(message.clone()));
    assert_eq!(json_of(&event.to_text()), message);

    let made = Event::other(EventKind::Attendees, json!([{"participantID": "p1"}]));
    assert_eq!(
        json_of(&made.to_text()),
        json!({"action": "AttendeesNotify", "msgMode": 0, "data": [{"participantID": "p1"}]})
    );
    let made = Event::new(EventPayload::Other(json!({"action": "Later", "a": 1})));
    assert_eq!(made.kind.as_str(), "Later");
}

#[test]
fn a_known_push_in_an_unknown_form_is_kept_whole() {
    for (action, data) in [
        ("ParticipantsNotify", json!("soon")),
        ("ParticipantsNotify", json!([{"who": "p1"}])),
        ("SpeakerChangeNotify", json!(7)),
        ("InviteResultNotify", json!([{"number": "+99111"}])),
        ("ConfBasicInfoNotify", json!([1, 2])),
        // JSON in a text that is cut short: nothing can be read, and nothing is lost.
        ("ConfBasicInfoNotify", json!(r#"{"title":"weekly"#)),
    ] {
        let message = json!({"action": action, "data": data});
        let event = parse(&message);
        assert_eq!(event.kind.as_str(), action);
        assert_eq!(event.payload, EventPayload::Other(message));
    }
}

#[test]
fn payloads_lie_flat_or_in_data() {
    let both = |action: &str, item: Value| {
        let mut flat = item.clone();
        flat["action"] = action.into();
        let flat = parse(&flat).payload;
        for data in [
            item.clone(),
            json!([item]),
            json!(item.to_string()),
            json!(json!([item]).to_string()),
        ] {
            assert_eq!(
                parse(&json!({"action": action, "data": data})).payload,
                flat
            );
        }
        assert!(!matches!(flat, EventPayload::Other(_)), "{action}");
        flat
    };
    assert_eq!(
        both("ConfBasicInfoNotify", json!({"title": "weekly"})),
        ConferenceBasicInfo::new().subject("weekly").into()
    );
    assert_eq!(
        both("ConfDynamicInfoNotify", json!({"state": "Destroyed"})),
        ConferenceDynamicInfo::new()
            .state(ConferenceState::Ended)
            .into()
    );
    assert_eq!(
        both("ParticipantsNotify", json!({"pid": "p1", "mode": 1})),
        vec![ParticipantChange::Removed("p1".into())].into()
    );
    assert_eq!(
        both("SpeakerChangeNotify", json!({"pid": "p1"})),
        vec![Speaker::new("p1")].into()
    );
    assert_eq!(
        both(
            "InviteResultNotify",
            json!({"callNumber": "1", "errorCode": "0"})
        ),
        vec![InviteResult::new("1", &InviteOutcome::Accepted)].into()
    );
    // An empty `data` does not hide what lies flat.
    for data in [json!({}), json!([]), json!(""), Value::Null] {
        assert_eq!(
            parse(&json!({"action": "ConfBasicInfoNotify", "title": "weekly", "data": data}))
                .payload,
            ConferenceBasicInfo::new().subject("weekly").into()
        );
    }
}

#[test]
fn lists_may_be_missing_or_null() {
    for message in [
        json!({"action": "SpeakerChangeNotify"}),
        json!({"action": "SpeakerChangeNotify", "data": null}),
        json!({"action": "SpeakerChangeNotify", "data": []}),
    ] {
        assert_eq!(parse(&message).payload, Vec::<Speaker>::new().into());
    }
    let none = parse(&json!({"action": "InviteResultNotify", "confID": "1"}));
    assert_eq!(none.payload, Vec::<InviteResult>::new().into());
    let none = parse(&json!({"action": "ConfBasicInfoNotify", "pwds": null, "title": null}));
    assert_eq!(none.payload, ConferenceBasicInfo::new().into());
}

#[test]
fn numbers_may_be_text_and_text_numbers() {
    let event = parse(&json!({
        "action": "ConfDynamicInfoNotify", "version": "1763800000000", "createTime": "1763800000001",
        "msgMode": "1", "confID": 912_345_678, "endTime": 1_763_803_600_000_i64, "vas": "1",
        "picNum": "16", "lock": true, "mute": "0", "maxPartViewNum": 8.0, "recState": "true",
        "callInRestriction": "2", "multiPic": {"picNum": "4", "picInfos": {"index": "1", "id": "p1"}},
    }));
    assert_eq!(event.version, Some(1_763_800_000_000));
    assert_eq!(
        event.created_at,
        Some(Timestamp::from_millis(1_763_800_000_001))
    );
    assert_eq!(event.mode, SnapshotMode::Increment);
    assert_eq!(event.conference_id, Some("912345678".into()));
    let expected = ConferenceDynamicInfo::new()
        .end_time(Timestamp::from_millis(1_763_803_600_000))
        .voice_activation(true)
        .picture_count(16)
        .locked(true)
        .mute_on_entry(false)
        .max_focus_count(8)
        .recording(true)
        .call_in_restriction(CallInRestriction::Enterprise)
        .multi_picture(MultiPicture::new(4).pictures([Picture::new(1, ["p1"])]));
    assert_eq!(event.payload, expected.into());

    let event = parse(&json!({
        "action": "SpeakerChangeNotify", "data": [{"pid": 17, "speakingVolume": "80"}],
    }));
    assert_eq!(event.payload, vec![Speaker::new("17").volume(80)].into());

    let event = parse(&json!({"action": "ParticipantsNotify", "data": [
        {"pid": "p1", "mode": "0", "pinfoMap": {"ROLE": 1, "HAND": true, "ADDTIME": 12, "NAME": null}},
        {"pid": "p2", "mode": "1"},
    ]}));
    let expected = vec![
        ParticipantInfo::new("p1")
            .role(ParticipantRole::Host)
            .hand_raised(true)
            .joined_at(Timestamp::from_millis(12))
            .into(),
        ParticipantChange::Removed("p2".into()),
    ];
    assert_eq!(event.payload, expected.into());
}

#[test]
fn the_mode_is_full_unless_said_otherwise() {
    let mode = |message: &Value| parse(message).mode;
    assert_eq!(mode(&json!({"action": "X"})), SnapshotMode::Full);
    assert_eq!(
        mode(&json!({"action": "X", "msgMode": 0})),
        SnapshotMode::Full
    );
    assert_eq!(
        mode(&json!({"action": "X", "msgMode": 1})),
        SnapshotMode::Increment
    );
    assert_eq!(mode(&json!({"action": "X", "msgMode": 5})).code(), 5);
}

#[test]
fn the_client_type_is_found_under_every_spelling() {
    for key in [
        "CLIENT_LOGIN_TYPE",
        "CLICENT_LOGIN_TYPE",
        "CLIENT_ LOG IN_TYPE",
    ] {
        let event = parse(&json!({
            "action": "ParticipantsNotify", "data": [{"pid": "p1", "pinfoMap": {key: "Pad"}}],
        }));
        let expected = ParticipantInfo::new("p1").client_type(ParticipantClient::Pad);
        assert_eq!(
            event.payload,
            vec![ParticipantChange::from(expected)].into(),
            "{key}"
        );
    }
}

#[test]
fn what_does_not_fit_a_field_is_kept() {
    let event = parse(&json!({"action": "ParticipantsNotify", "data": [
        {"pid": "p1", "pinfoMap": {"HAND": "perhaps", "IS_SVC": "1", "ROLE": "9"}},
    ]}));
    let EventPayload::Participants(changes) = event.payload else {
        panic!()
    };
    let ParticipantChange::Update(info) = &changes[0] else {
        panic!()
    };
    assert_eq!(info.hand_raised, None);
    assert_eq!(info.extra["HAND"], "perhaps");
    assert_eq!(info.extra["IS_SVC"], "1");
    assert_eq!(info.role.unwrap().code(), 9);
}

#[test]
fn invite_outcomes_are_named() {
    let outcome = |data: Value| {
        let event = parse(&json!({"action": "InviteResultNotify", "data": [data]}));
        let EventPayload::InviteResult(results) = event.payload else {
            panic!()
        };
        results[0].outcome()
    };
    for key in ["errorCode", "resultCode"] {
        assert_eq!(outcome(json!({key: "0"})), Some(InviteOutcome::Accepted));
        assert_eq!(outcome(json!({key: 0})), Some(InviteOutcome::Accepted));
        assert_eq!(
            outcome(json!({key: 11_111_001})),
            Some(InviteOutcome::NoStreamFromSite)
        );
        assert_eq!(
            outcome(json!({key: "11111002"})),
            Some(InviteOutcome::NoStreamToSite)
        );
        assert_eq!(
            outcome(json!({key: "11111003"})),
            Some(InviteOutcome::SipTimeout)
        );
        assert_eq!(
            outcome(json!({key: "11111004"})),
            Some(InviteOutcome::WebSocketTimeout)
        );
        assert_eq!(
            outcome(json!({key: "11076002"})),
            Some(InviteOutcome::HungUpByHost)
        );
        assert_eq!(
            outcome(json!({key: "11076010"})),
            Some(InviteOutcome::LeftByItself)
        );
        assert_eq!(
            outcome(json!({key: "11076016"})),
            Some(InviteOutcome::HungUpFromPortal)
        );
        // The spelling of REST errors.
        assert_eq!(
            outcome(json!({key: "MMC.111076002"})),
            Some(InviteOutcome::HungUpByHost)
        );
        assert_eq!(
            outcome(json!({key: 111_076_010})),
            Some(InviteOutcome::LeftByItself)
        );
    }
    assert_eq!(
        outcome(json!({"resultCode": "486"})).unwrap().as_str(),
        "486"
    );
    assert_eq!(outcome(json!({"callNumber": "1"})), None);
}

#[test]
fn acks_are_read_in_every_spelling() {
    let ack = |message: &Value| ServerFrame::parse(&message.to_string());
    let data = json!({"returnCode": 0, "returnDesc ": "SUCCESS"});
    for message in [
        json!({"action": "Subscribe", "sequence": "007", "data": data}),
        json!({"action": "Subscribe", "sequence": "007", "data": data.to_string()}),
        json!({"action": "Subscribe", "sequence": "007", "data": {"returnCode": "0", "returnDesc": "SUCCESS"}}),
        json!({"action": "Subscribe", "sequence": "007", "returnCode": 0, "returnDesc": "SUCCESS"}),
    ] {
        let expected = ServerFrame::Ack {
            sequence: "007".into(),
            code: 0,
            description: Some("SUCCESS".to_owned()),
        };
        assert_eq!(ack(&message).unwrap(), expected);
        let written = json_of(&expected.to_text());
        assert_eq!(
            written,
            json!({"action": "Subscribe", "sequence": "007", "data": {"returnCode": 0, "returnDesc ": "SUCCESS"}})
        );
    }
    let refused = ack(&json!({"action": "Subscribe", "data": {"returnCode": "11070005"}})).unwrap();
    assert!(matches!(
        refused,
        ServerFrame::Ack {
            code: 11_070_005,
            description: None,
            ..
        }
    ));
    for data in [
        json!({}),
        json!(null),
        json!({"returnCode": null}),
        json!("no"),
    ] {
        assert_eq!(
            ack(&json!({"action": "Subscribe", "data": data})),
            Err(FrameError::Missing {
                action: "Subscribe",
                field: "returnCode"
            })
        );
    }
}

#[test]
fn heartbeat_answers_make_the_round_trip() {
    let frame = ServerFrame::HeartBeat {
        sequence: "000000000000000001763800000123".into(),
    };
    assert_eq!(ServerFrame::parse(frame.to_text().expose()).unwrap(), frame);
    assert_eq!(
        json_of(&frame.to_text()),
        json!({"action": "HeartBeat", "sequence": "000000000000000001763800000123"})
    );
    // A sequence as a number, or none at all.
    let number = ServerFrame::parse(r#"{"action":"HeartBeat","sequence":7}"#).unwrap();
    assert_eq!(
        number,
        ServerFrame::HeartBeat {
            sequence: "7".into()
        }
    );
    let none = ServerFrame::parse(r#"{"action":"HeartBeat"}"#).unwrap();
    assert_eq!(
        none,
        ServerFrame::HeartBeat {
            sequence: "".into()
        }
    );
}

#[test]
fn broken_frames_are_named_and_not_quoted() {
    let error = |text: &str| ServerFrame::parse(text).unwrap_err();
    assert_eq!(
        error(r#"{"action":"hush"#),
        FrameError::Json {
            line: 1,
            column: 15
        }
    );
    assert!(matches!(error(""), FrameError::Json { .. }));
    assert!(matches!(
        error(r#"{"action":"X"} "hush""#),
        FrameError::Json { .. }
    ));
    for text in ["[]", "7", "null", "\"hush\""] {
        assert_eq!(error(text), FrameError::NotAnObject);
    }
    for text in [
        "{}",
        r#"{"action":null}"#,
        r#"{"action":7}"#,
        r#"{"action":""}"#,
    ] {
        assert_eq!(error(text), FrameError::NoAction);
    }
    for text in [
        "{\"hush",
        "hush",
        r#"{"a":hush}"#,
        "\"hush\"",
        r#"{"sequence":"hush"}"#,
    ] {
        let error = error(text);
        assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
    }
    let deep = "[".repeat(100_000);
    assert!(matches!(error(&deep), FrameError::Json { .. }));
}
