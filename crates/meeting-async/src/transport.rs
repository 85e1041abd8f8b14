//! The async transport.

mod builder;

use std::{
    fmt,
    pin::{Pin, pin},
    sync::{Arc, OnceLock},
    time::Duration,
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode,
    header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING},
};
use meeting_client::proxy::Forward;
use meeting_types::{NonBlocking, Timeout, Transport, TransportError, TransportErrorKind};
use reqwest::Body;
use tokio::time::{Instant, error::Elapsed, timeout, timeout_at};

pub use self::builder::ReqwestTransportBuilder;
use crate::{
    cached_origin::CachedOrigin,
    failure::{
        failure, idle_too_long, not_connected, proxied_failure, timed_out, too_large,
        unexpected_encoding,
    },
    proxied_client::ProxiedClient,
    request_body::{RequestBody, SendState},
    runtime_pools::{Pool, RuntimePools},
};

/// Below the time that a client gives an attempt, so that a second one has time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(60);
/// Longer timeouts are cut to this, as in the blocking transport.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);
const MAX_REPLY_BYTES: usize = 16 * 1024 * 1024;
/// hyper stops at this while it waits for more; what came with the last piece is over it.
const MAX_HEAD_BYTES: usize = 8192 + 100 * 4096;
/// Largest reserve for a body by the length that the response states, before its bytes arrive.
const MAX_RESERVE: usize = 256 * 1024;

/// HTTP/1.1 over reqwest and tokio. Cheap to clone; clones share their connections.
///
/// It follows no redirects, retries nothing, keeps no cookies, uses a proxy only where
/// [`proxy`](ReqwestTransportBuilder::proxy) names one, and sends the headers of the request, plus `host`,
/// `accept` and the length of the body.
///
/// Its futures have to run on a tokio runtime with IO and time enabled; elsewhere they panic.
/// Connections belong to the runtime that opened them. A transport keeps those of the eight runtimes
/// that used it last, and one runtime never uses those of another.
///
/// # Connections that idled
///
/// A connection that said something unasked while it was idle, or that was closed, is not used
/// again, even if the runtime was not driven in between, with one exception: bytes that come within a
/// millisecond of the end of the last exchange, if the next request begins within that millisecond as
/// well and the runtime was not driven in between. Looking costs a turn of the runtime, and a program
/// that sends request after request should not pay for it.
///
/// Bytes that a server sends while the request is on its way cannot be told from a response to it, as
/// HTTP/1.1 has no mark for them. One case is recognised: status 408 with `connection: close`, on a
/// connection that was used before, is the end of that connection, and an error that says that the
/// request did not arrive.
///
/// # Time
///
/// The time an exchange may take is the [`Timeout`] in the extensions of its request, 60 seconds
/// without one, and 24 hours at most. It covers name lookup, connecting, TLS, sending, waiting and
/// reading the whole reply. Opening a connection is also bound by
/// [`connect_timeout`](ReqwestTransportBuilder::connect_timeout).
///
/// The end of that time is noticed when the runtime comes round to it. A server that floods the
/// connection keeps hyper busy for one turn. Over TLS a turn was a tenth of a second at most. Over
/// plain HTTP, a chunk size of zeros without end was seen to hold it for 4 seconds of CPU time; reqwest
/// leaves no way to make that turn shorter.
///
/// # What is read
///
/// Heads are read as browsers read them: header lines that are no HTTP are skipped, folded lines are
/// unfolded, interim responses are skipped. A head may have 100 lines and 417 792 bytes; more is
/// [`TransportErrorKind::TooLarge`]. What is no response, or has a transfer encoding other than
/// `chunked`, is [`TransportErrorKind::Response`]. Bodies stay as they came: nothing is unpacked, even
/// if another crate of the program switches such features of reqwest on.
///
/// A response that comes before the request is sent whole, such as the refusal of an upload, is heard,
/// and the rest of the request is not sent. Where a server resets the connection at the very moment in
/// which a piece of the upload is being written, the reset can hide it. An upload of more than 64 KiB
/// waits 20 ms behind its beginning for that reason.
///
/// # Errors
///
/// No error holds the URI or a header of the request.
/// [`is_not_sent`](TransportError::is_not_sent) is true when no connection had begun to write the
/// request, whatever ended the exchange, its time included.
#[derive(Clone)]
pub struct ReqwestTransport {
    pools: Arc<RuntimePools>,
    max_reply_bytes: usize,
    /// Origin of the first request, and of nearly all others.
    origin: Arc<OnceLock<Option<CachedOrigin>>>,
}

impl ReqwestTransport {
    /// A transport with the defaults of [`ReqwestTransportBuilder`].
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Starts a transport with settings of your own.
    pub fn builder() -> ReqwestTransportBuilder {
        ReqwestTransportBuilder::new()
    }

    /// The request as reqwest wants it, and the time it has.
    fn prepared(
        &self,
        mut request: Request<Bytes>,
        state: &SendState,
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

        let origin = self.origin.get_or_init(|| CachedOrigin::of(request.uri()));
        let known = origin
            .as_ref()
            .and_then(|origin| Some((origin.url(request.uri())?, &origin.host)));
        let Some((url, host)) = known else {
            let request = request.map(|bytes| body(bytes, state));
            let request = reqwest::Request::try_from(request)
                .map_err(|error| failure(error, limit).with_not_sent(true))?;
            return Ok((request, limit));
        };
        let (mut parts, bytes) = request.into_parts();
        // Otherwise hyper writes it anew, into headers that have no room left.
        let entry = parts.headers.entry(HOST);
        entry.or_insert_with(|| host.clone());
        let mut request = reqwest::Request::new(parts.method, url);
        *request.version_mut() = parts.version;
        *request.headers_mut() = parts.headers;
        *request.body_mut() = Some(body(bytes, state));
        Ok((request, limit))
    }

    /// Runs an exchange to the head of its response, which comes within `limit`.
    pub(crate) async fn head(
        &self,
        mut request: Request<Bytes>,
    ) -> Result<(reqwest::Response, Duration), TransportError> {
        request.extensions_mut().get_or_insert(Timeout(TIMEOUT));
        let state = SendState::new();
        let (mut request, limit) = self.prepared(request, &state)?;
        let pool = self.pools.current()?;
        let deadline = Instant::now() + limit;
        let (exchange, forward) = match pool.clients.proxied(&request) {
            None => {
                let client = pool.clients.choose(&mut request);
                let exchange = async move {
                    let response = client.execute(request).await;
                    response.map_err(|error| failure(error, limit))
                };
                (
                    Box::pin(exchange) as Pin<Box<dyn Future<Output = _> + Send>>,
                    None,
                )
            }
            Some((client, forward)) => {
                let by = forward.clone();
                let exchange = async move {
                    let request = Request::<Body>::try_from(request);
                    let request = request.map_err(|error| failure(error, limit))?;
                    let response = client.execute(request, by.as_ref(), deadline).await;
                    let response = response.map_err(|error| proxied_failure(error, limit))?;
                    Ok(reqwest::Response::from(response.map(Body::wrap)))
                };
                (Box::pin(exchange) as _, forward)
            }
        };
        let response = timeout_at(deadline, exchange).await;
        pool.note_end();
        let not_sent = state.abandon();
        let response: Result<reqwest::Response, TransportError> =
            response.unwrap_or_else(|_| Err(timed_out(limit)));
        let response = response.map_err(|error| error.with_not_sent(not_sent));
        let response = match &forward {
            None => response?,
            Some(forward) => {
                let response = response.map_err(|error| forward.explain(error))?;
                match forward.refusal(response.status(), response.headers()) {
                    Some(refused) => return Err(refused),
                    None => response,
                }
            }
        };
        if response.content_length().is_none() && !is_chunked_or_plain(response.headers()) {
            return Err(unexpected_encoding());
        }
        Ok((response, limit))
    }

    /// Runs an exchange through a proxy to the end of its response.
    async fn through_proxy(
        &self,
        (client, forward): (ProxiedClient, Option<Forward>),
        request: reqwest::Request,
        limit: Duration,
        pool: &Pool,
    ) -> Result<Result<Response<Bytes>, TransportError>, Elapsed> {
        let deadline = Instant::now() + limit;
        let request = match Request::<Body>::try_from(request) {
            Ok(request) => request,
            Err(error) => return Ok(Err(failure(error, limit))),
        };
        let exchange = async {
            let response = client.execute(request, forward.as_ref(), deadline).await;
            let response = response.map_err(|error| proxied_failure(error, limit))?;
            Ok(reqwest::Response::from(response.map(Body::wrap)))
        };
        let reply = timeout_at(deadline, self.reply_of(exchange, limit, pool)).await;
        let Some(forward) = forward else {
            return reply;
        };
        Ok(match reply {
            Ok(Ok(response)) => match forward.refusal(response.status(), response.headers()) {
                Some(refused) => return Ok(Err(refused)),
                None => Ok(response),
            },
            Ok(Err(error)) => Err(forward.explain(error)),
            Err(_) => Err(forward.explain(timed_out(limit))),
        })
    }

    /// Runs `exchange` of reqwest to the end of its response.
    async fn reply(
        &self,
        exchange: impl Future<Output = reqwest::Result<reqwest::Response>>,
        limit: Duration,
        pool: &Pool,
    ) -> Result<Response<Bytes>, TransportError> {
        let exchange = async { exchange.await.map_err(|error| failure(error, limit)) };
        self.reply_of(exchange, limit, pool).await
    }

    async fn reply_of(
        &self,
        exchange: impl Future<Output = Result<reqwest::Response, TransportError>>,
        limit: Duration,
        pool: &Pool,
    ) -> Result<Response<Bytes>, TransportError> {
        if pool.is_unwatched() {
            pool.look_at_idle_connections().await;
        }
        let mut response = exchange.await?;
        if head_bytes(response.headers()) > MAX_HEAD_BYTES {
            return Err(too_large(MAX_HEAD_BYTES));
        }
        // A body with a length has no transfer encoding.
        if response.content_length().is_none() && !is_chunked_or_plain(response.headers()) {
            return Err(unexpected_encoding());
        }
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
        let failed = |error| failure(error, limit);

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
        let state = SendState::new();
        let (mut request, limit) = self.prepared(request, &state)?;
        let pool = self.pools.current()?;
        let result = match pool.clients.proxied(&request) {
            None => {
                // Pinned, so that it is not moved from one future into the next.
                let exchange = pin!(pool.clients.choose(&mut request).execute(request));
                // One timer around it all costs less than those that reqwest puts around its parts.
                timeout(limit, self.reply(exchange, limit, &pool)).await
            }
            // Boxed, since the future of all other exchanges would be as large.
            Some(proxied) => Box::pin(self.through_proxy(proxied, request, limit, &pool)).await,
        };
        pool.note_end();
        // Of an upload that was answered early, the rest is not sent either.
        let not_sent = state.abandon();
        let failed = match result {
            Ok(Ok(response)) => return answer(response, &state, &pool),
            Ok(Err(error)) => Some(error),
            Err(_) => None,
        };
        Err(match failed {
            // The proxy had the request, and says that it did not hand it on.
            Some(error) if error.kind() == TransportErrorKind::Proxy && error.is_not_sent() => {
                error
            }
            Some(error) => error.with_not_sent(not_sent),
            None if not_sent => not_connected(limit),
            None => timed_out(limit),
        })
    }

    async fn sleep(&self, delay: Duration) {
        tokio::time::sleep(delay).await;
    }
}

impl NonBlocking for ReqwestTransport {}

fn body(bytes: Bytes, state: &SendState) -> Body {
    Body::wrap(RequestBody::new(bytes, state.clone()))
}

/// Gives out a response, unless it only tells that its connection idled too long.
fn answer(
    response: Response<Bytes>,
    state: &SendState,
    pool: &Pool,
) -> Result<Response<Bytes>, TransportError> {
    let reused = state.connection().is_some_and(|id| pool.note_served(id));
    if reused && response.status() == StatusCode::REQUEST_TIMEOUT && closes(response.headers()) {
        return Err(idle_too_long());
    }
    Ok(response)
}

/// True when the server closes the connection behind this response.
fn closes(headers: &HeaderMap) -> bool {
    let options = headers.get_all(CONNECTION).iter();
    options
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|option| option.trim().eq_ignore_ascii_case("close"))
}

/// The size of the header lines.
fn head_bytes(headers: &HeaderMap) -> usize {
    let lines = headers.iter();
    lines
        .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
        .sum()
}

/// True when no transfer encoding is named but `chunked`, and that once.
fn is_chunked_or_plain(headers: &HeaderMap) -> bool {
    let mut encodings = headers.get_all(TRANSFER_ENCODING).iter();
    let first = encodings.next();
    first.is_none_or(|first| first.as_bytes().eq_ignore_ascii_case(b"chunked"))
        && encodings.next().is_none()
}
