//! Settings of a single call.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::RetryPolicy;

/// Settings of a single call, in place of those of the client.
///
/// ```
/// use std::time::Duration;
///
/// use meeting_client::{CallOptions, RetryPolicy};
/// use meeting_types::http::{HeaderName, HeaderValue};
///
/// let trace = HeaderValue::from_static("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
/// let options = CallOptions::new()
///     .deadline(Duration::from_secs(2))
///     .retry(RetryPolicy::never())
///     .header(HeaderName::from_static("traceparent"), trace);
/// ```
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    deadline: Option<Duration>,
    retry: Option<RetryPolicy>,
    headers: HeaderMap,
}

impl CallOptions {
    /// The settings of the client.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The time for the whole call: logins, waits and repeats included.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Sets the policy by which the call is repeated.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// A header that each attempt of the operation carries, but not the login that it may need. A
    /// header that the operation writes itself, such as a credential, stays as it is.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    pub(crate) fn given_deadline(&self) -> Option<Duration> {
        self.deadline
    }

    pub(crate) fn given_retry(&self) -> Option<RetryPolicy> {
        self.retry
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}
