//! Whatever arrives, nothing panics, and what was signed is read.

use http::StatusCode;
use meeting_types::{
    Timestamp,
    webhooks::{Signer, Verifier, WebhookError, WebhookEvent},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{NOW, attendee, every_event, meeting, signed, signer, verify};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        // As many digits as serde_json reads back exactly.
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 8.0)),
        "\\PC*".prop_map(Value::from),
        prop_oneof!["meetingID", "0", "CHAIR"].prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let key = prop_oneof![
            "\\PC{0,5}",
            Just("meetingInfo".to_owned()),
            Just("attendeeInfo".to_owned()),
            Just("meetingID".to_owned()),
            Just("joinTime".to_owned()),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..5)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(verify(&body).is_err());
    }

    #[test]
    fn cut_and_garbled_notifications_never_panic(
        cut in any::<prop::sample::Index>(),
        index in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let event = WebhookEvent::Left(meeting(), Box::new(attendee()));
        let body = signer().body(&event, Timestamp::from_millis(NOW), "60426560");
        prop_assert!(verify(&body[..cut.index(body.len())]).is_err());
        let mut garbled = body.to_vec();
        garbled[index.index(body.len())] = byte;
        let _ = verify(&garbled);
    }

    #[test]
    fn any_signed_payload_is_read_or_kept(kind in 0_usize..12, payload in any_json()) {
        let events = every_event();
        let name = events.get(kind).map_or("meeting.later", |(_, name)| name);
        let info = json!({"event": name, "timestamp": NOW, "payload": payload});
        let pretty = serde_json::to_string_pretty(&info).unwrap();
        let body = String::from_utf8(signed(&info.to_string())).unwrap();
        let notification = verify(body.as_bytes()).unwrap();
        // Pretty JSON is the same JSON.
        let body = body.replace(&info.to_string(), &pretty);
        let again = verify(body.as_bytes()).unwrap();
        prop_assert_eq!(&again.event, &notification.event);
        prop_assert_eq!(again.deduplication_key(), notification.deduplication_key());
        prop_assert_eq!(notification.response().status(), StatusCode::OK);
        if let WebhookEvent::Other { json, .. } = notification.event {
            prop_assert_eq!(json, info);
        }
    }

    #[test]
    fn any_ids_keys_and_nonces_work(id in "\\PC{1,20}", key in "[!-~\\p{L}]{1,20}", nonce in "[^{]{1,20}") {
        let now = Timestamp::from_millis(NOW);
        let body = Signer::new(&*id, &*key).body(&WebhookEvent::Verify, now, &nonce);
        let notification = Verifier::new(&*id, &*key).verify(&body, now.into()).unwrap();
        prop_assert_eq!(notification.nonce, nonce);
        let longer = format!("{key}x");
        let other = Verifier::new(&*id, longer).verify(&body, now.into());
        prop_assert_eq!(other, Err(WebhookError::BadSignature));
    }
}
