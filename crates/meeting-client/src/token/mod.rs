//! Tokens that many callers share: what is stored, who may use it, who acquires the next one.
//!
//! No lock is held while a token is acquired. A caller leases the right to acquire it; the others
//! wait a little and ask again.

mod lease;
mod pause;
mod store;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use meeting_types::{AuthorizationRef, OperationInfo, RequestError, SavedLogin, ServiceError};

pub(crate) use self::{
    lease::{Acquisition, CallToken, Lease, TokenUse},
    store::{StoredToken, TokenStore},
};
use crate::{Error, login_store::StoreLink};

/// Polling interval of a caller that waits for a token which another one acquires.
pub(crate) const BUSY_WAIT: Duration = Duration::from_millis(20);

/// Secret that a call can carry.
pub(crate) trait Secret: Clone + fmt::Debug + Send + Sync + 'static {
    /// Authorization that a call adds to its request.
    fn authorization(&self) -> AuthorizationRef<'_>;
}

/// Source of the token that calls share.
pub(crate) trait TokenSource: Send + Sync + 'static {
    /// Type of the stored secret.
    type Secret: Secret;

    /// The token and its leases.
    fn store(&self) -> &Arc<TokenStore<Self::Secret>>;

    /// The request that acquires a token; `None` when it cannot be acquired like this.
    fn request(
        &self,
        how: Acquire,
        now: SystemTime,
        stored: Option<&StoredToken<Self::Secret>>,
    ) -> Option<TokenRequest>;

    /// Reads the token out of the response to the operation `info`, which was sent at `now`. `draw`,
    /// from 0 to 1, says when it is renewed.
    fn read(
        &self,
        now: SystemTime,
        info: &OperationInfo,
        response: http::Response<Bytes>,
        draw: f64,
    ) -> Result<StoredToken<Self::Secret>, Error>;

    /// True when a refusal means that the token is no longer good.
    fn is_refused(&self, error: &ServiceError) -> bool;

    /// True when a refusal of the request for a token comes again as long as the credentials are the
    /// same.
    fn refuses_credentials(&self, error: &ServiceError) -> bool;

    /// The store that processes share the token through, if they do.
    fn link(&self) -> Option<&StoreLink> {
        None
    }

    /// The token as the store keeps it.
    fn to_saved(&self, _: &StoredToken<Self::Secret>) -> Option<SavedLogin> {
        None
    }

    /// The token that the store has. `draw` says when it is renewed.
    fn of_saved(&self, _: &SavedLogin, _draw: f64) -> Option<StoredToken<Self::Secret>> {
        None
    }

    /// True when a refused login is worth another attempt by a corrected clock, of which this takes
    /// note.
    /// `sent_at` is when it was signed.
    fn corrects_clock(
        &self,
        _: &http::Response<Bytes>,
        _sent_at: SystemTime,
        _now: SystemTime,
    ) -> bool {
        false
    }
}

/// Way to acquire a token: with the refresh token, or by logging in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Acquire {
    /// With the refresh token.
    Renew,
    /// By logging in.
    LogIn,
}

/// Request that acquires a token.
pub(crate) struct TokenRequest {
    pub(crate) info: &'static OperationInfo,
    pub(crate) request: Result<http::Request<Bytes>, RequestError>,
}

/// `span` after `now`, or `now` where the platform cannot represent that: what ends then is not used.
pub(crate) fn after_or_now(now: SystemTime, span: Duration) -> SystemTime {
    now.checked_add(span).unwrap_or(now)
}

/// The first of the stated lifetimes that can be one: not zero, and not too long.
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
