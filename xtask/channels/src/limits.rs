//! What the operating system says about this process. On Linux only; elsewhere nothing is known.

use std::fs;

use anyhow::{Result, bail};

/// File handles of a process besides one for each channel: connections for calls, pipes, the
/// runtime's own.
const BESIDES: usize = 200;

/// Fails when a process cannot hold so many channels open.
pub(crate) fn check_file_handles(channels: usize) -> Result<()> {
    let needed = channels + BESIDES;
    match file_handles() {
        Some(limit) if limit < needed => bail!(
            "{channels} channels need {needed} file handles, and a process may open {limit} only: \
             raise the limit with `ulimit -n {needed}`, or ask for fewer channels"
        ),
        _ => Ok(()),
    }
}

fn file_handles() -> Option<usize> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    // "unlimited" is as good as no limit that is known.
    line.split_whitespace().next()?.parse().ok()
}

/// How much memory of this process is in use, as the operating system counts it: in bytes. Nothing
/// where it does not tell.
pub(crate) fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
    kib.unwrap_or(0) * 1024
}
