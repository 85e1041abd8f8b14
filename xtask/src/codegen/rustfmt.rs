//! Lays generated text out by rustfmt, so that the emitter need not know how lines are broken.

use std::{
    io::Write,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};

use super::{Files, fences};

/// The files as rustfmt leaves them. One that is no Rust is an error that names it.
pub(crate) fn formatted(files: &Files) -> Result<Files> {
    let files = &fences::formatted(files, |code| finish("the examples", start(code)?))?;
    // All at once: starting rustfmt takes longer than its work.
    let started: Vec<(&String, Child)> = files
        .iter()
        .map(|(path, text)| Ok((path, start(text)?)))
        .collect::<Result<_>>()?;
    started
        .into_iter()
        .map(|(path, child)| Ok((path.clone(), finish(path, child)?)))
        .collect()
}

fn start(text: &str) -> Result<Child> {
    let mut child = Command::new(std::env::var_os("RUSTFMT").unwrap_or_else(|| "rustfmt".into()))
        .args(["--edition", "2024"])
        // Where it looks for the configuration of this workspace.
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("rustfmt, a component of the toolchain of this repository, does not start")?;
    if let Some(mut stdin) = child.stdin.take() {
        // It prints nothing before it has read all. If it ends before that, its status says why.
        let _ = stdin.write_all(text.as_bytes());
    }
    Ok(child)
}

fn finish(path: &str, child: Child) -> Result<String> {
    let output = child.wait_with_output()?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("rustfmt cannot read what was generated for {path}:\n{complaint}");
    }
    String::from_utf8(output.stdout).with_context(|| format!("{path} is not UTF-8"))
}
