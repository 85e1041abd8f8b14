//! Pace of the clients of one process.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use meeting_types::{
    Immediate, Lane, LoginKey, NonBlocking, OperationInfo, Pace, Pacer, RateLimit, Slot, StoreError,
};

use super::gcra::Gcra;
use crate::Elapsed;

/// The wait after a refusal that asks for none: the least that the gateway's documentation advises.
const AFTER_REFUSAL: Duration = Duration::from_secs(2);

/// The part of a pace that bulk work may take.
const BULK_SHARE: u32 = 2;

/// Pace of the clients of one process. Clones share it.
///
/// Requests of an account keep the pace of the account, where one is set, and that of their operation.
/// Without any they go at once. Paces are learned: from the limits that refusals and headers name, and
/// from refusals that name none, which slow an operation down for a while. Bulk work takes at most half
/// of each pace, and only what is free at once.
///
/// ```
/// use meeting_client::pace::LocalPacer;
/// use meeting_types::{Operation, Pace, operations::SearchMeetings};
///
/// let pacer = LocalPacer::new()
///     .account(Pace::per_second(50).burst(10))
///     .operation(SearchMeetings::INFO, Pace::per_minute(100));
/// # drop(pacer);
/// ```
#[derive(Clone, Default)]
pub struct LocalPacer {
    account: Option<Pace>,
    operations: HashMap<&'static str, Pace>,
    state: Arc<Mutex<State>>,
}

struct State {
    begun: Instant,
    lanes: HashMap<(LoginKey, &'static str), Times>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            begun: Instant::now(),
            lanes: HashMap::new(),
        }
    }
}

/// The times of one operation, or of all together.
#[derive(Default)]
struct Times {
    all: Gcra,
    bulk: Gcra,
    learned: Option<Pace>,
}

/// Name of the lane that all operations share.
const ALL: &str = "";

impl LocalPacer {
    /// A pacer that knows no limits yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The pace of all operations of an account together.
    #[must_use]
    pub fn account(mut self, pace: Pace) -> Self {
        self.account = Some(pace);
        self
    }

    /// The pace of one operation of an account.
    #[must_use]
    pub fn operation(mut self, operation: &'static OperationInfo, pace: Pace) -> Self {
        self.operations.insert(operation.name, pace);
        self
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pace_of(&self, name: &'static str, learned: Option<Pace>) -> Option<Pace> {
        let given = match name {
            ALL => self.account,
            name => self.operations.get(name).copied(),
        };
        // The slower one holds.
        match (given, learned) {
            (Some(given), Some(learned)) if learned.interval() > given.interval() => Some(learned),
            (given, learned) => given.or(learned),
        }
    }

    fn book_at(&self, lane: &Lane, patience: Duration, now: Elapsed) -> Slot {
        let mut state = self.state();
        let names = [ALL, lane.operation.name];
        let mut paces = [None; 2];
        let mut after = Duration::ZERO;
        for (name, pace) in names.into_iter().zip(&mut paces) {
            let times = state.lanes.entry((lane.account, name)).or_default();
            *pace = self.pace_of(name, times.learned);
            after = after.max(times.all.wait(*pace, now));
            if lane.is_bulk {
                after = after.max(times.bulk.wait(pace.map(share), now));
            }
        }
        if after > patience || (lane.is_bulk && !after.is_zero()) {
            return Slot::Late { after };
        }
        for (name, pace) in names.into_iter().zip(paces) {
            let times = state.lanes.entry((lane.account, name)).or_default();
            times.all.book(pace, after, now);
            if lane.is_bulk {
                times.bulk.book(pace.map(share), after, now);
            }
        }
        Slot::Go { after }
    }

    fn learn_at(&self, lane: &Lane, limit: &RateLimit, now: Elapsed) {
        let mut state = self.state();
        let key = (lane.account, lane.operation.name);
        let times = state.lanes.entry(key).or_default();
        if let Some((requests, span)) = limit.limit {
            times.learned = Some(Pace::new(requests, span));
        }
        if limit.is_refusal {
            times
                .all
                .refused(limit.retry_after.unwrap_or(AFTER_REFUSAL), now);
        }
    }

    fn now(&self) -> Elapsed {
        let begun = self.state().begun;
        begun.elapsed().into()
    }
}

/// The pace that bulk work keeps.
fn share(pace: Pace) -> Pace {
    Pace::new(1, pace.interval() * BULK_SHARE)
}

#[async_trait]
impl Pacer for LocalPacer {
    async fn book(&self, lane: &Lane, patience: Duration) -> Result<Slot, StoreError> {
        let now = self.now();
        Ok(self.book_at(lane, patience, now))
    }

    async fn learn(&self, lane: &Lane, limit: &RateLimit) -> Result<(), StoreError> {
        let now = self.now();
        self.learn_at(lane, limit, now);
        Ok(())
    }
}

impl NonBlocking for LocalPacer {}
impl Immediate for LocalPacer {}

impl fmt::Debug for LocalPacer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalPacer")
            .field("account", &self.account)
            .field("operations", &self.operations)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use meeting_types::{
        AppCredential, Endpoint, LimitScope, Operation, ServiceError,
        http::StatusCode,
        operations::{CreateMeeting, SearchMeetings},
    };
    use proptest::prelude::*;

    use super::*;

    fn lane(operation: &'static OperationInfo) -> Lane {
        let app = AppCredential::new("app", "key");
        Lane::new(
            LoginKey::of_application(&Endpoint::china(), &app),
            operation,
        )
    }

    fn at(millis: u64) -> Elapsed {
        Duration::from_millis(millis).into()
    }

    const LONG: Duration = Duration::from_secs(3600);

    proptest! {
        #[test]
        fn no_second_has_more_than_the_pace_and_the_burst(
            gaps in prop::collection::vec(0_u64..80, 1..400),
            rate in 1_u32..100,
            burst in 1_u32..20,
        ) {
            let pacer = LocalPacer::new().account(Pace::per_second(rate).burst(burst));
            let mut now = 0;
            let mut sent = Vec::new();
            for gap in gaps {
                now += gap;
                match pacer.book_at(&lane(SearchMeetings::INFO), LONG, at(now)) {
                    Slot::Go { after } => sent.push(Duration::from_millis(now) + after),
                    Slot::Late { .. } => prop_assert!(false, "late"),
                }
            }
            prop_assert!(sent.is_sorted());
            for (index, first) in sent.iter().enumerate() {
                let until = *first + Duration::from_secs(1);
                let count = sent[index..].iter().take_while(|time| **time < until).count();
                prop_assert!(count <= (rate + burst) as usize, "{count} of {rate} + {burst}");
            }
        }
    }

    #[test]
    fn what_would_be_late_books_nothing() {
        let pacer = LocalPacer::new().account(Pace::per_second(1));
        let search = lane(SearchMeetings::INFO);
        let second = Duration::from_secs(1);
        assert_eq!(
            pacer.book_at(&search, LONG, at(0)),
            Slot::Go {
                after: Duration::ZERO
            }
        );
        for _ in 0..3 {
            let slot = pacer.book_at(&search, second / 2, at(0));
            assert_eq!(slot, Slot::Late { after: second });
        }
        assert_eq!(
            pacer.book_at(&search, LONG, at(0)),
            Slot::Go { after: second }
        );
    }

    #[test]
    fn bulk_work_takes_half_and_stands_in_front_of_nobody() {
        let pacer = LocalPacer::new().account(Pace::per_second(100));
        let bulk = lane(SearchMeetings::INFO).bulk(true);
        let (mut done, mut now) = (0, 0);
        while now < 1000 {
            if matches!(pacer.book_at(&bulk, LONG, at(now)), Slot::Go { .. }) {
                done += 1;
            }
            now += 1;
        }
        assert_eq!(done, 50);
        // Bulk work that just got a time delays another call by one interval at most.
        match pacer.book_at(&lane(CreateMeeting::INFO), LONG, at(now)) {
            Slot::Go { after } => assert!(after <= Duration::from_millis(10), "{after:?}"),
            slot @ Slot::Late { .. } => panic!("{slot:?}"),
        }
    }

    #[test]
    fn a_refusal_slows_its_operation_and_no_other_down() {
        let pacer = LocalPacer::new();
        let (search, create) = (lane(SearchMeetings::INFO), lane(CreateMeeting::INFO));
        let text = "policy user over ratelimit,limit:2,time:1 second";
        let refusal = ServiceError::new(StatusCode::TOO_MANY_REQUESTS, "APIG.0308", text);
        let limit = RateLimit::of_refusal(&refusal);
        assert_eq!(limit.scope, LimitScope::User);
        pacer.learn_at(&search, &limit, at(0));
        let go = |after| Slot::Go {
            after: Duration::from_millis(after),
        };
        assert_eq!(pacer.book_at(&create, LONG, at(0)), go(0));
        assert_eq!(pacer.book_at(&search, LONG, at(0)), go(2000));
        // Two a second, and less for a while.
        match pacer.book_at(&search, LONG, at(0)) {
            Slot::Go { after } => assert!(after > Duration::from_millis(2600), "{after:?}"),
            slot @ Slot::Late { .. } => panic!("{slot:?}"),
        }
        let after = pacer.book_at(&search, LONG, at(200_000));
        assert_eq!(after, go(0));
        assert_eq!(pacer.book_at(&search, LONG, at(200_000)), go(500));
    }
}
