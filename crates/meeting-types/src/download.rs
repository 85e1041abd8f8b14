//! Bodies that stream: how a large file comes in.

use async_trait::async_trait;
use bytes::Bytes;

use crate::TransportError;

/// Performs one exchange whose response streams. Beside [`Transport`](crate::Transport), which reads
/// responses whole.
///
/// As a transport it makes no decisions: it follows no redirects, retries nothing, and gives out 4xx and
/// 5xx responses as they are.
#[async_trait]
pub trait Download: Send + Sync {
    /// Sends a request and returns the head of its response, with the body still to come.
    ///
    /// The [`Timeout`](crate::Timeout) in the extensions of the request is the time in which the head has
    /// to come, and each piece of the body after the one before. There is no limit on the whole.
    ///
    /// # Errors
    ///
    /// [`TransportError`] when no head arrived.
    async fn open(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Box<dyn BodyStream>>, TransportError>;
}

/// Body of a response, piece by piece.
#[async_trait]
pub trait BodyStream: Send {
    /// The next piece; `None` at the end. A body that ends before its length, or with a connection that
    /// broke, is an error.
    ///
    /// # Errors
    ///
    /// [`TransportError`] when no more can be read. Do not ask again then.
    async fn next(&mut self) -> Result<Option<Bytes>, TransportError>;
}
