//! A token that the service refuses.

use meeting_client::Error;
use meeting_types::{
    AccessToken, TransportErrorKind,
    operations::{ListOngoingWebinars, SearchMeetings},
};

use crate::{
    hand::{Clock, engine_of, engine_with},
    support::{config, failed, logged_in, ok, refused, unauthorized, with},
};

#[test]
fn a_refused_token_is_replaced_and_the_call_sent_again() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    assert_eq!(call.asks(), with("SearchMeetings", "one"));
    call.gets(unauthorized());
    // Not by its refresh token: whatever ended the one may have ended the other.
    call.logs_in("two", 50_000);
    call.succeeds("SearchMeetings", "two");
}

/// Webinars refuse an access token with 401, and with 403 as well.
#[test]
fn a_forbidden_that_means_log_in_again_leads_to_a_new_login() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let list = ListOngoingWebinars::new();
    for (status, next) in [(403, "two"), (401, "three")] {
        let mut call = clock.hand(engine.call(&list));
        call.sends();
        call.gets(refused(status, "WSS.301000095"));
        call.logs_in(next, 50_000);
        call.succeeds("ListOngoingWebinars", next);
    }
    // The right is missing, and a new login would not have it either.
    let mut call = clock.hand(engine.call(&list));
    call.sends();
    call.gets(refused(403, "USG.000000004"));
    assert_eq!(call.ends().unwrap().status(), 403);
}

#[test]
fn the_second_refusal_is_the_result() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    call.sends();
    call.gets(unauthorized());
    call.logs_in("two", 50_000);
    assert_eq!(call.asks(), with("SearchMeetings", "two"));
    call.gets(unauthorized());
    assert_eq!(call.ends().unwrap().status(), 401);
}

#[test]
fn a_refusal_discards_only_the_token_that_was_refused() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    let mut slow = clock.hand(engine.call(&search));
    let mut quick = clock.hand(engine.call(&search));
    assert_eq!(slow.asks(), with("SearchMeetings", "one"));
    assert_eq!(quick.asks(), with("SearchMeetings", "one"));
    quick.gets(unauthorized());
    quick.logs_in("two", 50_000);
    quick.succeeds("SearchMeetings", "two");
    // The news is old: there is a new token already.
    slow.gets(unauthorized());
    slow.succeeds("SearchMeetings", "two");
}

#[test]
fn calls_that_are_refused_together_log_in_once() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    let mut calls: Vec<_> = (0..5).map(|_| clock.hand(engine.call(&search))).collect();
    for call in &mut calls {
        assert_eq!(call.asks(), with("SearchMeetings", "one"));
    }
    for call in &mut calls {
        call.gets(unauthorized());
    }
    let (first, others) = calls.split_first_mut().unwrap();
    assert_eq!(first.asks().operation, "CreateAppIdToken");
    for call in others.iter_mut() {
        call.waits();
    }
    first.gets(logged_in("two", 50_000));
    for call in &mut calls {
        call.succeeds("SearchMeetings", "two");
    }
}

#[test]
fn a_login_refused_after_a_refusal_is_the_error() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    call.sends();
    call.gets(unauthorized());
    assert_eq!(call.asks().operation, "CreateAppIdToken");
    call.gets(refused(423, "USG.206030015"));
    match call.ends() {
        Err(Error::Token(error)) => assert!(error.service().unwrap().is_locked(), "{error}"),
        result => panic!("{result:?}"),
    }
}

#[test]
fn a_token_of_your_own_is_never_replaced() {
    let clock = Clock::new();
    let engine = engine_of(config(), AccessToken::new("hush-own").into());
    let search = SearchMeetings::new();
    for _ in 0..2 {
        let mut call = clock.hand(engine.call(&search));
        assert_eq!(call.asks(), with("SearchMeetings", "own"));
        call.gets(unauthorized());
        assert_eq!(call.ends().unwrap().status(), 401);
    }
}

#[test]
fn a_wrong_password_or_a_missing_right_is_no_refused_token() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    for (status, code) in [
        (401, "MMC.111070004"),
        (403, "MMC.111070002"),
        (400, "MMC.1"),
    ] {
        let mut call = clock.hand(engine.call(&search));
        call.sends();
        call.gets(refused(status, code));
        assert_eq!(call.ends().unwrap().status(), status);
    }
    clock
        .hand(engine.call(&search))
        .succeeds("SearchMeetings", "one");
}

#[test]
fn a_replaced_token_does_not_use_up_a_try() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    for _ in 0..2 {
        call.sends();
        call.gets(failed(TransportErrorKind::Io));
        call.waits();
    }
    call.sends();
    call.gets(unauthorized());
    call.logs_in("two", 50_000);
    call.succeeds("SearchMeetings", "two");
}

#[test]
fn what_is_no_refusal_is_the_result() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    for status in [200, 204, 302, 304] {
        let mut call = clock.hand(engine.call(&search));
        call.sends();
        let mut reply = ok("").unwrap();
        *reply.status_mut() = http::StatusCode::from_u16(status).unwrap();
        call.gets(Ok(reply));
        assert_eq!(call.ends().unwrap().status(), status);
    }
}
