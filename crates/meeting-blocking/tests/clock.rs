//! A client that shares the clock of the simulator.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::time::Duration;

use meeting_blocking::{
    Client, UreqTransport,
    types::operations::{CreateAppIdToken, SearchMeetings},
};
use meeting_sim::Simulator;

const DAY: Duration = Duration::from_secs(24 * 3600);

#[test]
fn a_client_over_the_clock_renews_its_login_when_days_have_passed() {
    let sim = Simulator::start().unwrap();
    let transport = sim.clock().over(UreqTransport::new());
    let credential = sim.app_credential().user_id("alice");
    let client = Client::builder(sim.endpoint()).with_credentials_over(transport, credential);
    client.send(&SearchMeetings::new()).unwrap();

    sim.advance(2 * DAY);
    client.send(&SearchMeetings::new()).unwrap();
    // It knew that its token was over, and did not have to be refused.
    assert_eq!(sim.request_count::<SearchMeetings>(), 2);
    sim.advance(60 * DAY);
    client.send(&SearchMeetings::new()).unwrap();
    assert_eq!(sim.request_count::<SearchMeetings>(), 3);
    assert_eq!(sim.request_count::<CreateAppIdToken>(), 2);
}

#[test]
fn a_client_with_a_clock_of_its_own_is_refused_when_days_have_passed() {
    let sim = Simulator::start().unwrap();
    sim.advance(2 * DAY);
    let client = Client::with_credentials(sim.endpoint(), sim.app_credential().user_id("alice"));
    let error = client.send(&SearchMeetings::new()).unwrap_err();
    assert_eq!(error.service().unwrap().code(), "USG.206010057");
}
