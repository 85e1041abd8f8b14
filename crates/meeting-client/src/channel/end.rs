//! Ends and errors of an event channel.

use std::{error::Error as StdError, fmt, time::Duration};

use meeting_types::{TransportError, events::ChannelAddressError, serde_enum};

use super::FrameFault;

/// End of a WebSocket connection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CloseReason {
    /// The service closed it.
    Closed {
        /// The WebSocket close code, if it sent one.
        code: Option<u16>,
        /// Reason that it gave; often empty.
        reason: String,
    },
    /// It broke without a close frame: what the socket reported.
    Broken(String),
    /// The service sent a frame of such a length that it was not read. The next connection would
    /// meet it again.
    TooLong {
        /// Its length, in bytes.
        bytes: usize,
        /// The length that breaks a connection, in bytes:
        /// [`breaking_frame_bytes`](super::ChannelOptions::breaking_frame_bytes).
        limit: usize,
    },
    /// The service broke the WebSocket protocol: the breach.
    Protocol(String),
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
            Self::TooLong { bytes, limit } => write!(
                f,
                "message of {bytes} bytes is too long: {limit} break the connection, four times `max_frame_bytes` of the channel options; raise it to read such messages"
            ),
            Self::Protocol(report) => write!(f, "WebSocket protocol: {report}"),
        }
    }
}

/// End of an event channel. A new one needs a new `WebSocketToken`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelEnd {
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
        /// Meaning of the code, if the service stated it.
        description: Option<String>,
    },
    /// The service did not answer the subscription.
    #[error("the service did not answer the subscription within {waited:?}")]
    SubscriptionUnanswered {
        /// Time that it was given.
        waited: Duration,
    },
    /// The service fell silent, heartbeats included: the network is gone.
    #[error("the event channel is lost: the service said nothing for {silent_for:?}")]
    Lost {
        /// Time of silence. Pings do not break it.
        silent_for: Duration,
    },
    /// The connection came to its end while the meeting went on, as far as is known.
    #[error("the event channel was closed: {0}")]
    Closed(CloseReason),
    /// The client is older than its engine, and cannot do what that asks for.
    #[error(
        "meeting-client asks for what this client does not know: update meeting-async or meeting-blocking to the same release"
    )]
    Outdated,
}

serde_enum! { CloseReason {
    Closed { code: Option<u16>, reason: String },
    Broken(String),
    TooLong { bytes: usize, limit: usize },
    Protocol(String),
} }

serde_enum! { ChannelEnd {
    MeetingEnded,
    TokenRefused(CloseReason),
    SubscriptionRefused { code: i64, description: Option<String> },
    SubscriptionUnanswered { waited: Duration },
    Lost { silent_for: Duration },
    Closed(CloseReason),
    Outdated,
} }

fn with_colon(text: Option<&str>) -> String {
    text.map_or_else(String::new, |text| format!(": {text}"))
}

/// Error of an event channel: it did not open, a frame could not be read, or it ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum ChannelError {
    /// The service did not say where the event channel is.
    NoAddress,
    /// The address of the event channel, as the service gave it, cannot be used. Nothing was sent.
    Address(ChannelAddressError),
    /// The connection could not be opened: name lookup, TCP, TLS, or the upgrade.
    Connect(TransportError),
    /// The service answered the upgrade with this HTTP status.
    Refused {
        /// The status.
        status: u16,
        /// Wait that the service asks for before the next attempt, by its `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// A frame could not be read. The channel goes on.
    Frame(FrameFault),
    /// The channel has ended, and not with the meeting.
    Ended(ChannelEnd),
    /// All was said before: the events have ended for good.
    Over,
}

impl ChannelError {
    /// True when nothing more will come. False only for a frame that could not be read.
    #[must_use]
    pub fn is_end(&self) -> bool {
        !matches!(self, Self::Frame(_))
    }

    /// End of the channel, if it was open.
    #[must_use]
    pub fn end(&self) -> Option<&ChannelEnd> {
        match self {
            Self::Ended(end) => Some(end),
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
            Self::Refused { status, .. } => {
                write!(
                    f,
                    "the service refused the event channel with status {status}"
                )
            }
            Self::Frame(fault) => write!(f, "unreadable event: {fault}"),
            Self::Ended(end) => fmt::Display::fmt(end, f),
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
            Self::NoAddress | Self::Refused { .. } | Self::Ended(_) | Self::Over => None,
        }
    }
}
