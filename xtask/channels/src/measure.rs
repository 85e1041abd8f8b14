//! What is measured of one way to open channels.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tokio::{runtime::Runtime, time::sleep};

use crate::{
    ALLOCATOR, Arguments,
    connect::{Shared, Side},
    host::Host,
    limits,
    progress::Progress,
};

/// How many channels are opened at a time.
const AT_A_TIME: usize = 32;

/// How long all is left alone before memory is measured.
const IDLE: Duration = Duration::from_secs(2);

/// What was measured.
pub(crate) struct Figures {
    /// Bytes that an idle channel has allocated.
    pub(crate) allocated: u64,
    /// Bytes by which an idle channel makes the process larger.
    pub(crate) resident: u64,
    /// How long opening all of them took, in seconds.
    pub(crate) opened: f64,
    /// How long it took until all had got the burst, in seconds.
    pub(crate) burst: f64,
}

impl Figures {
    pub(crate) fn print(&self) {
        let figures = json!({
            "allocated": self.allocated,
            "resident": self.resident,
            "opened": self.opened,
            "burst": self.burst,
        });
        println!("{figures}");
    }

    pub(crate) fn read(text: &[u8]) -> Result<Self> {
        let figures: Value = serde_json::from_slice(text)?;
        let whole = |name: &str| figures[name].as_u64().with_context(|| format!("no {name}"));
        let time = |name: &str| figures[name].as_f64().with_context(|| format!("no {name}"));
        Ok(Self {
            allocated: whole("allocated")?,
            resident: whole("resident")?,
            opened: time("opened")?,
            burst: time("burst")?,
        })
    }
}

/// Opens the channels, leaves them idle, lets a burst come over them.
pub(crate) fn run(side: Side, arguments: &Arguments) -> Result<Figures> {
    limits::check_file_handles(arguments.channels)?;
    let mut host = Host::start(arguments.meetings)?;
    Runtime::new()?.block_on(async {
        let progress = Arc::new(Progress::new(arguments.burst));
        let shared = Shared::new(side, &host, AT_A_TIME, Arc::clone(&progress));
        let shared = Arc::new(shared);
        let open = |channels: std::ops::Range<usize>| {
            for channel in channels {
                shared.follow(channel);
            }
        };
        // The first ones open the connections for calls as well, which stay and belong to no channel.
        let first = AT_A_TIME.min(arguments.channels / 2);
        open(0..first);
        progress.subscribed(first).await?;
        sleep(IDLE).await;
        let before = Memory::now();

        let begun = Instant::now();
        open(first..arguments.channels);
        progress.subscribed(arguments.channels).await?;
        let opened = begun.elapsed().as_secs_f64();
        sleep(IDLE).await;
        let after = Memory::now();

        let begun = Instant::now();
        host.burst(arguments.burst)?;
        progress.complete(arguments.channels).await?;
        let burst = begun.elapsed().as_secs_f64();
        let each = |before: usize, after: usize| {
            (after.saturating_sub(before) / (arguments.channels - first)) as u64
        };
        Ok(Figures {
            allocated: each(before.allocated, after.allocated),
            resident: each(before.resident, after.resident),
            opened,
            burst,
        })
    })
}

/// The memory of this process, in bytes.
struct Memory {
    allocated: usize,
    resident: usize,
}

impl Memory {
    fn now() -> Self {
        let stats = ALLOCATOR.stats();
        Self {
            allocated: stats.bytes_allocated - stats.bytes_deallocated,
            resident: limits::resident(),
        }
    }
}
