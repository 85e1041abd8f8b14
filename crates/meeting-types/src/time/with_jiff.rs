//! Conversions to and from `jiff`.

use jiff::{Timestamp as Instant, Zoned, civil, tz::TimeZone};

use super::{Date, TimeOutOfRange, Timestamp};

/// Rounds down to the millisecond.
impl From<Instant> for Timestamp {
    fn from(instant: Instant) -> Self {
        // jiff itself rounds towards 1970.
        let nanos = instant.as_nanosecond().div_euclid(1_000_000);
        Self::from_millis(i64::try_from(nanos).unwrap_or(instant.as_millisecond()))
    }
}

/// Takes the instant, rounded down to the millisecond. The time zone is not kept.
impl From<&Zoned> for Timestamp {
    fn from(zoned: &Zoned) -> Self {
        zoned.timestamp().into()
    }
}

/// Takes the instant, rounded down to the millisecond. The time zone is not kept.
impl From<Zoned> for Timestamp {
    fn from(zoned: Zoned) -> Self {
        (&zoned).into()
    }
}

/// Fails outside the years -9999 to 9999.
impl TryFrom<Timestamp> for Instant {
    type Error = TimeOutOfRange;

    fn try_from(at: Timestamp) -> Result<Self, TimeOutOfRange> {
        Self::from_millisecond(at.as_millis()).map_err(|_| {
            TimeOutOfRange::new("jiff::Timestamp", "it is outside the years -9999 to 9999")
        })
    }
}

/// Gives the time in UTC. Fails outside the years -9999 to 9999.
impl TryFrom<Timestamp> for Zoned {
    type Error = TimeOutOfRange;

    fn try_from(at: Timestamp) -> Result<Self, TimeOutOfRange> {
        Ok(Instant::try_from(at)?.to_zoned(TimeZone::UTC))
    }
}

impl From<civil::Date> for Date {
    fn from(day: civil::Date) -> Self {
        Self::of(day)
    }
}

impl From<Date> for civil::Date {
    fn from(day: Date) -> Self {
        day.civil()
    }
}
