//! A walk through a list: what was given out, and where the next part begins.

use super::{Checkpoint, Meter, Progress};

/// State of a walk through a list.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    meter: Meter,
    total: Option<u64>,
    /// The place before the last part.
    before: Checkpoint,
    /// The place behind it.
    after: Checkpoint,
}

impl Walk {
    /// A walk from this place on.
    pub(crate) fn new(from: Checkpoint) -> Self {
        Self {
            meter: Meter::new(from.done, from.left_out),
            total: None,
            before: from,
            after: from,
        }
    }

    /// Takes note of a part: how many items it gives out and how many it left out, and the offset and
    /// the length of the list by then.
    pub(crate) fn advance(&mut self, given: usize, left_out: u64, offset: u32, total: Option<u64>) {
        // A checkpoint may hold any number.
        self.meter.done = self.meter.done.saturating_add(given as u64);
        self.meter.left_out = self.meter.left_out.saturating_add(left_out);
        self.total = total;
        self.before = self.after;
        self.after = Checkpoint {
            offset: offset.into(),
            done: self.meter.done,
            left_out: self.meter.left_out,
        };
    }

    /// Number of items of the whole list, by the last part that stated it.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// The place to go on from, when so many items of the last part were not given out yet.
    #[must_use]
    pub fn checkpoint(&self, waiting: usize) -> Checkpoint {
        if waiting == 0 {
            self.after
        } else {
            self.before
        }
    }

    /// Progress when so many items of the last part were not given out yet.
    #[must_use]
    pub fn progress(&self, waiting: usize) -> Progress {
        let mut meter = self.meter;
        meter.done = meter.done.saturating_sub(waiting as u64);
        meter.progress(self.total)
    }
}
