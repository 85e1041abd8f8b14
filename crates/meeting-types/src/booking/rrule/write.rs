//! Writes the recurrence rule of a calendar.

use chrono::Weekday;
use jiff::{civil, tz::TimeZone};
use rrule::{Frequency, NWeekday, RRule, Unvalidated};

use super::{
    MOST_DAYS, MOST_MONTHS, MOST_WEEKS, RruleError,
    expand::{ignores_the_start_of_weeks, wall},
};
use crate::models::{RecurrenceRule, RecurrenceUnit};

/// The weekdays as the service counts them.
const WEEKDAYS: [Weekday; 7] = [
    Weekday::Sun,
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
];

impl RecurrenceRule {
    /// Writes the rule for a calendar (RFC 5545), without `RRULE:` before it. Its `DTSTART` is the start
    /// of the booking, in this zone.
    ///
    /// ```
    /// use jiff::tz::TimeZone;
    /// use meeting_types::{Date, models::{RecurrenceRule, RecurrenceUnit}};
    ///
    /// let (first, last) = (Date::new(2027, 1, 4)?, Date::new(2027, 3, 25)?);
    /// let rule = RecurrenceRule::new(first, last, RecurrenceUnit::Week).interval(2).days([1_u32]);
    /// let text = rule.to_rrule(&TimeZone::get("Europe/Paris")?)?;
    /// assert_eq!(text, "FREQ=WEEKLY;UNTIL=20270325T225959Z;INTERVAL=2;BYDAY=MO");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RruleError::NotForACalendar`] for what a calendar cannot say, such as the 15th and the 30th of each month, and
    /// for a rule whose days no source explains, such as weeks without weekdays.
    pub fn to_rrule(&self, zone: &TimeZone) -> Result<String, RruleError> {
        let interval = self.checked_interval()?;
        let first: civil::Date = self.start_date.into();
        let last: civil::Date = self.end_date.into();
        if last < first {
            return Err(RruleError::calendar(
                "end_date",
                "it is before the first day",
            ));
        }
        // Written as a time of the wall clock first, so that the days can be told.
        let mut rule: RRule<Unvalidated> = match self.unit {
            RecurrenceUnit::Day => RRule::new(Frequency::Daily),
            RecurrenceUnit::Week => RRule::new(Frequency::Weekly).by_weekday(self.weekdays()?),
            _ => {
                let (days, is_clipped) = self.month_days()?;
                let rule = RRule::new(Frequency::Monthly).by_month_day(days);
                if is_clipped {
                    rule.by_set_pos(vec![-1])
                } else {
                    rule
                }
            }
        };
        let end = last.at(23, 59, 59, 0);
        rule = rule.interval(interval).until(wall(end)?);
        if !ignores_the_start_of_weeks(&rule, first.at(0, 0, 0, 0))? {
            return Err(RruleError::calendar(
                "interval",
                "no source says on which day the weeks of the service begin, and this rule depends on it",
            ));
        }
        let end = zone.to_timestamp(end).map_err(RruleError::invalid)?;
        let end = TimeZone::UTC.to_datetime(end);
        Ok(rule.until(wall(end)?).to_string())
    }

    fn checked_interval(&self) -> Result<u16, RruleError> {
        let most = match self.unit {
            RecurrenceUnit::Day => MOST_DAYS,
            RecurrenceUnit::Week => MOST_WEEKS,
            RecurrenceUnit::Month => MOST_MONTHS,
            _ => return Err(RruleError::calendar("unit", "it is none that is known")),
        };
        let interval = u16::try_from(self.interval.unwrap_or(1)).unwrap_or(u16::MAX);
        if (1..=most).contains(&interval) {
            Ok(interval)
        } else {
            let why = "the service takes 1 to 15 days, 1 to 5 weeks or 1 to 3 months";
            Err(RruleError::calendar("interval", why))
        }
    }

    fn weekdays(&self) -> Result<Vec<NWeekday>, RruleError> {
        let mut days = self.listed_days()?.to_vec();
        days.sort_unstable();
        days.dedup();
        let weekday = |day: &u32| {
            let index = usize::try_from(*day).ok()?;
            WEEKDAYS.get(index).copied().map(NWeekday::Every)
        };
        days.iter()
            .map(weekday)
            .collect::<Option<_>>()
            .ok_or(RruleError::calendar("days", "weekdays count from 0 to 6"))
    }

    /// The days of the month, and whether only the last of them is meant.
    fn month_days(&self) -> Result<(Vec<i8>, bool), RruleError> {
        let mut days = Vec::new();
        for day in self.listed_days()? {
            match i8::try_from(*day) {
                Ok(day @ 1..=31) => days.push(day),
                _ => {
                    return Err(RruleError::calendar(
                        "days",
                        "a month has days from 1 to 31",
                    ));
                }
            }
        }
        days.sort_unstable();
        days.dedup();
        match days[..] {
            // The service takes the last day of a month that lacks these; a calendar skips it.
            [day @ (29 | 30)] => Ok(((28..=day).collect(), true)),
            [.., 31] => {
                days.pop();
                days.push(-1);
                Ok((days, false))
            }
            [.., 29 | 30] => Err(RruleError::calendar(
                "days",
                "in a month that lacks the day the service meets on the last one, and one rule cannot say \
                 that beside other days",
            )),
            _ => Ok((days, false)),
        }
    }

    fn listed_days(&self) -> Result<&[u32], RruleError> {
        let days = self.days.as_deref().unwrap_or_default();
        if days.is_empty() {
            let why = "there are none, and no source says on which days the service then meets";
            return Err(RruleError::calendar("days", why));
        }
        Ok(days)
    }
}
