//! Pace of requests, which clients and processes share.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::{LoginKey, OperationInfo, RateLimit, StoreError};

/// Shares the pace of requests among the clients of an account, so that they stay below its limits.
///
/// It books a time for each request and learns limits from responses. It sends and sleeps nothing: a
/// decorator of the transport does, such as `Paced` of `meeting-client`.
///
/// Also implement [`NonBlocking`](crate::NonBlocking) or [`Immediate`](crate::Immediate), as a
/// [`LoginStore`](crate::LoginStore) does.
#[async_trait]
pub trait Pacer: Send + Sync {
    /// Books the next free time in the lane, if it comes within `patience`.
    ///
    /// A bulk lane books only what is free at once: it never stands in front of other calls.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when a shared pace is away.
    async fn book(&self, lane: &Lane, patience: Duration) -> Result<Slot, StoreError>;

    /// Takes note of what a response tells about limits.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when a shared pace is away.
    async fn learn(&self, lane: &Lane, limit: &RateLimit) -> Result<(), StoreError>;
}

/// Lane of requests that share a pace: of one account, one operation, and one kind.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Lane {
    /// The account whose limits count.
    pub account: LoginKey,
    /// The operation.
    pub operation: &'static OperationInfo,
    /// Whether the request belongs to bulk work, which leaves room to all else.
    pub is_bulk: bool,
}

impl Lane {
    /// Requests of `operation` in the name of `account`.
    #[must_use]
    pub fn new(account: LoginKey, operation: &'static OperationInfo) -> Self {
        Self {
            account,
            operation,
            is_bulk: false,
        }
    }

    /// Makes it a bulk lane.
    #[must_use]
    pub fn bulk(mut self, is_bulk: bool) -> Self {
        self.is_bulk = is_bulk;
        self
    }
}

/// Answer of a [`Pacer`] to a request for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "booked or not")]
pub enum Slot {
    /// A time was booked: send the request after this span.
    Go {
        /// The wait; zero is now.
        after: Duration,
    },
    /// Nothing was booked. Something may be free after this span.
    Late {
        /// The wait.
        after: Duration,
    },
}

/// Pace of a lane: so many requests a span, and so many at once.
///
/// ```
/// use std::time::Duration;
///
/// use meeting_types::Pace;
///
/// let pace = Pace::per_second(50).burst(10);
/// assert_eq!(pace.interval(), Duration::from_millis(20));
/// assert_eq!(Pace::new(100, Duration::from_secs(60)).interval(), Duration::from_millis(600));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pace {
    interval: Duration,
    burst: u32,
}

impl Pace {
    /// `requests` in each `span`, evenly; 0 counts as 1.
    #[must_use]
    pub const fn new(requests: u32, span: Duration) -> Self {
        Self {
            interval: evenly(span, requests),
            burst: 1,
        }
    }

    /// `requests` a second, evenly; 0 counts as 1.
    #[must_use]
    pub const fn per_second(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(1))
    }

    /// `requests` a minute, evenly; 0 counts as 1.
    #[must_use]
    pub const fn per_minute(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(60))
    }

    /// At most `requests` at once after a pause; 0 counts as 1, the default. In a second of a pace of
    /// `n` a second there are then never more than `n` and `requests` together.
    #[must_use]
    pub const fn burst(mut self, requests: u32) -> Self {
        self.burst = if requests == 0 { 1 } else { requests };
        self
    }

    /// The span between two requests.
    #[must_use]
    pub const fn interval(self) -> Duration {
        self.interval
    }

    /// The requests at once.
    #[must_use]
    pub const fn at_once(self) -> u32 {
        self.burst
    }
}

const fn evenly(span: Duration, requests: u32) -> Duration {
    match span.checked_div(requests) {
        Some(interval) => interval,
        None => span,
    }
}

#[async_trait]
impl<P: Pacer + ?Sized> Pacer for Arc<P> {
    async fn book(&self, lane: &Lane, patience: Duration) -> Result<Slot, StoreError> {
        (**self).book(lane, patience).await
    }

    async fn learn(&self, lane: &Lane, limit: &RateLimit) -> Result<(), StoreError> {
        (**self).learn(lane, limit).await
    }
}
