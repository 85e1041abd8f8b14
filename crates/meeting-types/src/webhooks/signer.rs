//! The sending side, for tests and simulators.

use bytes::Bytes;
use serde_json::Value as Json;

use super::{WebhookEvent, WebhookKey, signature::sign};
use crate::Timestamp;

/// Writer of notifications, as the service sends them.
///
/// It signs with whatever key it is given, so that a test can send what a [`Verifier`](super::Verifier)
/// must not believe.
#[derive(Clone, Debug)]
pub struct Signer {
    subscriber_id: String,
    key: WebhookKey,
}

impl Signer {
    /// A signer for the subscriber id and the key that the receiver knows.
    pub fn new(subscriber_id: impl Into<String>, key: impl Into<WebhookKey>) -> Self {
        Self {
            subscriber_id: subscriber_id.into(),
            key: key.into(),
        }
    }

    /// The body of the call that reports `event`, which happens now, at `now`. `nonce` is 8 random
    /// digits.
    #[must_use]
    pub fn body(&self, event: &WebhookEvent, now: Timestamp, nonce: &str) -> Bytes {
        self.body_of(&event.to_json(now), now, nonce)
    }

    /// The body of a call that reports `event_info`, sent at `sent_at`: for events that happened
    /// earlier, and for JSON of your own. `event_info` must be a JSON object; it is signed as it is
    /// and goes into the body as it is.
    #[must_use]
    pub fn body_of(&self, event_info: &str, sent_at: Timestamp, nonce: &str) -> Bytes {
        let timestamp = sent_at.as_millis().to_string();
        let parts = [&*self.subscriber_id, &*timestamp, nonce, event_info];
        let signature = sign(&self.key, &parts.map(str::as_bytes));
        let subscriber_id = Json::from(self.subscriber_id.as_str());
        let nonce = Json::from(nonce);
        format!(
            r#"{{"appID":{subscriber_id},"timestamp":{timestamp},"nonce":{nonce},"signature":"{signature}","eventInfo":{event_info}}}"#
        )
        .into()
    }
}
