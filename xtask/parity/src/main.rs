//! The official Python SDK and this one build requests from the same arguments. Are they the same?
//!
//! Run by `cargo xtask parity`, which installs the SDK. It is a program of its own so that
//! `cargo xtask codegen` does not need generated code that compiles.

mod arguments;
mod compare;
mod describe;
mod differences;
mod fill;
mod form;
mod logins;
mod official;
mod report;
#[cfg(test)]
mod tests;
mod wire;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, bail};

use crate::{
    arguments::ArgumentSet,
    compare::{Difference, Kind},
    differences::Listed,
    report::Report,
};

/// How many operations the official SDK has, in the version that `requirements.txt` pins.
const OFFICIAL: usize = 199;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool> {
    let mut given = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(python), Some(folder), None) = (given.next(), given.next(), given.next()) else {
        bail!(
            "say which Python has the official SDK, and a folder for files: use cargo xtask parity"
        );
    };
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut listed = Listed::read(&here.join("differences.toml"))?;
    let sets = arguments::all(&listed)?;
    let official = official::run(&python, &here.join("build_requests.py"), &folder, &sets)?;
    let mut report = Report::default();
    same_operations(&sets, &official.operations, &listed)?;

    for (set, theirs) in sets.iter().zip(&official.requests) {
        let found = match theirs {
            Ok(theirs) => compare::requests(theirs, &set.request)
                .with_context(|| format!("{}, {}", set.operation, set.name))?,
            Err(failure) => vec![Difference {
                kind: Kind::Failure,
                at: "arguments".to_owned(),
                official: Some(failure.clone()),
                ours: None,
            }],
        };
        report.add(set, found, &mut listed);
    }
    for (operation, at) in &official.untouched {
        report.add_untouched(operation, at, &mut listed);
    }
    Ok(report.print(&listed))
}

/// Each operation of the official SDK is compared, and each of ours, but for those listed.
fn same_operations(sets: &[ArgumentSet], official: &[String], listed: &Listed) -> Result<()> {
    let mut ours: Vec<&str> = sets
        .iter()
        .filter(|set| !set.is_login)
        .map(|set| set.operation)
        .collect();
    ours.dedup();
    ours.sort_unstable();
    let official: Vec<&str> = official.iter().map(String::as_str).collect();
    if official.len() != OFFICIAL {
        bail!(
            "the official SDK has {} operations, not {OFFICIAL}",
            official.len()
        );
    }
    let missing = official.iter().filter(|name| !ours.contains(name));
    let missing: Vec<_> = missing
        .map(|name| format!("{name} is not compared"))
        .collect();
    let extra = ours.iter().filter(|name| !official.contains(name));
    let extra = extra.map(|name| format!("{name} is unknown to the official SDK and not listed"));
    let skipped = listed.skipped().filter(|name| official.contains(name));
    let skipped = skipped.map(|name| format!("{name} is listed as unknown to the official SDK"));
    let faults: Vec<_> = missing.into_iter().chain(extra).chain(skipped).collect();
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    Ok(())
}
