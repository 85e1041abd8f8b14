//! Limits that responses told of.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use meeting_types::{LimitScope, RateLimit};

/// Limit that a response told of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownLimit {
    /// The operation that was called.
    pub operation: &'static str,
    /// The limit, as it was last told.
    pub limit: RateLimit,
    /// Time at which it was told.
    pub told_at: SystemTime,
}

/// The last limits, by operation and scope.
#[derive(Debug, Default)]
pub(crate) struct KnownLimits(Mutex<BTreeMap<(&'static str, LimitScope), KnownLimit>>);

impl KnownLimits {
    fn limits(&self) -> MutexGuard<'_, BTreeMap<(&'static str, LimitScope), KnownLimit>> {
        // No code panics while it holds the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of a limit. Whether that tells more than was known.
    pub(super) fn learn(
        &self,
        operation: &'static str,
        limit: &RateLimit,
        now: SystemTime,
    ) -> bool {
        let known = KnownLimit {
            operation,
            limit: limit.clone(),
            told_at: now,
        };
        let before = self.limits().insert((operation, limit.scope), known);
        limit.is_refusal || before.is_none_or(|before| before.limit.limit != limit.limit)
    }

    pub(crate) fn list(&self) -> Vec<KnownLimit> {
        self.limits().values().cloned().collect()
    }
}
