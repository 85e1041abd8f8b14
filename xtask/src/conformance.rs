//! `cargo xtask conformance`: the official Python SDK against `meeting-sim`.
//!
//! Nobody here wrote that SDK, so what it can use is what the service looks like from outside.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::environment::{self, succeed};

/// What the simulator says about itself, by the words that it prints, and by which name the script
/// asks for it.
const HANDED_ON: &[(&str, &str)] = &[
    ("endpoint", "MEETING_ENDPOINT"),
    ("trust", "MEETING_CA_FILE"),
    ("app id", "MEETING_APP_ID"),
    ("app key", "MEETING_APP_KEY"),
    ("provider id", "MEETING_PROVIDER_APP_ID"),
    ("provider key", "MEETING_PROVIDER_APP_KEY"),
    ("account", "MEETING_ACCOUNT"),
    ("password", "MEETING_PASSWORD"),
];

pub(crate) fn run(root: &Path) -> Result<ExitCode> {
    let folder = root.join("target").join("conformance");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let python = environment::official_sdk(root)?;
    let simulator = Simulator::start(root, &folder)?;
    for file in ["official_sdk.py", "groups.py"] {
        let mut script = Command::new(&python);
        script
            .arg(root.join("xtask/conformance").join(file))
            // The SDK writes a file into the home of whoever runs it.
            .env("HOME", &folder)
            .env("PYTHONDONTWRITEBYTECODE", "1");
        for (printed, variable) in HANDED_ON {
            let value = simulator
                .facts
                .get(*printed)
                .with_context(|| format!("the simulator did not print its {printed}"))?;
            script.env(variable, value);
        }
        let status = script.status().context("Python did not start")?;
        if !status.success() {
            bail!("the official SDK met a surprise in {file} ({status})");
        }
    }
    println!("the official SDK met no surprise in the operations that it called");
    Ok(ExitCode::SUCCESS)
}

/// The simulator as a program of its own, stopped when this is dropped.
struct Simulator {
    process: Child,
    facts: BTreeMap<String, String>,
}

impl Simulator {
    fn start(root: &Path, folder: &Path) -> Result<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        succeed(
            Command::new(cargo).current_dir(root).args([
                "build",
                "--quiet",
                "--package",
                "meeting-sim",
            ]),
            "meeting-sim does not build",
        )?;
        let mut process = Command::new(root.join("target/debug/meeting-sim"))
            .args(["--tls", "--ca-file"])
            .arg(folder.join("ca.pem"))
            .stdout(Stdio::piped())
            .spawn()
            .context("meeting-sim does not start")?;
        let output = process.stdout.take().context("meeting-sim has no output")?;
        let mut simulator = Self {
            process,
            facts: BTreeMap::new(),
        };
        // The password of a guest is the last thing that it says before it waits.
        for line in BufReader::new(output).lines() {
            let line = line.context("cannot read what meeting-sim prints")?;
            let Some((name, value)) = line.split_once("  ") else {
                continue;
            };
            let name = name.trim().to_owned();
            let last = name == "guest password";
            simulator.facts.insert(name, value.trim().to_owned());
            if last {
                return Ok(simulator);
            }
        }
        bail!("meeting-sim stopped before it was ready");
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
