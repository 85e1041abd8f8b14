//! `raw`, `answer` and `send`, and what a deadline of its own changes.

use std::time::Duration;

use meeting_client::{Error, RetryPolicy};
use meeting_types::{
    ResponseFault, Timeout, TransportErrorKind,
    operations::{CreateAnonymousAuthRandom, SearchMeetings},
};

use crate::{
    memory::{Memory, ready},
    support::{failed, logged_in, no_meetings, ok, refused, secs, with},
};

#[test]
fn raw_hands_out_what_came_and_the_others_make_an_error_of_a_refusal() {
    let memory = Memory::new(|request| match request.uri().path() {
        "/v2/usg/acs/auth/appauth" => logged_in("one", 50_000),
        _ => refused(400, "MMC.111070005"),
    });
    let (engine, search) = (memory.logged_in(), SearchMeetings::new());
    let response = ready(engine.raw(&search)).unwrap();
    assert_eq!(response.status(), 400);
    assert!(response.body().starts_with(b"{\"error_code\""));
    for error in [
        ready(engine.response(&search)).map(drop).unwrap_err(),
        ready(engine.send(&search)).map(drop).unwrap_err(),
    ] {
        assert!(error.is_not_found());
        let refusal = error.service().unwrap();
        assert_eq!(
            (refusal.operation(), refusal.code()),
            ("SearchMeetings", "MMC.111070005")
        );
        assert!(matches!(error, Error::Service(_)));
    }
}

#[test]
fn an_answer_keeps_what_came_with_the_value() {
    let memory = Memory::new(|request| {
        if request.uri().path() == "/v2/usg/acs/auth/appauth" {
            return logged_in("one", 50_000);
        }
        let mut reply = ok(r#"{"count": 1, "data": [{"conferenceID": "900825541"}], "new": 1}"#)?;
        reply
            .headers_mut()
            .insert("x-request-id", "abc".parse().unwrap());
        Ok(reply)
    });
    let (engine, search) = (memory.logged_in(), SearchMeetings::new());
    let answer = ready(engine.response(&search)).unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.request_id()),
        (200, Some("abc"))
    );
    assert!(answer.body().ends_with(b"\"new\": 1}"));
    let value = ready(engine.send(&search)).unwrap();
    assert_eq!(&value, answer.value());
    assert_eq!(value.data[0].conference_id.as_str(), "900825541");
}

#[test]
fn a_reply_that_cannot_be_read_is_an_error_of_its_own() {
    let engine = Memory::new(|_| ok("<html>")).anonymous();
    let random = CreateAnonymousAuthRandom::new("900825541", "hush-password");
    match ready(engine.send(&random)) {
        Err(Error::Response(error)) => assert_eq!(error.fault(), &ResponseFault::Html),
        result => panic!("{result:?}"),
    }
    let memory = Memory::new(|_| {
        let mut reply = ok("")?;
        *reply.status_mut() = http::StatusCode::FOUND;
        Ok(reply)
    });
    match ready(memory.anonymous().send(&random)) {
        Err(Error::Response(error)) => assert_eq!(error.fault(), &ResponseFault::Redirect),
        result => panic!("{result:?}"),
    }
    // It is not followed, and not tried again.
    assert_eq!(memory.take_sent().len(), 1);
}

#[test]
fn a_refusal_with_status_200_is_a_refusal() {
    let engine =
        Memory::new(|_| ok(r#"{"returnCode": "MMC.111070005", "returnDesc": "no"}"#)).anonymous();
    let random = CreateAnonymousAuthRandom::new("900825541", "hush-password");
    assert!(ready(engine.send(&random)).unwrap_err().is_not_found());
    assert_eq!(ready(engine.raw(&random)).unwrap().status(), 200);
}

#[test]
fn an_operation_that_needs_no_login_costs_none() {
    let memory = Memory::new(|_| ok(r#"{"random": "hush-random"}"#));
    let random = CreateAnonymousAuthRandom::new("900825541", "hush-password");
    ready(memory.logged_in().send(&random)).unwrap();
    let sent = memory.take_sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        sent[0].1.uri().path(),
        "/v1/mmc/management/conferences/anonymous/auth"
    );
}

#[test]
fn a_deadline_of_its_own_shares_the_login() {
    let memory = Memory::new(|request| match request.uri().path() {
        "/v2/usg/acs/auth/appauth" => logged_in("one", 50_000),
        _ => no_meetings(),
    });
    let engine = memory.logged_in();
    let hasty = engine.with_deadline(secs(2));
    ready(hasty.send(&SearchMeetings::new())).unwrap();
    ready(engine.send(&SearchMeetings::new())).unwrap();
    let timeouts: Vec<_> = memory
        .take_sent()
        .iter()
        .map(|(_, request)| *request.extensions().get::<Timeout>().unwrap())
        .collect();
    assert_eq!(
        timeouts,
        [Timeout(secs(2)), Timeout(secs(2)), Timeout(secs(10))]
    );
    assert_eq!(engine.config().endpoint(), hasty.config().endpoint());
}

#[test]
fn waits_are_slept_and_the_deadline_holds() {
    let memory = Memory::new(|request| match request.uri().path() {
        "/v2/usg/acs/auth/appauth" => logged_in("one", 50_000),
        _ => failed(TransportErrorKind::Io),
    });
    let engine = memory.logged_in();
    let error = ready(engine.send(&SearchMeetings::new())).unwrap_err();
    assert!(
        matches!(
            error,
            Error::Transport {
                operation: "SearchMeetings",
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(memory.sleeps(), 2);
    memory.take_sent();
    let none = engine.with_deadline(Duration::ZERO);
    assert!(
        ready(none.send(&SearchMeetings::new()))
            .unwrap_err()
            .is_deadline()
    );
    assert_eq!(memory.take_sent().len(), 0);
}

#[test]
fn a_policy_of_its_own_shares_the_login() {
    let memory = Memory::script([
        logged_in("one", 50_000),
        refused(503, "MMC.1"),
        refused(503, "MMC.1"),
        no_meetings(),
    ]);
    let engine = memory.logged_in();
    let once = engine.with_retry(RetryPolicy::never());
    let error = ready(once.send(&SearchMeetings::new())).unwrap_err();
    assert_eq!(error.service().unwrap().status(), 503);
    assert_eq!(memory.take_asked().len(), 2);
    ready(engine.send(&SearchMeetings::new())).unwrap();
    assert_eq!(memory.take_asked().len(), 2);
}

#[test]
fn clones_share_the_login() {
    let memory = Memory::script([logged_in("one", 50_000), no_meetings(), no_meetings()]);
    let engine = memory.logged_in();
    ready(engine.send(&SearchMeetings::new())).unwrap();
    ready(engine.clone().send(&SearchMeetings::new())).unwrap();
    let search = || with("SearchMeetings", "one");
    assert_eq!(memory.take_asked()[1..], [search(), search()]);
}

#[test]
fn a_gateway_that_answers_with_the_request_repeats_no_secret() {
    let memory = Memory::new(|request| {
        let shown: String = request
            .headers()
            .iter()
            .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()))
            .collect();
        let mut response = ok(format!("bad request\n{shown}\u{1b}[2J"))?;
        *response.status_mut() = http::StatusCode::BAD_REQUEST;
        Ok(response)
    });
    // The login, a call with a token, and one for control.
    let app = ready(memory.logged_in().send(&SearchMeetings::new())).unwrap_err();
    let engine = memory.with_token(meeting_types::AccessToken::new("hush-own"));
    let own = ready(engine.send(&SearchMeetings::new())).unwrap_err();
    let control = ready(engine.control("900825541", "hush-host")).unwrap_err();
    for error in [app, own, control] {
        let shown = format!("{error} {error:?}");
        assert!(
            shown.contains("bad request") && shown.contains("***"),
            "{shown}"
        );
        assert!(
            !shown.contains("hush") && !shown.contains('\u{1b}'),
            "{shown}"
        );
        let signature = shown.split("signature=").nth(1);
        assert!(
            signature.is_none_or(|it| it.starts_with("\"***") || it.starts_with("***")),
            "{shown}"
        );
    }
}
