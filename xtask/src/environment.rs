//! The official Python SDK in a virtual environment, for the commands that compare with it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

/// Installs the SDK, unless a run before this one did. Answers the Python that has it.
pub(crate) fn official_sdk(root: &Path) -> Result<PathBuf> {
    let folder = root.join("target/official-sdk");
    let requirements = root.join("xtask/conformance/requirements.txt");
    let wanted = fs::read_to_string(&requirements)
        .with_context(|| format!("cannot read {}", requirements.display()))?;
    let python = folder.join("venv/bin/python");
    let installed = folder.join("installed.txt");
    if python.exists() && fs::read_to_string(&installed).is_ok_and(|text| text == wanted) {
        return Ok(python);
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    succeed(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(folder.join("venv")),
        "a virtual environment cannot be made (is Python 3 with venv installed?)",
    )?;
    succeed(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-r",
            ])
            .arg(&requirements),
        "the official SDK cannot be installed",
    )?;
    fs::write(&installed, wanted).context("cannot note what was installed")?;
    Ok(python)
}

/// Runs a command that must succeed.
pub(crate) fn succeed(command: &mut Command, otherwise: &'static str) -> Result<()> {
    let status = command.status().context(otherwise)?;
    if !status.success() {
        bail!("{otherwise}: {status}");
    }
    Ok(())
}
