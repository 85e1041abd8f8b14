//! Accepts connections, in the clear or over TLS, and serves the routes on each of them.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::Router;
use hyper::{Request, body::Incoming, server::conn::http1, service::Service};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use super::control_api::Peer;

/// How long a client may take for a TLS handshake.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a client may take for the head of a request, and how long a connection is kept on which
/// nothing is asked.
const IDLE: Duration = Duration::from_secs(120);

/// How much of a request is read ahead. A head that is more than twice as long is refused with status
/// 431.
const HEAD_LIMIT: usize = 64 * 1024;

/// Serves `routes` on every connection, until the task is dropped.
pub(crate) async fn serve(listener: TcpListener, tls: Option<Arc<ServerConfig>>, routes: Router) {
    let tls = tls.map(TlsAcceptor::from);
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(_) => {
                // A client that is gone already, or no file handle left: neither ends the service.
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        // Small frames must not wait for one another.
        let _ = stream.set_nodelay(true);
        let (routes, tls) = (routes.clone(), tls.clone());
        tokio::spawn(async move {
            match tls {
                None => connection(stream, routes, peer.ip()).await,
                Some(tls) => {
                    let handshake = tokio::time::timeout(PATIENCE, tls.accept(stream));
                    if let Ok(Ok(stream)) = handshake.await {
                        connection(stream, routes, peer.ip()).await;
                    }
                }
            }
        });
    }
}

async fn connection<S>(stream: S, routes: Router, peer: IpAddr)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    // A connection that breaks is the client's business.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .max_buf_size(HEAD_LIMIT)
        .serve_connection(
            TokioIo::new(stream),
            FromPeer {
                routes: TowerToHyperService::new(routes),
                peer,
            },
        )
        .with_upgrades()
        .await;
}

/// The routes for one connection: each request says where it comes from.
struct FromPeer {
    routes: TowerToHyperService<Router>,
    peer: IpAddr,
}

impl Service<Request<Incoming>> for FromPeer {
    type Response = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Error;
    type Future = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(Peer(self.peer));
        self.routes.call(request)
    }
}
