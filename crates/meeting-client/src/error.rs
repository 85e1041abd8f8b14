//! Why a call failed.

use std::{fmt, sync::Arc, time::Duration};

use http::StatusCode;
use meeting_types::{
    Operation as _, OperationError, RequestError, ResponseError, ServiceError, StoreError,
    TransportError, operations::CreateConfToken,
};

#[cfg(feature = "live")]
use crate::channel::ChannelError;
use crate::{download_error::DownloadError, list_error::ListError, pace::turn_after};

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
        /// Cause.
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
        /// Failure of the last attempt, if one failed.
        last: Option<Box<Error>>,
    },
    /// The event channel did not open.
    #[cfg(feature = "live")]
    Channel(ChannelError),
    /// The event channel of a followed meeting was lost, and no other was of use in time: none opened,
    /// or all broke again right after they opened.
    #[cfg(feature = "live")]
    GaveUp {
        /// Time without one of use.
        after: Duration,
        /// Number of attempts.
        attempts: u32,
        /// Why the last one did not open or did not last.
        last: Box<Error>,
    },
    /// A token that the call needs could not be had. Shared by all calls that waited for it, and by
    /// those that come while a refusal of the credentials is remembered.
    Token(Arc<Error>),
    /// The store that processes share a login through is away, and the client does not log in without
    /// it: as [`OnStoreLoss`](crate::OnStoreLoss) says, or because it did so within the last minute.
    Store(StoreError),
    /// A list cannot be read to its end.
    List(ListError),
    /// A file was not downloaded.
    Download(DownloadError),
    /// The call was repeated after an attempt that the service may have carried out, and ended like
    /// this. To a repeated removal, "not found" most likely says that the first one was done.
    Repeated {
        /// End of the last attempt. The questions of [`Error`] are about this one.
        error: Box<Error>,
        /// The attempt that may have been carried out.
        earlier: Box<Error>,
    },
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
            Self::Repeated { error, .. } => error.service(),
            _ => None,
        }
    }

    /// The attempt before, when the call was repeated although the service may have carried that one
    /// out, and the end of the call does not tell.
    #[must_use]
    pub fn earlier(&self) -> Option<&Error> {
        match self {
            Self::Repeated { earlier, .. } => Some(earlier),
            _ => None,
        }
    }

    /// True when the service may have carried out the call all the same: a response was lost or could
    /// not be read, a gateway gave up waiting, or an [`earlier`](Self::earlier) attempt ended so.
    ///
    /// False is certain. Ask it before a call that must not run twice is made again.
    #[must_use]
    pub fn may_have_been_done(&self) -> bool {
        match self {
            Self::Transport { source, .. } => !source.is_not_sent(),
            Self::Service(error) => {
                let is_of_gateway = error.status() == StatusCode::REQUEST_TIMEOUT;
                is_of_gateway || error.is_server_fault()
            }
            Self::Response(_) | Self::Repeated { .. } => true,
            Self::Deadline { last, .. } => last.as_deref().is_some_and(Self::may_have_been_done),
            #[cfg(feature = "live")]
            Self::Channel(_) | Self::GaveUp { .. } => false,
            Self::Request(_)
            | Self::Token(_)
            | Self::Store(_)
            | Self::List(_)
            | Self::Download(_) => false,
        }
    }

    fn says(&self, question: impl Fn(&ServiceError) -> bool) -> bool {
        self.service().is_some_and(question)
    }

    /// The password is wrong: of an account, or of a meeting.
    ///
    /// To a wrong password for the control of a meeting the service gives a code that means a wrong id
    /// as well. Since the password was sent with it, that counts:
    /// [`is_control_refused`](Self::is_control_refused) asks for this case alone.
    #[must_use]
    pub fn is_wrong_password(&self) -> bool {
        self.says(ServiceError::is_wrong_password) || self.is_control_refused()
    }

    /// Control of a meeting was refused: its id or the password is wrong. The service does not say
    /// which.
    #[must_use]
    pub fn is_control_refused(&self) -> bool {
        self.says(|refusal| {
            refusal.operation() == CreateConfToken::INFO.name
                && (refusal.is_conference_token_refused() || refusal.is_wrong_password())
        })
    }

    /// The time ran out.
    #[must_use]
    pub fn is_deadline(&self) -> bool {
        match self {
            Self::Deadline { .. } => true,
            Self::Repeated { error, .. } => error.is_deadline(),
            _ => false,
        }
    }

    /// When the turn of the call comes, if it was not sent because its [pace](crate::pace) has none before.
    #[must_use]
    pub fn turn_after(&self) -> Option<Duration> {
        match self {
            Self::Transport { source, .. } => turn_after(source),
            Self::Token(error) => error.turn_after(),
            Self::Deadline { last, .. } => last.as_deref()?.turn_after(),
            Self::Repeated { error, .. } => error.turn_after(),
            _ => None,
        }
    }

    /// Wait that the service asked for before another attempt.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.service()?.retry_after()
    }
}

/// Questions that the refusal of the service answers.
macro_rules! questions {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        impl Error {
            $($(#[$doc])*
            #[must_use]
            pub fn $name(&self) -> bool {
                self.says(ServiceError::$name)
            })*
        }
    };
}

questions! {
    /// There is no such meeting or user. To a repeated removal this may mean that the first one was
    /// done: [`may_have_been_done`](Self::may_have_been_done).
    is_not_found;
    /// The object exists already.
    is_already_there;
    /// The meeting is not running.
    is_not_running;
    /// Too many calls.
    is_throttled;
    /// Too many wrong passwords: wait some minutes.
    is_locked;
    /// The account is disabled, or was never activated.
    is_account_disabled;
    /// The action is not allowed to this caller.
    is_forbidden;
    /// A parameter is wrong.
    is_invalid_parameter;
    /// The state of the meeting does not allow it now.
    is_state_conflict;
    /// The feature is not supported, not bought or not switched on.
    is_feature_missing;
    /// A limit is used up.
    is_quota_exceeded;
    /// The service is busy.
    is_busy;
    /// The service failed inside.
    is_server_fault;
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
                let Some(last) = last else { return Ok(()) };
                if let Some(wait) = last.retry_after() {
                    write!(f, "; the service asked to wait {wait:?}")?;
                }
                write!(f, "; the last attempt: {last}")
            }
            #[cfg(feature = "live")]
            Self::Channel(error) => error.fmt(f),
            #[cfg(feature = "live")]
            Self::GaveUp {
                after,
                attempts,
                last,
            } => write!(
                f,
                "no event channel of use for {after:.1?}, in {attempts} {}; the last: {last}",
                if *attempts == 1 { "try" } else { "tries" }
            ),
            Self::Token(error) => write!(f, "no token for the call: {error}"),
            Self::Store(error) => error.fmt(f),
            Self::List(error) => error.fmt(f),
            Self::Download(error) => error.fmt(f),
            Self::Repeated { error, earlier } => {
                write!(
                    f,
                    "{error}; an attempt before may have been done: {earlier}"
                )
            }
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
            #[cfg(feature = "live")]
            Self::Channel(error) => error.source(),
            #[cfg(feature = "live")]
            Self::GaveUp { last, .. } => last.source(),
            Self::Token(error) => error.source(),
            Self::Store(error) => error.source(),
            Self::List(error) => error.source(),
            Self::Download(error) => error.source(),
            Self::Repeated { error, .. } => error.source(),
        }
    }
}

impl From<RequestError> for Error {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

#[cfg(feature = "live")]
impl From<ChannelError> for Error {
    fn from(error: ChannelError) -> Self {
        Self::Channel(error)
    }
}

impl From<ListError> for Error {
    fn from(error: ListError) -> Self {
        Self::List(error)
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
