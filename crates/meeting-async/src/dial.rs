//! Opens sockets over tokio: name lookup, TCP, proxy, TLS, all under one deadline.

use std::{io, net::SocketAddr, time::Duration};

use meeting_client::{
    ConnectAction, ConnectPlan, Elapsed, Network,
    proxy::{Proxy, ProxyError, ProxyFault, Tunnel},
    tls::{TrustStore, explain, is_tls_failure},
    unversioned,
};
use meeting_types::{TransportError, TransportErrorKind};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, lookup_host},
    time::{Instant, timeout, timeout_at},
};
use tokio_rustls::TlsConnector;

/// A socket, encrypted or not.
pub(crate) trait Socket: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Socket for T {}

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
pub(crate) async fn open(
    target: Target<'_>,
    network: &Network,
    deadline: Instant,
) -> Result<Box<dyn Socket>, TransportError> {
    let Target { host, port, secure } = target;
    let host = host.trim_matches(['[', ']']);
    let trust = network.trust_store();
    let Some(proxy) = network.proxy_for(secure, host, port) else {
        let tcp = connect(host, port, deadline).await?;
        if secure {
            return encrypt(tcp, host, trust, Side::Service, deadline).await;
        }
        return Ok(Box::new(tcp));
    };
    let socket = open_proxy(proxy, network, deadline)
        .await
        .map_err(of_proxy)?;
    let tunnel = open_tunnel(socket, proxy, host, port, deadline);
    let socket = tunnel.await.map_err(of_proxy)?;
    if secure {
        encrypt(socket, host, trust, Side::Service, deadline).await
    } else {
        Ok(socket)
    }
}

/// Connects to a proxy, to hand it requests that it forwards.
pub(crate) async fn open_forward(
    proxy: &Proxy,
    network: &Network,
    deadline: Instant,
) -> Result<Box<dyn Socket>, TransportError> {
    open_proxy(proxy, network, deadline).await.map_err(of_proxy)
}

fn of_proxy(error: ProxyError) -> TransportError {
    error.into_transport_error()
}

async fn open_proxy(
    proxy: &Proxy,
    network: &Network,
    deadline: Instant,
) -> Result<Box<dyn Socket>, ProxyError> {
    let host = proxy.host().trim_matches(['[', ']']);
    let begun = Instant::now();
    let failed = |error: TransportError| {
        let report = match std::error::Error::source(&error) {
            Some(source) => source.to_string(),
            None => error.to_string(),
        };
        let fault = match error.kind() {
            TransportErrorKind::Timeout => ProxyFault::Silent(begun.elapsed()),
            TransportErrorKind::Tls => ProxyFault::Tls(report),
            _ => ProxyFault::Unreachable(report),
        };
        ProxyError::new(proxy, fault)
    };
    let tcp = connect(host, proxy.port(), deadline)
        .await
        .map_err(failed)?;
    if !proxy.is_tls() {
        return Ok(Box::new(tcp));
    }
    let encrypted = encrypt(tcp, host, network.trust_store(), Side::Proxy, deadline);
    encrypted.await.map_err(failed)
}

/// Asks a proxy for a tunnel.
async fn open_tunnel(
    mut socket: Box<dyn Socket>,
    proxy: &Proxy,
    host: &str,
    port: u16,
    deadline: Instant,
) -> Result<Box<dyn Socket>, ProxyError> {
    let begun = Instant::now();
    let failed = |error: io::Error| ProxyError::of_socket(proxy, &error, begun.elapsed());
    let (mut tunnel, request) = Tunnel::start(proxy, host, port);
    let handshake = async {
        socket.write_all(&request).await.map_err(failed)?;
        socket.flush().await.map_err(failed)?;
        let mut bytes = [0; 1024];
        loop {
            let read = socket.read(&mut bytes).await.map_err(failed)?;
            if tunnel.handle_read(&bytes[..read])? {
                return Ok(());
            }
        }
    };
    match timeout_at(deadline, handshake).await {
        Ok(opened) => opened.map(|()| socket),
        Err(_) => Err(failed(io::ErrorKind::TimedOut.into())),
    }
}

/// Peer at the other end of TLS.
#[derive(Clone, Copy)]
enum Side {
    Service,
    Proxy,
}

async fn encrypt(
    socket: impl Socket + 'static,
    host: &str,
    trust: &TrustStore,
    side: Side,
    deadline: Instant,
) -> Result<Box<dyn Socket>, TransportError> {
    let name = unversioned::server_name(trust, host)
        .map_err(|error| TransportError::new(TransportErrorKind::Request, error))?;
    let config = match side {
        Side::Service => unversioned::client_config(trust),
        Side::Proxy => unversioned::proxy_config(trust),
    };
    let handshake = TlsConnector::from(config).connect(name, socket);
    let encrypted = timeout_at(deadline, handshake).await;
    let stream = encrypted.unwrap_or_else(|_| Err(timed_out()));
    Ok(Box::new(stream.map_err(not_connected)?))
}

/// Connects to `host`, in the clear.
async fn connect(host: &str, port: u16, deadline: Instant) -> Result<TcpStream, TransportError> {
    let found = timeout_at(deadline, lookup_host((host, port))).await;
    let found = found.unwrap_or_else(|_| Err(timed_out()));
    let addresses = found.map_err(not_connected)?.collect();
    let left = deadline.saturating_duration_since(Instant::now());
    connect_any(addresses, left).await.map_err(not_connected)
}

/// Connects to the first address that answers.
async fn connect_any(addresses: Vec<SocketAddr>, within: Duration) -> io::Result<TcpStream> {
    let begun = Instant::now();
    let mut plan = ConnectPlan::new(addresses, Elapsed::ZERO + within);
    loop {
        match plan.poll(begun.elapsed().into()) {
            ConnectAction::Connect { address, within } => {
                let connected = timeout(within, TcpStream::connect(address)).await;
                match connected.unwrap_or_else(|_| Err(timed_out())) {
                    Ok(tcp) => {
                        // A heartbeat would wait for an acknowledgement otherwise.
                        tcp.set_nodelay(true)?;
                        return Ok(tcp);
                    }
                    Err(error) => plan.handle_failed(error),
                }
            }
            ConnectAction::Finished(error) => return Err(error),
            _ => {
                return Err(io::Error::other(
                    "this version of meeting-async is older than its meeting-client",
                ));
            }
        }
    }
}

fn timed_out() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "no connection in time")
}

fn not_connected(error: io::Error) -> TransportError {
    let kind = match error.kind() {
        _ if is_tls_failure(&error) => TransportErrorKind::Tls,
        io::ErrorKind::TimedOut => TransportErrorKind::Timeout,
        _ => TransportErrorKind::Connect,
    };
    TransportError::new(kind, explain(error)).with_not_sent(true)
}
