//! Adapters between the [`Transport`] of a client and the [`Service`] of tower.

use std::{
    error::Error as StdError,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use meeting_async::types::{NonBlocking, Transport, TransportError, TransportErrorKind};
use tower::{Service, ServiceExt as _, timeout::error::Elapsed};

/// Error of a service, of whatever layer.
pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// Service that sends requests over a transport: the innermost one of a stack.
pub(crate) struct TransportService<T>(pub(crate) Arc<T>);

impl<T> Clone for TransportService<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Transport + 'static> Service<Request<Bytes>> for TransportService<T> {
    type Response = Response<Bytes>;
    type Error = TransportError;
    type Future = BoxFuture<'static, Result<Response<Bytes>, TransportError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let transport = Arc::clone(&self.0);
        Box::pin(async move { transport.send(request).await })
    }
}

/// Transport that sends requests through a service, with whatever layers that has.
///
/// A redirect is an answer, so is a refusal: no layer should follow the one or repeat the other. The
/// engine repeats calls itself, because it knows which of them may run twice.
pub(crate) struct ServiceTransport<S, T> {
    pub(crate) service: S,
    /// Sleeps, and tells the time.
    pub(crate) clock: Arc<T>,
}

/// Service that a transport can send through: any of tower's that takes requests and can be cloned.
pub(crate) trait RequestService:
    Service<Request<Bytes>, Response = Response<Bytes>, Error: Into<BoxError>, Future: Send>
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<S> RequestService for S where
    S: Service<Request<Bytes>, Response = Response<Bytes>, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static
{
}

#[async_trait]
impl<S: RequestService, T: Transport> Transport for ServiceTransport<S, T> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        // `oneshot` waits until the service is ready.
        let sent = self.service.clone().oneshot(request).await;
        sent.map_err(|error| transport_error(error.into()))
    }

    async fn sleep(&self, delay: Duration) {
        self.clock.sleep(delay).await;
    }

    fn now(&self) -> SystemTime {
        self.clock.now()
    }
}

/// The layers wait as futures, never by blocking the thread.
impl<S: RequestService, T: Transport + NonBlocking> NonBlocking for ServiceTransport<S, T> {}

/// What the transport below said; what a layer said, in its terms.
fn transport_error(error: BoxError) -> TransportError {
    match error.downcast::<TransportError>() {
        Ok(error) => *error,
        // Nobody knows whether the request was sent, so the error does not say that it was not.
        Err(error) if error.is::<Elapsed>() => {
            TransportError::new(TransportErrorKind::Timeout, error)
        }
        Err(error) => TransportError::new(TransportErrorKind::Other, error),
    }
}
