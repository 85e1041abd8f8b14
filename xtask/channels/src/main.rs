//! `cargo xtask bench --channels`: many event channels in one client process, against a simulator in
//! another: what an idle one costs in memory, and whether all get every event of a burst.

mod connect;
mod host;
mod limits;
mod measure;
mod progress;

use std::{
    alloc::System,
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use crate::{connect::Side, measure::Figures};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What an idle channel of ours may allocate, in bytes.
const BOUND: u64 = 8 * 1024;

/// What many event channels in one process cost, beside the same written by hand.
#[derive(Clone, Copy, Debug, Parser)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Inner>,
    /// How many channels one process opens.
    #[arg(long, default_value_t = 5000, global = true)]
    channels: usize,
    /// Over how many meetings they are spread.
    #[arg(long, default_value_t = 10, global = true)]
    meetings: usize,
    /// How many events every channel gets at once.
    #[arg(long, default_value_t = 20, global = true)]
    burst: i64,
    /// Fails when an idle channel costs more than its bound. Time never fails.
    #[arg(long)]
    check: bool,
}

/// What this program starts itself again for.
#[derive(Clone, Copy, Debug, Subcommand)]
enum Inner {
    /// Runs the simulator until standard input ends.
    #[command(hide = true)]
    Host,
    /// Opens the channels in one way, and prints the figures.
    #[command(hide = true)]
    Measure { side: Side },
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    match arguments.command {
        Some(Inner::Host) => host::run(arguments.meetings)?,
        Some(Inner::Measure { side }) => measure::run(side, &arguments)?.print(),
        None => return compare(&arguments),
    }
    Ok(ExitCode::SUCCESS)
}

/// Measures all sides, each in a process of its own, so that none finds the memory of another.
fn compare(arguments: &Arguments) -> Result<ExitCode> {
    let Arguments {
        channels,
        meetings,
        burst,
        ..
    } = arguments;
    limits::check_file_handles(*channels)?;
    println!("{channels} channels over {meetings} meetings, a burst of {burst} events\n");
    println!(
        "{:<38} {:>10} {:>10} {:>10} {:>10}",
        "bytes per idle channel", "allocated", "resident", "opened", "burst"
    );
    let mut exceeded = false;
    for side in Side::ALL {
        let figures = measured(side, arguments)?;
        println!(
            "{:<38} {:>10} {:>10} {:>8.1} s {:>8.2} s",
            side.title(),
            figures.allocated,
            figures.resident,
            figures.opened,
            figures.burst
        );
        exceeded |= side.is_ours() && figures.allocated > BOUND;
    }
    println!("\nEvery channel got every event.");
    if exceeded {
        println!("over its bound: an idle channel of ours may allocate {BOUND} bytes");
        if arguments.check {
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn measured(side: Side, arguments: &Arguments) -> Result<Figures> {
    let output = Command::new(std::env::current_exe()?)
        .args(["measure", side.name()])
        .args(["--channels", &arguments.channels.to_string()])
        .args(["--meetings", &arguments.meetings.to_string()])
        .args(["--burst", &arguments.burst.to_string()])
        .stderr(Stdio::inherit())
        .output()
        .context("the client did not start")?;
    if !output.status.success() {
        bail!("{}: failed", side.title());
    }
    Figures::read(&output.stdout)
}
