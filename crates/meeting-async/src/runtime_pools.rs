//! The HTTP clients of a transport, one set for each runtime.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use meeting_client::Network;
use meeting_types::{TransportError, TransportErrorKind};
use tokio::{
    runtime::{Handle, Id},
    task,
};

use crate::http_clients::{HttpClients, OwnSettings};

/// Connections are kept for this many runtimes. A program has one or two; tests make many.
const MAX_RUNTIMES: usize = 8;
/// Number of connections that are remembered as having served a request.
const MAX_REMEMBERED: usize = 64;
/// A pool that was used less than this ago belongs to a runtime that is being driven.
const RECENT: Duration = Duration::from_millis(1);

/// The pools of a transport, by runtime.
///
/// A connection is driven by a task of the runtime that opened it. From another runtime it would
/// look alive and never answer.
pub(crate) struct RuntimePools {
    /// The one that was used last stands first.
    pools: Mutex<Vec<(Id, Arc<Pool>)>>,
    network: Network,
    connect_timeout: Duration,
    own: OwnSettings,
}

impl RuntimePools {
    pub(crate) fn new(network: Network, connect_timeout: Duration, own: OwnSettings) -> Self {
        Self {
            pools: Mutex::default(),
            network,
            connect_timeout,
            own,
        }
    }

    /// The pool of the current runtime. Panics outside of one.
    ///
    /// Fails only for settings of the program's own that reqwest does not take.
    pub(crate) fn current(&self) -> Result<Arc<Pool>, TransportError> {
        let id = Handle::current().id();
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = pools.iter().position(|(of, _)| *of == id) {
            pools[..=found].rotate_right(1);
        } else {
            let (network, own) = (self.network.clone(), self.own.clone());
            let clients = HttpClients::new(network, self.connect_timeout, own);
            let clients =
                clients.map_err(|error| TransportError::new(TransportErrorKind::Request, error))?;
            pools.truncate(MAX_RUNTIMES - 1);
            pools.insert(0, (id, Arc::new(Pool::new(clients))));
        }
        Ok(Arc::clone(&pools[0].1))
    }
}

/// The HTTP clients that one runtime drives, with their connections.
pub(crate) struct Pool {
    pub(crate) clients: HttpClients,
    created: Instant,
    /// End of the last exchange, in microseconds since `created`.
    last_end: AtomicU64,
    served: Mutex<VecDeque<task::Id>>,
}

impl Pool {
    fn new(clients: HttpClients) -> Self {
        Self {
            clients,
            created: Instant::now(),
            last_end: AtomicU64::new(0),
            served: Mutex::default(),
        }
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.created.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// True when idle connections may hold bytes that nobody has looked at.
    ///
    /// hyper takes a connection that says something unasked out of use, but only when the runtime
    /// tells its task that something came. A runtime that was not driven since has not.
    pub(crate) fn is_unwatched(&self) -> bool {
        let idle = self
            .micros()
            .saturating_sub(self.last_end.load(Ordering::Relaxed));
        Duration::from_micros(idle) > RECENT
    }

    /// Lets the tasks of idle connections read what has come.
    ///
    /// The task that is spawned here comes back after the runtime asked the system what is ready,
    /// and behind the tasks that this woke.
    pub(crate) async fn look_at_idle_connections(&self) {
        // Fails only when the runtime is shut down, and then the exchange says so.
        let _ = tokio::spawn(task::yield_now()).await;
    }

    /// Notes that an exchange ended.
    pub(crate) fn note_end(&self) {
        self.last_end.store(self.micros(), Ordering::Relaxed);
    }

    /// Notes that a connection served a request. Tells whether it had served one before.
    pub(crate) fn note_served(&self, connection: task::Id) -> bool {
        let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        if served.contains(&connection) {
            return true;
        }
        if served.len() >= MAX_REMEMBERED {
            served.pop_front();
        }
        served.push_back(connection);
        false
    }
}
