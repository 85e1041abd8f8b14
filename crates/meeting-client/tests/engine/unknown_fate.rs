//! Calls that are repeated after an attempt of which nobody knows whether it was done.

use meeting_client::Error;
use meeting_types::{
    AccessToken, OperationError, TransportError, TransportErrorKind,
    models::{Booking, MediaType},
    operations::{CancelMeeting, CreateMeeting, SearchMeetings},
};
use proptest::prelude::*;

use crate::{
    memory::{Memory, ready},
    support::{Outcome, failed, no_meetings, ok, refused, throttled},
};

fn lost() -> Outcome {
    Err(TransportError::new(TransportErrorKind::Io, "made up").with_not_sent(false))
}

fn not_found() -> Outcome {
    refused(400, "MMC.111070005")
}

/// How a cancellation ends that meets these outcomes.
fn cancel<const N: usize>(outcomes: [Outcome; N]) -> Result<(), Error> {
    let memory = Memory::script(outcomes);
    let engine = memory.with_token(AccessToken::new("hush-own"));
    let result = ready(engine.send(&CancelMeeting::new("900000001")));
    assert_eq!(memory.take_sent().len(), N);
    result
}

#[test]
fn not_found_after_an_attempt_of_unknown_fate_says_that_it_may_have_been_done() {
    for first in [
        lost(),
        failed(TransportErrorKind::Timeout),
        refused(502, ""),
        refused(504, ""),
    ] {
        let shown = format!("{first:?}");
        let error = cancel([first, not_found()]).unwrap_err();
        assert!(
            error.is_not_found() && error.may_have_been_done(),
            "{shown}: {error}"
        );
        let earlier = error.earlier().unwrap();
        assert!(
            earlier.may_have_been_done() && !earlier.is_not_found(),
            "{earlier}"
        );
        assert!(
            error
                .to_string()
                .contains("an attempt before may have been done"),
            "{error}"
        );
    }
}

#[test]
fn not_found_at_once_is_just_that() {
    let error = cancel([not_found()]).unwrap_err();
    assert!(error.is_not_found() && !error.may_have_been_done() && error.earlier().is_none());
    // These were certainly not done.
    for first in [throttled(0), failed(TransportErrorKind::Connect)] {
        let error = cancel([first, not_found()]).unwrap_err();
        assert!(
            !error.may_have_been_done() && error.earlier().is_none(),
            "{error}"
        );
    }
}

#[test]
fn the_attempt_of_unknown_fate_is_kept_over_others() {
    let error = cancel([throttled(0), lost(), throttled(0)]).unwrap_err();
    assert!(error.is_throttled() && error.may_have_been_done());
    let error = cancel([lost(), failed(TransportErrorKind::Connect), not_found()]).unwrap_err();
    assert!(error.is_not_found() && error.may_have_been_done());
    let error = cancel([lost(), throttled(3600)]).unwrap_err();
    assert!(
        error.is_deadline() && error.may_have_been_done(),
        "{error:?}"
    );
    assert!(error.earlier().is_some());
}

#[test]
fn the_last_attempt_speaks_for_itself() {
    let error = cancel([lost(), lost(), lost()]).unwrap_err();
    assert!(matches!(error, Error::Transport { .. }) && error.may_have_been_done());
    cancel([lost(), ok("")]).unwrap();
}

#[test]
fn a_call_that_must_not_run_twice_says_whether_it_may_have_run() {
    let booking = CreateMeeting::new(Booking::new([MediaType::HdVideo]));
    for (outcome, may) in [
        (lost(), true),
        (failed(TransportErrorKind::TooLarge), true),
        (failed(TransportErrorKind::Tls), false),
        (refused(502, ""), true),
        (ok("<html>"), true),
        (refused(400, "MMC.111070005"), false),
        (refused(429, ""), false),
        (refused(403, ""), false),
    ] {
        let shown = format!("{outcome:?}");
        let outcomes = std::sync::Mutex::new(Some(outcome));
        let memory = Memory::new(move |_| {
            outcomes
                .lock()
                .unwrap()
                .take()
                .unwrap_or_else(|| throttled(3600))
        });
        let engine = memory.with_token(AccessToken::new("hush-own"));
        let error = ready(engine.send(&booking)).unwrap_err();
        assert_eq!(error.may_have_been_done(), may, "{shown}: {error}");
    }
}

#[test]
fn a_failed_login_is_no_attempt_of_the_operation() {
    let memory = Memory::new(|_| lost());
    let error = ready(memory.logged_in().send(&CancelMeeting::new("900000001"))).unwrap_err();
    assert!(!error.may_have_been_done(), "{error}");
    let memory = Memory::new(|_| throttled(20));
    let error = ready(memory.logged_in().send(&CancelMeeting::new("900000001"))).unwrap_err();
    assert!(
        error.is_deadline() && !error.may_have_been_done(),
        "{error}"
    );
}

#[test]
fn a_read_is_not_told_of_attempts_before() {
    let memory = Memory::script([lost(), not_found()]);
    let engine = memory.with_token(AccessToken::new("hush-own"));
    let error = ready(engine.send(&SearchMeetings::new())).unwrap_err();
    assert!(matches!(error, Error::Service(_)));
}

fn outcome(number: u8) -> Outcome {
    match number {
        0 => lost(),
        1 => failed(TransportErrorKind::Timeout),
        2 => failed(TransportErrorKind::Connect),
        3 => refused(502, ""),
        4 => throttled(0),
        5 => not_found(),
        6 => refused(403, ""),
        7 => failed(TransportErrorKind::Tls),
        8 => throttled(3600),
        _ => no_meetings(),
    }
}

proptest! {
    /// It may have been done exactly when some attempt may have been, and then the call says so.
    #[test]
    fn no_attempt_of_unknown_fate_is_forgotten(numbers in proptest::collection::vec(0u8..10, 3)) {
        let script = numbers.clone();
        let next = std::sync::Mutex::new(script.into_iter());
        let memory = Memory::new(move |_| outcome(next.lock().unwrap().next().unwrap()));
        let engine = memory.with_token(AccessToken::new("hush-own"));
        let result = ready(engine.send(&CancelMeeting::new("900000001")));
        let sent = memory.take_sent().len();
        let is_unknown = |number: &u8| [0, 1, 3].contains(number);
        let may = numbers[..sent].iter().any(is_unknown);
        match result {
            Ok(()) => prop_assert_eq!(numbers[sent - 1], 9),
            Err(error) => prop_assert_eq!(error.may_have_been_done(), may, "{:?}", error),
        }
    }
}

/// The error of an operation becomes one of a call.
#[test]
fn errors_of_operations_are_errors_of_calls() {
    let refusal = meeting_types::ServiceError::new(http::StatusCode::NOT_FOUND, "404", "");
    assert!(Error::from(OperationError::Service(refusal)).is_not_found());
}

/// Some gateways answer with the request in the text.
#[test]
fn a_refusal_that_repeats_the_token_is_shown_without_it() {
    let text = "bad request: x-access-token: hush-own-token";
    let echo = http::Response::builder()
        .status(400)
        .body(text.into())
        .unwrap();
    let memory = Memory::script([Ok(echo)]);
    let engine = memory.with_token(AccessToken::new("hush-own-token"));
    let error = ready(engine.send(&SearchMeetings::new())).unwrap_err();
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(shown.contains("x-access-token"), "{shown}");
        assert!(!shown.contains("hush"), "{shown}");
    }
}
