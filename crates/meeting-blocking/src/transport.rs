//! The blocking transport.

use std::{fmt, io::Read, thread, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header::CONNECTION};
use log::Level;
use meeting_client::{
    Network,
    proxy::{Forward, ProxyEnvError, ProxySettings},
    tls::{TrustStore, is_tls_failure},
};
use meeting_types::{Immediate, Timeout, Transport, TransportError, TransportErrorKind};
use ureq::{Agent, Body, http::request::Parts};

use crate::{
    connector::{
        LateResolver, Progress, SocketConnector, progress, set_patience, start_exchange,
        take_headers,
    },
    response_head::MAX_BYTES,
};

/// Below the time that a client gives an attempt, so that a second one has time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);
/// Longer timeouts are cut to this: some arithmetic below us overflows on a `Duration::MAX`.
pub(crate) const LONGEST_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);
pub(crate) const MAX_REPLY_BYTES: usize = 16 * 1024 * 1024;
/// A connection that idled longer is not reused: servers and firewalls forget them silently.
const MAX_IDLE: Duration = Duration::from_secs(30);
/// Log target of ureq for each byte that it sends and receives.
pub(crate) const UREQ_DUMP: &str = "ureq_proto::util";
/// Largest reserve for a body by the length that the response states, before its bytes arrive.
const MAX_RESERVE: usize = 256 * 1024;

/// HTTP/1.1 over ureq, on the calling thread. Cheap to clone; clones share their connections.
///
/// It follows no redirects, retries nothing, keeps no cookies, uses a proxy only where
/// [`proxy`](UreqTransportBuilder::proxy) names one, and sends the headers of the request, plus `host`,
/// `accept` and the length of the body.
///
/// # Time
///
/// The time an exchange may take is the [`Timeout`] in the extensions of its request, 60 seconds
/// without one, and 24 hours at most. It covers name lookup, connecting, TLS, sending, waiting and
/// reading the whole reply: each step gets what the steps before it left over, so a server that
/// sends a byte now and then gains nothing. An exchange ends at that time, give or take the
/// precision of the system's timers. Opening a connection is also bound by
/// [`connect_timeout`](UreqTransportBuilder::connect_timeout).
///
/// A name lookup cannot be interrupted. It runs on a thread of its own, only when a connection
/// is opened and the host is not an address, and is left behind when the time is up.
///
/// # What is read
///
/// Heads are read as browsers read them: header lines that are no HTTP are skipped, folded lines are
/// unfolded, interim responses are skipped. A head may have 100 lines and 417 792 bytes; more is
/// [`TransportErrorKind::TooLarge`]. What is no response, or has a transfer encoding other than
/// `chunked`, is [`TransportErrorKind::Response`]. Bodies stay as they came: nothing is unpacked, even
/// if another crate of the program switches such features of ureq on.
///
/// A response that comes before the request is sent whole, such as the refusal of an upload, is heard,
/// and the rest of the request is not sent.
///
/// # Connections that idled
///
/// A connection that said something unasked while it was idle, or that was closed, is not used
/// again. What a server sends while the request is already on its way cannot be told from a response
/// to it: that is how HTTP/1.1 is. One case is recognised: status 408 with `connection: close`, on a
/// connection that was used before, is the end of that connection, and an error that says that the
/// request did not arrive.
///
/// # The log
///
/// At level TRACE, ureq hands every byte that it sends and receives to the `log` crate. As long as the
/// program's logger takes that in, requests fail with [`TransportErrorKind::Request`], before anything is
/// sent: set the target `ureq_proto` to DEBUG or less, or allow it with
/// [`allow_trace_log`](UreqTransportBuilder::allow_trace_log).
///
/// # Errors
///
/// No error holds the URI or a header of the request.
/// [`is_not_sent`](TransportError::is_not_sent) is exact: true when no byte of the request was
/// handed to the system.
#[derive(Clone)]
pub struct UreqTransport {
    agent: Agent,
    proxies: ProxySettings,
    max_reply_bytes: usize,
    allow_trace_log: bool,
}

impl UreqTransport {
    /// A transport with the defaults of [`UreqTransportBuilder`].
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Starts a transport with settings of your own.
    pub fn builder() -> UreqTransportBuilder {
        UreqTransportBuilder {
            trust: None,
            proxies: ProxySettings::none(),
            connect_timeout: CONNECT_TIMEOUT,
            max_reply_bytes: MAX_REPLY_BYTES,
            allow_trace_log: false,
        }
    }

    /// Runs an exchange to the head of its response.
    pub(crate) fn head(
        &self,
        mut request: Request<Bytes>,
    ) -> Result<(Response<Body>, Duration), TransportError> {
        let limit = request
            .extensions_mut()
            .remove::<Timeout>()
            .map_or(TIMEOUT, |timeout| timeout.0)
            .min(LONGEST_TIMEOUT);
        if !self.allow_trace_log && log::log_enabled!(target: UREQ_DUMP, Level::Trace) {
            return Err(would_be_logged());
        }
        let forward = self.forward(&request);
        start_exchange();
        let _patience = set_patience(limit);
        let (parts, _) = request.into_parts();
        let request = self.agent.configure_request(Request::from_parts(parts, ()));
        let request = request
            .timeout_global(None)
            .timeout_recv_response(Some(limit));
        let response = self.agent.run(request.build()).map_err(|error| {
            let error = failure(error, limit);
            match &forward {
                Some(forward) => forward.explain(error),
                None => error,
            }
        })?;
        let (mut parts, body) = response.into_parts();
        parts.extensions.clear();
        parts.headers = take_headers();
        if let Some(forward) = &forward
            && let Some(refused) = forward.refusal(parts.status, &parts.headers)
        {
            return Err(refused);
        }
        Ok((Response::from_parts(parts, body), limit))
    }

    fn exchange(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let limit = request
            .extensions_mut()
            .remove::<Timeout>()
            .map_or(TIMEOUT, |timeout| timeout.0)
            .min(LONGEST_TIMEOUT);
        if limit.is_zero() {
            return Err(timed_out(limit).with_not_sent(true));
        }

        if !self.allow_trace_log && log::log_enabled!(target: UREQ_DUMP, Level::Trace) {
            return Err(would_be_logged());
        }
        let forward = self.forward(&request);
        let explain = |error| match &forward {
            Some(forward) => forward.explain(error),
            None => error,
        };
        start_exchange();
        let (parts, body) = request.into_parts();
        let response = self
            .run(parts, &body, limit)
            .map_err(|error| explain(failure(error, limit)))?;
        let (mut parts, body) = response.into_parts();
        // What ureq leaves there is its own business, the URI of the request among it.
        parts.extensions.clear();
        parts.headers = take_headers();
        if let Some(forward) = &forward
            && let Some(refused) = forward.refusal(parts.status, &parts.headers)
        {
            return Err(refused);
        }
        let body = self.read(body, limit).map_err(explain)?;
        let reused = progress() == Progress::Sent { reused: true };
        if reused && parts.status == StatusCode::REQUEST_TIMEOUT && closes(&parts.headers) {
            return Err(idle_too_long());
        }
        Ok(Response::from_parts(parts, body))
    }

    /// The proxy that is to forward this request, if one is.
    fn forward(&self, request: &Request<Bytes>) -> Option<Forward> {
        if self.proxies.is_none() {
            return None;
        }
        let uri = request.uri();
        let is_plain = uri.scheme_str() == Some("http");
        let host = uri.host().filter(|_| is_plain)?;
        let proxy = self
            .proxies
            .proxy_for(false, host, uri.port_u16().unwrap_or(80));
        proxy.map(Forward::by)
    }

    fn run(
        &self,
        parts: Parts,
        body: &[u8],
        limit: Duration,
    ) -> Result<Response<Body>, ureq::Error> {
        // ureq frames an empty slice as a body of length 0. That is right for the methods that
        // usually carry one and odd for the others.
        let usually_has_body = matches!(parts.method, Method::POST | Method::PUT | Method::PATCH);
        if body.is_empty() && !usually_has_body {
            let request = Request::from_parts(parts, ());
            let request = self.agent.configure_request(request);
            self.agent.run(request.timeout_global(Some(limit)).build())
        } else {
            let request = Request::from_parts(parts, body);
            let request = self.agent.configure_request(request);
            self.agent.run(request.timeout_global(Some(limit)).build())
        }
    }

    fn read(&self, mut body: Body, limit: Duration) -> Result<Bytes, TransportError> {
        let announced = body.content_length().unwrap_or(0);
        let max = self.max_reply_bytes;
        if announced > max as u64 {
            return Err(too_large(max));
        }
        // `announced` fits: it is no greater than a `usize`.
        let mut bytes = Vec::with_capacity((announced as usize).min(MAX_RESERVE));
        // One byte more tells a reply of exactly the limit from a larger one.
        let mut reader = body.as_reader().take((max as u64).saturating_add(1));
        reader
            .read_to_end(&mut bytes)
            .map_err(|error| failure(error.into(), limit))?;
        if bytes.len() > max {
            return Err(too_large(max));
        }
        Ok(bytes.into())
    }
}

impl Default for UreqTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for UreqTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UreqTransport")
            .field("max_reply_bytes", &self.max_reply_bytes)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for UreqTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.exchange(request)
    }

    async fn sleep(&self, delay: Duration) {
        thread::sleep(delay);
    }
}

impl Immediate for UreqTransport {}

/// The settings of a [`UreqTransport`].
#[derive(Clone, Debug)]
#[must_use]
pub struct UreqTransportBuilder {
    trust: Option<TrustStore>,
    proxies: ProxySettings,
    connect_timeout: Duration,
    max_reply_bytes: usize,
    allow_trace_log: bool,
}

impl UreqTransportBuilder {
    /// Which certificates servers may show. Those of the public authorities by default.
    pub fn trust(mut self, trust: TrustStore) -> Self {
        self.trust = Some(trust);
        self
    }

    /// Which connections go through which proxy. None by default, whatever the environment says.
    ///
    /// To `https` a proxy opens a tunnel; requests to plain `http` it forwards, and sees. The time for
    /// opening a connection covers the proxy.
    pub fn proxy(mut self, proxies: impl Into<ProxySettings>) -> Self {
        self.proxies = proxies.into();
        self
    }

    /// Takes the proxies that the environment names: [`ProxySettings::from_env`].
    ///
    /// # Errors
    ///
    /// [`ProxyEnvError`] for a variable that cannot be read.
    pub fn proxy_from_env(self) -> Result<Self, ProxyEnvError> {
        Ok(self.proxy(ProxySettings::from_env()?))
    }

    /// Time limit for opening a connection, name lookup, proxy and TLS included. 5 seconds by default,
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

    /// Lets ureq write everything to the log: passwords, tokens and bodies, as rows of digits.
    ///
    /// ureq does so at level TRACE, under the target `ureq_proto`. Without this setting, requests
    /// fail while the logger takes that in, before anything is sent.
    pub fn allow_trace_log(mut self) -> Self {
        self.allow_trace_log = true;
        self
    }

    /// Makes the transport. Opens no connection yet.
    #[must_use]
    pub fn build(self) -> UreqTransport {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // With 0, ureq hands a redirect out as the answer that it is.
            .max_redirects(0)
            // ureq reads proxies from the environment unless told otherwise. The connector has them.
            .proxy(None)
            .timeout_connect(Some(self.connect_timeout.min(LONGEST_TIMEOUT)))
            .max_idle_age(MAX_IDLE)
            // The connector has a limit, below this one.
            .max_response_header_size(2 * MAX_BYTES)
            // An empty value sends no header. The features of ureq that compress may be on because
            // of another crate in the program.
            .user_agent("")
            .accept_encoding("")
            .build();
        let network = Network::from(self.trust.unwrap_or_default()).proxy(self.proxies.clone());
        let connector = SocketConnector { network };
        UreqTransport {
            agent: Agent::with_parts(config, connector, LateResolver),
            proxies: self.proxies,
            max_reply_bytes: self.max_reply_bytes,
            allow_trace_log: self.allow_trace_log,
        }
    }
}

pub(crate) fn would_be_logged() -> TransportError {
    TransportError::new(
        TransportErrorKind::Request,
        "at level TRACE, ureq writes passwords and tokens to the log: set the target `ureq_proto` to \
         DEBUG or less (in RUST_LOG: `ureq_proto=debug`), or allow it with \
         `UreqTransportBuilder::allow_trace_log`",
    )
}

pub(crate) fn timed_out(limit: Duration) -> TransportError {
    TransportError::new(
        TransportErrorKind::Timeout,
        format!("no complete reply within {limit:?}"),
    )
}

pub(crate) fn too_large(max: usize) -> TransportError {
    TransportError::new(
        TransportErrorKind::TooLarge,
        format!("more than {max} bytes"),
    )
}

/// True when the server closes the connection behind this response.
fn closes(headers: &HeaderMap) -> bool {
    let options = headers.get_all(CONNECTION).iter();
    options
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|option| option.trim().eq_ignore_ascii_case("close"))
}

/// A 408 that ended a connection which had idled too long.
fn idle_too_long() -> TransportError {
    TransportError::new(
        TransportErrorKind::Io,
        "the server closed the connection because it had been idle (status 408)",
    )
    .with_not_sent(true)
}

/// Transport error for a failure of ureq. Texts that could hold the URI are left out.
pub(crate) fn failure(error: ureq::Error, limit: Duration) -> TransportError {
    use TransportErrorKind as Kind;

    let sent = progress() != Progress::NotSent;
    let error = match error {
        // From the connector, which says it all.
        ureq::Error::Other(error) => match error.downcast::<TransportError>() {
            Ok(error) => return *error,
            Err(error) => TransportError::new(Kind::Other, error),
        },
        ureq::Error::Timeout(_) => timed_out(limit),
        ureq::Error::Io(error) if is_tls_failure(&error) => TransportError::new(Kind::Tls, error),
        ureq::Error::Io(error) => TransportError::new(Kind::Io, error),
        // Such as a chunk without a size.
        ureq::Error::Protocol(error) if sent => TransportError::new(Kind::Response, error),
        ureq::Error::Protocol(error) => TransportError::new(Kind::Request, error),
        ureq::Error::BadUri(_) => TransportError::new(
            Kind::Request,
            "the URI needs a scheme (http or https) and a host",
        ),
        error @ (ureq::Error::Http(_) | ureq::Error::BodyExceedsLimit(_)) => {
            TransportError::new(Kind::Request, error)
        }
        // A chunked body whose connection closed within the size of a chunk.
        error @ ureq::Error::BodyStalled => TransportError::new(Kind::Io, error),
        error => TransportError::new(Kind::Other, error),
    };
    error.with_not_sent(!sent)
}
