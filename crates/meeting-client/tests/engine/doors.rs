//! Control by a token, settings of a call, a bound on requests, what a decorator sees.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use http::{HeaderName, HeaderValue};
use meeting_client::{Action, ApiClient, CallOptions, CanAuthorize, Engine, Error, RetryPolicy};
use meeting_types::{
    AccessToken, Attempt, ConferenceCredential, OperationInfo, RefreshToken, SavedLogin, Timeout,
    operations::{MuteMeeting, SearchMeetings},
};

use crate::{
    memory::{Memory, ready},
    support::{app, config, logged_in, no_meetings, ok, refused, secs, start, unauthorized, with},
};

fn one_login(request: &http::Request<bytes::Bytes>) -> crate::support::Outcome {
    match request.uri().path() {
        "/v2/usg/acs/auth/appauth" => logged_in("one", 50_000),
        _ => no_meetings(),
    }
}

#[test]
fn control_by_a_token_sends_that_token_and_never_another() {
    let memory = Memory::script([ok(""), unauthorized()]);
    let credential = ConferenceCredential::new("900825541", "hush-mine");
    let control = memory.anonymous().control_by_token(credential);
    assert_eq!(control.conference_id().as_str(), "900825541");
    memory.pass(secs(100_000));
    ready(control.send(&MuteMeeting::new(true))).unwrap();
    // It is not replaced: there is no password to do it with.
    let error = ready(control.send(&MuteMeeting::new(true))).unwrap_err();
    assert!(matches!(error, Error::Service(_)), "{error}");
    let muted = || with("MuteMeeting", "mine");
    assert_eq!(memory.take_asked(), [muted(), muted()]);
    ready(control.renew()).unwrap_err();
    assert!(memory.take_asked().is_empty());
    assert_eq!(control.token().unwrap().expose(), "hush-mine");
}

#[test]
fn settings_of_a_call_hold_for_that_call() {
    let memory = Memory::new(|request| match one_login(request) {
        Ok(response) if request.uri().path().contains("appauth") => Ok(response),
        _ => refused(503, "MMC.1"),
    });
    let engine = memory.logged_in();
    let options = CallOptions::new()
        .deadline(secs(2))
        .retry(RetryPolicy::never())
        .header(
            HeaderName::from_static("traceparent"),
            HeaderValue::from_static("00-a-b-01"),
        )
        .header(
            HeaderName::from_static("x-access-token"),
            HeaderValue::from_static("another"),
        )
        .header(
            HeaderName::from_static("accept-language"),
            HeaderValue::from_static("fr"),
        );
    let search = SearchMeetings::new();
    ready(engine.response_with(&search, &options))
        .map(drop)
        .unwrap_err();
    let sent = memory.take_sent();
    let [(_, login), (_, request)] = &sent[..] else {
        panic!("{sent:?}");
    };
    assert!(!login.headers().contains_key("traceparent"));
    assert_eq!(request.headers()["traceparent"], "00-a-b-01");
    assert_eq!(request.headers()["accept-language"], "fr");
    assert_eq!(request.headers()["x-access-token"], "hush-one");
    assert_eq!(request.extensions().get(), Some(&Timeout(secs(2))));
    // The next call is as ever.
    ready(engine.send(&search)).map(drop).unwrap_err();
    let sent = memory.take_sent();
    assert_eq!(sent.len(), 3);
    assert!(!sent[0].1.headers().contains_key("traceparent"));
    assert_eq!(sent[0].1.headers()["accept-language"], "en-US");
}

#[test]
fn a_decorator_sees_the_operation_and_the_attempt() {
    let memory = Memory::script([
        refused(502, ""),
        logged_in("one", 50_000),
        refused(503, ""),
        no_meetings(),
    ]);
    ready(memory.logged_in().send(&SearchMeetings::new())).unwrap();
    let seen: Vec<_> = memory
        .take_sent()
        .iter()
        .map(|(_, request)| {
            let extensions = request.extensions();
            let info = extensions.get::<&'static OperationInfo>().unwrap();
            (info.name, extensions.get::<Attempt>().unwrap().0)
        })
        .collect();
    let (login, search) = ("CreateAppIdToken", "SearchMeetings");
    assert_eq!(seen, [(login, 1), (login, 2), (search, 1), (search, 2)]);
}

/// What a library writes once.
async fn count<C: ApiClient>(client: &C) -> Result<usize, Error>
where
    C::Access: CanAuthorize<AccessToken>,
{
    let found = client.send(&SearchMeetings::new()).await?.data.len();
    let mut pages = client.pages(SearchMeetings::new());
    let mut listed = 0;
    while pages.next().await?.is_some() {
        listed += 1;
    }
    assert_eq!(client.response(&SearchMeetings::new()).await?.status(), 200);
    Ok(found + listed)
}

#[test]
fn a_library_is_written_over_the_trait_of_all_clients() {
    let memory = Memory::new(one_login);
    assert_eq!(ready(count(&memory.logged_in())).unwrap(), 0);
}

#[test]
fn no_more_requests_are_under_way_than_the_bound_allows() {
    let now = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
    let seen = now.clone();
    let memory = Memory::of_threads(move |request, _| {
        let (count, most) = &*seen;
        most.fetch_max(count.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(5));
        count.fetch_sub(1, Ordering::SeqCst);
        one_login(request)
    });
    let config = config().max_in_flight(3).deadline(secs(100_000));
    let engine = Engine::logged_in(config, memory.clone(), app());
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| ready(engine.send(&SearchMeetings::new())).unwrap());
        }
    });
    assert_eq!(memory.take_sent().len(), 17);
    assert_eq!(now.1.load(Ordering::SeqCst), 3);
}

#[test]
fn a_call_that_gets_no_place_ends_by_its_deadline_and_one_that_is_dropped_gives_it_back() {
    let memory = Memory::new(one_login);
    let token = AccessToken::new("hush-own");
    let engine = Engine::logged_in(config().max_in_flight(0), memory.clone(), token.into());
    let search = SearchMeetings::new();
    let mut first = engine.call(&search);
    assert!(matches!(first.poll(start()), Action::Send(_)));
    let error = ready(engine.send(&search)).unwrap_err();
    assert!(error.is_deadline(), "{error}");
    drop(first);
    ready(engine.send(&search)).unwrap();
}

#[test]
fn a_login_that_was_kept_is_used_and_renewed_without_a_new_one() {
    let memory = Memory::new(one_login);
    let engine = memory.logged_in();
    assert_eq!(engine.saved_login(), None);
    ready(engine.send(&SearchMeetings::new())).unwrap();
    let saved = engine.saved_login().unwrap();
    assert_eq!(saved.access_token.expose(), "hush-one");
    assert_eq!(saved.issued_at, start().into());
    assert_eq!(saved.expires_at, (start() + secs(50_000)).into());
    assert_eq!(
        saved.refresh_expires_at,
        Some((start() + secs(2_592_000)).into())
    );

    // Another run, with and without credentials that can log in.
    for credentials in [app().resuming(saved.clone()), saved.clone().into()] {
        let memory = Memory::script([no_meetings(), logged_in("two", 50_000), no_meetings()]);
        let engine = Engine::logged_in(config(), memory.clone(), credentials);
        assert_eq!(engine.saved_login(), Some(saved.clone()));
        ready(engine.send(&SearchMeetings::new())).unwrap();
        memory.pass(secs(50_000));
        ready(engine.send(&SearchMeetings::new())).unwrap();
        let asked = [
            with("SearchMeetings", "one"),
            with("UpdateToken", "refresh-one"),
            with("SearchMeetings", "two"),
        ];
        assert_eq!(memory.take_asked(), asked);
        let renewed = engine.saved_login().unwrap();
        assert_eq!(renewed.access_token.expose(), "hush-two");
    }
}

#[test]
fn a_kept_login_that_the_service_refuses_is_renewed_or_replaced() {
    let saved = || {
        let login = SavedLogin::new(AccessToken::new("hush-one"), start().into(), secs(50_000));
        login.refresh(
            RefreshToken::new("hush-refresh"),
            (start() + secs(100_000)).into(),
        )
    };
    let script = || Memory::script([unauthorized(), logged_in("two", 50_000), no_meetings()]);
    // Without credentials the refresh token is all there is.
    let memory = script();
    let engine = Engine::logged_in(config(), memory.clone(), saved().into());
    ready(engine.send(&SearchMeetings::new())).unwrap();
    assert_eq!(memory.take_asked()[1], with("UpdateToken", "refresh"));
    let memory = script();
    let engine = Engine::logged_in(config(), memory.clone(), app().resuming(saved()));
    ready(engine.send(&SearchMeetings::new())).unwrap();
    assert_eq!(memory.take_asked()[1].operation, "CreateAppIdToken");
    // The refresh token is refused as well: that is the error, and it is not asked for each time.
    let memory = Memory::script([unauthorized(), refused(401, "USG.206010000")]);
    let engine = Engine::logged_in(config(), memory.clone(), saved().into());
    for _ in 0..5 {
        let error = ready(engine.send(&SearchMeetings::new())).unwrap_err();
        assert!(
            matches!(error, Error::Token(_)) && error.is_wrong_password(),
            "{error}"
        );
    }
    assert_eq!(engine.saved_login(), None);
}
