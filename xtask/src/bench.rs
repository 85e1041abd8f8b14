//! `cargo xtask bench`: builds a benchmark and runs it, or measures what compiling costs.

use std::{
    ffi::OsString,
    fs,
    path::Path,
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, bail};

/// What compiling `meeting-types` may cost, in seconds of CPU.
const COMPILE_BOUNDS: &[(&str, &[&str], f64)] = &[
    ("check", &["check"], 5.0),
    ("build, debug", &["build"], 12.0),
    ("build, release", &["build", "--release"], 30.0),
];

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

/// Measures what compiling `meeting-types` costs when its dependencies are built.
pub(crate) fn compile(root: &Path) -> Result<ExitCode> {
    // A folder of its own, so that nothing is built already and nothing built is lost.
    let target = root.join("target/bench-compile");
    println!(
        "{:<16} {:>11} {:>7}",
        "meeting-types", "CPU seconds", "bound"
    );
    for (title, arguments, bound) in COMPILE_BOUNDS {
        let built = || -> Result<()> {
            let status = cargo(root)
                .args(*arguments)
                .args(["--quiet", "--package=meeting-types", "--target-dir"])
                .arg(&target)
                .env("CARGO_INCREMENTAL", "0")
                .stdout(Stdio::null())
                .status()?;
            if !status.success() {
                bail!("meeting-types does not build");
            }
            Ok(())
        };
        built()?;
        let cleaned = cargo(root)
            .args(["clean", "--quiet", "--package=meeting-types"])
            // It cleans one profile at a time.
            .args(&arguments[1..])
            .arg("--target-dir")
            .arg(&target)
            .status()?;
        if !cleaned.success() {
            bail!("cargo clean failed");
        }
        let before = spent_by_children()?;
        built()?;
        let spent = spent_by_children()? - before;
        println!("{title:<16} {spent:>11.1} {bound:>7.0}");
    }
    fs::remove_dir_all(&target).context("the folder of the benchmark stays behind")?;
    Ok(ExitCode::SUCCESS)
}

fn cargo(root: &Path) -> Command {
    let mut cargo =
        Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    cargo.current_dir(root);
    cargo
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
