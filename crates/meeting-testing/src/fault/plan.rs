//! Which connection suffers what.

use std::time::Duration;

use proptest::{
    collection, option,
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

/// How many connections a drawn plan has faults for, at most. Those after them are carried as they are.
const CONNECTIONS: usize = 6;

/// The way that bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the client to the server: requests.
    ToServer,
    /// From the server to the client: responses.
    ToClient,
}

/// A fault of one connection. Positions count the bytes of the connection in that direction, from 0; a
/// fault at a position that is never reached does not happen. Each happens once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Closes the connection on both sides (FIN) after so many bytes.
    Cut {
        /// Whose bytes are counted.
        direction: Direction,
        /// The first byte that does not arrive.
        at: usize,
    },
    /// Breaks the connection on both sides (RST) after so many bytes. What arrived may be lost too.
    Reset {
        /// Whose bytes are counted.
        direction: Direction,
        /// The first byte that does not arrive.
        at: usize,
    },
    /// Carries no byte in this direction any more, and keeps the connection open.
    Silence {
        /// Whose bytes are swallowed.
        direction: Direction,
        /// The first byte that does not arrive.
        at: usize,
    },
    /// Waits once before this byte.
    Delay {
        /// Whose bytes wait.
        direction: Direction,
        /// The first byte that is late.
        at: usize,
        /// How long.
        by: Duration,
    },
    /// Carries one byte at a time.
    Dribble {
        /// Whose bytes.
        direction: Direction,
        /// The wait after each byte.
        pause: Duration,
        /// After so many bytes the rest is carried as it comes.
        bytes: usize,
    },
    /// Carries everything that was read in one piece twice: the first piece that reaches this byte.
    Duplicate {
        /// Whose bytes.
        direction: Direction,
        /// A byte in the piece.
        at: usize,
    },
    /// Leaves out some bytes and goes on.
    Truncate {
        /// Whose bytes.
        direction: Direction,
        /// The first byte that is left out.
        at: usize,
        /// How many are left out.
        length: usize,
    },
    /// Inverts bits of some bytes.
    Garble {
        /// Whose bytes.
        direction: Direction,
        /// The first byte that changes.
        at: usize,
        /// How many change.
        length: usize,
        /// The bits to invert; 0 stands for all.
        bits: u8,
    },
    /// Says so many interim responses (`100 Continue`) before the first response.
    Interim {
        /// How many.
        count: usize,
    },
    /// Adds to the first `content-length` of the responses; not below 0.
    WrongLength {
        /// What to add.
        by: i64,
    },
    /// Answers a request with this status in place of the server and closes, after so many bytes of
    /// requests. The server gets no more bytes.
    EarlyAnswer {
        /// The status.
        status: u16,
        /// The first byte of the requests that the server does not get.
        at: usize,
    },
    /// Sends a `408` that nobody asked for and closes, once the connection was idle for so long after a
    /// response.
    UnaskedAnswer {
        /// How long nothing was sent.
        after: Duration,
    },
    /// Another fault, once the connection has seen so many exchanges. Positions count from there.
    After {
        /// How many exchanges pass untouched.
        exchanges: usize,
        /// What follows.
        fault: Box<Fault>,
    },
}

impl Fault {
    /// The kinds of faults, as [`kind`](Self::kind) names them.
    pub const KINDS: [&'static str; 12] = [
        "cut",
        "reset",
        "silence",
        "delay",
        "dribble",
        "duplicate",
        "truncate",
        "garble",
        "interim responses",
        "wrong length",
        "early answer",
        "unasked answer",
    ];

    /// The kind of fault, in words for a table.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        let index = match self.itself() {
            Self::After { fault, .. } => return fault.kind(),
            Self::Cut { .. } => 0,
            Self::Reset { .. } => 1,
            Self::Silence { .. } => 2,
            Self::Delay { .. } => 3,
            Self::Dribble { .. } => 4,
            Self::Duplicate { .. } => 5,
            Self::Truncate { .. } => 6,
            Self::Garble { .. } => 7,
            Self::Interim { .. } => 8,
            Self::WrongLength { .. } => 9,
            Self::EarlyAnswer { .. } => 10,
            Self::UnaskedAnswer { .. } => 11,
        };
        Self::KINDS[index]
    }

    /// The fault, without what comes before it.
    #[must_use]
    pub fn itself(&self) -> &Self {
        match self {
            Self::After { fault, .. } => fault.itself(),
            fault => fault,
        }
    }

    /// How many exchanges of a connection pass before it.
    #[must_use]
    pub fn exchanges_before(&self) -> usize {
        match self {
            Self::After { exchanges, fault } => exchanges.saturating_add(fault.exchanges_before()),
            _ => 0,
        }
    }

    /// The direction in which bytes arrive that were not sent so. Plain HTTP cannot notice all of these,
    /// as TLS does: no client can be blamed for believing them.
    #[must_use]
    pub fn alters(&self) -> Option<Direction> {
        match self.itself() {
            Self::Truncate { direction, .. }
            | Self::Garble { direction, .. }
            | Self::Duplicate { direction, .. } => Some(*direction),
            Self::WrongLength { .. } => Some(Direction::ToClient),
            _ => None,
        }
    }
}

/// What each connection suffers, in the order in which they are opened.
///
/// A plain value: its `Debug` is what reproduces a failure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultPlan {
    /// What it was drawn from; 0 for plans made by hand.
    pub seed: u64,
    /// A fault, or none, for each connection.
    pub faults: Vec<Option<Fault>>,
    /// Begins anew after the last one. Otherwise later connections are carried as they are.
    pub repeat: bool,
}

impl FaultPlan {
    /// One fault, for the first connection.
    #[must_use]
    pub fn once(fault: Fault) -> Self {
        Self {
            faults: vec![Some(fault)],
            ..Self::default()
        }
    }

    /// The same fault for every connection.
    #[must_use]
    pub fn always(fault: Fault) -> Self {
        Self {
            repeat: true,
            ..Self::once(fault)
        }
    }

    /// Faults for the first connections, drawn from a seed. The same seed gives the same plan.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        Self {
            seed,
            faults: drawn(
                seed,
                collection::vec(option::weighted(0.75, any_fault()), 1..=CONNECTIONS),
            ),
            repeat: false,
        }
    }

    /// Faults for connections without end: one in so many has one.
    #[must_use]
    pub fn endless(seed: u64, one_in: u32) -> Self {
        let share = 1.0 / f64::from(one_in.max(1));
        Self {
            seed,
            faults: drawn(
                seed,
                collection::vec(option::weighted(share, any_fault()), 997),
            ),
            repeat: true,
        }
    }

    /// The fault of one connection, counted from 0.
    #[must_use]
    pub fn fault(&self, connection: usize) -> Option<&Fault> {
        let index = if self.repeat && !self.faults.is_empty() {
            connection % self.faults.len()
        } else {
            connection
        };
        self.faults.get(index)?.as_ref()
    }

    /// Whether any connection gets bytes in this direction that were not sent so.
    #[must_use]
    pub fn alters(&self, direction: Direction) -> bool {
        let mut faults = self.faults.iter().flatten();
        faults.any(|fault| fault.alters() == Some(direction))
    }
}

/// Draws a value from a strategy, by a seed.
fn drawn<T>(seed: u64, strategy: impl Strategy<Value = T>) -> T {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    match strategy.new_tree(&mut runner) {
        Ok(tree) => tree.current(),
        // Only filters reject values, and no strategy here has one.
        Err(reason) => unreachable!("{reason}"),
    }
}

/// Any fault that ends or passes within about a second of an exchange of a few kilobytes.
pub fn any_fault() -> impl Strategy<Value = Fault> {
    let later = (1..5_usize, any_fault_at_once()).prop_map(|(exchanges, fault)| Fault::After {
        exchanges,
        fault: Box::new(fault),
    });
    prop_oneof![any_fault_at_once(), later]
}

fn any_fault_at_once() -> impl Strategy<Value = Fault> {
    let direction = || prop_oneof![Just(Direction::ToServer), Just(Direction::ToClient)];
    // Heads are some hundred bytes, so most positions lie in the first exchanges of a connection.
    let position = || prop_oneof![4 => 0..400_usize, 2 => 0..2500_usize, 1 => 0..12_000_usize];
    let place = || (direction(), position());
    let millis = |most: u64| (0..=most).prop_map(Duration::from_millis);
    prop_oneof![
        place().prop_map(|(direction, at)| Fault::Cut { direction, at }),
        place().prop_map(|(direction, at)| Fault::Reset { direction, at }),
        place().prop_map(|(direction, at)| Fault::Silence { direction, at }),
        (place(), millis(700)).prop_map(|((direction, at), by)| Fault::Delay { direction, at, by }),
        (direction(), 0..1500_u64, 1..900_usize).prop_map(|(direction, micros, bytes)| {
            let pause = Duration::from_micros(micros);
            Fault::Dribble {
                direction,
                pause,
                bytes,
            }
        }),
        place().prop_map(|(direction, at)| Fault::Duplicate { direction, at }),
        (place(), 1..40_usize).prop_map(|((direction, at), length)| Fault::Truncate {
            direction,
            at,
            length
        }),
        (place(), 1..8_usize, any::<u8>()).prop_map(|((direction, at), length, bits)| {
            Fault::Garble {
                direction,
                at,
                length,
                bits,
            }
        }),
        prop_oneof![1..20_usize, 1..5000_usize].prop_map(|count| Fault::Interim { count }),
        (-500..500_i64).prop_map(|by| Fault::WrongLength { by }),
        (
            prop_oneof![Just(413), Just(429), Just(502), Just(503)],
            position()
        )
            .prop_map(|(status, at)| Fault::EarlyAnswer { status, at }),
        millis(40).prop_map(|after| Fault::UnaskedAnswer { after }),
    ]
}
