//! The days of a rule.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDateTime, Weekday};
use jiff::civil;
use rrule::{RRule, Tz, Unvalidated};

use super::{MOST_MEETINGS, RruleError};

/// A time of the clock on the wall, as the crate takes it.
pub(super) fn wall(local: civil::DateTime) -> Result<DateTime<Tz>, RruleError> {
    let naive: NaiveDateTime = local
        .strftime("%Y-%m-%dT%H:%M:%S")
        .to_string()
        .parse()
        .map_err(RruleError::invalid)?;
    Ok(naive.and_utc().with_timezone(&Tz::UTC))
}

/// The days of a calendar's rule: all of them, or more than the service makes.
pub(super) fn days_of(
    rule: &RRule<Unvalidated>,
    start: civil::DateTime,
) -> Result<Vec<civil::Date>, RruleError> {
    let set = rule
        .clone()
        .build(wall(start)?)
        .map_err(RruleError::invalid)?;
    let dates = set.all(MOST_MEETINGS + 1).dates;
    dates.iter().map(|at| read_date(&at.naive_utc())).collect()
}

pub(super) fn read_date(at: &NaiveDateTime) -> Result<civil::Date, RruleError> {
    let text = at.format("%Y-%m-%d").to_string();
    text.parse().map_err(RruleError::invalid)
}

/// Whether the rule means the same days on whichever day a week begins. The service does not say
/// where its weeks begin.
pub(super) fn ignores_the_start_of_weeks(
    rule: &RRule<Unvalidated>,
    start: civil::DateTime,
) -> Result<bool, RruleError> {
    let days = days_of(rule, start)?;
    for first in [Weekday::Mon, Weekday::Sun] {
        if days_of(&rule.clone().week_start(first), start)? != days {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The days on which the service meets by months: a day that a month lacks becomes its last.
pub(super) fn days_by_months(
    days: &[u32],
    interval: u16,
    first: civil::Date,
    last: civil::Date,
) -> BTreeSet<civil::Date> {
    let mut found = BTreeSet::new();
    let mut month = first.first_of_month();
    while month <= last {
        for day in days {
            let day = i8::try_from(*day).unwrap_or(i8::MAX);
            let date = month.with().day(day.min(month.days_in_month())).build();
            found.extend(date.ok().filter(|date| (first..=last).contains(date)));
        }
        match month.checked_add(jiff::Span::new().months(interval.max(1))) {
            Ok(next) => month = next,
            Err(_) => break,
        }
    }
    found
}
