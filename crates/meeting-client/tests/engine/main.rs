//! The engine over a transport that is in memory and has a clock of its own.

#![allow(clippy::unwrap_used, reason = "these are tests")]

#[path = "../support/mod.rs"]
mod support;

mod bulk;
mod control;
mod doors;
mod exchange;
mod log_out;
mod memory;
mod pace;
mod paging;
mod plain;
mod proxy_login;
mod threads;
mod unknown_fate;
mod users;
