//! Who logs in, who waits, who is told what.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use meeting_client::{Action, Engine, LoggedIn, MemoryLogins, OnStoreLoss};
use meeting_types::{
    AccountCredential, AppCredential, Claim, Claimant, Endpoint, LoginStore, SavedLogin,
    ServiceError, StoreError, Timestamp, http::StatusCode, operations::SearchMeetings,
};

use crate::{
    memory::{Memory, ready},
    support::{app, config, logged_in, no_meetings, ok, refused, secs, start, unauthorized, with},
};

fn over(memory: &Arc<Memory>, logins: &MemoryLogins) -> Engine<LoggedIn> {
    let store = Arc::new(logins.clone());
    memory.logged_in().with_store(store, OnStoreLoss::default())
}

#[test]
fn the_first_logs_in_and_the_others_take_its_login() {
    let memory = Memory::script([logged_in("one", 50_000), no_meetings(), no_meetings()]);
    let logins = MemoryLogins::new();
    for _ in 0..2 {
        ready(over(&memory, &logins).send(&SearchMeetings::new())).unwrap();
    }
    let asked = memory.take_asked();
    assert_eq!(asked[0].operation, "CreateAppIdToken");
    let search = || with("SearchMeetings", "one");
    assert_eq!(asked[1..], [search(), search()]);
}

#[test]
fn a_token_that_the_store_does_not_know_is_renewed_by_itself() {
    let logins = MemoryLogins::new();
    let memory = Memory::script([
        logged_in("one", 50_000),
        no_meetings(),
        unauthorized(),
        logged_in("two", 50_000),
        no_meetings(),
    ]);
    let engine = over(&memory, &logins);
    ready(engine.send(&SearchMeetings::new())).unwrap();
    // A store that forgot what came last has an older login.
    let issued_at = (start() - secs(100)).into();
    let old = SavedLogin::new("hush-old".into(), issued_at, secs(50_000))
        .refresh("hush-refresh-old".into(), (start() + secs(90_000)).into());
    ready(logins.put(&app_claimant("other"), 1, &old, start().into())).unwrap();
    memory.pass(secs(10));
    ready(engine.send(&SearchMeetings::new())).unwrap();
    assert_eq!(memory.take_asked()[3], with("UpdateToken", "refresh-one"));
}

#[test]
fn a_revoked_token_is_renewed_once_for_all() {
    let memory = Memory::script([
        logged_in("one", 50_000),
        no_meetings(),
        no_meetings(),
        // It was revoked: the first one renews, and the other one takes what came.
        unauthorized(),
        logged_in("two", 50_000),
        no_meetings(),
        unauthorized(),
        no_meetings(),
    ]);
    let logins = MemoryLogins::new();
    let engines = [over(&memory, &logins), over(&memory, &logins)];
    for engine in engines.iter().chain(&engines) {
        ready(engine.send(&SearchMeetings::new())).unwrap();
    }
    let asked = memory.take_asked();
    let renewals = asked.iter().filter(|it| it.operation == "UpdateToken");
    assert_eq!(renewals.count(), 1);
    assert_eq!(asked[7], with("SearchMeetings", "two"));
}

#[test]
fn who_waits_for_another_claimant_asks_the_store_again() {
    let logins = MemoryLogins::new();
    let memory = Memory::script([logged_in("one", 50_000), no_meetings()]);
    // A claimant that never comes back, with the right to log in for three seconds.
    let other = app_claimant("gone");
    let claim = ready(logins.claim(&other, 0, secs(3), start().into())).unwrap();
    assert!(matches!(claim, Claim::Yours { number: 1, .. }), "{claim:?}");
    ready(over(&memory, &logins).send(&SearchMeetings::new())).unwrap();
    let (at, _) = &memory.take_sent()[0];
    let waited = at.duration_since(start()).unwrap();
    assert!(waited >= secs(3) && waited < secs(4), "{waited:?}");
}

fn app_claimant(id: &str) -> Claimant {
    let app = AppCredential::new("demo-app", "hush-key");
    Claimant::of_app(&Endpoint::china(), &app, id)
}

#[test]
fn while_the_old_token_is_good_nobody_waits_for_the_claimant() {
    let logins = MemoryLogins::new();
    let memory = Memory::script([logged_in("one", 50_000), no_meetings(), no_meetings()]);
    let engine = over(&memory, &logins);
    ready(engine.send(&SearchMeetings::new())).unwrap();
    memory.pass(secs(46_000));
    let now = (start() + secs(46_000)).into();
    let claim = ready(logins.claim(&app_claimant("other"), 1, secs(60), now)).unwrap();
    assert!(matches!(claim, Claim::Yours { number: 2, .. }), "{claim:?}");
    ready(engine.send(&SearchMeetings::new())).unwrap();
    assert_eq!(memory.take_asked()[2], with("SearchMeetings", "one"));
    assert_eq!(memory.sleeps(), 0);
}

#[test]
fn a_login_that_ended_is_renewed_from_the_store_by_a_new_process() {
    let logins = MemoryLogins::new();
    let memory = Memory::script([
        logged_in("one", 50_000),
        no_meetings(),
        logged_in("two", 50_000),
        no_meetings(),
    ]);
    ready(over(&memory, &logins).send(&SearchMeetings::new())).unwrap();
    memory.pass(secs(60_000));
    ready(over(&memory, &logins).send(&SearchMeetings::new())).unwrap();
    let asked = memory.take_asked();
    assert_eq!(asked[2], with("UpdateToken", "refresh-one"));
    assert_eq!(asked[3], with("SearchMeetings", "two"));
}

#[test]
fn a_refusal_is_remembered_for_all_with_the_same_key_and_no_others() {
    let logins = MemoryLogins::new();
    let engine = |memory: &Arc<Memory>, key: &str| {
        let app = AppCredential::new("demo-app", key);
        Engine::logged_in(config(), memory.clone(), app.into())
            .with_store(Arc::new(logins.clone()), OnStoreLoss::default())
    };
    let memory = Memory::script([refused(401, "USG.206010025")]);
    for _ in 0..20 {
        let error = ready(engine(&memory, "hush-stale").send(&SearchMeetings::new())).unwrap_err();
        let refusal = error.service().unwrap();
        assert_eq!(refusal.code(), "USG.206010025");
        assert_eq!(refusal.operation(), "CreateAppIdToken");
    }
    assert_eq!(memory.take_asked().len(), 1);
    // The right one is not kept out, and does not end the memory of the wrong one.
    let memory = Memory::script([logged_in("one", 50_000), no_meetings()]);
    ready(engine(&memory, "hush-key").send(&SearchMeetings::new())).unwrap();
    // It is asked again when the rest is over.
    let stale = app_claimant_with("hush-stale");
    let claim = |seconds| ready(logins.claim(&stale, 2, secs(1), (start() + secs(seconds)).into()));
    assert!(matches!(claim(29), Ok(Claim::Refused { .. })));
    assert!(matches!(claim(31), Ok(Claim::Yours { .. })));
}

fn app_claimant_with(key: &str) -> Claimant {
    let app = AppCredential::new("demo-app", key);
    Claimant::of_app(&Endpoint::china(), &app, "id")
}

#[test]
fn keys_tell_users_applications_and_endpoints_apart_and_not_their_secrets() {
    let app = AppCredential::new("a", "hush-1");
    let here = Endpoint::china();
    let key =
        |endpoint: &Endpoint, app: &AppCredential| *Claimant::of_app(endpoint, app, "x").key();
    let other_key = AppCredential::new("a", "hush-2");
    assert_eq!(key(&here, &app), key(&here, &other_key));
    let account = AccountCredential::new("a", "hush-1");
    let mut keys = vec![
        key(&here, &app),
        key(&Endpoint::international(), &app),
        key(&here, &AppCredential::new("b", "hush-1")),
        key(&here, &app.clone().user_id("ann")),
        key(&here, &app.clone().user_id("bob")),
        key(&here, &app.clone().corp_id("ann")),
        key(&here, &app.clone().service_provider()),
        *Claimant::of_account(&here, &account, "x").key(),
    ];
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 8);
    let shown = format!("{:?}", Claimant::of_account(&here, &account, "x"));
    assert!(!shown.contains("hush"), "{shown}");
}

#[test]
fn log_out_forgets_and_end_login_ends_the_login_of_all() {
    let logins = MemoryLogins::new();
    let memory = Memory::script([
        logged_in("one", 50_000),
        no_meetings(),
        no_meetings(),
        no_meetings(),
        // DeleteToken, and the next call logs in.
        ok(""),
        logged_in("two", 50_000),
        no_meetings(),
    ]);
    let engines = [over(&memory, &logins), over(&memory, &logins)];
    for engine in &engines {
        ready(engine.send(&SearchMeetings::new())).unwrap();
    }
    ready(engines[0].log_out()).unwrap();
    assert_eq!(engines[0].saved_login(), None);
    ready(engines[0].send(&SearchMeetings::new())).unwrap();
    ready(engines[1].end_login()).unwrap();
    ready(over(&memory, &logins).send(&SearchMeetings::new())).unwrap();
    let asked = memory.take_asked();
    assert_eq!(asked[4], with("DeleteToken", "one"));
    assert_eq!(asked[5].operation, "CreateAppIdToken");
    assert_eq!(asked[6], with("SearchMeetings", "two"));
}

#[test]
fn end_login_of_a_process_without_a_token_ends_that_of_the_store() {
    let logins = MemoryLogins::new();
    let memory = Memory::script([logged_in("one", 50_000), no_meetings(), ok("")]);
    ready(over(&memory, &logins).send(&SearchMeetings::new())).unwrap();
    ready(over(&memory, &logins).end_login()).unwrap();
    assert_eq!(memory.take_asked()[2], with("DeleteToken", "one"));
    // There is none any more.
    ready(over(&memory, &logins).end_login()).unwrap();
}

#[test]
fn a_login_that_failed_gives_the_right_back() {
    let logins = MemoryLogins::new();
    let memory = Memory::script([
        refused(503, "USG.1"),
        refused(503, "USG.1"),
        refused(503, "USG.1"),
        logged_in("one", 50_000),
        no_meetings(),
    ]);
    ready(over(&memory, &logins).send(&SearchMeetings::new())).unwrap_err();
    let before = memory.sleeps();
    ready(over(&memory, &logins).send(&SearchMeetings::new())).unwrap();
    assert_eq!(memory.sleeps(), before);
}

#[test]
fn a_call_with_a_token_does_not_ask_the_store() {
    let counted = Counted::default();
    let memory = Memory::new(|request| match request.uri().path() {
        "/v2/usg/acs/auth/appauth" => logged_in("one", 50_000),
        _ => no_meetings(),
    });
    let engine = memory
        .logged_in()
        .with_store(Arc::new(counted.clone()), OnStoreLoss::default());
    for _ in 0..100 {
        ready(engine.send(&SearchMeetings::new())).unwrap();
    }
    assert_eq!(counted.0.load(Ordering::SeqCst), 1);
}

/// Counts the claims, and never has a login.
#[derive(Clone, Default)]
struct Counted(Arc<AtomicUsize>);

#[async_trait]
impl LoginStore for Counted {
    async fn claim(
        &self,
        _: &Claimant,
        newer_than: u64,
        _: Duration,
        _: Timestamp,
    ) -> Result<Claim, StoreError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Claim::Yours {
            number: newer_than + 1,
            old: None,
        })
    }

    async fn put(
        &self,
        _: &Claimant,
        _: u64,
        _: &SavedLogin,
        _: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn refuse(
        &self,
        _: &Claimant,
        _: u64,
        _: &ServiceError,
        _: Duration,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        Ok(())
    }

    async fn release(&self, _: &Claimant, _: u64) -> Result<(), StoreError> {
        Ok(())
    }

    async fn forget(&self, _: &Claimant, _: u64) -> Result<(), StoreError> {
        Ok(())
    }
}

#[test]
fn a_program_with_a_loop_of_its_own_asks_the_store_itself() {
    let engine = Engine::logged_in(config(), Arc::new(meeting_client::NoTransport), app())
        .with_store(Arc::new(MemoryLogins::new()), OnStoreLoss::default());
    let search = SearchMeetings::new();
    let mut call = engine.call(&search);
    let mut seen = Vec::new();
    let result = loop {
        match call.poll(start()) {
            Action::Consult(question) => {
                seen.push(format!("{question:?}"));
                assert!(question.limit() <= secs(5));
                call.handle_consulted(ready(question.ask()), start());
            }
            Action::Send(request) => {
                let is_login = request.uri().path() == "/v2/usg/acs/auth/appauth";
                let response = if is_login {
                    logged_in("one", 50_000)
                } else {
                    no_meetings()
                };
                call.handle_response(response, start());
            }
            Action::Done(result) => break result,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(result.unwrap().status(), StatusCode::OK);
    assert!(
        seen[0].starts_with("Claim(LoginKey(") || seen[0].starts_with("Claim("),
        "{seen:?}"
    );
    assert!(seen[1].starts_with("Put("), "{seen:?}");
    assert_eq!(seen.len(), 2);
}
