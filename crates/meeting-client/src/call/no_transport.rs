//! The place of a transport, where there is none.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use meeting_types::{Transport, TransportError, TransportErrorKind};

/// Sends nothing: for an [`Engine`](crate::Engine) whose calls are run by a loop of the program's
/// own, as [`Call`](crate::Call) shows.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a value that is its name")]
pub struct NoTransport;

#[async_trait]
impl Transport for NoTransport {
    async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        Err(TransportError::new(
            TransportErrorKind::Request,
            "the engine has no transport: run `Engine::call` by a loop of your own",
        ))
    }

    async fn sleep(&self, _: Duration) {}
}
