//! Pauses that grow with each failure.

use std::time::{Duration, SystemTime};

/// The first pause, and the bound that none exceeds.
const FIRST: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Pause after a failure, by the wall clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    since: SystemTime,
    length: Duration,
}

impl Pause {
    /// The pause after another failure at `now`: twice as long as the one `before`.
    pub(super) fn after(before: Option<Self>, now: SystemTime) -> Self {
        let length = before.map_or(FIRST, |before| (before.length * 2).min(LONGEST));
        Self { since: now, length }
    }

    pub(super) fn length(self) -> Duration {
        self.length
    }

    /// True while it lasts at `now`. A clock that was set back by more than its length ends it.
    pub(super) fn lasts(self, now: SystemTime) -> bool {
        match now.duration_since(self.since) {
            Ok(age) => age < self.length,
            Err(ahead) => ahead.duration() <= self.length,
        }
    }
}
