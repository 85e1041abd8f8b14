//! The budget that bounds the repeats of all calls together.

use meeting_client::{Action, Config, Engine, Error, LoggedIn, RetryBudget};
use meeting_types::{AccessToken, TransportErrorKind, operations::SearchMeetings};

use crate::{
    hand::{Clock, engine_of},
    support::{
        Outcome, app, asked, config, failed, logged_in, no_meetings, refused, secs, unauthorized,
    },
};

fn own_token(config: Config) -> Engine<LoggedIn> {
    engine_of(config, AccessToken::new("hush-own").into())
}

/// The requests that these calls send, one call after the other.
fn requests(engine: &Engine<LoggedIn>, calls: u32, outcome: fn() -> Outcome) -> u32 {
    let (clock, search) = (Clock::new(), SearchMeetings::new());
    let mut sent = 0;
    for _ in 0..calls {
        let mut call = clock.hand(engine.call(&search));
        loop {
            match call.next() {
                Action::Send(_) => {
                    sent += 1;
                    call.gets(outcome());
                }
                Action::SleepUntil(until) => clock.pass(call.until(until)),
                Action::Done(_) => break,
                action => panic!("{action:?}"),
            }
        }
    }
    sent
}

#[test]
fn a_dead_service_is_asked_little_more_than_once_for_each_call() {
    for (outcome, most) in [
        ((|| refused(503, "MMC.1")) as fn() -> Outcome, 1100),
        (|| crate::support::throttled(0), 1100),
        (|| failed(TransportErrorKind::Io), 1100),
        (|| failed(TransportErrorKind::Timeout), 1050),
    ] {
        assert_eq!(requests(&own_token(config()), 1000, outcome), most);
    }
    let unlimited = config().retry_budget(RetryBudget::unlimited());
    let sent = requests(&own_token(unlimited), 1000, || refused(503, "MMC.1"));
    assert_eq!(sent, 3000);
}

#[test]
fn a_login_that_is_dead_is_bounded_as_well() {
    let engine = engine_of(config(), app());
    assert_eq!(requests(&engine, 1000, || refused(502, "")), 1100);
}

#[test]
fn a_service_that_is_back_is_used_at_once_and_fills_the_bucket() {
    let budget = RetryBudget::default();
    let engine = own_token(config().retry_budget(budget.clone()));
    requests(&engine, 1000, || refused(503, "MMC.1"));
    assert_eq!(budget.left(), Some(0));
    assert_eq!(requests(&engine, 10, no_meetings), 10);
    assert_eq!(budget.left(), Some(10));
    // A refusal is an answer too.
    assert_eq!(requests(&engine, 10, || refused(400, "MMC.1")), 10);
    assert_eq!(budget.left(), Some(20));
    requests(&engine, 1000, no_meetings);
    assert_eq!(budget.left(), Some(500));
}

#[test]
fn clones_share_one_bucket_and_engines_of_other_settings_do_not() {
    let budget = RetryBudget::new(30);
    let engine = own_token(config().retry_budget(budget.clone()));
    let clones = [engine.clone(), engine.with_deadline(secs(20))];
    requests(&clones[0], 1, || refused(503, "MMC.1"));
    requests(&clones[1], 1, || refused(503, "MMC.1"));
    assert_eq!(budget.left(), Some(10));
    requests(&own_token(config()), 10, || refused(503, "MMC.1"));
    assert_eq!(budget.left(), Some(10));
}

#[test]
fn with_an_empty_bucket_the_first_attempt_is_the_result_and_a_token_is_replaced() {
    let (clock, search) = (Clock::new(), SearchMeetings::new());
    let engine = engine_of(config().retry_budget(RetryBudget::new(0)), app());
    let mut call = clock.hand(engine.call(&search));
    call.logs_in("one", 50_000);
    assert_eq!(asked(&call.sends()).operation, "SearchMeetings");
    call.gets(unauthorized());
    assert_eq!(call.asks().operation, "CreateAppIdToken");
    call.gets(logged_in("two", 50_000));
    call.sends();
    call.gets(failed(TransportErrorKind::Io));
    assert!(matches!(call.ends(), Err(Error::Transport { .. })));
}

#[test]
fn a_wait_that_does_not_fit_costs_nothing() {
    let budget = RetryBudget::new(30);
    let engine = own_token(config().retry_budget(budget.clone()));
    requests(&engine, 5, || crate::support::throttled(3600));
    assert_eq!(budget.left(), Some(30));
}
