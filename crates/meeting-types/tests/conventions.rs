//! Values behave as Rust programs expect of values: they are keys of maps, have defaults, and come from
//! and go to texts.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash},
};

use meeting_types::{
    ConferenceId, Country, Date, Endpoint, Operation, Page, TimeZoneId, Timestamp, Upload,
    events::{Event, EventKind, EventPayload, ServerFrame},
    models::{Booking, BookingAttendee, MediaType, ParticipantRole},
    operations::{
        CreateConfToken, CreateMeeting, MuteParticipant, SearchMeetings, SetProfileImage,
    },
    webhooks::WebhookEvent,
};

fn hashed(value: &impl Hash) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(value)
}

/// Values that can be keys of a map.
trait Key: Eq + Hash + Clone {}
impl<T: Eq + Hash + Clone> Key for T {}

#[test]
fn values_are_keys() {
    fn is_key<T: Key>() {}
    is_key::<ConferenceId>();
    is_key::<Timestamp>();
    is_key::<Date>();
    is_key::<TimeZoneId>();
    is_key::<Country>();
    is_key::<MediaType>();
    is_key::<ParticipantRole>();
    is_key::<EventKind>();
    is_key::<Endpoint>();
    is_key::<Upload>();
    is_key::<Page<BookingAttendee>>();
    is_key::<Booking>();
    is_key::<SetProfileImage>();
    is_key::<Event>();
    is_key::<EventPayload>();
    is_key::<WebhookEvent>();
}

#[test]
fn operations_that_ask_the_same_are_one_key() {
    let calls = [
        MuteParticipant::new("p1", true),
        MuteParticipant::new("p1", false),
        MuteParticipant::new("p2", true),
        MuteParticipant::new("p1", true),
    ];
    assert_eq!(HashSet::from(calls).len(), 3);

    // Neither a value in another field nor one more item is the same.
    let invited = |names: &[&str]| {
        let attendees = names.iter().map(|name| BookingAttendee::new().name(*name));
        CreateMeeting::new(Booking::default().attendees(attendees))
    };
    let hashes = [
        hashed(&invited(&[])),
        hashed(&invited(&["Ann"])),
        hashed(&invited(&["Ann", "Ben"])),
        hashed(&invited(&["AnnBen"])),
        hashed(&CreateMeeting::new(Booking::default())),
        hashed(&CreateMeeting::new(Booking::default().subject("Ann"))),
    ];
    assert_eq!(HashSet::from(hashes).len(), hashes.len());
}

#[test]
fn a_secret_is_compared_and_not_hashed() {
    let call = |password: &str| CreateConfToken::new("900825541").password(password);
    assert_ne!(call("246810"), call("135790"));
    assert_eq!(hashed(&call("246810")), hashed(&call("135790")));
    assert_ne!(
        hashed(&call("246810")),
        hashed(&CreateConfToken::new("900825541"))
    );
}

#[test]
fn an_event_is_a_key_whatever_was_mended_in_it() {
    let read = |text: &str| match ServerFrame::parse(text).unwrap() {
        ServerFrame::Event(event) => *event,
        frame => panic!("{frame:?}"),
    };
    let whole = read(r#"{"action":"LaterNotify","data":{"note":"a\ufffd"}}"#);
    let mended = read(r#"{"action":"LaterNotify","data":{"note":"a\ud83d"}}"#);
    assert_ne!(whole.mends(), mended.mends());
    assert_eq!(HashSet::from([whole, mended]).len(), 1);
}

#[test]
fn a_map_by_id_is_asked_with_a_text() {
    let seats = HashMap::from([(ConferenceId::new("900825541"), 12)]);
    assert_eq!(seats.get("900825541"), Some(&12));
    assert_eq!(String::from(ConferenceId::new("900825541")), "900825541");
}

#[test]
fn a_booking_without_wishes_is_a_video_meeting() {
    assert_eq!(Booking::default(), Booking::new([MediaType::HdVideo]));
    CreateMeeting::new(Booking::default()).validate().unwrap();
    assert_eq!(SearchMeetings::default(), SearchMeetings::new());
    assert_eq!(BookingAttendee::default(), BookingAttendee::new());
}

#[test]
fn open_enums_come_from_texts_and_are_texts() {
    fn take(text: impl AsRef<str>) -> usize {
        text.as_ref().len()
    }
    assert_eq!(take(MediaType::HdVideo), 7);
    assert_eq!(MediaType::from("HDVideo"), MediaType::HdVideo);
    assert_eq!(
        "LaterVideo".parse::<MediaType>().unwrap().as_str(),
        "LaterVideo"
    );
}
