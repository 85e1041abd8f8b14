//! Ids, enums, times and secrets in types of one's own.

use std::collections::BTreeMap;

use meeting_types::{
    AccessToken, ConferenceId, Date, Endpoint, Page, ParticipantId, Password, RefreshToken,
    Timestamp, Upload,
    events::{EventKind, ParticipantState, Sequence},
    models::{Booking, MediaType, ParticipantRole},
    operations::{
        CreateConfToken, CreateMeeting, LockView, SearchMeetings, SetProfileImage, UpdateMeeting,
    },
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::formats::{cbor, comes_back};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    id: ConferenceId,
    at: Timestamp,
    day: Option<Date>,
    kind: MediaType,
    role: ParticipantRole,
    seats: BTreeMap<ParticipantId, EventKind>,
    by_role: std::collections::HashMap<ParticipantRole, Sequence>,
}

#[test]
fn a_row_of_a_table_has_values_of_the_sdk() {
    let row = Row {
        id: ConferenceId::new("912345678"),
        at: "2026-11-22 08:30".parse().unwrap(),
        day: Some("2026-11-22".parse().unwrap()),
        kind: MediaType::HdVideo,
        role: ParticipantRole::Host,
        seats: BTreeMap::from([("p1".into(), EventKind::from("LaterNotify"))]),
        by_role: [(ParticipantRole::from(7), Sequence::new("0001"))].into(),
    };
    comes_back(&row);
    assert_eq!(
        serde_json::to_value(&row).unwrap(),
        json!({
            "id": "912345678",
            "at": "2026-11-22T08:30:00.000Z",
            "day": "2026-11-22",
            "kind": "HDVideo",
            "role": 1,
            "seats": {"p1": "LaterNotify"},
            "by_role": {"7": "0001"},
        })
    );
}

#[test]
fn values_are_read_in_other_spellings_too() {
    let read = |json| serde_json::from_value::<Timestamp>(json);
    let at = Timestamp::from_millis(1_795_336_200_000);
    for json in [
        json!("2026-11-22T08:30:00Z"),
        json!("2026-11-22T16:30:00+08:00"),
        json!("2026-11-22 08:30"),
        json!("1795336200000"),
        json!(1_795_336_200_000_i64),
    ] {
        assert_eq!(read(json).unwrap(), at);
    }
    let error = read(json!("next week")).unwrap_err().to_string();
    assert!(error.contains("next week"), "{error}");
    assert!(read(json!(true)).is_err());
    assert!(serde_json::from_value::<Date>(json!("2026-02-30")).is_err());
    // Ids have come as numbers.
    let id: ConferenceId = serde_json::from_value(json!(912_345_678)).unwrap();
    assert_eq!(id.as_str(), "912345678");
    assert!(serde_json::from_value::<ConferenceId>(json!(null)).is_err());
    assert!(serde_json::from_value::<ParticipantRole>(json!(1_i64 << 40)).is_err());
    let role: ParticipantRole = serde_json::from_value(json!("1")).unwrap();
    assert_eq!(role, ParticipantRole::Host);
}

#[test]
fn a_page_and_an_endpoint_come_back() {
    comes_back(&Endpoint::international());
    comes_back(
        &"https://gateway.example.com:8443/a/b"
            .parse::<Endpoint>()
            .unwrap(),
    );

    comes_back(&Page::<ConferenceId>::default());
    let mut page = Page::new(vec![MediaType::HdVideo, "Later".into()], Some(90));
    page.held = 3;
    comes_back(&page);

    let read = |json| serde_json::from_value::<Page<ConferenceId>>(json);
    let page = read(json!({"items": ["1", 2], "held": 1, "later": {}})).unwrap();
    assert_eq!(page, Page::new(vec!["1".into(), "2".into()], None));
    assert!(read(json!({"count": 1})).is_err());
    assert!(read(json!({"items": ["1"], "count": "many"})).is_err());
}

#[test]
fn texts_and_numbers_become_values_as_in_other_crates() {
    assert_eq!("HDVideo".parse(), Ok(MediaType::HdVideo));
    assert_eq!(MediaType::from("HDVideo".to_owned()), MediaType::HdVideo);
    assert_eq!("1".parse(), Ok(ParticipantRole::Host));
    assert!("host".parse::<ParticipantRole>().is_err());
    assert_eq!("p1".parse(), Ok(ParticipantId::new("p1")));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_time_comes_back(millis in any::<i64>(), near in -70_000_000_000_000_i64..300_000_000_000_000) {
        for millis in [millis, near] {
            comes_back(&Timestamp::from_millis(millis));
        }
    }

    #[test]
    fn any_day_comes_back(year in -9999_i16..=9999, month in 1_u8..=12, day in 1_u8..=28) {
        comes_back(&Date::new(year, month, day).unwrap());
    }

    #[test]
    fn any_id_comes_back(text in ".*", code in any::<i32>()) {
        comes_back(&ConferenceId::new(text.as_str()));
        comes_back(&MediaType::from(text.as_str()));
        comes_back(&ParticipantState::from(code));
    }

    /// Times and spans that are finer than their wire, and lists that a comma would cut.
    #[test]
    fn a_booking_keeps_what_the_wire_rounds(
        millis in 0..4_000_000_000_000_i64,
        nanos in any::<u64>(),
        types in prop::collection::vec("[a-z ,]{1,4}", 1..4),
    ) {
        let booking = Booking::new(types.iter().map(|text| MediaType::from(text.as_str())))
            .start_time(Timestamp::from_millis(millis))
            .duration(std::time::Duration::from_nanos(nanos));
        comes_back(&CreateMeeting::new(booking));
    }
}

#[test]
fn an_operation_keeps_its_parameters_of_all_places() {
    // In the query, and in the body under the same name.
    let view = LockView::new("p1", "p2", true);
    comes_back(&view);
    let json = serde_json::to_value(&view).unwrap();
    assert_eq!(json["query.participantID"], "p1");
    assert_eq!(json["participantID"], "p2");
    // In a header, secrets as well: without them it would be another call.
    let control = CreateConfToken::new("912345678").password("246810");
    comes_back(&control);
    assert_eq!(
        serde_json::to_value(&control).unwrap()["X-Password"],
        "246810"
    );

    let update = UpdateMeeting::new("912345678", Booking::new([MediaType::HdVideo]));
    let json = serde_json::to_value(&update).unwrap();
    let expected = json!({"conferenceID": "912345678", "body": {"mediaTypes": "HDVideo"}});
    assert_eq!(json, expected);
    comes_back(&update);
    comes_back(&SetProfileImage::new(Upload::new(
        "me.png",
        "image/png",
        &b"\x89PNG\xff"[..],
    )));
}

#[test]
fn an_operation_that_does_not_fit_is_an_error() {
    let error = |json| {
        let read = serde_json::from_value::<UpdateMeeting>(json);
        read.unwrap_err().to_string()
    };
    let booking = json!({"mediaTypes": "HDVideo"});
    assert_eq!(
        error(json!({"conferenceId": "1", "body": booking})),
        "UpdateMeeting has no parameter `conferenceId`"
    );
    assert_eq!(
        error(json!({"body": booking})),
        "`conferenceID` is missing or unusable"
    );
    assert_eq!(
        error(json!({"conferenceID": "1", "body": {}})),
        "`body.mediaTypes` is missing or unusable"
    );
    let search = |limit| serde_json::from_value::<SearchMeetings>(json!({"limit": limit}));
    let unusable = search(json!("abc")).unwrap_err().to_string();
    assert_eq!(unusable, "`limit` is missing or unusable");
    assert_eq!(search(json!(null)).unwrap(), SearchMeetings::new());
    let twice = r#"{"conferenceID": "1", "conferenceID": "2"}"#;
    let error = serde_json::from_str::<UpdateMeeting>(twice).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("`conferenceID` stands there twice")
    );
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Login {
    #[serde(with = "meeting_types::exposed")]
    token: AccessToken,
    #[serde(with = "meeting_types::exposed")]
    refresh: Option<RefreshToken>,
    #[serde(with = "meeting_types::exposed")]
    password: Option<Password>,
}

#[test]
fn secrets_are_written_where_that_is_asked_for() {
    let login = Login {
        token: AccessToken::new("cnrAccess"),
        refresh: Some(RefreshToken::new("cnrRefresh")),
        password: None,
    };
    comes_back(&login);
    assert_eq!(
        serde_json::to_value(&login).unwrap(),
        json!({"token": "cnrAccess", "refresh": "cnrRefresh", "password": null})
    );
    let error = serde_json::from_value::<Login>(json!({"token": null})).unwrap_err();
    assert_eq!(error.to_string(), "a secret is missing");
    // The form does not depend on whether people can read the format.
    let read: ciborium::Value = ciborium::from_reader(&*cbor(&login.token.expose())).unwrap();
    assert_eq!(read.as_text(), Some("cnrAccess"));
}
