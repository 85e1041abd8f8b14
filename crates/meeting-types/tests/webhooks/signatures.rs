//! What is signed, and what a signature does not let through.

use std::time::Duration;

use meeting_types::{
    Timestamp,
    webhooks::{MeetingInfo, Signer, Verifier, WebhookError, WebhookEvent},
};
use serde_json::Value;

use crate::{ID, NOW, at, attendee, meeting, signed, signer, verify};

/// The documented examples whose signatures were recomputed.
const VECTORS: [(&str, i64, &str); 2] = [
    (
        "1988692299",
        1_629_183_619_116,
        r#"{"appID":"1988692299","timestamp":1629183619116,"nonce":"85262798","signature":"262ccb5f8854f824c41ea5854ba1798bfa850706fbc85b2be9fd7535ed6b8ff3","eventInfo":{"event":"meeting.verify","timestamp":1629183619116}}"#,
    ),
    (
        "123456789",
        1_629_813_991_351,
        r#"{"appID":"123456789","timestamp":1629813991351,"nonce":"60426560","signature":"e3945cab9c583f394ae5e4957b83905e779cacaa2377d9542e19e011cc60a139","eventInfo":{"event":"meeting.started","timestamp":1629813991351,"payload":{"meetingInfo":{"meetingID":"987446316"}}}}"#,
    ),
];

#[test]
fn the_documented_signatures_are_right() {
    for ((id, time, body), event) in VECTORS.into_iter().zip([
        WebhookEvent::Verify,
        WebhookEvent::Started(MeetingInfo::new("987446316")),
    ]) {
        let verifier = Verifier::new(id, "123456");
        let notification = verifier.verify(body.as_bytes(), at(time)).unwrap();
        assert_eq!(notification.event, event);
        assert_eq!(notification.happened_at.as_millis(), time);
        assert_eq!(notification.sent_at.as_millis(), time);
        // And the signer writes the very same bytes.
        let signer = Signer::new(id, "123456");
        let written = signer.body(&event, Timestamp::from_millis(time), &notification.nonce);
        assert_eq!(written, body);

        assert_eq!(
            Verifier::new(id, "123457").verify(body.as_bytes(), at(time)),
            Err(WebhookError::BadSignature)
        );
    }
}

#[test]
fn signatures_are_hexadecimal_in_either_case() {
    let body = String::from_utf8(signed(r#"{"event":"meeting.verify"}"#)).unwrap();
    let parsed: Value = serde_json::from_str(&body).unwrap();
    let signature = parsed["signature"].as_str().unwrap();
    let with = |other: &str| verify(body.replace(signature, other).as_bytes()).map(|_| ());
    assert_eq!(with(&signature.to_ascii_uppercase()), Ok(()));
    for other in [
        &signature[..63],
        &signature[..62],
        &format!("{signature}0"),
        &format!("{signature}{signature}"),
        &format!(" {signature}"),
        &"0".repeat(64),
        &"g".repeat(64),
        &"é".repeat(32),
    ] {
        assert_eq!(with(other), Err(WebhookError::BadSignature), "{other}");
    }
    let missing = Err(WebhookError::Missing { field: "signature" });
    assert_eq!(with(""), missing);
}

/// Every bit of a genuine notification counts, except for the case of the signature.
#[test]
fn any_changed_byte_is_noticed() {
    let event = WebhookEvent::Joined(meeting(), Box::new(attendee()));
    let body = signer().body(&event, Timestamp::from_millis(NOW), "60426560");
    assert!(verify(&body).is_ok());
    let start = std::str::from_utf8(&body).unwrap().find("signature\":\"");
    let signature = start.unwrap() + 12..start.unwrap() + 76;
    for index in 0..body.len() {
        for flip in [1, 2, 4, 8, 16, 32, 64, 128] {
            let mut changed = body.to_vec();
            changed[index] ^= flip;
            // The digits of the signature are read in either case.
            if signature.contains(&index) && changed.eq_ignore_ascii_case(&body) {
                continue;
            }
            assert!(verify(&changed).is_err(), "byte {index} by {flip}");
        }
    }
}

#[test]
fn every_field_is_signed() {
    let body = String::from_utf8(signed(
        r#"{"event":"meeting.started","payload":{"meetingInfo":{"meetingID":"987446316"}}}"#,
    ))
    .unwrap();
    let time = NOW.to_string();
    for (from, to, error) in [
        (ID, "123456780", WebhookError::OtherSubscriber),
        (&*time, "1763800000124", WebhookError::BadSignature),
        ("60426560", "60426561", WebhookError::BadSignature),
        ("meeting.started", "meeting.end", WebhookError::BadSignature),
        ("987446316", "987446317", WebhookError::BadSignature),
        (
            r#""event":"#,
            r#""late":1,"event":"#,
            WebhookError::BadSignature,
        ),
        // The bytes that are signed stay the same, and mean something else.
        (
            r#"1763800000123,"nonce":"60426560""#,
            r#"176380000012360,"nonce":"426560""#,
            WebhookError::TooNew {
                ahead: Duration::from_millis(176_380_000_012_360 - 1_763_800_000_123),
            },
        ),
        (
            r#""60426560""#,
            r#""60426560{""#,
            WebhookError::Missing { field: "nonce" },
        ),
    ] {
        assert!(body.contains(from), "{from}");
        let changed = body.replacen(from, to, 1);
        assert_eq!(verify(changed.as_bytes()), Err(error), "{from} to {to}");
    }
}

#[test]
fn white_space_between_tokens_is_no_forgery() {
    let compact = r#"{"event":"meeting.started","timestamp":1763800000123,"payload":{"meetingInfo":{"meetingID":"9 8\t\"7","note":"{ \\","list":[1,2]}}}"#;
    let body = String::from_utf8(signed(compact)).unwrap();
    let spaced = compact
        .replace(":{", " : {\r\n\t ")
        .replace("}}", " }\n}")
        .replace(",2", " , 2 ");
    assert_ne!(spaced, compact);
    for outside in [body.clone(), body.replace(",\"", " ,\n \"")] {
        let outside = format!(" {}\n", outside.replace(compact, &spaced));
        let notification = verify(outside.as_bytes()).unwrap();
        let id = notification.event.meeting().unwrap().conference_id.clone();
        assert_eq!(id.as_str(), "9 8\t\"7");
    }
    // Inside a string it is text.
    for (from, to) in [("9 8", "98"), ("9 8", "9  8"), ("{ \\\\", "{\\\\")] {
        assert!(body.contains(from));
        assert_eq!(
            verify(body.replace(from, to).as_bytes()),
            Err(WebhookError::BadSignature)
        );
    }
    // Who signs the text with its white space is believed as well.
    assert!(verify(&signed(&spaced)).is_ok());
    // But not who removes the white space that was signed: nobody needs that.
    let signed_spaced = String::from_utf8(signed(&spaced)).unwrap();
    let compacted = signed_spaced.replace(&spaced, compact);
    assert_eq!(
        verify(compacted.as_bytes()),
        Err(WebhookError::BadSignature)
    );
}

#[test]
fn the_order_and_the_spelling_of_the_event_count() {
    let info = r#"{"timestamp":1763800000123,"zeta":1.50,"alpha":"\u0041\/","event":"meeting.verify","event":"meeting.verify"}"#;
    let body = String::from_utf8(signed(info)).unwrap();
    let notification = verify(body.as_bytes()).unwrap();
    assert_eq!(notification.event, WebhookEvent::Verify);
    assert_eq!(notification.event_info(), info);
    for (from, to) in [
        (
            r#""zeta":1.50,"alpha":"\u0041\/""#,
            r#""alpha":"\u0041\/","zeta":1.50"#,
        ),
        ("1.50", "1.5"),
        ("\\u0041", "A"),
        (r#","event":"meeting.verify"}"#, "}"),
    ] {
        assert!(body.contains(from));
        assert_eq!(
            verify(body.replace(from, to).as_bytes()),
            Err(WebhookError::BadSignature)
        );
    }
    // The order of the envelope is free, and what is unknown in it does not matter.
    let entries: Value = serde_json::from_str(&body).unwrap();
    let reordered = format!(
        r#"{{"eventInfo":{info},"x":{{"appID":1}},"signature":{},"nonce":"60426560","timestamp":"1763800000123","appID":123456789}}"#,
        entries["signature"]
    );
    assert_eq!(verify(reordered.as_bytes()).unwrap(), notification);
}
