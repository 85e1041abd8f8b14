//! The state of a meeting, folded from its events.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod copy;
mod describe;
mod machine;
mod machine_arbitrary;
mod opening;
mod properties;
mod requests;
mod service;
mod steps;
mod stored;
