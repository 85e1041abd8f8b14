//! Logins by accounts that other services keep.

use meeting_client::{Engine, Error};
use meeting_types::{ProxyCredential, operations::SearchMeetings};

use crate::{
    memory::{Memory, ready},
    support::{config, logged_in, no_meetings, secs, unauthorized, with},
};

#[test]
fn an_account_of_welink_logs_in_is_renewed_and_logs_in_again() {
    let memory = Memory::script([
        logged_in("one", 50_000),
        no_meetings(),
        logged_in("two", 50_000),
        no_meetings(),
        unauthorized(),
        logged_in("three", 50_000),
        no_meetings(),
    ]);
    let user = ProxyCredential::welink("ann", "hush-password");
    let engine = Engine::logged_in(config(), memory.clone(), user.into());
    ready(engine.send(&SearchMeetings::new())).unwrap();
    let (_, login) = &memory.take_sent()[0];
    assert_eq!(login.uri().path(), "/v1/usg/acs/auth/proxy");
    let body: serde_json::Value = serde_json::from_slice(login.body()).unwrap();
    assert_eq!(body["authServerType"], "workplace");
    assert_eq!(body["authType"], "AccountAndPwd");
    assert_eq!(body["account"], "ann");
    assert_eq!(body["pwd"], "hush-password");
    assert_eq!(body["clientType"], 72);
    memory.pass(secs(46_000));
    ready(engine.send(&SearchMeetings::new())).unwrap();
    let renewed = memory.take_asked();
    assert_eq!(renewed[0], with("UpdateToken", "refresh-one"));
    assert_eq!(renewed[1], with("SearchMeetings", "two"));
    ready(engine.send(&SearchMeetings::new())).unwrap();
    let asked = memory.take_asked();
    assert_eq!(asked[1].operation, "CreateProxyToken");
    assert_eq!(asked[2], with("SearchMeetings", "three"));
}

#[test]
fn a_code_counts_once_and_its_login_is_renewed() {
    let memory = Memory::script([
        logged_in("one", 50_000),
        no_meetings(),
        unauthorized(),
        logged_in("two", 50_000),
        no_meetings(),
        unauthorized(),
        unauthorized(),
    ]);
    let user = ProxyCredential::oauth2("hush-code", "example.com");
    let engine = Engine::logged_in(config(), memory.clone(), user.into());
    ready(engine.send(&SearchMeetings::new())).unwrap();
    let (_, login) = &memory.take_sent()[0];
    let body: serde_json::Value = serde_json::from_slice(login.body()).unwrap();
    assert_eq!(body["authServerType"], "oauth2");
    assert_eq!(body["credential"], "hush-code");
    assert_eq!(body["domain"], "example.com");
    // It is refused, and what renews it gets a new one.
    ready(engine.send(&SearchMeetings::new())).unwrap();
    assert_eq!(memory.take_asked()[1], with("UpdateToken", "refresh-one"));
    // That is refused, too. The code is not sent again.
    let error = ready(engine.send(&SearchMeetings::new())).unwrap_err();
    assert!(matches!(error, Error::Token(_)), "{error:?}");
    assert_eq!(memory.take_asked().len(), 2);
}

#[test]
fn a_part_that_cannot_be_right_is_told_and_not_sent() {
    for (user, part) in [
        (ProxyCredential::welink("", "hush-password"), "account"),
        (ProxyCredential::welink("ann", "hush-password\n"), "pwd"),
        (
            ProxyCredential::oauth2(" hush", "example.com"),
            "credential",
        ),
        (ProxyCredential::oauth2("hush-code", ""), "domain"),
    ] {
        let memory = Memory::script([]);
        let engine = Engine::logged_in(config(), memory, user.into());
        let error = ready(engine.send(&SearchMeetings::new())).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(part) && !shown.contains("hush"), "{shown}");
    }
}
