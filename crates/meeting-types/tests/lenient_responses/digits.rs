//! Ids without quotes: numbers where texts are due.

use meeting_types::{
    Endpoint, Problem, ServerOperation, Timestamp,
    events::{Event, EventPayload, ParticipantChange},
    models::InvitedAttendee,
    operations::{CreateMeeting, InviteParticipant, SearchMeetings},
    webhooks::{Signer, Verifier},
};
use serde_json::json;

use crate::{read, unreadable};

/// More digits than 64 bits and a float hold.
const LONG: &str = "123456789012345678901234567890";

fn booked_with(id: &str) -> (String, usize) {
    let body =
        format!(r#"[{{"conferenceID":{id},"subject":"a","size":1e300}},{{"conferenceID":2}}]"#);
    let response = read::<CreateMeeting>(body).unwrap();
    let left_out = response.left_out().items();
    let first = &response.value()[0];
    (first.conference_id.as_str().to_owned(), left_out)
}

#[test]
fn all_digits_of_a_whole_number_are_kept() {
    for id in [
        "0",
        "-1",
        "900825541",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        LONG,
    ] {
        assert_eq!(booked_with(id), (id.to_owned(), 0));
    }
}

#[test]
fn a_number_is_the_text_of_its_value_however_it_is_spelt() {
    for (spelt, text) in [
        ("1.0", "1"),
        ("1e3", "1000"),
        ("9.00825541E8", "900825541"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("1.50", "1.5"),
        ("9007199254740991.0", "9007199254740991"),
    ] {
        assert_eq!(booked_with(spelt), (text.to_owned(), 0), "{spelt}");
    }
}

/// Whoever wrote these had no more digits than a float, and lost the others.
#[test]
fn a_float_that_has_lost_digits_is_no_id() {
    for rounded in ["1e30", "9007199254740993.0", "1.2345678901234568E20"] {
        let (id, left_out) = booked_with(rounded);
        assert_eq!((&*id, left_out), ("2", 1), "{rounded}");
    }
    let only = unreadable::<CreateMeeting>(crate::response(200, r#"[{"conferenceID":1e30}]"#));
    assert!(only.to_string().contains("conferenceID"), "{only}");
}

#[test]
fn numbers_stay_numbers_beside_such_an_id() {
    let body = format!(
        r#"{{"offset":1.0,"limit":1e2,"count":{LONG},"data":[{{"conferenceID":{LONG},"conferenceType":0,
        "confUUID":"\"{LONG}","startTime":1763799960000,"unheardOf":{LONG}}}]}}"#
    );
    let response = read::<SearchMeetings>(body).unwrap();
    let page = response.value();
    assert_eq!(
        (page.offset, page.limit, page.count),
        (Some(1), Some(100), None)
    );
    assert_eq!(page.data[0].conference_id.as_str(), LONG);
    assert!(page.data[0].kind.is_some());
    let uuid = page.data[0].conference_uuid.as_ref().unwrap();
    assert_eq!(uuid.as_str(), format!("\"{LONG}"));
    assert_eq!(response.left_out().fields(), ["count"]);
    assert!(response.left_out().mends().is_empty(), "it is well-formed");
}

#[test]
fn they_are_kept_in_an_envelope_and_in_mended_text() {
    let body = format!(r#"{{"result":[{{"conferenceID":{LONG}}}]}}"#);
    let response = read::<CreateMeeting>(body).unwrap();
    assert_eq!(response.value()[0].conference_id.as_str(), LONG);
    let body = format!(r#"[{{"conferenceID":{LONG},"subject":"party \ud83d"}}]"#);
    let response = read::<CreateMeeting>(body).unwrap();
    assert_eq!(response.value()[0].conference_id.as_str(), LONG);
    assert_eq!(response.left_out().mends().len(), 1);
}

#[test]
fn they_are_kept_in_events_and_webhooks() {
    let data = format!(r#"[{{"pid":{LONG},"pinfoMap":{{"NAME":"Ann","later":{LONG}}}}}]"#);
    for data in [data.clone(), json!(data).to_string()] {
        let text = format!(r#"{{"action":"ParticipantsNotify","confID":{LONG},"data":{data}}}"#);
        let event = Event::parse(&text).unwrap();
        assert_eq!(event.conference_id.as_ref().unwrap().as_str(), LONG);
        let EventPayload::Participants(changes) = &event.payload else {
            panic!("{event:?}");
        };
        let ParticipantChange::Update(ann) = &changes[0] else {
            panic!("{event:?}");
        };
        assert_eq!(ann.participant_id.as_str(), LONG);
        assert_eq!(ann.extra["later"], LONG);
    }
    let text = format!(r#"{{"action":"LaterNotify","data":{LONG}}}"#);
    let EventPayload::Other(whole) = Event::parse(&text).unwrap().payload else {
        panic!("it has a type");
    };
    assert_eq!(whole["data"], LONG);

    let now: Timestamp = "2026-11-22 08:30".parse().unwrap();
    let info =
        format!(r#"{{"event":"meeting.end","payload":{{"meetingInfo":{{"meetingID":{LONG}}}}}}}"#);
    let body = Signer::new("id", "key").body_of(&info, now, "60426560");
    let event = Verifier::new("id", "key")
        .verify(&body, now.into())
        .unwrap()
        .event;
    assert_eq!(event.meeting().unwrap().conference_id.as_str(), LONG);
}

#[test]
fn a_server_takes_digits_without_quotes_and_no_other_number_for_a_text() {
    let request = |id: &str| {
        let invite = InviteParticipant::new(Vec::<InvitedAttendee>::new());
        let control = meeting_types::ConferenceCredential::new("900825541", "cnr0123");
        let mut request = invite
            .to_unchecked_request(&Endpoint::china(), &control)
            .unwrap();
        *request.body_mut() =
            format!(r#"{{"attendees":[{{"name":"Ann","type":"normal","phone":{id}}}]}}"#).into();
        InviteParticipant::from_request(&request)
    };
    for id in ["0", "18446744073709551616", LONG] {
        let read = request(id).unwrap();
        assert_eq!(read.attendees[0].phone.as_deref(), Some(id));
    }
    for id in ["1.0", "1e3", "1e30", "-0.0"] {
        let error = request(id).unwrap_err();
        assert_eq!(error.parameter(), "attendees[0].phone");
        assert_eq!(error.problem(), Problem::Unreadable { expected: "a text" });
    }
}
