//! One call, driven by hand: no transport, no executor, a made-up clock.

#![allow(clippy::unwrap_used, reason = "these are tests")]

#[path = "../support/mod.rs"]
mod support;

mod budget;
mod clock;
mod deadline;
mod hand;
mod lease;
mod login;
mod refresh;
mod refusal;
mod request;
mod retry;
mod soup;
