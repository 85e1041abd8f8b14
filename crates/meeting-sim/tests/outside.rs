//! What programs in other processes reach: health, mail and clock; and a set to show.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use bytes::Bytes;
use meeting_sim::Simulator;
use meeting_types::{
    Timestamp,
    models::ContactVerification,
    operations::{
        SearchCorpDir, SearchHisMeetings, SearchMeetings, SearchRecordings,
        SendVeriCodeForUpdateUserInfo,
    },
};
use serde_json::{Value, json};
use support::{bookings::log_in_as, call, log_in, send};

fn ask(sim: &Simulator, path: &str) -> Value {
    let request = http::Request::get(path).body(Bytes::new()).unwrap();
    let answer = send(sim, &request);
    assert_eq!(answer.status(), 200);
    serde_json::from_slice(answer.body()).unwrap()
}

fn tell(sim: &Simulator, path: &str, body: &Value) -> u16 {
    let request = http::Request::post(path).body(Bytes::from(body.to_string()));
    send(sim, &request.unwrap()).status().as_u16()
}

#[test]
fn health_says_ok() {
    let sim = Simulator::start().unwrap();
    assert_eq!(ask(&sim, "/_sim/health"), json!({"status": "ok"}));
    // It is no request to the service.
    assert_eq!(sim.total_requests(), 0);
}

#[test]
fn the_clock_is_moved_from_outside() {
    let sim = Simulator::start().unwrap();
    let before = ask(&sim, "/_sim/clock")["now"].as_i64().unwrap();
    assert_eq!(
        tell(&sim, "/_sim/clock", &json!({"advanceMs": 3_600_000})),
        200
    );
    let after = ask(&sim, "/_sim/clock")["now"].as_i64().unwrap();
    assert!(after - before >= 3_600_000, "{before} {after}");
    assert!(Timestamp::from(sim.now()).as_millis() >= after);
    assert_eq!(
        tell(&sim, "/_sim/clock", &json!({"advanceMs": "soon"})),
        400
    );
}

#[test]
fn codes_are_read_from_outside() {
    let sim = Simulator::start().unwrap();
    let user = log_in_as(&sim, "ann");
    let contact = ContactVerification::new("ann@mail.example");
    call(&sim, &SendVeriCodeForUpdateUserInfo::new(contact), &user).unwrap();
    let mail = ask(&sim, "/_sim/mail");
    assert_eq!(mail[0]["to"], "ann@mail.example");
    let code = sim.mailbox().code_for("ann@mail.example");
    assert_eq!(mail[0]["code"].as_str(), code.as_deref());
}

#[test]
fn a_demo_has_something_to_show() {
    let sim = Simulator::builder().demo(true).start().unwrap();
    sim.advance(Duration::from_secs(1));
    let token = log_in(&sim);
    assert!(
        call(&sim, &SearchCorpDir::new(), &token)
            .unwrap()
            .count
            .unwrap()
            > 7
    );
    let (since, until) = (Timestamp::from_secs(0), Timestamp::from(sim.now()));
    let runs = SearchHisMeetings::new(since, until).all_users(true);
    assert_eq!(call(&sim, &runs, &token).unwrap().count, Some(1));
    let recordings = SearchRecordings::new(since, until).all_users(true);
    assert_eq!(call(&sim, &recordings, &token).unwrap().count, Some(1));
}

/// Whoever logs in with the account that the program prints sees the meeting that it prints.
#[test]
fn meetings_of_the_simulator_are_the_demo_users() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let login = sim.account_credential().login().unwrap();
    let token = call(&sim, &login, &()).unwrap().access_token;
    let listed = call(&sim, &SearchMeetings::new(), &token).unwrap().data;
    assert_eq!(listed[0].conference_id, meeting.conference_id);
}
