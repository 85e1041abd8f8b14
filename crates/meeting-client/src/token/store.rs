//! Store of one token: who may use it, who acquires the next one, who waits.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use super::{after_or_now, pause::Pause};
use crate::Error;

/// Longest time that one caller may keep the others waiting. A caller that was never run to its end,
/// nor dropped, would otherwise hold them up for good.
const LONGEST_LEASE: Duration = Duration::from_secs(60);

/// A fetch that ends in time ends before somebody else takes it over.
const GRACE: Duration = Duration::from_secs(1);

/// Largest difference between the clocks of two callers: each one reads the time before it asks.
const SKEW: Duration = Duration::from_secs(60);

/// Time for which a token is left alone after it could not be renewed.
const PAUSE: Duration = Duration::from_secs(30);

/// Stored token, and how long it is good.
#[derive(Debug)]
pub(crate) struct StoredToken<T> {
    pub(crate) secret: T,
    /// Time at which it was asked for.
    since: SystemTime,
    /// From here on one caller renews it while the others go on with it.
    renew_at: SystemTime,
    /// From here on nobody may use it.
    expires_at: SystemTime,
    /// Its number in the store that processes share; 0 for one that no store knows.
    shared_number: u64,
    /// True once the service has accepted it for a call.
    accepted: AtomicBool,
    /// True once the service has refused it to a call. It is kept for what renews it.
    refused: AtomicBool,
}

impl<T> StoredToken<T> {
    /// A token that was asked for at `now` and lives for `lifetime`. It is renewed after 0.75 to 0.9
    /// of its life, as `draw` from 0 to 1 says: what opened together does not renew together for ever.
    pub(crate) fn new(secret: T, now: SystemTime, lifetime: Duration, draw: f64) -> Self {
        let renewed = lifetime.mul_f64(0.75 + 0.15 * draw.clamp(0.0, 1.0));
        Self {
            secret,
            since: now,
            renew_at: after_or_now(now, renewed.min(lifetime)),
            expires_at: after_or_now(now, lifetime),
            shared_number: 0,
            accepted: AtomicBool::new(false),
            refused: AtomicBool::new(false),
        }
    }

    /// A token from an earlier run of the program. `draw` says when it is renewed, as in
    /// [`new`](Self::new).
    pub(crate) fn resumed(
        secret: T,
        issued_at: SystemTime,
        expires_at: SystemTime,
        draw: f64,
    ) -> Self {
        let lifetime = expires_at.duration_since(issued_at).unwrap_or_default();
        Self::new(secret, issued_at, lifetime, draw)
    }

    /// The token under its number in the store that processes share.
    pub(crate) fn with_shared_number(mut self, number: u64) -> Self {
        self.shared_number = number;
        self
    }

    pub(crate) fn shared_number(&self) -> u64 {
        self.shared_number
    }

    /// Life: the time at which it was asked for, and its end.
    pub(crate) fn life(&self) -> (SystemTime, SystemTime) {
        (self.since, self.expires_at)
    }

    /// True once the service has refused it to a call.
    pub(crate) fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }

    /// A token whose life nobody knows. It is not renewed.
    pub(crate) fn for_ever(secret: T) -> Self {
        let always = Duration::from_secs(4 * u64::from(u32::MAX));
        Self::new(secret, SystemTime::UNIX_EPOCH, always, 1.0)
    }

    /// Remembers that the service accepted it.
    pub(super) fn accept(&self) {
        self.accepted.store(true, Ordering::Relaxed);
    }

    fn was_accepted(&self) -> bool {
        self.accepted.load(Ordering::Relaxed)
    }

    /// True while it may be used.
    pub(crate) fn is_good(&self, now: SystemTime) -> bool {
        now < self.expires_at && !self.is_refused()
    }

    /// Time until it wants to be renewed.
    fn renewal_due_in(&self, now: SystemTime) -> Duration {
        let ahead = self.since.duration_since(now).unwrap_or_default();
        // A token from the future: the clock was set back, and nobody knows how old it is.
        if ahead > SKEW {
            return Duration::ZERO;
        }
        self.renew_at.duration_since(now).unwrap_or_default()
    }
}

/// Lease of the stored token: use it, acquire it, or wait.
pub(super) enum StoreLease<T: Clone> {
    /// Use this one.
    Ready(Arc<StoredToken<T>>, u64),
    /// Acquire one; the old one may still be good.
    Acquire(LeaseGuard<T>, Option<Arc<StoredToken<T>>>),
    /// Another caller acquires it: wait.
    Busy,
    /// The caller that we waited for could not get one.
    Failed(Arc<Error>),
}

/// Wait state of one caller: the token it rejects, the acquisition it waits for.
#[derive(Debug, Default)]
pub(super) struct Waiter {
    /// Only a token that came after this one will do.
    pub(super) newer_than: Option<u64>,
    /// The acquisition that the caller waits for.
    waiting_for: Option<u64>,
}

impl Waiter {
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting_for.is_some()
    }
}

#[derive(Debug)]
pub(crate) struct TokenStore<T> {
    state: Mutex<State<T>>,
}

#[derive(Debug)]
struct State<T> {
    token: Option<Arc<StoredToken<T>>>,
    /// Rises with each token, so that a refusal discards only the token that was refused.
    generation: u64,
    under_way: Option<UnderWay>,
    /// Number of acquisitions that were begun.
    begun: u64,
    /// The last acquisition that failed, until one succeeds.
    failed: Option<(u64, Arc<Error>)>,
    /// The last refusal of the credentials, until they are accepted.
    refused: Option<(Arc<Error>, Pause)>,
    /// The last operation to which a new token did not help, until one helps.
    in_vain: Option<(&'static str, Pause)>,
}

/// Acquisition that has not ended.
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

impl<T> State<T> {
    fn is_under_way(&self, number: u64) -> bool {
        self.under_way
            .is_some_and(|under_way| under_way.number == number)
    }

    /// The refusal of the credentials that is remembered at `now`.
    fn refused(&self, now: SystemTime) -> Option<&Arc<Error>> {
        let (error, pause) = self.refused.as_ref()?;
        pause.lasts(now).then_some(error)
    }
}

impl<T> Default for TokenStore<T> {
    fn default() -> Self {
        Self::starting_with(None)
    }
}

impl<T> TokenStore<T> {
    /// A store that already has a token.
    pub(crate) fn with(token: StoredToken<T>) -> Self {
        Self::starting_with(Some(Arc::new(token)))
    }

    fn starting_with(token: Option<Arc<StoredToken<T>>>) -> Self {
        let state = State {
            generation: u64::from(token.is_some()),
            token,
            under_way: None,
            begun: 0,
            failed: None,
            refused: None,
            in_vain: None,
        };
        Self {
            state: Mutex::new(state),
        }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        // No code panics while it holds the lock, and the state is whole at every moment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Discards the token of `generation`, which was refused to `operation`, if it is still the one in
    /// use. False when a new one would most likely not help either.
    pub(super) fn discard(
        &self,
        generation: u64,
        operation: &'static str,
        now: SystemTime,
    ) -> bool {
        let state = self.state();
        if state.generation != generation {
            return true;
        }
        let was_accepted = state.token.as_ref().is_some_and(|it| it.was_accepted());
        let is_in_vain = state
            .in_vain
            .is_some_and(|(of, pause)| pause.lasts(now) && (of == operation || !was_accepted));
        if let (false, Some(token)) = (is_in_vain, &state.token) {
            token.refused.store(true, Ordering::Relaxed);
        }
        !is_in_vain
    }

    /// Remembers whether a new token helped `operation`, which was refused with the one before.
    pub(super) fn replaced(&self, operation: &'static str, helped: bool, now: SystemTime) {
        let mut state = self.state();
        state.in_vain = if helped {
            None
        } else {
            let before = state.in_vain.map(|(_, pause)| pause);
            // Those who were refused together count once.
            let pause = before.filter(|pause| pause.lasts(now));
            Some((
                operation,
                pause.unwrap_or_else(|| Pause::after(before, now)),
            ))
        };
    }

    /// The token, if there is one that is good at `now`.
    pub(crate) fn current(&self, now: SystemTime) -> Option<Arc<StoredToken<T>>> {
        let token = self.state().token.clone();
        token.filter(|token| token.is_good(now))
    }

    /// The last token, whether or not it is good.
    pub(crate) fn last(&self) -> Option<Arc<StoredToken<T>>> {
        self.state().token.clone()
    }

    /// The number of the last token.
    pub(crate) fn generation(&self) -> u64 {
        self.state().generation
    }

    /// Time until the token wants to be renewed, if there is one.
    pub(crate) fn renewal_due_in(&self, now: SystemTime) -> Option<Duration> {
        let token = self.state().token.clone()?;
        (!token.is_refused()).then(|| token.renewal_due_in(now))
    }

    /// Forgets the token, and gives it out.
    pub(crate) fn take(&self) -> Option<Arc<StoredToken<T>>> {
        self.state().token.take()
    }
}

impl<T: Clone> TokenStore<T> {
    /// Asks for the token. A caller that has to acquire it gets at most `patience` for that.
    pub(super) fn lease(
        self: &Arc<Self>,
        now: SystemTime,
        patience: Duration,
        waiter: &mut Waiter,
    ) -> StoreLease<T> {
        let mut state = self.state();
        let under_way = state.under_way.filter(|it| !it.is_overdue(now));
        let token = state.token.clone();
        if let Some(token) = &token {
            let will_do = match waiter.newer_than {
                Some(generation) => state.generation > generation && !token.is_refused(),
                None => {
                    let is_left_alone = under_way.is_some()
                        || !token.renewal_due_in(now).is_zero()
                        || state.refused(now).is_some();
                    token.is_good(now) && is_left_alone
                }
            };
            if will_do {
                waiter.waiting_for = None;
                return StoreLease::Ready(token.clone(), state.generation);
            }
        }
        if let (Some(waited), Some((failed, error))) = (waiter.waiting_for, &state.failed)
            && waited <= *failed
        {
            waiter.waiting_for = None;
            return StoreLease::Failed(error.clone());
        }
        if let Some(under_way) = under_way {
            waiter.waiting_for = Some(under_way.number);
            return StoreLease::Busy;
        }
        waiter.waiting_for = None;
        if let Some(error) = state.refused(now) {
            return StoreLease::Failed(error.clone());
        }
        state.begun += 1;
        let number = state.begun;
        state.under_way = Some(UnderWay {
            number,
            since: now,
            patience: patience.min(LONGEST_LEASE) + GRACE,
        });
        let guard = LeaseGuard {
            store: self.clone(),
            number,
            generation: state.generation,
        };
        StoreLease::Acquire(guard, token)
    }
}

/// The right of one caller to acquire the token. Dropping it gives the right to the next caller.
#[derive(Debug)]
pub(super) struct LeaseGuard<T: Clone> {
    store: Arc<TokenStore<T>>,
    number: u64,
    /// The token that was there when the acquisition began.
    generation: u64,
}

impl<T: Clone> LeaseGuard<T> {
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// Puts the token into the store, for all. It is dropped when that was too late: somebody else
    /// took the acquisition over, and has put a token there.
    pub(super) fn succeed(&self, token: StoredToken<T>) {
        let mut state = self.store.state();
        if !state.is_under_way(self.number) && state.generation != self.generation {
            return;
        }
        state.token = Some(Arc::new(token));
        state.generation += 1;
        state.failed = None;
        state.refused = None;
    }

    /// Tells those who wait that there is no token.
    pub(super) fn fail(&self, error: &Arc<Error>) {
        let mut state = self.store.state();
        if state.is_under_way(self.number) {
            state.failed = Some((self.number, error.clone()));
        }
    }

    /// Remembers that the credentials were refused: for a while, nobody asks again. Gives that while.
    pub(super) fn refuse(&self, error: &Arc<Error>, now: SystemTime) -> Duration {
        let mut state = self.store.state();
        let before = state.refused.as_ref().map(|(_, pause)| *pause);
        let pause = Pause::after(before, now);
        if state.is_under_way(self.number) {
            state.refused = Some((error.clone(), pause));
        }
        pause.length()
    }

    /// Leaves the old token in place, to be renewed after a while.
    pub(super) fn postpone(&self, now: SystemTime) {
        let mut state = self.store.state();
        if !state.is_under_way(self.number) {
            return;
        }
        if let Some(token) = &state.token {
            let postponed = StoredToken {
                secret: token.secret.clone(),
                since: token.since.min(now),
                renew_at: after_or_now(now, PAUSE),
                expires_at: token.expires_at,
                shared_number: token.shared_number,
                accepted: AtomicBool::new(token.was_accepted()),
                refused: AtomicBool::new(token.is_refused()),
            };
            state.token = Some(Arc::new(postponed));
        }
    }
}

impl<T: Clone> Drop for LeaseGuard<T> {
    fn drop(&mut self) {
        let mut state = self.store.state();
        if state.is_under_way(self.number) {
            state.under_way = None;
        }
    }
}
