//! Development commands of this workspace: `cargo xtask <command>`.

mod bench;
mod chaos;
mod codegen;
mod conformance;
mod dependencies;
mod environment;
mod fleet;
mod parity;
mod wasm;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// Development commands of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures what calls cost, beside the same calls written by hand.
    Bench {
        /// Fails when something is over its bound. Time is only ever compared with time of the same run.
        #[arg(long)]
        check: bool,
        /// Rounds of the clock.
        #[arg(long, conflicts_with = "compile")]
        rounds: Option<u32>,
        /// Measures what compiling `meeting-types` costs instead, beside the same API as serde
        /// derives: of all builds, or of one of check, debug and release.
        #[arg(long, value_name = "BUILD", num_args = 0..=1)]
        #[expect(clippy::option_option, reason = "the option may stand without a value")]
        compile: Option<Option<String>>,
        /// Measures what so many idle event channels cost instead; 5000 if no number is given.
        #[arg(
            long,
            value_name = "COUNT",
            num_args = 0..=1,
            default_missing_value = "5000",
            conflicts_with_all = ["compile", "rounds"]
        )]
        channels: Option<usize>,
    },
    /// Runs both clients before the simulator on a network that fails, and compares what they told with
    /// the simulator's record.
    Chaos {
        /// For how long schedules of faults are begun; with 0 it is the one of the seed.
        #[arg(long, default_value_t = 20)]
        seconds: u64,
        /// The seed of the first schedule; those after it count up. Drawn unless given.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Writes the operations, models and error codes of `meeting-types` from `xtask/spec`.
    Codegen {
        /// Writes nothing; fails with a diff when the tree differs from what the spec says.
        #[arg(long)]
        check: bool,
    },
    /// Runs the official Python SDK against meeting-sim, in a virtual environment.
    Conformance,
    /// Checks that the layers stay apart, that the stated MSRV holds for all dependencies, that
    /// `meeting-types` brings few of them, and that it builds for WebAssembly.
    Dependencies,
    /// Runs many clients of one account before the simulator, with and without a shared login and a pace
    /// on a redis-server, and prints what the service saw.
    Fleet {
        /// How many clients.
        #[arg(long, default_value_t = 100)]
        clients: usize,
        /// How many calls each makes.
        #[arg(long, default_value_t = 20)]
        calls: usize,
    },
    /// Compares the requests of the official Python SDK with ours, for the same arguments.
    Parity,
    /// Runs mixed load on a network that fails, and fails when memory or file descriptors grow.
    Soak {
        /// How long.
        #[arg(long, default_value_t = 1.0)]
        minutes: f64,
        /// What the faults are drawn from. Drawn itself unless given.
        #[arg(long)]
        seed: Option<u64>,
    },
}

fn main() -> ExitCode {
    if let Some(compiled) = bench::compile::as_rustc() {
        return ended(compiled);
    }
    ended(match Arguments::parse().command {
        Command::Bench {
            compile: Some(only),
            check,
            ..
        } => bench::compile::run(&workspace_root(), check, only.as_deref()),
        Command::Bench {
            channels: Some(channels),
            check,
            ..
        } => bench::channels(&workspace_root(), check, channels),
        Command::Bench { check, rounds, .. } => bench::run(&workspace_root(), check, rounds),
        Command::Chaos { seconds, seed } => chaos::chaos(&workspace_root(), seconds, seed),
        Command::Codegen { check } => codegen::run(&workspace_root(), check),
        Command::Conformance => conformance::run(&workspace_root()),
        Command::Dependencies => dependencies::run()
            .and_then(|()| wasm::check(&workspace_root()))
            .map(|()| ExitCode::SUCCESS),
        Command::Fleet { clients, calls } => fleet::run(&workspace_root(), clients, calls),
        Command::Parity => parity::run(&workspace_root()),
        Command::Soak { minutes, seed } => chaos::soak(&workspace_root(), minutes, seed),
    })
}

fn ended(outcome: anyhow::Result<ExitCode>) -> ExitCode {
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

/// The folder that holds the workspace: the parent of this crate's.
fn workspace_root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}
