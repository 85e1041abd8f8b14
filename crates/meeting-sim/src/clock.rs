//! The simulator's clock: real time, plus what tests have skipped.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use meeting_types::{Immediate, NonBlocking, Transport, TransportError};
use tokio::sync::watch;

/// How far the clock can be moved: a hundred years, which no platform fails to represent.
const FARTHEST: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// The time by which the simulator lives: real time, plus an offset that
/// [`Simulator::advance`](crate::Simulator::advance) moves.
///
/// Clones show the same time. A client has a clock of its own: [`over`](Self::over) gives it this one,
/// and the two agree on when a token ends.
#[derive(Clone, Debug)]
pub struct Clock {
    offset: watch::Sender<Duration>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self {
            offset: watch::Sender::new(Duration::ZERO),
        }
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        SystemTime::now() + *self.offset.borrow()
    }

    /// A transport that does what `transport` does and tells this time. A client over it logs in and
    /// renews tokens by the simulator's clock. Without it, the simulator refuses logins once its clock
    /// was moved: their signature looks old.
    ///
    /// Waits between tries still take real time.
    pub fn over<T: Transport>(&self, transport: T) -> Clocked<T> {
        Clocked {
            transport,
            clock: self.clone(),
        }
    }

    /// Moves the clock forward. Whatever waits for a time that has now passed wakes up.
    pub(crate) fn advance(&self, by: Duration) {
        self.offset
            .send_modify(|offset| *offset = offset.saturating_add(by).min(FARTHEST));
    }

    /// Waits until `at`, in real time or by [`advance`](Self::advance), whichever comes first.
    pub(crate) async fn sleep_until(&self, at: SystemTime) {
        let mut moved = self.offset.subscribe();
        loop {
            moved.borrow_and_update();
            let Ok(left) = at.duration_since(self.now()) else {
                return;
            };
            if left.is_zero() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                // The sender lives in `self`, so this never ends early.
                _ = moved.changed() => {}
            }
        }
    }
}

/// A transport that tells the time of a simulator: [`Clock::over`].
#[derive(Clone, Debug)]
pub struct Clocked<T> {
    transport: T,
    clock: Clock,
}

#[async_trait]
impl<T: Transport> Transport for Clocked<T> {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.transport.send(request).await
    }

    async fn sleep(&self, delay: Duration) {
        self.transport.sleep(delay).await;
    }

    fn now(&self) -> SystemTime {
        self.clock.now()
    }
}

impl<T: NonBlocking> NonBlocking for Clocked<T> {}
impl<T: Immediate> Immediate for Clocked<T> {}
