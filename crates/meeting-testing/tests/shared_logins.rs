//! Many clients of one account over the stores that need no server, async and blocking.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{env, fs, path::PathBuf, sync::Arc};

use meeting_client::{FileLogins, MemoryLogins};
use meeting_sim::Simulator;
use meeting_testing::fleet::{Fleet, Plan, Seen, World};
use meeting_types::{AppCredential, LoginStore};

const WORLDS: [World; 2] = [World::Async, World::Blocking];

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn folder() -> Folder {
    Folder(env::temp_dir().join(format!("meeting-shared-logins-{}", uuid::Uuid::new_v4())))
}

fn plan(
    world: World,
    app: AppCredential,
    make: impl Fn() -> Arc<dyn LoginStore> + 'static,
) -> Plan {
    Plan::new(world, 100, app).store(make)
}

fn all_succeed(fleet: &Fleet, times: usize) {
    let calls = fleet.call(times);
    assert!(
        calls.failures.is_empty(),
        "{}: {:?}",
        calls.failures.len(),
        calls.failures[0]
    );
}

/// What is promised of each store, of which `make` makes one for each client.
fn keeps_its_promises(world: World, make: impl Fn() -> Arc<dyn LoginStore> + Clone + 'static) {
    let sim = Simulator::start().unwrap();
    let app = sim.app_credential().user_id("ann");
    let fleet = plan(world, app.clone(), make.clone()).start(&sim);
    all_succeed(&fleet, 5);
    let seen = Seen::by(&sim);
    assert_eq!(
        (seen.logins, seen.renewals, seen.refusals),
        (1, 0, 0),
        "{world:?} {seen:?}"
    );

    sim.faults().expire_access_tokens();
    all_succeed(&fleet, 1);
    let after = seen.since(&sim);
    assert_eq!(
        (after.logins, after.renewals),
        (0, 1),
        "{world:?} {after:?}"
    );
    assert!(after.refusals <= 100, "{world:?} {after:?}");

    let before = Seen::by(&sim);
    fleet.log_out_one();
    all_succeed(&fleet, 1);
    let after = before.since(&sim);
    assert_eq!(
        (after.logins, after.renewals, after.refusals),
        (0, 0, 0),
        "{world:?} {after:?}"
    );

    let wrong = AppCredential::new(app.app_id(), "not the key").user_id("bob");
    let stale = plan(world, wrong, make.clone()).start(&sim);
    assert_eq!(stale.call(1).succeeded, 0);
    let after = before.since(&sim);
    assert!(after.logins <= 2, "{world:?} {after:?}");
    let right = plan(world, sim.app_credential().user_id("bob"), make).start(&sim);
    all_succeed(&right, 1);
}

#[test]
fn in_memory() {
    for world in WORLDS {
        let logins = MemoryLogins::new();
        keeps_its_promises(world, move || Arc::new(logins.clone()));
    }
}

#[test]
fn in_files() {
    for world in WORLDS {
        let folder = folder();
        let path = folder.0.clone();
        keeps_its_promises(world, move || {
            Arc::new(FileLogins::in_folder(&path).unwrap())
        });
    }
}
