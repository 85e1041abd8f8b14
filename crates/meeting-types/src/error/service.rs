//! What the service refuses, and the questions that callers ask about it.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};

use super::{
    ErrorClass, ErrorCode, LONGEST_ID, OneLine, shortened, verdict::Verdict, write_request_id,
};
use crate::{answer::request_id, schema::decoded};

/// The longest message that is kept.
const LONGEST_MESSAGE: usize = 1024;

/// A refusal of the service.
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceError {
    operation: &'static str,
    status: StatusCode,
    code: String,
    message: String,
    request_id: Option<String>,
    retry_after: Option<Duration>,
}

impl ServiceError {
    /// A refusal with a status, a code such as `MMC.111072005` and a message.
    pub fn new(status: StatusCode, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            operation: "",
            status,
            code: code.into(),
            message: message.into(),
            request_id: None,
            retry_after: None,
        }
    }

    /// The operation that was refused; empty when it is not known.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The HTTP status. It can be 200: some refusals come in a good reply.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The service's code, such as `MMC.111072005`; the HTTP status when there was none.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The service's own words, at most 1024 characters.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The id under which the service logged the call. Its support asks for it.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// How long the service asks to wait before another try.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// What is known of the code; `None` for a code that is not in the table.
    ///
    /// ```
    /// use meeting_types::{ServiceError, http::StatusCode};
    ///
    /// let error = ServiceError::new(StatusCode::BAD_REQUEST, "MMC.111071091", "");
    /// assert!(error.is_wrong_password());
    /// println!("{}", error.explain().map_or("unknown", |code| code.gist()));
    /// ```
    #[must_use]
    pub fn explain(&self) -> Option<&'static ErrorCode> {
        ErrorCode::lookup(&self.code)
    }

    fn is(&self, class: ErrorClass) -> bool {
        self.explain().is_some_and(|code| code.class() == class)
    }

    /// What the call names is not there: a meeting, a user, a cloud meeting room.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status == StatusCode::NOT_FOUND || self.is(ErrorClass::NotFound)
    }

    /// What the call was to create is there already: an account, or a name that is taken.
    #[must_use]
    pub fn is_already_there(&self) -> bool {
        self.status == StatusCode::CONFLICT || self.is(ErrorClass::AlreadyThere)
    }

    /// The password of the meeting or the account is wrong.
    ///
    /// A meeting can also answer a wrong password with `MMC.111072065`, which means a missing meeting
    /// as well: [`is_conference_token_refused`](Self::is_conference_token_refused) asks for that one.
    #[must_use]
    pub fn is_wrong_password(&self) -> bool {
        self.is(ErrorClass::WrongPassword)
    }

    /// The meeting has a password, and none was given.
    #[must_use]
    pub fn is_password_required(&self) -> bool {
        self.is(ErrorClass::PasswordRequired)
    }

    /// The password that was to be set is not allowed: it is too simple, was used before, or is the
    /// same as another.
    #[must_use]
    pub fn is_password_not_allowed(&self) -> bool {
        self.is(ErrorClass::PasswordNotAllowed)
    }

    /// Too many wrong passwords or codes: the meeting or the account is locked for a while.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.status == StatusCode::LOCKED || self.is(ErrorClass::Locked)
    }

    /// The account is disabled, or was never activated. Waiting does not help.
    #[must_use]
    pub fn is_account_disabled(&self) -> bool {
        self.status == StatusCode::PRECONDITION_FAILED || self.is(ErrorClass::AccountDisabled)
    }

    /// The signature of an App ID login is wrong, or past its time: check the App Key, and the clock.
    #[must_use]
    pub fn is_signature_refused(&self) -> bool {
        self.is(ErrorClass::SignatureRefused)
    }

    /// A verification code, slider check, activation code or random is missing, wrong or too old.
    #[must_use]
    pub fn is_verification_refused(&self) -> bool {
        self.is(ErrorClass::VerificationRefused)
    }

    /// The login failed for another reason than a password or a signature: a kind of login that is
    /// not supported, an account that is not bound, a user who may not log in.
    #[must_use]
    pub fn is_login_refused(&self) -> bool {
        self.is(ErrorClass::LoginRefused)
    }

    /// The meeting is not running: it has not started, or it has ended.
    #[must_use]
    pub fn is_not_running(&self) -> bool {
        self.is(ErrorClass::NotRunning)
    }

    /// The participant is not in the meeting.
    #[must_use]
    pub fn is_unknown_participant(&self) -> bool {
        self.is(ErrorClass::UnknownParticipant)
    }

    /// Too many calls: wait and try again.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.status == StatusCode::TOO_MANY_REQUESTS || self.is(ErrorClass::Throttled)
    }

    /// The access token is no longer good: it ended, or another login replaced it.
    ///
    /// Any status 401 counts that no login is to blame for. A call that carries a control token
    /// instead means that one.
    #[must_use]
    pub fn is_token_expired(&self) -> bool {
        // The service numbers what goes wrong in a login from 206010000 on, and there are more of
        // them than the table has.
        let number = self.code.rsplit('.').next().unwrap_or_default();
        let is_login = number.starts_with("206010");
        self.status == StatusCode::UNAUTHORIZED && !is_login && !self.is_wrong_password()
            || self.is(ErrorClass::TokenExpired)
    }

    /// The control token is no longer good, or the meeting is gone: the service does not say which.
    /// To a call that carries a password instead, the same code says that it can be wrong.
    #[must_use]
    pub fn is_conference_token_refused(&self) -> bool {
        self.is(ErrorClass::ConferenceTokenRefused)
    }

    /// The caller may not do this.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.status == StatusCode::FORBIDDEN || self.is(ErrorClass::Forbidden)
    }

    /// A parameter is wrong: the same call fails again.
    #[must_use]
    pub fn is_invalid_parameter(&self) -> bool {
        self.is(ErrorClass::InvalidParameter)
    }

    /// The state of the meeting, or of what the call is about, does not allow this now: the meeting
    /// is locked, has another host, or runs and cannot be changed.
    #[must_use]
    pub fn is_state_conflict(&self) -> bool {
        self.is(ErrorClass::StateConflict)
    }

    /// The feature is not supported, not bought or not switched on.
    #[must_use]
    pub fn is_feature_missing(&self) -> bool {
        self.is(ErrorClass::FeatureMissing)
    }

    /// All that is bought or allowed is used up: participants, meetings, space for recordings.
    #[must_use]
    pub fn is_quota_exceeded(&self) -> bool {
        self.is(ErrorClass::QuotaExceeded)
    }

    /// The service is busy or short of resources. The same call can succeed later.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.is(ErrorClass::Busy)
    }

    /// The service itself failed.
    #[must_use]
    pub fn is_server_fault(&self) -> bool {
        self.status.is_server_error() || self.is(ErrorClass::ServerFault)
    }

    /// Reads the refusal out of a reply, whatever its status. A reply without a code has its status
    /// for one.
    #[must_use]
    pub fn from_response(operation: &'static str, response: &http::Response<Bytes>) -> Self {
        let verdict = Verdict::read(response.body());
        let status = response.status();
        let message = if verdict.message().is_empty() {
            plain_text(response)
        } else {
            verdict.message().to_owned()
        };
        Self {
            operation,
            status,
            code: verdict.code().map_or_else(
                || status.as_u16().to_string(),
                |code| shortened(code, LONGEST_ID),
            ),
            message: shortened(&message, LONGEST_MESSAGE),
            request_id: request_id(response.headers())
                .or(verdict.request_id.as_deref())
                .map(|id| shortened(id, LONGEST_ID)),
            retry_after: retry_after(response.headers()),
        }
    }

    /// Writes the refusal as the service does.
    #[must_use]
    pub fn to_response(&self) -> http::Response<Bytes> {
        let body = serde_json::json!({ "error_code": self.code, "error_msg": self.message });
        let mut response = http::Response::new(Bytes::from(body.to_string()));
        *response.status_mut() = self.status;
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static(crate::answer::JSON),
        );
        if let Some(delay) = self.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, delay.as_secs().into());
        }
        response
    }

    /// Asks the caller to wait before another try; whole seconds go over the wire.
    #[must_use]
    pub fn with_retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self
    }
}

/// One line: what was refused, by which status and code, why, and the id of the call. When the
/// service gives no reason, the line has the gist of the code.
impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.operation.is_empty() {
            write!(f, "{} ", self.operation)?;
        }
        write!(
            f,
            "refused with status {}, code {}",
            self.status.as_u16(),
            OneLine(&self.code)
        )?;
        if !self.message.is_empty() {
            write!(f, ": {}", OneLine(&self.message))?;
        } else if let Some(known) = self.explain() {
            write!(f, ": {}", known.gist())?;
        }
        write_request_id(f, self.request_id.as_deref())
    }
}

impl fmt::Debug for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServiceError({self})")
    }
}

impl std::error::Error for ServiceError {}

/// The text of a body that is not JSON, if a person can read it.
fn plain_text(response: &http::Response<Bytes>) -> String {
    let text = decoded(response.body());
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
    // JSON may stand behind a guard or other words.
    let is_for_programs =
        text.starts_with(['<', '{', '[', ')']) || (text.contains('{') && text.contains('"'));
    if is_for_programs {
        String::new()
    } else {
        text.to_owned()
    }
}

/// Reads `Retry-After` in seconds. The form with a date needs a clock and is not read.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(header::RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}
