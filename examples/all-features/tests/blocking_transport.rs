//! The ureq transport while all features of ureq are on.

#[path = "../../../crates/meeting-blocking/tests/transport.rs"]
mod transport;
