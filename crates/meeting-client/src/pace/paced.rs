//! Transport that keeps a pace.

use std::{
    error::Error as _,
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use bytes::Bytes;
use meeting_types::{
    Bulk, Immediate, Lane, LoginKey, NonBlocking, OperationInfo, Pacer, RateLimit, Slot, Timeout,
    Transport, TransportError, TransportErrorKind,
};
use tracing::{debug, warn};

use super::KnownLimits;
use crate::login_store::in_time;

/// Time that a request may wait for its turn, if it says none.
const PATIENCE: Duration = Duration::from_secs(10);

/// Time that a pacer has for an answer. Without one the request goes at once.
const LONGEST_QUESTION: Duration = Duration::from_secs(1);

/// The shortest wait of bulk work before it asks for a time again.
const BULK_WAIT: Duration = Duration::from_millis(5);

/// Decorator of a transport that lets each request wait for its turn, as a [`Pacer`] says.
///
/// A wait takes at most three quarters of the [`Timeout`] of the request, and comes off it. A request
/// whose turn comes later is not sent: it fails with a time-out that is
/// [not sent](TransportError::is_not_sent), by [`TurnTooLate`], and is safe to repeat. While a shared pace is away requests
/// go at once.
///
/// Waits are told as events of `tracing` at the level DEBUG.
/// [`Engine::with_pacer`](crate::Engine::with_pacer) puts it under the calls of a client.
///
/// ```
/// use meeting_client::pace::{LocalPacer, Paced};
/// use meeting_types::{Endpoint, LoginKey, Pace, Transport};
///
/// fn paced<T: Transport>(transport: T) -> impl Transport {
///     let pacer = LocalPacer::new().account(Pace::per_second(50).burst(10));
///     Paced::new(transport, pacer, LoginKey::named(&Endpoint::china(), "billing"))
/// }
/// ```
pub struct Paced<T, P> {
    transport: T,
    pacer: P,
    account: LoginKey,
    known: Arc<KnownLimits>,
}

impl<T: Transport, P: Pacer> Paced<T, P> {
    /// Lets the requests over `transport` keep the pace of `account`.
    pub fn new(transport: T, pacer: P, account: LoginKey) -> Self {
        Self {
            transport,
            pacer,
            account,
            known: Arc::default(),
        }
    }

    pub(crate) fn known_limits(&self) -> Arc<KnownLimits> {
        self.known.clone()
    }

    /// Waits for the turn of a request, for `patience` at most, and tells how long that took.
    async fn wait(&self, lane: &Lane, patience: Duration) -> Result<Duration, TransportError> {
        let mut waited = Duration::ZERO;
        loop {
            let left = patience.saturating_sub(waited);
            let booking = self.pacer.book(lane, left);
            let slot = in_time(&self.transport, LONGEST_QUESTION.min(left), booking).await;
            let (after, is_booked) = match slot {
                Ok(Slot::Go { after }) => (after, true),
                // Nothing is booked in front of others, so it asks again.
                Ok(Slot::Late { after }) if lane.is_bulk => {
                    let part = after.mul_f64(fastrand::f64() / 2.0);
                    (after.max(BULK_WAIT) + part, false)
                }
                Ok(Slot::Late { after }) => return Err(late(lane, after, patience)),
                Err(error) => {
                    warn!(error = %error, "requests go without a pace");
                    return Ok(waited);
                }
            };
            if after > left {
                return Err(late(lane, after, patience));
            }
            if !after.is_zero() {
                let operation = lane.operation.name;
                debug!(operation, wait = ?after, "waits for its turn");
                self.transport.sleep(after).await;
                waited += after;
            }
            if is_booked {
                return Ok(waited);
            }
        }
    }

    async fn learn(&self, lane: &Lane, response: &http::Response<Bytes>, now: SystemTime) {
        let limits = RateLimit::read(response);
        let mut is_new = false;
        for limit in &limits {
            is_new |= self.known.learn(lane.operation.name, limit, now);
        }
        if let (true, Some(limit)) = (is_new, strictest(limits)) {
            let learning = self.pacer.learn(lane, &limit);
            if let Err(error) = in_time(&self.transport, LONGEST_QUESTION, learning).await {
                warn!(error = %error, "a limit was not shared");
            }
        }
    }
}

/// The limits of one response as one: that with the longest interval, and whether one was passed.
fn strictest(mut limits: Vec<RateLimit>) -> Option<RateLimit> {
    let interval = |limit: &RateLimit| limit.limit.map(|(requests, span)| span / requests.max(1));
    limits.sort_by_key(interval);
    let strictest = limits.last()?.clone();
    let refusal = limits.into_iter().find(|limit| limit.is_refusal);
    Some(match refusal {
        Some(mut refusal) => {
            refusal.limit = strictest.limit;
            refusal
        }
        None => strictest,
    })
}

/// A request whose turn, in a pace that clients share, comes later than the request may wait. It was not
/// sent. It is the source of the [`TransportError`].
#[derive(Debug, thiserror::Error)]
#[error("{operation} was not sent: its turn comes after {after:?}, and it may wait {patience:?}")]
#[non_exhaustive]
pub struct TurnTooLate {
    /// The operation.
    pub operation: &'static str,
    /// When a turn may be free.
    pub after: Duration,
    /// The time that the request may wait.
    pub patience: Duration,
}

fn late(lane: &Lane, after: Duration, patience: Duration) -> TransportError {
    let late = TurnTooLate {
        operation: lane.operation.name,
        after,
        patience,
    };
    TransportError::new(TransportErrorKind::Timeout, late).with_not_sent(true)
}

/// When the turn of a request comes that was not sent for its pace.
pub(crate) fn turn_after(error: &TransportError) -> Option<Duration> {
    let late = error.source()?.downcast_ref::<TurnTooLate>()?;
    Some(late.after)
}

#[async_trait]
impl<T: Transport, P: Pacer> Transport for Paced<T, P> {
    async fn send(
        &self,
        mut request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let extensions = request.extensions();
        let info = extensions.get::<&'static OperationInfo>().copied();
        let lane = Lane::new(self.account, info.unwrap_or(OperationInfo::RAW))
            .bulk(extensions.get::<Bulk>().is_some());
        let timeout = extensions.get::<Timeout>().map(|Timeout(timeout)| *timeout);
        let patience = timeout.unwrap_or(PATIENCE).mul_f64(0.75);
        let waited = self.wait(&lane, patience).await?;
        if let Some(timeout) = timeout {
            let left = Timeout(timeout.saturating_sub(waited));
            request.extensions_mut().insert(left);
        }
        let response = self.transport.send(request).await?;
        self.learn(&lane, &response, self.transport.now()).await;
        Ok(response)
    }

    async fn sleep(&self, delay: Duration) {
        self.transport.sleep(delay).await;
    }

    fn now(&self) -> SystemTime {
        self.transport.now()
    }
}

impl<T: NonBlocking, P: NonBlocking> NonBlocking for Paced<T, P> {}
impl<T: Immediate, P: Immediate> Immediate for Paced<T, P> {}

impl<T, P> fmt::Debug for Paced<T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Paced")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}
