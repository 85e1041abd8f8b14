//! Sums, differences and comparisons of times and days.

use std::time::{Duration, SystemTime};

use meeting_types::{Date, Timestamp};
use proptest::prelude::*;

#[test]
fn an_end_is_a_start_and_a_duration() {
    let start = Timestamp::from_utc(2026, 11, 30, 23, 30).unwrap();
    let end = start + Duration::from_secs(3600);
    assert_eq!(end.to_string(), "2026-12-01T00:30:00.000Z");
    assert_eq!(end - start, Duration::from_secs(3600));
    assert_eq!(start - end, Duration::ZERO);
    assert_eq!(start.checked_duration_since(end), None);
    assert!(start < end);

    let mut moved = end;
    moved -= Duration::from_secs(60);
    moved += Duration::from_millis(59_999);
    assert_eq!(end - moved, Duration::from_millis(1));
}

#[test]
fn sums_beyond_the_end_stop_there() {
    let second = Duration::from_secs(1);
    assert_eq!(Timestamp::MAX + second, Timestamp::MAX);
    assert_eq!(Timestamp::MIN - second, Timestamp::MIN);
    assert_eq!(Timestamp::MAX.checked_add(second), None);
    assert_eq!(Timestamp::MIN.checked_sub(second), None);
    assert_eq!(Timestamp::MIN + Duration::MAX, Timestamp::MAX);
    assert_eq!(
        Timestamp::MAX - Timestamp::MIN,
        Duration::from_millis(u64::MAX)
    );
}

#[test]
fn times_before_1970_are_rounded_down_as_well() {
    let before = |nanos| Timestamp::from(SystemTime::UNIX_EPOCH - Duration::from_nanos(nanos));
    assert_eq!(before(1).as_millis(), -1);
    assert_eq!(before(1_000_000).as_millis(), -1);
    assert_eq!(before(1_000_001).as_millis(), -2);
}

#[test]
fn days_are_counted_over_months_and_leap_days() {
    let day = |text: &str| text.parse::<Date>().unwrap();
    assert_eq!(
        day("2028-02-28").checked_add_days(1),
        Some(day("2028-02-29"))
    );
    assert_eq!(
        day("2027-01-01").checked_add_days(-1),
        Some(day("2026-12-31"))
    );
    assert_eq!(day("2027-01-01").days_since(day("2026-01-01")), 365);
    assert_eq!(day("9999-12-31").checked_add_days(1), None);
    assert_eq!(day("2026-11-29").weekday(), 0);
    assert_eq!(day("2026-12-05").weekday(), 6);
}

#[test]
fn a_day_and_a_clock_in_utc_are_a_time() {
    let day = Date::try_from("2026-11-22").unwrap();
    let at = day.at_utc(8, 30).unwrap();
    assert_eq!(Timestamp::try_from("2026-11-22 08:30"), Ok(at));
    assert_eq!(at.utc_date(), Some(day));
    assert!(day.at_utc(24, 0).is_err() && day.at_utc(0, 60).is_err());
    assert!(Timestamp::from_utc(2026, 2, 29, 0, 0).is_err());
    assert_eq!(Timestamp::MAX.utc_date(), None);
}

proptest! {
    #[test]
    fn arithmetic_never_panics_and_keeps_to_the_milliseconds(
        millis: i64,
        other: i64,
        span: Duration,
    ) {
        let (at, other) = (Timestamp::from_millis(millis), Timestamp::from_millis(other));
        if let Some(later) = at.checked_add(span) {
            prop_assert_eq!((later - at).as_millis(), span.as_millis());
            prop_assert_eq!(later.checked_sub(span), Some(at));
            prop_assert_eq!(at + span, later);
        } else {
            prop_assert_eq!(at + span, Timestamp::MAX);
        }
        let earlier = at - span;
        prop_assert!(earlier <= at && at <= at + span);
        let (first, last) = (at.min(other), at.max(other));
        prop_assert_eq!(first + (last - first), last);
        let _ = (SystemTime::from(at), at.utc_date(), at.to_string());
    }

    #[test]
    fn the_days_between_two_days_lead_from_one_to_the_other(
        (year, month, day) in (-9999_i16..=9999, 1_u8..=12, 1_u8..=28),
        days: i64,
        near in -4_000_000_i64..4_000_000,
    ) {
        let first = Date::new(year, month, day).unwrap();
        let _ = first.checked_add_days(days);
        if let Some(last) = first.checked_add_days(near) {
            prop_assert_eq!(last.days_since(first), near);
            prop_assert_eq!(
                i64::from(last.weekday()),
                (i64::from(first.weekday()) + near).rem_euclid(7)
            );
        }
    }

    #[test]
    fn system_times_come_back(seconds in -100_000_000_000_i64..100_000_000_000, millis in 0..1000_i64) {
        let at = Timestamp::from_millis(seconds * 1000 + millis);
        prop_assert_eq!(Timestamp::from(SystemTime::from(at)), at);
    }
}
