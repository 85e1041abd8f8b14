//! Elapsed time: when things happen, for machines that have no clock.

use std::{ops::Add, time::Duration};

/// Time since a machine began: a point in time, where [`Duration`] is a span.
///
/// Each machine counts from its own beginning, so points of two machines cannot be compared. A point
/// that cannot be represented is the last one.
///
/// ```
/// use std::time::Duration;
///
/// use meeting_client::Elapsed;
///
/// let now = Elapsed::from(Duration::from_secs(3));
/// let until = now + Duration::from_secs(2);
/// assert_eq!(until.since(now), Duration::from_secs(2));
/// assert_eq!(now.since(until), Duration::ZERO);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Elapsed(Duration);

impl Elapsed {
    /// The beginning.
    pub const ZERO: Self = Self(Duration::ZERO);
    /// A point that never comes.
    pub const NEVER: Self = Self(Duration::MAX);

    /// The span from `earlier` to this point; zero when this point comes first.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// The span from the beginning.
    #[must_use]
    pub fn as_duration(self) -> Duration {
        self.0
    }
}

impl Add<Duration> for Elapsed {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span))
    }
}

impl From<Duration> for Elapsed {
    fn from(since_the_beginning: Duration) -> Self {
        Self(since_the_beginning)
    }
}
