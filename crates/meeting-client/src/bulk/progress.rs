//! Progress of bulk work: how far it is, and how fast it goes.

use std::{
    fmt,
    time::{Duration, Instant},
};

/// State of bulk work: how far it is and how fast it goes.
///
/// It prints as a line for a terminal: `1200 of 5000, 40.0 a second, 95 s to go, 3 left out`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The number of items that are done, with those of earlier runs.
    pub done: u64,
    /// The number of items that are done in this run.
    pub done_here: u64,
    /// The number of all items, if it is known.
    pub total: Option<u64>,
    /// The number of items that the service sent and that could not be read.
    pub left_out: u64,
    /// The time that this run has taken so far.
    pub elapsed: Duration,
}

impl Progress {
    /// The items a second of this run; 0 before the first.
    #[must_use]
    pub fn rate(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if self.done_here == 0 || seconds <= 0.0 {
            return 0.0;
        }
        // Beyond 2^53 items the rate is rounded.
        self.done_here as f64 / seconds
    }

    /// The number of items that are not done, if the number of all is known.
    #[must_use]
    pub fn remaining(&self) -> Option<u64> {
        let gone = self.done.saturating_add(self.left_out);
        self.total.map(|total| total.saturating_sub(gone))
    }

    /// The time that the rest takes at this rate, if both are known.
    #[must_use]
    pub fn time_left(&self) -> Option<Duration> {
        let remaining = self.remaining()?;
        if remaining == 0 {
            return Some(Duration::ZERO);
        }
        let rate = self.rate();
        // More time than a Duration holds is no answer.
        (rate > 0.0).then(|| Duration::try_from_secs_f64(remaining as f64 / rate).ok())?
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.done)?;
        if let Some(total) = self.total {
            write!(f, " of {total}")?;
        }
        if self.done_here > 0 {
            write!(f, ", {:.1} a second", self.rate())?;
        }
        if let Some(left) = self.time_left().filter(|left| !left.is_zero()) {
            write!(f, ", {} s to go", left.as_secs_f64().ceil())?;
        }
        if self.left_out > 0 {
            write!(f, ", {} left out", self.left_out)?;
        }
        Ok(())
    }
}

/// Counter behind a [`Progress`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Meter {
    begun: Instant,
    /// Work of earlier runs.
    before: u64,
    pub(super) done: u64,
    pub(super) left_out: u64,
}

impl Meter {
    pub(super) fn new(before: u64, left_out: u64) -> Self {
        Self {
            begun: Instant::now(),
            before,
            done: before,
            left_out,
        }
    }

    pub(super) fn progress(&self, total: Option<u64>) -> Progress {
        Progress {
            done: self.done,
            done_here: self.done.saturating_sub(self.before),
            total,
            left_out: self.left_out,
            elapsed: self.begun.elapsed(),
        }
    }
}
