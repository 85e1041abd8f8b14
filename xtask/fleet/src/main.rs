//! Many clients of one account before the simulator: what the service sees of them, and whether that is
//! within the bounds. Prints a table.

use std::{
    process::ExitCode,
    sync::Arc,
    thread,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, Result};
use clap::Parser;
use meeting_client::pace::LocalPacer;
use meeting_redis::Redis;
use meeting_sim::{MeetingPlan, Simulator};
use meeting_testing::{
    fleet::{Calls, Plan, Seen, World},
    redis_server::RedisServer,
};
use meeting_types::{AppCredential, Claimant, LoginStore, Pace, Pacer};

/// Runs many clients of one account before the simulator.
#[derive(Parser)]
#[command(disable_help_subcommand = true)]
struct Arguments {
    /// How many clients.
    #[arg(long, default_value_t = 100)]
    clients: usize,
    /// How many calls each makes.
    #[arg(long, default_value_t = 20)]
    calls: usize,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let Some(redis) = RedisServer::start() else {
        println!("NOT RUN: there is no redis-server on this machine");
        return Ok(ExitCode::SUCCESS);
    };
    let mut table = Table {
        arguments,
        redis,
        over: 0,
    };
    println!("| world | what | the service saw | bound | took |");
    println!("| :-- | :-- | :-- | :-- | --: |");
    for world in [World::Async, World::Blocking] {
        table.run(world)?;
    }
    if table.over > 0 {
        println!("\n{} over their bound", table.over);
        return Ok(ExitCode::FAILURE);
    }
    println!("\n1 login for {} clients", table.arguments.clients);
    Ok(ExitCode::SUCCESS)
}

struct Table {
    arguments: Arguments,
    redis: RedisServer,
    /// Rows over their bound.
    over: usize,
}

fn store(world: World, address: &str) -> Result<Arc<dyn LoginStore>> {
    Ok(match world {
        World::Async => Arc::new(Redis::connect(address)?.logins()),
        World::Blocking => Arc::new(Redis::connect_blocking(address)?.logins()),
    })
}

fn pacer(world: World, address: &str, pace: Pace) -> Result<Arc<dyn Pacer>> {
    Ok(match world {
        World::Async => Arc::new(Redis::connect(address)?.pacer().account(pace)),
        World::Blocking => Arc::new(Redis::connect_blocking(address)?.pacer().account(pace)),
    })
}

impl Table {
    fn row(
        &mut self,
        world: World,
        what: &str,
        saw: &str,
        bound: &str,
        is_within: bool,
        took: Duration,
    ) {
        let verdict = if is_within { "" } else { " OVER" };
        self.over += usize::from(!is_within);
        let took = took.as_secs_f64();
        println!("| {world:?} | {what} | {saw}{verdict} | {bound} | {took:.1} s |");
    }

    fn plan(&self, world: World, sim: &Simulator) -> Plan {
        let address = self.redis.address();
        Plan::new(
            world,
            self.arguments.clients,
            sim.app_credential().user_id("ann"),
        )
        .store(move || {
            // The address was made here.
            store(world, &address).unwrap_or_else(|error| panic!("{error}"))
        })
    }

    fn run(&mut self, world: World) -> Result<()> {
        self.without(world)?;
        self.with(world)?;
        self.wrong_key(world)?;
        self.dead_claimant(world)?;
        self.store_lost(world)?;
        self.paced(world)
    }

    fn without(&mut self, world: World) -> Result<()> {
        let sim = Simulator::start()?;
        let credentials = sim.app_credential().user_id("ann");
        let fleet = Plan::new(world, self.arguments.clients, credentials).start(&sim);
        let calls = fleet.call(self.arguments.calls);
        let saw = shown(Seen::by(&sim), &calls);
        self.row(world, "without a store", &saw, "none", true, calls.took);
        Ok(())
    }

    fn with(&mut self, world: World) -> Result<()> {
        let sim = Simulator::start()?;
        let fleet = self.plan(world, &sim).start(&sim);
        let calls = fleet.call(self.arguments.calls);
        let seen = Seen::by(&sim);
        let is_within = seen.logins == 1 && seen.refusals == 0 && calls.failures.is_empty();
        let bound = "1 login, no refusal";
        self.row(
            world,
            "one store",
            &shown(seen, &calls),
            bound,
            is_within,
            calls.took,
        );

        sim.faults().expire_access_tokens();
        let calls = fleet.call(1);
        let seen = seen.since(&sim);
        let is_within = seen.logins + seen.renewals == 1
            && seen.refusals <= self.arguments.clients
            && calls.failures.is_empty();
        let (what, bound) = ("all tokens revoked", "1 renewal, a refusal a client");
        self.row(
            world,
            what,
            &shown(seen, &calls),
            bound,
            is_within,
            calls.took,
        );

        let before = Seen::by(&sim);
        fleet.log_out_one();
        let calls = fleet.call(1);
        let seen = before.since(&sim);
        let is_within = seen.logins + seen.renewals + seen.refusals == 0;
        let (what, bound) = ("one logs out", "no login, no refusal");
        self.row(
            world,
            what,
            &shown(seen, &calls),
            bound,
            is_within,
            calls.took,
        );
        Ok(())
    }

    fn wrong_key(&mut self, world: World) -> Result<()> {
        let sim = Simulator::start()?;
        let mut plan = self.plan(world, &sim);
        let app = AppCredential::new(sim.app_credential().app_id(), "not the key");
        plan.credentials = app.user_id("ann").into();
        let calls = plan.start(&sim).call(1);
        let wrong = Seen::by(&sim).logins;
        let right = self.plan(world, &sim).start(&sim).call(1);
        let is_within = wrong <= 2 && right.failures.is_empty();
        let saw = format!(
            "{wrong} wrong logins; with the right key {} failed",
            right.failures.len()
        );
        self.row(world, "a wrong key", &saw, "2; none", is_within, calls.took);
        Ok(())
    }

    fn dead_claimant(&mut self, world: World) -> Result<()> {
        let sim = Simulator::start()?;
        let app = sim.app_credential().user_id("ann");
        let dead = Claimant::of_app(&sim.endpoint(), &app, "dead");
        let patience = Duration::from_secs(2);
        let store = store(World::Blocking, &self.redis.address())?;
        let claim = store.claim(&dead, 0, patience, SystemTime::now().into());
        meeting_testing::fleet::block_on(claim)?;
        let begun = Instant::now();
        let calls = self.plan(world, &sim).start(&sim).call(1);
        let is_within =
            begun.elapsed() < patience + Duration::from_millis(1500) && calls.failures.is_empty();
        let bound = "the next after 3.5 s at most";
        let saw = shown(Seen::by(&sim), &calls);
        self.row(
            world,
            "a claimant dies, patience 2 s",
            &saw,
            bound,
            is_within,
            calls.took,
        );
        Ok(())
    }

    fn store_lost(&mut self, world: World) -> Result<()> {
        let sim = Simulator::start()?;
        let fleet = self.plan(world, &sim).start(&sim);
        fleet.call(1);
        let before = Seen::by(&sim);
        self.redis.kill();
        let calls = fleet.call(5);
        let seen = before.since(&sim);
        let is_within = calls.failures.is_empty() && seen.logins == 0;
        self.row(
            world,
            "Redis killed",
            &shown(seen, &calls),
            "no failure",
            is_within,
            calls.took,
        );

        self.redis.start_again().context("redis-server")?;
        thread::sleep(Duration::from_millis(600));
        let before = Seen::by(&sim);
        sim.faults().expire_access_tokens();
        let calls = fleet.call(1);
        let seen = before.since(&sim);
        let is_within = calls.failures.is_empty() && seen.logins + seen.renewals <= 2;
        let (what, bound) = ("back, empty; tokens revoked", "no failure, 2 logins");
        self.row(
            world,
            what,
            &shown(seen, &calls),
            bound,
            is_within,
            calls.took,
        );
        Ok(())
    }

    fn paced(&mut self, world: World) -> Result<()> {
        let address = self.redis.address();
        // The address was made here.
        let on_redis =
            move || pacer(world, &address, PACE).unwrap_or_else(|error| panic!("{error}"));
        self.paced_by(world, "pace of 50/s and 10, on Redis", on_redis)?;
        let local = LocalPacer::new().account(PACE);
        let in_process = move || Arc::new(local.clone()) as _;
        self.paced_by(world, "the same in one process", in_process)?;
        self.herd(world)
    }

    fn paced_by(
        &mut self,
        world: World,
        what: &str,
        make: impl Fn() -> Arc<dyn Pacer> + 'static,
    ) -> Result<()> {
        let sim = limited()?;
        let calls = self.plan(world, &sim).pacer(make).start(&sim).call(2);
        let (seen, most) = (Seen::by(&sim), most_in_a_second(&sim));
        let is_within = calls.failures.is_empty() && most <= LIMIT as usize && seen.throttled == 0;
        let failed = calls.failures.len();
        let saw = format!(
            "{most} in a second, {} refused, {failed} failed",
            seen.throttled
        );
        let bound = "60, and 10 % for jitter; none refused";
        self.row(world, what, &saw, bound, is_within, calls.took);
        Ok(())
    }

    /// Followers of a meeting who lose their connections together.
    fn herd(&mut self, world: World) -> Result<()> {
        let sim = limited()?;
        let meeting = sim.create_meeting(MeetingPlan::running("all hands"));
        let local = LocalPacer::new().account(PACE);
        let mut plan = Plan::new(world, self.arguments.clients * 2, sim.app_credential());
        plan.deadline = Duration::from_secs(30);
        let fleet = plan.pacer(move || Arc::new(local.clone())).start(&sim);
        let (mut before, mut begun) = (Seen::default(), Instant::now());
        fleet.lose_and_regain(&meeting, || {
            (before, begun) = (Seen::by(&sim), Instant::now());
            meeting.cut_channels();
        });
        let seen = before.since(&sim);
        let followers = self.arguments.clients * 2;
        // A connection to the channel is no call.
        let is_within = seen.channel_calls * 10 <= followers * 12 && seen.throttled == 0;
        let saw = format!("{} calls, {} refused", seen.channel_calls, seen.throttled);
        let what = format!("{followers} followers lose their channel");
        self.row(
            world,
            &what,
            &saw,
            "1.2 calls each",
            is_within,
            begun.elapsed(),
        );
        Ok(())
    }
}

/// The pace that is tried, and the limit with some room for the jitter of two busy cores.
const PACE: Pace = Pace::per_second(50).burst(10);
const LIMIT: u32 = 66;

/// A simulator with that limit.
fn limited() -> Result<Simulator> {
    let sim = Simulator::start()?;
    sim.limit_all(LIMIT, Duration::from_secs(1));
    Ok(sim)
}

fn shown(seen: Seen, calls: &Calls) -> String {
    format!(
        "{} logins, {} renewals, {} refusals, {} requests, {} failed",
        seen.logins,
        seen.renewals,
        seen.refusals,
        seen.requests,
        calls.failures.len()
    )
}

/// The most requests that came within a second.
fn most_in_a_second(sim: &Simulator) -> usize {
    let mut times: Vec<_> = sim.requests().iter().map(|request| request.at).collect();
    times.sort_unstable();
    let from = |index: usize| {
        let until = times[index] + Duration::from_secs(1);
        times[index..].iter().take_while(|at| **at < until).count()
    };
    (0..times.len()).map(from).max().unwrap_or_default()
}
