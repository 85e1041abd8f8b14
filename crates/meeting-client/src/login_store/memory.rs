//! Shared logins of one process, in memory.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use meeting_types::{
    Claim, Claimant, Immediate, LoginKey, LoginStore, NonBlocking, SavedLogin, ServiceError,
    StoreError, Timestamp,
};

use super::record::{Mark, Record};

/// Login store of one process, in memory: for tests, and for clients that are built separately.
///
/// Clones share what is stored. Clones of one client share their login without any store.
///
/// ```
/// use std::sync::Arc;
///
/// use meeting_client::{Config, Engine, MemoryLogins, NoTransport, OnStoreLoss};
/// use meeting_types::{AppCredential, Endpoint};
///
/// let logins = Arc::new(MemoryLogins::new());
/// let engine = |logins: &Arc<MemoryLogins>| {
///     let app = AppCredential::new("demo-app", "demo-key");
///     let config = Config::new(Endpoint::china());
///     Engine::logged_in(config, Arc::new(NoTransport), app.into())
///         .with_store(logins.clone(), OnStoreLoss::default())
/// };
/// // Both will use one login.
/// let (one, other) = (engine(&logins), engine(&logins));
/// # drop((one, other));
/// ```
#[derive(Clone, Default)]
pub struct MemoryLogins {
    records: Arc<Mutex<HashMap<LoginKey, Record>>>,
    /// The key of the marks of refused secrets.
    salt: Salt,
}

#[derive(Clone)]
struct Salt([u8; 16]);

impl Default for Salt {
    fn default() -> Self {
        Self(uuid::Uuid::new_v4().into_bytes())
    }
}

impl MemoryLogins {
    /// A store with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn records(&self) -> MutexGuard<'_, HashMap<LoginKey, Record>> {
        // No code panics while it holds the lock.
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<R>(&self, claimant: &Claimant, change: impl FnOnce(&mut Record) -> R) -> R {
        change(self.records().entry(*claimant.key()).or_default())
    }

    fn mark(&self, claimant: &Claimant) -> Mark {
        claimant.mark(&self.salt.0)
    }
}

#[async_trait]
impl LoginStore for MemoryLogins {
    async fn claim(
        &self,
        claimant: &Claimant,
        newer_than: u64,
        patience: Duration,
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        let mark = self.mark(claimant);
        Ok(self.with(claimant, |record| {
            record.claim(claimant.id(), mark, newer_than, patience, now)
        }))
    }

    async fn put(
        &self,
        claimant: &Claimant,
        number: u64,
        login: &SavedLogin,
        _: Timestamp,
    ) -> Result<bool, StoreError> {
        let mark = self.mark(claimant);
        Ok(self.with(claimant, |record| record.put(mark, number, login)))
    }

    async fn refuse(
        &self,
        claimant: &Claimant,
        number: u64,
        refusal: &ServiceError,
        rest: Duration,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (mark, until) = (self.mark(claimant), now.saturating_add(rest));
        self.with(claimant, |record| {
            record.refuse(mark, number, refusal, until);
        });
        Ok(())
    }

    async fn release(&self, claimant: &Claimant, number: u64) -> Result<(), StoreError> {
        self.with(claimant, |record| record.release(number));
        Ok(())
    }

    async fn forget(&self, claimant: &Claimant, number: u64) -> Result<(), StoreError> {
        self.with(claimant, |record| record.forget(number));
        Ok(())
    }
}

impl NonBlocking for MemoryLogins {}
impl Immediate for MemoryLogins {}

/// Prints no token.
impl fmt::Debug for MemoryLogins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLogins")
            .field("logins", &self.records().len())
            .finish_non_exhaustive()
    }
}
