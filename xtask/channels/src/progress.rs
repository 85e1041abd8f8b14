//! How far the channels are.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Result, bail};
use meeting_types::events::{Event, EventKind, SnapshotMode};
use tokio::{sync::Notify, time::timeout};

/// The kinds of which the simulator sends everything first.
pub(crate) const SNAPSHOTS: usize = 8;

/// How long all channels may take for one step.
const PATIENCE: Duration = Duration::from_secs(120);

/// How far all channels are.
pub(crate) struct Progress {
    /// How many events each channel is to get.
    burst: i64,
    subscribed: AtomicUsize,
    complete: AtomicUsize,
    /// Why the first channel failed that did.
    fault: Mutex<Option<String>>,
    moved: Notify,
}

impl Progress {
    pub(crate) fn new(burst: i64) -> Self {
        Self {
            burst,
            subscribed: AtomicUsize::new(0),
            complete: AtomicUsize::new(0),
            fault: Mutex::new(None),
            moved: Notify::new(),
        }
    }

    /// Notes that a channel has ended, which none should.
    pub(crate) fn fail(&self, ended: Result<()>) {
        let fault = match ended {
            Ok(()) => "it ended early".to_owned(),
            Err(error) => format!("{error:#}"),
        };
        let mut known = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        known.get_or_insert(fault);
        self.moved.notify_one();
    }

    /// Waits until so many channels know how everything is.
    pub(crate) async fn subscribed(&self, channels: usize) -> Result<()> {
        self.reaches(&self.subscribed, channels, "are subscribed")
            .await
    }

    /// Waits until so many channels have got all events.
    pub(crate) async fn complete(&self, channels: usize) -> Result<()> {
        self.reaches(&self.complete, channels, "got every event")
            .await
    }

    async fn reaches(&self, count: &AtomicUsize, channels: usize, what: &str) -> Result<()> {
        let waiting = async {
            while count.load(Ordering::Acquire) < channels {
                if let Some(fault) = &*self.fault.lock().unwrap_or_else(PoisonError::into_inner) {
                    bail!("a channel failed: {fault}");
                }
                self.moved.notified().await;
            }
            Ok(())
        };
        match timeout(PATIENCE, waiting).await {
            Ok(outcome) => outcome,
            Err(_) => {
                let count = count.load(Ordering::Acquire);
                bail!("{count} of {channels} channels {what} within {PATIENCE:?}")
            }
        }
    }
}

/// What one channel got.
#[derive(Default)]
pub(crate) struct Seen {
    snapshots: usize,
    speakers: i64,
    participants: i64,
}

impl Seen {
    /// Takes in an event. Fails when one before it is missing.
    pub(crate) fn take(&mut self, event: &Event, progress: &Progress) -> Result<()> {
        let full = event.mode == SnapshotMode::Full;
        self.take_parts(&event.kind, full, event.version, progress)
    }

    /// Takes in what matters of an event.
    pub(crate) fn take_parts(
        &mut self,
        kind: &EventKind,
        full: bool,
        version: Option<i64>,
        progress: &Progress,
    ) -> Result<()> {
        if full {
            self.snapshots += 1;
            if self.snapshots == SNAPSHOTS {
                progress.subscribed.fetch_add(1, Ordering::AcqRel);
                progress.moved.notify_one();
            }
            return Ok(());
        }
        let count = match kind {
            EventKind::SpeakerChange => &mut self.speakers,
            EventKind::Participants => &mut self.participants,
            other => bail!("nobody asked for {other}"),
        };
        *count += 1;
        if version != Some(*count) {
            bail!("{kind} number {count} is missing");
        }
        if self.speakers + self.participants == progress.burst {
            progress.complete.fetch_add(1, Ordering::AcqRel);
            progress.moved.notify_one();
        }
        Ok(())
    }
}
