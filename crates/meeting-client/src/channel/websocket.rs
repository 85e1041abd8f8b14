//! What the async and the blocking channel both have to tell tungstenite, and to learn from it.

use std::{error::Error as StdError, io, time::Duration};

use meeting_types::{SecretText, TransportError, TransportErrorKind, events::ChannelAddress};
use tungstenite::{
    Error,
    client::IntoClientRequest,
    handshake::client::Request,
    protocol::{Message as Frame, WebSocketConfig},
};

use super::{Channel, ChannelError, ChannelOptions, CloseReason, Message};
use crate::tls::{explain, is_tls_failure};

/// Enough for most frames; tungstenite's own 128 KiB would lie idle for each channel. It grows with
/// the frames that come.
const READ_BUFFER: usize = 512;

/// The upgrade request. The address is spent.
///
/// # Errors
///
/// [`ChannelError::Connect`] when no request can be made of the address.
pub fn upgrade_request(address: ChannelAddress) -> Result<Request, ChannelError> {
    let made = address.uri().expose().into_client_request();
    // The error might quote the address, and the token in it.
    made.map_err(|_| not_open(TransportErrorKind::Request, "address is not a URL"))
}

/// The limits and buffers of a connection.
#[must_use]
pub fn config(options: &ChannelOptions) -> WebSocketConfig {
    let limit = Some(options.breaking_frame_bytes());
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .max_message_size(limit)
        .max_frame_size(limit)
}

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

/// An upgrade that failed.
#[must_use]
pub fn upgrade_failed(error: Error) -> ChannelError {
    match error {
        Error::Http(response) => ChannelError::Refused {
            status: response.status().as_u16(),
        },
        // A server that turns the client's side of TLS down says so only now.
        Error::Io(error) if is_tls_failure(&error) => not_open(TransportErrorKind::Tls, error),
        error => not_open(TransportErrorKind::Io, error),
    }
}

/// The frame that carries `text`.
#[must_use]
pub fn frame(text: &SecretText) -> Frame {
    Frame::text(text.expose())
}

/// Tells the channel what a read has brought. A read that found nothing yet is not for it.
pub fn take_in(channel: &mut Channel, read: Result<Frame, Error>, now: Duration) {
    match read {
        Ok(Frame::Text(text)) => channel.received(Message::Text(&text), now),
        Ok(Frame::Binary(bytes)) => channel.received(Message::Binary(&bytes), now),
        Ok(Frame::Ping(_)) => channel.received(Message::Ping, now),
        Ok(Frame::Pong(_)) => channel.received(Message::Pong, now),
        Ok(Frame::Close(close)) => channel.closed(CloseReason::Closed {
            code: close.as_ref().map(|close| close.code.into()),
            reason: close.map_or_else(String::new, |close| close.reason.to_string()),
        }),
        // Reading never yields a raw frame.
        Ok(Frame::Frame(_)) => {}
        Err(error) => channel.closed(CloseReason::Broken(error.to_string())),
    }
}
