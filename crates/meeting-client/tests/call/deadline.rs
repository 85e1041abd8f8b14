//! The time for a call: before it is sent, in its waits, with what failed last.

use std::time::Duration;

use meeting_client::{Config, Error, RetryPolicy};
use meeting_types::{
    AccessToken, Timeout, TransportErrorKind,
    operations::{CreateAnonymousAuthRandom, SearchMeetings},
};

use crate::{
    hand::{Clock, Hand, engine_of},
    support::{config, failed, no_meetings, ok, refused, secs, throttled},
};

/// Runs `test` on a call with a token of its own.
fn with_call(config: Config, test: impl FnOnce(&Clock, Hand<'_>)) {
    let clock = Clock::new();
    let engine = engine_of(config, AccessToken::new("hush-own").into());
    let search = SearchMeetings::new();
    test(&clock, clock.hand(engine.call(&search)));
}

#[track_caller]
fn last_of(error: Error) -> Option<Box<Error>> {
    match error {
        Error::Deadline {
            operation: "SearchMeetings",
            last,
            ..
        } => last,
        error => panic!("{error:?}"),
    }
}

#[test]
fn a_call_without_time_is_not_sent() {
    with_call(config().deadline(Duration::ZERO), |_, mut call| {
        let error = call.ends().unwrap_err();
        assert_eq!(
            error.to_string(),
            "SearchMeetings ran out of the 0ns it was given"
        );
        assert!(last_of(error).is_none());
    });
}

#[test]
fn the_timeout_is_that_of_a_try_or_what_is_left() {
    let hasty = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    with_call(
        config().deadline(secs(25)).retry(hasty),
        |clock, mut call| {
            for seconds in [10, 10, 5] {
                assert_eq!(
                    call.sends().extensions().get(),
                    Some(&Timeout(secs(seconds)))
                );
                clock.pass(secs(10));
                call.gets(failed(TransportErrorKind::Timeout));
            }
        },
    );
}

#[test]
fn what_a_login_takes_is_taken_from_the_call() {
    let clock = Clock::new();
    let engine = engine_of(config().attempt_timeout(secs(60)), crate::support::app());
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    assert_eq!(call.sends().extensions().get(), Some(&Timeout(secs(30))));
    clock.pass(secs(12));
    call.gets(crate::support::logged_in("one", 50_000));
    assert_eq!(call.sends().extensions().get(), Some(&Timeout(secs(18))));
}

#[test]
fn a_reply_that_comes_too_late_is_a_reply() {
    with_call(config(), |clock, mut call| {
        call.sends();
        clock.pass(secs(100));
        call.gets(no_meetings());
        assert_eq!(call.ends().unwrap().status(), 200);
    });
}

#[test]
fn a_refusal_that_comes_too_late_is_not_tried_again() {
    with_call(config(), |clock, mut call| {
        call.sends();
        clock.pass(secs(100));
        call.gets(refused(503, "MMC.111070000"));
        let last = last_of(call.ends().unwrap_err()).unwrap();
        assert!(matches!(*last, Error::Service(_)));
    });
}

#[test]
fn a_wait_that_is_too_long_ends_the_call_at_once() {
    with_call(config(), |clock, mut call| {
        call.sends();
        call.gets(throttled(31));
        let begun = clock.now();
        let error = call.ends().unwrap_err();
        assert_eq!(clock.now(), begun);
        assert!(error.is_throttled() && error.is_deadline());
        let text = error.to_string();
        assert!(
            text.contains("ran out of the 30s") && text.contains("429"),
            "{text}"
        );
    });
}

#[test]
fn no_wait_that_the_service_asks_for_is_too_long_to_be_told() {
    with_call(config(), |_, mut call| {
        call.sends();
        call.gets(throttled(u64::MAX));
        assert!(call.ends().unwrap_err().is_deadline());
    });
    // Nor is there one that a call without end would not sit out.
    with_call(config().deadline(Duration::MAX), |clock, mut call| {
        call.sends();
        call.gets(throttled(1_000_000));
        assert!(call.waits() >= secs(1_000_000));
        clock.pass(secs(1));
        call.succeeds("SearchMeetings", "own");
    });
}

#[test]
fn time_that_runs_out_in_a_wait_ends_the_call() {
    with_call(config(), |clock, mut call| {
        call.sends();
        call.gets(throttled(29));
        call.waits();
        clock.pass(secs(1));
        let last = last_of(call.ends().unwrap_err()).unwrap();
        assert!(last.is_throttled());
    });
}

#[test]
fn a_wait_that_the_service_asks_for_and_that_does_not_fit_is_told() {
    with_call(config(), |_, mut call| {
        call.sends();
        call.gets(throttled(3600));
        let error = call.ends().unwrap_err();
        assert_eq!(error.retry_after(), Some(secs(3600)));
        assert!(
            error
                .to_string()
                .contains("the service asked to wait 3600s"),
            "{error}"
        );
    });
}

#[test]
fn the_last_error_is_the_last_one() {
    let patient = RetryPolicy::default().max_attempts(9);
    with_call(config().retry(patient), |clock, mut call| {
        call.sends();
        call.gets(refused(503, "MMC.1"));
        call.waits();
        call.sends();
        clock.pass(secs(40));
        call.gets(failed(TransportErrorKind::Timeout));
        let error = call.ends().unwrap_err();
        assert!(
            error
                .to_string()
                .contains("the last attempt: SearchMeetings: timed out"),
            "{error}"
        );
    });
}

#[test]
fn a_late_outcome_of_a_login_ends_the_call_too() {
    let clock = Clock::new();
    let engine = engine_of(config(), crate::support::app());
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    call.sends();
    clock.pass(secs(40));
    call.gets(crate::support::logged_in("one", 50_000));
    assert!(call.ends().unwrap_err().is_deadline());
    // But the token is there.
    clock
        .hand(engine.call(&search))
        .succeeds("SearchMeetings", "one");
}

#[test]
fn a_call_that_needs_no_token_has_a_deadline_as_well() {
    let clock = Clock::new();
    let engine = engine_of(config(), crate::support::app());
    let random = CreateAnonymousAuthRandom::new("900825541", "hush-password");
    let mut call = clock.hand(engine.call(&random));
    let request = call.sends();
    assert!(!request.headers().contains_key("x-access-token"));
    assert_eq!(request.extensions().get(), Some(&Timeout(secs(10))));
    call.gets(ok("{}"));
    assert_eq!(call.ends().unwrap().status(), 200);
}

#[test]
fn a_call_that_is_over_stays_over() {
    with_call(config(), |_, mut call| {
        call.succeeds("SearchMeetings", "own");
        call.gets(no_meetings());
        let error = call.ends().unwrap_err();
        assert!(error.to_string().contains("already over"), "{error}");
    });
}

#[test]
fn a_call_without_the_outcome_it_asked_for_ends() {
    with_call(config(), |_, mut call| {
        call.sends();
        let error = call.ends().unwrap_err();
        assert!(error.to_string().contains("was not reported"), "{error}");
    });
}

#[test]
fn an_outcome_that_was_not_asked_for_changes_nothing() {
    with_call(config(), |_, mut call| {
        call.gets(refused(400, "MMC.1"));
        call.succeeds("SearchMeetings", "own");
    });
}
