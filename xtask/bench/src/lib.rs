//! What is measured: ours, the same written by hand, and for calls the floor under both.
//!
//! The calls written by hand do what a careful program does: they keep one HTTP client, set its
//! timeouts, read the status and then the body into a struct. Ours do more than that: each has an id
//! of its own in its headers and in the log, one deadline over all of its tries, and a policy that
//! repeats it.
//!
//! Over ureq the deadline is the one thing that the call written by hand goes without: it has a
//! timeout for each phase, because ureq starts a thread for one over the whole call. Ours needs no
//! thread for that.

#![allow(
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    reason = "not published: whatever uses it changes with it"
)]

mod async_call;
mod blocking_call;
mod conferences;
mod list;
mod reply;
mod request;
pub mod server;
mod tls_call;

use std::net::SocketAddr;

pub use tls_call::{TLS_ROWS, TlsRow};

/// The facts that the calls written by hand share.
mod facts {
    pub(crate) const PATH: &str = "/v1/mmc/management/conferences/anonymous/auth";
    pub(crate) const CONFERENCE_ID: &str = "900825541";
    pub(crate) const PASSWORD: &str = "246813";
    pub(crate) const AGENT: &str = "meeting-rust/0.1.0";
    pub(crate) const LANGUAGE: &str = "en-US";
    pub(crate) const ACCEPT: &str = "application/json";
}

/// Who does the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The SDK.
    Ours,
    /// The same without the SDK.
    Hand,
    /// As little as the HTTP client allows: a request made before, a reply that nobody reads.
    Floor,
}

impl Side {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ours, Self::Hand, Self::Floor];

    /// The name on a command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Hand => "hand",
            Self::Floor => "floor",
        }
    }
}

/// Does the work so many times.
pub type Work = Box<dyn FnMut(u32)>;

/// What ours may cost.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// At most so much.
    AtMost(u64),
    /// No more than the same written by hand.
    Hand,
    /// So many times as much as the same written by hand.
    TimesHand(f64),
}

/// A row of the table.
#[derive(Debug)]
pub struct Row {
    /// The name on a command line.
    pub key: &'static str,
    /// The name in the table.
    pub title: &'static str,
    /// How often the work is done where its cost is averaged.
    pub times: u32,
    /// How often it is done in one round of the clock.
    pub times_a_round: u32,
    /// How many rounds there are.
    pub rounds: u32,
    /// The bound of the instructions.
    pub instructions: Bound,
    /// The bound of the allocations.
    pub allocations: Bound,
    /// How many times as long as the one written by hand it may take: the median of many rounds,
    /// with a margin for the clock.
    pub time: Option<f64>,
    make: fn(Side, SocketAddr) -> Option<Work>,
}

impl Row {
    /// The work of a side, if it has any in this row. `server` answers the calls.
    #[must_use]
    pub fn work(&self, side: Side, server: SocketAddr) -> Option<Work> {
        (self.make)(side, server)
    }
}

/// The table.
pub const ROWS: &[Row] = &[
    Row {
        key: "request",
        title: "building a small request",
        times: 1000,
        times_a_round: 2000,
        rounds: 30,
        instructions: Bound::AtMost(4500),
        allocations: Bound::AtMost(5),
        time: None,
        make: |side, _| request::work(side),
    },
    Row {
        key: "reply",
        title: "reading a small reply",
        times: 1000,
        times_a_round: 4000,
        rounds: 30,
        instructions: Bound::AtMost(4000),
        allocations: Bound::Hand,
        time: None,
        make: |side, _| reply::work(side),
    },
    Row {
        key: "list",
        title: "reading a list of 500 meetings",
        times: 4,
        times_a_round: 1,
        rounds: 300,
        instructions: Bound::TimesHand(1.08),
        allocations: Bound::Hand,
        time: Some(1.05),
        make: |side, _| list::work(side),
    },
    Row {
        key: "async",
        title: "a small call, reqwest",
        times: 200,
        times_a_round: 20,
        rounds: 200,
        instructions: Bound::Hand,
        allocations: Bound::Hand,
        time: None,
        make: async_call::work,
    },
    Row {
        key: "blocking",
        title: "a small call, ureq",
        times: 200,
        times_a_round: 20,
        rounds: 200,
        instructions: Bound::Hand,
        allocations: Bound::Hand,
        time: None,
        make: blocking_call::work,
    },
];

/// The row of this name.
#[must_use]
pub fn row(key: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.key == key)
}
