//! Errors of opening a channel, the same in the async and the blocking client.

use std::{error::Error as StdError, io, time::Duration};

use bytes::Bytes;
use meeting_types::{ServiceError, TransportError, TransportErrorKind};
use tungstenite::Error;

use super::ChannelError;
use crate::tls::{explain, is_tls_failure};

/// A connection that did not open, because of `source`.
///
/// `source` is shown to people: it must hold no secret.
pub fn not_open(
    kind: TransportErrorKind,
    source: impl Into<Box<dyn StdError + Send + Sync>>,
) -> ChannelError {
    ChannelError::Connect(TransportError::new(kind, source))
}

/// A connection that did not open, because of a socket.
#[must_use]
pub fn not_open_io(error: io::Error) -> ChannelError {
    let kind = match error.kind() {
        _ if is_tls_failure(&error) => TransportErrorKind::Tls,
        io::ErrorKind::TimedOut => TransportErrorKind::Timeout,
        _ => TransportErrorKind::Connect,
    };
    not_open(kind, explain(error))
}

/// A connection that did not open in time.
#[must_use]
pub fn not_open_in_time(allowed: Duration) -> ChannelError {
    not_open(
        TransportErrorKind::Timeout,
        format!("no event channel within {allowed:?}"),
    )
}

/// An upgrade that failed because of a socket.
#[must_use]
pub fn upgrade_failed(error: io::Error) -> ChannelError {
    upgrade_refused(error.into())
}

/// An upgrade that failed, by what tungstenite says.
pub(super) fn upgrade_refused(error: Error) -> ChannelError {
    match error {
        Error::Http(response) => {
            // Read as everywhere: `Retry-After` has two forms.
            let refusal =
                ServiceError::from_response("WebSocket upgrade", &response.map(|_| Bytes::new()));
            ChannelError::Refused {
                status: refusal.status().as_u16(),
                retry_after: refusal.retry_after(),
            }
        }
        // A server that turns the client's side of TLS down says so only now.
        Error::Io(error) if is_tls_failure(&error) => not_open(TransportErrorKind::Tls, error),
        error => not_open(TransportErrorKind::Io, error),
    }
}
