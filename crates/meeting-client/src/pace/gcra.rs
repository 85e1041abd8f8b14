//! Times of one lane: the generic cell rate algorithm, slowed down after a refusal.

use std::time::Duration;

use meeting_types::Pace;

use crate::Elapsed;

/// Factor of the rate after a refusal, and the lowest rate.
const SLOWER: f64 = 0.7;
const SLOWEST: f64 = 0.1;

/// In how long a lane comes back from nothing to its full rate, evenly.
const RECOVERY: Duration = Duration::from_secs(100);

/// The booked times of a lane.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gcra {
    /// Time at which the next request is due, if they come evenly.
    due: Elapsed,
    /// Time before which no request is booked: the service asked for it.
    closed_until: Elapsed,
    /// By how much the rate was reduced, and when.
    slowed: Option<(f64, Elapsed)>,
}

impl Gcra {
    /// The part of the full rate that holds at `now`.
    fn rate(&self, now: Elapsed) -> f64 {
        let Some((rate, since)) = self.slowed else {
            return 1.0;
        };
        let regained = now.since(since).as_secs_f64() / RECOVERY.as_secs_f64();
        (rate + regained).min(1.0)
    }

    fn interval(&self, pace: Pace, now: Elapsed) -> Duration {
        pace.interval().div_f64(self.rate(now))
    }

    /// The wait for the next time.
    pub(super) fn wait(&self, pace: Option<Pace>, now: Elapsed) -> Duration {
        let closed = self.closed_until.since(now);
        let Some(pace) = pace else {
            return closed;
        };
        let at_once = self.interval(pace, now) * (pace.at_once() - 1);
        self.due.since(now + at_once).max(closed)
    }

    /// Books the time that comes after `wait`.
    pub(super) fn book(&mut self, pace: Option<Pace>, wait: Duration, now: Elapsed) {
        if let Some(pace) = pace {
            let interval = self.interval(pace, now);
            self.due = self
                .due
                .max(now + wait.saturating_sub(interval * (pace.at_once() - 1)));
            self.due = self.due.max(now) + interval;
        }
    }

    /// Takes note of a refusal: nothing for `wait`, and less than before.
    pub(super) fn refused(&mut self, wait: Duration, now: Elapsed) {
        self.closed_until = self.closed_until.max(now + wait);
        // Those that were refused together count once.
        if self
            .slowed
            .is_none_or(|(_, since)| now.since(since) >= Duration::from_secs(1))
        {
            self.slowed = Some(((self.rate(now) * SLOWER).max(SLOWEST), now));
        }
    }
}
