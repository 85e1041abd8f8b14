//! `meeting-types` has no IO, so that it builds where there is no operating system.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

const TARGET: &str = "wasm32-unknown-unknown";

/// Checks `meeting-types` for WebAssembly, if the standard library for it is installed.
pub(crate) fn check(root: &Path) -> Result<()> {
    if !is_installed(root)? {
        eprintln!(
            "NOT CHECKED: whether meeting-types builds for {TARGET}; `rustup target add {TARGET}` \
             installs what is missing"
        );
        return Ok(());
    }
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(root)
        .args(["check", "--quiet", "--locked", "--package=meeting-types"])
        .args(["--target", TARGET])
        .status()
        .context("cargo check did not start")?;
    if !status.success() {
        bail!("meeting-types does not build for {TARGET}");
    }
    println!("meeting-types builds for {TARGET}");
    Ok(())
}

fn is_installed(root: &Path) -> Result<bool> {
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .current_dir(root)
        .args(["--print=target-libdir", "--target", TARGET])
        .output()
        .context("rustc did not start")?;
    let folder = String::from_utf8_lossy(&output.stdout);
    Ok(output.status.success() && PathBuf::from(folder.trim()).is_dir())
}
