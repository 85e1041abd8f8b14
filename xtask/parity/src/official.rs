//! Runs the script that drives the official SDK.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter, Write},
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::{arguments::ArgumentSet, wire::Wire};

/// How long the script may take. It usually takes a tenth of this.
const LIMIT: Duration = Duration::from_secs(120);

/// What the script found out.
#[derive(Default)]
pub(crate) struct Official {
    /// The operations of the SDK.
    pub(crate) operations: Vec<String>,
    /// A request or an error for each set of arguments.
    pub(crate) requests: Vec<Result<Wire, String>>,
    /// What an operation of the SDK can be given and no set of arguments had.
    pub(crate) untouched: Vec<(String, Vec<String>)>,
}

/// A line of the script.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Line {
    Operations { names: Vec<String> },
    Request { request: Wire },
    Failure { failure: String },
    Untouched { operation: String, at: Vec<String> },
}

pub(crate) fn run(
    python: &Path,
    script: &Path,
    folder: &Path,
    sets: &[ArgumentSet],
) -> Result<Official> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let (asked, answered) = (
        folder.join("arguments.jsonl"),
        folder.join("requests.jsonl"),
    );
    let mut file = BufWriter::new(File::create(&asked).context("cannot write the arguments")?);
    for set in sets {
        writeln!(file, "{}", set.described).context("cannot write the arguments")?;
    }
    file.into_inner().context("cannot write the arguments")?;

    let mut process = Command::new(python)
        .args([script, &asked, &answered])
        // The SDK writes a file into the home of whoever runs it.
        .env("HOME", folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUTF8", "1")
        .spawn()
        .context("Python did not start")?;
    let start = Instant::now();
    let status = loop {
        if let Some(status) = process.try_wait().context("Python cannot be waited for")? {
            break status;
        }
        if start.elapsed() > LIMIT {
            // It may end by itself at this very moment.
            let _ = process.kill();
            let _ = process.wait();
            bail!("the script ran for more than {} s", LIMIT.as_secs());
        }
        thread::sleep(Duration::from_millis(50));
    };
    if !status.success() {
        bail!("the script failed ({status})");
    }
    let official = read(&answered).context("what the script wrote")?;
    if official.requests.len() != sets.len() {
        bail!(
            "{} sets, but {} requests",
            sets.len(),
            official.requests.len()
        );
    }
    Ok(official)
}

fn read(answered: &Path) -> Result<Official> {
    let mut official = Official::default();
    for line in BufReader::new(File::open(answered)?).lines() {
        match serde_json::from_str(&line?)? {
            Line::Operations { names } => official.operations = names,
            Line::Request { request } => official.requests.push(Ok(request)),
            Line::Failure { failure } => official.requests.push(Err(failure)),
            Line::Untouched { operation, at } => official.untouched.push((operation, at)),
        }
    }
    Ok(official)
}
