//! `cargo xtask chaos` and `cargo xtask soak`: the async and the blocking client before the simulator,
//! behind a proxy that breaks connections.
//!
//! All traffic stays on the loopback interface.

mod audit;
mod chaos;
mod client;
mod process;
mod run;
mod schedule;
mod soak;
mod table;

use std::{process::ExitCode, time::Duration};

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Both clients before the simulator, on a network that fails.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs schedules drawn from seeds and compares what the clients told with the simulator's record.
    Chaos {
        /// For how long schedules are begun; with 0 it is the one of the seed.
        #[arg(long, default_value_t = 20)]
        seconds: u64,
        /// The seed of the first schedule; those after it count up. Drawn unless given.
        #[arg(long)]
        seed: Option<u64>,
        /// How many schedules run at a time.
        #[arg(long, default_value_t = 16)]
        workers: usize,
    },
    /// Runs mixed load under faults for a while and watches memory and file descriptors.
    Soak {
        /// How long.
        #[arg(long, default_value_t = 1.0)]
        minutes: f64,
        /// What the faults are drawn from. Drawn itself unless given.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Runs the simulator until standard input ends. Prints its address first.
    #[command(hide = true)]
    Host,
}

fn main() -> Result<ExitCode> {
    let drawn = || fastrand::u64(..1_000_000_000);
    let survived = match Arguments::parse().command {
        Command::Chaos {
            seconds,
            seed,
            workers,
        } => {
            let seed = seed.unwrap_or_else(drawn);
            chaos::run(Duration::from_secs(seconds), seed, workers.max(1))?
        }
        Command::Soak { minutes, seed } => {
            let time = Duration::try_from_secs_f64(minutes * 60.0)?;
            soak::run(time, seed.unwrap_or_else(drawn))?
        }
        Command::Host => {
            process::host()?;
            true
        }
    };
    Ok(if survived {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
