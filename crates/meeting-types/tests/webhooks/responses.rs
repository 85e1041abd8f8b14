//! Answers, what tells events apart, and what is never printed.

use std::time::Duration;

use http::StatusCode;
use meeting_types::{
    Problem, Timestamp,
    webhooks::{MeetingInfo, WebhookAttendee, WebhookError, WebhookEvent, WebhookKey},
};
use serde_json::{Value, json};

use crate::{ID, KEY, NOW, attendee, every_event, meeting, signed, signer, verifier, verify};

#[test]
fn the_answers_are_what_the_service_waits_for() {
    for (event, _) in every_event() {
        let nonce = if event == WebhookEvent::Verify {
            "8526\"798"
        } else {
            "1"
        };
        let body = signer().body(&event, Timestamp::from_millis(NOW), nonce);
        let answer = verify(&body).unwrap().response();
        assert_eq!(answer.status(), StatusCode::OK);
        if event == WebhookEvent::Verify {
            let said: Value = serde_json::from_slice(answer.body()).unwrap();
            assert_eq!(
                said,
                json!({"event": "meeting.verify", "nonce": "8526\"798"})
            );
            let kind = answer.headers()["content-type"].to_str().unwrap();
            assert!(kind.starts_with("application/json"));
        } else {
            assert!(answer.body().is_empty());
        }
    }
    let age = Duration::from_secs(400);
    for (error, status) in [
        (WebhookError::TooLarge { limit: 1 }, 413),
        (WebhookError::NotJson, 400),
        (WebhookError::Missing { field: "nonce" }, 400),
        (WebhookError::Repeated { field: "nonce" }, 400),
        (WebhookError::OtherSubscriber, 403),
        (WebhookError::BadSignature, 401),
        (WebhookError::TooOld { age }, 401),
        (WebhookError::TooNew { ahead: age }, 401),
        (WebhookError::Key(Problem::Blank), 500),
    ] {
        assert_eq!(error.status(), status);
        assert_eq!(error.response().status(), status);
        assert!(error.response().body().is_empty());
    }
}

#[test]
fn tries_of_one_event_have_one_key() {
    let key_of = |event: &WebhookEvent, happened: i64, sent: i64, nonce: &str| {
        let info = event.to_json(Timestamp::from_millis(happened));
        let body = signer().body_of(&info, Timestamp::from_millis(sent), nonce);
        verify(&body).unwrap().deduplication_key()
    };
    let mut events: Vec<WebhookEvent> = every_event().into_iter().map(|(event, _)| event).collect();
    let mut other_meeting = meeting();
    other_meeting.conference_uuid = Some("6f4b0012".into());
    let mut by_id = MeetingInfo::new("987446316");
    events.push(WebhookEvent::Started(other_meeting));
    events.push(WebhookEvent::Started(by_id.clone()));
    events.push(WebhookEvent::Started(MeetingInfo::new("987446317")));
    by_id.sub_conference_id = Some("sub-8".to_owned());
    events.push(WebhookEvent::Started(by_id));
    let joined = |person: WebhookAttendee| WebhookEvent::Joined(meeting(), Box::new(person));
    events.push(joined(attendee().participant_id("p2")));
    // Nobody says which participant; the whole text decides.
    for name in ["Ada", "Grace"] {
        events.push(joined(WebhookAttendee::new().display_name(name)));
    }
    for (name, value) in [("meeting.later", 1), ("meeting.later", 2), ("x", 1)] {
        events.push(WebhookEvent::Other {
            name: name.to_owned(),
            json: json!({"value": value}),
        });
    }
    let mut keys = std::collections::HashSet::new();
    for event in &events {
        let key = key_of(event, NOW, NOW, "11111111");
        assert_eq!(key, key_of(event, NOW, NOW + 30_000, "22222222"));
        assert!(keys.insert(key), "{event:?}");
        assert!(
            keys.insert(key_of(event, NOW + 1, NOW, "11111111")),
            "{event:?}"
        );
    }
    assert_eq!(keys.len(), events.len() * 2);
    // White space is no other event.
    let spaced = verify(&signed(r#"{"event": "x", "timestamp": 1}"#)).unwrap();
    let compact = verify(&signed(r#"{"event":"x","timestamp":1}"#)).unwrap();
    assert_eq!(spaced.deduplication_key(), compact.deduplication_key());
}

#[test]
fn nothing_prints_the_key() {
    let info = json!({"event": "meeting.later", "password": "ZqX8"});
    let notification = verify(&signed(&info.to_string())).unwrap();
    let mut texts = vec![
        format!("{:?}", WebhookKey::new(KEY)),
        format!("{:?} {:#?}", verifier(), verifier()),
        format!("{:?} {:#?}", signer(), signer()),
        format!("{notification:?} {notification:#?}"),
        format!("{:?}", notification.deduplication_key()),
    ];
    let changed = String::from_utf8(signed(&info.to_string())).unwrap();
    for (from, to) in [
        ("later", "ZqX8"),
        (ID, "ZqX8"),
        ("nonce", "ZqX8"),
        ("{", "ZqX8"),
    ] {
        let error = verify(changed.replace(from, to).as_bytes()).unwrap_err();
        texts.push(format!("{error} {error:?}"));
    }
    for text in texts {
        assert!(!text.contains("ZqX8"), "{text}");
    }
}
