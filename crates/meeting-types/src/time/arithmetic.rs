//! Sums and differences of points in time.

use std::{
    ops::{Add, AddAssign, Sub, SubAssign},
    time::Duration,
};

use super::Timestamp;

impl Timestamp {
    /// The point `span` later, or `None` beyond [`MAX`](Self::MAX). Parts of a millisecond are dropped.
    #[must_use]
    pub fn checked_add(self, span: Duration) -> Option<Self> {
        let millis = u64::try_from(span.as_millis()).ok()?;
        self.as_millis()
            .checked_add_unsigned(millis)
            .map(Self::from_millis)
    }

    /// The point `span` earlier, or `None` before [`MIN`](Self::MIN). Parts of a millisecond are dropped.
    #[must_use]
    pub fn checked_sub(self, span: Duration) -> Option<Self> {
        let millis = u64::try_from(span.as_millis()).ok()?;
        self.as_millis()
            .checked_sub_unsigned(millis)
            .map(Self::from_millis)
    }

    /// The point `span` later, at most [`MAX`](Self::MAX). Parts of a millisecond are dropped.
    #[must_use]
    pub fn saturating_add(self, span: Duration) -> Self {
        self.checked_add(span).unwrap_or(Self::MAX)
    }

    /// The point `span` earlier, at least [`MIN`](Self::MIN). Parts of a millisecond are dropped.
    #[must_use]
    pub fn saturating_sub(self, span: Duration) -> Self {
        self.checked_sub(span).unwrap_or(Self::MIN)
    }

    /// The time from `earlier` to this point, or zero when that is later.
    #[must_use]
    pub fn duration_since(self, earlier: Self) -> Duration {
        self.checked_duration_since(earlier).unwrap_or_default()
    }

    /// The time from `earlier` to this point, or `None` when that is later.
    #[must_use]
    pub fn checked_duration_since(self, earlier: Self) -> Option<Duration> {
        (self >= earlier)
            .then(|| Duration::from_millis(self.as_millis().abs_diff(earlier.as_millis())))
    }
}

/// The same as [`Timestamp::saturating_add`]: it never panics.
impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        self.saturating_add(span)
    }
}

/// The same as [`Timestamp::saturating_add`]: it never panics.
impl AddAssign<Duration> for Timestamp {
    fn add_assign(&mut self, span: Duration) {
        *self = *self + span;
    }
}

/// The same as [`Timestamp::saturating_sub`]: it never panics.
impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        self.saturating_sub(span)
    }
}

/// The same as [`Timestamp::saturating_sub`]: it never panics.
impl SubAssign<Duration> for Timestamp {
    fn sub_assign(&mut self, span: Duration) {
        *self = *self - span;
    }
}

/// The same as [`Timestamp::duration_since`]: zero when the subtracted point is later.
impl Sub for Timestamp {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.duration_since(earlier)
    }
}
