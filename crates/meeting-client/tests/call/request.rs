//! What every request carries, and what is never printed.

use std::collections::HashSet;

use http::{HeaderMap, header};
use meeting_client::{Action, Engine, MessageLanguage};
use meeting_types::{
    AccessToken, AccountCredential, TransportErrorKind,
    models::{Booking, MediaType},
    operations::{CreateAnonymousAuthRandom, CreateMeeting, SearchMeetings},
};

use crate::{
    hand::{Clock, engine, engine_of, engine_with},
    support::{SECRET, config, failed, logged_in, refused, unauthorized},
};

fn id_of(headers: &HeaderMap) -> String {
    headers["x-request-id"].to_str().unwrap().to_owned()
}

#[test]
fn all_requests_of_a_call_say_who_asks_in_which_language_and_under_which_id() {
    let clock = Clock::new();
    let engine = engine_with(&clock, "one", 50_000);
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    let mut requests = vec![call.sends()];
    call.gets(failed(TransportErrorKind::Io));
    call.waits();
    requests.push(call.sends());
    call.gets(unauthorized());
    requests.push(call.sends());
    call.gets(logged_in("two", 50_000));
    requests.push(call.sends());
    let agent = concat!("meeting-rust/", env!("CARGO_PKG_VERSION"));
    for request in &requests {
        let headers = request.headers();
        assert_eq!(headers[header::USER_AGENT], agent);
        assert_eq!(headers[header::ACCEPT_LANGUAGE], "en-US");
        assert_eq!(id_of(headers), id_of(requests[0].headers()));
    }
}

#[test]
fn each_call_has_an_id_of_its_own() {
    let clock = Clock::new();
    let engine = engine_of(config(), AccessToken::new("hush-own").into());
    let search = SearchMeetings::new();
    let ids: HashSet<_> = (0..100)
        .map(|_| id_of(clock.hand(engine.call(&search)).sends().headers()))
        .collect();
    assert_eq!(ids.len(), 100);
    for id in ids {
        let (dashes, digits): (Vec<_>, Vec<_>) = id.chars().partition(|c| *c == '-');
        assert_eq!((id.len(), dashes.len()), (36, 4), "{id}");
        assert!(digits.iter().all(char::is_ascii_hexdigit), "{id}");
        assert_eq!(&id[14..15], "4", "{id}");
    }
}

#[test]
fn the_language_can_be_chosen() {
    let clock = Clock::new();
    let config = config().language(MessageLanguage::Chinese);
    let engine = engine_of(config, AccessToken::new("hush-own").into());
    let search = SearchMeetings::new();
    let request = clock.hand(engine.call(&search)).sends();
    assert_eq!(request.headers()[header::ACCEPT_LANGUAGE], "zh-CN");
}

#[test]
fn a_changed_operation_or_a_broken_reply_leaves_the_headers_alone() {
    let clock = Clock::new();
    let engine = engine_of(config(), AccessToken::new("hush-own").into());
    let create = CreateMeeting::new(Booking::new([MediaType::HdVideo]));
    let mut call = clock.hand(engine.call(&create));
    let first = call.sends();
    call.gets(failed(TransportErrorKind::Connect));
    call.waits();
    let second = call.sends();
    assert_eq!(first.headers(), second.headers());
    assert_eq!(first.body(), second.body());
    assert_eq!(first.uri(), second.uri());
}

/// No secret, in any case.
#[track_caller]
fn assert_silent(shown: &str) {
    assert!(!shown.to_lowercase().contains(SECRET), "{shown}");
}

#[test]
fn nothing_that_is_printed_holds_a_secret() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let mut call = engine.call(&search);
    assert_silent(&format!("{engine:?} {call:?} {:?}", engine.config()));
    // The login: its body has the nonce in it, its headers the signature.
    let step = call.poll(clock.now());
    assert_eq!(format!("{step:?}"), "Send(POST /v2/usg/acs/auth/appauth)");
    call.handle_response(logged_in("one", 50_000), clock.now());
    let step = call.poll(clock.now());
    assert_silent(&format!("{step:?} {call:?} {engine:?}"));
    call.handle_response(unauthorized(), clock.now());
    call.poll(clock.now());
    call.handle_response(refused(401, "USG.206010000"), clock.now());
    let step = call.poll(clock.now());
    assert!(matches!(step, Action::Done(Err(_))));
    assert_silent(&format!("{step:?} {call:?} {engine:?}"));
    assert_silent(&format!("{:?}", crate::support::app()));
    let account = AccountCredential::new("alice", "hush-password");
    assert_silent(&format!(
        "{:?}",
        meeting_client::LoginCredentials::from(account)
    ));
    let own = meeting_client::LoginCredentials::from(AccessToken::new("hush-own"));
    assert_silent(&format!("{own:?}"));
}

#[test]
fn neither_a_reply_nor_a_query_is_printed_by_a_step() {
    let clock = Clock::new();
    let engine = engine_of(config(), AccessToken::new("hush-own").into());
    let random = CreateAnonymousAuthRandom::new("hush-id", "hush-password");
    let mut call = engine.call(&random);
    let step = call.poll(clock.now());
    assert_silent(&format!("{step:?}"));
    let random = crate::support::ok(r#"{"random": "hush-random"}"#);
    call.handle_response(random, clock.now());
    let step = call.poll(clock.now());
    assert_eq!(format!("{step:?}"), "Done(200)");
}

#[test]
fn an_unreadable_login_is_told_without_its_body() {
    let (clock, engine) = (Clock::new(), engine());
    let search = SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    call.sends();
    call.gets(crate::support::ok(r#"{"refreshToken": "hush-refresh"}"#));
    let error = call.ends().unwrap_err();
    assert_silent(&format!("{error:?} {error}"));
}

#[test]
fn errors_are_small_and_all_of_it_can_be_sent() {
    fn is_sent<T: Send + Sync>() {}
    is_sent::<meeting_client::Error>();
    is_sent::<Engine<meeting_client::LoggedIn>>();
    is_sent::<meeting_client::Control>();
    is_sent::<meeting_client::Pages<SearchMeetings, meeting_client::LoggedIn>>();
    fn may_move<T: Send>(value: T) -> T {
        value
    }
    let (engine, search) = (engine(), SearchMeetings::new());
    let transport = meeting_client::NoTransport;
    let mut call = may_move(engine.call(&search));
    drop(may_move(meeting_client::drive(&transport, &mut call)));
    drop(may_move(engine.send(&search)));
    drop(may_move(engine.log_out()));
    drop(may_move(engine.control("900825541", "hush-password")));
    drop(may_move(engine.pages(SearchMeetings::new()).next()));
    assert!(size_of::<meeting_client::Error>() <= 128);
    assert!(size_of::<meeting_client::Call<'_>>() <= 512);
}
