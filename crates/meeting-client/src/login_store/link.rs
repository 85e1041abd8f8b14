//! Connection of a client's login with the store that processes share.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use meeting_types::{Claimant, LoginStore};

use super::{Consultation, Question};

/// Shortest time between two logins of a process by itself while the store is away.
const ALONE: Duration = Duration::from_secs(60);

/// Choice of what a client does when it needs a login and the store is away.
///
/// As long as its token is good, a client goes on with it and needs no store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OnStoreLoss {
    /// Logs in by itself, at most once a minute. More than 64 processes that do so end each other's
    /// tokens: the service keeps the newest 64 of a user.
    #[default]
    LogIn,
    /// Fails the call with [`Error::Store`](crate::Error::Store): for more than 64 processes.
    Fail,
}

/// A login's store, and as whom it asks.
pub(crate) struct StoreLink {
    store: Arc<dyn LoginStore>,
    claimant: Arc<Claimant>,
    on_loss: OnStoreLoss,
    /// Time of the last login that was allowed without the store.
    alone: Mutex<Option<SystemTime>>,
}

impl StoreLink {
    pub(crate) fn new(
        store: Arc<dyn LoginStore>,
        claimant: Claimant,
        on_loss: OnStoreLoss,
    ) -> Self {
        Self {
            store,
            claimant: Arc::new(claimant),
            on_loss,
            alone: Mutex::default(),
        }
    }

    pub(crate) fn store(&self) -> Arc<dyn LoginStore> {
        self.store.clone()
    }

    pub(crate) fn on_loss(&self) -> OnStoreLoss {
        self.on_loss
    }

    pub(crate) fn ask(&self, question: Question, now: SystemTime) -> Consultation {
        Consultation::new(self.store.clone(), self.claimant.clone(), question, now)
    }

    /// True when the client may log in without the store at `now`. If so, it may not again for a
    /// minute.
    pub(crate) fn may_log_in_alone(&self, now: SystemTime) -> bool {
        if self.on_loss == OnStoreLoss::Fail {
            return false;
        }
        // No code panics while it holds the lock.
        let mut alone = self.alone.lock().unwrap_or_else(PoisonError::into_inner);
        let rests = alone.is_some_and(|since| match now.duration_since(since) {
            Ok(age) => age < ALONE,
            // The clock was set back.
            Err(ahead) => ahead.duration() <= ALONE,
        });
        if !rests {
            *alone = Some(now);
        }
        !rests
    }
}

impl fmt::Debug for StoreLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreLink")
            .field("claimant", &self.claimant)
            .field("on_loss", &self.on_loss)
            .finish_non_exhaustive()
    }
}
