//! Gives ureq its sockets.
//!
//! ureq brings connectors of its own. This one replaces them for four reasons:
//!
//! - it takes the rustls configuration that the whole program shares, where ureq builds a second
//!   one out of settings that cannot express what is expected of a bare address;
//! - it looks a name up when a connection is opened. ureq does so before every request, pooled
//!   connection or not, and on a new thread as soon as there is an overall timeout;
//! - every read and write gets the time that is left of the exchange, so a server that sends a byte
//!   now and then cannot stretch it;
//! - it knows whether the first byte of a request went out, which decides if a call is safe to
//!   repeat.

use std::{
    cell::Cell,
    fmt,
    io::{self, Read, Write},
    time::Instant,
};

use meeting_client::tls::TrustStore;
use ureq::{
    Error,
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{ResolvedSocketAddrs, Resolver},
        transport::{Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport},
    },
};

use crate::socket::{self, Stream};

thread_local! {
    /// Progress of the exchange that runs on this thread. ureq gives a socket no way to report back
    /// to the request it serves, and runs both on one thread.
    static PROGRESS: Cell<Progress> = const { Cell::new(Progress::NotSent) };
}

/// How far an exchange has come.
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
    pub(crate) trust: TrustStore,
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
        let stream = socket::open(host, port, secure.then_some(&self.trust), deadline)
            .map_err(|error| Error::Other(error.into()))?;
        let buffers = LazyBuffers::new(
            details.config.input_buffer_size(),
            details.config.output_buffer_size(),
        );
        Ok(Some(Socket {
            stream,
            buffers,
            used: false,
        }))
    }
}

/// When `timeout` ends. `None` is never.
fn deadline(timeout: NextTimeout) -> Option<Instant> {
    Instant::now().checked_add(*timeout.after)
}

/// A connection as ureq wants to see it.
pub(crate) struct Socket {
    stream: Stream,
    buffers: LazyBuffers,
    /// Whether it has carried a request.
    used: bool,
}

impl Transport for Socket {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.set_deadline(deadline(timeout));
        if PROGRESS.get() == Progress::NotSent {
            let reused = std::mem::replace(&mut self.used, true);
            PROGRESS.set(Progress::Sent { reused });
        }
        self.stream
            .write_all(&self.buffers.output()[..amount])
            // rustls keeps a failed write to itself until the next call.
            .and_then(|()| self.stream.flush())
            .map_err(|error| failed(error, timeout))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.set_deadline(deadline(timeout));
        let amount = self
            .stream
            .read(self.buffers.input_append_buf())
            .map_err(|error| failed(error, timeout))?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.is_quiet().unwrap_or(false)
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
