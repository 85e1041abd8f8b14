//! Many users of one application.

use std::collections::HashSet;

use meeting_client::{Engine, Error, MemoryLogins, OnStoreLoss};
use meeting_types::{AccountCredential, operations::SearchMeetings};

use crate::{
    memory::{Memory, ready},
    support::{app, config, logged_in, no_meetings},
};

/// A service that lets everybody in.
fn open() -> std::sync::Arc<Memory> {
    Memory::new(|request| match request.uri().path() {
        "/v2/usg/acs/auth/appauth" => {
            let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
            logged_in(body["userId"].as_str().unwrap_or("admin"), 50_000)
        }
        _ => no_meetings(),
    })
}

/// The logins that were asked for since this was last called.
fn logins(memory: &Memory) -> usize {
    let asked = memory.take_asked();
    let logins = asked.iter().filter(|it| it.operation == "CreateAppIdToken");
    logins.count()
}

#[test]
fn each_user_has_a_login_of_their_own_that_is_kept() {
    let memory = open();
    let engine = memory.logged_in();
    for _ in 0..3 {
        for user in ["ann", "bob"] {
            let engine = engine.as_user(user).unwrap();
            ready(engine.send(&SearchMeetings::new())).unwrap();
        }
    }
    let asked = memory.take_asked();
    let tokens: HashSet<_> = asked.iter().filter_map(|it| it.token.clone()).collect();
    assert_eq!(
        tokens,
        HashSet::from(["hush-ann".into(), "hush-bob".into()])
    );
    assert_eq!(asked.len(), 2 + 6);
    // Users of a user's engine are users of the application.
    let again = engine.as_user("ann").unwrap().as_user("bob").unwrap();
    ready(again.send(&SearchMeetings::new())).unwrap();
    assert_eq!(memory.take_asked().len(), 1);
}

#[test]
fn ten_thousand_users_with_a_hundred_at_a_time_stay_within_the_bound() {
    let memory = open();
    let config = config().max_users(150);
    let engine = Engine::logged_in(config, memory.clone(), app());
    let users: Vec<_> = (0..10_000).map(|user| format!("user-{user}")).collect();
    for active in users.chunks(100) {
        // Each makes two calls, while the others do.
        let engines: Vec<_> = active
            .iter()
            .map(|user| engine.as_user(user.as_str()).unwrap())
            .collect();
        for engine in engines.iter().chain(&engines) {
            ready(engine.send(&SearchMeetings::new())).unwrap();
        }
        for user in active {
            let again = engine.as_user(user.as_str()).unwrap();
            ready(again.send(&SearchMeetings::new())).unwrap();
        }
        assert!(engine.users() <= 150);
        assert_eq!(logins(&memory), 100);
    }
    assert_eq!(engine.users(), 150);
}

#[test]
fn a_login_that_somebody_holds_is_let_go_last() {
    let memory = open();
    let engine = Engine::logged_in(config().max_users(2), memory.clone(), app());
    let held = engine.as_user("ann").unwrap();
    ready(held.send(&SearchMeetings::new())).unwrap();
    for user in ["bob", "cleo", "dan"] {
        let engine = engine.as_user(user).unwrap();
        ready(engine.send(&SearchMeetings::new())).unwrap();
    }
    assert_eq!(logins(&memory), 4);
    let again = engine.as_user("ann").unwrap();
    ready(again.send(&SearchMeetings::new())).unwrap();
    assert_eq!(logins(&memory), 0);
}

#[test]
fn a_user_that_was_let_go_has_its_login_from_the_store() {
    let memory = open();
    let engine = Engine::logged_in(config().max_users(1), memory.clone(), app());
    let engine = engine.with_store(std::sync::Arc::new(MemoryLogins::new()), OnStoreLoss::Fail);
    for user in ["ann", "bob", "ann", "bob"] {
        let engine = engine.as_user(user).unwrap();
        ready(engine.send(&SearchMeetings::new())).unwrap();
    }
    assert_eq!(logins(&memory), 2);
    assert_eq!(engine.users(), 1);
}

#[test]
fn only_an_application_acts_as_its_users() {
    let memory = open();
    let account = AccountCredential::new("ann", "hush-password");
    let engine = Engine::logged_in(config(), memory, account.into());
    let error = engine.as_user("bob").unwrap_err();
    assert!(matches!(error, Error::Request(_)), "{error:?}");
    assert!(error.to_string().contains("userId"), "{error}");
    assert!(error.to_string().contains("application"), "{error}");
}
