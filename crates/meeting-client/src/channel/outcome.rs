//! How a channel ends, and what can go wrong on the way.

use std::{error::Error as StdError, fmt, time::Duration};

use meeting_types::{
    TransportError,
    events::{ChannelAddressError, FrameError},
    serde_enum,
};

use crate::Error;

/// How a WebSocket connection came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CloseReason {
    /// The service closed it.
    Closed {
        /// The WebSocket close code, if it sent one.
        code: Option<u16>,
        /// What it gave as a reason; often nothing.
        reason: String,
    },
    /// It broke without a close frame: what the socket reported.
    Broken(String),
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed { code, reason } => {
                match code {
                    Some(code) => write!(f, "close code {code}")?,
                    None => f.write_str("no close code")?,
                }
                if !reason.is_empty() {
                    write!(f, ", {reason}")?;
                }
                Ok(())
            }
            Self::Broken(report) => f.write_str(report),
        }
    }
}

/// How a channel ended. A new one needs a new `WebSocketToken`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Outcome {
    /// The meeting is over. The event that says so came before.
    #[error("the meeting has ended")]
    MeetingEnded,
    /// The service closed the connection before it said anything: how it treats a token that it does
    /// not accept.
    #[error(
        "the service closed the event channel before it said anything: the WebSocket token has expired, was used before, or is for another meeting ({0})"
    )]
    TokenRefused(CloseReason),
    /// The service answered the subscription with a refusal.
    #[error("the service refused the subscription with code {code}{}", with_colon(description.as_deref()))]
    SubscriptionRefused {
        /// The code, never 0.
        code: i64,
        /// What the code means, if the service said so.
        description: Option<String>,
    },
    /// The service did not answer the subscription.
    #[error("the service did not answer the subscription within {waited:?}")]
    SubscriptionUnanswered {
        /// How long it was given.
        waited: Duration,
    },
    /// The service fell silent, heartbeats included: the network is gone.
    #[error("the event channel is lost: nothing was received for {silent_for:?}")]
    Lost {
        /// How long nothing was received.
        silent_for: Duration,
    },
    /// The connection came to its end while the meeting went on, as far as is known.
    #[error("the event channel was closed: {0}")]
    Closed(CloseReason),
}

serde_enum! { CloseReason {
    Closed { code: Option<u16>, reason: String },
    Broken(String),
} }

serde_enum! { Outcome {
    MeetingEnded,
    TokenRefused(CloseReason),
    SubscriptionRefused { code: i64, description: Option<String> },
    SubscriptionUnanswered { waited: Duration },
    Lost { silent_for: Duration },
    Closed(CloseReason),
} }

serde_enum! { FrameFault {
    Unreadable(FrameError),
    TooLong { bytes: usize, limit: usize },
    SubscriptionRefused { code: i64 },
    Binary { bytes: usize },
} }

fn with_colon(text: Option<&str>) -> String {
    text.map_or_else(String::new, |text| format!(": {text}"))
}

/// A frame that could not be read, or that brings bad news. The channel goes on without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameFault {
    /// The text is no frame of the channel.
    #[error(transparent)]
    Unreadable(#[from] FrameError),
    /// The text is too long.
    #[error("frame of {bytes} bytes is over the limit of {limit}")]
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

/// What a program that listens to a channel is told besides events.
#[derive(Debug)]
#[non_exhaustive]
pub enum ChannelError {
    /// The service did not say where the event channel is.
    NoAddress,
    /// What the service gave as the address of the event channel cannot be used. Nothing was sent.
    Address(ChannelAddressError),
    /// The connection could not be opened: name lookup, TCP, TLS, or the upgrade.
    Connect(TransportError),
    /// The service answered the upgrade with this HTTP status.
    Refused {
        /// The status.
        status: u16,
    },
    /// A frame could not be read. The channel goes on.
    Frame(FrameFault),
    /// The channel has ended, and not with the meeting.
    Ended(Outcome),
    /// The channel was lost, and no other could be had in time.
    GaveUp {
        /// How long there was none.
        after: Duration,
        /// How often it was tried.
        attempts: u32,
        /// Why the last one did not open or did not last.
        last: Box<Error>,
    },
    /// All was said before: the events have ended for good.
    Over,
}

impl ChannelError {
    /// Whether nothing more will come. False only for a frame that could not be read.
    #[must_use]
    pub fn is_end(&self) -> bool {
        !matches!(self, Self::Frame(_))
    }

    /// How the channel ended, if it was open.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        match self {
            Self::Ended(outcome) => Some(outcome),
            _ => None,
        }
    }
}

impl fmt::Display for ChannelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAddress => f.write_str(
                "the reply with the control token did not say where the event channel is",
            ),
            Self::Address(error) => write!(f, "the address of the event channel: {error}"),
            Self::Connect(error) => write!(f, "the event channel did not open: {error}"),
            Self::Refused { status } => {
                write!(
                    f,
                    "the service refused the event channel with status {status}"
                )
            }
            Self::Frame(fault) => write!(f, "unreadable event: {fault}"),
            Self::Ended(outcome) => fmt::Display::fmt(outcome, f),
            Self::GaveUp {
                after,
                attempts,
                last,
            } => write!(
                f,
                "no event channel for {after:.1?}, in {attempts} {}; the last: {last}",
                if *attempts == 1 { "try" } else { "tries" }
            ),
            Self::Over => f.write_str("the events have ended for good"),
        }
    }
}

/// The text holds that of the error in it, so the source is what lies below that one.
impl StdError for ChannelError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Connect(error) => error.source(),
            Self::Frame(fault) => fault.source(),
            Self::Address(error) => error.source(),
            Self::GaveUp { last, .. } => last.source(),
            Self::NoAddress | Self::Refused { .. } | Self::Ended(_) | Self::Over => None,
        }
    }
}
