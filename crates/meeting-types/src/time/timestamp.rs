//! Points in time, in the many spellings of the service.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use jiff::{Timestamp as Instant, civil, tz::TimeZone};

use super::{Date, InvalidTime};
use crate::schema::{Empty, Format, Kind, Value, WireInput, WireValue};

/// A point in time, in UTC, to the millisecond.
///
/// Bookings travel in whole minutes: what is below a minute is dropped when one is written. There is
/// no clock in this crate; the present is `Timestamp::from(SystemTime::now())`.
///
/// The operators `+` and `-` stop at [`MIN`](Self::MIN) and [`MAX`](Self::MAX), and the time since a later
/// point is zero. The features `jiff`, `chrono` and `time` convert to and from the types of those crates.
///
/// ```
/// use meeting_types::Timestamp;
/// use std::time::{Duration, SystemTime};
///
/// let booked: Timestamp = "2026-11-22 08:30".parse()?;
/// assert_eq!(booked.to_string(), "2026-11-22T08:30:00.000Z");
/// let start = SystemTime::from(booked);
/// assert_eq!(Timestamp::from(start + Duration::from_secs(60)), booked + Duration::from_secs(60));
///
/// let end = Timestamp::from_utc(2026, 11, 22, 9, 15)?;
/// assert_eq!(end - booked, Duration::from_secs(45 * 60));
/// # Ok::<(), meeting_types::InvalidTime>(())
/// ```
///
/// Outside the wire, serde writes and reads it as RFC 3339, to the millisecond.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The start of 1970 in UTC.
    pub const UNIX_EPOCH: Self = Self(0);
    /// The earliest point that can be held, some 292 million years before 1970.
    pub const MIN: Self = Self(i64::MIN);
    /// The latest point that can be held, some 292 million years after 1970.
    pub const MAX: Self = Self(i64::MAX);

    /// The point that a calendar and a clock show in UTC; month and day count from 1.
    ///
    /// # Errors
    ///
    /// [`InvalidTime`] when the calendar has no such day, or the clock no such time.
    pub fn from_utc(
        year: i16,
        month: u8,
        day: u8,
        hour: u8,
        minute: u8,
    ) -> Result<Self, InvalidTime> {
        Date::new(year, month, day)?.at_utc(hour, minute)
    }

    /// The point `millis` milliseconds after the start of 1970.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// The point `seconds` seconds after the start of 1970, at most [`MAX`](Self::MAX).
    #[must_use]
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the start of 1970.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Seconds since the start of 1970, rounded down.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The day in UTC; `None` outside the years -9999 to 9999.
    #[must_use]
    pub fn utc_date(self) -> Option<Date> {
        Some(Date::of(self.calendar()?.date()))
    }

    /// The calendar view; nothing outside the years -9999 to 9999.
    fn calendar(self) -> Option<civil::DateTime> {
        Some(
            Instant::from_millisecond(self.0)
                .ok()?
                .to_zoned(TimeZone::UTC)
                .datetime(),
        )
    }

    fn spell(self, format: Format) -> String {
        let Some(at) = self.calendar() else {
            return self.0.to_string();
        };
        let (year, month, day) = (at.year(), at.month(), at.day());
        let (hour, minute, second, milli) = (at.hour(), at.minute(), at.second(), at.millisecond());
        // A year before the first one has six digits and its sign.
        let sign = if year < 0 { "-00" } else { "" };
        let year = year.unsigned_abs();
        match format {
            Format::UtcMinute => {
                format!("{sign}{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
            }
            Format::UtcSecond => {
                format!("{sign}{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
            }
            _ => format!(
                "{sign}{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z"
            ),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spell(Format::Iso))
    }
}

/// Prints as `yyyy-MM-ddTHH:mm:ss.SSSZ`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spell(Format::Iso))
    }
}

/// Rounds down to the millisecond.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => Self::UNIX_EPOCH + after,
            Err(before) => {
                let before = before.duration();
                let at = Self::UNIX_EPOCH - before;
                if before.subsec_nanos().is_multiple_of(1_000_000) {
                    at
                } else {
                    at - Duration::from_millis(1)
                }
            }
        }
    }
}

/// Times that the platform cannot represent come as near as half of their distance from 1970, or
/// less far: what is in the far future stays there.
impl From<Timestamp> for SystemTime {
    fn from(at: Timestamp) -> Self {
        let mut span = Duration::from_millis(at.0.unsigned_abs());
        loop {
            let time = if at.0 < 0 {
                Self::UNIX_EPOCH.checked_sub(span)
            } else {
                Self::UNIX_EPOCH.checked_add(span)
            };
            if let Some(time) = time {
                return time;
            }
            span /= 2;
        }
    }
}

/// Reads `yyyy-MM-dd HH:mm` and `yyyy-MM-dd HH:mm:ss` as UTC, and RFC 3339.
impl std::str::FromStr for Timestamp {
    type Err = InvalidTime;

    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        let text = text.trim();
        if let Ok(instant) = text.parse::<Instant>() {
            return Ok(Self(instant.as_millisecond()));
        }
        let civil: civil::DateTime = text.parse().map_err(|_| InvalidTime)?;
        // A date alone is no point in time, and a zone in brackets would be ignored.
        if !text.contains(':') || text.contains('[') {
            return Err(InvalidTime);
        }
        let zoned = civil.to_zoned(TimeZone::UTC).map_err(|_| InvalidTime)?;
        Ok(Self(zoned.timestamp().as_millisecond()))
    }
}

/// Reads as `FromStr` does.
impl TryFrom<&str> for Timestamp {
    type Error = InvalidTime;

    fn try_from(text: &str) -> Result<Self, InvalidTime> {
        text.parse()
    }
}

/// Reads `yyyy-MM-dd HH:mm`.
fn utc_minute(text: &[u8]) -> Option<i64> {
    let &[
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b' ',
        h1,
        h2,
        b':',
        n1,
        n2,
    ] = text
    else {
        return None;
    };
    let number = |digits: [u8; 2]| -> Option<i8> {
        let [tens, ones] = digits.map(|digit| digit.wrapping_sub(b'0'));
        (tens < 10 && ones < 10).then(|| (tens * 10 + ones).cast_signed())
    };
    let year = i16::from(number([y1, y2])?) * 100 + i16::from(number([y3, y4])?);
    let day = civil::Date::new(year, number([m1, m2])?, number([d1, d2])?).ok()?;
    let (hour, minute) = (number([h1, h2])?, number([n1, n2])?);
    if hour > 23 || minute > 59 {
        return None;
    }
    let days = day
        .duration_since(civil::Date::constant(1970, 1, 1))
        .as_secs()
        / 86_400;
    Some(((days * 24 + i64::from(hour)) * 60 + i64::from(minute)) * 60_000)
}

/// Reads seconds with three digits behind the point: a time that travels in seconds and is finer.
fn seconds_with_millis(text: &str) -> Option<Timestamp> {
    let (seconds, millis) = text.split_once('.')?;
    let (sign, digits) = match seconds.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, seconds),
    };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if millis.len() != 3 || !is_number(millis) || !is_number(digits) {
        return None;
    }
    let seconds: i128 = digits.parse::<u64>().ok()?.into();
    let total = sign * (seconds * 1000 + millis.parse::<i128>().ok()?);
    i64::try_from(total).ok().map(Timestamp)
}

impl Value for Timestamp {
    fn read(&mut self, input: WireInput<'_>, format: Format) -> bool {
        let number = match input {
            WireInput::Bool(_) => None,
            WireInput::Text(text) => {
                // The spelling of nearly all times, before the others are tried.
                if let Some(millis) = utc_minute(text.as_bytes()) {
                    *self = Self(millis);
                    return true;
                }
                input.into_int()
            }
            input => input.into_int(),
        };
        let read = match (number, input) {
            (Some(number), _) if format == Format::EpochSeconds => Some(Self::from_secs(number)),
            (Some(number), _) => Some(Self(number)),
            (None, WireInput::Text(text)) if format == Format::EpochSeconds => {
                seconds_with_millis(text).or_else(|| text.parse().ok())
            }
            (None, WireInput::Text(text)) => text.parse().ok(),
            (None, _) => None,
        };
        if let Some(read) = read {
            *self = read;
        }
        read.is_some()
    }

    fn write(&self, format: Format) -> WireValue<'_> {
        match format {
            Format::EpochSeconds => WireValue::Int(self.as_secs()),
            Format::EpochMillisText => WireValue::Text(self.0.to_string().into()),
            Format::UtcMinute | Format::UtcSecond | Format::Iso => {
                WireValue::Text(self.spell(format).into())
            }
            _ => WireValue::Int(self.0),
        }
    }

    fn write_exact(&self, format: Format) -> WireValue<'_> {
        let finer = match format {
            Format::UtcMinute if self.0 % 60_000 == 0 => format,
            Format::UtcMinute | Format::UtcSecond if self.0 % 1000 == 0 => Format::UtcSecond,
            Format::UtcMinute | Format::UtcSecond => Format::Iso,
            Format::EpochSeconds if self.0 % 1000 != 0 => {
                let sign = if self.0 < 0 { "-" } else { "" };
                let millis = self.0.unsigned_abs();
                let (seconds, millis) = (millis / 1000, millis % 1000);
                return WireValue::Text(format!("{sign}{seconds}.{millis:03}").into());
            }
            _ => format,
        };
        self.write(finer)
    }
}

impl Empty for Timestamp {
    const KIND: Kind = Kind::Time;

    fn empty() -> Self {
        Self(0)
    }
}
