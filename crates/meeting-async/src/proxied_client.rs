//! The HTTP client for requests that go through a proxy.
//!
//! reqwest can use proxies, and this crate does not let it: its errors tell neither which proxy nor why,
//! nor whether the TLS that failed was the proxy's; and where an address is verified as a name, it would
//! ask the proxy for a tunnel to the name. So this is the client that lies under reqwest, with connections
//! that this crate opens.

use std::{
    fmt, io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use http::{
    HeaderValue, Request, Response, Uri,
    header::{ACCEPT, PROXY_AUTHORIZATION},
};
use hyper::{
    body::Incoming,
    rt::{Read, ReadBufCursor, Write},
};
use hyper_util::{
    client::legacy::{
        Client, Error,
        connect::{Connected, Connection},
    },
    rt::{TokioExecutor, TokioIo, TokioTimer},
};
use meeting_client::{Network, proxy::Forward};
use meeting_types::{TransportError, TransportErrorKind};
use reqwest::Body;
use tokio::time::Instant;
use tower_service::Service;

use crate::dial::{self, Socket, Target};

tokio::task_local! {
    /// End of the exchange on this task. The connections that it opens end there too, so that a proxy
    /// that does not answer is named before the exchange is given up.
    static DEADLINE: Instant;
}

/// A client whose connections all go through a proxy.
#[derive(Clone)]
pub(crate) struct ProxiedClient(Client<Connector, Body>);

impl ProxiedClient {
    pub(crate) fn new(network: Network, connect_timeout: Duration, max_idle: Duration) -> Self {
        let connector = Connector {
            network,
            connect_timeout,
        };
        // As reqwest is set up for what goes straight to the service.
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(max_idle)
            .http1_ignore_invalid_headers_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true)
            .build(connector);
        Self(client)
    }

    /// Runs an exchange, which ends at `deadline`. `forward` stands for the proxy where it forwards the
    /// request.
    pub(crate) async fn execute(
        &self,
        mut request: Request<Body>,
        forward: Option<&Forward>,
        deadline: Instant,
    ) -> Result<Response<Incoming>, Error> {
        let headers = request.headers_mut();
        let accept = headers.entry(ACCEPT);
        accept.or_insert(HeaderValue::from_static("*/*"));
        if let Some(authorization) = forward.and_then(Forward::authorization) {
            headers.insert(PROXY_AUTHORIZATION, authorization);
        }
        DEADLINE.scope(deadline, self.0.request(request)).await
    }
}

/// Opens the connections.
#[derive(Clone)]
struct Connector {
    network: Network,
    connect_timeout: Duration,
}

impl Service<Uri> for Connector {
    type Response = Proxied;
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<Proxied, TransportError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let Self {
            network,
            connect_timeout,
        } = self.clone();
        Box::pin(async move {
            let mut deadline = Instant::now() + connect_timeout;
            // There is none when the connection is opened for whoever comes next.
            if let Ok(end) = DEADLINE.try_with(|end| *end) {
                deadline = deadline.min(end);
            }
            let secure = uri.scheme_str() == Some("https");
            let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
            let no_host = "the URI needs a host";
            let no_host = || TransportError::new(TransportErrorKind::Request, no_host);
            let host = uri.host().ok_or_else(no_host)?;
            let proxy = network.proxy_for(secure, host, port);
            let (socket, forwarded) = match proxy.filter(|_| !secure) {
                Some(proxy) => (dial::open_forward(proxy, &network, deadline).await?, true),
                None => {
                    let target = Target { host, port, secure };
                    (dial::open(target, &network, deadline).await?, false)
                }
            };
            Ok(Proxied {
                socket: TokioIo::new(socket),
                forwarded,
            })
        })
    }
}

/// A connection as hyper wants to see it.
struct Proxied {
    socket: TokioIo<Box<dyn Socket>>,
    /// True when the proxy forwards what is written to it.
    forwarded: bool,
}

impl Connection for Proxied {
    fn connected(&self) -> Connected {
        // Then requests are written with their whole URL.
        Connected::new().proxy(self.forwarded)
    }
}

impl Read for Proxied {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, buffer)
    }
}

impl Write for Proxied {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

impl fmt::Debug for ProxiedClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxiedClient").finish_non_exhaustive()
    }
}
