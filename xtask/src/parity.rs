//! `cargo xtask parity`: the official Python SDK and ours build requests from the same arguments.

use std::{
    path::Path,
    process::{Command, ExitCode},
};

use anyhow::{Context, Result};

use crate::environment;

/// Runs the comparison, a program of its own: this one must not need generated code that compiles.
pub(crate) fn run(root: &Path) -> Result<ExitCode> {
    let python = environment::official_sdk(root)?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(root)
        .args(["run", "--quiet", "--package", "parity", "--"])
        .arg(python)
        .arg(root.join("target/parity"))
        .status()
        .context("the comparison does not start")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
