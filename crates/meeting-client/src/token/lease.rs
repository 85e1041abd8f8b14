//! The token as one call uses it: the lease of it, and the right to acquire the next one.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use meeting_types::{AuthorizationRef, OperationInfo, SavedLogin, ServiceError};

use super::{
    Acquire, Secret, StoredToken, TokenRequest, TokenSource,
    store::{LeaseGuard, StoreLease, Waiter},
};
use crate::{Error, login_store::StoreLink};

/// The token of one call, whatever is stored.
pub(crate) trait CallToken: Send + Sync {
    /// Asks for the token. A caller that has to acquire it gets at most `patience` for that.
    fn lease(&mut self, now: SystemTime, patience: Duration) -> Lease<'_>;

    /// True when the last lease was busy.
    fn is_waiting(&self) -> bool;

    /// From now on only a token that came after the one of `generation` will do, however old it is.
    fn require_newer_than(&mut self, generation: u64);

    /// Authorization that the call was last sent with.
    fn authorization(&self) -> AuthorizationRef<'_>;

    /// Tells that the service accepted the token that was used last. `replaced` says that it
    /// refused `operation` the one before.
    fn accepted(&self, operation: &'static str, replaced: bool, now: SystemTime);

    /// Tells how the service refused `operation`. True when that is because of the token, which is
    /// then discarded, and a new one may help. Where the token was `replaced` already, it did not.
    fn refused(
        &self,
        refusal: &ServiceError,
        operation: &'static str,
        replaced: bool,
        now: SystemTime,
    ) -> bool;
}

/// Lease of a token: use it, acquire it, or wait.
pub(crate) enum Lease<'a> {
    /// Ready: use this one.
    Ready(AuthorizationRef<'a>),
    /// Acquire one; the old one may still be good.
    Acquire(Box<dyn Acquisition>),
    /// Another caller acquires it: wait.
    Busy,
    /// The caller that we waited for could not get one.
    Failed(Arc<Error>),
}

/// Acquisition of a token, leased by one call. Dropping it gives the right to the next caller.
pub(crate) trait Acquisition: Send + Sync {
    /// The request to send; `None` when a token cannot be acquired like this.
    fn request(&self, how: Acquire, now: SystemTime) -> Option<TokenRequest>;

    /// True while the old token may still be used.
    fn is_old_good(&self, now: SystemTime) -> bool;

    /// The generation of the token that was there when the acquisition began.
    fn generation(&self) -> u64;

    /// Stores the token that the response to the operation `info` brought, for all callers. `draw`,
    /// from 0 to 1, says when it is renewed, and `number` under which number processes share it. Gives
    /// it as they do.
    fn store(
        &self,
        sent_at: SystemTime,
        info: &OperationInfo,
        response: http::Response<Bytes>,
        draw: f64,
        number: Option<u64>,
    ) -> Result<Option<SavedLogin>, Error>;

    /// Tells those who wait that there is no token, and remembers a refusal of the credentials. Gives
    /// for how long, if they were refused.
    fn fail(&self, error: &Arc<Error>, now: SystemTime) -> Option<Duration>;

    /// The store that processes share the token through, if they do.
    fn link(&self) -> Option<&StoreLink>;

    /// The number, in that store, of the token that there is.
    fn shared_number(&self) -> u64;

    /// Takes a token from that store, for all callers.
    fn adopt(&self, number: u64, login: &SavedLogin, draw: f64);

    /// Takes what renews the token from that store.
    fn renew_by(&mut self, old: &SavedLogin, draw: f64);

    /// As in [`TokenSource::corrects_clock`].
    fn corrects_clock(
        &self,
        response: &http::Response<Bytes>,
        sent_at: SystemTime,
        now: SystemTime,
    ) -> bool;

    /// Leaves the old token in place, to be renewed after a while.
    fn postpone(&self, now: SystemTime);
}

/// The token of one call to the secret of `S`.
pub(crate) struct TokenUse<S: TokenSource> {
    source: Arc<S>,
    waiter: Waiter,
    used: Option<(Arc<StoredToken<S::Secret>>, u64)>,
}

impl<S: TokenSource> TokenUse<S> {
    pub(crate) fn new(source: Arc<S>) -> Self {
        Self {
            source,
            waiter: Waiter::default(),
            used: None,
        }
    }

    /// The token that the call used last.
    pub(crate) fn used(&self) -> Option<&S::Secret> {
        self.used.as_ref().map(|(token, _)| &token.secret)
    }
}

impl<S: TokenSource> CallToken for TokenUse<S> {
    fn lease(&mut self, now: SystemTime, patience: Duration) -> Lease<'_> {
        let store = self.source.store();
        match store.lease(now, patience, &mut self.waiter) {
            StoreLease::Ready(token, generation) => {
                self.waiter.newer_than = None;
                let (token, _) = self.used.insert((token, generation));
                Lease::Ready(token.secret.authorization())
            }
            StoreLease::Acquire(guard, old) => Lease::Acquire(Box::new(Acquiring {
                source: self.source.clone(),
                guard,
                old,
                shared: None,
            })),
            StoreLease::Busy => Lease::Busy,
            StoreLease::Failed(error) => Lease::Failed(error),
        }
    }

    fn is_waiting(&self) -> bool {
        self.waiter.is_waiting()
    }

    fn require_newer_than(&mut self, generation: u64) {
        self.waiter.newer_than = Some(generation);
    }

    fn authorization(&self) -> AuthorizationRef<'_> {
        self.used()
            .map_or(AuthorizationRef::Nothing, Secret::authorization)
    }

    fn accepted(&self, operation: &'static str, replaced: bool, now: SystemTime) {
        if let Some((token, _)) = &self.used {
            token.accept();
        }
        if replaced {
            self.source.store().replaced(operation, true, now);
        }
    }

    fn refused(
        &self,
        refusal: &ServiceError,
        operation: &'static str,
        replaced: bool,
        now: SystemTime,
    ) -> bool {
        match &self.used {
            Some((_, generation)) if self.source.is_refused(refusal) => {
                let store = self.source.store();
                if replaced {
                    store.replaced(operation, false, now);
                }
                !replaced && store.discard(*generation, operation, now)
            }
            _ => {
                self.accepted(operation, replaced, now);
                false
            }
        }
    }
}

/// For a caller that wants to see afterwards which token its call used.
impl<T: CallToken> CallToken for &mut T {
    fn lease(&mut self, now: SystemTime, patience: Duration) -> Lease<'_> {
        T::lease(self, now, patience)
    }

    fn is_waiting(&self) -> bool {
        T::is_waiting(self)
    }

    fn require_newer_than(&mut self, generation: u64) {
        T::require_newer_than(self, generation);
    }

    fn authorization(&self) -> AuthorizationRef<'_> {
        T::authorization(self)
    }

    fn accepted(&self, operation: &'static str, replaced: bool, now: SystemTime) {
        T::accepted(self, operation, replaced, now);
    }

    fn refused(
        &self,
        refusal: &ServiceError,
        operation: &'static str,
        replaced: bool,
        now: SystemTime,
    ) -> bool {
        T::refused(self, refusal, operation, replaced, now)
    }
}

/// Acquisition of a token of `S`.
struct Acquiring<S: TokenSource> {
    source: Arc<S>,
    guard: LeaseGuard<S::Secret>,
    old: Option<Arc<StoredToken<S::Secret>>>,
    /// The last token of the store that processes share, which is no longer good.
    shared: Option<StoredToken<S::Secret>>,
}

impl<S: TokenSource> Acquisition for Acquiring<S> {
    fn request(&self, how: Acquire, now: SystemTime) -> Option<TokenRequest> {
        let stored = match (&self.shared, self.old.as_deref()) {
            // The store was away when this one came.
            (Some(shared), Some(old)) if shared.life().0 < old.life().0 => Some(old),
            (Some(shared), _) => Some(shared),
            (None, old) => old,
        };
        self.source.request(how, now, stored)
    }

    fn is_old_good(&self, now: SystemTime) -> bool {
        self.old.as_ref().is_some_and(|old| old.is_good(now))
    }

    fn generation(&self) -> u64 {
        self.guard.generation()
    }

    fn store(
        &self,
        sent_at: SystemTime,
        info: &OperationInfo,
        response: http::Response<Bytes>,
        draw: f64,
        number: Option<u64>,
    ) -> Result<Option<SavedLogin>, Error> {
        let token = self.source.read(sent_at, info, response, draw)?;
        // A login without the store is as new as the one that it stands in for.
        let token = token.with_shared_number(number.unwrap_or(self.shared_number()));
        let saved = number.and_then(|_| self.source.to_saved(&token));
        self.guard.succeed(token);
        Ok(saved)
    }

    fn fail(&self, error: &Arc<Error>, now: SystemTime) -> Option<Duration> {
        self.guard.fail(error);
        match &**error {
            Error::Service(refusal) if self.source.refuses_credentials(refusal) => {
                Some(self.guard.refuse(error, now))
            }
            _ => None,
        }
    }

    fn link(&self) -> Option<&StoreLink> {
        self.source.link()
    }

    fn shared_number(&self) -> u64 {
        self.old.as_ref().map_or(0, |old| old.shared_number())
    }

    fn adopt(&self, number: u64, login: &SavedLogin, draw: f64) {
        if let Some(token) = self.source.of_saved(login, draw) {
            self.guard.succeed(token.with_shared_number(number));
        }
    }

    fn renew_by(&mut self, old: &SavedLogin, draw: f64) {
        self.shared = self.source.of_saved(old, draw);
    }

    fn corrects_clock(
        &self,
        response: &http::Response<Bytes>,
        sent_at: SystemTime,
        now: SystemTime,
    ) -> bool {
        self.source.corrects_clock(response, sent_at, now)
    }

    fn postpone(&self, now: SystemTime) {
        self.guard.postpone(now);
    }
}
