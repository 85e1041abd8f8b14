//! The last tenth of a token's life: one call renews it, the others go on with it.

use meeting_client::Error;
use meeting_types::{Timeout, TransportErrorKind, operations::SearchMeetings};

use crate::{
    hand::{Clock, engine_of, engine_with},
    support::{
        app, asked, config, failed, logged_in, refused, secs, throttled, unauthorized, with,
    },
};

#[test]
fn one_call_renews_and_the_others_go_on_with_the_old_token() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    clock.pass(secs(45_000));
    let mut renews = clock.hand(engine.call(&search));
    assert_eq!(renews.asks(), with("UpdateToken", "refresh-one"));
    let mut other = clock.hand(engine.call(&search));
    other.succeeds("SearchMeetings", "one");
    renews.gets(logged_in("two", 50_000));
    renews.succeeds("SearchMeetings", "two");
    let mut later = clock.hand(engine.call(&search));
    later.succeeds("SearchMeetings", "two");
}

#[test]
fn a_refused_refresh_is_followed_by_a_login() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    clock.pass(secs(45_000));
    let mut call = clock.hand(engine.call(&search));
    assert_eq!(call.asks().operation, "UpdateToken");
    call.gets(unauthorized());
    call.logs_in("two", 50_000);
    call.succeeds("SearchMeetings", "two");
}

#[test]
fn a_token_that_is_over_is_renewed_before_the_call() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    clock.pass(secs(50_000));
    let mut renews = clock.hand(engine.call(&search));
    assert_eq!(renews.asks(), with("UpdateToken", "refresh-one"));
    let mut other = clock.hand(engine.call(&search));
    other.waits();
    renews.gets(logged_in("two", 50_000));
    other.succeeds("SearchMeetings", "two");
}

#[test]
fn a_refresh_token_that_is_over_is_not_sent() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    clock.pass(secs(31 * 24 * 3600));
    clock.hand(engine.call(&search)).logs_in("two", 50_000);
}

#[test]
fn a_renewal_that_fails_does_not_fail_the_call_while_the_old_token_is_good() {
    let outcomes = [
        failed(TransportErrorKind::Connect),
        failed(TransportErrorKind::Timeout),
        refused(500, "USG.200000001"),
        throttled(3),
        crate::support::ok("<html>"),
    ];
    for outcome in outcomes {
        let clock = Clock::new();
        let engine = engine_with(&clock, "one", 50_000);
        let search = SearchMeetings::new();
        clock.pass(secs(45_000));
        let mut call = clock.hand(engine.call(&search));
        assert_eq!(call.asks().operation, "UpdateToken");
        let shown = format!("{outcome:?}");
        call.gets(outcome);
        // No wait, no second try, no login: the call has work to do.
        let next = call.asks();
        assert_eq!(next, with("SearchMeetings", "one"), "{shown}");
        // The next calls are left in peace for a while.
        clock.pass(secs(29));
        clock
            .hand(engine.call(&search))
            .succeeds("SearchMeetings", "one");
        clock.pass(secs(1));
        let mut again = clock.hand(engine.call(&search));
        assert_eq!(again.asks().operation, "UpdateToken");
    }
}

#[test]
fn refresh_and_login_refused_still_leave_the_old_token() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    clock.pass(secs(45_000));
    let mut call = clock.hand(engine.call(&search));
    assert_eq!(call.asks().operation, "UpdateToken");
    call.gets(unauthorized());
    assert_eq!(call.asks().operation, "CreateAppIdToken");
    call.gets(refused(401, "USG.206010000"));
    call.succeeds("SearchMeetings", "one");
}

#[test]
fn refresh_and_login_refused_are_the_error_when_the_old_token_is_over() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    clock.pass(secs(50_000));
    let mut call = clock.hand(engine.call(&search));
    assert_eq!(call.asks().operation, "UpdateToken");
    call.gets(unauthorized());
    assert_eq!(call.asks().operation, "CreateAppIdToken");
    call.gets(refused(401, "USG.206010000"));
    match call.ends() {
        Err(Error::Token(error)) => assert!(error.is_wrong_password(), "{error}"),
        result => panic!("{result:?}"),
    }
}

#[test]
fn a_refresh_that_fails_is_followed_by_a_login_when_the_old_token_is_over() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    clock.pass(secs(50_000));
    let mut call = clock.hand(engine.call(&search));
    for _ in 0..2 {
        assert_eq!(call.asks().operation, "UpdateToken");
        call.gets(failed(TransportErrorKind::Connect));
        call.waits();
    }
    assert_eq!(call.asks().operation, "UpdateToken");
    call.gets(failed(TransportErrorKind::Timeout));
    // The login has tries of its own.
    for _ in 0..2 {
        assert_eq!(call.asks().operation, "CreateAppIdToken");
        call.gets(failed(TransportErrorKind::Connect));
        call.waits();
    }
    call.logs_in("two", 50_000);
    call.succeeds("SearchMeetings", "two");
}

#[test]
fn a_refresh_token_that_ends_during_the_refresh_is_followed_by_a_login() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    // One second before the thirty days are over.
    clock.pass(secs(30 * 24 * 3600 - 1));
    let mut call = clock.hand(engine.call(&search));
    assert_eq!(call.asks().operation, "UpdateToken");
    clock.pass(secs(1));
    call.gets(unauthorized());
    call.logs_in("two", 50_000);
    call.succeeds("SearchMeetings", "two");
}

#[test]
fn a_renewal_leaves_time_for_the_call() {
    let clock = Clock::new();
    let engine = engine_of(config().deadline(secs(8)), app());
    let search = SearchMeetings::new();
    let mut first = clock.hand(engine.call(&search));
    first.logs_in("one", 50_000);
    first.succeeds("SearchMeetings", "one");
    clock.pass(secs(45_000));
    let mut call = clock.hand(engine.call(&search));
    let renewal = call.sends();
    assert_eq!(asked(&renewal).operation, "UpdateToken");
    assert_eq!(renewal.extensions().get(), Some(&Timeout(secs(4))));
    clock.pass(secs(4));
    call.gets(failed(TransportErrorKind::Timeout));
    let request = call.sends();
    assert_eq!(asked(&request), with("SearchMeetings", "one"));
    assert_eq!(request.extensions().get(), Some(&Timeout(secs(4))));
}
