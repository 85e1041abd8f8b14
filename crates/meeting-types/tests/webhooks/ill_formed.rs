//! Notifications whose text is ill-formed: believed over the bytes that came, then mended and read.

use hmac::{Hmac, KeyInit, Mac};
use meeting_types::{
    MendKind,
    webhooks::{MeetingInfo, Notification, WebhookError, WebhookEvent},
};
use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{ID, KEY, NOW, signed, verify};

/// A body whose event is `sent`, signed over the event `over`.
fn body_of(sent: &[u8], over: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
    for part in [ID.as_bytes(), NOW.to_string().as_bytes(), b"7", over] {
        mac.update(part);
    }
    let tag = mac.finalize().into_bytes();
    let signature: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
    let head = format!(
        r#"{{"appID":"{ID}","timestamp":{NOW},"nonce":"7","signature":"{signature}","eventInfo":"#
    );
    [head.as_bytes(), sent, b"}"].concat()
}

fn joined(display_name: &[u8]) -> Vec<u8> {
    [
        br#"{"event":"meeting.join","timestamp":7,"payload":{"meetingInfo":{"meetingID":"1"},"attendeeInfo":{"participantID":"p1","displayName":""#,
        display_name,
        br#"","account":"ada"}}}"#,
    ]
    .concat()
}

#[track_caller]
fn read(event_info: &[u8]) -> Notification {
    verify(&body_of(event_info, event_info)).unwrap()
}

fn kinds(notification: &Notification) -> Vec<MendKind> {
    notification.mends().iter().map(|mend| mend.kind).collect()
}

#[test]
fn a_name_that_is_ill_formed_is_mended() {
    for (name, meant, kind, at) in [
        (
            &br"Party \ud83d"[..],
            "Party \u{fffd}",
            MendKind::HalfPair,
            6,
        ),
        (
            br"\ude00\ud83d!",
            "\u{fffd}\u{fffd}!",
            MendKind::HalfPair,
            0,
        ),
        (
            b"Ann\tLee\n\0",
            "Ann\tLee\n\0",
            MendKind::ControlCharacter,
            3,
        ),
        (b"caf\xe9", "caf\u{fffd}", MendKind::Bytes, 3),
        (br"it\'s C:\data", r"it's C:\data", MendKind::Escape, 2),
        (br"\u12", "\u{fffd}", MendKind::Escape, 0),
    ] {
        let event_info = joined(name);
        let notification = read(&event_info);
        let WebhookEvent::Joined(meeting, attendee) = &notification.event else {
            panic!("{:?}", notification.event);
        };
        assert_eq!(meeting, &MeetingInfo::new("1"));
        assert_eq!(attendee.display_name.as_deref(), Some(meant));
        assert_eq!(attendee.account.as_ref().unwrap().as_str(), "ada");
        assert_eq!(notification.happened_at.as_millis(), 7);
        assert_eq!(kinds(&notification), [kind]);
        let name_starts = event_info.windows(name.len()).position(|part| part == name);
        assert_eq!(notification.mends()[0].at, name_starts.unwrap() + at);
        // The text is JSON now, for whoever reads more of it.
        let json: Value = serde_json::from_str(notification.event_info()).unwrap();
        assert_eq!(json["payload"]["attendeeInfo"]["displayName"], meant);
        assert_eq!(notification.response().status(), 200);
    }
}

#[test]
fn what_can_be_read_as_it_came_is_not_mended() {
    let notification = read(&joined(b"Ann"));
    assert_eq!(notification.mends(), []);
    // Nobody reads this one.
    let text =
        r#"{"event":"meeting.started","payload":{"meetingInfo":{"meetingID":"1","x":"\ud83d"}}}"#;
    let notification = verify(&signed(text)).unwrap();
    assert_eq!(
        notification.event,
        WebhookEvent::Started(MeetingInfo::new("1"))
    );
    assert_eq!(notification.mends(), []);
    assert_eq!(notification.event_info(), text);
}

#[test]
fn numbers_literals_and_more_are_mended() {
    for odd in [
        "NaN",
        "+1",
        "01",
        ".5",
        "1.",
        "0x1F",
        "-",
        "1_000",
        "True",
        "None",
        "'a b'",
        "[1,]",
        "[1,,2]",
        "[],",
        "{a:1}",
        "/* no */ 1",
        "1\0",
    ] {
        let info = format!(
            r#"{{"x":{odd},"event":"meeting.started","payload":{{"meetingInfo":{{"y":{odd},"meetingID":"1"}}}}}}"#
        );
        let notification = read(info.as_bytes());
        assert_eq!(
            notification.event,
            WebhookEvent::Started(MeetingInfo::new("1")),
            "{odd}"
        );
        assert!(!notification.mends().is_empty(), "{odd}");
    }
    // Of a kind that has no type, the whole is kept.
    let notification = read(br#"{"event":"meeting.later","x":"\ud83d","y":NaN}"#);
    assert_eq!(
        notification.event,
        WebhookEvent::Other {
            name: "meeting.later".to_owned(),
            json: json!({"event": "meeting.later", "x": "\u{fffd}", "y": null}),
        }
    );
    assert_eq!(kinds(&notification), [MendKind::HalfPair, MendKind::Number]);
}

#[test]
fn what_is_too_deep_does_not_spoil_the_event() {
    let deep = format!(
        r#"{{"event":"x","y":{}{},"z":1}}"#,
        "[".repeat(500),
        "]".repeat(500)
    );
    let notification = verify(&signed(&deep)).unwrap();
    let WebhookEvent::Other { name, json } = &notification.event else {
        panic!("{notification:?}");
    };
    assert_eq!((name.as_str(), &json["z"]), ("x", &json!(1)));
    assert_eq!(kinds(&notification), [MendKind::TooDeep]);
}

#[test]
fn a_signed_event_that_is_no_json_is_kept_as_text() {
    for text in [
        &br#"{"event":"meeting.started","x":1 2}"#[..],
        br#"{"event":"meeting.started" "x":1}"#,
        br#"{"event":"meeting.started","x":[}"}"#,
        b"{\"event\" \"caf\xe9\"}",
    ] {
        // Its brackets have to fit, else nobody can say where it ends.
        let Ok(notification) = verify(&body_of(text, text)) else {
            assert!(text.ends_with(b"[}\"}"));
            continue;
        };
        let shown = String::from_utf8_lossy(text);
        assert_eq!(
            notification.event,
            WebhookEvent::Other {
                name: String::new(),
                json: shown.clone().into(),
            }
        );
        assert_eq!(notification.event_info(), shown);
        assert_eq!(notification.mends(), []);
        assert_eq!(notification.happened_at, notification.sent_at);
        assert_eq!(notification.response().status(), 200);
    }
}

#[test]
fn what_is_ill_formed_outside_of_the_event_is_passed_by() {
    let event = joined(br"Ann \ud83d");
    let body = String::from_utf8(body_of(&event, &event)).unwrap();
    let event = verify(body.as_bytes()).unwrap().event;
    for odd in [
        format!("\u{feff}{body}\0\0"),
        body.replacen('{', "{\"new\":\"\\ud83d\t\",\"newer\":NaN,", 1),
        body.replacen('{', "{\"new\":[1,],/* , } */\"\\ud83d\":[{}],", 1),
        body.replacen(",\"nonce\"", "\0,\u{a0}\"nonce\"", 1),
        format!("{},}}", body.strip_suffix('}').unwrap()),
    ] {
        assert_eq!(verify(odd.as_bytes()).unwrap().event, event, "{odd}");
    }
    // The parts that are signed are taken as they are, or not at all.
    for (field, odd) in [
        ("appID", "\"\\ud83d\""),
        ("timestamp", "+7"),
        ("timestamp", "1e3"),
        ("nonce", "\"\\x41\""),
        ("nonce", "'7'"),
        ("signature", "None"),
        ("eventInfo", "\"{\\ud83d}\""),
    ] {
        let head = format!("{{\"x\":NaN,\"{field}\":{odd},");
        let others = ["appID", "timestamp", "nonce", "signature", "eventInfo"];
        let others = others.iter().filter(|other| **other != field);
        let others: Vec<_> = others
            .map(|other| match *other {
                "appID" => format!("\"appID\":\"{ID}\""),
                "timestamp" => format!("\"timestamp\":{NOW}"),
                "eventInfo" => "\"eventInfo\":{}".to_owned(),
                other => format!("\"{other}\":\"7\""),
            })
            .collect();
        assert_eq!(
            verify(format!("{head}{}}}", others.join(",")).as_bytes()),
            Err(WebhookError::Missing { field })
        );
    }
    let twice = body.replacen('{', "{\"x\":NaN,\"nonce\":\"8\",", 1);
    assert_eq!(
        verify(twice.as_bytes()),
        Err(WebhookError::Repeated { field: "nonce" })
    );
    for cut in 0..body.len() {
        assert_eq!(
            verify(&body.as_bytes()[..cut]),
            Err(WebhookError::NotJson),
            "{cut}"
        );
    }
    for more in ["{}", "x", "]", ","] {
        let more = format!("{body}{more}");
        assert_eq!(verify(more.as_bytes()), Err(WebhookError::NotJson));
    }
}

#[test]
fn it_is_verified_before_it_is_mended() {
    let genuine = joined(br"Ann \ud83d");
    for forged in [
        joined(br"Ann \ud83e"),
        joined("Ann \u{fffd}".as_bytes()),
        joined(br"Bob \ud83d"),
    ] {
        assert_eq!(
            verify(&body_of(&forged, &genuine)),
            Err(WebhookError::BadSignature)
        );
    }
    // White space between tokens may have been added on the way; nowhere else.
    let text = String::from_utf8(genuine.clone()).unwrap();
    let spaced = text.replace(',', " ,\r\n\t").replace(':', ": ");
    let notification = verify(&body_of(spaced.as_bytes(), &genuine)).unwrap();
    assert_eq!(notification.event, read(&genuine).event);
    assert_eq!(
        notification.deduplication_key(),
        read(&genuine).deduplication_key()
    );
    let inside = text.replace("Ann ", "Ann  ");
    assert_eq!(
        verify(&body_of(inside.as_bytes(), &genuine)),
        Err(WebhookError::BadSignature)
    );
    // Where the text is no JSON, white space could change what is read. It is left out there too.
    let genuine = br#"{"event":"meeting.later","x":'ab',"y":NaN}"#;
    let spaced = br#"{"event":"meeting.later","x":'a b',"y":Na N}"#;
    assert_eq!(
        verify(&body_of(spaced, genuine)).unwrap().event,
        read(genuine).event
    );
}

#[test]
fn events_that_differ_in_what_is_ill_formed_are_two() {
    let key = |half: &str| {
        let info = format!(r#"{{"event":"meeting.later","x":"{half}"}}"#);
        read(info.as_bytes()).deduplication_key()
    };
    assert_eq!(key(r"\ud83d"), key(r"\ud83d"));
    assert_ne!(key(r"\ud83d"), key(r"\ud83e"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_signed_is_read_or_named(at in any::<Index>(), edit in 0_u8..3, byte in any::<u8>()) {
        let mut info = joined("Ann 会".as_bytes());
        let at = at.index(info.len());
        match edit {
            0 => info[at] = byte,
            1 => { info.remove(at); }
            _ => info.insert(at, byte),
        }
        match verify(&body_of(&info, &info)) {
            Ok(notification) => prop_assert_eq!(notification.nonce, "7"),
            // Its end cannot be found, or it does not begin, or it names no event.
            Err(WebhookError::NotJson | WebhookError::Missing { .. }) => {}
            // A changed end of the event is another end.
            Err(WebhookError::BadSignature) => {}
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        }
    }
}
