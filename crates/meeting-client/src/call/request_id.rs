//! The id that a call has in logs, ours and the service's.

use std::fmt;

use bytes::Bytes;
use http::HeaderValue;
use uuid::{Builder, fmt::Hyphenated};

/// A random UUID, as text.
#[derive(Clone, Copy)]
pub(super) struct RequestId([u8; Hyphenated::LENGTH]);

impl RequestId {
    /// Need not be hard to guess.
    pub(super) fn random(random: &mut fastrand::Rng) -> Self {
        let id = Builder::from_random_bytes(random.u128(..).to_ne_bytes()).into_uuid();
        let mut text = [0; Hyphenated::LENGTH];
        id.hyphenated().encode_lower(&mut text);
        Self(text)
    }

    pub(super) fn as_str(&self) -> &str {
        // A UUID is ASCII.
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The value of a header. Clones of it, which HTTP libraries make, share their memory.
    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_maybe_shared(Bytes::from_owner(self))
            .unwrap_or_else(|_| HeaderValue::from_static("0"))
    }
}

impl AsRef<[u8]> for RequestId {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
