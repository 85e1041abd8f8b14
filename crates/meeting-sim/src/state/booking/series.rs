//! The single meetings of a recurring meeting.

use std::time::{Duration, SystemTime};

use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};
use meeting_types::{
    Date as WireDate, ServiceError, TimeZoneId, Timestamp,
    models::{
        MediaType, RecordAccess, RecurrenceRule, RecurrenceUnit, SubConference,
        SubConferenceSettings,
    },
};

use crate::state::{errors, random::Random};

/// How many single meetings a recurring meeting has at most. Its last day is moved forward silently.
pub(crate) const MOST: usize = 50;
/// How many days a recurring meeting spans at most.
const LONGEST_DAYS: i64 = 366;

/// A recurring meeting.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    /// The single meetings in the order of time.
    pub(crate) subs: Vec<Sub>,
}

/// One single meeting of a recurring meeting.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sub {
    pub(crate) id: String,
    pub(crate) start: SystemTime,
    pub(crate) length: Duration,
    pub(crate) media_types: Vec<MediaType>,
    pub(crate) auto_record: Option<bool>,
    pub(crate) record_access: Option<RecordAccess>,
    pub(crate) description: Option<String>,
    pub(crate) settings: Option<SubConferenceSettings>,
}

impl Sub {
    pub(crate) fn end(&self) -> SystemTime {
        self.start + self.length
    }

    /// The single meeting as responses show it.
    pub(crate) fn shown(&self) -> SubConference {
        let mut shown = SubConference::new()
            .sub_conference_id(self.id.as_str())
            .media_types(self.media_types.clone())
            .start_time(Timestamp::from(self.start))
            .end_time(Timestamp::from(self.end()));
        shown.auto_record = self.auto_record;
        shown.record_access = self.record_access;
        shown.description = self.description.clone();
        shown.settings = self.settings.clone();
        shown
    }
}

impl Series {
    /// The single meetings of a rule. They are at the same local time of the zone, in summer and in
    /// winter; that time is the one of `first`.
    pub(crate) fn of(
        rule: &RecurrenceRule,
        first: SystemTime,
        length: Duration,
        zone: Option<TimeZoneId>,
        media_types: &[MediaType],
        random: &mut Random,
    ) -> Result<Self, ServiceError> {
        let zone = time_zone(zone);
        let instant = jiff::Timestamp::try_from(first)
            .map_err(|_| errors::PARAMETER.with_message("`startTime` is out of range"))?;
        let time = instant.to_zoned(zone.clone()).time();
        let starts = days(rule)?
            .into_iter()
            .filter_map(|day| at(day, time, &zone));
        let subs: Vec<Sub> = starts
            .take(MOST)
            .map(|start| Sub {
                id: random.hex(32),
                start,
                length,
                media_types: media_types.to_vec(),
                auto_record: None,
                record_access: None,
                description: None,
                settings: None,
            })
            .collect();
        if subs.is_empty() {
            return Err(errors::PARAMETER.with_message("no day fits the rule"));
        }
        Ok(Self { subs })
    }

    /// The single meeting that runs at `now` or, if none does, the next one.
    pub(crate) fn next(&self, now: SystemTime) -> Option<&Sub> {
        self.subs.iter().find(|sub| now < sub.end())
    }
}

/// The zone of a booking; that of China when the booking names none.
fn time_zone(zone: Option<TimeZoneId>) -> TimeZone {
    let name = zone.and_then(TimeZoneId::iana_name);
    TimeZone::get(name.unwrap_or("Asia/Shanghai")).unwrap_or(TimeZone::UTC)
}

/// A local time as an instant. Where clocks skip it, the one after; where they show it twice, the
/// first.
fn at(day: Date, time: Time, zone: &TimeZone) -> Option<SystemTime> {
    let zoned = day.to_datetime(time).to_zoned(zone.clone()).ok()?;
    Some(SystemTime::from(zoned.timestamp()))
}

/// The local days of a rule.
fn days(rule: &RecurrenceRule) -> Result<Vec<Date>, ServiceError> {
    let civil = |date: WireDate| Date::from(date);
    let (first, last) = (civil(rule.start_date), civil(rule.end_date));
    let last = last.min(first.saturating_add(jiff::Span::new().days(LONGEST_DAYS)));
    let interval = i64::from(rule.interval.unwrap_or(1).max(1));
    let points = rule.days.clone().unwrap_or_default();
    let is_in = |day: &Date| *day >= first && *day <= last;
    let after = |start: Date, span: jiff::Span| start.checked_add(span).ok();
    let rounds = 0..=LONGEST_DAYS;
    let mut found: Vec<Date> = match rule.unit {
        RecurrenceUnit::Day => rounds
            .map_while(|round| after(first, jiff::Span::new().days(round * interval)))
            .take_while(|day| *day <= last)
            .collect(),
        RecurrenceUnit::Week => {
            let offset = i64::from(first.weekday().to_sunday_zero_offset());
            let sunday = after(first, jiff::Span::new().days(-offset)).unwrap_or(first);
            rounds
                .map_while(|round| after(sunday, jiff::Span::new().weeks(round * interval)))
                .take_while(|week| *week <= last)
                .flat_map(|week| {
                    let points = points.iter().filter(|point| **point <= 6);
                    points.filter_map(move |point| {
                        after(week, jiff::Span::new().days(i64::from(*point)))
                    })
                })
                .filter(is_in)
                .collect()
        }
        RecurrenceUnit::Month => {
            let month = first.first_of_month();
            rounds
                .map_while(|round| after(month, jiff::Span::new().months(round * interval)))
                .take_while(|month| *month <= last)
                .flat_map(|month| {
                    // A day that a month lacks becomes its last.
                    let points = points.iter().filter(|point| **point >= 1);
                    points.filter_map(move |point| {
                        let day = (*point).min(u32::from(month.days_in_month().unsigned_abs()));
                        after(month, jiff::Span::new().days(i64::from(day) - 1))
                    })
                })
                .filter(is_in)
                .collect()
        }
        _ => return Err(errors::CYCLE_TYPE.into()),
    };
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "these are tests")]
mod tests {
    use std::time::Duration;

    use meeting_types::{
        Date, TimeZoneId, Timestamp,
        models::{MediaType, RecurrenceRule, RecurrenceUnit},
    };

    use super::{MOST, Series};
    use crate::state::random::Random;

    fn starts(rule: &RecurrenceRule, first: &str, zone: &str) -> Vec<String> {
        let first: Timestamp = first.parse().unwrap();
        let zone = TimeZoneId::from_iana(zone).unwrap();
        let series = Series::of(
            rule,
            first.into(),
            Duration::from_secs(3600),
            Some(zone),
            &[MediaType::HdVideo],
            &mut Random::new(Some(1)),
        );
        let subs = series.unwrap().subs.into_iter();
        subs.map(|sub| Timestamp::from(sub.start).to_string())
            .collect()
    }

    fn rule(from: [u16; 3], to: [u16; 3], unit: RecurrenceUnit) -> RecurrenceRule {
        let date = |[year, month, day]: [u16; 3]| {
            let small = |number: u16| u8::try_from(number).unwrap();
            Date::new(i16::try_from(year).unwrap(), small(month), small(day)).unwrap()
        };
        RecurrenceRule::new(date(from), date(to), unit)
    }

    #[test]
    fn the_local_time_stays_when_clocks_change() {
        let mondays = rule([2027, 3, 15], [2027, 4, 6], RecurrenceUnit::Week).days([1_u32]);
        assert_eq!(
            starts(&mondays, "2027-03-15T08:00:00.000Z", "Europe/Paris"),
            [
                "2027-03-15T08:00:00.000Z",
                "2027-03-22T08:00:00.000Z",
                "2027-03-29T07:00:00.000Z",
                "2027-04-05T07:00:00.000Z",
            ]
        );
    }

    #[test]
    fn days_count_where_the_meeting_is() {
        // Monday morning in Shanghai is Sunday night in UTC.
        let mondays = rule([2027, 3, 15], [2027, 3, 22], RecurrenceUnit::Week).days([1_u32]);
        assert_eq!(
            starts(&mondays, "2027-03-14T23:30:00.000Z", "Asia/Shanghai"),
            ["2027-03-14T23:30:00.000Z", "2027-03-21T23:30:00.000Z"]
        );
    }

    #[test]
    fn a_day_that_a_month_lacks_is_its_last() {
        let ends = rule([2027, 1, 31], [2027, 4, 30], RecurrenceUnit::Month).days([31_u32]);
        assert_eq!(
            starts(&ends, "2027-01-31T02:00:00.000Z", "Asia/Shanghai"),
            [
                "2027-01-31T02:00:00.000Z",
                "2027-02-28T02:00:00.000Z",
                "2027-03-31T02:00:00.000Z",
                "2027-04-30T02:00:00.000Z",
            ]
        );
    }

    #[test]
    fn intervals_are_kept_and_the_number_is_limited() {
        let third = rule([2027, 1, 1], [2027, 1, 31], RecurrenceUnit::Day).interval(3);
        assert_eq!(
            starts(&third, "2027-01-01T02:00:00.000Z", "Asia/Shanghai").len(),
            11
        );
        let daily = rule([2027, 1, 1], [2027, 12, 31], RecurrenceUnit::Day);
        let all = starts(&daily, "2027-01-01T02:00:00.000Z", "Asia/Shanghai");
        assert_eq!(all.len(), MOST);
    }
}
