//! `cargo xtask bench`: builds a benchmark and runs it, or measures what compiling costs.

pub(crate) mod compile;
mod yardstick;

use std::{
    ffi::OsString,
    path::Path,
    process::{Command, ExitCode},
};

use anyhow::{Context, Result, bail};

/// Runs the benchmark of calls.
pub(crate) fn run(root: &Path, check: bool, rounds: Option<u32>) -> Result<ExitCode> {
    let mut program = built(root, "meeting-bench")?;
    if check {
        program.arg("--check");
    }
    if let Some(rounds) = rounds {
        program.arg("--rounds").arg(rounds.to_string());
    }
    run_to_end(&mut program)
}

/// Runs the benchmark of event channels.
pub(crate) fn channels(root: &Path, check: bool, channels: usize) -> Result<ExitCode> {
    let mut program = built(root, "meeting-bench-channels")?;
    program.arg("--channels").arg(channels.to_string());
    if check {
        program.arg("--check");
    }
    run_to_end(&mut program)
}

/// Builds the program of a package and returns it.
fn built(root: &Path, package: &str) -> Result<Command> {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let built = cargo(root)
        .args(["build", "--release", "--package", package])
        .arg("--target-dir")
        .arg(&target)
        .status()?;
    if !built.success() {
        bail!("the benchmark does not build");
    }
    let program = target.join("release").join(package);
    Ok(Command::new(
        program.with_extension(std::env::consts::EXE_EXTENSION),
    ))
}

fn run_to_end(program: &mut Command) -> Result<ExitCode> {
    let status = program.status().context("the benchmark did not start")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn cargo(root: &Path) -> Command {
    let mut cargo =
        Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    cargo.current_dir(root);
    cargo
}
