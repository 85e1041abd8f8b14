//! Lists as iterators, from a service that never answers an empty part.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use meeting_blocking::{
    Client, RetryPolicy,
    types::{
        ServiceError,
        http::StatusCode,
        models::{Booking, MediaType},
        operations::{CreateMeeting, SearchMeetings},
    },
};
use meeting_sim::Simulator;

/// A service with so many meetings, and a client that tries once.
fn stage(meetings: usize) -> (Simulator, Client) {
    let sim = Simulator::start().unwrap();
    let client = Client::with_credentials(sim.endpoint(), sim.app_credential());
    for number in 0..meetings {
        let booking = Booking::new([MediaType::HdVideo]).subject(format!("Meeting {number}"));
        client.send(&CreateMeeting::new(booking)).unwrap();
    }
    (sim, client.with_retry(RetryPolicy::never()))
}

/// A fault of the service that passes.
fn broken() -> ServiceError {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    ServiceError::new(status, "MMC.111000001", "try again")
}

#[test]
fn an_iterator_gives_out_every_item_and_ends() {
    for (meetings, limit, parts) in [(0, 2, 1), (1, 2, 1), (4, 2, 2), (5, 2, 3), (3, 500, 1)] {
        let (sim, client) = stage(meetings);
        let mut pages = client.pages(SearchMeetings::new().limit(limit));
        let found = pages.by_ref().take(meetings + 1).map(Result::unwrap);
        assert_eq!(found.count(), meetings);
        // It stays over.
        assert!(pages.next().is_none());
        assert!(pages.next_page().unwrap().is_none());
        let asked = sim.request_count::<SearchMeetings>();
        assert_eq!(asked, parts, "{meetings} by {limit}");
    }
}

#[test]
fn an_error_ends_it_and_the_part_can_be_asked_for_again() {
    let (sim, client) = stage(5);
    let mut pages = client.pages(SearchMeetings::new().limit(2));
    pages.next().unwrap().unwrap();
    assert_eq!(pages.next_page().unwrap().unwrap().len(), 1);

    sim.fail_next::<SearchMeetings>(broken());
    pages.next().unwrap().unwrap_err();
    let before = sim.request_count::<SearchMeetings>();
    assert!(pages.next().is_none());
    let asked = sim.request_count::<SearchMeetings>();
    assert_eq!(asked, before, "it asks although it has ended");

    sim.fail_next::<SearchMeetings>(broken());
    pages.next_page().unwrap_err();
    assert_eq!(pages.next_page().unwrap().unwrap().len(), 2);
    assert_eq!(pages.map(Result::unwrap).count(), 1);
}

#[test]
fn a_retry_policy_holds_for_the_clients_made_with_it() {
    let (sim, never) = stage(1);
    let search = SearchMeetings::new();
    let patient = never.with_retry(RetryPolicy::never().max_attempts(2));
    sim.fail_next::<SearchMeetings>(broken());
    never.send(&search).unwrap_err();
    sim.fail_next::<SearchMeetings>(broken());
    patient.send(&search).unwrap();
    assert_eq!(sim.request_count::<SearchMeetings>(), 3);
}
