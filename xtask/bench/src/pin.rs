//! Keeps the benchmark and its server on one processor.
//!
//! Otherwise a call takes one of two times: the scheduler puts client and server on the same
//! processor, or on two, and then each of them waits for the other one to wake up, which takes three
//! times as long as the call. It stays with its choice for a while and makes another one for another
//! connection, so that ours and the call written by hand are not measured alike.

use std::{
    fs,
    process::{self, Command, Stdio},
};

use anyhow::{Context, Result, bail};

/// Binds this process, and all that it starts from now on, to the last processor it may use.
pub(crate) fn to_one_processor() -> Result<()> {
    let status = fs::read_to_string("/proc/self/status").context("this is not Linux")?;
    let last = status
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"))
        .and_then(|list| list.rsplit([',', '-']).next())
        .context("/proc/self/status does not say which processors there are")?;
    let bound = Command::new("taskset")
        .args(["--cpu-list", "--pid", last.trim()])
        .arg(process::id().to_string())
        .stdout(Stdio::null())
        .status()
        .context("taskset did not start")?;
    if !bound.success() {
        bail!("taskset failed");
    }
    Ok(())
}
