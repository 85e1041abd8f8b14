//! Pace that many processes share.

use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use meeting_types::{Lane, OperationInfo, Pace, Pacer, RateLimit, Slot, StoreError};

use crate::{
    Server,
    script::{self, number, strange, text},
};

/// The wait after a refusal that asks for none: the least that the gateway's documentation advises.
const AFTER_REFUSAL: Duration = Duration::from_secs(2);

/// Name of the lane that all operations share.
const ALL: &str = "all";

/// Pace on a Redis or Valkey server, by its clock. Clones share it.
///
/// Made by [`Redis::pacer`](crate::Redis::pacer). It does what `LocalPacer` of `meeting-client` does, for
/// many processes: all of them must be given the same paces.
pub struct RedisPacer<S> {
    server: Arc<S>,
    account: Option<Pace>,
    operations: HashMap<&'static str, Pace>,
}

impl<S: Server> RedisPacer<S> {
    pub(crate) fn new(server: Arc<S>) -> Self {
        Self {
            server,
            account: None,
            operations: HashMap::new(),
        }
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

    /// Books, and tells the time of the server in microseconds as well.
    pub(crate) async fn book_at(
        &self,
        lane: &Lane,
        patience: Duration,
    ) -> Result<(Slot, u64), StoreError> {
        let name = lane.operation.name;
        let mut run = script::book();
        run.key(key(lane, ALL)).key(key(lane, name));
        run.arg(micros(patience)).arg(u8::from(lane.is_bulk));
        for pace in [self.account, self.operations.get(name).copied()] {
            let (interval, burst) = pace.map_or((0, 1), |pace| {
                (micros(pace.interval()).max(1), pace.at_once())
            });
            run.arg(interval).arg(burst);
        }
        let output = self.server.run(run).await?;
        let after = Duration::from_micros(number(&output, 1).ok_or_else(strange)?);
        let now = number(&output, 2).ok_or_else(strange)?;
        match text(&output, 0) {
            Some("go") => Ok((Slot::Go { after }, now)),
            Some("late") => Ok((Slot::Late { after }, now)),
            _ => Err(strange()),
        }
    }
}

fn key(lane: &Lane, name: &str) -> String {
    format!("{{pace:{}}}:{name}", lane.account)
}

fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX >> 12)
}

#[async_trait]
impl<S: Server> Pacer for RedisPacer<S> {
    async fn book(&self, lane: &Lane, patience: Duration) -> Result<Slot, StoreError> {
        Ok(self.book_at(lane, patience).await?.0)
    }

    async fn learn(&self, lane: &Lane, limit: &RateLimit) -> Result<(), StoreError> {
        let interval = limit.limit.map_or(0, |(requests, span)| {
            micros(Pace::new(requests, span).interval())
        });
        let wait = match limit.is_refusal {
            true => limit.retry_after.unwrap_or(AFTER_REFUSAL),
            false => Duration::ZERO,
        };
        let mut run = script::learn();
        run.key(key(lane, lane.operation.name));
        run.arg(interval).arg(micros(wait));
        self.server.run(run).await.map(drop)
    }
}

#[cfg(feature = "tokio")]
impl<C> meeting_types::NonBlocking for RedisPacer<crate::Tokio<C>> {}
#[cfg(feature = "blocking")]
impl<C> meeting_types::Immediate for RedisPacer<crate::Blocking<C>> {}

impl<S> Clone for RedisPacer<S> {
    fn clone(&self) -> Self {
        Self {
            server: self.server.clone(),
            account: self.account,
            operations: self.operations.clone(),
        }
    }
}

impl<S> fmt::Debug for RedisPacer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisPacer")
            .field("account", &self.account)
            .field("operations", &self.operations)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "tokio", feature = "blocking"))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "these are tests")]

    use std::thread;

    use meeting_testing::redis_server::RedisServer;
    use meeting_types::{
        Endpoint, LimitScope, LoginKey, Operation, ServiceError,
        http::StatusCode,
        operations::{CreateMeeting, SearchMeetings},
    };
    use tokio::runtime::{Builder, Runtime};

    use super::*;
    use crate::{Redis, Tokio};

    fn lane(operation: &'static OperationInfo) -> Lane {
        Lane::new(LoginKey::named(&Endpoint::china(), "test"), operation)
    }

    fn runtime() -> Runtime {
        Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap()
    }

    fn pacer(redis: &RedisServer) -> RedisPacer<Tokio> {
        Redis::connect(redis.address()).unwrap().pacer()
    }

    const LONG: Duration = Duration::from_secs(3600);

    /// When the server let requests go, in microseconds of its clock.
    fn most_in_a_second(mut grants: Vec<u64>) -> usize {
        grants.sort_unstable();
        let from = |index: usize| {
            let until = grants[index] + 1_000_000;
            grants[index..].iter().take_while(|at| **at < until).count()
        };
        (0..grants.len()).map(from).max().unwrap()
    }

    #[test]
    fn a_hundred_clients_keep_fifty_a_second_and_ten() {
        let Some(redis) = RedisServer::start() else {
            return;
        };
        let pace = Pace::per_second(50).burst(10);
        let async_grants = runtime().block_on(async {
            let one = |_| {
                let pacer = pacer(&redis).account(pace);
                tokio::spawn(async move {
                    let mut grants = Vec::new();
                    for _ in 0..5 {
                        let (slot, now) = pacer
                            .book_at(&lane(SearchMeetings::INFO), LONG)
                            .await
                            .unwrap();
                        let Slot::Go { after } = slot else {
                            panic!("{slot:?}")
                        };
                        grants.push(now + micros(after));
                        tokio::time::sleep(after).await;
                    }
                    grants
                })
            };
            let tasks: Vec<_> = (0..100).map(one).collect();
            let mut grants = Vec::new();
            for task in tasks {
                grants.extend(task.await.unwrap());
            }
            grants
        });
        assert_eq!(async_grants.len(), 500);
        let most = most_in_a_second(async_grants);
        assert!((50..=60).contains(&most), "{most}");
    }

    #[test]
    fn threads_keep_the_pace_as_well() {
        let Some(redis) = RedisServer::start() else {
            return;
        };
        let pace = Pace::per_second(50).burst(10);
        let grants = thread::scope(|scope| {
            let one = |_| {
                let redis = Redis::connect_blocking(redis.address()).unwrap();
                let pacer = redis.pacer().account(pace);
                scope.spawn(move || {
                    let runtime = Builder::new_current_thread().build().unwrap();
                    let lane = lane(SearchMeetings::INFO);
                    let book = || match runtime.block_on(pacer.book_at(&lane, LONG)).unwrap() {
                        (Slot::Go { after }, now) => now + micros(after),
                        slot => panic!("{slot:?}"),
                    };
                    [book(), book()]
                })
            };
            let threads: Vec<_> = (0..100).map(one).collect();
            let grants = threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap());
            grants.collect::<Vec<_>>()
        });
        let most = most_in_a_second(grants);
        assert!((50..=60).contains(&most), "{most}");
    }

    #[test]
    fn what_would_be_late_books_nothing_and_bulk_work_waits_behind() {
        let Some(redis) = RedisServer::start() else {
            return;
        };
        let pacer = pacer(&redis).account(Pace::per_second(1));
        runtime().block_on(async {
            let search = lane(SearchMeetings::INFO);
            let go = pacer.book(&search, LONG).await.unwrap();
            assert_eq!(
                go,
                Slot::Go {
                    after: Duration::ZERO
                }
            );
            for lane in [search, search.bulk(true)] {
                for _ in 0..3 {
                    let patience = Duration::from_millis(100);
                    let slot = pacer.book(&lane, patience).await.unwrap();
                    assert!(matches!(slot, Slot::Late { .. }), "{slot:?}");
                }
            }
            let late = pacer.book(&search.bulk(true), LONG).await.unwrap();
            assert!(matches!(late, Slot::Late { .. }), "{late:?}");
            match pacer.book(&search, LONG).await.unwrap() {
                Slot::Go { after } => assert!(after <= Duration::from_secs(1), "{after:?}"),
                slot => panic!("{slot:?}"),
            }
        });
    }

    #[test]
    fn bulk_work_takes_half() {
        let Some(redis) = RedisServer::start() else {
            return;
        };
        let pacer = pacer(&redis).account(Pace::per_second(100));
        let done = runtime().block_on(async {
            let (mut done, begun) = (0, std::time::Instant::now());
            while begun.elapsed() < Duration::from_secs(1) {
                let bulk = lane(SearchMeetings::INFO).bulk(true);
                let slot = pacer.book(&bulk, LONG).await.unwrap();
                done += u32::from(matches!(slot, Slot::Go { .. }));
            }
            done
        });
        assert!((25..=51).contains(&done), "{done}");
    }

    #[test]
    fn a_refusal_is_learned_by_all() {
        let Some(redis) = RedisServer::start() else {
            return;
        };
        let (one, other) = (pacer(&redis), pacer(&redis));
        runtime().block_on(async {
            let text = "policy user over ratelimit,limit:2,time:1 second";
            let refusal = ServiceError::new(StatusCode::TOO_MANY_REQUESTS, "APIG.0308", text);
            let limit = RateLimit::of_refusal(&refusal);
            assert_eq!(limit.scope, LimitScope::User);
            one.learn(&lane(SearchMeetings::INFO), &limit)
                .await
                .unwrap();
            let book = async |lane: Lane| match other.book(&lane, LONG).await.unwrap() {
                Slot::Go { after } => after.as_millis(),
                slot => panic!("{slot:?}"),
            };
            assert_eq!(book(lane(CreateMeeting::INFO)).await, 0);
            let first = book(lane(SearchMeetings::INFO)).await;
            assert!((1900..=2000).contains(&first), "{first}");
            let second = book(lane(SearchMeetings::INFO)).await;
            assert!((2550..=2720).contains(&second), "{second}");
        });
    }
}
