//! What is known of the service's codes.

use std::fmt;

use http::StatusCode;

use crate::error_codes::ALL;

/// A code of the service that is known, with what it means.
///
/// The service publishes no table of the codes of its server API. Nearly all numbers here come from
/// the enum of the official client SDK, which gives a number without a prefix. What stands before
/// the number, as `MMC.`, was seen for a few codes; for most it is
/// [inferred](Self::is_prefix_inferred) from the numbers around. The words are this crate's own.
///
/// The service knows more codes than this table. A refusal with another code is read like any other:
/// [`ServiceError::code`](crate::ServiceError::code) keeps it as it came, and nothing is looked up.
///
/// ```
/// use meeting_types::{ErrorClass, ErrorCode};
///
/// let code = ErrorCode::lookup("MMC.111072005").unwrap();
/// assert_eq!(code.class(), ErrorClass::NotRunning);
/// println!("{code}");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ErrorCode {
    code: &'static str,
    /// 0 when it is not known.
    status: u16,
    prefix: Prefix,
    class: ErrorClass,
    gist: &'static str,
}

/// How sure it is what stands before the number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Prefix {
    Seen,
    Inferred,
    Absent,
}

impl ErrorCode {
    /// The entry of a code as the service writes it, or of its nine digits alone.
    ///
    /// Where the prefix is not sure, nine digits count whatever stands before them. Shorter numbers
    /// must match as a whole: other products use the same last digits, and the event of a hang-up has
    /// numbers that look like these with a digit less. Of those, the ones that its page prints are
    /// here; what the others mean would be a guess.
    ///
    /// ```
    /// use meeting_types::ErrorCode;
    ///
    /// assert_eq!(
    ///     ErrorCode::lookup("111072005"),
    ///     ErrorCode::lookup("MMC.111072005")
    /// );
    /// assert_eq!(ErrorCode::lookup("11072005"), None);
    /// ```
    #[must_use]
    pub fn lookup(code: &str) -> Option<&'static Self> {
        let (prefix, number) = split(code);
        let start = ALL.partition_point(|known| known.number() < number);
        let mut same_number = ALL[start..]
            .iter()
            .take_while(|known| known.number() == number);
        if number.len() == DIGITS {
            // The generator sees to it that there is one entry at most.
            same_number.find(|known| {
                known.code == code || prefix.is_empty() || known.prefix != Prefix::Seen
            })
        } else {
            same_number.find(|known| known.code == code)
        }
    }

    /// All known codes, in the order of their numbers.
    #[must_use]
    pub fn all() -> &'static [Self] {
        ALL
    }

    /// The code with its prefix, such as `MMC.111072005`; digits alone where the service writes it
    /// without one.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What the code means, in one line without a full stop.
    #[must_use]
    pub fn gist(&self) -> &'static str {
        self.gist
    }

    /// What the caller can do about it.
    #[must_use]
    pub fn class(&self) -> ErrorClass {
        self.class
    }

    /// The HTTP status that comes with the code, where the reference or a reply shows it. That is so
    /// for few; most refusals have status 400.
    #[must_use]
    pub fn http_status(&self) -> Option<StatusCode> {
        StatusCode::from_u16(self.status).ok()
    }

    /// Whether only the number is known, and the prefix is what its family suggests.
    #[must_use]
    pub fn is_prefix_inferred(&self) -> bool {
        self.prefix == Prefix::Inferred
    }

    fn number(&self) -> &'static str {
        split(self.code).1
    }
}

/// The digits of a code that say by themselves what it is.
const DIGITS: usize = 9;

fn split(code: &str) -> (&str, &str) {
    code.rsplit_once('.').unwrap_or(("", code))
}

/// The code and its gist.
impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.gist)
    }
}

impl fmt::Debug for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ErrorCode({self})")
    }
}

// Short names: each line of the table begins with one.

pub(crate) const fn seen(
    code: &'static str,
    status: u16,
    class: ErrorClass,
    gist: &'static str,
) -> ErrorCode {
    entry(code, status, Prefix::Seen, class, gist)
}

pub(crate) const fn inferred(
    code: &'static str,
    status: u16,
    class: ErrorClass,
    gist: &'static str,
) -> ErrorCode {
    entry(code, status, Prefix::Inferred, class, gist)
}

pub(crate) const fn bare(
    code: &'static str,
    status: u16,
    class: ErrorClass,
    gist: &'static str,
) -> ErrorCode {
    entry(code, status, Prefix::Absent, class, gist)
}

const fn entry(
    code: &'static str,
    status: u16,
    prefix: Prefix,
    class: ErrorClass,
    gist: &'static str,
) -> ErrorCode {
    ErrorCode {
        code,
        status,
        prefix,
        class,
        gist,
    }
}

/// What kind of refusal a code is: what the caller can do about it.
///
/// The class is this crate's judgement, made from the meaning of the code. Most classes have a
/// question of [`ServiceError`](crate::ServiceError), which also counts the HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// What the call names is not there: a meeting, a user, a cloud meeting room.
    NotFound,
    /// What the call was to create is there already, or its name is taken.
    AlreadyThere,
    /// The password is wrong: ask for it again.
    WrongPassword,
    /// A password is needed, and none was given: ask for it.
    PasswordRequired,
    /// The password that was to be set is not allowed: choose another.
    PasswordNotAllowed,
    /// Too many wrong tries: wait before the next.
    Locked,
    /// The account is disabled, or was never activated: its administrator can help.
    AccountDisabled,
    /// The signature of an App ID login is wrong, or past its time: check the App Key and the clock.
    SignatureRefused,
    /// A verification code, slider check, activation code or random is missing, wrong or too old:
    /// get a new one.
    VerificationRefused,
    /// The login failed for another reason than a password or a signature.
    LoginRefused,
    /// The access token is no longer good: log in again.
    TokenExpired,
    /// The control token is missing or no longer good, or the meeting is gone.
    ConferenceTokenRefused,
    /// The caller may not do this.
    Forbidden,
    /// The meeting has not started, or it has ended.
    NotRunning,
    /// The participant is not in the meeting.
    UnknownParticipant,
    /// The state of the meeting or of the thing does not allow this now: change the state first.
    StateConflict,
    /// The feature is not supported, not bought or not switched on.
    FeatureMissing,
    /// A parameter is wrong: the same call fails again.
    InvalidParameter,
    /// All that is bought or allowed is used up: wait until some is free, or have the limit raised.
    QuotaExceeded,
    /// Too many calls: slow down.
    Throttled,
    /// The service is busy or short of resources: try again later.
    Busy,
    /// The service failed.
    ServerFault,
    /// A call to a participant failed: no answer, busy, declined, offline.
    CallFailed,
    /// A participant left or was hung up on. Events carry these codes.
    CallEnded,
    /// None of the others.
    Other,
}
