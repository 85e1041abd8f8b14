//! Timing of requests for a full account of a meeting.

use std::time::Duration;

use crate::Elapsed;

/// The shortest time between two requests.
const SHORTEST: Duration = Duration::from_secs(1);

/// Largest number of doublings of the time between two requests.
const DOUBLINGS: u32 = 6;

/// A full account of the meeting, asked for after a frame that could not be read.
///
/// The first request goes out at once. Where the account itself cannot be read, requests become
/// rarer: each of them makes the service send everything again.
#[derive(Debug, Default)]
pub(super) struct Account {
    due_at: Option<Elapsed>,
    last: Option<Elapsed>,
    requests: u32,
}

impl Account {
    /// Asks for one. `cap` is the bound of waits for a new connection.
    pub(super) fn ask(&mut self, cap: Duration, now: Elapsed) {
        if self.due_at.is_some() {
            return;
        }
        let Some(last) = self.last else {
            self.due_at = Some(now);
            return;
        };
        let doublings = self.requests.saturating_sub(1).min(DOUBLINGS);
        let wait = cap.max(SHORTEST).saturating_mul(1 << doublings);
        if now.since(last) >= wait.saturating_mul(2) {
            // It was fine meanwhile.
            self.requests = 0;
        }
        self.due_at = Some(now.max(last + wait));
    }

    /// Time at which a request is due.
    pub(super) fn next(&self) -> Elapsed {
        self.due_at.unwrap_or(Elapsed::NEVER)
    }

    /// True when a request is due now. It counts as sent.
    pub(super) fn take_due(&mut self, now: Elapsed) -> bool {
        let is_due = self.due_at.take_if(|at| now >= *at).is_some();
        if is_due {
            self.last = Some(now);
            self.requests = self.requests.saturating_add(1);
        }
        is_due
    }

    /// Drops the request: a new connection is told everything.
    pub(super) fn forget(&mut self) {
        self.due_at = None;
    }
}
