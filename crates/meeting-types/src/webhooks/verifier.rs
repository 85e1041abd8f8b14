//! From bytes to a notification that can be believed.

use std::{
    borrow::Cow,
    time::{Duration, SystemTime},
};

use super::{
    Notification, WebhookError, WebhookKey,
    envelope::Envelope,
    minify::minified,
    signature::{bytes_of, fits},
};
use crate::{Timestamp, credential_text};

/// Checks what arrives at the address of a subscriber.
#[derive(Clone, Debug)]
pub struct Verifier {
    subscriber_id: String,
    key: WebhookKey,
    tolerance: Duration,
    body_limit: usize,
}

impl Verifier {
    /// How far the clock of the sender may be from ours unless [`tolerance`](Self::tolerance) says
    /// otherwise.
    pub const DEFAULT_TOLERANCE: Duration = Duration::from_secs(5 * 60);

    /// A tolerance that covers all tries of the service, and some more for the clocks: 25 hours.
    pub const ALL_RETRIES: Duration = Duration::from_secs(25 * 60 * 60);

    /// How long a body may be unless [`body_limit`](Self::body_limit) says otherwise. The documented
    /// notifications have less than 1 KiB.
    pub const DEFAULT_BODY_LIMIT: usize = 64 * 1024;

    /// A verifier for the subscriber id and the key that the service was given.
    pub fn new(subscriber_id: impl Into<String>, key: impl Into<WebhookKey>) -> Self {
        Self {
            subscriber_id: subscriber_id.into(),
            key: key.into(),
            tolerance: Self::DEFAULT_TOLERANCE,
            body_limit: Self::DEFAULT_BODY_LIMIT,
        }
    }

    /// How long ago, or how far in the future, a notification may have been sent. 5 minutes if this
    /// is not called.
    ///
    /// It is not documented whether the service signs anew when it tries again after half an hour. If
    /// your receiver was down for that long and you find the tries refused as
    /// [`TooOld`](WebhookError::TooOld), set [`ALL_RETRIES`](Self::ALL_RETRIES), and remember the
    /// [`DeduplicationKey`](super::DeduplicationKey) of what you took for as long: inside the
    /// tolerance nothing else tells a replay from the original.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// How many bytes a body may have. 64 KiB if this is not called. Stop reading from the network
    /// there as well.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Checks the body of a call and reads it. `now` is the time at which it arrived.
    ///
    /// It checks, in this order: its own key, the length, the form, the subscriber, the signature, the time. The
    /// time comes last so that [`TooOld`](WebhookError::TooOld) is said of genuine notifications only.
    ///
    /// # Errors
    ///
    /// [`WebhookError`], which knows the response to send. A signed event of a kind that has no type
    /// here, or not in the documented form, is no error but
    /// [`WebhookEvent::Other`](super::WebhookEvent::Other). Nor is one whose text is ill-formed, such
    /// as a name with half a surrogate pair: the signature is checked over the bytes that came, then
    /// the text is mended, and [`Notification::mends`] tells where.
    pub fn verify(&self, body: &[u8], now: SystemTime) -> Result<Notification, WebhookError> {
        credential_text::check(self.key.expose()).map_err(WebhookError::Key)?;
        if body.len() > self.body_limit {
            return Err(WebhookError::TooLarge {
                limit: self.body_limit,
            });
        }
        let envelope = Envelope::read(body)?;
        if envelope.subscriber_id != self.subscriber_id {
            return Err(WebhookError::OtherSubscriber);
        }
        let sent_at = sent_at(&envelope.timestamp)?;
        let signed = self.signed(&envelope).ok_or(WebhookError::BadSignature)?;
        let sent = SystemTime::from(sent_at);
        match now.duration_since(sent) {
            Ok(age) if age > self.tolerance => return Err(WebhookError::TooOld { age }),
            Err(later) if later.duration() > self.tolerance => {
                return Err(WebhookError::TooNew {
                    ahead: later.duration(),
                });
            }
            _ => {}
        }
        Notification::read(envelope.event_info, &signed, sent_at, &envelope.nonce)
    }

    /// The text of the event that the signature is over, if it fits.
    ///
    /// The service signs the event as compact JSON, and may send it as such or with white space (its
    /// documented samples have some).
    ///
    /// The raw text is tried first: if it fits there is nothing to assume. Then the text without white
    /// space between its tokens. That cannot let a forgery through, because removing that white space
    /// does not change what JSON says: whoever finds a text with this signature has found one that
    /// says what the service said. Reading and writing the event anew would be another matter: it
    /// loses the order of keys, repeated keys and the spelling of numbers. Where the text is not valid
    /// JSON, that argument does not hold; therefore it is the signed text that is read, whichever of
    /// the two it is.
    ///
    /// Nothing separates the parts, and still none can borrow from its neighbour: the subscriber id is
    /// ours, a time with a digit more or less is far outside any tolerance, the nonce has no brace in
    /// it, and the event begins with one.
    fn signed<'a>(&self, envelope: &Envelope<'a>) -> Option<Cow<'a, [u8]>> {
        let signature = bytes_of(&envelope.signature)?;
        let fits = |event_info: &[u8]| {
            let parts = [
                envelope.subscriber_id.as_bytes(),
                envelope.timestamp.as_bytes(),
                envelope.nonce.as_bytes(),
                event_info,
            ];
            fits(&self.key, &parts, &signature)
        };
        let raw = envelope.event_info;
        if fits(raw) {
            return Some(Cow::Borrowed(raw));
        }
        let compact = minified(raw);
        (compact.len() < raw.len() && fits(&compact)).then_some(compact)
    }
}

/// Digits only: a sign, a fraction or an exponent would be another spelling of the same time.
fn sent_at(timestamp: &str) -> Result<Timestamp, WebhookError> {
    timestamp
        .parse::<i64>()
        .ok()
        .filter(|_| timestamp.bytes().all(|byte| byte.is_ascii_digit()))
        .map(Timestamp::from_millis)
        .ok_or(WebhookError::Missing { field: "timestamp" })
}
