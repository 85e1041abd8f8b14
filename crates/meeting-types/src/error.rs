//! Errors by phase: building a request, the service's refusal, reading a reply.

mod class;
mod code;
mod lookup;
mod reply;
mod service;
mod text;
mod verdict;

use std::fmt;

pub(crate) use self::verdict::Verdict;
pub use self::{
    class::ErrorClass,
    code::ErrorCode,
    reply::{ResponseError, ResponseFault},
    service::ServiceError,
};
pub use crate::schema::Problem;

/// A parameter that the service would refuse. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestError {
    operation: &'static str,
    parameter: String,
    problem: Problem,
}

impl RequestError {
    pub(crate) fn new(
        operation: &'static str,
        parameter: impl Into<String>,
        problem: Problem,
    ) -> Self {
        Self {
            operation,
            parameter: parameter.into(),
            problem,
        }
    }

    /// The operation.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The parameter by its wire name, with the way to it: `attendees[2].name`.
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

/// Why a reply has no value.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    /// The service refused.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The reply cannot be read.
    #[error(transparent)]
    Response(#[from] ResponseError),
}
