//! The bound on requests that are under way at once.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Bound on requests under way, shared by the clones of a client.
#[derive(Clone)]
pub(crate) struct InFlight {
    bound: usize,
    count: Arc<AtomicUsize>,
}

impl InFlight {
    /// At most this many; 0 counts as 1.
    pub(crate) fn at_most(bound: usize) -> Self {
        Self {
            bound: bound.max(1),
            count: Arc::default(),
        }
    }

    /// A place for one request, if there is one. Dropping it makes room for another.
    pub(crate) fn enter(&self) -> Option<Place> {
        let more = |count: usize| (count < self.bound).then(|| count + 1);
        self.count
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, more)
            .ok()?;
        Some(Place(self.count.clone()))
    }
}

/// No bound.
impl Default for InFlight {
    fn default() -> Self {
        Self::at_most(usize::MAX)
    }
}

impl fmt::Debug for InFlight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} of {}",
            self.count.load(Ordering::Relaxed),
            self.bound
        )
    }
}

/// Place of one request that is under way.
pub(crate) struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
