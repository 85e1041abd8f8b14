//! What a test puts in place of the service's answers, for any operation.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use bytes::Bytes;
use meeting_sim::Simulator;
use meeting_types::{
    AccessToken, Page, PagedOperation, PagedServerOperation, ServiceError, every_operation,
    http::StatusCode,
    models::{CorpUser, ListedUser},
    operations::{self, CreateWebinar, SearchMeetings, SearchUsers, ShowUserDetail},
};
use support::{call, log_in, refused, send};

#[test]
fn an_answer_takes_the_place_of_the_service_once() {
    let sim = Simulator::start().unwrap();
    let token = AccessToken::new("anything");
    let page = Page::new(vec![ListedUser::new().name("Ann")], Some(1));
    sim.answer_next::<SearchUsers>(SearchUsers::output_of(page.clone(), 0, 20));
    let answered = call(&sim, &SearchUsers::new(), &token).unwrap();
    assert_eq!(SearchUsers::take_page(answered), page);
    assert_eq!(sim.request_count::<SearchUsers>(), 1);
    assert!(call(&sim, &SearchUsers::new(), &token).is_err());
    assert_eq!(sim.request_count::<SearchUsers>(), 2);
}

#[test]
fn answers_and_refusals_wait_in_one_line() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let busy = ServiceError::new(StatusCode::CONFLICT, "USG.201040001", "busy");
    sim.fail_next::<ShowUserDetail>(busy);
    sim.answer_next::<ShowUserDetail>(CorpUser::new().name("Ann"));
    let show = ShowUserDetail::new("ann");
    let first = refused(call(&sim, &show, &token));
    assert_eq!(first, (409, "USG.201040001".to_owned()));
    let second = call(&sim, &show, &token).unwrap();
    assert_eq!(second.name.as_deref(), Some("Ann"));
}

#[test]
fn a_function_answers_until_it_is_taken_away() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    sim.handle::<ShowUserDetail>(|show| Ok(CorpUser::new().name(show.account_id.as_str())));
    for name in ["ann", "bo"] {
        let shown = call(&sim, &ShowUserDetail::new(name), &token).unwrap();
        assert_eq!(shown.name.as_deref(), Some(name));
    }
    sim.stop_handling::<ShowUserDetail>();
    assert!(call(&sim, &ShowUserDetail::new("ann"), &token).is_err());
}

/// No lock is held meanwhile.
#[test]
fn a_function_may_use_the_simulator() {
    let sim = std::sync::Arc::new(Simulator::start().unwrap());
    let token = log_in(&sim);
    let inner = std::sync::Arc::downgrade(&sim);
    sim.handle::<SearchMeetings>(move |search| {
        let sim = inner.upgrade().unwrap();
        sim.create_meeting("Made on the way");
        Ok(SearchMeetings::output_of(
            Page::new(vec![], Some(0)),
            search.offset.unwrap_or(0),
            20,
        ))
    });
    call(&sim, &SearchMeetings::new(), &token).unwrap();
    assert!(sim.meeting("Made on the way").is_some());
}

#[test]
fn a_function_is_not_called_with_what_cannot_be_read() {
    let sim = Simulator::start().unwrap();
    sim.handle::<SearchMeetings>(|_| panic!("nobody calls it"));
    let request = http::Request::get("/v1/mmc/management/conferences?limit=abc");
    let answer = send(&sim, &request.body(Bytes::new()).unwrap());
    assert_eq!(answer.status(), 400);
}

/// Every operation can be refused on demand and is counted, whether it is served or not.
#[test]
fn every_operation_can_be_refused_and_is_counted() {
    let sim = Simulator::start().unwrap();
    macro_rules! try_all {
        ($($operation:ident)*) => {$(
            let info = <operations::$operation as meeting_types::Operation>::INFO;
            let error = ServiceError::new(StatusCode::CONFLICT, "USG.201040001", "on demand");
            sim.fail_next::<operations::$operation>(error);
            let request = http::Request::builder().method(&info.method).uri(info.path);
            let answer = send(&sim, &request.body(Bytes::new()).unwrap());
            assert_eq!(answer.status(), 409, "{}", info.name);
            let count = sim.request_count::<operations::$operation>();
            assert_eq!(count, 1, "{}", info.name);
        )*};
    }
    every_operation!(try_all);
}

#[test]
fn what_is_not_served_is_counted_too() {
    let sim = Simulator::start().unwrap();
    let request = http::Request::post("/v1/wss/webinar/open/conferences").body(Bytes::new());
    send(&sim, &request.unwrap());
    assert_eq!(sim.total_requests(), 1);
    assert_eq!(sim.request_count::<CreateWebinar>(), 1);
    assert_eq!(sim.requests()[0].operation, Some("CreateWebinar"));
}
