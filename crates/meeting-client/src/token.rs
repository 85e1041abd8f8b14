//! One token for many callers: who may use it, who fetches it, who waits.
//!
//! No lock is held while a token is fetched. A caller leases the fetch; the others wait a little
//! and ask again.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use meeting_types::{
    AccessToken, Carried, ConferenceCredential, OperationInfo, RefreshToken, RequestError,
    ServiceError,
};

use crate::{Error, control::Grant};

/// How long a caller waits before it asks again for a token that another one fetches.
pub(crate) const BUSY_WAIT: Duration = Duration::from_millis(20);

/// A token, and how long it is good.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) secret: HeldSecret,
    /// From here on one caller renews it while the others go on with it.
    pub(crate) renew_at: SystemTime,
    /// From here on nobody may use it.
    pub(crate) expires_at: SystemTime,
    /// What renews it without a login, and until when.
    pub(crate) refresh: Option<(RefreshToken, SystemTime)>,
}

#[derive(Clone, Debug)]
pub(crate) enum HeldSecret {
    Access(AccessToken),
    Conference(ConferenceCredential, Arc<Grant>),
}

impl Held {
    /// A token that was issued at `now` for `lifetime`. It is renewed in the last tenth of its life.
    pub(crate) fn new(secret: HeldSecret, now: SystemTime, lifetime: Duration) -> Self {
        let end = |span| now.checked_add(span).unwrap_or(now);
        Self {
            secret,
            renew_at: end(lifetime - lifetime / 10),
            expires_at: end(lifetime),
            refresh: None,
        }
    }

    pub(crate) fn carried(&self) -> Carried<'_> {
        match &self.secret {
            HeldSecret::Access(token) => Carried::Access(token),
            HeldSecret::Conference(credential, _) => Carried::Conference(credential),
        }
    }
}

/// Where a call gets its token from.
pub(crate) trait TokenSource: Send + Sync {
    /// The token and its leases.
    fn store(&self) -> &Arc<TokenStore>;

    /// The request that brings a token, the best way first: `way` counts from 0. Nothing when there
    /// is no further way.
    fn fetch(&self, way: u32, now: SystemTime, held: Option<&Held>) -> Option<Fetch>;

    /// Reads the token out of the reply to the operation `info`.
    fn read(
        &self,
        now: SystemTime,
        info: &OperationInfo,
        reply: http::Response<Bytes>,
    ) -> Result<Held, Error>;

    /// Whether a refusal means that the token is no longer good.
    fn is_refused(&self, error: &ServiceError) -> bool;
}

/// A request that brings a token.
pub(crate) struct Fetch {
    pub(crate) info: &'static OperationInfo,
    pub(crate) request: Result<http::Request<Bytes>, RequestError>,
}

/// What a caller may do about the token.
pub(crate) enum Lease {
    /// Use this one.
    Have(Arc<Held>, u64),
    /// Fetch one; the old one may still be good.
    Fetch(Ticket, Option<Arc<Held>>),
    /// Another caller fetches it: wait.
    Busy,
    /// The caller that we waited for could not get one.
    Failed(Arc<Error>),
}

#[derive(Debug, Default)]
pub(crate) struct TokenStore {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    held: Option<Arc<Held>>,
    /// Rises with each token, so that a refusal discards only the token that was refused.
    generation: u64,
    /// The number of the fetch under way.
    fetching: Option<u64>,
    fetches: u64,
    failed: Option<(u64, Arc<Error>)>,
}

impl TokenStore {
    /// A store that already has a token.
    pub(crate) fn with(held: Held) -> Self {
        let state = State {
            held: Some(Arc::new(held)),
            generation: 1,
            ..State::default()
        };
        Self {
            state: Mutex::new(state),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock, and the state is whole at every moment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for the token. `waiting_for` is the caller's memory of the fetch that it waits for.
    pub(crate) fn lease(self: &Arc<Self>, now: SystemTime, waiting_for: &mut Option<u64>) -> Lease {
        let mut state = self.state();
        let held = state.held.clone();
        if let Some(held) = &held {
            let good = now < held.expires_at;
            if good && (now < held.renew_at || state.fetching.is_some()) {
                return Lease::Have(held.clone(), state.generation);
            }
        }
        if let Some(number) = state.fetching {
            *waiting_for = Some(number);
            return Lease::Busy;
        }
        if let (Some(waited), Some((failed, error))) = (*waiting_for, &state.failed)
            && waited == *failed
        {
            return Lease::Failed(error.clone());
        }
        state.fetches += 1;
        state.fetching = Some(state.fetches);
        let ticket = Ticket {
            store: self.clone(),
            number: state.fetches,
        };
        Lease::Fetch(ticket, held)
    }

    /// Discards the token of `generation`, if it is still the one in use.
    pub(crate) fn discard(&self, generation: u64) {
        let mut state = self.state();
        if state.generation == generation {
            state.held = None;
        }
    }

    /// The token, if there is one that is good at `now`.
    pub(crate) fn current(&self, now: SystemTime) -> Option<Arc<Held>> {
        self.state()
            .held
            .clone()
            .filter(|held| now < held.expires_at)
    }

    /// When the token should be renewed, if there is one.
    pub(crate) fn renew_at(&self) -> Option<SystemTime> {
        self.state().held.as_ref().map(|held| held.renew_at)
    }

    /// Has the token renewed by whoever asks for it from `at` on.
    pub(crate) fn renew_from(&self, at: SystemTime) {
        let mut state = self.state();
        if let Some(held) = &state.held {
            let renewed = Held {
                renew_at: at,
                ..Held::clone(held)
            };
            state.held = Some(Arc::new(renewed));
        }
    }

    /// Forgets the token.
    pub(crate) fn clear(&self) {
        self.state().held = None;
    }
}

/// The right to fetch a token. Dropping it gives the right to the next caller.
#[derive(Debug)]
pub(crate) struct Ticket {
    store: Arc<TokenStore>,
    number: u64,
}

impl Ticket {
    /// Puts the token into the store, for all.
    pub(crate) fn succeed(self, held: Held) -> (Arc<Held>, u64) {
        let held = Arc::new(held);
        let mut state = self.store.state();
        state.held = Some(held.clone());
        state.generation += 1;
        state.failed = None;
        (held, state.generation)
    }

    /// Tells those who wait that there is no token.
    pub(crate) fn fail(self, error: Arc<Error>) {
        self.store.state().failed = Some((self.number, error));
    }

    /// Leaves the old token in place, to be renewed after a while.
    pub(crate) fn postpone(self, now: SystemTime) {
        const PAUSE: Duration = Duration::from_secs(30);
        self.store.renew_from(now.checked_add(PAUSE).unwrap_or(now));
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.store.state();
        if state.fetching == Some(self.number) {
            state.fetching = None;
        }
    }
}
