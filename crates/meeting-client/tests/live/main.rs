//! The state of a meeting, folded from its events.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod copy;
mod describe;
mod properties;
mod service;
mod session;
mod session_arbitrary;
mod steps;
mod stored;
