//! The `Retry-After` header, in each form that the standard has.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, header};

use crate::Timestamp;

/// Wait that a response asks for in its `Retry-After` header.
///
/// RFC 9110 allows a number of seconds and a date. A date is measured from the `Date` of the same
/// response, so that a wrong clock on this side does no harm.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use meeting_types::{RetryAfter, http::HeaderMap};
///
/// let mut headers = HeaderMap::new();
/// headers.insert("date", "Sun, 22 Nov 2026 08:49:37 GMT".parse()?);
/// headers.insert("retry-after", "Sun, 22 Nov 2026 08:50:00 GMT".parse()?);
/// let wait = RetryAfter::read(&headers).unwrap();
/// assert_eq!(wait.delay(SystemTime::UNIX_EPOCH), Some(Duration::from_secs(23)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryAfter {
    /// A span, as stated or from the `Date` of the response.
    Delay(Duration),
    /// A point in time, in a response without a `Date`.
    Until(SystemTime),
    /// Something that is neither. It means later, and not now.
    Unreadable,
}

impl RetryAfter {
    /// Reads the header; `None` when there is none.
    #[must_use]
    pub fn read(headers: &HeaderMap) -> Option<Self> {
        let text = headers
            .get(header::RETRY_AFTER)?
            .to_str()
            .unwrap_or_default();
        let text = text.trim();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            // More than can be counted is still a number.
            return Some(Self::Delay(Duration::from_secs(
                text.parse().unwrap_or(u64::MAX),
            )));
        }
        let Some(until) = http_date(text) else {
            return Some(Self::Unreadable);
        };
        Some(match date(headers, header::DATE) {
            Some(sent) => Self::Delay(until.duration_since(sent).unwrap_or_default()),
            None => Self::Until(until),
        })
    }

    /// Reads the `Date` of a response: when it was sent, by the clock of the service.
    #[must_use]
    pub fn sent_at(headers: &HeaderMap) -> Option<SystemTime> {
        date(headers, header::DATE)
    }

    /// The span from `now` on, zero for a point that has passed; `None` when it is unreadable.
    #[must_use]
    pub fn delay(self, now: SystemTime) -> Option<Duration> {
        match self {
            Self::Delay(delay) => Some(delay),
            Self::Until(until) => Some(until.duration_since(now).unwrap_or_default()),
            Self::Unreadable => None,
        }
    }
}

fn date(headers: &HeaderMap, name: HeaderName) -> Option<SystemTime> {
    http_date(headers.get(name)?.to_str().ok()?.trim())
}

/// Reads a date of HTTP in its three forms. The name of the day is not checked.
fn http_date(text: &str) -> Option<SystemTime> {
    let words: Vec<_> = text.split_ascii_whitespace().collect();
    let (day, month, year, clock) = match words[..] {
        // Sun, 06 Nov 1994 08:49:37 GMT
        [_, day, month, year, clock, "GMT"] => (day, month, year.parse().ok()?, clock),
        // Sunday, 06-Nov-94 08:49:37 GMT
        [_, date, clock, "GMT"] => {
            let mut parts = date.split('-');
            let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
            let year: i16 = year.parse().ok().filter(|year| (0..100).contains(year))?;
            let century = if year < 70 { 2000 } else { 1900 };
            (day, month, century + year, clock)
        }
        // Sun Nov  6 08:49:37 1994
        [_, month, day, clock, year] => (day, month, year.parse().ok()?, clock),
        _ => return None,
    };
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = months.iter().position(|name| *name == month)?;
    let month = u8::try_from(month + 1).ok()?;
    let mut parts = clock.split(':');
    let mut part = || parts.next()?.parse::<u8>().ok();
    let (hour, minute, second) = (part()?, part()?, part()?);
    // 60 is a leap second.
    if parts.next().is_some() || second > 60 {
        return None;
    }
    let day = day.parse().ok()?;
    let start = Timestamp::from_utc(year, month, day, hour, minute).ok()?;
    let millis = start.as_millis().checked_add(i64::from(second) * 1000)?;
    let since = Duration::from_millis(u64::try_from(millis).ok()?);
    SystemTime::UNIX_EPOCH.checked_add(since)
}
