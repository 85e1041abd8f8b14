//! Limits of the gateway: how many requests it lets through in a span.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, SystemTime},
};

use http::{HeaderMap, HeaderName, HeaderValue};
use meeting_types::ServiceError;

use crate::state::errors;

/// Header by which a request asks for the state of its limits.
const MODE: &str = "x-apig-mode";
const OF_OPERATION: HeaderName = HeaderName::from_static("x-apig-ratelimit-api");
const OF_ADDRESS: HeaderName = HeaderName::from_static("x-apig-ratelimit-ip");

/// Limits that were set.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    by_operation: HashMap<&'static str, Limit>,
    of_all: Option<Limit>,
}

/// Limit of the requests in any span of a length.
#[derive(Debug)]
struct Limit {
    requests: usize,
    per: Duration,
    /// Times of the requests that were let through in the last span.
    passed: VecDeque<SystemTime>,
}

impl Limit {
    /// Forgets requests that are a span old, and returns how many may still pass.
    fn left(&mut self, now: SystemTime) -> usize {
        while let Some(first) = self.passed.front()
            // One that lies ahead came before the clock of the machine was set back.
            && now.duration_since(*first).is_ok_and(|age| age >= self.per)
        {
            self.passed.pop_front();
        }
        self.requests.saturating_sub(self.passed.len())
    }

    /// The limit as the gateway writes it.
    fn figures(&self) -> String {
        let seconds = self.per.as_secs() + u64::from(self.per.subsec_nanos() > 0);
        let seconds = seconds.max(1);
        let (count, unit) = [(86_400, "day"), (3600, "hour"), (60, "minute")]
            .into_iter()
            .find(|(length, _)| seconds.is_multiple_of(*length))
            .map_or((seconds, "second"), |(length, unit)| {
                (seconds / length, unit)
            });
        format!("limit:{},time:{count} {unit}", self.requests)
    }

    fn refusal(&self, policy: &str) -> ServiceError {
        let figures = self.figures();
        errors::THROTTLED.with_message(format!(
            "The throttling threshold has been reached: policy {policy} over ratelimit,{figures}"
        ))
    }
}

impl Limits {
    /// Sets the limit of an operation, or of all together.
    pub(crate) fn set(&mut self, operation: Option<&'static str>, requests: u32, per: Duration) {
        let limit = Limit {
            requests: requests as usize,
            per,
            passed: VecDeque::new(),
        };
        match operation {
            Some(name) => {
                self.by_operation.insert(name, limit);
            }
            None => self.of_all = Some(limit),
        }
    }

    pub(crate) fn lift(&mut self) {
        *self = Self::default();
    }

    /// The limits that a request meets, each with its header and the name of its policy.
    fn met(
        &mut self,
        operation: Option<&'static str>,
    ) -> impl Iterator<Item = (HeaderName, &'static str, &mut Limit)> {
        let of_operation = operation.and_then(|name| self.by_operation.get_mut(name));
        let of_operation = of_operation.map(|limit| (OF_OPERATION, "api", limit));
        let of_all = self.of_all.as_mut().map(|limit| (OF_ADDRESS, "ip", limit));
        of_operation.into_iter().chain(of_all)
    }

    /// Lets a request through, or refuses it. Only one that passes all limits counts.
    pub(crate) fn pass(
        &mut self,
        operation: Option<&'static str>,
        now: SystemTime,
    ) -> Result<(), ServiceError> {
        for (_, policy, limit) in self.met(operation) {
            if limit.left(now) == 0 {
                return Err(limit.refusal(policy));
            }
        }
        for (.., limit) in self.met(operation) {
            limit.passed.push_back(now);
        }
        Ok(())
    }

    /// Headers that tell what is left, for a request that asks for them.
    pub(crate) fn tell(
        &mut self,
        operation: Option<&'static str>,
        now: SystemTime,
        request: &HeaderMap,
        response: &mut HeaderMap,
    ) {
        if request.get(MODE).is_none_or(|mode| mode != "debug") {
            return;
        }
        for (name, _, limit) in self.met(operation) {
            let text = format!("remain:{},{}", limit.left(now), limit.figures());
            // It is made of digits and ASCII letters.
            if let Ok(value) = HeaderValue::from_str(&text) {
                response.insert(name, value);
            }
        }
    }
}
