//! The service's table of time zones.

use meeting_types::{AccessToken, Timestamp};
use meeting_types::{
    Endpoint, Operation, TimeZoneId, VmrId,
    models::{Booking, Conference, MediaType, Webinar},
    operations::{CreateMeeting, CreateWebinar},
};
use proptest::prelude::*;
use std::time::Duration;

fn body_of<O: Operation<Authorization = AccessToken>>(operation: &O) -> serde_json::Value {
    let token = AccessToken::new("token");
    let request = operation.to_request(&Endpoint::china(), &token).unwrap();
    serde_json::from_slice(request.body()).unwrap()
}

#[test]
fn every_row_is_found_by_its_zone() {
    assert_eq!(TimeZoneId::all().len(), 77);
    for id in TimeZoneId::all() {
        let name = id.iana_name().unwrap();
        // Two rows stand for Irkutsk; the one with the offset of today is found.
        let found = if id.number() == 74 {
            TimeZoneId::new(57)
        } else {
            id
        };
        assert_eq!(TimeZoneId::from_iana(name), Ok(found), "{name}");
        assert_eq!(TimeZoneId::from_iana(&name.to_uppercase()), Ok(found));
        assert!(!id.name().unwrap().is_empty());
        let minutes = id.offset_minutes().unwrap();
        let printed = format!(
            "{}{:02}:{:02}",
            if minutes < 0 { '-' } else { '+' },
            minutes.abs() / 60,
            minutes.abs() % 60
        );
        assert_eq!(id.offset(), Some(printed.as_str()));
    }
}

#[test]
fn other_places_of_a_row_have_its_id() {
    for (name, number) in [
        ("Europe/Madrid", 29),
        ("Asia/Hong_Kong", 56),
        ("Asia/Calcutta", 48),
        ("America/Toronto", 13),
        ("Australia/Melbourne", 66),
    ] {
        assert_eq!(
            TimeZoneId::from_iana(name).unwrap().number(),
            number,
            "{name}"
        );
    }
}

#[test]
fn a_zone_without_a_row_lets_the_caller_choose() {
    let error = TimeZoneId::from_iana("Asia/Beirut").unwrap_err();
    assert_eq!(error.zone(), "Asia/Beirut");
    let text = error.to_string();
    assert!(
        text.contains("\"Asia/Beirut\": choose one from 0 to 77"),
        "{text}"
    );
    if cfg!(feature = "jiff") {
        assert!(text.contains("35 (Africa/Johannesburg)"), "{text}");
        assert!(error.candidates().contains(&TimeZoneId::new(35)));
    } else {
        assert!(text.contains("feature `jiff`"), "{text}");
    }
    assert!(TimeZoneId::from_iana("Nowhere/At_All").is_err());
    assert!(TimeZoneId::from_iana("").is_err());
}

#[test]
fn ids_travel_as_each_field_wants_them() {
    let booking = Booking::new([MediaType::HdVideo]).time_zone_id(29);
    assert_eq!(body_of(&CreateMeeting::new(booking))["timeZoneID"], "29");
    let start = Timestamp::from_utc(2027, 7, 5, 7, 30).unwrap();
    let hour = Duration::from_secs(3600);
    let webinar = CreateWebinar::new("W", start, hour, 29, VmrId::new("room"));
    assert_eq!(body_of(&webinar)["timeZoneId"], 29);
}

#[test]
fn any_number_is_read_in_text_or_plain() {
    let text: Conference =
        serde_json::from_str(r#"{"conferenceID":"1","timeZoneID":"56"}"#).unwrap();
    assert_eq!(text.time_zone_id, Some(TimeZoneId::new(56)));
    let number: Conference =
        serde_json::from_str(r#"{"conferenceID":"1","timeZoneID":99999}"#).unwrap();
    assert_eq!(number.time_zone_id, Some(TimeZoneId::new(99_999)));
    assert!(!number.time_zone_id.unwrap().is_known());
    let webinar: Webinar =
        serde_json::from_str(r#"{"conferenceId":"1","timeZoneId":"56"}"#).unwrap();
    assert_eq!(webinar.time_zone_id, Some(TimeZoneId::new(56)));
}

#[test]
fn the_number_of_an_id_is_parsed_and_the_name_of_a_zone_is_not() {
    assert_eq!("56".parse(), Ok(TimeZoneId::new(56)));
    assert_eq!(TimeZoneId::try_from(" 0 "), Ok(TimeZoneId::SERVICE_DEFAULT));
    let error = TimeZoneId::try_from("Asia/Shanghai")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("0 to 77") && error.contains("from_iana"),
        "{error}"
    );
}

proptest! {
    #[test]
    fn any_number_comes_back_and_only_the_table_passes(number: i64, near in -3_i64..82) {
        for id in [TimeZoneId::new(number), TimeZoneId::new(near)] {
            let json = serde_json::to_string(&id).unwrap();
            prop_assert_eq!(serde_json::from_str::<TimeZoneId>(&json).unwrap(), id);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
            let _ = (id.name(), id.offset_minutes(), id.has_summer_time(), format!("{id:?}"));
            let booking = Booking::new([MediaType::HdVideo]).time_zone_id(id);
            let request = CreateMeeting::new(booking)
                .to_request(&Endpoint::china(), &AccessToken::new("token"));
            prop_assert_eq!(request.is_ok(), (0..=77).contains(&id.number()));
        }
    }
}
