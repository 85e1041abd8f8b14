//! What is tried again, by the class of the operation and by how it failed.

use std::{iter, time::Duration};

use meeting_client::{Action, Error, RetryPolicy};
use meeting_types::{
    AccessToken, Operation, RetryClass, ServiceError, TransportError, TransportErrorKind,
    models::{Booking, MediaType},
    operations::{
        CancelMeeting, CreateAnonymousAuthRandom, CreateAppIdToken, CreateAuthRandom,
        CreateConfToken, CreateMeeting, CreateToken, CreateWebSocketToken, SearchMeetings,
        UpdateToken,
    },
};

use crate::{
    hand::{Clock, engine_of},
    support::{Outcome, config, failed, no_meetings, refused, secs, throttled},
};

fn maybe_sent(kind: TransportErrorKind) -> Outcome {
    Err(TransportError::new(kind, "made up").with_not_sent(false))
}

fn not_sent(kind: TransportErrorKind) -> Outcome {
    Err(TransportError::new(kind, "made up").with_not_sent(true))
}

/// Whether an operation is sent again after this outcome.
fn is_repeated<O: Operation<Authorization = AccessToken>>(operation: &O, outcome: Outcome) -> bool {
    let clock = Clock::new();
    let engine = engine_of(config(), AccessToken::new("hush-own").into());
    let mut call = clock.hand(engine.call(operation));
    let first = call.asks();
    call.gets(outcome);
    match call.next() {
        Action::SleepUntil(until) => {
            clock.pass(call.until(until));
            assert_eq!(call.asks(), first);
            true
        }
        Action::Done(_) => false,
        step => panic!("{step:?}"),
    }
}

/// An outcome, and whether it is followed by another try of what reads, is idempotent or neither.
type Case = (&'static str, fn() -> Outcome, [bool; 3]);

#[test]
fn an_operation_is_repeated_as_its_class_allows() {
    use TransportErrorKind::{Connect, Io, Other, Request, Timeout, Tls, TooLarge};
    let (always, safely, never) = ([true; 3], [true, true, false], [false; 3]);
    let table: &[Case] = &[
        ("no connection", || failed(Connect), always),
        ("connection lost early", || maybe_sent(Connect), safely),
        ("timeout", || failed(Timeout), safely),
        ("timeout before sending", || not_sent(Timeout), always),
        ("broken connection", || failed(Io), safely),
        ("broken before sending", || not_sent(Io), always),
        ("TLS", || failed(Tls), never),
        ("TLS after sending", || maybe_sent(Tls), never),
        ("too large", || failed(TooLarge), never),
        ("bad request", || failed(Request), never),
        ("other", || failed(Other), never),
        ("429", || refused(429, "MMC.1"), always),
        (
            "429 of a service that is busy",
            || refused(429, "USG.200000001"),
            safely,
        ),
        (
            "throttled by the gateway",
            || refused(403, "APIG.0308"),
            always,
        ),
        (
            "throttled by the service",
            || refused(400, "MMC.100000429"),
            always,
        ),
        ("500", || refused(500, "MMC.1"), safely),
        ("502", || refused(502, ""), safely),
        ("503", || refused(503, ""), safely),
        ("504", || refused(504, ""), safely),
        ("501", || refused(501, ""), never),
        ("400", || refused(400, "MMC.1"), never),
        ("403", || refused(403, "MMC.1"), never),
        ("404", || refused(404, "MMC.1"), never),
        ("408", || refused(408, ""), safely),
        ("a good reply", no_meetings, never),
    ];
    let (read, idempotent) = (SearchMeetings::new(), CancelMeeting::new("900825541"));
    let once = CreateMeeting::new(Booking::new([MediaType::HdVideo]));
    assert_eq!(SearchMeetings::INFO.retry, RetryClass::Read);
    assert_eq!(CancelMeeting::INFO.retry, RetryClass::Idempotent);
    assert_eq!(CreateMeeting::INFO.retry, RetryClass::Once);
    for (name, outcome, expected) in table {
        let found = [
            is_repeated(&read, outcome()),
            is_repeated(&idempotent, outcome()),
            is_repeated(&once, outcome()),
        ];
        assert_eq!(found, *expected, "{name}");
    }
}

#[test]
fn what_mints_a_token_is_of_the_class_that_is_not_repeated() {
    for info in [
        CreateAnonymousAuthRandom::INFO,
        CreateAppIdToken::INFO,
        CreateAuthRandom::INFO,
        CreateConfToken::INFO,
        CreateToken::INFO,
        CreateWebSocketToken::INFO,
        UpdateToken::INFO,
    ] {
        assert_eq!(info.retry, RetryClass::Once, "{}", info.name);
    }
}

#[test]
fn a_get_that_mints_a_token_is_sent_once() {
    let clock = Clock::new();
    let engine = engine_of(config(), AccessToken::new("hush-own").into());
    let mint = CreateAnonymousAuthRandom::new("900825541", "hush-password");
    assert_eq!(CreateAnonymousAuthRandom::INFO.method, "GET");
    let mut call = clock.hand(engine.call(&mint));
    call.sends();
    call.gets(failed(TransportErrorKind::Connect));
    call.waits();
    call.sends();
    call.gets(failed(TransportErrorKind::Timeout));
    assert!(matches!(call.ends(), Err(Error::Transport { .. })));
}

#[test]
fn there_are_as_many_tries_as_the_policy_allows() {
    let search = SearchMeetings::new();
    for (policy, tries) in [
        (RetryPolicy::never(), 1),
        (RetryPolicy::default().max_attempts(0), 1),
        (RetryPolicy::default(), 3),
        (RetryPolicy::default().max_attempts(7), 7),
    ] {
        let clock = Clock::new();
        let config = config().retry(policy);
        let engine = engine_of(config, AccessToken::new("hush-own").into());
        let mut call = clock.hand(engine.call(&search));
        for _ in 1..tries {
            call.sends();
            call.gets(refused(503, "MMC.1"));
            call.waits();
        }
        call.sends();
        call.gets(refused(503, "MMC.1"));
        // The refusal itself, not an error of ours.
        assert_eq!(call.ends().unwrap().status(), 503);
    }
}

#[test]
fn a_transport_error_is_the_result_when_there_is_no_further_try() {
    let clock = Clock::new();
    let config = config().retry(RetryPolicy::never());
    let engine = engine_of(config, AccessToken::new("hush-own").into());
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    call.sends();
    call.gets(failed(TransportErrorKind::Connect));
    match call.ends() {
        Err(Error::Transport { operation, source }) => {
            assert_eq!(operation, "SearchMeetings");
            assert_eq!(source.kind(), TransportErrorKind::Connect);
        }
        result => panic!("{result:?}"),
    }
}

/// The waits of a call that fails `tries` times, by a policy of 200 ms and 1 s.
fn waits(seed: u64, tries: usize) -> Vec<Duration> {
    let clock = Clock::new();
    let policy = RetryPolicy::default()
        .max_attempts(9)
        .backoff(Duration::from_millis(200), secs(1));
    let engine = engine_of(config().retry(policy), AccessToken::new("hush-own").into());
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search).with_seed(seed));
    let one = || {
        call.sends();
        call.gets(failed(TransportErrorKind::Io));
        call.waits()
    };
    iter::repeat_with(one).take(tries).collect()
}

#[test]
fn waits_are_drawn_between_nothing_and_a_bound_that_doubles() {
    let draws: Vec<_> = (0..400).map(|seed| waits(seed, 5)).collect();
    for (attempt, bound) in [200, 400, 800, 1000, 1000].into_iter().enumerate() {
        let bound = Duration::from_millis(bound);
        let column = || draws.iter().map(|waits| waits[attempt]);
        let (least, most) = (column().min().unwrap(), column().max().unwrap());
        let mean = column().sum::<Duration>() / 400;
        assert!(most <= bound, "{attempt}: {most:?}");
        assert!(
            least < bound / 20 && most > bound * 19 / 20,
            "{attempt}: {least:?} {most:?}"
        );
        assert!(
            mean > bound * 2 / 5 && mean < bound * 3 / 5,
            "{attempt}: {mean:?}"
        );
    }
    assert_eq!(draws[7], waits(7, 5));
}

#[test]
fn calls_do_not_draw_the_same_waits() {
    let clock = Clock::new();
    let engine = engine_of(config(), AccessToken::new("hush-own").into());
    let search = SearchMeetings::new();
    let mut seen = Vec::new();
    for _ in 0..8 {
        let mut call = clock.hand(engine.call(&search));
        call.sends();
        call.gets(failed(TransportErrorKind::Io));
        seen.push(call.waits());
    }
    seen.dedup();
    assert!(seen.len() > 4, "{seen:?}");
}

#[test]
fn what_the_service_asks_for_is_waited_in_full_and_not_by_all_alike() {
    let search = SearchMeetings::new();
    let mut seen = Vec::new();
    for seed in 0..20 {
        let clock = Clock::new();
        let engine = engine_of(config(), AccessToken::new("hush-own").into());
        let mut call = clock.hand(engine.call(&search).with_seed(seed));
        call.sends();
        call.gets(throttled(7));
        seen.push(call.waits());
    }
    assert!(
        seen.iter()
            .all(|wait| (secs(7)..=secs(7) + Duration::from_millis(200)).contains(wait))
    );
    seen.dedup();
    assert!(seen.len() > 10, "{seen:?}");
}

/// How long a call waits when it is refused with this `Retry-After` and this `Date`.
fn wait_after(text: &str, date: Option<&str>) -> Duration {
    let clock = Clock::new();
    let config = config().deadline(secs(100_000));
    let engine = engine_of(config, AccessToken::new("hush-own").into());
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search).with_seed(7));
    call.sends();
    let mut response = refused(429, "APIG.0308").unwrap();
    let headers = response.headers_mut();
    headers.insert("retry-after", text.parse().unwrap());
    if let Some(date) = date {
        headers.insert("date", date.parse().unwrap());
    }
    call.gets(Ok(response));
    call.waits()
}

#[test]
fn a_date_is_waited_for_by_the_clock_of_the_service_or_by_ours() {
    let drawn = Duration::from_millis(200);
    let is_about =
        |wait: Duration, seconds| (secs(seconds)..=secs(seconds) + drawn).contains(&wait);
    // The clock of the service is years behind.
    let wait = wait_after(
        "Sun, 06 Nov 1994 08:49:40 GMT",
        Some("Sun, 06 Nov 1994 08:49:37 GMT"),
    );
    assert!(is_about(wait, 3), "{wait:?}");
    // Our clock shows 2026-11-22 00:00.
    let wait = wait_after("Sun, 22 Nov 2026 00:02:00 GMT", None);
    assert!(is_about(wait, 120), "{wait:?}");
    let wait = wait_after("Sun, 22 Nov 2020 00:02:00 GMT", None);
    assert!(is_about(wait, 0), "{wait:?}");
    // Whatever this means, it is not now.
    let wait = wait_after("soon", None);
    assert!(is_about(wait, 5), "{wait:?}");
}

#[test]
fn no_setting_makes_a_policy_panic() {
    let failure = TransportError::new(TransportErrorKind::Io, "made up");
    let refusal = ServiceError::new(http::StatusCode::TOO_MANY_REQUESTS, "", "")
        .with_retry_after(Duration::MAX);
    let (failure, refusal) = (
        meeting_client::AttemptOutcome::Failed(&failure),
        meeting_client::AttemptOutcome::Refused(&refusal),
    );
    let endless = RetryPolicy::default()
        .max_attempts(u32::MAX)
        .backoff(Duration::MAX, Duration::MAX);
    for attempt in [0, 1, 2, 40, u32::MAX - 1] {
        for random in [0.0, 0.5, 1.0, -1.0, 2.0, f64::NAN, f64::INFINITY] {
            for outcome in [&failure, &refusal] {
                let wait = endless.judge(RetryClass::Read, attempt, outcome, random);
                assert!(wait.is_some(), "{attempt} {random}");
            }
        }
    }
    let judge = |random| endless.judge(RetryClass::Read, 1, &failure, random);
    assert_eq!(judge(0.0), Some(Duration::ZERO));
    assert_eq!(judge(1.0), Some(Duration::MAX));
    let short = RetryPolicy::default();
    let judge = |random| short.judge(RetryClass::Read, 1, &failure, random);
    assert_eq!(judge(0.5), Some(Duration::from_millis(100)));
    assert_eq!(judge(7.0), Some(Duration::from_millis(200)));
}
