//! One fetch for many callers: who waits, who takes over, who is told.

use std::{sync::Arc, time::Duration};

use meeting_client::Error;
use meeting_types::{TransportErrorKind, operations::SearchMeetings};

use crate::{
    hand::{Clock, engine, engine_of, engine_with},
    support::{app, config, failed, logged_in, refused, secs, unauthorized, with},
};

fn token_error(error: Error) -> Arc<Error> {
    match error {
        Error::Token(error) => error,
        error => panic!("{error:?}"),
    }
}

#[test]
fn all_who_wait_get_the_error_of_the_login_and_do_not_log_in_again() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let mut leader = clock.hand(engine.call(&search));
    leader.sends();
    let mut waiting: Vec<_> = (0..3).map(|_| clock.hand(engine.call(&search))).collect();
    for call in &mut waiting {
        assert!(call.waits() <= secs(1));
        call.waits();
    }
    leader.gets(refused(401, "USG.206010000"));
    let error = token_error(leader.ends().unwrap_err());
    assert!(error.is_wrong_password());
    for call in &mut waiting {
        let shared = token_error(call.ends().unwrap_err());
        assert!(Arc::ptr_eq(&error, &shared));
    }
    // Who comes later is told from memory, and after a pause tries anew.
    let error = token_error(clock.hand(engine.call(&search)).ends().unwrap_err());
    assert!(error.is_wrong_password());
    clock.pass(secs(30));
    clock.hand(engine.call(&search)).logs_in("one", 50_000);
}

#[test]
fn who_slept_through_the_next_login_too_does_not_log_in_either() {
    let clock = Clock::new();
    let engine = engine_of(config().deadline(secs(1000)), app());
    let search = SearchMeetings::new();
    let mut first = clock.hand(engine.call(&search));
    first.sends();
    let mut sleeper = clock.hand(engine.call(&search));
    sleeper.waits();
    first.gets(refused(401, "USG.206010000"));
    first.ends().unwrap_err();
    clock.pass(secs(30));
    let mut second = clock.hand(engine.call(&search).with_seed(1));
    second.sends();
    // Whichever of the two errors it is told, it is told now.
    let error = token_error(sleeper.ends().unwrap_err());
    assert!(error.is_wrong_password());

    let mut sleeper = clock.hand(engine.call(&search));
    sleeper.waits();
    second.gets(failed(TransportErrorKind::Tls));
    second.ends().unwrap_err();
    clock.pass(secs(1));
    let mut third = clock.hand(engine.call(&search));
    third.sends();
    third.gets(refused(423, "USG.206030015"));
    third.ends().unwrap_err();
    let error = token_error(sleeper.ends().unwrap_err());
    assert!(error.service().unwrap().is_locked(), "{error}");
}

#[test]
fn an_old_error_is_not_told_to_who_waited_for_a_login_that_succeeded() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let mut first = clock.hand(engine.call(&search));
    first.sends();
    let mut waited = clock.hand(engine.call(&search));
    waited.waits();
    first.gets(logged_in("one", 50_000));
    assert_eq!(waited.asks(), with("SearchMeetings", "one"));
    waited.gets(unauthorized());
    // Meanwhile another call tries to replace the token, in vain.
    let mut other = clock.hand(engine.call(&search));
    other.sends();
    other.gets(failed(TransportErrorKind::Tls));
    other.ends().unwrap_err();
    waited.logs_in("two", 50_000);
}

#[test]
fn an_error_that_a_later_login_outdated_is_not_told() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let mut first = clock.hand(engine.call(&search));
    first.sends();
    let mut sleeper = clock.hand(engine.call(&search));
    sleeper.waits();
    drop(first);
    let mut second = clock.hand(engine.call(&search));
    second.sends();
    second.gets(failed(TransportErrorKind::Tls));
    second.ends().unwrap_err();
    let mut third = clock.hand(engine.call(&search));
    third.logs_in("one", 50_000);
    assert_eq!(third.asks(), with("SearchMeetings", "one"));
    third.gets(unauthorized());
    sleeper.logs_in("two", 50_000);
    third.succeeds("SearchMeetings", "two");
}

#[test]
fn an_abandoned_login_is_taken_over_by_the_next_who_asks() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let mut leader = clock.hand(engine.call(&search));
    leader.sends();
    let mut waiting = clock.hand(engine.call(&search));
    waiting.waits();
    drop(leader);
    waiting.logs_in("one", 50_000);
    waiting.succeeds("SearchMeetings", "one");
}

#[test]
fn a_login_abandoned_in_a_pause_is_taken_over_as_well() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let mut leader = clock.hand(engine.call(&search));
    leader.sends();
    leader.gets(failed(TransportErrorKind::Connect));
    leader.waits();
    drop(leader);
    clock.hand(engine.call(&search)).logs_in("one", 50_000);
}

#[test]
fn a_login_that_runs_out_of_time_is_taken_over() {
    let clock = Clock::new();
    let (short, search) = (engine_of(config(), app()), SearchMeetings::new());
    let long = short.with_deadline(secs(100));
    let mut leader = clock.hand(short.call(&search));
    leader.sends();
    let mut waiting = clock.hand(long.call(&search));
    waiting.waits();
    clock.pass(secs(30));
    assert!(leader.ends().unwrap_err().is_deadline());
    waiting.logs_in("one", 50_000);
}

#[test]
fn who_waits_for_a_login_that_hangs_is_bound_by_its_own_deadline() {
    let clock = Clock::new();
    let (long, search) = (engine_of(config(), app()), SearchMeetings::new());
    // No multiple of any wait.
    let given = Duration::from_millis(3007);
    let short = long.with_deadline(given);
    let mut hangs = clock.hand(long.call(&search));
    hangs.sends();
    let mut waiting = clock.hand(short.call(&search));
    let begun = clock.now();
    let error = loop {
        match waiting.next() {
            meeting_client::Action::SleepUntil(until) => clock.pass(waiting.until(until)),
            meeting_client::Action::Done(result) => break result.unwrap_err(),
            step => panic!("{step:?}"),
        }
    };
    assert!(error.is_deadline(), "{error:?}");
    assert_eq!(clock.now().duration_since(begun).unwrap(), given);
}

#[test]
fn a_lease_that_nobody_ends_does_not_last() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    // Neither run to its end nor dropped.
    let mut forgotten = clock.hand(engine.call(&search));
    forgotten.sends();
    clock.pass(secs(30));
    clock.hand(engine.call(&search)).waits();
    clock.pass(secs(1));
    let mut next = clock.hand(engine.call(&search));
    next.logs_in("one", 50_000);
    next.succeeds("SearchMeetings", "one");
}

#[test]
fn not_even_a_lease_without_a_deadline_lasts() {
    let clock = Clock::new();
    let engine = engine_of(config().deadline(Duration::MAX), app());
    let search = SearchMeetings::new();
    let mut forgotten = clock.hand(engine.call(&search));
    forgotten.sends();
    clock.pass(secs(61));
    clock.hand(engine.call(&search)).logs_in("one", 50_000);
}

#[test]
fn what_comes_too_late_does_not_push_out_what_came_in_its_place() {
    let clock = Clock::new();
    let engine = engine_of(config().deadline(secs(1000)), app());
    let search = SearchMeetings::new();
    let mut late = clock.hand(engine.call(&search));
    late.sends();
    clock.pass(secs(61));
    let mut next = clock.hand(engine.call(&search));
    next.logs_in("two", 50_000);
    late.gets(logged_in("one", 50_000));
    late.succeeds("SearchMeetings", "two");
    next.succeeds("SearchMeetings", "two");
    clock
        .hand(engine.call(&search))
        .succeeds("SearchMeetings", "two");
}

#[test]
fn what_comes_late_is_used_while_there_is_nothing_else() {
    let clock = Clock::new();
    let engine = engine_of(config().deadline(secs(1000)), app());
    let search = SearchMeetings::new();
    let mut late = clock.hand(engine.call(&search));
    late.sends();
    clock.pass(secs(61));
    let mut next = clock.hand(engine.call(&search));
    next.sends();
    late.gets(logged_in("one", 50_000));
    late.succeeds("SearchMeetings", "one");
    clock
        .hand(engine.call(&search))
        .succeeds("SearchMeetings", "one");
    next.gets(logged_in("two", 50_000));
    next.succeeds("SearchMeetings", "two");
}

#[test]
fn a_late_failure_is_nobodys_but_its_own() {
    let clock = Clock::new();
    let engine = engine_of(config().deadline(secs(1000)), app());
    let search = SearchMeetings::new();
    let mut late = clock.hand(engine.call(&search));
    late.sends();
    let mut waiting = clock.hand(engine.call(&search));
    waiting.waits();
    clock.pass(secs(61));
    let mut next = clock.hand(engine.call(&search));
    next.sends();
    late.gets(refused(401, "USG.206010000"));
    late.ends().unwrap_err();
    waiting.waits();
    next.gets(logged_in("two", 50_000));
    waiting.succeeds("SearchMeetings", "two");
}

#[test]
fn a_late_renewal_that_fails_does_not_touch_the_new_token() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000).with_deadline(secs(1000));
    let search = SearchMeetings::new();
    clock.pass(secs(45_000));
    let mut late = clock.hand(engine.call(&search));
    assert_eq!(late.asks().operation, "UpdateToken");
    clock.pass(secs(61));
    let mut next = clock.hand(engine.call(&search));
    assert_eq!(next.asks().operation, "UpdateToken");
    next.gets(logged_in("two", 50_000));
    late.gets(failed(TransportErrorKind::Io));
    late.succeeds("SearchMeetings", "two");
    clock.pass(secs(37_000));
    clock
        .hand(engine.call(&search))
        .succeeds("SearchMeetings", "two");
}

#[test]
fn a_token_refused_during_its_renewal_is_not_used_again() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    clock.pass(secs(45_000));
    let mut renews = clock.hand(engine.call(&search));
    assert_eq!(renews.asks().operation, "UpdateToken");
    let mut other = clock.hand(engine.call(&search));
    assert_eq!(other.asks(), with("SearchMeetings", "one"));
    other.gets(unauthorized());
    other.waits();
    // The renewal fails. By the clock the old token would still be good.
    renews.gets(failed(TransportErrorKind::Timeout));
    renews.waits();
    renews.logs_in("two", 50_000);
    other.succeeds("SearchMeetings", "two");
    renews.succeeds("SearchMeetings", "two");
}
