//! Recurrence rules of calendars, in both directions.

use jiff::{Zoned, tz::TimeZone};
use meeting_types::{
    Date, RruleError,
    models::{RecurrenceRule, RecurrenceUnit},
};
use proptest::prelude::*;

/// Monday, half past nine in Paris.
fn start() -> Zoned {
    "2027-01-04T09:30[Europe/Paris]".parse().unwrap()
}

fn read(rule: &str) -> Result<RecurrenceRule, RruleError> {
    RecurrenceRule::from_rrule(rule, &start())
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn rule(end: &str, unit: RecurrenceUnit, interval: u32) -> RecurrenceRule {
    RecurrenceRule::new(day("2027-01-04"), day(end), unit).interval(interval)
}

#[test]
fn rules_of_calendars_become_those_of_the_service() {
    use RecurrenceUnit::{Day, Month, Week};
    for (text, expected) in [
        ("FREQ=DAILY;COUNT=10", rule("2027-01-13", Day, 1)),
        ("FREQ=DAILY;INTERVAL=3;COUNT=4", rule("2027-01-13", Day, 3)),
        (
            "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20270122",
            rule("2027-01-22", Week, 1).days([1_u32, 2, 3, 4, 5]),
        ),
        (
            "FREQ=WEEKLY;COUNT=3",
            rule("2027-01-18", Week, 1).days([1_u32]),
        ),
        (
            "RRULE:FREQ=WEEKLY;BYDAY=SU,TH;UNTIL=20270131T235959",
            rule("2027-01-31", Week, 1).days([0_u32, 4]),
        ),
        (
            "rrule:FREQ=WEEKLY;WKST=SU;INTERVAL=2;BYDAY=MO,WE;COUNT=4",
            rule("2027-01-20", Week, 2).days([1_u32, 3]),
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=3",
            rule("2027-03-15", Month, 1).days([15_u32]),
        ),
        (
            "FREQ=MONTHLY;COUNT=3",
            rule("2027-03-04", Month, 1).days([4_u32]),
        ),
        (
            "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1;COUNT=2",
            rule("2027-04-30", Month, 3).days([31_u32]),
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1;COUNT=3",
            rule("2027-03-30", Month, 1).days([30_u32]),
        ),
        // No month without a 30th is in between.
        (
            "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=30;COUNT=3",
            rule("2027-05-30", Month, 2).days([30_u32]),
        ),
    ] {
        assert_eq!(read(text), Ok(expected), "{text}");
    }
}

#[test]
fn an_end_in_utc_is_a_day_of_the_zone() {
    let end = |rule: &str, start: &str| {
        let start: Zoned = start.parse().unwrap();
        RecurrenceRule::from_rrule(rule, &start)
            .unwrap()
            .end_date
            .to_string()
    };
    // Midnight in Paris begins at 23:00 in UTC.
    let paris = "2027-01-04T00:30[Europe/Paris]";
    assert_eq!(
        end("FREQ=DAILY;UNTIL=20270120T233000Z", paris),
        "2027-01-21"
    );
    let auckland = "2027-01-04T09:00[Pacific/Auckland]";
    assert_eq!(
        end("FREQ=DAILY;UNTIL=20270119T200000Z", auckland),
        "2027-01-20"
    );
    // An end before the hour of the meetings leaves that day out.
    assert_eq!(
        end("FREQ=DAILY;UNTIL=20270119T195959Z", auckland),
        "2027-01-19"
    );
}

#[test]
fn what_the_service_cannot_express_is_named() {
    for (text, part) in [
        ("FREQ=YEARLY;COUNT=2", "FREQ=YEARLY"),
        ("FREQ=HOURLY;COUNT=2", "FREQ=HOURLY"),
        ("FREQ=DAILY;INTERVAL=16;COUNT=2", "INTERVAL=16"),
        ("FREQ=WEEKLY;INTERVAL=6;COUNT=2", "INTERVAL=6"),
        ("FREQ=MONTHLY;INTERVAL=4;COUNT=2", "INTERVAL=4"),
        ("FREQ=MONTHLY;BYDAY=1MO;COUNT=2", "BYDAY=1MO"),
        ("FREQ=MONTHLY;BYDAY=MO;COUNT=2", "BYDAY"),
        ("FREQ=DAILY;INTERVAL=2;BYDAY=MO;COUNT=2", "BYDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=-2;COUNT=2", "BYMONTHDAY=-2"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=4", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,2;BYSETPOS=1;COUNT=2", "BYSETPOS"),
        ("FREQ=WEEKLY;BYMONTH=3;COUNT=2", "BYMONTH"),
        ("FREQ=DAILY;BYHOUR=9,15;COUNT=2", "BYHOUR"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;COUNT=6", "WKST"),
        ("FREQ=WEEKLY;COUNT=51", "COUNT"),
        ("FREQ=DAILY;UNTIL=20270401", "UNTIL"),
        ("FREQ=MONTHLY;UNTIL=20280201", "UNTIL"),
        ("FREQ=MONTHLY;INTERVAL=3;COUNT=6", "COUNT"),
        ("FREQ=WEEKLY", "RRULE without COUNT and UNTIL"),
        (
            "RRULE:FREQ=WEEKLY;COUNT=5\r\nEXDATE:20270111T083000Z",
            "EXDATE",
        ),
        (
            "RRULE:FREQ=WEEKLY;COUNT=5\nRDATE;VALUE=DATE:20270112",
            "RDATE",
        ),
    ] {
        match read(text) {
            Err(RruleError::NotForTheService { part: named, .. }) => {
                assert_eq!(named, part, "{text}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    let error = read("FREQ=MONTHLY;BYDAY=1MO;COUNT=2")
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "the service cannot repeat a meeting by `BYDAY=1MO`: it has no first or last weekday of a month"
    );
}

#[test]
fn what_is_no_rule_is_said() {
    for text in [
        "",
        "RRULE:",
        "FREQ",
        "FREQ=SOMETIMES;COUNT=2",
        "COUNT=2",
        "FREQ=DAILY;UNTIL=soon",
        "FREQ=DAILY;UNTIL=20270230",
        "FREQ=DAILY;COUNT=2;UNTIL=20270110",
        "FREQ=DAILY;UNTIL=20260110",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;RSCALE=GREGORIAN;COUNT=2",
    ] {
        assert!(
            matches!(read(text), Err(RruleError::Invalid(_))),
            "{text}: {:?}",
            read(text)
        );
    }
    // Folded lines are one line.
    assert!(read("RRULE:FREQ=WEEKLY;\r\n COUNT=5\r\n").is_ok());
    // The hour of the start may be said again.
    assert!(read("FREQ=WEEKLY;BYHOUR=9;BYMINUTE=30;BYSECOND=0;COUNT=5").is_ok());
}

#[test]
fn rules_of_the_service_become_those_of_calendars() {
    use RecurrenceUnit::{Day, Month, Week};
    let zone = TimeZone::get("Europe/Paris").unwrap();
    for (rule, text) in [
        (
            rule("2027-01-13", Day, 3),
            "FREQ=DAILY;UNTIL=20270113T225959Z;INTERVAL=3",
        ),
        (
            rule("2027-06-30", Week, 1).days([1_u32, 0]),
            "FREQ=WEEKLY;UNTIL=20270630T215959Z;BYDAY=SU,MO",
        ),
        (
            rule("2027-06-30", Month, 1).days([15_u32, 1]),
            "FREQ=MONTHLY;UNTIL=20270630T215959Z;BYMONTHDAY=1,15",
        ),
        (
            rule("2027-06-30", Month, 2).days([30_u32]),
            "FREQ=MONTHLY;UNTIL=20270630T215959Z;INTERVAL=2;BYSETPOS=-1;BYMONTHDAY=28,29,30",
        ),
        (
            rule("2027-06-30", Month, 1).days([30_u32, 31]),
            "FREQ=MONTHLY;UNTIL=20270630T215959Z;BYMONTHDAY=30,-1",
        ),
    ] {
        assert_eq!(rule.to_rrule(&zone).as_deref(), Ok(text));
    }
    for (rule, named) in [
        (rule("2027-06-30", Week, 1), "days"),
        (rule("2027-06-30", Week, 1).days([7_u32]), "days"),
        (rule("2027-06-30", Month, 1).days([15_u32, 30]), "days"),
        (rule("2027-06-30", Month, 1).days([0_u32]), "days"),
        (rule("2027-06-30", Week, 2).days([0_u32, 1]), "interval"),
        (rule("2027-06-30", Day, 0), "interval"),
        (rule("2026-06-30", Day, 1), "end_date"),
        (rule("2027-06-30", RecurrenceUnit::from("Year"), 1), "unit"),
    ] {
        match rule.to_rrule(&zone) {
            Err(RruleError::NotForACalendar { field, .. }) => assert_eq!(field, named),
            other => panic!("{rule:?}: {other:?}"),
        }
    }
}

fn any_rule() -> impl Strategy<Value = RecurrenceRule> {
    let unit = prop_oneof![
        Just(RecurrenceUnit::Day),
        Just(RecurrenceUnit::Week),
        Just(RecurrenceUnit::Month)
    ];
    let days = proptest::collection::btree_set(0_u32..32, 1..5);
    (unit, 1_u32..16, days, 0_i64..366).prop_map(|(unit, interval, days, length)| {
        let (most, days) = match unit {
            RecurrenceUnit::Day => (15, None),
            RecurrenceUnit::Week => {
                let days: std::collections::BTreeSet<u32> =
                    days.into_iter().map(|day| day % 7).collect();
                (5, Some(days.into_iter().collect()))
            }
            _ => (3, Some(days.into_iter().filter(|day| *day > 0).collect())),
        };
        let first = day("2027-01-04");
        let last = first.checked_add_days(length).unwrap();
        let mut rule = RecurrenceRule::new(first, last, unit).interval(1 + interval % most);
        rule.days = days;
        rule
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_rule_comes_back_from_a_calendar(rule in any_rule()) {
        let start = start();
        if let Ok(text) = rule.to_rrule(start.time_zone()) {
            match RecurrenceRule::from_rrule(&text, &start) {
                Ok(read) => prop_assert_eq!(read, rule),
                // More than fifty meetings, or none at all.
                Err(RruleError::NotForTheService { part, .. }) => prop_assert_eq!(part, "UNTIL"),
                Err(RruleError::Invalid(why)) => prop_assert!(why.contains("no day"), "{}", why),
                Err(other) => prop_assert!(false, "{}: {}", text, other),
            }
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,60}", part in "(FREQ=(DAILY|WEEKLY|MONTHLY)|INTERVAL=[0-9]{1,3}|BY(DAY|MONTHDAY|SETPOS|HOUR)=[-0-9A-Z,]{0,6}|UNTIL=[0-9TZ]{0,16}|COUNT=[0-9]{0,3}|;){1,8}") {
        let _ = read(&text);
        let _ = read(&part.replace(['F', 'I', 'U'], ";$0"));
        let _ = read(&part);
    }
}
