//! The simulator's clock: real time, plus what tests have skipped.

use std::time::{Duration, SystemTime};

use tokio::sync::watch;

/// How far the clock can be moved: a hundred years, which no platform fails to represent.
const FARTHEST: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// The time by which the simulator lives: real time, plus an offset that
/// [`Simulator::advance`](crate::Simulator::advance) moves.
///
/// Clones show the same time. Give one to a transport of your own, as its `now`, and the client
/// and the simulator agree on when a token ends.
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
