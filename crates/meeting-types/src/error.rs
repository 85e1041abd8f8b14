//! Errors by phase: building a request, the service's refusal, reading a reply.

pub(crate) mod code;
mod response;
mod service;
mod verdict;

use std::fmt::{self, Write as _};

pub(crate) use self::verdict::Verdict;
pub use self::{
    code::{ErrorClass, ErrorCode},
    response::{ResponseError, ResponseFault},
    service::ServiceError,
};
pub use crate::schema::Problem;
use crate::{OperationInfo, schema::Unfit};

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

/// Words from outside: line breaks and whatever else does not print are escaped, quotes are not.
struct OneLine<'a>(&'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '"' | '\'' | '\\' => f.write_char(c),
            c => write!(f, "{}", c.escape_debug()),
        })
    }
}

fn write_request_id(f: &mut fmt::Formatter<'_>, id: Option<&str>) -> fmt::Result {
    match id {
        Some(id) => write!(f, " (request id {})", OneLine(id)),
        None => Ok(()),
    }
}

/// The longest code and request id that is kept.
const LONGEST_ID: usize = 128;

fn shortened(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}
