//! The one trait that both worlds share: how bytes move and how time passes.

use std::{
    error::Error as StdError,
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use bytes::Bytes;

/// Moves one request to the service and its response back.
///
/// A transport makes no decisions. It follows no redirects, retries nothing and treats every
/// status as a response: 4xx and 5xx responses are `Ok`. Deadlines, retries, logins and paging live in
/// the client above it.
///
/// Implement it to bring an HTTP stack of your own, to record traffic, to slow it down or to break
/// it on purpose. A decorator that wraps another transport is written once and serves both the
/// async and the blocking client.
///
/// ```
/// use async_trait::async_trait;
/// use bytes::Bytes;
/// use meeting_types::{Transport, TransportError};
/// use std::time::Duration;
///
/// /// Prints a line for each exchange.
/// struct Logged<T>(T);
///
/// #[async_trait]
/// impl<T: Transport> Transport for Logged<T> {
///     async fn send(
///         &self,
///         request: http::Request<Bytes>,
///     ) -> Result<http::Response<Bytes>, TransportError> {
///         let line = format!("{} {}", request.method(), request.uri().path());
///         let response = self.0.send(request).await?;
///         println!("{line} -> {}", response.status());
///         Ok(response)
///     }
///
///     async fn sleep(&self, delay: Duration) {
///         self.0.sleep(delay).await;
///     }
/// }
///
/// // A decorator fits wherever the transport inside it fits.
/// impl<T: meeting_types::NonBlocking> meeting_types::NonBlocking for Logged<T> {}
/// impl<T: meeting_types::Immediate> meeting_types::Immediate for Logged<T> {}
/// ```
#[async_trait]
pub trait Transport: Send + Sync {
    /// Performs one exchange and returns the whole response.
    ///
    /// A request may carry [`Timeout`] in its extensions: the time this exchange may take. Nothing
    /// above the transport ends an exchange that takes longer.
    ///
    /// # Errors
    ///
    /// [`TransportError`] when no complete response arrived.
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError>;

    /// Lets `delay` pass.
    async fn sleep(&self, delay: Duration);

    /// Tells the wall clock. A simulator answers with its own.
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// A transport, or a store, that never blocks the calling thread: what the async client accepts.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may block the calling thread, so the async client cannot use it",
    note = "use it with `meeting_blocking::Client`, or wrap its work in `spawn_blocking` and implement `NonBlocking`"
)]
pub trait NonBlocking {}

/// A transport, or a store, that never needs an executor: what the blocking client accepts.
///
/// Its futures advance on the caller's thread alone.
#[diagnostic::on_unimplemented(
    message = "`{Self}` needs an async executor, so the blocking client cannot use it",
    note = "use it with `meeting_async::Client`, or implement `Immediate` if its futures need no runtime"
)]
pub trait Immediate {}

#[async_trait]
impl<T: Transport + ?Sized> Transport for Arc<T> {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        (**self).send(request).await
    }

    async fn sleep(&self, delay: Duration) {
        (**self).sleep(delay).await;
    }

    fn now(&self) -> SystemTime {
        (**self).now()
    }
}

impl<T: NonBlocking + ?Sized> NonBlocking for Arc<T> {}
impl<T: Immediate + ?Sized> Immediate for Arc<T> {}

/// How long one exchange may take. Travels in the extensions of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a name for a duration, which transports read and tests write"
)]
pub struct Timeout(pub Duration);

/// Number of an attempt of its call, counted from 1. Travels in the extensions of a request, beside the
/// `&'static` [`OperationInfo`](crate::OperationInfo) of what is attempted.
///
/// ```
/// use meeting_types::{Attempt, Bytes, OperationInfo, http::Request};
///
/// /// A line for a log of repeated attempts, as a decorator of a transport may want one.
/// fn line(request: &Request<Bytes>) -> Option<String> {
///     let info = request.extensions().get::<&'static OperationInfo>()?;
///     let Attempt(number) = request.extensions().get()?;
///     (*number > 1).then(|| format!("{} again, attempt {number}", info.name))
/// }
/// # assert_eq!(line(&Request::new(Bytes::new())), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a name for a number, which decorators read and tests write"
)]
pub struct Attempt(pub u32);

/// Mark of a request that belongs to bulk work, which leaves room to all else. Travels in the extensions
/// of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a value that is its name")]
pub struct Bulk;

/// What kept an exchange from completing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The host name did not resolve, or no connection could be opened.
    Connect,
    /// A proxy did not open the connection: it cannot be reached, refused, asked for credentials, did not
    /// answer, or spoke no HTTP. The source tells which proxy and what.
    Proxy,
    /// The TLS handshake failed: an unknown CA, a wrong name, an expired certificate.
    Tls,
    /// The time ran out.
    Timeout,
    /// The response is larger than the transport's limit.
    TooLarge,
    /// The connection broke.
    Io,
    /// What came back is not a response that can be read. The service may have done what it was
    /// asked for.
    Response,
    /// The request itself cannot be sent.
    Request,
    /// Anything else.
    Other,
}

impl TransportErrorKind {
    fn text(self) -> &'static str {
        match self {
            Self::Connect => "could not connect",
            Self::Proxy => "no connection through the proxy",
            Self::Tls => "TLS failed",
            Self::Timeout => "timed out",
            Self::TooLarge => "response over the size limit",
            Self::Io => "connection failed",
            Self::Response => "unreadable response",
            Self::Request => "request cannot be sent",
            Self::Other => "transport failed",
        }
    }
}

/// An exchange that produced no complete response.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    not_sent: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl TransportError {
    /// An error of `kind`, caused by `source`.
    ///
    /// `source` is shown to people: it must hold no secret and no URL with a query.
    pub fn new(
        kind: TransportErrorKind,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self {
            kind,
            not_sent: matches!(
                kind,
                TransportErrorKind::Connect
                    | TransportErrorKind::Proxy
                    | TransportErrorKind::Tls
                    | TransportErrorKind::Request
            ),
            source: Some(source.into()),
        }
    }

    /// Says whether the service can have seen the request.
    #[must_use]
    pub fn with_not_sent(mut self, not_sent: bool) -> Self {
        self.not_sent = not_sent;
        self
    }

    /// What kept the exchange from completing.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// True when the request certainly did not reach the service. Then even an operation that
    /// must not run twice is safe to repeat.
    #[must_use]
    pub fn is_not_sent(&self) -> bool {
        self.not_sent
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.text())?;
        if let Some(source) = &self.source {
            write!(f, ": {source}")?;
        }
        Ok(())
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
