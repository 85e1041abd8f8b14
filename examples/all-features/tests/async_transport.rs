//! The reqwest transport while all features of reqwest are on.

#[path = "../../../crates/meeting-async/tests/transport.rs"]
mod transport;
