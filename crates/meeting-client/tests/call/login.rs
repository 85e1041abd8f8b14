//! The first token: when it is asked for, and how long it is used.

use std::time::{Duration, SystemTime};

use http::header::AUTHORIZATION;
use meeting_client::{Action, Engine, Error, LoggedIn, RetryPolicy};
use meeting_types::{
    AccountCredential, AppCredential, TransportErrorKind,
    operations::{CancelMeeting, SearchMeetings},
};

use crate::{
    hand::{Clock, engine, engine_of, engine_with},
    support::{
        Outcome, app, asked, config, failed, logged_in, ok, refused, secs, throttled, unauthorized,
        with,
    },
};

#[test]
fn a_login_comes_before_the_first_call_and_not_before_the_second() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let mut first = clock.hand(engine.call(&search));
    first.logs_in("one", 50_000);
    first.succeeds("SearchMeetings", "one");
    let mut second = clock.hand(engine.call(&search));
    second.succeeds("SearchMeetings", "one");
}

#[test]
fn an_account_logs_in_with_its_password() {
    let clock = Clock::new();
    let account = AccountCredential::new("alice", "hush-password");
    let engine = engine_of(config(), account.into());
    let search = SearchMeetings::new();
    let request = clock.hand(engine.call(&search)).sends();
    assert_eq!(request.uri().path(), "/v1/usg/acs/auth/account");
    assert!(request.headers()[AUTHORIZATION].is_sensitive());
}

#[test]
fn a_token_is_used_for_as_long_as_the_reply_says() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    clock.pass(secs(37_499));
    let mut before = clock.hand(engine.call(&search));
    before.succeeds("SearchMeetings", "one");
    // The last quarter began, and now the last tenth does.
    clock.pass(secs(7501));
    let mut after = clock.hand(engine.call(&search));
    assert_eq!(after.asks().operation, "UpdateToken");
}

/// After how many seconds a token is renewed that came with this reply.
fn renewed_after(reply: &'static str) -> u64 {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let mut first = clock.hand(engine.call(&search));
    first.sends();
    first.gets(ok(reply));
    first.succeeds("SearchMeetings", "one");
    let is_used_after = |seconds| {
        clock.set(crate::support::start() + secs(seconds));
        clock.hand(engine.call(&search)).asks().operation == "SearchMeetings"
    };
    let (mut used, mut renewed) = (0, 10_000_000);
    while used + 1 < renewed {
        let middle = (used + renewed) / 2;
        if is_used_after(middle) {
            used = middle;
        } else {
            renewed = middle;
        }
    }
    renewed
}

#[test]
fn a_lifetime_that_is_not_stated_follows_from_the_two_times() {
    let reply = r#"{"accessToken": "hush-one", "createTime": 1600000000000,
        "expireTime": 1600020000}"#;
    let renewed = renewed_after(reply);
    assert!((15_000..=18_000).contains(&renewed), "{renewed}");
}

#[test]
fn a_lifetime_that_cannot_be_one_is_taken_as_the_documented_twelve_hours() {
    for reply in [
        r#"{"accessToken": "hush-one"}"#,
        r#"{"accessToken": "hush-one", "validPeriod": 0}"#,
        r#"{"accessToken": "hush-one", "validPeriod": 1795305600}"#,
        r#"{"accessToken": "hush-one", "validPeriod": 9223372036854775807}"#,
        r#"{"accessToken": "hush-one", "validPeriod": 18446744073709551615}"#,
        r#"{"accessToken": "hush-one", "createTime": 1600000000000, "expireTime": 1}"#,
        r#"{"accessToken": "hush-one", "createTime": -9223372036854775808,
            "expireTime": 9223372036854775807}"#,
    ] {
        let renewed = renewed_after(reply);
        assert!((32_400..=38_880).contains(&renewed), "{reply}: {renewed}");
    }
}

#[test]
fn a_refresh_token_without_end_is_no_reason_to_panic() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    call.sends();
    call.gets(ok(
        r#"{"accessToken": "hush-one", "validPeriod": 50000, "refreshToken": "hush-refresh",
            "refreshValidPeriod": 9223372036854775807}"#,
    ));
    call.succeeds("SearchMeetings", "one");
    clock.pass(secs(49_999));
    // An end that cannot be told counts as over.
    let mut later = clock.hand(engine.call(&search));
    assert_eq!(later.asks().operation, "CreateAppIdToken");
}

#[test]
fn a_token_that_hardly_lives_is_used_all_the_same() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    assert_eq!(call.asks().operation, "CreateAppIdToken");
    clock.pass(secs(2));
    call.gets(crate::support::logged_in("one", 1));
    // It is over already: a second login would help no more than the first.
    call.succeeds("SearchMeetings", "one");
}

#[test]
fn bad_input_is_refused_before_a_login_is_spent_on_it() {
    let (clock, engine) = (Clock::new(), engine());
    let cancel = CancelMeeting::new("");
    let mut call = clock.hand(engine.call(&cancel));
    match call.ends() {
        Err(Error::Request(error)) => assert_eq!(error.parameter(), "conferenceID"),
        result => panic!("{result:?}"),
    }
    // The lease is free again.
    let search = SearchMeetings::new();
    clock.hand(engine.call(&search)).logs_in("one", 50_000);
}

#[test]
fn bad_input_does_not_wait_for_a_login() {
    let (clock, engine) = (Clock::new(), engine());
    let (search, cancel) = (SearchMeetings::new(), CancelMeeting::new(""));
    let mut busy = clock.hand(engine.call(&search));
    busy.sends();
    let result = clock.hand(engine.call(&cancel)).ends();
    assert!(matches!(result, Err(Error::Request(_))), "{result:?}");
}

#[test]
fn bad_credentials_are_told_by_the_first_call() {
    let clock = Clock::new();
    let nobody = AppCredential::new("", "hush-key");
    let engine = engine_of(config(), nobody.into());
    let search = SearchMeetings::new();
    match clock.hand(engine.call(&search)).ends() {
        Err(Error::Token(error)) => assert!(matches!(*error, Error::Request(_)), "{error}"),
        result => panic!("{result:?}"),
    }
}

#[test]
fn a_refused_login_is_the_error_of_the_call() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    call.sends();
    call.gets(refused(401, "USG.206010000"));
    let error = call.ends().unwrap_err();
    assert!(matches!(error, Error::Token(_)));
    assert!(error.is_wrong_password());
    let text = error.to_string();
    assert!(
        text.starts_with("no token for the call: CreateAppIdToken refused"),
        "{text}"
    );
}

#[test]
fn a_login_that_says_nothing_readable_is_the_error_of_the_call() {
    for reply in [
        "",
        "{}",
        "<html>",
        r#"{"returnCode": 1, "returnDesc": "no"}"#,
    ] {
        let (clock, engine) = (Clock::new(), engine());
        let search = SearchMeetings::new();
        let mut call = clock.hand(engine.call(&search));
        call.sends();
        call.gets(ok(reply));
        let error = call.ends().unwrap_err();
        assert!(matches!(error, Error::Token(_)), "{reply}: {error:?}");
    }
}

#[test]
fn an_account_login_that_says_nothing_readable_is_told_by_its_name() {
    let clock = Clock::new();
    let account = AccountCredential::new("alice", "hush-password");
    let engine = engine_of(config(), account.into());
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    call.sends();
    call.gets(ok("{}"));
    let error = call.ends().unwrap_err().to_string();
    assert!(error.contains("CreateToken answered"), "{error}");
}

#[test]
fn a_login_that_was_certainly_not_sent_is_sent_again() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    call.sends();
    call.gets(failed(TransportErrorKind::Connect));
    call.waits();
    call.logs_in("one", 50_000);
    call.succeeds("SearchMeetings", "one");
}

#[test]
fn one_failure_of_the_login_in_passing_fails_nobody() {
    for outcome in [
        failed(TransportErrorKind::Timeout),
        failed(TransportErrorKind::Io),
        refused(500, ""),
        refused(502, ""),
        refused(503, ""),
        refused(504, ""),
        refused(408, ""),
    ] {
        let (clock, engine) = (Clock::new(), engine());
        let search = SearchMeetings::new();
        let mut calls: Vec<_> = (0..50).map(|_| clock.hand(engine.call(&search))).collect();
        calls[0].sends();
        for waiting in &mut calls[1..] {
            waiting.waits();
        }
        calls[0].gets(outcome);
        calls[0].waits();
        calls[0].logs_in("one", 50_000);
        for call in &mut calls {
            call.succeeds("SearchMeetings", "one");
        }
    }
}

#[test]
fn a_call_that_makes_one_attempt_does_not_fail_those_that_make_more() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let hasty = engine.with_retry(RetryPolicy::never());
    let mut first = clock.hand(hasty.call(&search));
    first.sends();
    let mut second = clock.hand(engine.call(&search));
    second.waits();
    first.gets(refused(502, ""));
    assert!(matches!(first.ends(), Err(Error::Token(_))));
    second.waits();
    second.logs_in("one", 50_000);
    second.succeeds("SearchMeetings", "one");
}

/// Runs a call to its end: the login is refused like this, if there is one. Says whether there was.
fn is_asked_again(clock: &Clock, engine: &Engine<LoggedIn>, refusal: Outcome) -> bool {
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    match call.next() {
        Action::Send(_) => {
            call.gets(refusal);
            call.ends().unwrap_err();
            true
        }
        Action::Done(result) => {
            assert!(result.unwrap_err().is_wrong_password());
            false
        }
        action => panic!("{action:?}"),
    }
}

#[test]
fn refused_credentials_are_refused_from_memory_for_a_pause_that_grows() {
    let (clock, engine) = (Clock::new(), engine());
    let wrong = || is_asked_again(&clock, &engine, refused(401, "USG.206010000"));
    for pause in [30, 60, 120, 240, 480, 900, 900, 900] {
        assert!(wrong());
        for _ in 0..100 {
            assert!(!wrong());
        }
        clock.pass(secs(pause - 1));
        assert!(!wrong(), "{pause}");
        clock.pass(secs(1));
    }
    // A login that succeeds ends it, and the next refusal begins anew.
    let search = SearchMeetings::new();
    clock.hand(engine.call(&search)).logs_in("one", 100);
    clock.pass(secs(40 * 24 * 3600));
    assert!(wrong() && !wrong());
    clock.pass(secs(30));
    assert!(wrong());
}

#[test]
fn a_clock_that_is_set_back_does_not_keep_a_refusal_alive() {
    let (clock, engine) = (Clock::new(), engine());
    let wrong = || is_asked_again(&clock, &engine, refused(401, "USG.206010000"));
    assert!(wrong() && !wrong());
    clock.set_back(secs(3600));
    assert!(wrong());
}

#[test]
fn what_may_pass_is_not_remembered() {
    for refusal in [
        || throttled(1000),
        || refused(400, "USG.200000001"),
        || refused(500, "USG.1"),
    ] {
        let clock = Clock::new();
        let config = config().retry(RetryPolicy::never());
        let engine = engine_of(config, app());
        let search = SearchMeetings::new();
        for _ in 0..3 {
            let mut call = clock.hand(engine.call(&search));
            call.sends();
            call.gets(refusal());
            call.ends().unwrap_err();
        }
    }
}

#[test]
fn a_service_that_accepts_no_token_gets_few_logins() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let mut logins = 0;
    let mut one_call = |clock: &Clock| {
        let mut call = clock.hand(engine.call(&search));
        loop {
            match call.next() {
                Action::Send(request) if asked(&request).operation == "SearchMeetings" => {
                    call.gets(unauthorized());
                }
                Action::Send(_) => {
                    logins += 1;
                    call.gets(logged_in("one", 50_000));
                }
                Action::Done(result) => break assert_eq!(result.unwrap().status(), 401),
                action => panic!("{action:?}"),
            }
        }
        logins
    };
    for _ in 0..50 {
        assert!(one_call(&clock) <= 2);
    }
    clock.pass(secs(30));
    for _ in 0..50 {
        assert!(one_call(&clock) <= 3);
    }
    clock.pass(secs(30));
    assert_eq!(one_call(&clock), 3);
    clock.pass(secs(30));
    assert_eq!(one_call(&clock), 4);
}

#[test]
fn an_operation_that_no_token_helps_does_not_keep_the_others_from_a_new_one() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let (search, cancel) = (SearchMeetings::new(), CancelMeeting::new("900825541"));
    let mut never = clock.hand(engine.call(&cancel));
    never.sends();
    never.gets(unauthorized());
    never.logs_in("two", 50_000);
    never.sends();
    never.gets(unauthorized());
    assert_eq!(never.ends().unwrap().status(), 401);
    clock
        .hand(engine.call(&search))
        .succeeds("SearchMeetings", "two");
    let mut never = clock.hand(engine.call(&cancel));
    never.sends();
    never.gets(unauthorized());
    assert_eq!(never.ends().unwrap().status(), 401);
    // Then another login replaced the token.
    let mut call = clock.hand(engine.call(&search));
    call.sends();
    call.gets(unauthorized());
    call.logs_in("three", 50_000);
    call.succeeds("SearchMeetings", "three");
}

#[test]
fn a_token_of_your_own_needs_no_login() {
    let clock = Clock::new();
    let token = meeting_types::AccessToken::new("hush-own");
    let engine = engine_of(config(), token.into());
    let search = SearchMeetings::new();
    clock.pass(Duration::from_secs(20 * 365 * 24 * 3600));
    assert_eq!(
        clock.hand(engine.call(&search)).asks(),
        with("SearchMeetings", "own")
    );
}

#[test]
fn a_clock_at_the_end_of_time_is_no_reason_to_panic() {
    let mut end = SystemTime::UNIX_EPOCH;
    for shift in (0..63).rev() {
        end = end.checked_add(secs(1 << shift)).unwrap_or(end);
    }
    let clock = Clock::new();
    clock.set(end);
    let engine = engine_of(config(), app());
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    call.logs_in("one", 50_000);
    call.succeeds("SearchMeetings", "one");
}

#[test]
fn a_credential_that_cannot_be_meant_is_told_before_anything_is_sent() {
    let clock = Clock::new();
    let search = SearchMeetings::new();
    for (credentials, parameter) in [
        (AppCredential::new("demo-app", "hush\n").into(), "appKey"),
        (AppCredential::new("", "hush").into(), "appId"),
        (AccountCredential::new("alice", " hush").into(), "password"),
        (AccountCredential::new("al:ice", "hush").into(), "account"),
    ] {
        let engine = engine_of(config(), credentials);
        match clock.hand(engine.call(&search)).ends() {
            Err(Error::Token(error)) => match &*error {
                Error::Request(error) => assert_eq!(error.parameter(), parameter),
                other => panic!("{other}"),
            },
            result => panic!("{result:?}"),
        }
    }
}
