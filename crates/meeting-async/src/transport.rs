//! The async transport.

use std::{
    error::Error as StdError,
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{
    HeaderValue, Method, Request, Response, Uri,
    header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING},
    uri::{Authority, Scheme},
};
use meeting_client::tls::{TrustStore, causes, explain, is_tls_failure};
use meeting_types::{NonBlocking, Timeout, Transport, TransportError, TransportErrorKind};
use reqwest::Url;

use crate::clients::Clients;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(60);
/// Longer timeouts are cut to this, as in the blocking transport.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);
const MAX_REPLY_BYTES: usize = 16 * 1024 * 1024;
/// What a reply's own word on its length may reserve before its bytes arrive.
const MAX_RESERVE: usize = 256 * 1024;

/// HTTP/1.1 over reqwest and tokio. Cheap to clone; clones share their connections.
///
/// It follows no redirects, retries nothing, keeps no cookies, uses no proxy and sends the headers
/// of the request, plus `host`, `accept` and the length of the body.
///
/// Its futures have to run on a tokio runtime with IO and time enabled; elsewhere they panic.
/// Connections belong to the runtime that opened them: give each runtime a transport of its own.
///
/// # Time
///
/// The time an exchange may take is the [`Timeout`] in the extensions of its request, 60 seconds
/// without one, and 24 hours at most. It covers name lookup, connecting, TLS, sending, waiting and
/// reading the whole reply. Opening a connection is also bound by
/// [`connect_timeout`](ReqwestTransportBuilder::connect_timeout).
///
/// # Errors
///
/// No error holds the URI or a header of the request.
/// [`is_not_sent`](TransportError::is_not_sent) is true when no connection was opened or the
/// request never left the queue of one. It is false in case of doubt: an exchange that runs out of
/// its whole time while still connecting counts as sent.
#[derive(Clone)]
pub struct ReqwestTransport {
    clients: Arc<Clients>,
    max_reply_bytes: usize,
    /// Where the first request went, and nearly all others go.
    origin: Arc<OnceLock<Option<Origin>>>,
}

impl ReqwestTransport {
    /// A transport with the defaults of [`ReqwestTransportBuilder`].
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Starts a transport with settings of your own.
    pub fn builder() -> ReqwestTransportBuilder {
        ReqwestTransportBuilder {
            trust: None,
            connect_timeout: CONNECT_TIMEOUT,
            max_reply_bytes: MAX_REPLY_BYTES,
        }
    }

    /// The request as reqwest wants it, and the time it has.
    fn prepared(
        &self,
        mut request: Request<Bytes>,
    ) -> Result<(reqwest::Request, Duration), TransportError> {
        let limit = request
            .extensions()
            .get::<Timeout>()
            .map_or(TIMEOUT, |timeout| timeout.0)
            .min(LONGEST_TIMEOUT);
        if limit.is_zero() {
            return Err(timed_out(limit).with_not_sent(true));
        }

        // hyper leaves the length of an empty body out, and some gateways answer 411 to that.
        if matches!(
            *request.method(),
            Method::POST | Method::PUT | Method::PATCH
        ) && request.body().is_empty()
            && !request.headers().contains_key(TRANSFER_ENCODING)
        {
            let length = request.headers_mut().entry(CONTENT_LENGTH);
            length.or_insert(HeaderValue::from_static("0"));
        }

        let origin = self.origin.get_or_init(|| Origin::of(request.uri()));
        let known = origin
            .as_ref()
            .and_then(|origin| Some((origin.url(request.uri())?, &origin.host)));
        let Some((url, host)) = known else {
            let request =
                reqwest::Request::try_from(request).map_err(|error| failure(error, limit))?;
            return Ok((request, limit));
        };
        let (mut parts, body) = request.into_parts();
        // Otherwise hyper writes it anew, into headers that have no room left.
        let entry = parts.headers.entry(HOST);
        entry.or_insert_with(|| host.clone());
        let mut request = reqwest::Request::new(parts.method, url);
        *request.version_mut() = parts.version;
        *request.headers_mut() = parts.headers;
        if !body.is_empty() {
            *request.body_mut() = Some(body.into());
        }
        Ok((request, limit))
    }

    /// The reply that `exchange` ends with.
    async fn reply(
        &self,
        exchange: impl Future<Output = reqwest::Result<reqwest::Response>>,
        limit: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        let mut response = exchange.await.map_err(|error| failure(error, limit))?;
        let body = self.read(&mut response, limit).await?;

        let mut reply = Response::new(body);
        *reply.status_mut() = response.status();
        *reply.version_mut() = response.version();
        *reply.headers_mut() = std::mem::take(response.headers_mut());
        Ok(reply)
    }

    async fn read(
        &self,
        response: &mut reqwest::Response,
        limit: Duration,
    ) -> Result<Bytes, TransportError> {
        let max = self.max_reply_bytes;
        let announced = response.content_length().unwrap_or(0);
        if announced > max as u64 {
            return Err(too_large(max));
        }
        let failed = |error| failure(error, limit).with_not_sent(false);

        // Most replies arrive in one piece, which is handed on without a copy.
        let Some(first) = response.chunk().await.map_err(failed)? else {
            return Ok(Bytes::new());
        };
        if first.len() > max {
            return Err(too_large(max));
        }
        let Some(second) = response.chunk().await.map_err(failed)? else {
            return Ok(first);
        };
        // `announced` fits: it is no greater than a `usize`.
        let reserve = (announced as usize).min(MAX_RESERVE);
        let mut bytes = BytesMut::with_capacity(reserve.max(first.len() + second.len()));
        bytes.extend_from_slice(&first);
        let mut next = Some(second);
        while let Some(chunk) = next {
            if chunk.len() > max - bytes.len() {
                return Err(too_large(max));
            }
            bytes.extend_from_slice(&chunk);
            next = response.chunk().await.map_err(failed)?;
        }
        Ok(bytes.freeze())
    }
}

impl Default for ReqwestTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport")
            .field("max_reply_bytes", &self.max_reply_bytes)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        // What is done before the first wait is not kept during the wait. The future is small for
        // that, and allocators are quick with small pieces.
        let (mut request, limit) = self.prepared(request)?;
        let exchange = self.clients.choose(&mut request).execute(request);
        // One timer around it all costs less than those that reqwest puts around its parts.
        tokio::time::timeout(limit, self.reply(exchange, limit))
            .await
            .unwrap_or_else(|_| Err(timed_out(limit)))
    }

    async fn sleep(&self, delay: Duration) {
        tokio::time::sleep(delay).await;
    }
}

impl NonBlocking for ReqwestTransport {}

/// The settings of a [`ReqwestTransport`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ReqwestTransportBuilder {
    trust: Option<TrustStore>,
    connect_timeout: Duration,
    max_reply_bytes: usize,
}

impl ReqwestTransportBuilder {
    /// Which certificates servers may show. Those of the public authorities by default.
    pub fn trust(mut self, trust: TrustStore) -> Self {
        self.trust = Some(trust);
        self
    }

    /// How long opening a connection may take, name lookup and TLS included. 10 seconds by default,
    /// 24 hours at most.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The largest reply body to accept, in bytes. 16 MiB by default.
    ///
    /// A larger one ends in [`TransportErrorKind::TooLarge`] as soon as that is known.
    pub fn max_reply_bytes(mut self, bytes: usize) -> Self {
        self.max_reply_bytes = bytes;
        self
    }

    /// Makes the transport. Opens no connection yet, and may be called outside a runtime.
    #[must_use]
    pub fn build(self) -> ReqwestTransport {
        let trust = self.trust.unwrap_or_default();
        let connect_timeout = self.connect_timeout.min(LONGEST_TIMEOUT);
        ReqwestTransport {
            clients: Arc::new(Clients::new(trust, connect_timeout)),
            max_reply_bytes: self.max_reply_bytes,
            origin: Arc::default(),
        }
    }
}

/// What is the same for all requests of a client. Taken apart and written anew for every request,
/// it would be a tenth of the cost of a call.
struct Origin {
    scheme: Scheme,
    authority: Authority,
    /// Its path has no meaning; its length makes room for those of requests.
    url: Url,
    /// The header that names the host.
    host: HeaderValue,
}

impl Origin {
    fn of(uri: &Uri) -> Option<Self> {
        let (scheme, authority) = (uri.scheme()?.clone(), uri.authority()?.clone());
        let room = "-".repeat(160);
        let url = Url::parse(&format!("{scheme}://{authority}/{room}")).ok()?;
        // As hyper spells it: without a name and password, and without a port that goes unsaid.
        let host = match (url.host_str()?, url.port()) {
            (host, Some(port)) => format!("{host}:{port}"),
            (host, None) => host.to_owned(),
        };
        Some(Self {
            host: HeaderValue::from_maybe_shared(Bytes::from(host)).ok()?,
            scheme,
            authority,
            url,
        })
    }

    /// The URL of a request, unless it goes elsewhere.
    fn url(&self, uri: &Uri) -> Option<Url> {
        let authority = uri.authority()?.as_str();
        // A host in other letters is the same host, but then comparing costs more than it saves.
        if authority != self.authority.as_str() || uri.scheme() != Some(&self.scheme) {
            return None;
        }
        let mut url = self.url.clone();
        url.set_path(uri.path());
        url.set_query(uri.query());
        Some(url)
    }
}

fn timed_out(limit: Duration) -> TransportError {
    TransportError::new(
        TransportErrorKind::Timeout,
        format!("no complete reply within {limit:?}"),
    )
}

fn too_large(max: usize) -> TransportError {
    TransportError::new(
        TransportErrorKind::TooLarge,
        format!("more than {max} bytes"),
    )
}

/// What a failure of reqwest means to us.
fn failure(error: reqwest::Error, limit: Duration) -> TransportError {
    use TransportErrorKind as Kind;

    // The URL holds the query.
    let error = error.without_url();
    let connecting = error.is_connect();
    let hyper = causes(&error).find_map(|cause| cause.downcast_ref::<hyper::Error>());

    let kind = if error.is_timeout() {
        if !connecting {
            return timed_out(limit);
        }
        Kind::Timeout
    } else if is_tls_failure(&error) {
        Kind::Tls
    } else if connecting {
        Kind::Connect
    } else if error.is_builder() {
        Kind::Request
    } else if hyper.is_some_and(is_head_too_large) {
        Kind::TooLarge
    } else if hyper.is_some_and(hyper::Error::is_user) {
        // Such as a runtime that was shut down under the exchange.
        Kind::Other
    } else {
        Kind::Io
    };
    // hyper calls a request canceled when its connection closed before it was taken off the queue.
    let not_sent = connecting || error.is_builder() || hyper.is_some_and(hyper::Error::is_canceled);
    TransportError::new(kind, explain(Cause(error))).with_not_sent(not_sent)
}

fn is_head_too_large(error: &hyper::Error) -> bool {
    // hyper has a question for this, but only with its server compiled in.
    error.is_parse() && error.to_string().starts_with("message head is too large")
}

/// A failure of reqwest that says in its own words what lies at the root of it. reqwest's are
/// "error sending request", whatever happened.
#[derive(Debug)]
struct Cause(reqwest::Error);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match causes(&self.0).last() {
            Some(root) => fmt::Display::fmt(root, f),
            None => fmt::Display::fmt(&self.0, f),
        }
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_named_as_hyper_would() {
        for (uri, host) in [
            ("http://API.example.com/v1", "api.example.com"),
            ("http://api.example.com:80/v1", "api.example.com"),
            ("https://api.example.com:443/v1", "api.example.com"),
            ("https://api.example.com:80/v1", "api.example.com:80"),
            (
                "http://user:word@api.example.com:8080/v1",
                "api.example.com:8080",
            ),
            ("http://127.0.0.1:8080/v1", "127.0.0.1:8080"),
            ("http://[::1]:8080/v1", "[::1]:8080"),
        ] {
            let origin = Origin::of(&uri.parse().unwrap()).unwrap();
            assert_eq!(origin.host, host, "{uri}");
        }
    }
}
