//! Parts that the tests of several crates share.
//!
//! - Values for any operation and model: [`Filler`] walks the tables of a model and asks its [`Choices`]
//!   for each value. [`Tape`] makes them at random, for property tests.
//! - With the feature `contracts`: the promises of transports, event channels and their followers, as
//!   tests that every implementation runs, and the servers on real sockets that these tests need.
//!   A proxy of HTTP is one of them: `proxy_server`.
//! - With the feature `fleet`: many clients of one account before the simulator, and a redis-server.
//! - With the feature `faults`: `fault`, a proxy that breaks connections as a plan says.

#![allow(
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    reason = "not published: whatever uses it changes with it"
)]

#[cfg(feature = "contracts")]
pub mod authority;
#[cfg(feature = "contracts")]
pub mod channel_contract;
#[cfg(feature = "contracts")]
pub mod channel_server;
#[cfg(feature = "contracts")]
pub mod download_contract;
#[cfg(feature = "faults")]
pub mod fault;
#[cfg(feature = "contracts")]
pub mod fault_contract;
#[cfg(feature = "fleet")]
#[allow(missing_docs, reason = "each name says what it is")]
pub mod fleet;
#[cfg(feature = "contracts")]
pub mod foreign_proxy;
#[cfg(feature = "contracts")]
pub mod live_contract;
#[cfg(feature = "contracts")]
pub mod proxy_contract;
#[cfg(feature = "contracts")]
pub mod proxy_server;
#[cfg(feature = "fleet")]
pub mod redis_server;
#[cfg(feature = "contracts")]
pub mod scripted_server;
#[cfg(feature = "contracts")]
pub mod transport_contract;

mod fill;
mod leaks;
mod sample;
mod satisfy;
mod tape;
mod traces;

pub use fill::{Choices, Filler, Place, Target};
pub use leaks::Printed;
pub use sample::Sample;
pub use satisfy::change;
pub use tape::{RandomChoices, Tape};
