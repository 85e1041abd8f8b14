//! What is no notification, or comes at the wrong time.

use std::time::Duration;

use meeting_types::{
    Problem, Timestamp,
    webhooks::{Signer, Verifier, WebhookError, WebhookEvent},
};
use serde_json::{Value, json};

use crate::{ID, NOW, at, signed, verifier, verify};

#[test]
fn old_and_future_notifications_are_refused() {
    let body = signed(r#"{"event":"meeting.verify"}"#);
    let seen_after = |millis: i64| verifier().verify(&body, at(NOW + millis)).map(|_| ());
    assert_eq!(seen_after(300_000), Ok(()));
    assert_eq!(seen_after(-300_000), Ok(()));
    let age = Duration::from_millis(300_001);
    assert_eq!(seen_after(300_001), Err(WebhookError::TooOld { age }));
    assert_eq!(
        seen_after(-300_001),
        Err(WebhookError::TooNew { ahead: age })
    );
    let patient = verifier().tolerance(Verifier::ALL_RETRIES);
    let day = Duration::from_secs(24 * 60 * 60);
    assert!(patient.verify(&body, at(NOW) + day).is_ok());
    assert!(patient.verify(&body, at(NOW) + 2 * day).is_err());
    // A forged one is not called old.
    let mut forged = body.clone();
    let last_letter = forged.len() - 4;
    forged[last_letter] ^= 1;
    assert_eq!(
        verifier().verify(&forged, at(NOW + 300_001)),
        Err(WebhookError::BadSignature)
    );
}

#[test]
fn what_is_no_notification_is_told_apart() {
    let missing = |field| WebhookError::Missing { field };
    let body = String::from_utf8(signed(r#"{"event":"meeting.verify"}"#)).unwrap();
    let whole: Value = serde_json::from_str(&body).unwrap();
    for field in ["appID", "timestamp", "nonce", "signature", "eventInfo"] {
        let mut without = whole.clone();
        without.as_object_mut().unwrap().remove(field);
        assert_eq!(verify(without.to_string().as_bytes()), Err(missing(field)));
        for bad in [
            json!(null),
            json!(true),
            json!(""),
            json!(1.5),
            json!(-7),
            json!([]),
            json!(["x"]),
        ] {
            without[field] = bad;
            assert_eq!(verify(without.to_string().as_bytes()), Err(missing(field)));
        }
        let twice = body.replacen('{', &format!(r#"{{"{field}":{},"#, whole[field]), 1);
        assert_eq!(
            verify(twice.as_bytes()),
            Err(WebhookError::Repeated { field })
        );
    }
    for text in [
        "", "{", "[]", "7", "null", "\"{}\"", "{}{}", "{} x", "{\"a\":}",
    ] {
        assert_eq!(
            verify(text.as_bytes()),
            Err(WebhookError::NotJson),
            "{text}"
        );
    }
    assert_eq!(verify(b"{\"a\":\"\xff\"}"), Err(missing("appID")));
    for info in [
        "{}",
        r#"{"event":null}"#,
        r#"{"event":""}"#,
        r#"{"event":{}}"#,
    ] {
        assert_eq!(verify(&signed(info)), Err(missing("eventInfo.event")));
    }
}

#[test]
fn long_bodies_are_refused() {
    let pad = |length: usize| {
        let mut body = signed(r#"{"event":"meeting.verify"}"#);
        body.resize(length, b' ');
        body
    };
    let limit = 64 * 1024;
    assert!(verify(&pad(limit)).is_ok());
    assert_eq!(
        verify(&pad(limit + 1)),
        Err(WebhookError::TooLarge { limit })
    );
    let small = verifier().body_limit(1000);
    assert!(small.verify(&pad(1000), at(NOW)).is_ok());
    assert_eq!(
        small.verify(&pad(1001), at(NOW)),
        Err(WebhookError::TooLarge { limit: 1000 })
    );
}

#[test]
fn a_key_that_cannot_be_meant_believes_nobody() {
    for (key, problem) in [
        ("", Problem::Blank),
        (" \t", Problem::Blank),
        ("demo-key\n", Problem::ControlCharacter),
        ("demo\u{0}key", Problem::ControlCharacter),
        ("\u{feff}demo-key", Problem::ControlCharacter),
        (" demo-key", Problem::OuterSpace),
        ("demo-key\u{3000}", Problem::OuterSpace),
    ] {
        let now = Timestamp::from_millis(NOW);
        let body = Signer::new(ID, key).body(&WebhookEvent::Verify, now, "1");
        let error = Verifier::new(ID, key).verify(&body, at(NOW)).unwrap_err();
        assert_eq!(error, WebhookError::Key(problem), "{key:?}");
        assert!(!error.to_string().contains("demo"));
        assert_eq!(error.status(), 500);
    }
    // A blank inside may be meant.
    let now = Timestamp::from_millis(NOW);
    let body = Signer::new(ID, "demo key").body(&WebhookEvent::Verify, now, "1");
    assert!(Verifier::new(ID, "demo key").verify(&body, at(NOW)).is_ok());
}
