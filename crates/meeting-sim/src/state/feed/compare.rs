//! One way to find out what to publish: a snapshot is compared with the one that was published last.

use std::time::SystemTime;

use crate::state::booking::meetings::Meeting;

/// A meeting as one kind of subscriber knows it.
///
/// Nobody has to remember to publish anything: whatever changes a meeting, be it a call, the
/// controlling program or the time, makes a difference between two snapshots.
pub(super) trait Snapshot: Sized {
    /// What is published.
    type Change;

    /// The meeting as it is. `None` when there is nothing of it that this kind of subscriber knows.
    fn of(meeting: &Meeting) -> Option<Self>;

    /// What makes `known` into this, in the order of telling. `None` is a meeting that is new.
    fn changes_since(&self, known: Option<&Self>, now: SystemTime) -> Vec<Self::Change>;
}
