//! A store that is away.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use meeting_client::{Engine, Error, LoggedIn, OnStoreLoss};
use meeting_types::{
    Claim, Claimant, LoginStore, SavedLogin, ServiceError, StoreError, Timestamp,
    operations::SearchMeetings,
};

use crate::{
    memory::{Memory, ready},
    support::{logged_in, no_meetings, secs, start, unauthorized, with},
};

/// A store that is away for good.
struct Away;

fn away<T>() -> Result<T, StoreError> {
    Err(StoreError::new("connection refused"))
}

#[async_trait]
impl LoginStore for Away {
    async fn claim(
        &self,
        _: &Claimant,
        _: u64,
        _: Duration,
        _: Timestamp,
    ) -> Result<Claim, StoreError> {
        away()
    }

    async fn put(
        &self,
        _: &Claimant,
        _: u64,
        _: &SavedLogin,
        _: Timestamp,
    ) -> Result<bool, StoreError> {
        away()
    }

    async fn refuse(
        &self,
        _: &Claimant,
        _: u64,
        _: &ServiceError,
        _: Duration,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        away()
    }

    async fn release(&self, _: &Claimant, _: u64) -> Result<(), StoreError> {
        away()
    }

    async fn forget(&self, _: &Claimant, _: u64) -> Result<(), StoreError> {
        away()
    }
}

fn over(memory: &Arc<Memory>, choice: OnStoreLoss) -> Engine<LoggedIn> {
    memory.logged_in().with_store(Arc::new(Away), choice)
}

#[test]
fn a_process_logs_in_by_itself_once_a_minute() {
    let memory = Memory::script([
        logged_in("one", 50_000),
        no_meetings(),
        unauthorized(),
        unauthorized(),
        logged_in("two", 50_000),
        no_meetings(),
    ]);
    let engine = over(&memory, OnStoreLoss::LogIn);
    ready(engine.send(&SearchMeetings::new())).unwrap();
    memory.pass(secs(1));
    // The token is refused within the minute.
    let error = ready(engine.send(&SearchMeetings::new())).unwrap_err();
    assert!(is_store(&error), "{error:?}");
    assert!(error.to_string().contains("connection refused"), "{error}");
    memory.pass(secs(60));
    ready(engine.send(&SearchMeetings::new())).unwrap();
    let asked = memory.take_asked();
    let operations: Vec<_> = asked.iter().map(|it| it.operation).collect();
    // The refresh token was refused, too.
    let renewal = ["UpdateToken", "CreateAppIdToken", "SearchMeetings"];
    assert_eq!(operations[3..], renewal);
}

fn is_store(error: &Error) -> bool {
    matches!(error, Error::Token(error) if matches!(**error, Error::Store(_)))
}

/// A store that does not answer.
struct Hangs;

#[async_trait]
impl LoginStore for Hangs {
    async fn claim(
        &self,
        _: &Claimant,
        _: u64,
        _: Duration,
        _: Timestamp,
    ) -> Result<Claim, StoreError> {
        std::future::pending().await
    }

    async fn put(
        &self,
        _: &Claimant,
        _: u64,
        _: &SavedLogin,
        _: Timestamp,
    ) -> Result<bool, StoreError> {
        std::future::pending().await
    }

    async fn refuse(
        &self,
        _: &Claimant,
        _: u64,
        _: &ServiceError,
        _: Duration,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        std::future::pending().await
    }

    async fn release(&self, _: &Claimant, _: u64) -> Result<(), StoreError> {
        std::future::pending().await
    }

    async fn forget(&self, _: &Claimant, _: u64) -> Result<(), StoreError> {
        std::future::pending().await
    }
}

#[test]
fn a_store_that_does_not_answer_is_away_after_a_while() {
    let memory = Memory::script([logged_in("one", 50_000), no_meetings()]);
    let engine = memory
        .logged_in()
        .with_store(Arc::new(Hangs), OnStoreLoss::LogIn);
    ready(engine.send(&SearchMeetings::new())).unwrap();
    let waited = memory.take_sent()[0].0.duration_since(start()).unwrap();
    assert_eq!(waited, secs(5));
    // It takes no more than the time of the call.
    let engine = memory
        .logged_in()
        .with_store(Arc::new(Hangs), OnStoreLoss::LogIn);
    let hasty = engine.with_deadline(secs(2));
    let error = ready(hasty.send(&SearchMeetings::new())).unwrap_err();
    assert!(error.is_deadline(), "{error:?}");
}

#[test]
fn a_fleet_of_many_fails_instead() {
    let memory = Memory::script([]);
    let engine = over(&memory, OnStoreLoss::Fail);
    let error = ready(engine.send(&SearchMeetings::new())).unwrap_err();
    assert!(is_store(&error), "{error:?}");
    assert!(!error.may_have_been_done());
}

#[test]
fn a_token_that_wants_to_be_renewed_is_used_while_it_lives() {
    let memory = Memory::script([logged_in("one", 50_000), no_meetings(), no_meetings()]);
    let engine = over(&memory, OnStoreLoss::LogIn);
    ready(engine.send(&SearchMeetings::new())).unwrap();
    memory.pass(secs(46_000));
    ready(engine.send(&SearchMeetings::new())).unwrap();
    assert_eq!(memory.take_asked()[2], with("SearchMeetings", "one"));
}
