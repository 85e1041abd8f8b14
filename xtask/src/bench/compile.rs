//! `cargo xtask bench --compile`: what compiling `meeting-types` costs, beside the same API as serde
//! derives, made and built in the same run.

use std::{
    ffi::OsString,
    fs::{self, OpenOptions},
    io::Write,
    path::Path,
    process::{Command, ExitCode},
};

use anyhow::{Context, Result, bail};

use super::{cargo, yardstick};

/// Where the compiler, when it is run through this program, notes what it cost.
const LOG: &str = "XTASK_RUSTC_LOG";

struct Build {
    title: &'static str,
    arguments: &'static [&'static str],
    /// How often it is measured. The least counts: other work on the machine only ever adds to it.
    runs: usize,
    /// The ratio that the bound is made from: measured on 2026-11-27, at commit 2f8d64a, before the
    /// schema was opened. The middle of several runs, which lay up to 8 % around it on
    /// a busy machine.
    base: f64,
}

const BUILDS: [Build; 3] = [
    Build {
        title: "check",
        arguments: &["check"],
        runs: 5,
        base: 0.355,
    },
    Build {
        title: "debug",
        arguments: &["build"],
        runs: 2,
        base: 0.317,
    },
    Build {
        title: "release",
        arguments: &["build", "--release"],
        runs: 1,
        base: 0.286,
    },
];

/// How far above its base a ratio may be.
const GROWTH: f64 = 1.1;
/// Where no growth helps.
const HIGHEST: f64 = 0.40;

impl Build {
    fn bound(&self) -> f64 {
        (self.base * GROWTH).min(HIGHEST)
    }
}

/// Measures all builds, or the one of this title. `check` makes a ratio above its bound a failure.
pub(crate) fn run(root: &Path, check: bool, only: Option<&str>) -> Result<ExitCode> {
    let builds: Vec<&Build> = BUILDS
        .iter()
        .filter(|build| only.is_none_or(|only| only == build.title))
        .collect();
    if builds.is_empty() {
        bail!("there is no such build: there are check, debug and release");
    }
    let folder = root.join("target/bench-compile");
    println!("{}", yardstick::write(root, &folder)?);
    println!(
        "{:<8} {:>8} {:>8} {:>7} {:>7}   (CPU seconds of rustc)",
        "", "tables", "derives", "ratio", "bound"
    );
    let mut exceeded = Vec::new();
    for build in builds {
        rustc_seconds(&folder, build, yardstick::DEPENDENCIES)?;
        let (mut ours, mut theirs) = (f64::INFINITY, f64::INFINITY);
        let bound = build.bound();
        // What is over its bound is measured once more, because a busy machine adds to one or both.
        for attempt in 0..2 {
            if attempt > 0 && ours / theirs <= bound {
                break;
            }
            for _ in 0..build.runs {
                ours = ours.min(anew(&folder, build, yardstick::TABLES)?);
                theirs = theirs.min(anew(&folder, build, yardstick::DERIVES)?);
            }
        }
        let ratio = ours / theirs;
        println!(
            "{:<8} {ours:>8.1} {theirs:>8.1} {ratio:>7.3} {bound:>7.3}",
            build.title
        );
        if ratio > bound {
            exceeded.push(format!("{}: {ratio:.3} is above {bound:.3}", build.title));
        }
    }
    for fault in &exceeded {
        println!("over its bound: {fault}");
    }
    Ok(if check && !exceeded.is_empty() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn anew(folder: &Path, build: &Build, package: &str) -> Result<f64> {
    // Only what is newer than its output is built.
    let source = folder.join(package).join("src/lib.rs");
    let text = fs::read(&source)?;
    fs::write(&source, text)?;
    rustc_seconds(folder, build, package)
}

/// The CPU seconds that the compiler spends on `package`.
fn rustc_seconds(folder: &Path, build: &Build, package: &str) -> Result<f64> {
    let log = folder.join("rustc.log");
    fs::write(&log, "")?;
    let output = cargo(folder)
        .args(build.arguments)
        .args(["--package", package, "--target-dir"])
        .arg(folder.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTC_WORKSPACE_WRAPPER", std::env::current_exe()?)
        .env(LOG, &log)
        .output()?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("{package} does not build:\n{complaint}");
    }
    let log = fs::read_to_string(&log)?;
    let name = package.replace('-', "_");
    let line = log
        .lines()
        .find_map(|line| line.strip_prefix(&name)?.strip_prefix(' '));
    match line {
        Some(seconds) => Ok(seconds.parse()?),
        // It is built once and then there.
        None if package == yardstick::DEPENDENCIES => Ok(0.0),
        None => bail!("{package} was not compiled:\n{log}"),
    }
}

/// Where cargo wants this program as the compiler, runs the real one and notes what it cost.
pub(crate) fn as_rustc() -> Option<Result<ExitCode>> {
    let log = std::env::var_os(LOG)?;
    Some(noted(&log))
}

fn noted(log: &OsString) -> Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let rustc = arguments.next().context("there is no compiler to run")?;
    let arguments: Vec<OsString> = arguments.collect();
    let status = Command::new(rustc).args(&arguments).status()?;
    let name = arguments.windows(2).find(|pair| pair[0] == "--crate-name");
    if let Some([_, name]) = name {
        let mut log = OpenOptions::new().append(true).open(log)?;
        writeln!(log, "{} {}", name.to_string_lossy(), spent_by_children()?)?;
    }
    Ok(match status.code() {
        Some(0) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

/// The CPU seconds of all child processes that have ended, and of theirs.
fn spent_by_children() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")
        .context("CPU time is only measured on Linux, which has /proc")?;
    // The name of the program stands in brackets and may hold spaces.
    let (_, after_name) = stat.rsplit_once(')').context("/proc/self/stat is odd")?;
    let mut fields = after_name.split_whitespace().skip(13);
    let mut ticks = || -> Result<f64> {
        let field = fields.next().context("/proc/self/stat is short")?;
        Ok(field.parse()?)
    };
    // A tick is a hundredth of a second on every Linux that runs cargo.
    Ok((ticks()? + ticks()?) / 100.0)
}
