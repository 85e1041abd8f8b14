//! Bulk work: batches of items, checkpoints to go on from, and progress. Free of IO.
//!
//! Lists have the same: `Pages` tells its [`Progress`] and its [`Checkpoint`]. Calls of a client that
//! [`bulk`](crate::Engine::bulk) gave leave room to all others, where the client keeps a pace.

mod batch;
mod checkpoint;
mod progress;
mod walk;

use self::progress::Meter;
pub use self::{batch::Batch, checkpoint::Checkpoint, progress::Progress, walk::Walk};
