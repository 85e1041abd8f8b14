//! What one client does while its connections fail.

use meeting_testing::fault::FaultPlan;

/// One call, or a few that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Books a meeting: a single-use call.
    Book,
    /// Lists the meetings.
    List,
    /// Cancels the oldest meeting that was booked and not yet cancelled.
    Cancel,
    /// Takes control of a running meeting and mutes a participant.
    Control,
    /// Follows a running meeting until it is known as it is.
    Follow,
    /// Logs out. The next step logs in again.
    LogOut,
}

/// The steps of one client, and what its connections suffer meanwhile.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    pub(crate) plan: FaultPlan,
    pub(crate) steps: Vec<Step>,
}

impl Schedule {
    /// The same seed gives the same schedule.
    pub(crate) fn from_seed(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let steps = (0..random.usize(2..=6)).map(|_| match random.u32(0..12) {
            0..=4 => Step::Book,
            5..=6 => Step::List,
            7 => Step::Cancel,
            8 => Step::Control,
            9..=10 => Step::Follow,
            _ => Step::LogOut,
        });
        Self {
            steps: steps.collect(),
            plan: FaultPlan::from_seed(seed),
        }
    }
}
