//! Errors of reading and converting times.

/// A text is neither a time nor a date of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time: write UTC as `yyyy-MM-dd HH:mm`, or a date as `yyyy-MM-dd`")]
#[non_exhaustive]
pub struct InvalidTime;

/// A text is no number of a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a time zone id: it is a number from 0 to 77; for a name such as `Europe/Paris` there is \
     `TimeZoneId::from_iana`"
)]
#[non_exhaustive]
pub struct InvalidTimeZoneId;

/// A time or date lies outside of what the type that it was converted to can hold.
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the time cannot be a `{target}`: {reason}")]
pub struct TimeOutOfRange {
    target: &'static str,
    reason: &'static str,
}

#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
impl TimeOutOfRange {
    pub(super) const fn new(target: &'static str, reason: &'static str) -> Self {
        Self { target, reason }
    }
}
