//! Why the program ends without success, and the exit code that says so.

use std::{error::Error as _, fmt, process::ExitCode};

use meeting_blocking::{AddressRefused, ChannelEnd, ChannelError, Error};
use meeting_types::{OperationError, ServiceError};

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
            ChannelEnd::TokenRefused(_) | ChannelEnd::SubscriptionRefused { .. },
        )) => Kind::Refused,
        Error::Token(error) => kind_of(error),
        Error::Repeated { error, .. } => kind_of(error),
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
        if let Some(refusal) = error.service() {
            message += &meaning_of(refusal);
        }
        Self::new(kind_of(&error), message)
    }
}

/// What a refusal means, unless its own words say so. They are often a name in capitals, or Chinese.
fn meaning_of(refusal: &ServiceError) -> String {
    let known = refusal.explain().map(|code| code.gist());
    let is_news = |gist: &&str| {
        let told = refusal.message().to_lowercase();
        !told.is_empty() && !told.contains(&gist.to_lowercase())
    };
    known
        .filter(is_news)
        .map_or(String::new(), |gist| format!("; the code means: {gist}"))
}

impl From<OperationError> for Failure {
    fn from(error: OperationError) -> Self {
        match &error {
            OperationError::Service(refusal) => {
                Self::new(Kind::Refused, format!("{error}{}", meaning_of(refusal)))
            }
            OperationError::Response(_) => Self::new(Kind::Transport, error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use meeting_types::http::StatusCode;

    use super::*;

    #[test]
    fn a_refusal_in_capitals_is_explained_and_plain_words_are_not_repeated() {
        let told = |code: &str, message: &str| {
            let refusal = ServiceError::new(StatusCode::BAD_REQUEST, code, message);
            let known = refusal.explain().map_or("", |code| code.gist());
            let line = Failure::from(Error::Service(refusal)).to_string();
            (line.matches(known).count(), line)
        };
        let code = "MMC.111072005";
        let (times, line) = told(code, "CONF_NOT_RUNNING");
        assert_eq!(times, 1, "{line}");
        let (_, line) = told(code, "");
        assert!(!line.contains("means"), "{line}");
        let gist = meeting_types::ErrorCode::lookup(code).map_or("", |code| code.gist());
        let (times, line) = told(code, gist);
        assert_eq!(times, 1, "{line}");
        let (_, line) = told("MMC.unknown", "NO_SUCH_THING");
        assert!(!line.contains("means"), "{line}");
    }
}
