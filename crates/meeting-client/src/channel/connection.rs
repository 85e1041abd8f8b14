//! A channel and the WebSocket under it, free of IO.
//!
//! tungstenite reads. What is sent is framed here: tungstenite hands each frame to the log at trace
//! level, and these hold the control token.

use std::{
    io::{self, Read, Write},
    mem,
    time::SystemTime,
};

use meeting_types::SecretText;
use tungstenite::{
    Error,
    error::{CapacityError, ProtocolError},
    protocol::{
        Message, Role, WebSocketConfig, WebSocketContext,
        frame::{
            FrameHeader,
            coding::{Data, OpCode},
        },
    },
};
use uuid::Uuid;

use super::{Action, Channel, ChannelOptions, CloseReason, Frame, Subscription};
use crate::Elapsed;

/// Enough for most frames; tungstenite's own 128 KiB would lie idle for each channel. It grows with
/// the frames that come.
const READ_BUFFER: usize = 512;

/// Length of what waits to be written above which pings are answered no more, in bytes. A peer that
/// pings and does not read gets no memory for it.
const LONGEST_BACKLOG: usize = 16 * 1024;

/// A [`Channel`] with the WebSocket under it: takes in the bytes that were read, and has those that
/// are to be written.
///
/// The driver does in turn: [`poll`](Self::poll) until it says [`Action::SleepUntil`]; write what
/// [`outgoing`](Self::outgoing) has, as far as the socket takes it at once; read once and call
/// [`handle_read`](Self::handle_read). When nothing can be read until the time is over:
/// [`handle_timeout`](Self::handle_timeout). A peer that does not read must not keep the driver from
/// reading.
#[derive(Debug)]
pub struct Connection {
    channel: Channel,
    websocket: WebSocketContext,
    pipe: Pipe,
}

/// The bytes on their way.
#[derive(Default)]
struct Pipe {
    incoming: Vec<u8>,
    /// Number of those that were taken.
    taken: usize,
    outgoing: Vec<u8>,
    /// Number of those that were written.
    written: usize,
    /// End of reading, once it has ended.
    end: Option<io::Result<()>>,
}

/// Prints lengths only: the bytes hold secrets.
impl std::fmt::Debug for Pipe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pipe")
            .field("incoming", &self.incoming.len())
            .field("outgoing", &self.outgoing.len())
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// The connection after its upgrade, at the time `clock`. `tail` is what came behind the response
    /// to the upgrade.
    #[must_use]
    pub fn opened(
        tail: Vec<u8>,
        subscription: Subscription,
        options: &ChannelOptions,
        clock: SystemTime,
    ) -> Self {
        let limit = Some(options.breaking_frame_bytes());
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .max_write_buffer_size(LONGEST_BACKLOG)
            .max_message_size(limit)
            .max_frame_size(limit);
        Self {
            channel: Channel::opened(subscription, options, clock),
            websocket: WebSocketContext::new(Role::Client, Some(config)),
            pipe: Pipe {
                incoming: tail,
                ..Pipe::default()
            },
        }
    }

    /// Next action at the time `now`; never [`Action::Send`].
    pub fn poll(&mut self, now: Elapsed) -> Action {
        loop {
            match self.channel.poll(now) {
                Action::Send(text) => self.pipe.send(&text),
                Action::SleepUntil(until) => {
                    if !self.read_frame(now) {
                        return Action::SleepUntil(until);
                    }
                }
                action => return action,
            }
        }
    }

    /// The bytes to write.
    #[must_use]
    pub fn outgoing(&self) -> &[u8] {
        &self.pipe.outgoing[self.pipe.written..]
    }

    /// Takes in that the first bytes of [`outgoing`](Self::outgoing) were written.
    pub fn handle_written(&mut self, count: usize) {
        self.pipe.written = self.pipe.outgoing.len().min(self.pipe.written + count);
        if self.outgoing().is_empty() {
            // It is empty nearly always, and there may be thousands of it.
            self.pipe.outgoing = Vec::new();
            self.pipe.written = 0;
        }
    }

    /// Takes in that nothing more can be written. That is no end yet: the service may have said its
    /// last word before it closed. Reading tells.
    pub fn handle_not_writable(&mut self) {
        self.handle_written(usize::MAX);
    }

    /// Takes in what a read has brought; nothing at the end of the stream. A read that found nothing
    /// yet is not for it.
    pub fn handle_read(&mut self, read: io::Result<&[u8]>) {
        match read {
            Ok([]) => self.pipe.end = Some(Ok(())),
            Ok(bytes) => self.pipe.incoming.extend_from_slice(bytes),
            Err(error) => self.pipe.end = Some(Err(error)),
        }
    }

    /// Takes in that it is `now` and nothing more can be read.
    pub fn handle_timeout(&mut self, now: Elapsed) {
        self.channel.handle_timeout(now);
    }

    /// The channel.
    #[must_use]
    pub fn channel(&self) -> &Channel {
        &self.channel
    }

    /// The channel, to ask for something.
    pub fn channel_mut(&mut self) -> &mut Channel {
        &mut self.channel
    }

    /// Tells the channel the next frame. False when there is none yet.
    fn read_frame(&mut self, now: Elapsed) -> bool {
        match self.websocket.read(&mut self.pipe) {
            Ok(Message::Text(text)) => self.channel.handle_frame(Frame::Text(&text), now),
            Ok(Message::Binary(bytes)) => self.channel.handle_frame(Frame::Binary(&bytes), now),
            Ok(Message::Ping(_)) => self.channel.handle_frame(Frame::Ping, now),
            Ok(Message::Pong(_)) => self.channel.handle_frame(Frame::Pong, now),
            Ok(Message::Close(close)) => self.channel.handle_closed(CloseReason::Closed {
                code: close.as_ref().map(|close| close.code.into()),
                reason: close.map_or_else(String::new, |close| close.reason.to_string()),
            }),
            // Reading never yields a raw frame.
            Ok(Message::Frame(_)) => {}
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => return false,
            Err(error) => self.channel.handle_closed(broken(error)),
        }
        true
    }
}

/// Why a connection broke, by what tungstenite says.
fn broken(error: Error) -> CloseReason {
    match error {
        Error::Capacity(CapacityError::MessageTooLong { size, max_size }) => CloseReason::TooLong {
            bytes: size,
            limit: max_size,
        },
        // It went away without a word.
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)
        | Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Io(_) => CloseReason::Broken(error.to_string()),
        Error::Protocol(breach) => CloseReason::Protocol(breach.to_string()),
        error => CloseReason::Protocol(error.to_string()),
    }
}

impl Pipe {
    /// Appends a text frame, masked as the protocol demands of clients.
    fn send(&mut self, text: &SecretText) {
        let [a, b, c, d, ..] = Uuid::new_v4().into_bytes();
        let mask = [a, b, c, d];
        let header = FrameHeader {
            opcode: OpCode::Data(Data::Text),
            mask: Some(mask),
            ..FrameHeader::default()
        };
        let text = text.expose().as_bytes();
        let length = text.len() as u64;
        self.outgoing.reserve(header.len(length) + text.len());
        // Writing into memory does not fail, and one that did would leave a frame without a header.
        if header.format(length, &mut self.outgoing).is_ok() {
            let masked = text.iter().zip(mask.iter().cycle());
            self.outgoing.extend(masked.map(|(byte, mask)| byte ^ mask));
        }
    }
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut rest = &self.incoming[self.taken..];
        if rest.is_empty() {
            return match mem::take(&mut self.end) {
                None => Err(io::ErrorKind::WouldBlock.into()),
                Some(Ok(())) => {
                    self.end = Some(Ok(()));
                    Ok(0)
                }
                Some(Err(error)) => Err(error),
            };
        }
        let count = rest.read(buffer)?;
        self.taken += count;
        if self.taken == self.incoming.len() {
            self.incoming = Vec::new();
            self.taken = 0;
        }
        Ok(count)
    }
}

/// Frames that tungstenite writes: answers to pings and to a close.
impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.outgoing.len() - self.written > LONGEST_BACKLOG {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.outgoing.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
