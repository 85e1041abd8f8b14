//! Errors by phase: building a request, the service's refusal, reading a response.

mod carried;
mod class;
mod code;
mod encoding;
mod lookup;
mod response;
mod retry_after;
mod service;
mod stored;
mod text;
mod verdict;

use std::fmt;

pub use self::{
    carried::CarriedSecrets,
    class::ErrorClass,
    code::ErrorCode,
    response::{ResponseError, ResponseFault},
    retry_after::RetryAfter,
    service::ServiceError,
};
pub(crate) use self::{
    encoding::{stated, unread},
    verdict::Verdict,
};
pub use crate::schema::Problem;
use crate::{OperationInfo, schema::Unfit};

/// Refused parameter: the service would not take it, so nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestError {
    operation: &'static str,
    parameter: String,
    problem: Problem,
}

impl RequestError {
    /// For the crates of this workspace.
    #[doc(hidden)]
    pub fn new(operation: &'static str, parameter: impl Into<String>, problem: Problem) -> Self {
        Self {
            operation,
            parameter: parameter.into(),
            problem,
        }
    }

    pub(crate) fn of(info: &OperationInfo, unfit: Unfit) -> Self {
        // The whole body has no path of its own.
        let path = if unfit.path.is_empty() {
            "body".to_owned()
        } else {
            unfit.path
        };
        Self::new(info.name, path, unfit.problem)
    }

    /// The operation.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The parameter by its wire name, with the way to it: `attendees[2].name`. Of a credential that
    /// never travels, `appKey` or `password`.
    #[must_use]
    pub fn parameter(&self) -> &str {
        &self.parameter
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        self.problem
    }
}

/// Names the operation, the parameter and the fault, never the value.
impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: `{}` {}",
            self.operation, self.parameter, self.problem
        )
    }
}

impl std::error::Error for RequestError {}

/// Error of reading a response: the service refused, or the response cannot be read.
#[derive(Debug, thiserror::Error)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a response without a value is a refusal or unreadable; who wraps it names both"
)]
pub enum OperationError {
    /// The service refused.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The response cannot be read.
    #[error(transparent)]
    Response(#[from] ResponseError),
}
