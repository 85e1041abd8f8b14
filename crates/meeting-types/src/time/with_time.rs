//! Conversions to and from the crate `time`.

use time::{OffsetDateTime, UtcDateTime};

use super::{Date, TimeOutOfRange, Timestamp};

/// Rounds down to the millisecond. The offset is not kept.
impl From<OffsetDateTime> for Timestamp {
    fn from(time: OffsetDateTime) -> Self {
        from_nanos(time.unix_timestamp_nanos())
    }
}

/// Rounds down to the millisecond.
impl From<UtcDateTime> for Timestamp {
    fn from(time: UtcDateTime) -> Self {
        from_nanos(time.unix_timestamp_nanos())
    }
}

fn from_nanos(nanos: i128) -> Timestamp {
    // The years of that crate, even with its feature `large-dates`, fit by far.
    let millis = nanos.div_euclid(1_000_000);
    Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

/// Gives the time in UTC. Fails outside the years -9999 to 9999, or 999 999 with the feature
/// `large-dates` of `time`.
impl TryFrom<Timestamp> for OffsetDateTime {
    type Error = TimeOutOfRange;

    fn try_from(at: Timestamp) -> Result<Self, TimeOutOfRange> {
        Self::from_unix_timestamp_nanos(i128::from(at.as_millis()) * 1_000_000)
            .map_err(|_| TimeOutOfRange::new("time::OffsetDateTime", OUTSIDE))
    }
}

/// Fails outside the years -9999 to 9999, or 999 999 with the feature `large-dates` of `time`.
impl TryFrom<Timestamp> for UtcDateTime {
    type Error = TimeOutOfRange;

    fn try_from(at: Timestamp) -> Result<Self, TimeOutOfRange> {
        Self::from_unix_timestamp_nanos(i128::from(at.as_millis()) * 1_000_000)
            .map_err(|_| TimeOutOfRange::new("time::UtcDateTime", OUTSIDE))
    }
}

const OUTSIDE: &str = "it is outside the years that the crate `time` knows";

/// Fails outside the years -9999 to 9999, which are all there are without the feature `large-dates`
/// of `time`.
impl TryFrom<time::Date> for Date {
    type Error = TimeOutOfRange;

    fn try_from(day: time::Date) -> Result<Self, TimeOutOfRange> {
        let month = u32::from(u8::from(day.month()));
        super::date::from_parts(day.year(), month, day.day().into())
    }
}

impl From<Date> for time::Date {
    fn from(day: Date) -> Self {
        // Months and days were checked by the same calendar, and all years of a `Date` exist there.
        time::Month::try_from(day.month())
            .and_then(|month| Self::from_calendar_date(day.year().into(), month, day.day()))
            .unwrap_or(time::Date::MIN)
    }
}
