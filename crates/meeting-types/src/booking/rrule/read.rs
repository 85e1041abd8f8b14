//! Reads the recurrence rule of a calendar.

use jiff::{Span, Zoned, civil, tz::TimeZone};
use rrule::{Frequency, NWeekday, RRule, Unvalidated};

use super::{
    MOST_DAYS, MOST_MEETINGS, MOST_MONTHS, MOST_WEEKS, RruleError,
    expand::{days_by_months, days_of, ignores_the_start_of_weeks, wall},
};
use crate::models::{RecurrenceRule, RecurrenceUnit};

impl RecurrenceRule {
    /// Reads a recurrence rule of a calendar (RFC 5545), with or without `RRULE:` before it.
    ///
    /// `start` is the `DTSTART` of the calendar: its day is the first day, its zone that of the
    /// booking. Set the start of the booking by it, too. The series must end, after at most 50
    /// meetings and a year. Where it crosses a change of clocks, see `Booking::starts_at_local`.
    ///
    /// ```
    /// use jiff::Zoned;
    /// use meeting_types::LocalStart;
    /// use meeting_types::models::{Booking, RecurrenceRule};
    ///
    /// let start: Zoned = "2027-01-04T09:30[Europe/Paris]".parse()?;
    /// let rule = "RRULE:FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20270325T083000Z";
    /// let recurrence = RecurrenceRule::from_rrule(rule, &start)?;
    /// assert_eq!(recurrence.days, Some(vec![1, 4]));
    /// assert_eq!(recurrence.end_date.to_string(), "2027-03-25");
    /// let booking = Booking::default()
    ///     .starts_at(LocalStart::try_from(&start)?)
    ///     .recurrence(recurrence);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RruleError::Invalid`] for what is no such rule. [`RruleError::NotForTheService`] names the part that the service
    /// cannot express, such as a first Monday of the month, an hour, or an exception.
    pub fn from_rrule(rule: &str, start: &Zoned) -> Result<Self, RruleError> {
        let text = Line::new(rule)?;
        let mut rule: RRule<Unvalidated> = text.rule.parse().map_err(RruleError::invalid)?;
        let start_at = start.datetime();
        let start_at = start_at
            .with()
            .subsec_nanosecond(0)
            .build()
            .unwrap_or(start_at);
        refuse_other_parts(&rule, start_at)?;

        let until = match rule.get_until() {
            Some(until) => {
                let until = until.naive_utc();
                let at: civil::DateTime = until
                    .format("%Y-%m-%dT%H:%M:%S")
                    .to_string()
                    .parse()
                    .map_err(RruleError::invalid)?;
                let local = if text.until_is_utc {
                    let instant = TimeZone::UTC
                        .to_timestamp(at)
                        .map_err(RruleError::invalid)?;
                    start.time_zone().to_datetime(instant)
                } else {
                    at
                };
                rule = rule.until(wall(local)?);
                Some(local)
            }
            None => None,
        };
        let (unit, days) = unit_and_days(&rule, start_at)?;
        let mut found = Self::new(start_at.date().into(), start_at.date().into(), unit)
            .interval(rule.get_interval().into());
        found.days = days;
        found.end_date = last_day(&rule, start_at, until)?.into();
        check_days(&found, &rule, start_at)?;
        Ok(found)
    }
}

/// The one line of a rule.
struct Line {
    /// Value of the `RRULE` property. A local `UNTIL` is written as if it were UTC, because the parser
    /// takes it for a time of the machine's zone.
    rule: String,
    until_is_utc: bool,
}

impl Line {
    fn new(text: &str) -> Result<Self, RruleError> {
        let unfolded = text.replace("\r\n ", "").replace("\n ", "");
        let mut lines = unfolded
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty());
        let line = lines.next().unwrap_or_default();
        if let Some(other) = lines.next() {
            let name = other.split([':', ';']).next().unwrap_or_default();
            return Err(RruleError::service(
                name.chars().take(32).collect::<String>(),
                "pass the RRULE alone; a series has no exceptions and no further days",
            ));
        }
        let line = match line.get(..6) {
            Some(name) if name.eq_ignore_ascii_case("RRULE:") => &line[6..],
            _ => line,
        };
        let mut until_is_utc = false;
        let part = |part: &str| match part.split_once('=') {
            Some((key, value)) if key.trim().eq_ignore_ascii_case("UNTIL") => {
                let value = value.trim();
                until_is_utc = value.ends_with(['Z', 'z']);
                match value.len() {
                    _ if until_is_utc => format!("UNTIL={}", value.to_ascii_uppercase()),
                    8 => format!("UNTIL={value}T235959Z"),
                    _ => format!("UNTIL={value}Z"),
                }
            }
            _ => part.to_owned(),
        };
        let parts: Vec<String> = line.trim_end_matches(';').split(';').map(part).collect();
        Ok(Self {
            rule: format!("RRULE:{}", parts.join(";")),
            until_is_utc,
        })
    }
}

/// Refuses what the service has no field for.
fn refuse_other_parts(rule: &RRule<Unvalidated>, start: civil::DateTime) -> Result<(), RruleError> {
    let clock = |given: &[u8], own: i8| !given.is_empty() && given != [own.unsigned_abs()];
    let parts = [
        ("BYMONTH", !rule.get_by_month().is_empty()),
        ("BYWEEKNO", !rule.get_by_week_no().is_empty()),
        ("BYYEARDAY", !rule.get_by_year_day().is_empty()),
        ("BYHOUR", clock(rule.get_by_hour(), start.hour())),
        ("BYMINUTE", clock(rule.get_by_minute(), start.minute())),
        ("BYSECOND", clock(rule.get_by_second(), start.second())),
    ];
    match parts.iter().find(|(_, is_there)| *is_there) {
        Some((part, _)) => Err(RruleError::service(
            *part,
            "it repeats by days, weekdays or days of the month, at the hour of the start",
        )),
        None => Ok(()),
    }
}

fn unit_and_days(
    rule: &RRule<Unvalidated>,
    start: civil::DateTime,
) -> Result<(RecurrenceUnit, Option<Vec<u32>>), RruleError> {
    let weekdays = weekdays(rule.get_by_weekday())?;
    let interval = rule.get_interval();
    let set_pos = rule.get_by_set_pos();
    let (unit, days, most) = match rule.get_freq() {
        Frequency::Monthly => {
            if !weekdays.is_empty() {
                return Err(RruleError::service(
                    "BYDAY",
                    "months repeat by days of the month",
                ));
            }
            let days = month_days(rule.get_by_month_day(), set_pos, start.day())?;
            (RecurrenceUnit::Month, Some(days), MOST_MONTHS)
        }
        Frequency::Daily | Frequency::Weekly if !set_pos.is_empty() => {
            return Err(RruleError::service(
                "BYSETPOS",
                "it chooses no day among days",
            ));
        }
        Frequency::Daily | Frequency::Weekly if !rule.get_by_month_day().is_empty() => {
            return Err(RruleError::service(
                "BYMONTHDAY",
                "only months repeat by days of the month",
            ));
        }
        Frequency::Daily if weekdays.is_empty() => (RecurrenceUnit::Day, None, MOST_DAYS),
        // Each day that is one of these is each week on these.
        Frequency::Daily if interval == 1 => (RecurrenceUnit::Week, Some(weekdays), MOST_WEEKS),
        Frequency::Daily => {
            return Err(RruleError::service("BYDAY", "days repeat on every weekday"));
        }
        Frequency::Weekly => {
            let own = u32::from(
                start
                    .date()
                    .weekday()
                    .to_sunday_zero_offset()
                    .unsigned_abs(),
            );
            let days = if weekdays.is_empty() {
                vec![own]
            } else {
                weekdays
            };
            (RecurrenceUnit::Week, Some(days), MOST_WEEKS)
        }
        other => {
            return Err(RruleError::service(
                format!("FREQ={other}"),
                "it repeats by days, weeks or months",
            ));
        }
    };
    if !(1..=most).contains(&interval) {
        return Err(RruleError::service(
            format!("INTERVAL={interval}"),
            "it repeats after 1 to 15 days, 1 to 5 weeks or 1 to 3 months",
        ));
    }
    Ok((unit, days))
}

/// The weekdays as the service counts them, from 0 for Sunday.
fn weekdays(given: &[NWeekday]) -> Result<Vec<u32>, RruleError> {
    let number = |day: &NWeekday| match day {
        NWeekday::Every(day) => Ok(day.num_days_from_sunday()),
        NWeekday::Nth(place, day) => Err(RruleError::service(
            format!("BYDAY={place}{}", NWeekday::Every(*day)),
            "it has no first or last weekday of a month",
        )),
    };
    let mut days = given.iter().map(number).collect::<Result<Vec<_>, _>>()?;
    days.sort_unstable();
    days.dedup();
    Ok(days)
}

/// The days of the month as the service takes them, where 31 is always the last.
fn month_days(given: &[i8], set_pos: &[i32], own: i8) -> Result<Vec<u32>, RruleError> {
    let mut given = if given.is_empty() {
        vec![own]
    } else {
        given.to_vec()
    };
    given.sort_unstable();
    given.dedup();
    if !set_pos.is_empty() {
        // The last of 28, 29 and 30: the 30th, or the last day where there is none.
        let last = given.last().copied().unwrap_or_default();
        let is_clipped = matches!(last, 29 | 30) && given.iter().copied().eq(28..=last);
        return if set_pos == [-1] && is_clipped {
            Ok(vec![last.unsigned_abs().into()])
        } else {
            Err(RruleError::service(
                "BYSETPOS",
                "it chooses no day among days",
            ))
        };
    }
    let number = |day: &i8| match day {
        -1 => Ok(31),
        1..=31 => Ok(day.unsigned_abs().into()),
        _ => Err(RruleError::service(
            format!("BYMONTHDAY={day}"),
            "it counts days from the start of the month; only the last day can be said from its end",
        )),
    };
    let mut days = given.iter().map(number).collect::<Result<Vec<_>, _>>()?;
    days.sort_unstable();
    days.dedup();
    Ok(days)
}

/// The last day on which a meeting may take place.
fn last_day(
    rule: &RRule<Unvalidated>,
    start: civil::DateTime,
    until: Option<civil::DateTime>,
) -> Result<civil::Date, RruleError> {
    let last = match (until, rule.get_count()) {
        (Some(_), Some(_)) => {
            return Err(RruleError::Invalid(
                "COUNT and UNTIL exclude each other".to_owned(),
            ));
        }
        (None, None) => {
            return Err(RruleError::service(
                "RRULE without COUNT and UNTIL",
                "a series has a last day, at most a year after the first",
            ));
        }
        // A meeting of the last day would start after its end.
        (Some(until), None) if until.time() < start.time() => {
            until.date().yesterday().map_err(RruleError::invalid)?
        }
        (Some(until), None) => until.date(),
        (None, Some(count)) if count > u32::from(MOST_MEETINGS) => return Err(too_many("COUNT")),
        (None, Some(_)) => match days_of(rule, start)?.last() {
            Some(last) => *last,
            None => return Err(RruleError::Invalid("it names no day at all".to_owned())),
        },
    };
    let year = start.date().saturating_add(Span::new().years(1));
    if last > year {
        let part = if until.is_some() { "UNTIL" } else { "COUNT" };
        return Err(RruleError::service(
            part,
            "the last day is at most a year after the first",
        ));
    }
    Ok(last)
}

/// Refuses rules by which the service would meet on other days than the calendar.
fn check_days(
    found: &RecurrenceRule,
    rule: &RRule<Unvalidated>,
    start: civil::DateTime,
) -> Result<(), RruleError> {
    let days = days_of(rule, start)?;
    if days.is_empty() {
        return Err(RruleError::Invalid("it names no day at all".to_owned()));
    }
    if days.len() > MOST_MEETINGS.into() {
        return Err(too_many("UNTIL"));
    }
    if !ignores_the_start_of_weeks(rule, start)? {
        return Err(RruleError::service(
            "WKST",
            "nothing says on which day its weeks begin, and this rule depends on it",
        ));
    }
    if found.unit == RecurrenceUnit::Month {
        let listed = found.days.as_deref().unwrap_or_default();
        let last = found.end_date.into();
        let own = days_by_months(listed, rule.get_interval(), start.date(), last);
        if !own.iter().eq(&days) {
            return Err(RruleError::service(
                "BYMONTHDAY",
                "in a month that lacks the day it meets on the last one, while a calendar skips it",
            ));
        }
    }
    Ok(())
}

fn too_many(part: &str) -> RruleError {
    RruleError::service(part, "it makes at most 50 meetings of one series")
}
