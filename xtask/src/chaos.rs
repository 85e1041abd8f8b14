//! `cargo xtask chaos` and `cargo xtask soak`: builds what runs the clients on a failing network, and
//! runs it.

use std::{
    ffi::OsString,
    path::Path,
    process::{Command, ExitCode},
};

use anyhow::{Context, Result};

/// Runs schedules of faults for so many seconds.
pub(crate) fn chaos(root: &Path, seconds: u64, seed: Option<u64>) -> Result<ExitCode> {
    run(root, &["chaos", "--seconds", &seconds.to_string()], seed)
}

/// Runs mixed load under faults for so many minutes.
pub(crate) fn soak(root: &Path, minutes: f64, seed: Option<u64>) -> Result<ExitCode> {
    run(root, &["soak", "--minutes", &minutes.to_string()], seed)
}

/// Not a release build: it waits for the network most of the time, and CI has built the debug one.
fn run(root: &Path, arguments: &[&str], seed: Option<u64>) -> Result<ExitCode> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command
        .current_dir(root)
        .args(["run", "--quiet", "--package", "meeting-chaos", "--"])
        .args(arguments);
    if let Some(seed) = seed {
        command.arg("--seed").arg(seed.to_string());
    }
    let status = command.status().context("cargo did not start")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
