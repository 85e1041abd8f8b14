//! The token as one call uses it: the lease of it, and the right to acquire the next one.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use meeting_types::{AuthorizationRef, OperationInfo, ServiceError};

use super::{
    Acquire, Secret as _, StoredToken, TokenRequest, TokenSource,
    store::{LeaseGuard, StoreLease, Waiter},
};
use crate::Error;

/// The token of one call, whatever is stored.
pub(crate) trait CallToken: Send + Sync {
    /// Asks for the token. A caller that has to acquire it gets at most `patience` for that.
    fn lease(&mut self, now: SystemTime, patience: Duration) -> Lease<'_>;

    /// Whether the last lease was busy.
    fn is_waiting(&self) -> bool;

    /// From now on only a token that came after the one of `generation` will do, however old it is.
    fn require_newer_than(&mut self, generation: u64);

    /// Discards the token that was used last, if this refusal means it.
    fn discard_if_refused(&mut self, refusal: &ServiceError) -> bool;
}

/// What a caller may do about the token.
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

    /// Whether the old token may still be used.
    fn is_old_good(&self, now: SystemTime) -> bool;

    /// The generation of the token that was there when the acquisition began.
    fn generation(&self) -> u64;

    /// Stores the token that the response to the operation `info` brought, for all callers.
    fn store(
        &self,
        sent_at: SystemTime,
        info: &OperationInfo,
        response: http::Response<Bytes>,
    ) -> Result<(), Error>;

    /// Tells those who wait that there is no token.
    fn fail(&self, error: &Arc<Error>);

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

    fn discard_if_refused(&mut self, refusal: &ServiceError) -> bool {
        match &self.used {
            Some((_, generation)) if self.source.is_refused(refusal) => {
                self.source.store().discard(*generation);
                true
            }
            _ => false,
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

    fn discard_if_refused(&mut self, refusal: &ServiceError) -> bool {
        T::discard_if_refused(self, refusal)
    }
}

/// Acquisition of a token of `S`.
struct Acquiring<S: TokenSource> {
    source: Arc<S>,
    guard: LeaseGuard<S::Secret>,
    old: Option<Arc<StoredToken<S::Secret>>>,
}

impl<S: TokenSource> Acquisition for Acquiring<S> {
    fn request(&self, how: Acquire, now: SystemTime) -> Option<TokenRequest> {
        self.source.request(how, now, self.old.as_deref())
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
    ) -> Result<(), Error> {
        self.guard
            .succeed(self.source.read(sent_at, info, response)?);
        Ok(())
    }

    fn fail(&self, error: &Arc<Error>) {
        self.guard.fail(error);
    }

    fn postpone(&self, now: SystemTime) {
        self.guard.postpone(now);
    }
}
