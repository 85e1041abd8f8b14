//! Booking at the time that a clock on the wall shows.

use jiff::{
    Zoned,
    civil::{DateTime, date},
    tz::{Disambiguation, TimeZone, TimeZoneDatabase},
};
use meeting_types::{
    LocalStart, LocalTimeError, TimeZoneId, Timestamp,
    models::{Booking, MediaType},
};
use proptest::prelude::*;

fn utc(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn booking() -> Booking {
    Booking::new([MediaType::HdVideo])
}

#[test]
fn summer_and_winter_start_at_other_instants() {
    let half_past_nine = |month| date(2027, month, 5).at(9, 30, 0, 0);
    for (zone, id, january, july) in [
        ("Europe/Paris", 29, "2027-01-05 08:30", "2027-07-05 07:30"),
        (
            "Australia/Sydney",
            66,
            "2027-01-04 22:30",
            "2027-07-04 23:30",
        ),
        (
            "Pacific/Auckland",
            71,
            "2027-01-04 20:30",
            "2027-07-04 21:30",
        ),
        (
            "America/New_York",
            13,
            "2027-01-05 14:30",
            "2027-07-05 13:30",
        ),
        ("Asia/Kolkata", 48, "2027-01-05 04:00", "2027-07-05 04:00"),
        // The service prints +06:00 for it, and the clocks there show +05:30.
        ("Asia/Colombo", 52, "2027-01-05 04:00", "2027-07-05 04:00"),
        ("America/Nuuk", 21, "2027-01-05 11:30", "2027-07-05 10:30"),
    ] {
        for (month, instant) in [(1, january), (7, july)] {
            let booked = booking()
                .starts_at_local(half_past_nine(month), zone)
                .unwrap();
            assert_eq!(booked.start_time, Some(utc(instant)), "{zone} {month}");
            assert_eq!(booked.time_zone_id, Some(TimeZoneId::new(id)), "{zone}");
        }
    }
}

#[test]
fn a_time_that_clocks_skip_names_both_instants() {
    let skipped = date(2027, 3, 28).at(2, 30, 0, 0);
    let error = booking()
        .starts_at_local(skipped, "Europe/Paris")
        .unwrap_err();
    assert!(matches!(error, LocalTimeError::Gap { .. }), "{error:?}");
    let both = [utc("2027-03-28 00:30"), utc("2027-03-28 01:30")];
    assert_eq!(error.instants(), Some(both));
    let text = error.to_string();
    for part in [
        "Europe/Paris",
        "skip 2027-03-28T02:30:00",
        "T00:30:00",
        "T01:30:00",
        "choosing",
    ] {
        assert!(text.contains(part), "{text}");
    }
    for (choice, instant) in [
        (Disambiguation::Earlier, both[0]),
        (Disambiguation::Later, both[1]),
    ] {
        let start = LocalStart::choosing(skipped, "Europe/Paris", choice).unwrap();
        assert_eq!(start.instant, instant);
    }
}

#[test]
fn a_time_that_clocks_show_twice_names_both_instants() {
    let twice = date(2027, 10, 31).at(2, 30, 0, 0);
    let zone = TimeZone::get("Europe/Paris").unwrap();
    let error = booking().starts_at_local(twice, &zone).unwrap_err();
    assert!(matches!(error, LocalTimeError::Fold { .. }), "{error:?}");
    let both = [utc("2027-10-31 00:30"), utc("2027-10-31 01:30")];
    assert_eq!(error.instants(), Some(both));
    assert!(error.to_string().contains("twice"), "{error}");
    let later = LocalStart::choosing(twice, &zone, Disambiguation::Later).unwrap();
    assert_eq!(booking().starts_at(later).start_time, Some(both[1]));
}

#[test]
fn the_other_hemisphere_has_its_gaps_and_folds_in_other_months() {
    let gap = date(2027, 10, 3).at(2, 15, 0, 0);
    let fold = date(2027, 4, 4).at(2, 15, 0, 0);
    let error = |local| LocalStart::new(local, "Australia/Sydney").unwrap_err();
    assert!(matches!(error(gap), LocalTimeError::Gap { .. }));
    assert!(matches!(error(fold), LocalTimeError::Fold { .. }));
    // The change there is by half an hour.
    let half = date(2027, 10, 3).at(2, 15, 0, 0);
    let error = LocalStart::new(half, "Australia/Lord_Howe").unwrap_err();
    let [earlier, later] = error.instants().unwrap();
    assert_eq!((later - earlier).as_secs(), 1800);
}

#[test]
fn a_zone_that_is_none_is_named() {
    let error = booking().starts_at_local(date(2027, 1, 5).at(9, 0, 0, 0), "Europe/Pariss");
    let text = error.unwrap_err().to_string();
    assert!(text.contains("\"Europe/Pariss\""), "{text}");
}

#[test]
fn a_zone_without_an_id_says_when_it_would_start_and_what_to_choose() {
    let local = date(2027, 1, 5).at(9, 0, 0, 0);
    let error = LocalStart::new(local, "Pacific/Chatham").unwrap_err();
    let LocalTimeError::NoTimeZoneId { instant, source } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(*instant, utc("2027-01-04 19:15"));
    assert!(source.candidates().is_empty());
    assert!(error.to_string().contains("2027-01-04T19:15"), "{error}");

    // With an id of the caller's choice it can be booked all the same.
    let booked = booking().start_time(*instant).time_zone_id(71);
    assert_eq!(booked.start_time, Some(*instant));
}

#[test]
fn a_zoned_time_needs_no_choice() {
    let zoned: Zoned = "2027-10-31T02:30:00+01:00[Europe/Paris]".parse().unwrap();
    let start = LocalStart::try_from(&zoned).unwrap();
    assert_eq!(start.instant, utc("2027-10-31 01:30"));
    assert_eq!(start.time_zone_id.number(), 29);
}

#[test]
fn ids_by_rules_have_the_same_clock() {
    for (name, number) in [
        ("Asia/Manila", 56),
        ("Europe/Istanbul", 40),
        ("America/Detroit", 13),
        ("Europe/Oslo", 27),
        ("UTC", 25),
        ("Africa/Algiers", 31),
        ("America/Argentina/Cordoba", 20),
        ("US/Pacific", 5),
    ] {
        assert_eq!(
            TimeZoneId::from_iana(name).unwrap().number(),
            number,
            "{name}"
        );
    }
    let from = utc("2027-01-01 00:00");
    let fixed = TimeZone::fixed(jiff::tz::offset(8));
    assert_eq!(TimeZoneId::for_zone(&fixed, from).unwrap().number(), 56);
    // The rules are those of the years after that day: Istanbul kept summer time until 2016.
    let istanbul = TimeZone::get("Europe/Istanbul").unwrap();
    assert!(TimeZoneId::for_zone(&istanbul, utc("2000-01-01 00:00")).is_err());
}

#[test]
fn the_column_of_summer_time_is_what_the_zones_do() {
    // The data that the crate brings along, because those of a machine may be of any year.
    let zones = TimeZoneDatabase::bundled();
    let (winter, summer) = (utc("2027-01-10 00:00"), utc("2027-07-10 00:00"));
    for id in TimeZoneId::all() {
        let zone = zones.get(id.iana_name().unwrap()).unwrap();
        let offset = |at: Timestamp| zone.to_offset(at.try_into().unwrap()).seconds();
        let changes = offset(winter) != offset(summer);
        assert_eq!(id.has_summer_time(), changes, "{id:?}");
        let standard = offset(winter).min(offset(summer));
        let is_current = standard == id.offset_minutes().unwrap() * 60;
        assert_eq!(id.offset_is_current(), is_current, "{id:?}");
    }
}

proptest! {
    #[test]
    fn any_local_time_is_booked_or_refused_with_a_reason(
        days in 0..1500_i64,
        minute in 0..1440_i64,
        number in 1..78_i64,
    ) {
        let midnight: DateTime = date(2026, 1, 1).at(0, 0, 0, 0);
        let local = midnight
            .checked_add(jiff::SignedDuration::from_mins(days * 1440 + minute))
            .unwrap();
        let id = TimeZoneId::new(number);
        let zone = TimeZone::get(id.iana_name().unwrap()).unwrap();
        match LocalStart::new(local, &zone) {
            Ok(start) => {
                let instant: jiff::Timestamp = start.instant.try_into().unwrap();
                prop_assert_eq!(zone.to_datetime(instant), local);
            }
            Err(error) => {
                let [earlier, later] = error.instants().unwrap();
                prop_assert!(earlier < later);
                let ambiguous = zone.to_ambiguous_zoned(local);
                prop_assert!(ambiguous.is_ambiguous());
            }
        }
    }
}
