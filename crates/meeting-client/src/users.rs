//! Logins of the users of one application: as many as a bound allows.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use meeting_types::UserId;

use crate::login::LoginSource;

/// Logins by user. The least recently used is let go.
pub(crate) struct UserLogins {
    bound: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    logins: HashMap<UserId, Kept>,
    /// Rises with each use.
    uses: u64,
}

struct Kept {
    login: Arc<LoginSource>,
    last_use: u64,
}

impl UserLogins {
    /// At most this many; 0 counts as 1.
    pub(crate) fn at_most(bound: usize) -> Self {
        Self {
            bound: bound.max(1),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn len(&self) -> usize {
        self.state().logins.len()
    }

    /// The login of the user: the one that is kept, or what `make` makes.
    pub(crate) fn get(
        &self,
        user: &UserId,
        make: impl FnOnce() -> Option<LoginSource>,
    ) -> Option<Arc<LoginSource>> {
        let mut state = self.state();
        state.uses += 1;
        let last_use = state.uses;
        if let Some(kept) = state.logins.get_mut(user) {
            kept.last_use = last_use;
            return Some(kept.login.clone());
        }
        let login = Arc::new(make()?);
        if state.logins.len() >= self.bound {
            state.let_one_go();
        }
        let kept = Kept {
            login: login.clone(),
            last_use,
        };
        state.logins.insert(user.clone(), kept);
        Some(login)
    }
}

impl State {
    /// Lets the login go that was not asked for the longest, those last that somebody holds: to forget
    /// one of these would make its user log in twice.
    fn let_one_go(&mut self) {
        let order = |kept: &Kept| (Arc::strong_count(&kept.login) > 1, kept.last_use);
        let least = self.logins.iter().min_by_key(|(_, kept)| order(kept));
        if let Some(user) = least.map(|(user, _)| user.clone()) {
            self.logins.remove(&user);
        }
    }
}

impl fmt::Debug for UserLogins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.len(), self.bound)
    }
}
