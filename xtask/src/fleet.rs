//! `cargo xtask fleet`: builds what runs many clients of one account, and runs it.

use std::{
    ffi::OsString,
    path::Path,
    process::{Command, ExitCode},
};

use anyhow::{Context, Result};

/// Runs so many clients, each of which makes so many calls.
pub(crate) fn run(root: &Path, clients: usize, calls: usize) -> Result<ExitCode> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    // Not a release build: it waits most of the time, and CI has built the debug one.
    let status = Command::new(cargo)
        .current_dir(root)
        .args(["run", "--quiet", "--package", "meeting-fleet", "--"])
        .args([
            "--clients",
            &clients.to_string(),
            "--calls",
            &calls.to_string(),
        ])
        .status()
        .context("cargo did not start")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
