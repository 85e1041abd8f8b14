//! The first token: when it is asked for, and how long it is used.

use std::time::{Duration, SystemTime};

use http::header::AUTHORIZATION;
use meeting_client::Error;
use meeting_types::{
    AccountCredential, AppCredential, TransportErrorKind,
    operations::{CancelMeeting, SearchMeetings},
};

use crate::{
    hand::{Clock, engine, engine_of, engine_with},
    support::{app, config, failed, ok, refused, secs, with},
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
    clock.pass(secs(44_999));
    let mut before = clock.hand(engine.call(&search));
    before.succeeds("SearchMeetings", "one");
    // The last tenth begins.
    clock.pass(secs(1));
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
    assert_eq!(renewed_after(reply), 18_000);
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
        assert_eq!(renewed_after(reply), 38_880, "{reply}");
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
fn a_login_that_may_have_been_seen_is_not_sent_again() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    call.sends();
    call.gets(failed(TransportErrorKind::Timeout));
    assert!(matches!(call.ends(), Err(Error::Token(_))));
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
