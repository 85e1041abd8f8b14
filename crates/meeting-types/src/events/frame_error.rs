//! Errors of reading a frame.

use crate::schema::Broken;

/// Reason why a text is no frame of the live channel. Never holds the text, which may hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// No JSON, or JSON that is cut short or ill-formed beyond mending.
    #[error("frame is not JSON, or cut short: line {line}, column {column}")]
    Json {
        /// Line where reading stopped, from 1.
        line: usize,
        /// Column where reading stopped, from 1; 0 at the start of a line.
        column: usize,
    },
    /// JSON, but no object.
    #[error("frame is not a JSON object")]
    NotAnObject,
    /// No `action`, so it is unknown what the frame is.
    #[error("frame has no `action`")]
    NoAction,
    /// The frame lacks what makes it useful.
    #[error("`{action}` frame: `{field}` is missing or unusable")]
    Missing {
        /// The action of the frame.
        action: &'static str,
        /// The key that it lacks.
        field: &'static str,
    },
}

impl From<serde_json::Error> for FrameError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json {
            line: error.line(),
            column: error.column(),
        }
    }
}

impl From<Broken> for FrameError {
    fn from(Broken { line, column, .. }: Broken) -> Self {
        Self::Json { line, column }
    }
}
