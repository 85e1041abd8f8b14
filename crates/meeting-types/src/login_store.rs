//! Store through which many processes share one login.

use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::{Claimant, SavedLogin, ServiceError, Timestamp};

/// Shares one login among many processes, sync or async.
///
/// The service ends the oldest of more than 64 tokens of a user. More than 64 processes that each log
/// in end each other's tokens for ever; over a store they log in once. A client asks the store when it
/// has no token, when the token wants to be renewed, and when the service has refused it: not for each
/// call.
///
/// A login has a number that rises with each new one. Whoever wants a newer one than it has asks by
/// [`claim`](Self::claim), and gets it, or the right to log in, or is told to wait. Every method must be
/// safe to repeat: a connection may break after a command was done.
///
/// `now` is the clock of the client. Times in a [`SavedLogin`] are by that clock too; a store that
/// serves several machines keeps spans by a clock of its own.
///
/// Also implement [`NonBlocking`](crate::NonBlocking) where no method blocks the thread, which the async
/// client asks for, and [`Immediate`](crate::Immediate) where none needs an executor, which the blocking
/// client asks for.
#[async_trait]
pub trait LoginStore: Send + Sync {
    /// Asks for a login whose number is above `newer_than`; 0 takes any.
    ///
    /// Who is told [`Claim::Yours`] has `patience` to log in or renew. After that the right goes to
    /// whoever asks next, and a process that died keeps nobody waiting for longer. The same claimant
    /// that asks again within that time is told the same number again.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store is away.
    async fn claim(
        &self,
        claimant: &Claimant,
        newer_than: u64,
        patience: Duration,
        now: Timestamp,
    ) -> Result<Claim, StoreError>;

    /// Puts the login of `number` into the store, gives the right to log in back, and forgets refusals
    /// of this secret. False when a login of a higher number is there already: it stays.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store is away.
    async fn put(
        &self,
        claimant: &Claimant,
        number: u64,
        login: &SavedLogin,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Remembers for `rest` that the service refused the secret of `claimant`, and gives the right to
    /// log in back. Claimants with another secret must not be told of it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store is away.
    async fn refuse(
        &self,
        claimant: &Claimant,
        number: u64,
        refusal: &ServiceError,
        rest: Duration,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Gives the right to log in back, after an attempt that failed.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store is away.
    async fn release(&self, claimant: &Claimant, number: u64) -> Result<(), StoreError>;

    /// Forgets the login of `number`, if it is still there: it was ended.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store is away.
    async fn forget(&self, claimant: &Claimant, number: u64) -> Result<(), StoreError>;
}

/// Answer of a [`LoginStore`] to a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Claim {
    /// There is a login that is new enough.
    Have {
        /// Its number.
        number: u64,
        /// The tokens.
        login: SavedLogin,
    },
    /// The claimant is to log in or renew, and to [`put`](LoginStore::put) what it gets.
    Yours {
        /// The number of the login to come.
        number: u64,
        /// The login before, whose refresh token may renew it.
        old: Option<SavedLogin>,
    },
    /// Another claimant logs in at present.
    Busy {
        /// When to ask again.
        wait: Duration,
    },
    /// The service refused the secret of this claimant a short while ago.
    Refused {
        /// What it said.
        refusal: ServiceError,
    },
}

/// Failure of a store that processes share: it is away, or cannot be read.
///
/// Its text is shown to people.
#[derive(Clone, Debug)]
pub struct StoreError(Arc<dyn StdError + Send + Sync>);

impl StoreError {
    /// A failure caused by `source`, whose text must hold no secret.
    pub fn new(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(source.into().into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the shared store failed: {}", self.0)
    }
}

/// The text of the cause is part of this one's, so the source is what lies below the cause.
impl StdError for StoreError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

#[async_trait]
impl<S: LoginStore + ?Sized> LoginStore for Arc<S> {
    async fn claim(
        &self,
        claimant: &Claimant,
        newer_than: u64,
        patience: Duration,
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        (**self).claim(claimant, newer_than, patience, now).await
    }

    async fn put(
        &self,
        claimant: &Claimant,
        number: u64,
        login: &SavedLogin,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        (**self).put(claimant, number, login, now).await
    }

    async fn refuse(
        &self,
        claimant: &Claimant,
        number: u64,
        refusal: &ServiceError,
        rest: Duration,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        (**self).refuse(claimant, number, refusal, rest, now).await
    }

    async fn release(&self, claimant: &Claimant, number: u64) -> Result<(), StoreError> {
        (**self).release(claimant, number).await
    }

    async fn forget(&self, claimant: &Claimant, number: u64) -> Result<(), StoreError> {
        (**self).forget(claimant, number).await
    }
}
