//! Pace of requests: a decorator of transports that keeps it, and a pacer for one process.
//!
//! [`Paced`] asks a [`Pacer`](meeting_types::Pacer) before each request and waits as it says.
//! [`LocalPacer`] paces the clients of one process; the crate `meeting-redis` has one for many.

mod gcra;
mod limits;
mod local;
mod paced;

pub use self::{
    limits::KnownLimit,
    local::LocalPacer,
    paced::{Paced, TurnTooLate},
};
pub(crate) use self::{limits::KnownLimits, paced::turn_after};
