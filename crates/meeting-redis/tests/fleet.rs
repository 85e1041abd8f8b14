//! Many clients of one account over one redis-server, async and blocking.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use meeting_client::OnStoreLoss;
use meeting_redis::Redis;
use meeting_sim::Simulator;
use meeting_testing::{
    fleet::{Fleet, Plan, Seen, World},
    redis_server::RedisServer,
};
use meeting_types::{AppCredential, Claim, Claimant, LoginStore};

const CLIENTS: usize = 100;

/// A store with a connection of its own.
fn store(world: World, address: &str) -> Arc<dyn LoginStore> {
    match world {
        World::Async => Arc::new(Redis::connect(address).unwrap().logins()),
        World::Blocking => Arc::new(Redis::connect_blocking(address).unwrap().logins()),
    }
}

fn plan(world: World, sim: &Simulator, redis: &RedisServer) -> Plan {
    let address = redis.address();
    Plan::new(world, CLIENTS, sim.app_credential().user_id("ann"))
        .store(move || store(world, &address))
}

#[track_caller]
fn all_succeed(fleet: &Fleet, times: usize) {
    let calls = fleet.call(times);
    assert!(
        calls.failures.is_empty(),
        "{}: {:?}",
        calls.failures.len(),
        calls.failures[0]
    );
}

/// One test for each world, or none where there is no redis-server.
macro_rules! in_both_worlds {
    ($($name:ident)*) => {
        mod in_async {
            use super::*;
            $(#[test]
            fn $name() {
                if let Some(redis) = RedisServer::start() {
                    super::$name(World::Async, redis);
                }
            })*
        }
        mod in_blocking {
            use super::*;
            $(#[test]
            fn $name() {
                if let Some(redis) = RedisServer::start() {
                    super::$name(World::Blocking, redis);
                }
            })*
        }
    };
}

in_both_worlds! {
    a_hundred_clients_log_in_once
    revoked_tokens_are_renewed_once
    a_wrong_key_is_tried_once_and_keeps_nobody_out
    a_dead_claimant_is_waited_for_no_longer_than_its_patience
    a_store_that_dies_fails_nobody_and_comes_back_empty
    with_the_store_and_the_tokens_gone_a_large_fleet_fails_and_recovers
    who_logs_out_ends_nobodys_token
}

fn a_hundred_clients_log_in_once(world: World, redis: RedisServer) {
    let sim = Simulator::start().unwrap();
    let fleet = plan(world, &sim, &redis).start(&sim);
    all_succeed(&fleet, 20);
    let seen = Seen::by(&sim);
    assert_eq!(
        (seen.logins, seen.renewals, seen.refusals),
        (1, 0, 0),
        "{seen:?}"
    );
    assert_eq!(seen.requests, CLIENTS * 20 + 1);
}

fn revoked_tokens_are_renewed_once(world: World, redis: RedisServer) {
    let sim = Simulator::start().unwrap();
    let fleet = plan(world, &sim, &redis).start(&sim);
    all_succeed(&fleet, 1);
    let before = Seen::by(&sim);
    sim.faults().expire_access_tokens();
    all_succeed(&fleet, 3);
    let seen = before.since(&sim);
    assert_eq!((seen.logins, seen.renewals), (0, 1), "{seen:?}");
    assert!(seen.refusals <= CLIENTS, "{seen:?}");
}

fn a_wrong_key_is_tried_once_and_keeps_nobody_out(world: World, redis: RedisServer) {
    let sim = Simulator::start().unwrap();
    let mut stale = plan(world, &sim, &redis);
    let wrong = AppCredential::new("sim-app-id", "not the key").user_id("ann");
    stale.credentials = wrong.into();
    let stale = stale.start(&sim);
    let calls = stale.call(2);
    assert_eq!(calls.succeeded, 0);
    let told = calls
        .failures
        .iter()
        .filter(|error| error.service().is_some());
    assert_eq!(told.count(), CLIENTS * 2);
    let attempts = Seen::by(&sim).logins;
    assert!(attempts <= 2, "{attempts}");
    // Those with the right one come in, while the others go on trying.
    let fleet = plan(world, &sim, &redis).start(&sim);
    all_succeed(&fleet, 1);
    assert_eq!(stale.call(1).succeeded, 0);
    all_succeed(&fleet, 1);
    let logins = Seen::by(&sim).logins;
    assert!(logins <= 3, "{logins}");
}

fn a_dead_claimant_is_waited_for_no_longer_than_its_patience(world: World, redis: RedisServer) {
    let sim = Simulator::start().unwrap();
    let app = sim.app_credential().user_id("ann");
    let dead = Claimant::of_app(&sim.endpoint(), &app, "dead");
    let patience = Duration::from_secs(2);
    let now = std::time::SystemTime::now().into();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let claim = runtime.block_on(async {
        let address = redis.address();
        let store = Redis::connect(address.as_str()).unwrap().logins();
        // The same claimant that repeats its command, as after a broken connection, gets the same.
        let first = store.claim(&dead, 0, patience, now).await.unwrap();
        assert_eq!(store.claim(&dead, 0, patience, now).await.unwrap(), first);
        first
    });
    assert!(
        matches!(
            claim,
            Claim::Yours {
                number: 1,
                old: None
            }
        ),
        "{claim:?}"
    );
    let begun = Instant::now();
    let fleet = plan(world, &sim, &redis).start(&sim);
    all_succeed(&fleet, 1);
    let waited = begun.elapsed();
    assert!(
        waited >= patience && waited < patience + Duration::from_millis(1500),
        "{waited:?}"
    );
    assert_eq!(Seen::by(&sim).logins, 1);
}

fn a_store_that_dies_fails_nobody_and_comes_back_empty(world: World, mut redis: RedisServer) {
    let sim = Simulator::start().unwrap();
    let fleet = plan(world, &sim, &redis).start(&sim);
    all_succeed(&fleet, 1);
    redis.kill();
    all_succeed(&fleet, 5);
    assert_eq!(Seen::by(&sim).logins, 1);
    redis.start_again().unwrap();
    all_succeed(&fleet, 1);
    // It is empty, and the tokens are revoked: some log in, and the others take what came.
    let before = Seen::by(&sim);
    sim.faults().expire_access_tokens();
    all_succeed(&fleet, 3);
    let seen = before.since(&sim);
    assert!(seen.logins + seen.renewals <= 2, "{seen:?}");
    assert!(seen.refusals <= CLIENTS, "{seen:?}");
}

fn with_the_store_and_the_tokens_gone_a_large_fleet_fails_and_recovers(
    world: World,
    mut redis: RedisServer,
) {
    let sim = Simulator::start().unwrap();
    let mut plan = plan(world, &sim, &redis);
    plan.on_store_loss = OnStoreLoss::Fail;
    let fleet = plan.start(&sim);
    all_succeed(&fleet, 1);
    redis.kill();
    sim.faults().expire_access_tokens();
    let calls = fleet.call(1);
    assert_eq!(calls.succeeded, 0);
    let shown = calls.failures[0].to_string();
    assert!(shown.contains("the shared store failed"), "{shown}");
    assert_eq!(Seen::by(&sim).logins, 1);
    redis.start_again().unwrap();
    thread::sleep(Duration::from_millis(600));
    all_succeed(&fleet, 1);
}

fn who_logs_out_ends_nobodys_token(world: World, redis: RedisServer) {
    let sim = Simulator::start().unwrap();
    let fleet = plan(world, &sim, &redis).start(&sim);
    all_succeed(&fleet, 1);
    fleet.log_out_one();
    all_succeed(&fleet, 1);
    let seen = Seen::by(&sim);
    assert_eq!((seen.logins, seen.refusals), (1, 0), "{seen:?}");
    assert_eq!(sim.directory().live_access_tokens(), 1);
    // To end it for all is another thing.
    fleet.end_login();
    assert_eq!(sim.directory().live_access_tokens(), 0);
    all_succeed(&fleet, 1);
    let seen = Seen::by(&sim);
    assert!(
        seen.logins + seen.renewals <= 3 && seen.refusals <= CLIENTS,
        "{seen:?}"
    );
}
