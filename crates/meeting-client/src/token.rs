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
    AccessToken, AuthorizationRef, ConferenceCredential, OperationInfo, RefreshToken, RequestError,
    ServiceError,
};

use crate::{Error, control::Grant};

/// How long a caller waits before it asks again for a token that another one fetches.
pub(crate) const BUSY_WAIT: Duration = Duration::from_millis(20);

/// How long one caller may keep the others waiting. A caller that was never run to its end, nor
/// dropped, would otherwise hold them up for good.
const LONGEST_LEASE: Duration = Duration::from_secs(60);

/// A fetch that ends in time ends before somebody else takes it over.
const GRACE: Duration = Duration::from_secs(1);

/// How far the clocks of two callers may be apart: each one reads the time before it asks.
const SKEW: Duration = Duration::from_secs(60);

/// How long a token is left alone after it could not be renewed.
const PAUSE: Duration = Duration::from_secs(30);

/// A token, and how long it is good.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) secret: HeldSecret,
    /// When it was asked for.
    since: SystemTime,
    /// From here on one caller renews it while the others go on with it.
    renew_at: SystemTime,
    /// From here on nobody may use it.
    expires_at: SystemTime,
    /// What renews it without a login, and until when.
    pub(crate) refresh: Option<(RefreshToken, SystemTime)>,
}

#[derive(Clone, Debug)]
pub(crate) enum HeldSecret {
    Access(AccessToken),
    Conference(ConferenceCredential, Arc<Grant>),
}

impl Held {
    /// A token that was asked for at `now` and lives for `lifetime`. It is renewed in the last tenth
    /// of its life.
    pub(crate) fn new(secret: HeldSecret, now: SystemTime, lifetime: Duration) -> Self {
        Self {
            secret,
            since: now,
            renew_at: later(now, lifetime - lifetime / 10),
            expires_at: later(now, lifetime),
            refresh: None,
        }
    }

    pub(crate) fn by_ref(&self) -> AuthorizationRef<'_> {
        match &self.secret {
            HeldSecret::Access(token) => AuthorizationRef::Access(token),
            HeldSecret::Conference(credential, _) => AuthorizationRef::Conference(credential),
        }
    }

    /// Whether it may be used.
    pub(crate) fn is_good(&self, now: SystemTime) -> bool {
        now < self.expires_at
    }

    /// How long it is until it wants to be renewed.
    fn renewal_due_in(&self, now: SystemTime) -> Duration {
        let ahead = self.since.duration_since(now).unwrap_or_default();
        // A token from the future: the clock was set back, and nobody knows how old it is.
        if ahead > SKEW {
            return Duration::ZERO;
        }
        self.renew_at.duration_since(now).unwrap_or_default()
    }
}

/// `span` after `now`. A point that the platform cannot tell is `now`: what ends then is not used.
pub(crate) fn later(now: SystemTime, span: Duration) -> SystemTime {
    now.checked_add(span).unwrap_or(now)
}

/// The first of the stated lifetimes that can be one: not none at all, and not too long.
pub(crate) fn lifetime<const N: usize>(
    stated: [Option<Duration>; N],
    documented: Duration,
    longest: Duration,
) -> Duration {
    let mut stated = stated.into_iter().flatten();
    stated
        .find(|stated| !stated.is_zero() && *stated <= longest)
        .unwrap_or(documented)
}

/// Where a call gets its token from.
pub(crate) trait TokenSource: Send + Sync {
    /// The token and its leases.
    fn store(&self) -> &Arc<TokenStore>;

    /// The request that brings a token this way; nothing when this way is not open.
    fn fetch(&self, way: Way, now: SystemTime, held: Option<&Held>) -> Option<Fetch>;

    /// Reads the token out of the reply to the operation `info`, which was sent at `now`.
    fn read(
        &self,
        now: SystemTime,
        info: &OperationInfo,
        reply: http::Response<Bytes>,
    ) -> Result<Held, Error>;

    /// Whether a refusal means that the token is no longer good.
    fn is_refused(&self, error: &ServiceError) -> bool;
}

/// How a token is had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By means of the one before.
    Renew,
    /// From nothing.
    Obtain,
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

/// What a caller wants, and what it remembers from asking before.
#[derive(Debug, Default)]
pub(crate) struct Asking {
    /// Only a token that came after this one will do.
    pub(crate) newer_than: Option<u64>,
    /// The fetch that the caller waits for.
    waiting_for: Option<u64>,
}

impl Asking {
    pub(crate) fn is_waiting(&self) -> bool {
        self.waiting_for.is_some()
    }
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
    under_way: Option<UnderWay>,
    /// How many fetches were begun.
    fetches: u64,
    /// The last fetch that failed, until one succeeds.
    failed: Option<(u64, Arc<Error>)>,
}

/// A fetch that has not ended.
#[derive(Clone, Copy, Debug)]
struct UnderWay {
    number: u64,
    since: SystemTime,
    patience: Duration,
}

impl UnderWay {
    fn is_overdue(self, now: SystemTime) -> bool {
        match now.duration_since(self.since) {
            Ok(age) => age >= self.patience,
            // The clock was set back.
            Err(ahead) => ahead.duration() > self.patience,
        }
    }
}

impl State {
    fn is_under_way(&self, number: u64) -> bool {
        self.under_way.is_some_and(|fetch| fetch.number == number)
    }
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

    /// Asks for the token. Who has to fetch it gets at most `patience` for it.
    pub(crate) fn lease(
        self: &Arc<Self>,
        now: SystemTime,
        patience: Duration,
        asking: &mut Asking,
    ) -> Lease {
        let mut state = self.state();
        let under_way = state.under_way.filter(|fetch| !fetch.is_overdue(now));
        let held = state.held.clone();
        if let Some(held) = &held {
            let will_do = match asking.newer_than {
                Some(generation) => state.generation > generation,
                None => {
                    let is_left_alone = under_way.is_some() || !held.renewal_due_in(now).is_zero();
                    held.is_good(now) && is_left_alone
                }
            };
            if will_do {
                asking.waiting_for = None;
                return Lease::Have(held.clone(), state.generation);
            }
        }
        if let (Some(waited), Some((failed, error))) = (asking.waiting_for, &state.failed)
            && waited <= *failed
        {
            return Lease::Failed(error.clone());
        }
        if let Some(fetch) = under_way {
            asking.waiting_for = Some(fetch.number);
            return Lease::Busy;
        }
        asking.waiting_for = None;
        state.fetches += 1;
        let number = state.fetches;
        state.under_way = Some(UnderWay {
            number,
            since: now,
            patience: patience.min(LONGEST_LEASE) + GRACE,
        });
        let ticket = Ticket {
            store: self.clone(),
            number,
            generation: state.generation,
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
        let held = self.state().held.clone();
        held.filter(|held| held.is_good(now))
    }

    /// The number of the last token.
    pub(crate) fn generation(&self) -> u64 {
        self.state().generation
    }

    /// How long it is until the token wants to be renewed, if there is one.
    pub(crate) fn renewal_due_in(&self, now: SystemTime) -> Option<Duration> {
        let held = self.state().held.clone()?;
        Some(held.renewal_due_in(now))
    }

    /// Forgets the token, and gives it out.
    pub(crate) fn take(&self) -> Option<Arc<Held>> {
        self.state().held.take()
    }
}

/// The right to fetch a token. Dropping it gives the right to the next caller.
#[derive(Debug)]
pub(crate) struct Ticket {
    store: Arc<TokenStore>,
    number: u64,
    /// The token that was there when the fetch began.
    generation: u64,
}

impl Ticket {
    /// Puts the token into the store, for all. Nothing comes back when that was too late: somebody
    /// else took the fetch over, and has put a token there.
    pub(crate) fn succeed(self, held: Held) -> Option<(Arc<Held>, u64)> {
        let mut state = self.store.state();
        let is_ours = state.is_under_way(self.number);
        if !is_ours && state.generation != self.generation {
            return None;
        }
        let held = Arc::new(held);
        state.held = Some(held.clone());
        state.generation += 1;
        state.failed = None;
        Some((held, state.generation))
    }

    /// Tells those who wait that there is no token.
    pub(crate) fn fail(&self, error: Arc<Error>) {
        let mut state = self.store.state();
        if state.is_under_way(self.number) {
            state.failed = Some((self.number, error));
        }
    }

    /// Leaves the old token in place, to be renewed after a while.
    pub(crate) fn postpone(&self, now: SystemTime) {
        let mut state = self.store.state();
        if !state.is_under_way(self.number) {
            return;
        }
        if let Some(held) = &state.held {
            let postponed = Held {
                since: held.since.min(now),
                renew_at: later(now, PAUSE),
                ..Held::clone(held)
            };
            state.held = Some(Arc::new(postponed));
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.store.state();
        if state.is_under_way(self.number) {
            state.under_way = None;
        }
    }
}
