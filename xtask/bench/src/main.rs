//! `cargo xtask bench`: one table, ours beside the same written by hand.

mod cpu;
mod measure;
mod pin;
mod table;

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use meeting_bench::{
    Side, row,
    server::{self, Addresses},
};

/// What calls cost, beside the same calls written by hand.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Inner>,
    /// Fails when a row is over one of its bounds.
    #[arg(long)]
    check: bool,
    /// Rounds of the clock, instead of what each row has.
    #[arg(long)]
    rounds: Option<u32>,
}

/// What this program starts itself again for.
#[derive(Subcommand)]
enum Inner {
    /// Answers calls until standard input ends.
    #[command(hide = true)]
    Serve,
    /// Does the work of one side of one row so many times.
    #[command(hide = true)]
    Work {
        row: String,
        side: String,
        server: SocketAddr,
        times: u32,
    },
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    match arguments.command {
        Some(Inner::Serve) => server::serve()?,
        Some(Inner::Work {
            row: key,
            side,
            server,
            times,
        }) => {
            let row = row(&key).context("no such row")?;
            let side = Side::ALL.into_iter().find(|known| known.name() == side);
            let mut work = row
                .work(side.context("no such side")?, server)
                .context("nothing to do for this side")?;
            work(times);
        }
        None => {
            let valgrind = measure::has_valgrind();
            if arguments.check && !valgrind {
                bail!(
                    "`--check` counts instructions, and valgrind is not installed: install the \
                     package `valgrind` (`apt-get install valgrind`), or leave `--check` out"
                );
            }
            // The server inherits it.
            if let Err(error) = pin::to_one_processor() {
                println!("Times of calls may jump: not bound to one processor: {error:#}");
            }
            let server = Server::start()?;
            let figures = measure::all(server.addresses.plain, arguments.rounds, valgrind)?;
            let exceeded = table::print(&figures);
            let times = cpu::all(&server.addresses, arguments.rounds)?;
            let exceeded = cpu::print(&times) || exceeded;
            if arguments.check && exceeded {
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The server, in a process of its own, so that nothing of it is counted.
struct Server {
    process: Child,
    addresses: Addresses,
}

impl Server {
    fn start() -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the server did not start")?;
        let mut line = String::new();
        let output = process.stdout.take().context("the server has no output")?;
        BufReader::new(output).read_line(&mut line)?;
        let addresses = serde_json::from_str(&line).context("the server did not start")?;
        Ok(Self { process, addresses })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its input ends, and so does the server.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
