//! Logins that several engines share through a store, over a service in memory.

#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "these are tests; the service is that of other tests, too"
)]

#[path = "../engine/memory.rs"]
mod memory;
#[path = "../support/mod.rs"]
mod support;

mod clock;
mod loss;
mod sharing;
