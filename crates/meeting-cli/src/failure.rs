//! Why the program ends without success, and the exit code that says so.

use std::{error::Error as _, fmt, process::ExitCode};

use meeting_blocking::{AddressRefused, ChannelError, Error, Outcome};
use meeting_types::OperationError;

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Refused,
    Usage,
    Transport,
}

/// A failure, in one line.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    message: String,
}

impl Failure {
    /// Wrong usage or bad input. Nothing was sent.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// No usable reply.
    pub(crate) fn transport(message: impl Into<String>) -> Self {
        Self::new(Kind::Transport, message)
    }

    fn new(kind: Kind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind, message }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self.kind {
            Kind::Refused => 1,
            Kind::Usage => 2,
            Kind::Transport => 3,
        })
    }
}

/// One line, whatever the message holds.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.message.chars() {
            if c.is_control() {
                write!(f, "{}", c.escape_default())?;
            } else {
                fmt::Write::write_char(f, c)?;
            }
        }
        Ok(())
    }
}

fn kind_of(error: &Error) -> Kind {
    match error {
        Error::Request(_) => Kind::Usage,
        Error::Service(_)
        | Error::Channel(ChannelError::Ended(
            Outcome::TokenRefused(_) | Outcome::SubscriptionRefused { .. },
        )) => Kind::Refused,
        Error::Token(error) => kind_of(error),
        _ => Kind::Transport,
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(next) = cause {
            let text = next.to_string();
            // Some errors repeat what is below them.
            if !message.contains(&text) {
                message = format!("{message}: {text}");
            }
            if next.is::<AddressRefused>() {
                message += "; the options for it are --verify-as, --pin and --ca-file";
            }
            cause = next.source();
        }
        Self::new(kind_of(&error), message)
    }
}

impl From<OperationError> for Failure {
    fn from(error: OperationError) -> Self {
        let kind = match error {
            OperationError::Service(_) => Kind::Refused,
            OperationError::Reply(_) => Kind::Transport,
        };
        Self::new(kind, error.to_string())
    }
}
