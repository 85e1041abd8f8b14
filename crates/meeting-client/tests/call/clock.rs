//! Clocks that jump.

use std::time::Duration;

use meeting_types::{Timeout, TransportErrorKind, operations::SearchMeetings};

use crate::{
    hand::{Clock, engine, engine_of, engine_with},
    support::{app, config, failed, logged_in, refused, secs, start},
};

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn a_clock_that_is_set_back_gives_a_call_no_more_time() {
    let clock = Clock::new();
    let engine = engine_of(config(), meeting_types::AccessToken::new("hush-own").into());
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    call.sends();
    clock.pass(secs(21));
    call.gets(failed(TransportErrorKind::Io));
    clock.set_back(HOUR);
    let wait = call.waits();
    let left = secs(9) - wait;
    assert_eq!(call.sends().extensions().get(), Some(&Timeout(left)));
    clock.pass(secs(9));
    call.gets(failed(TransportErrorKind::Io));
    assert!(call.ends().unwrap_err().is_deadline());
}

#[test]
fn a_clock_that_is_set_back_does_not_keep_a_lease_alive() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let mut forgotten = clock.hand(engine.call(&search));
    forgotten.sends();
    clock.set_back(HOUR);
    clock.hand(engine.call(&search)).logs_in("one", 50_000);
}

#[test]
fn clocks_that_differ_a_little_do_not_cost_a_second_login() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let mut leader = clock.hand(engine.call(&search));
    leader.sends();
    // Another thread read the time before, and asks now.
    clock.set_back(secs(2));
    let mut other = clock.hand(engine.call(&search));
    other.waits();
    leader.gets(logged_in("one", 50_000));
    other.succeeds("SearchMeetings", "one");
    clock.set_back(secs(30));
    clock
        .hand(engine.call(&search))
        .succeeds("SearchMeetings", "one");
}

#[test]
fn a_token_whose_age_nobody_knows_is_renewed_once() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    clock.set_back(HOUR * 24);
    let mut renews = clock.hand(engine.call(&search));
    assert_eq!(renews.asks().operation, "UpdateToken");
    // It is not the token that is in doubt.
    clock
        .hand(engine.call(&search))
        .succeeds("SearchMeetings", "one");
    renews.gets(logged_in("two", 50_000));
    renews.succeeds("SearchMeetings", "two");
    clock
        .hand(engine.call(&search))
        .succeeds("SearchMeetings", "two");
    assert!(clock.now() < start());
}

#[test]
fn a_token_whose_age_nobody_knows_is_not_tried_to_renew_at_each_call() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    clock.set_back(HOUR * 24);
    let mut renews = clock.hand(engine.call(&search));
    assert_eq!(renews.asks().operation, "UpdateToken");
    renews.gets(refused(500, "USG.1"));
    renews.succeeds("SearchMeetings", "one");
    clock
        .hand(engine.call(&search))
        .succeeds("SearchMeetings", "one");
}

#[test]
fn a_token_is_as_old_as_the_request_for_it() {
    let clock = Clock::new();
    let engine = engine_of(config().deadline(HOUR * 9), app());
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    call.sends();
    // The machine slept.
    clock.pass(HOUR * 8);
    call.gets(logged_in("one", 36_000));
    call.succeeds("SearchMeetings", "one");
    clock.pass(HOUR);
    let mut later = clock.hand(engine.call(&search));
    assert_eq!(later.asks().operation, "UpdateToken");
}

#[test]
fn a_clock_that_is_set_back_during_a_login_does_no_harm() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    call.sends();
    clock.set_back(HOUR);
    call.gets(logged_in("one", 50_000));
    call.succeeds("SearchMeetings", "one");
    clock
        .hand(engine.call(&search))
        .succeeds("SearchMeetings", "one");
}
