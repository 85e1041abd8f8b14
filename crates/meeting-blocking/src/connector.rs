//! Gives ureq its sockets.
//!
//! ureq brings connectors of its own. This one replaces them for seven reasons:
//!
//! - it takes the rustls configuration that the whole program shares, where ureq builds a second
//!   one out of settings that cannot express what is expected of a bare address;
//! - it looks a name up when a connection is opened. ureq does so before every request, pooled
//!   connection or not, and on a new thread as soon as there is an overall timeout;
//! - every read and write gets the time that is left of the exchange, so a server that sends a byte
//!   now and then cannot stretch it;
//! - it knows whether the first byte of a request went out, which decides if a call is safe to
//!   repeat;
//! - it reads the heads of responses, more leniently than ureq does (see [`crate::response_head`]);
//! - it hears a response that comes before the request is sent whole, such as the refusal of an
//!   upload;
//! - it goes through proxies: ureq asks for a tunnel to plain `http` as well, which many proxies refuse,
//!   and its errors tell neither which proxy nor why.

use std::{
    cell::Cell,
    fmt,
    io::{self, Read, Write},
    time::{Duration, Instant},
};

use http::HeaderMap;
use meeting_client::{Network, proxy::Forward};
use ureq::{
    Error,
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{ResolvedSocketAddrs, Resolver},
        transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport},
    },
};

use crate::{
    buffers::ExchangeBuffers,
    response_head::ResponseHead,
    socket::{self, Stream, Target},
};

/// A write that is stuck for so long looks whether the server has answered already.
const WRITE_PATIENCE: Duration = Duration::from_millis(50);

thread_local! {
    /// Progress of the exchange that runs on this thread. ureq gives a socket no way to report back
    /// to the request it serves, and runs both on one thread.
    static PROGRESS: Cell<Progress> = const { Cell::new(Progress::NotSent) };
    /// Time limit for each read and write, where that is less than what is left of the exchange. A
    /// body that streams has no other limit.
    static PATIENCE: Cell<Option<Duration>> = const { Cell::new(None) };
    /// The headers of its response, which go past ureq.
    static HEADERS: Cell<Option<HeaderMap>> = const { Cell::new(None) };
}

/// Limits each read and write on this thread, until the value is dropped.
pub(crate) fn set_patience(patience: Duration) -> Patience {
    PATIENCE.set(Some(patience));
    Patience
}

/// Ends a limit on each read and write.
pub(crate) struct Patience;

impl Drop for Patience {
    fn drop(&mut self) {
        PATIENCE.set(None);
    }
}

/// Progress of an exchange.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// No byte of the request was handed to a socket.
    NotSent,
    /// The request is being sent, or was.
    Sent {
        /// On a connection that had carried another request before.
        reused: bool,
    },
}

/// Marks the start of an exchange on this thread.
pub(crate) fn start_exchange() {
    PROGRESS.set(Progress::NotSent);
}

/// Gives the headers of the response to the exchange on this thread, once.
pub(crate) fn take_headers() -> HeaderMap {
    HEADERS.take().unwrap_or_default()
}

/// Tells how far the exchange on this thread has come.
pub(crate) fn progress() -> Progress {
    PROGRESS.get()
}

/// Resolves nothing: [`SocketConnector`] does, once it knows that it needs an address.
#[derive(Debug)]
pub(crate) struct LateResolver;

impl Resolver for LateResolver {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        Ok(self.empty())
    }
}

/// Opens a [`Socket`] to the host in the URI.
#[derive(Debug)]
pub(crate) struct SocketConnector {
    pub(crate) network: Network,
}

impl Connector for SocketConnector {
    type Out = Socket;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Socket>, Error> {
        let deadline = deadline(details.timeout);
        let secure = details.needs_tls();
        let host = details.uri.host().unwrap_or_default();
        let port = details
            .uri
            .port_u16()
            .unwrap_or(if secure { 443 } else { 80 });
        let proxy = self.network.proxy_for(secure, host, port);
        let forward = proxy.filter(|_| !secure).map(Forward::by);
        let opened = match &forward {
            Some(forward) => socket::open_forward(forward.proxy(), &self.network, deadline),
            None => socket::open(Target { host, port, secure }, &self.network, deadline),
        };
        let mut stream = opened.map_err(|error| Error::Other(error.into()))?;
        stream.set_write_patience(WRITE_PATIENCE);
        Ok(Some(Socket {
            stream,
            forwarding: forward.map(|forward| Forwarding::new(&forward, details.uri)),
            buffers: ExchangeBuffers::default(),
            head: ResponseHead::default(),
            phase: Phase::Sending,
            pieces: 0,
            used: false,
            broken: false,
        }))
    }
}

/// End of `timeout`. `None` is never.
fn deadline(timeout: NextTimeout) -> Option<Instant> {
    let left = *timeout.after;
    let left = PATIENCE.get().map_or(left, |patience| patience.min(left));
    Instant::now().checked_add(left)
}

/// Phase of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Sending a request, and reading the head of its response.
    Sending,
    /// The response came before the request was sent whole. The rest of the request is dropped.
    Answered,
    /// The head of the response was handed to ureq; its body follows.
    Body,
}

/// Form of the heads of requests for a proxy that forwards them: ureq writes those for a server.
struct Forwarding {
    /// Text before the path.
    origin: String,
    /// A line of the head, with its end; empty without credentials. A secret.
    authorization: Vec<u8>,
}

impl Forwarding {
    fn new(forward: &Forward, uri: &Uri) -> Self {
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let mut authorization = Vec::new();
        if let Some(value) = forward.authorization() {
            authorization.extend_from_slice(b"Proxy-Authorization: ");
            authorization.extend_from_slice(value.as_bytes());
            authorization.extend_from_slice(b"\r\n");
        }
        Self {
            origin: format!("http://{authority}"),
            authorization,
        }
    }

    /// `head`, which begins with the request line, with the whole URL in it.
    fn rewrite(&self, head: &[u8]) -> Vec<u8> {
        let space = head.iter().position(|byte| *byte == b' ');
        let (method, rest) = head.split_at(space.map_or(0, |space| space + 1));
        let line_end = rest.windows(2).position(|end| end == b"\r\n");
        let (line, rest) = rest.split_at(line_end.map_or(rest.len(), |end| end + 2));
        [
            method,
            self.origin.as_bytes(),
            line,
            &self.authorization,
            rest,
        ]
        .concat()
    }
}

/// A connection as ureq wants to see it.
pub(crate) struct Socket {
    stream: Stream,
    forwarding: Option<Forwarding>,
    buffers: ExchangeBuffers,
    head: ResponseHead,
    phase: Phase,
    /// Number of pieces that ureq has handed out to send for this request.
    pieces: u8,
    /// True once it has carried a request.
    used: bool,
    /// It carries no other request: this one was not sent whole.
    broken: bool,
}

impl Socket {
    /// Sends the first `amount` bytes of the output. Stops without an error once there is a
    /// response.
    fn send(&mut self, amount: usize) -> io::Result<()> {
        let head = self.forwarding.as_ref().filter(|_| self.pieces == 1);
        let head = head.map(|forwarding| forwarding.rewrite(self.buffers.to_send(amount)));
        let amount = head.as_ref().map_or(amount, Vec::len);
        let mut sent = 0;
        loop {
            let output = head.as_deref();
            let rest = &output.unwrap_or_else(|| self.buffers.to_send(amount))[sent..];
            let step = if rest.is_empty() {
                // rustls keeps a failed write to itself until the next call.
                self.stream.flush().map(|()| 0)
            } else {
                self.stream.write(rest)
            };
            match step {
                Ok(0) if sent == amount => return Ok(()),
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => sent += written,
                Err(error) if error.kind() == io::ErrorKind::TimedOut => return Err(error),
                Err(error) => {
                    if self.is_answered() {
                        self.phase = Phase::Answered;
                        self.broken = true;
                        return Ok(());
                    }
                    if error.kind() != io::ErrorKind::WouldBlock {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Takes in what has come without waiting for more. Tells whether a response begins with it.
    fn is_answered(&mut self) -> bool {
        while !self.stream.is_quiet().unwrap_or(false) {
            match self.stream.read(self.buffers.room()) {
                Ok(0) | Err(_) => return self.has_response(),
                Ok(amount) => self.head.push(&self.buffers.room()[..amount]),
            }
            if self.has_response() {
                return true;
            }
        }
        false
    }

    fn has_response(&mut self) -> bool {
        // What cannot be read is a response as well: reading it again says why.
        self.head.skip_interim().unwrap_or(true)
    }
}

impl Transport for Socket {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.set_deadline(deadline(timeout));
        if PROGRESS.get() == Progress::NotSent {
            self.phase = Phase::Sending;
            self.pieces = 0;
            let reused = std::mem::replace(&mut self.used, true);
            PROGRESS.set(Progress::Sent { reused });
        }
        // Behind the head and the first piece of a body, each piece asks first: the server may have
        // refused the upload. Small requests do not ask.
        self.pieces = self.pieces.saturating_add(1);
        if self.pieces > 2 && self.phase == Phase::Sending && self.is_answered() {
            self.phase = Phase::Answered;
            self.broken = true;
        }
        if self.phase == Phase::Answered {
            return Ok(());
        }
        self.send(amount).map_err(|error| failed(error, timeout))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.set_deadline(deadline(timeout));
        if self.phase == Phase::Body {
            let amount = self
                .stream
                .read(self.buffers.room())
                .map_err(|error| failed(error, timeout))?;
            self.buffers.appended(amount);
            return Ok(amount > 0);
        }
        loop {
            let taken = self.head.take(self.buffers.input_end());
            if let Some(headers) = taken.map_err(|error| Error::Other(error.into()))? {
                HEADERS.set(Some(headers));
                self.phase = Phase::Body;
                return Ok(true);
            }
            let amount = self
                .stream
                .read(self.buffers.room())
                .map_err(|error| failed(error, timeout))?;
            if amount == 0 {
                return Err(Error::Io(io::Error::other(if self.head.is_empty() {
                    "the connection was closed without a response"
                } else {
                    "the connection was closed within the head of the response"
                })));
            }
            self.head.push(&self.buffers.room()[..amount]);
        }
    }

    fn is_open(&mut self) -> bool {
        !self.broken && self.head.is_empty() && self.stream.is_quiet().unwrap_or(false)
    }

    fn is_tls(&self) -> bool {
        self.stream.is_tls()
    }
}

fn failed(error: io::Error, timeout: NextTimeout) -> Error {
    match error.kind() {
        io::ErrorKind::TimedOut => Error::Timeout(timeout.reason),
        // ureq takes these for the regular end of a reply without a length. Such a reply may have
        // been cut short, so they reach it under another kind.
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::ConnectionReset => Error::Io(io::Error::other(error)),
        _ => Error::Io(error),
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The buffers hold credentials.
        f.debug_struct("Socket")
            .field("tls", &self.is_tls())
            .finish_non_exhaustive()
    }
}
