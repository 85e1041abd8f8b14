//! One entry of the table of the service's codes.

pub(super) mod table;

use std::fmt;

use http::StatusCode;

use super::class::ErrorClass;

/// Known code of the service, with its meaning.
///
/// Each page of the service's reference points to the API Error Center of its console for the codes
/// of the families `MMC`, `USG`, `WSS` and `MBI`. That table is not part of the reference and was not
/// seen. The codes here are those that the examples of the reference print, and the numbers of the
/// official client SDK. The SDK gives a number without a prefix: `MMC.` and its like were seen for
/// some, and are [inferred](Self::is_prefix_inferred) from the numbers around for most. The words
/// are this crate's own.
///
/// The service knows more codes than this table. A refusal with another code is read like any other:
/// [`ServiceError::code`](crate::ServiceError::code) keeps it as it came, and the questions are
/// decided by the HTTP status.
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
    /// The code with its prefix, such as `MMC.111072005`; digits alone where the service writes it
    /// without one.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The meaning of the code, in one line without a full stop.
    #[must_use]
    pub fn gist(&self) -> &'static str {
        self.gist
    }

    /// The class: what the caller can do about it.
    #[must_use]
    pub fn class(&self) -> ErrorClass {
        self.class
    }

    /// The HTTP status that comes with the code, where the reference or a response shows it. That is
    /// so for few; most refusals have status 400.
    ///
    /// A code that is printed with several statuses has the one that is printed most often.
    #[must_use]
    pub fn http_status(&self) -> Option<StatusCode> {
        StatusCode::from_u16(self.status).ok()
    }

    /// Whether only the number is known, and the prefix is what its family suggests.
    #[must_use]
    pub fn is_prefix_inferred(&self) -> bool {
        self.prefix == Prefix::Inferred
    }

    pub(super) fn is_prefix_seen(&self) -> bool {
        self.prefix == Prefix::Seen
    }
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

const fn seen(code: &'static str, status: u16, class: ErrorClass, gist: &'static str) -> ErrorCode {
    entry(code, status, Prefix::Seen, class, gist)
}

const fn inferred(
    code: &'static str,
    status: u16,
    class: ErrorClass,
    gist: &'static str,
) -> ErrorCode {
    entry(code, status, Prefix::Inferred, class, gist)
}

const fn bare(code: &'static str, status: u16, class: ErrorClass, gist: &'static str) -> ErrorCode {
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
