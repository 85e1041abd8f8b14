//! Days of the calendar.

use std::fmt;

use jiff::civil;

use super::{InvalidTime, Timestamp};
use crate::schema::{Empty, Format, Kind, Value, WireInput, WireValue};

/// A day of the calendar. Which time zone it belongs to is said where it is used.
///
/// ```
/// use meeting_types::Date;
///
/// let day: Date = "2026-11-22".parse()?;
/// assert_eq!((day.year(), day.month(), day.day()), (2026, 11, 22));
/// assert_eq!(day.weekday(), 0);
/// assert_eq!(day.checked_add_days(30), Date::new(2026, 12, 22).ok());
/// assert!(Date::new(2026, 2, 30).is_err());
/// # Ok::<(), meeting_types::InvalidTime>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(civil::Date);

impl Date {
    /// The day; month and day count from 1.
    ///
    /// # Errors
    ///
    /// [`InvalidTime`] when the calendar has no such day.
    pub fn new(year: i16, month: u8, day: u8) -> Result<Self, InvalidTime> {
        let part = |number: u8| i8::try_from(number).map_err(|_| InvalidTime);
        civil::Date::new(year, part(month)?, part(day)?)
            .map(Self)
            .map_err(|_| InvalidTime)
    }

    pub(super) const fn of(day: civil::Date) -> Self {
        Self(day)
    }

    #[cfg(feature = "jiff")]
    pub(super) const fn civil(self) -> civil::Date {
        self.0
    }

    /// The point at which a clock in UTC shows this day, hour and minute.
    ///
    /// For a clock elsewhere there is `LocalStart` of the feature `jiff`.
    ///
    /// # Errors
    ///
    /// [`InvalidTime`] when no clock shows that hour and minute.
    pub fn at_utc(self, hour: u8, minute: u8) -> Result<Timestamp, InvalidTime> {
        if hour > 23 || minute > 59 {
            return Err(InvalidTime);
        }
        let minutes = i64::from(hour) * 60 + i64::from(minute);
        let days = days_between(EPOCH, self.0);
        Ok(Timestamp::from_secs(days * 86_400 + minutes * 60))
    }

    /// The day that is `days` later, or earlier when negative; `None` outside the years -9999 to 9999.
    #[must_use]
    pub fn checked_add_days(self, days: i64) -> Option<Self> {
        let span = jiff::SignedDuration::from_secs(days.checked_mul(86_400)?);
        self.0.checked_add(span).ok().map(Self)
    }

    /// The number of days from `earlier` to this one, negative when that is later.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        days_between(earlier.0, self.0)
    }

    /// The day of the week from 0 for Sunday to 6, as the days of a weekly recurrence count.
    #[must_use]
    pub fn weekday(self) -> u8 {
        self.0.weekday().to_sunday_zero_offset().unsigned_abs()
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, from 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.0.month().unsigned_abs()
    }

    /// The day of the month, from 1 to 31.
    #[must_use]
    pub fn day(self) -> u8 {
        self.0.day().unsigned_abs()
    }
}

const EPOCH: civil::Date = civil::Date::constant(1970, 1, 1);

fn days_between(earlier: civil::Date, later: civil::Date) -> i64 {
    later.duration_since(earlier).as_secs() / 86_400
}

/// The day with these numbers, as another calendar library gives them.
#[cfg(any(feature = "chrono", feature = "time"))]
pub(super) fn from_parts(year: i32, month: u32, day: u32) -> Result<Date, super::TimeOutOfRange> {
    let date = || {
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        Date::new(i16::try_from(year).ok()?, month, day).ok()
    };
    date().ok_or(super::TimeOutOfRange::new(
        "meeting_types::Date",
        "it is outside the years -9999 to 9999",
    ))
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Prints as `yyyy-MM-dd`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A year before the first one has six digits and its sign.
        let sign = if self.0.year() < 0 { "-00" } else { "" };
        let year = self.0.year().unsigned_abs();
        write!(f, "{sign}{year:04}-{:02}-{:02}", self.month(), self.day())
    }
}

/// Reads `yyyy-MM-dd`.
impl std::str::FromStr for Date {
    type Err = InvalidTime;

    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        text.trim().parse().map(Self).map_err(|_| InvalidTime)
    }
}

/// Reads as `FromStr` does.
impl TryFrom<&str> for Date {
    type Error = InvalidTime;

    fn try_from(text: &str) -> Result<Self, InvalidTime> {
        text.parse()
    }
}

impl Value for Date {
    fn read(&mut self, input: WireInput<'_>, _: Format) -> bool {
        let WireInput::Text(text) = input else {
            return false;
        };
        let Ok(date) = text.parse() else { return false };
        *self = date;
        true
    }

    fn write(&self, _: Format) -> WireValue<'_> {
        WireValue::Text(self.to_string().into())
    }
}

impl Empty for Date {
    const KIND: Kind = Kind::Date;

    fn empty() -> Self {
        Self(EPOCH)
    }
}
