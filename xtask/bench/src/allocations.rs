//! Counts allocations: `meeting-bench-allocations <server>` prints a line `row side count` for all work.
//!
//! A program of its own, because counting costs instructions and time.

use std::{alloc::System, env, net::SocketAddr};

use anyhow::{Context, Result};
use meeting_bench::{ROWS, Side};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<()> {
    let server: SocketAddr = env::args().nth(1).context("no address")?.parse()?;
    for row in ROWS {
        for side in Side::ALL {
            let Some(mut work) = row.work(side, server) else {
                continue;
            };
            // The first calls open connections and fill pools.
            work(row.times);
            let before = ALLOCATOR.stats();
            work(row.times);
            let spent = ALLOCATOR.stats() - before;
            // A buffer that grows is a new buffer, more often than not.
            let count = (spent.allocations + spent.reallocations) as f64 / f64::from(row.times);
            println!("{} {} {count:.1}", row.key, side.name());
        }
    }
    Ok(())
}
