//! Conversions to and from `chrono`.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};

use super::{Date, TimeOutOfRange, Timestamp};

/// Rounds down to the millisecond. The time zone is not kept.
impl<Z: chrono::TimeZone> From<DateTime<Z>> for Timestamp {
    fn from(time: DateTime<Z>) -> Self {
        Self::from_millis(time.timestamp_millis())
    }
}

/// Fails outside the years that `chrono` knows, about 262 000 in both directions.
impl TryFrom<Timestamp> for DateTime<Utc> {
    type Error = TimeOutOfRange;

    fn try_from(at: Timestamp) -> Result<Self, TimeOutOfRange> {
        Self::from_timestamp_millis(at.as_millis()).ok_or(TimeOutOfRange::new(
            "chrono::DateTime<Utc>",
            "it is outside the years that chrono knows",
        ))
    }
}

/// Fails outside the years -9999 to 9999.
impl TryFrom<NaiveDate> for Date {
    type Error = TimeOutOfRange;

    fn try_from(day: NaiveDate) -> Result<Self, TimeOutOfRange> {
        super::date::from_parts(day.year(), day.month(), day.day())
    }
}

impl From<Date> for NaiveDate {
    fn from(day: Date) -> Self {
        let (month, of_month) = (day.month().into(), day.day().into());
        // Both calendars are the Gregorian one, and this one knows more years.
        Self::from_ymd_opt(day.year().into(), month, of_month).unwrap_or_default()
    }
}
