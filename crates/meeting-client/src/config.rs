//! Settings of all calls of a client.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};
use meeting_types::Endpoint;

use crate::{RetryBudget, RetryPolicy, in_flight::InFlight};

/// The settings of a client.
#[derive(Clone, Debug)]
pub struct Config {
    endpoint: Endpoint,
    retry: RetryPolicy,
    budget: RetryBudget,
    in_flight: InFlight,
    deadline: Duration,
    attempt_timeout: Duration,
    headers: HeaderMap,
    users: usize,
    is_bulk: bool,
}

/// Number of users of an application whose logins are kept, unless it is set.
const USERS: usize = 1000;

/// The language of the service's messages and notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MessageLanguage {
    /// English, `en-US`.
    English,
    /// Chinese, `zh-CN`: what the service uses when nothing is asked for.
    Chinese,
}

impl Config {
    /// The default settings for the service at `endpoint`: 30 s for a call, 10 s for each try,
    /// three tries, messages in English.
    #[must_use]
    pub fn new(endpoint: Endpoint) -> Self {
        let mut headers = HeaderMap::new();
        let agent = concat!("meeting-rust/", env!("CARGO_PKG_VERSION"));
        headers.insert(header::USER_AGENT, HeaderValue::from_static(agent));
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("en-US"));
        Self {
            endpoint,
            retry: RetryPolicy::default(),
            budget: RetryBudget::default(),
            in_flight: InFlight::default(),
            deadline: Duration::from_secs(30),
            attempt_timeout: Duration::from_secs(10),
            headers,
            users: USERS,
            is_bulk: false,
        }
    }

    /// The most users of one application whose logins are kept at once; 0 counts as 1, and the default
    /// is 1000. [`Engine::as_user`](crate::Engine::as_user) says which is let go.
    #[must_use]
    pub fn max_users(mut self, users: usize) -> Self {
        self.users = users;
        self
    }

    pub(crate) fn users(&self) -> usize {
        self.users
    }

    /// Marks all requests as bulk work.
    pub(crate) fn bulk(mut self) -> Self {
        self.is_bulk = true;
        self
    }

    pub(crate) fn is_bulk(&self) -> bool {
        self.is_bulk
    }

    /// Sets the policy by which failed calls are repeated.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the budget that bounds the repeats of all calls together. Clones of a client, and of these
    /// settings, share it; the default is a bucket of 500 tokens.
    #[must_use]
    pub fn retry_budget(mut self, budget: RetryBudget) -> Self {
        self.budget = budget;
        self
    }

    /// The most requests that are under way at once, logins included; 0 counts as 1. Clones of a
    /// client, and of these settings, share the bound; the default is none. A call that waits for its
    /// turn does so within its deadline.
    #[must_use]
    pub fn max_in_flight(mut self, requests: usize) -> Self {
        self.in_flight = InFlight::at_most(requests);
        self
    }

    /// The time for a whole call: logins, waits and repeats included.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The time for one try.
    #[must_use]
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// The language of messages and notifications.
    #[must_use]
    pub fn language(mut self, language: MessageLanguage) -> Self {
        let tag = match language {
            MessageLanguage::English => "en-US",
            MessageLanguage::Chinese => "zh-CN",
        };
        self.headers
            .insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(tag));
        self
    }

    /// Address of the service.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub(crate) fn policy(&self) -> &RetryPolicy {
        &self.retry
    }

    pub(crate) fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }

    pub(crate) fn budget(&self) -> &RetryBudget {
        &self.budget
    }

    pub(crate) fn allowed(&self) -> Duration {
        self.deadline
    }

    pub(crate) fn allowed_for_attempt(&self) -> Duration {
        self.attempt_timeout
    }

    /// The headers that every request carries.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}
