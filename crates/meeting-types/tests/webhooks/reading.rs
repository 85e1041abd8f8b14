//! What is made of an event, documented or not.

use meeting_types::{
    Timestamp,
    webhooks::{MeetingInfo, WebhookEvent, WebhookEventKind},
};
use serde_json::{Value, json};

use crate::{NOW, attendee, every_event, meeting, signed, signer, verify};

fn event_of(event_info: &Value) -> WebhookEvent {
    verify(&signed(&event_info.to_string())).unwrap().event
}

#[test]
fn an_event_that_happened_earlier_keeps_its_time() {
    let event = WebhookEvent::Ended(meeting());
    let happened_at = Timestamp::from_millis(NOW - 86_400_000);
    let body = signed(&event.to_json(happened_at));
    let notification = verify(&body).unwrap();
    assert_eq!(notification.happened_at, happened_at);
    assert_eq!(notification.sent_at.as_millis(), NOW);
}

#[test]
fn every_event_makes_the_round_trip() {
    for (event, name) in every_event() {
        assert_eq!(event.kind().as_str(), name);
        assert_eq!(WebhookEventKind::from(name), event.kind());
        let now = Timestamp::from_millis(NOW);
        let body = signer().body(&event, now, "00000007");
        let wire: Value = serde_json::from_slice(&body).unwrap();
        let meeting = json!({"meetingID": "987446316", "meetingUUID": "6f4b0011", "meetingCycleSubID": "sub-7"});
        let attendee = json!({
            "userUUID": "ff8080816b1c0001", "userAgent": "WeLink-desktop", "account": "ada@example",
            "participantID": "p1", "displayName": "周 \"Ada\" { }", "joinTime": NOW - 5000,
            "leftTime": NOW - 1000, "role": "CHAIR", "callNumber": "+99111",
        });
        let info = match (event.meeting(), event.attendee()) {
            (None, _) => json!({"event": name, "timestamp": NOW}),
            (_, None) => {
                json!({"event": name, "timestamp": NOW, "payload": {"meetingInfo": meeting}})
            }
            _ => json!({
                "event": name, "timestamp": NOW,
                "payload": {"meetingInfo": meeting, "attendeeInfo": attendee},
            }),
        };
        assert_eq!(wire["eventInfo"], info);
        let notification = verify(&body).unwrap();
        assert_eq!(notification.event, event);
        assert_eq!(notification.nonce, "00000007");
        assert!(format!("{event:?}").starts_with(&format!("{:?}", event.kind())));
    }
}

#[test]
fn who_is_still_there_has_not_left() {
    let mut person = attendee();
    person.left_at = None;
    let event = WebhookEvent::Joined(meeting(), Box::new(person));
    let text = event.to_json(Timestamp::from_millis(NOW));
    assert!(text.contains(r#""leftTime":0"#), "{text}");
    assert_eq!(verify(&signed(&text)).unwrap().event, event);
}

#[test]
fn what_has_no_type_is_kept() {
    for info in [
        json!({"event": "meeting.later", "timestamp": NOW, "payload": {"x": [1, null]}}),
        json!({"event": "meeting.started"}),
        json!({"event": "meeting.started", "payload": null}),
        json!({"event": "meeting.started", "payload": "soon"}),
        json!({"event": "meeting.started", "payload": {"meetingInfo": {"meetingUUID": "u"}}}),
        json!({"event": "meeting.join", "payload": {"meetingInfo": {"meetingID": "1"}}}),
        json!({"event": "Meeting.Started", "payload": {"meetingInfo": {"meetingID": "1"}}}),
    ] {
        let name = info["event"].as_str().unwrap().to_owned();
        let event = event_of(&info);
        assert_eq!(
            event,
            WebhookEvent::Other {
                name: name.clone(),
                json: info.clone()
            }
        );
        assert_eq!(event.kind(), WebhookEventKind::from(&*name));
        // And it is written as it was, with the time that it lacked.
        let written: Value =
            serde_json::from_str(&event.to_json(Timestamp::from_millis(NOW))).unwrap();
        let mut expected = info;
        expected["timestamp"] = NOW.into();
        assert_eq!(written, expected);
    }
    let made = WebhookEvent::Other {
        name: "meeting.later".to_owned(),
        json: json!([7]),
    };
    assert_eq!(
        made.to_json(Timestamp::from_millis(7)),
        r#"{"event":"meeting.later","payload":[7],"timestamp":7}"#
    );
}

#[test]
fn odd_payloads_are_read_leniently() {
    let started = WebhookEvent::Started(MeetingInfo::new("987446316"));
    for payload in [
        json!({"meetingInfo": {"meetingID": 987_446_316, "meetingUUID": null, "new": {}}}),
        json!({"meetingInfo": [{"meetingID": "987446316", "meetingUUID": ""}], "attendeeInfo": 7}),
        json!([{"meetingInfo": {"meetingID": "987446316", "meetingCycleSubID": []}}]),
    ] {
        let info = json!({"event": "meeting.started", "timestamp": "soon", "payload": payload});
        assert_eq!(event_of(&info), started, "{info}");
    }
    let info = json!({"event": "meeting.left", "payload": {
        "meetingInfo": {"meetingID": "1"},
        "attendeeInfo": {"joinTime": NOW.to_string(), "leftTime": "0", "role": "PRESENTER", "account": 7, "displayName": null},
    }});
    let event = event_of(&info);
    let person = event.attendee().unwrap();
    assert_eq!(person.joined_at, Some(Timestamp::from_millis(NOW)));
    assert_eq!(person.left_at, None);
    assert_eq!(person.role.as_ref().unwrap().as_str(), "PRESENTER");
    assert_eq!(person.account.as_ref().unwrap().as_str(), "7");
    // An event without a time happened when it was sent.
    let notification = verify(&signed(&info.to_string())).unwrap();
    assert_eq!(notification.happened_at, notification.sent_at);
}
