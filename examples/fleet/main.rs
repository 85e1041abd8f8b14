//! Many clients and users with one login each: in one process, and in several that share it.
//!
//! ```text
//! cargo run -p example-fleet                                          # processes share a folder
//! REDIS=redis://127.0.0.1:6379 cargo run -p example-fleet             # or a Redis server
//! ```
//!
//! It runs before the simulator. Each login that the service sees is one of the 64 tokens that it keeps
//! for a user.

use std::{
    env,
    process::{Child, Command},
};

use anyhow::{Context, Result, ensure};
use meeting_async::{
    Client, FileLogins, LocalPacer,
    types::{
        AppCredential, Endpoint, Pace,
        operations::{CreateAppIdToken, SearchMeetings},
    },
};
use meeting_redis::Redis;
use meeting_sim::{DEFAULT_APP_ID, DEFAULT_APP_KEY, Simulator};

const PROCESSES: usize = 8;

#[tokio::main]
async fn main() -> Result<()> {
    // A process of the fleet is this program, with the place of the service.
    if let Some(endpoint) = env::args().nth(1) {
        return one_of_many(&endpoint).await;
    }
    let sim = Simulator::start()?;
    one_process(&sim).await?;
    many_processes(&sim)
}

/// One process that acts for many users: one client, from which that of each user is made.
async fn one_process(sim: &Simulator) -> Result<()> {
    let client = Client::builder(sim.endpoint())
        .config(|config| config.max_users(100))
        .pace(LocalPacer::new().account(Pace::per_second(200).burst(20)))
        .with_credentials(sim.app_credential());
    for _ in 0..3 {
        for user in ["alice", "bob", "cleo"] {
            client.as_user(user)?.send(&SearchMeetings::new()).await?;
        }
    }
    let logins = sim.request_count::<CreateAppIdToken>();
    println!("one process, 3 users, 9 calls: {logins} logins");
    ensure!(logins == 3, "each user logs in once");
    Ok(())
}

/// Several processes with the login of one user.
fn many_processes(sim: &Simulator) -> Result<()> {
    let before = sim.request_count::<CreateAppIdToken>();
    let folder = env::temp_dir().join(format!("meeting-fleet-{}", std::process::id()));
    let start = || {
        Command::new(env::current_exe()?)
            .arg(sim.endpoint().to_string())
            .env("FOLDER", &folder)
            .spawn()
    };
    let children: Vec<Child> = (0..PROCESSES).map(|_| start()).collect::<Result<_, _>>()?;
    for mut child in children {
        ensure!(child.wait()?.success(), "a process failed");
    }
    // With a Redis server there is none.
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let logins = sim.request_count::<CreateAppIdToken>() - before;
    println!("{PROCESSES} processes: {logins} login");
    ensure!(logins <= 1, "they share one login");
    Ok(())
}

async fn one_of_many(endpoint: &str) -> Result<()> {
    let endpoint: Endpoint = endpoint.parse()?;
    let builder = Client::builder(endpoint);
    let builder = match env::var("REDIS") {
        Ok(address) => {
            let redis = Redis::connect(address.as_str())?;
            let pace = Pace::per_second(50).burst(10);
            let pacer = redis.pacer().account(pace);
            builder.store(redis.logins()).pace(pacer)
        }
        Err(_) => {
            let folder = env::var_os("FOLDER").context("FOLDER is not set")?;
            builder.store(FileLogins::in_folder(folder)?)
        }
    };
    let app = AppCredential::new(DEFAULT_APP_ID, DEFAULT_APP_KEY).user_id("dora");
    let client = builder.with_credentials(app);
    for _ in 0..5 {
        client.send(&SearchMeetings::new()).await?;
    }
    Ok(())
}
