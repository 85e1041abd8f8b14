//! Requests that wait for their turn.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use meeting_client::{Engine, Error, RetryBudget, RetryPolicy, pace::LocalPacer};
use meeting_types::{
    Lane, LimitScope, LoginKey, OperationInfo, Pace, Pacer, RateLimit, Slot, StoreError, Timeout,
    TransportErrorKind, operations::SearchMeetings,
};

use crate::{
    memory::{Memory, ready},
    support::{app, config, logged_in, no_meetings, ok, refused, secs},
};

/// Operation, whether it is bulk work, patience, account.
type Asked = (&'static str, bool, Duration, LoginKey);

/// A pacer that answers as it is told, and notes what it was asked.
#[derive(Clone, Default)]
struct Scripted {
    slots: Arc<Mutex<Vec<Slot>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
    learned: Arc<Mutex<Vec<RateLimit>>>,
}

impl Scripted {
    fn with(slots: impl IntoIterator<Item = Slot>) -> Self {
        let mut slots: Vec<_> = slots.into_iter().collect();
        slots.reverse();
        Self {
            slots: Arc::new(Mutex::new(slots)),
            ..Self::default()
        }
    }
}

const NOW: Slot = Slot::Go {
    after: Duration::ZERO,
};

#[async_trait]
impl Pacer for Scripted {
    async fn book(&self, lane: &Lane, patience: Duration) -> Result<Slot, StoreError> {
        let asked = (lane.operation.name, lane.is_bulk, patience, lane.account);
        self.asked.lock().unwrap().push(asked);
        Ok(self.slots.lock().unwrap().pop().unwrap_or(NOW))
    }

    async fn learn(&self, _: &Lane, limit: &RateLimit) -> Result<(), StoreError> {
        self.learned.lock().unwrap().push(limit.clone());
        Ok(())
    }
}

fn service() -> Arc<Memory> {
    Memory::new(|request| match request.uri().path() {
        "/v2/usg/acs/auth/appauth" => logged_in("one", 50_000),
        _ => no_meetings(),
    })
}

#[test]
fn a_wait_counts_against_the_time_of_the_request() {
    let memory = service();
    let pacer = Scripted::with([NOW, Slot::Go { after: secs(3) }]);
    let engine = memory.logged_in().with_pacer(Arc::new(pacer.clone()));
    ready(engine.send(&SearchMeetings::new())).unwrap();
    let sent = memory.take_sent();
    let timeout = |index: usize| *sent[index].1.extensions().get::<Timeout>().unwrap();
    assert_eq!(timeout(0), Timeout(secs(10)));
    assert_eq!(timeout(1), Timeout(secs(7)));
    assert_eq!(sent[1].0.duration_since(sent[0].0).unwrap(), secs(3));
    let asked = pacer.asked.lock().unwrap();
    assert_eq!(asked[0].0, "CreateAppIdToken");
    assert_eq!(asked[1].0, "SearchMeetings");
    assert_eq!(asked[1].2, Duration::from_millis(7500));
}

#[test]
fn what_is_late_is_not_sent_and_says_so() {
    let memory = service();
    let late = Slot::Late { after: secs(60) };
    let pacer = Scripted::with([NOW, late, late, late]);
    let engine = memory.logged_in().with_pacer(Arc::new(pacer));
    let engine = engine.with_retry(RetryPolicy::never());
    let error = ready(engine.send(&SearchMeetings::new())).unwrap_err();
    match &error {
        Error::Transport { source, .. } => {
            assert_eq!(source.kind(), TransportErrorKind::Timeout);
            assert!(source.is_not_sent());
        }
        error => panic!("{error:?}"),
    }
    assert!(
        error.to_string().contains("SearchMeetings was not sent"),
        "{error}"
    );
    assert_eq!(error.turn_after(), Some(secs(60)));
    assert!(!error.may_have_been_done());
    // The login, and nothing else.
    assert_eq!(memory.take_asked().len(), 1);
}

#[test]
fn the_call_waits_for_its_turn_where_it_has_the_time() {
    let memory = service();
    let pacer = Scripted::with([NOW, Slot::Late { after: secs(9) }, NOW]);
    let engine = memory.logged_in().with_pacer(Arc::new(pacer));
    ready(engine.send(&SearchMeetings::new())).unwrap();
    let sent = memory.take_sent();
    let waited = sent[1].0.duration_since(sent[0].0).unwrap();
    assert!(waited >= secs(9) && waited < secs(10), "{waited:?}");
    // Where it has not, it ends at once.
    let late = Slot::Late { after: secs(60) };
    let pacer = Scripted::with([late]);
    let engine = memory.logged_in().with_pacer(Arc::new(pacer));
    let error = ready(engine.send(&SearchMeetings::new())).unwrap_err();
    assert!(error.is_deadline(), "{error:?}");
    assert_eq!(error.turn_after(), Some(secs(60)));
}

#[test]
fn to_be_told_to_wait_costs_nothing_of_the_retry_budget() {
    let memory = service();
    let late = Slot::Late { after: secs(1) };
    let pacer = Scripted::with([late, late, NOW]);
    let budget = RetryBudget::new(5);
    let config = config().retry_budget(budget.clone());
    let engine = Engine::logged_in(config, memory, app()).with_pacer(Arc::new(pacer));
    ready(engine.send(&SearchMeetings::new())).unwrap();
    assert_eq!(budget.left(), Some(5));
}

#[test]
fn the_strictest_limit_of_a_response_is_learned_once() {
    let memory = Memory::new(|_| {
        let mut response = ok(r#"{"random": "hush-random"}"#)?;
        let headers = response.headers_mut();
        let mut tell = |name: &'static str, text: &str| headers.insert(name, text.parse().unwrap());
        tell("x-apig-ratelimit-api", "remain:99,limit:100,time:1 minute");
        tell(
            "x-apig-ratelimit-api-allenv",
            "remain:199,limit:200,time:1 second",
        );
        Ok(response)
    });
    let pacer = Scripted::default();
    let engine = memory.anonymous().with_pacer(Arc::new(pacer.clone()));
    let random = meeting_types::operations::CreateAnonymousAuthRandom::new("900825541", "hush");
    for _ in 0..3 {
        ready(engine.send(&random)).unwrap();
    }
    let learned = pacer.learned.lock().unwrap();
    assert_eq!(learned.len(), 1);
    assert_eq!(learned[0].limit, Some((100, secs(60))));
    assert_eq!(engine.limits().len(), 2);
}

#[test]
fn all_users_of_an_application_share_a_pace_and_bulk_work_is_told_apart() {
    let memory = service();
    let pacer = Scripted::default();
    let engine = memory.logged_in().with_pacer(Arc::new(pacer.clone()));
    for user in ["ann", "bob"] {
        let engine = engine.as_user(user).unwrap();
        ready(engine.bulk().send(&SearchMeetings::new())).unwrap();
    }
    let asked = pacer.asked.lock().unwrap();
    assert_eq!(asked.len(), 4);
    assert!(
        asked
            .iter()
            .all(|(_, is_bulk, _, account)| *is_bulk && *account == asked[0].3)
    );
}

#[test]
fn bulk_work_asks_again_until_there_is_room() {
    let memory = service();
    let full = Slot::Late {
        after: Duration::from_millis(100),
    };
    let pacer = Scripted::with([NOW, full, full, NOW]);
    let engine = memory
        .logged_in()
        .bulk()
        .with_pacer(Arc::new(pacer.clone()));
    ready(engine.send(&SearchMeetings::new())).unwrap();
    assert_eq!(pacer.asked.lock().unwrap().len(), 4);
    assert_eq!(memory.sleeps(), 2);
}

#[test]
fn limits_are_learned_from_headers_and_refusals() {
    let memory = Memory::new(|request| {
        if request.uri().path() == "/v2/usg/acs/auth/appauth" {
            let mut response = logged_in("one", 50_000)?;
            let told = "remain:99,limit:100,time:1 minute".parse().unwrap();
            response.headers_mut().insert("x-apig-ratelimit-api", told);
            return Ok(response);
        }
        refused(429, "APIG.0308")
    });
    let pacer = Scripted::default();
    let engine = memory.logged_in().with_pacer(Arc::new(pacer.clone()));
    let engine = engine.with_retry(RetryPolicy::never());
    ready(engine.send(&SearchMeetings::new())).unwrap_err();
    let learned = pacer.learned.lock().unwrap();
    assert_eq!(learned[0].limit, Some((100, secs(60))));
    assert!(learned[1].is_refusal);
    let known = engine.limits();
    assert_eq!(known.len(), 2);
    assert_eq!(known[0].operation, "CreateAppIdToken");
    assert_eq!(known[0].limit.scope, LimitScope::Operation);
    assert_eq!(known[1].limit.scope, LimitScope::Unknown);
    assert!(memory.logged_in().limits().is_empty());
}

#[test]
fn a_pace_that_is_away_holds_nobody_up() {
    struct Away;

    #[async_trait]
    impl Pacer for Away {
        async fn book(&self, _: &Lane, _: Duration) -> Result<Slot, StoreError> {
            Err(StoreError::new("connection refused"))
        }

        async fn learn(&self, _: &Lane, _: &RateLimit) -> Result<(), StoreError> {
            Err(StoreError::new("connection refused"))
        }
    }

    let memory = service();
    let engine = memory.logged_in().with_pacer(Arc::new(Away));
    ready(engine.send(&SearchMeetings::new())).unwrap();
}

#[test]
fn the_pacer_of_a_process_spreads_calls_by_the_real_clock() {
    // The clock of the service in memory moves by the waits, that of the pacer does not.
    let memory = Memory::new(|_| ok(r#"{"random": "hush-random"}"#));
    let pacer = LocalPacer::new().account(Pace::per_minute(60));
    let engine = memory.anonymous().with_pacer(Arc::new(pacer));
    let random = meeting_types::operations::CreateAnonymousAuthRandom::new("900825541", "hush");
    for _ in 0..4 {
        ready(engine.send(&random)).unwrap();
    }
    let sent = memory.take_sent();
    let spread = sent[3].0.duration_since(sent[0].0).unwrap();
    assert!(spread > secs(5) && spread <= secs(6), "{spread:?}");
    let info = sent[0].1.extensions().get::<&'static OperationInfo>();
    assert_eq!(info.unwrap().name, "CreateAnonymousAuthRandom");
}

#[test]
fn texts_of_limits_are_read_in_their_spellings() {
    let read = |name: &str, text: &str| {
        let response = meeting_types::http::Response::builder().header(name, text);
        RateLimit::read(&response.body(meeting_types::Bytes::new()).unwrap())
    };
    let limits = read(
        "X-Apig-RateLimit-user",
        "remain:9, limit:10, time:10 second",
    );
    assert_eq!(limits[0].limit, Some((10, secs(10))));
    assert_eq!(
        (limits[0].scope, limits[0].remaining),
        (LimitScope::User, Some(9))
    );
    let limits = read("X-APIG-RATELIMIT-APP", "limit:5,time:2 Hours");
    assert_eq!(limits[0].limit, Some((5, secs(7200))));
    for nonsense in [
        "",
        "limit:,time:",
        "limit:0,time:1 second",
        "limit:5,time:0 second",
        "limit:5",
        "limit:5,time:99999999999 day",
        "limit:5,time:1 fortnight",
        ":::,,,;",
    ] {
        assert_eq!(read("x-apig-ratelimit-api", nonsense), [], "{nonsense}");
    }
}
