//! Policy of repeats: after which outcome, and after which wait. Pure decisions.

mod budget;

use std::time::Duration;

use http::StatusCode;
use meeting_types::{RetryClass, ServiceError, TransportError, TransportErrorKind};

pub use self::budget::RetryBudget;
use crate::pace::turn_after;
use crate::proxy::ProxyError;

/// Policy by which failed calls are repeated.
///
/// Waits grow by powers of two and are drawn at random between zero and that bound, so that many
/// clients that failed together do not come back together. What the service asks for in
/// `Retry-After` is waited in full, and the drawn wait comes on top; where that cannot be understood,
/// the bound that no wait exceeds takes its place. An operation that must not run twice is repeated
/// only when the first call certainly did not take effect.
///
/// Logins and control tokens that the client asks for on behalf of a call count as idempotent,
/// whatever class their operations have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    base: Duration,
    cap: Duration,
}

impl RetryPolicy {
    /// No second try.
    #[must_use]
    pub fn never() -> Self {
        Self {
            max_attempts: 1,
            ..Self::default()
        }
    }

    /// At most this many tries, the first included; 0 counts as 1. The default is 3.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// The bound of the first wait, and the bound that no wait exceeds. The defaults are 200 ms and
    /// 5 s.
    #[must_use]
    pub fn backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.base = base;
        self.cap = cap;
        self
    }

    /// Decides after try number `attempt`, counted from 1. `random` is drawn from 0 to 1. The
    /// answer is the time to wait before the next try, or nothing to stop.
    #[must_use]
    pub fn judge(
        &self,
        class: RetryClass,
        attempt: u32,
        outcome: &AttemptOutcome<'_>,
        random: f64,
    ) -> Option<Duration> {
        if attempt >= self.max_attempts || !outcome.is_worth_a_try(class) {
            return None;
        }
        let wait = backoff(self.base, self.cap, attempt, random);
        Some(wait.saturating_add(self.asked_for(outcome)))
    }
}

impl RetryPolicy {
    /// The wait that the service asks for.
    fn asked_for(&self, outcome: &AttemptOutcome<'_>) -> Duration {
        match outcome {
            AttemptOutcome::Refused(error) => match error.retry_after() {
                Some(delay) => delay,
                // Later, though nobody knows when. It is not now.
                None if error.asks_to_wait() => self.cap,
                None => Duration::ZERO,
            },
            AttemptOutcome::Failed(error) => turn_after(error).unwrap_or_default(),
        }
    }
}

/// The wait after failure number `failure`, counted from 1: some part of a bound that doubles from
/// `base` up to `cap`. `random` is drawn from 0 to 1.
pub(crate) fn backoff(base: Duration, cap: Duration, failure: u32, random: f64) -> Duration {
    let doublings = failure.saturating_sub(1).min(31);
    part(base.saturating_mul(1 << doublings).min(cap), random)
}

/// `span` × `fraction`; the whole span when that cannot be represented.
fn part(span: Duration, fraction: f64) -> Duration {
    let part = span.as_secs_f64() * fraction.clamp(0.0, 1.0);
    Duration::try_from_secs_f64(part).map_or(span, |part| part.min(span))
}

/// Three tries, waits of up to 200 ms and 400 ms.
impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base: Duration::from_millis(200),
            cap: Duration::from_secs(5),
        }
    }
}

/// Failed attempt: no response, or a refusal.
#[derive(Debug)]
#[non_exhaustive]
pub enum AttemptOutcome<'a> {
    /// No reply.
    Failed(&'a TransportError),
    /// A refusal.
    Refused(&'a ServiceError),
}

impl AttemptOutcome<'_> {
    fn is_worth_a_try(&self, class: RetryClass) -> bool {
        let repeatable = class != RetryClass::Once;
        match self {
            // A throttled call was turned away before it did anything.
            Self::Refused(error) if error.is_throttled() => true,
            Self::Refused(error) => {
                repeatable
                    && matches!(
                        error.status(),
                        // With a code that means something else than too many calls.
                        StatusCode::TOO_MANY_REQUESTS
                            // It did not wait for the whole request, or meant an idle connection.
                            | StatusCode::REQUEST_TIMEOUT
                            | StatusCode::INTERNAL_SERVER_ERROR
                            | StatusCode::BAD_GATEWAY
                            | StatusCode::SERVICE_UNAVAILABLE
                            | StatusCode::GATEWAY_TIMEOUT
                    )
            }
            Self::Failed(error) => match error.kind() {
                TransportErrorKind::Connect
                | TransportErrorKind::Timeout
                | TransportErrorKind::Io => repeatable || error.is_not_sent(),
                TransportErrorKind::Proxy => {
                    (repeatable || error.is_not_sent()) && ProxyError::may_pass_in(error)
                }
                // The next try would fail the same way.
                _ => false,
            },
        }
    }
}
