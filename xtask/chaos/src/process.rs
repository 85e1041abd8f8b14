//! The simulator in a process of its own, and what the operating system says about this one.

use std::{
    fs,
    io::{self, BufRead, BufReader, Write},
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};
use meeting_sim::Simulator;

/// Runs a simulator until standard input ends.
pub(crate) fn host() -> Result<()> {
    let sim = Simulator::start()?;
    println!("{}", sim.address());
    io::stdout().flush()?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

/// A simulator in another process, so that what it remembers is not counted. Dropping it ends it.
pub(crate) struct Host {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Host {
    pub(crate) fn start() -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("host")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the simulator did not start")?;
        let output = process
            .stdout
            .take()
            .context("the simulator has no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().parse();
        let address = address.context("the simulator told no address")?;
        Ok(Self { process, address })
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // It would end with its input as well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What this process holds. Linux only.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// Memory in use, in KiB.
    pub(crate) resident: u64,
    /// Open file descriptors.
    pub(crate) descriptors: u64,
    pub(crate) threads: u64,
}

impl Sample {
    pub(crate) fn take() -> Result<Self> {
        let status = fs::read_to_string("/proc/self/status")
            .context("memory can be watched where there is /proc")?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next()?.parse().ok())
                .with_context(|| format!("/proc/self/status has no {name}"))
        };
        Ok(Self {
            resident: field("VmRSS:")?,
            threads: field("Threads:")?,
            descriptors: u64::try_from(fs::read_dir("/proc/self/fd")?.count())?,
        })
    }
}
