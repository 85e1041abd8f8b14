//! Network faults as plain values, and a proxy on real sockets that makes them.
//!
//! A [`FaultPlan`] says what each connection suffers. A [`FaultProxy`] stands between a client and a
//! server on the loopback interface and carries the plan out. It speaks no protocol: it counts bytes, so
//! the same faults meet HTTP and WebSocket traffic.

mod line;
mod plan;
mod proxy;

pub use plan::{Direction, Fault, FaultPlan, any_fault};
pub use proxy::{FaultProxy, Traffic};
