//! Timing of the renewal of a followed meeting's control token.

use std::time::Duration;

use crate::Elapsed;

/// The time to the next attempt to renew a token, after one that failed.
const PAUSE: Duration = Duration::from_secs(30);

/// The next renewal of the control token.
#[derive(Debug)]
pub(super) enum Renewal {
    /// At this time. `needed` when there is no token meanwhile.
    At { time: Elapsed, needed: bool },
    /// Under way. `needed` when there is no token meanwhile.
    UnderWay { needed: bool },
}

impl Renewal {
    /// The renewal of a token that wants it in so long; of none at once.
    pub(super) fn due(due_in: Option<Duration>, now: Elapsed) -> Self {
        Self::At {
            time: now + due_in.unwrap_or_default(),
            needed: due_in.is_none(),
        }
    }

    /// True when it is to start now. It is under way from then on.
    pub(super) fn start(&mut self, now: Elapsed) -> bool {
        match *self {
            Self::At { time, needed } if now >= time => {
                *self = Self::UnderWay { needed };
                true
            }
            _ => false,
        }
    }

    /// Time at which it is due; never while it is under way.
    pub(super) fn next(&self) -> Elapsed {
        match self {
            Self::At { time, .. } => *time,
            Self::UnderWay { .. } => Elapsed::NEVER,
        }
    }

    /// True when there is no token until it has succeeded.
    pub(super) fn is_needed(&self) -> bool {
        let (Self::At { needed, .. } | Self::UnderWay { needed }) = self;
        *needed
    }

    /// Notes that there is no token: it was discarded.
    pub(super) fn need(&mut self) {
        *self = match self {
            Self::At { .. } => Self::due(None, Elapsed::ZERO),
            Self::UnderWay { .. } => Self::UnderWay { needed: true },
        };
    }

    /// Notes that it has ended. A token that is due at once would be renewed without end, so that is
    /// a failure.
    pub(super) fn end(&mut self, renewed: bool, due_in: Option<Duration>, now: Elapsed) {
        let pause = due_in.filter(|due| renewed && !due.is_zero());
        *self = Self::At {
            time: now + pause.unwrap_or(PAUSE),
            needed: due_in.is_none(),
        };
    }
}
