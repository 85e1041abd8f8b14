//! Faults of single frames, and the events that may be lost by them.

use meeting_types::{
    events::{EventKind, FrameError},
    serde_enum,
};

/// A frame that could not be read, or that brings bad news. The channel goes on without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameFault {
    /// The text is no frame of the channel.
    #[error(transparent)]
    Unreadable(#[from] FrameError),
    /// The text is too long.
    #[error("frame of {bytes} bytes is over the limit of {limit} (`max_frame_bytes`)")]
    TooLong {
        /// Its length, in bytes.
        bytes: usize,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The service refused a further subscription. The one before stands.
    #[error("the service refused the new subscription with code {code}; the one before stands")]
    SubscriptionRefused {
        /// The code, never 0.
        code: i64,
    },
    /// Bytes, where the service should send text.
    #[error("frame of {bytes} bytes is binary, not text")]
    Binary {
        /// Its length, in bytes.
        bytes: usize,
    },
}

serde_enum! { FrameFault {
    Unreadable(FrameError),
    TooLong { bytes: usize, limit: usize },
    SubscriptionRefused { code: i64 },
    Binary { bytes: usize },
} }

/// The events that a frame which could not be read may have told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missed {
    /// None: it was no event.
    Nothing,
    /// One of this kind.
    Kind(EventKind),
    /// One of any kind.
    Unknown,
}

impl Missed {
    /// Reads as much of a frame as says what it was. Only a key at the very beginning is believed:
    /// any other may be part of the payload.
    pub(super) fn of(text: &str) -> Self {
        let action = || {
            let rest = text.trim_start().strip_prefix('{')?.trim_start();
            let rest = rest.strip_prefix("\"action\"")?.trim_start();
            let rest = rest.strip_prefix(':')?.trim_start().strip_prefix('"')?;
            rest.split_once('"').map(|(action, _)| action)
        };
        match action() {
            Some("HeartBeat" | "Subscribe") => Self::Nothing,
            Some(action) => Self::Kind(EventKind::from(action)),
            None => Self::Unknown,
        }
    }
}
