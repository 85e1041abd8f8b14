//! Serde round trips of webhook events.

use meeting_types::{
    Timestamp,
    webhooks::{AttendeeRole, MeetingInfo, Signer, Verifier, WebhookAttendee, WebhookEvent},
};
use serde_json::json;

use crate::formats::comes_back;

fn now() -> Timestamp {
    "2026-11-22 08:30".parse().unwrap()
}

fn person() -> WebhookAttendee {
    WebhookAttendee::new()
        .user_uuid("ff80ada")
        .account("ada@example")
        .participant_id("p1")
        .joined_at(now())
        .role(AttendeeRole::from("LATER"))
}

fn events() -> Vec<WebhookEvent> {
    let meeting = || MeetingInfo::new("987446316").conference_uuid("c1");
    vec![
        WebhookEvent::Verify,
        WebhookEvent::Created(meeting()),
        WebhookEvent::Modified(meeting()),
        WebhookEvent::Cancelled(meeting()),
        WebhookEvent::Started(meeting().sub_conference_id("s1")),
        WebhookEvent::Ended(meeting()),
        WebhookEvent::Concluded(meeting()),
        WebhookEvent::Joined(meeting(), Box::new(person())),
        WebhookEvent::Left(meeting(), Box::new(person().left_at(now()))),
        // No push says that somebody left in 1970, but a value can.
        WebhookEvent::Left(
            meeting(),
            Box::new(person().left_at(Timestamp::from_millis(0))),
        ),
        WebhookEvent::RecordingFinished(meeting()),
        WebhookEvent::Other {
            name: "meeting.join".to_owned(),
            json: json!({"event": "meeting.join", "payload": {"meetingInfo": {"meetingID": "1"}}}),
        },
        WebhookEvent::Other {
            name: "meeting.verify".to_owned(),
            json: json!(null),
        },
        WebhookEvent::Other {
            name: "meeting.later".to_owned(),
            json: json!([0.1, u64::MAX, {"text": 1}]),
        },
    ]
}

#[test]
fn every_event_comes_back() {
    for event in events() {
        comes_back(&event);
    }
    comes_back(&WebhookEvent::Other {
        name: String::new(),
        json: json!("no event has this name"),
    });
    let joined = WebhookEvent::Joined(MeetingInfo::new("1"), Box::new(WebhookAttendee::new()));
    assert_eq!(
        serde_json::to_value(joined).unwrap(),
        json!({"event": "meeting.join", "meetingInfo": {"meetingID": "1"}, "attendeeInfo": {}})
    );
}

#[test]
fn what_the_service_sends_is_read_by_serde_too() {
    for event in events() {
        let text = event.to_json(now());
        let read: WebhookEvent = serde_json::from_str(&text).unwrap();
        let body = Signer::new("id", "key").body(&event, now(), "60426560");
        let verified = Verifier::new("id", "key")
            .verify(&body, now().into())
            .unwrap();
        assert_eq!(read, verified.event, "{text}");
    }
    let nameless = json!({"meetingInfo": {"meetingID": "1"}});
    assert!(serde_json::from_value::<WebhookEvent>(nameless).is_err());
}

#[test]
fn a_notification_keeps_the_characters_that_came() {
    let verifier = Verifier::new("id", "key");
    for event in events() {
        let body = Signer::new("id", "key").body(&event, now(), "60426560");
        let came = verifier.verify(&body, now().into()).unwrap();
        comes_back(&came);
        comes_back(&came.deduplication_key());
        let kept = serde_json::to_string(&came).unwrap();
        let read: meeting_types::webhooks::Notification = serde_json::from_str(&kept).unwrap();
        assert_eq!(read.event_info(), came.event_info());
        assert_eq!(read.deduplication_key(), came.deduplication_key());
    }
}
