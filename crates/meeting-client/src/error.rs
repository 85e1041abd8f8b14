//! Why a call failed.

use std::{fmt, sync::Arc, time::Duration};

use meeting_types::{OperationError, RequestError, ResponseError, ServiceError, TransportError};

use crate::channel::ChannelError;

/// Why a call failed, by phase.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A parameter is wrong. Nothing was sent.
    Request(RequestError),
    /// No reply came.
    Transport {
        /// The operation.
        operation: &'static str,
        /// What kept it from coming.
        source: TransportError,
    },
    /// The service refused.
    Service(ServiceError),
    /// A reply came that cannot be read.
    Response(ResponseError),
    /// The time for the call ran out, waits and repeats included, or would have done so in the next
    /// wait.
    Deadline {
        /// The operation.
        operation: &'static str,
        /// The time that was allowed.
        allowed: Duration,
        /// How the last try failed, if one did.
        last: Option<Box<Error>>,
    },
    /// The event channel did not open.
    Channel(ChannelError),
    /// A token that the call needs could not be had. Shared by all calls that waited for it.
    Token(Arc<Error>),
}

impl Error {
    /// The refusal of the service, also when it met the login that the call needed. It answers more
    /// questions than are here.
    #[must_use]
    pub fn service(&self) -> Option<&ServiceError> {
        match self {
            Self::Service(error) => Some(error),
            Self::Token(error) => error.service(),
            Self::Deadline { last, .. } => last.as_deref().and_then(Self::service),
            _ => None,
        }
    }

    fn says(&self, question: impl Fn(&ServiceError) -> bool) -> bool {
        self.service().is_some_and(question)
    }

    /// There is no such meeting or user.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.says(ServiceError::is_not_found)
    }

    /// The password is wrong.
    ///
    /// To a wrong password for the control of a meeting the service gives a code that means a wrong id
    /// as well: [`ServiceError::is_conference_token_refused`] asks for that one.
    #[must_use]
    pub fn is_wrong_password(&self) -> bool {
        self.says(ServiceError::is_wrong_password)
    }

    /// The meeting is not running.
    #[must_use]
    pub fn is_not_running(&self) -> bool {
        self.says(ServiceError::is_not_running)
    }

    /// Too many calls.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.says(ServiceError::is_throttled)
    }

    /// The time ran out.
    #[must_use]
    pub fn is_deadline(&self) -> bool {
        matches!(self, Self::Deadline { .. })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(error) => error.fmt(f),
            Self::Transport { operation, source } => write!(f, "{operation}: {source}"),
            Self::Service(error) => error.fmt(f),
            Self::Response(error) => error.fmt(f),
            Self::Deadline {
                operation,
                allowed,
                last,
            } => {
                write!(f, "{operation} ran out of the {allowed:?} it was given")?;
                match last {
                    Some(last) => write!(f, "; the last try: {last}"),
                    None => Ok(()),
                }
            }
            Self::Channel(error) => error.fmt(f),
            Self::Token(error) => write!(f, "no token for the call: {error}"),
        }
    }
}

/// The text of an error holds the text of the error in it, so the source is what lies below that one:
/// whoever prints the whole chain reads nothing twice for it.
impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Request(error) => error.source(),
            Self::Transport { source, .. } => source.source(),
            Self::Service(error) => error.source(),
            Self::Response(error) => error.source(),
            Self::Deadline { last, .. } => last.as_deref().and_then(|last| last.source()),
            Self::Channel(error) => error.source(),
            Self::Token(error) => error.source(),
        }
    }
}

impl From<RequestError> for Error {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl From<ChannelError> for Error {
    fn from(error: ChannelError) -> Self {
        Self::Channel(error)
    }
}

impl From<OperationError> for Error {
    fn from(error: OperationError) -> Self {
        match error {
            OperationError::Service(error) => Self::Service(error),
            OperationError::Response(error) => Self::Response(error),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "these are tests")]

    use std::{error::Error as _, io};

    use http::StatusCode;
    use meeting_types::TransportErrorKind;

    use super::*;

    #[test]
    fn a_chain_does_not_repeat_what_the_text_says() {
        let refusal = || ServiceError::new(StatusCode::BAD_REQUEST, "MMC.111070005", "no");
        let service = Error::Service(refusal());
        let token = Error::Token(Arc::new(Error::Service(refusal())));
        for error in [service, token] {
            assert!(error.to_string().contains("MMC.111070005"));
            assert!(error.source().is_none());
        }
        let cause = io::Error::from(io::ErrorKind::ConnectionRefused);
        let error = Error::Transport {
            operation: "CreateMeeting",
            source: TransportError::new(TransportErrorKind::Connect, cause),
        };
        assert!(
            error
                .to_string()
                .starts_with("CreateMeeting: could not connect")
        );
        // What a program may want to look at is still there.
        assert!(error.source().unwrap().is::<io::Error>());
    }
}
