//! The budget that bounds how much repeats add to the load of a service in trouble.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use meeting_types::TransportErrorKind;

use crate::pace::turn_after;

use super::AttemptOutcome;

/// Budget of a client, in tokens, unless its settings say otherwise.
const DEFAULT_TOKENS: u32 = 500;

/// Price of a repeat, and of one after a timeout, which keeps the service busier than a refusal.
const REPEAT: u32 = 5;
const REPEAT_AFTER_TIMEOUT: u32 = 10;

/// Bucket of tokens that pays for repeated attempts.
///
/// A repeat costs 5 tokens, after a timeout 10. A call that the service answers gives one back. With
/// an empty bucket calls end with the error of their first attempt, which never pays: a service in
/// an outage is not asked three times as often, and one that is back is used at once. Clones are the
/// same bucket.
///
/// ```
/// use meeting_client::{Config, RetryBudget};
/// use meeting_types::Endpoint;
///
/// let budget = RetryBudget::new(50);
/// let config = Config::new(Endpoint::china()).retry_budget(budget.clone());
/// assert_eq!(budget.left(), Some(50));
/// # drop(config);
/// ```
#[derive(Clone)]
pub struct RetryBudget(Option<Arc<Bucket>>);

struct Bucket {
    tokens: AtomicU32,
    capacity: u32,
}

impl RetryBudget {
    /// A full bucket of that many tokens. The default is 500: a hundred repeats in a row.
    #[must_use]
    pub fn new(tokens: u32) -> Self {
        Self(Some(Arc::new(Bucket {
            tokens: AtomicU32::new(tokens),
            capacity: tokens,
        })))
    }

    /// No bound: each call repeats as often as its policy allows.
    #[must_use]
    pub fn unlimited() -> Self {
        Self(None)
    }

    /// The tokens that are left; `None` without a bound.
    #[must_use]
    pub fn left(&self) -> Option<u32> {
        let bucket = self.0.as_ref()?;
        Some(bucket.tokens.load(Ordering::Relaxed))
    }

    /// Pays for a repeat after this outcome. False when there is not enough left.
    pub(crate) fn pay(&self, outcome: &AttemptOutcome<'_>) -> bool {
        let price = match outcome {
            // To be told to wait is no failure.
            AttemptOutcome::Failed(error) if turn_after(error).is_some() => return true,
            AttemptOutcome::Failed(error) if error.kind() == TransportErrorKind::Timeout => {
                REPEAT_AFTER_TIMEOUT
            }
            _ => REPEAT,
        };
        self.change(|tokens, _| tokens.checked_sub(price))
    }

    /// Gives one token back, for a call that the service answered.
    pub(crate) fn earn(&self) {
        self.change(|tokens, capacity| (tokens < capacity).then(|| tokens + 1));
    }

    fn change(&self, change: impl Fn(u32, u32) -> Option<u32>) -> bool {
        let Some(bucket) = &self.0 else {
            return true;
        };
        let change = |tokens| change(tokens, bucket.capacity);
        bucket
            .tokens
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, change)
            .is_ok()
    }
}

/// A full bucket of 500 tokens.
impl Default for RetryBudget {
    fn default() -> Self {
        Self::new(DEFAULT_TOKENS)
    }
}

impl fmt::Debug for RetryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.left() {
            Some(left) => write!(f, "RetryBudget({left} left)"),
            None => f.write_str("RetryBudget(unlimited)"),
        }
    }
}
