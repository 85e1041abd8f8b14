//! Development commands of this workspace: `cargo xtask <command>`.

mod bench;
mod codegen;
mod conformance;
mod dependencies;
mod environment;
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
        /// Fails when instructions or allocations are over their bounds. Time never fails.
        #[arg(long, conflicts_with = "compile")]
        check: bool,
        /// Rounds of the clock.
        #[arg(long, conflicts_with = "compile")]
        rounds: Option<u32>,
        /// Measures what compiling `meeting-types` costs instead.
        #[arg(long)]
        compile: bool,
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
    /// Compares the requests of the official Python SDK with ours, for the same arguments.
    Parity,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Bench { compile: true, .. } => bench::compile(&workspace_root()),
        Command::Bench {
            channels: Some(channels),
            check,
            ..
        } => bench::channels(&workspace_root(), check, channels),
        Command::Bench { check, rounds, .. } => bench::run(&workspace_root(), check, rounds),
        Command::Codegen { check } => codegen::run(&workspace_root(), check),
        Command::Conformance => conformance::run(&workspace_root()),
        Command::Dependencies => dependencies::run()
            .and_then(|()| wasm::check(&workspace_root()))
            .map(|()| ExitCode::SUCCESS),
        Command::Parity => parity::run(&workspace_root()),
    };
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
