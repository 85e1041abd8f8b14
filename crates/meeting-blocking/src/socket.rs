//! Opens sockets: name lookup, TCP, proxy, TLS, all under one deadline. Both the transport and the live
//! channel stand on it.

#[cfg(feature = "live")]
mod at_once;

use std::{
    io::{self, Read, Write},
    net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use meeting_client::{
    ConnectAction, ConnectPlan, Elapsed, Network,
    proxy::{Proxy, ProxyError, ProxyFault, Tunnel},
    tls::{TrustStore, explain, is_tls_failure},
    unversioned,
};
use meeting_types::{TransportError, TransportErrorKind};
use rustls::{ClientConnection, StreamOwned};

/// Target of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    /// A name or an address, in brackets or not.
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    /// True when the connection is encrypted.
    pub(crate) secure: bool,
}

/// Connects to a target, through a proxy where the network says so.
pub(crate) fn open(
    target: Target<'_>,
    network: &Network,
    deadline: Option<Instant>,
) -> Result<Stream, TransportError> {
    let Target { host, port, secure } = target;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let stream = match network.proxy_for(secure, host, port) {
        None => connect(host, port, deadline)?,
        Some(proxy) => {
            let stream = open_proxy(proxy, network, deadline).map_err(of_proxy)?;
            open_tunnel(stream, proxy, host, port, deadline).map_err(of_proxy)?
        }
    };
    if secure {
        encrypt(stream, host, network.trust_store(), Side::Service)
    } else {
        Ok(stream)
    }
}

/// Connects to a proxy, to hand it requests that it forwards.
pub(crate) fn open_forward(
    proxy: &Proxy,
    network: &Network,
    deadline: Option<Instant>,
) -> Result<Stream, TransportError> {
    open_proxy(proxy, network, deadline).map_err(of_proxy)
}

fn of_proxy(error: ProxyError) -> TransportError {
    error.into_transport_error()
}

fn open_proxy(
    proxy: &Proxy,
    network: &Network,
    deadline: Option<Instant>,
) -> Result<Stream, ProxyError> {
    let host = proxy.host().trim_matches(['[', ']']);
    let begun = Instant::now();
    let failed = |error: &TransportError| {
        let report = source_of(error);
        ProxyError::new(
            proxy,
            match error.kind() {
                TransportErrorKind::Timeout => ProxyFault::Silent(begun.elapsed()),
                TransportErrorKind::Tls => ProxyFault::Tls(report),
                _ => ProxyFault::Unreachable(report),
            },
        )
    };
    let stream = connect(host, proxy.port(), deadline).map_err(|error| failed(&error))?;
    if !proxy.is_tls() {
        return Ok(stream);
    }
    encrypt(stream, host, network.trust_store(), Side::Proxy).map_err(|error| failed(&error))
}

fn source_of(error: &TransportError) -> String {
    match std::error::Error::source(error) {
        Some(source) => source.to_string(),
        None => error.to_string(),
    }
}

/// Asks a proxy for a tunnel.
fn open_tunnel(
    mut stream: Stream,
    proxy: &Proxy,
    host: &str,
    port: u16,
    deadline: Option<Instant>,
) -> Result<Stream, ProxyError> {
    stream.set_deadline(deadline);
    let begun = Instant::now();
    let failed = |error: io::Error| ProxyError::of_socket(proxy, &error, begun.elapsed());
    let (mut tunnel, request) = Tunnel::start(proxy, host, port);
    stream.write_all(&request).map_err(failed)?;
    stream.flush().map_err(failed)?;
    let mut bytes = [0; 1024];
    loop {
        let read = stream.read(&mut bytes).map_err(failed)?;
        if tunnel.handle_read(&bytes[..read])? {
            return Ok(stream);
        }
    }
}

/// Peer at the other end of TLS.
#[derive(Clone, Copy)]
enum Side {
    Service,
    Proxy,
}

fn encrypt(
    stream: Stream,
    host: &str,
    trust: &TrustStore,
    side: Side,
) -> Result<Stream, TransportError> {
    let name = unversioned::server_name(trust, host)
        .map_err(|error| TransportError::new(TransportErrorKind::Request, error))?;
    let config = match side {
        Side::Service => unversioned::client_config(trust),
        Side::Proxy => unversioned::proxy_config(trust),
    };
    let connection = ClientConnection::new(config, name)
        .map_err(|error| TransportError::new(TransportErrorKind::Tls, error))?;
    let mut stream = StreamOwned::new(connection, stream);
    while stream.conn.is_handshaking() {
        stream
            .conn
            .complete_io(&mut stream.sock)
            .map_err(not_connected)?;
    }
    Ok(Stream::Tls(Box::new(stream)))
}

/// Connects to `host`, in the clear.
fn connect(host: &str, port: u16, deadline: Option<Instant>) -> Result<Stream, TransportError> {
    let addresses = look_up(host, port, deadline)?;
    Ok(Stream::Plain(DeadlineSocket {
        tcp: connect_any(addresses, deadline)?,
        deadline,
        write_patience: None,
        at_once: false,
    }))
}

/// Finds the addresses of `host`.
///
/// The system's lookup cannot be interrupted, so it runs on a thread that is left behind when the
/// time is up.
fn look_up(
    host: &str,
    port: u16,
    deadline: Option<Instant>,
) -> Result<Vec<SocketAddr>, TransportError> {
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    let (sender, receiver) = mpsc::sync_channel(1);
    let host = host.to_owned();
    thread::Builder::new()
        .name("meeting-lookup".to_owned())
        .spawn(move || {
            let found = (host.as_str(), port).to_socket_addrs();
            // Nobody listens any more once the time is up.
            let _ = sender.send(found.map(Vec::from_iter));
        })
        .map_err(not_connected)?;
    let found = match time_left(deadline).map_err(not_connected)? {
        Some(left) => receiver
            .recv_timeout(left)
            .map_err(|_| not_connected(timed_out()))?,
        None => receiver
            .recv()
            .map_err(|error| not_connected(io::Error::other(error)))?,
    };
    let found = found.map_err(not_connected)?;
    if found.is_empty() {
        return Err(TransportError::new(
            TransportErrorKind::Connect,
            "the host name has no address",
        ));
    }
    Ok(found)
}

/// Connects to the first address that answers.
fn connect_any(
    addresses: Vec<SocketAddr>,
    deadline: Option<Instant>,
) -> Result<TcpStream, TransportError> {
    let begun = Instant::now();
    let left = time_left(deadline).map_err(not_connected)?;
    let end = left.map_or(Elapsed::NEVER, Elapsed::from);
    let mut plan = ConnectPlan::new(addresses, end);
    loop {
        match plan.poll(begun.elapsed().into()) {
            ConnectAction::Connect { address, within } => {
                let connected = TcpStream::connect_timeout(&address, within);
                // Replies to small requests would wait for an acknowledgement otherwise.
                match connected.and_then(|tcp| tcp.set_nodelay(true).map(|()| tcp)) {
                    Ok(tcp) => return Ok(tcp),
                    Err(error) => plan.handle_failed(error),
                }
            }
            ConnectAction::Finished(error) => return Err(not_connected(error)),
            _ => {
                return Err(not_connected(io::Error::other(
                    "this version of meeting-blocking is older than its meeting-client",
                )));
            }
        }
    }
}

fn not_connected(error: io::Error) -> TransportError {
    let kind = if error.kind() == io::ErrorKind::TimedOut {
        TransportErrorKind::Timeout
    } else if is_tls_failure(&error) {
        TransportErrorKind::Tls
    } else {
        TransportErrorKind::Connect
    };
    TransportError::new(kind, explain(error)).with_not_sent(true)
}

fn timed_out() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "no connection in time")
}

/// The time until `deadline`; an error once it has passed.
fn time_left(deadline: Option<Instant>) -> io::Result<Option<Duration>> {
    let Some(deadline) = deadline else {
        return Ok(None);
    };
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(timed_out());
    }
    Ok(Some(left))
}

/// A TCP stream whose reads and writes fail with `TimedOut` at the deadline.
pub(crate) struct DeadlineSocket {
    tcp: TcpStream,
    deadline: Option<Instant>,
    /// A write that is stuck for so long fails with `WouldBlock`, if the deadline is further away.
    write_patience: Option<Duration>,
    /// True when it neither waits nor fails at the deadline. The socket is set to that.
    at_once: bool,
}

impl DeadlineSocket {
    fn set_at_once(&mut self, at_once: bool) -> io::Result<()> {
        self.tcp.set_nonblocking(at_once)?;
        self.at_once = at_once;
        Ok(())
    }

    fn until_deadline<T>(
        &mut self,
        limit: fn(&TcpStream, Option<Duration>) -> io::Result<()>,
        patience: Option<Duration>,
        mut operation: impl FnMut(&mut TcpStream) -> io::Result<T>,
    ) -> io::Result<T> {
        if self.at_once {
            return operation(&mut self.tcp);
        }
        loop {
            let left = time_left(self.deadline)?;
            let short = patience.filter(|patience| left.is_none_or(|left| *patience < left));
            match limit(&self.tcp, short.or(left)) {
                Ok(()) => {}
                // macOS refuses this once the peer has closed. Then nothing blocks either.
                Err(error)
                    if cfg!(target_os = "macos") && error.kind() == io::ErrorKind::InvalidInput => {
                }
                Err(error) => return Err(error),
            }
            match operation(&mut self.tcp) {
                // A signal arrived: the time that is left is smaller now.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // What Unix calls a read that timed out.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && short.is_none() => {
                    return Err(timed_out());
                }
                // What Windows calls it.
                Err(error) if error.kind() == io::ErrorKind::TimedOut && short.is_some() => {
                    return Err(io::ErrorKind::WouldBlock.into());
                }
                result => return result,
            }
        }
    }
}

impl Read for DeadlineSocket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.until_deadline(TcpStream::set_read_timeout, None, |tcp| tcp.read(buffer))
    }
}

impl Write for DeadlineSocket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let patience = self.write_patience;
        self.until_deadline(TcpStream::set_write_timeout, patience, |tcp| {
            tcp.write(bytes)
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A connection whose reads and writes fail with `TimedOut` at a deadline.
pub(crate) enum Stream {
    Plain(DeadlineSocket),
    /// Over a plain one, or over that to a proxy which is spoken to over TLS.
    Tls(Box<StreamOwned<ClientConnection, Stream>>),
}

impl Stream {
    fn socket(&mut self) -> &mut DeadlineSocket {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => stream.sock.socket(),
        }
    }

    /// Until when reads and writes may take. `None` is for ever.
    pub(crate) fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.socket().deadline = deadline;
    }

    /// A write that is stuck for so long fails with `WouldBlock`, and may be tried again.
    pub(crate) fn set_write_patience(&mut self, patience: Duration) {
        self.socket().write_patience = Some(patience);
    }

    pub(crate) fn is_tls(&self) -> bool {
        matches!(self, Self::Tls(_))
    }

    /// Looks without waiting whether the peer is still there and has nothing unasked to say.
    pub(crate) fn is_quiet(&mut self) -> io::Result<bool> {
        self.socket().set_at_once(true)?;
        let quiet = match self {
            Self::Plain(socket) => nothing_to_read(socket.tcp.peek(&mut [0]).map(drop)),
            Self::Tls(stream) => {
                let StreamOwned { conn, sock } = &mut **stream;
                loop {
                    // Session tickets arrive unasked: they are taken in, not held against it.
                    match conn.read_tls(sock) {
                        Ok(1..) => match conn.process_new_packets() {
                            Ok(state)
                                if state.plaintext_bytes_to_read() == 0
                                    && !state.peer_has_closed() => {}
                            _ => break false,
                        },
                        other => break nothing_to_read(other.map(drop)),
                    }
                }
            }
        };
        self.socket().set_at_once(false)?;
        Ok(quiet)
    }
}

fn nothing_to_read(result: io::Result<()>) -> bool {
    result.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}
