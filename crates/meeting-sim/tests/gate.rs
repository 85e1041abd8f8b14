//! What is refused although a lenient reader would take it.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use bytes::Bytes;
use meeting_sim::Simulator;
use meeting_types::operations::{SearchMeetings, ShowMeetingDetail};
use serde_json::{Value, json};
use support::{call, log_in, refused, send};

/// Books by hand. Answers the status and the body.
fn book(sim: &Simulator, body: &Value) -> (u16, Value) {
    let token = log_in(sim);
    let request = http::Request::post("/v1/mmc/management/conferences")
        .header("Content-Type", "application/json")
        .header("X-Access-Token", token.expose())
        .body(Bytes::from(body.to_string()))
        .unwrap();
    let answer = send(sim, &request);
    let status = answer.status().as_u16();
    (status, serde_json::from_slice(answer.body()).unwrap())
}

/// The code that refuses a booking.
fn code(sim: &Simulator, body: &Value) -> String {
    let (status, body) = book(sim, body);
    assert_eq!(status, 400, "{body}");
    body["error_code"].as_str().unwrap().to_owned()
}

#[test]
fn undocumented_values_are_refused_with_the_code_of_their_field() {
    let sim = Simulator::start().unwrap();
    for (field, value, wanted) in [
        ("language", json!("xx-YY"), "MMC.111071035"),
        ("encryptMode", json!(77), "MMC.111071034"),
        ("recordType", json!(9), "MMC.111071038"),
        ("mediaTypes", json!("HDVideo,Smell"), "MMC.111071018"),
        ("mediaTypes", json!("Data"), "MMC.111071018"),
        ("startTime", json!("28.12.2030 09:00"), "MMC.111071061"),
        ("length", json!("soon"), "MMC.111071021"),
        (
            "confConfigInfo",
            json!({"callInRestriction": 9}),
            "MMC.111071061",
        ),
        (
            "attendees",
            json!([{"name": "Ann", "type": "robot"}]),
            "MMC.111071061",
        ),
    ] {
        let mut body = json!({"mediaTypes": "HDVideo"});
        body[field] = value;
        assert_eq!(code(&sim, &body), wanted, "{body}");
    }
    assert_eq!(
        call(&sim, &SearchMeetings::new(), &log_in(&sim))
            .unwrap()
            .count,
        Some(0)
    );
}

#[test]
fn a_lenient_simulator_takes_undocumented_values() {
    let sim = Simulator::builder().lenient(true).start().unwrap();
    let body = json!({"mediaTypes": "HDVideo", "attendees": [{"name": "Ann", "type": "robot"}]});
    assert_eq!(book(&sim, &body).0, 200);
}

#[test]
fn messages_begin_with_the_documented_constant() {
    let sim = Simulator::start().unwrap();
    let (_, body) = book(&sim, &json!({"mediaTypes": "HDVideo", "startTime": "soon"}));
    let message = body["error_msg"].as_str().unwrap();
    assert!(
        message.starts_with("PARAMETER_VERIFIED_FAIL: "),
        "{message}"
    );
    let nobody = call(&sim, &ShowMeetingDetail::new("1"), &log_in(&sim)).unwrap_err();
    assert_eq!(nobody.message(), "CONF_DATA_NOT_FOUND");
    assert_eq!(refused::<()>(Err(nobody)).1, "MMC.111070005");
}

/// The keys of the reference's sample of a booking, those that only some bookings have left out.
#[test]
fn a_booking_is_answered_as_rich_as_the_sample() {
    let sim = Simulator::start().unwrap();
    let attendees = json!([{"name": "Ann", "phone": "+991", "type": "normal"}]);
    let (status, body) = book(
        &sim,
        &json!({"mediaTypes": "HDVideo", "attendees": attendees}),
    );
    assert_eq!(status, 200);
    let booked = &body[0];
    for key in [
        "accessNumber",
        "chairJoinUri",
        "confConfigInfo",
        "confType",
        "conferenceID",
        "conferenceState",
        "conferenceType",
        "deptName",
        "endTime",
        "guestJoinUri",
        "isAutoMute",
        "isAutoRecord",
        "language",
        "mediaTypes",
        "normalCount",
        "partAttendeeInfo",
        "passwordEntry",
        "recordType",
        "scheduserName",
        "size",
        "startTime",
        "subject",
        "terminlCount",
        "timeZoneID",
        "userUUID",
        "vmrFlag",
    ] {
        assert!(!booked[key].is_null(), "{key} is missing in {booked}");
    }
    for key in [
        "callInRestriction",
        "isAutoMute",
        "isGuestFreePwd",
        "isSendCalendar",
        "isSendNotify",
        "isSendSms",
        "prolongLength",
    ] {
        assert!(!booked["confConfigInfo"][key].is_null(), "{key}");
    }
    for key in ["isMute", "name", "phone", "role", "type"] {
        assert!(!booked["partAttendeeInfo"][0][key].is_null(), "{key}");
    }
    assert_eq!(booked["mediaTypes"], "Data,Voice,HDVideo");
}

#[test]
fn an_empty_page_has_an_empty_list() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let request = http::Request::get("/v1/mmc/management/conferences")
        .header("X-Access-Token", token.expose())
        .body(Bytes::new())
        .unwrap();
    let page: Value = serde_json::from_slice(send(&sim, &request).body()).unwrap();
    assert_eq!(page["count"], 0);
    assert_eq!(page["data"], json!([]));
}
