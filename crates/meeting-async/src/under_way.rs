//! Futures that [`LiveEvents`](crate::LiveEvents) has under way while it reads events.

use std::{
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use meeting_client::Error;

/// A future that is under way, or none.
///
/// In a mutex that nobody locks, because futures are `Send` and seldom `Sync`.
pub(crate) struct UnderWay<T>(Mutex<Option<Running<T>>>);

type Running<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

impl<T> UnderWay<T> {
    pub(crate) fn begin(
        &mut self,
        future: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) {
        *self.slot() = Some(Box::pin(future));
    }

    /// Goes on with it. Pending when there is none.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<T, Error>> {
        let slot = self.slot();
        let Some(running) = slot else {
            return Poll::Pending;
        };
        let result = ready!(running.as_mut().poll(context));
        *slot = None;
        Poll::Ready(result)
    }

    fn slot(&mut self) -> &mut Option<Running<T>> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Default for UnderWay<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}
