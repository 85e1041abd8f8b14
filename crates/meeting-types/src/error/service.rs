//! Refusals of the service, and the questions that callers ask about them.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{StatusCode, header};

use super::{
    carried::CarriedSecrets,
    class::ErrorClass,
    code::ErrorCode,
    encoding::unread,
    response::ResponseFault,
    retry_after::RetryAfter,
    text::{LONGEST_ID, OneLine, shortened, write_request_id},
    verdict::Verdict,
};
use crate::{response::parts::request_id, schema::decoded};

/// The longest message that is kept.
const LONGEST_MESSAGE: usize = 1024;

/// Refusal of the service: status, code, message and request id.
///
/// Ask it what it means instead of comparing numbers; messages are in either language and change.
/// The questions go by the code where the table of [`ErrorCode`] knows it, whatever the status is, and
/// by the HTTP status where it does not. At most one of them is answered with yes.
///
/// ```
/// use meeting_types::{ServiceError, http::StatusCode};
///
/// let error = ServiceError::new(StatusCode::FORBIDDEN, "WSS.301000095", "USER_TOKEN_AUTH_FAILED");
/// assert!(error.is_token_expired() && !error.is_forbidden());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceError {
    operation: &'static str,
    status: StatusCode,
    code: String,
    message: String,
    request_id: Option<String>,
    /// Boxed, because it is rare and errors should stay small. So is the next one.
    retry_after: Option<Box<RetryAfter>>,
    body_fault: Option<Box<ResponseFault>>,
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
            body_fault: None,
        }
    }

    /// The refusal of `operation`, under this request id.
    pub(super) fn of(mut self, operation: &'static str, request_id: Option<String>) -> Self {
        self.operation = operation;
        self.request_id = request_id;
        self
    }

    /// The operation that was refused; empty when it is not known.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The HTTP status. It can be 200: some refusals come in a good response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The service's code, such as `MMC.111072005`; the HTTP status when there was none.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The message of the service, at most 1024 characters: a constant, or a sentence in Chinese or
    /// English. Show it, and do not compare with it.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The id under which the service logged the call. Its support asks for it.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Wait that the service asks for before another attempt; `None` when it asks for none, or in a
    /// way that cannot be understood.
    ///
    /// A date in a response without a `Date` of its own is measured from the clock of the client that
    /// made the call, and is `None` before: [`retry_after_at`](Self::retry_after_at) takes a clock.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self.retry_after.as_deref() {
            Some(RetryAfter::Delay(delay)) => Some(*delay),
            _ => None,
        }
    }

    /// Wait that the service asks for, by a clock that shows `now`.
    #[must_use]
    pub fn retry_after_at(&self, now: SystemTime) -> Option<Duration> {
        self.retry_after.as_ref()?.delay(now)
    }

    /// Whether the service asks to come back later, also in a way that cannot be understood.
    #[must_use]
    pub fn asks_to_wait(&self) -> bool {
        self.retry_after.is_some()
    }

    /// The content encoding or charset that kept the body from being read, if one did. The
    /// [`code`](Self::code) is then the HTTP status, or what could be made out.
    #[must_use]
    pub fn body_fault(&self) -> Option<&ResponseFault> {
        self.body_fault.as_deref()
    }

    /// The entry of the code in the table, with its meaning; `None` for a code that is not in it.
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

    /// The class of the code, where the code says what to do.
    fn class(&self) -> Option<ErrorClass> {
        self.explain()
            .map(ErrorCode::class)
            .filter(|class| *class != ErrorClass::Other)
    }

    fn is(&self, class: ErrorClass) -> bool {
        self.class() == Some(class)
    }

    /// Whether the code is of the class; where the code says nothing, whether the status is.
    ///
    /// The service is not careful with statuses: an expired token comes with 403, a wrong control
    /// token with 500. So a code that is known always counts more.
    fn is_or(&self, class: ErrorClass, says: impl FnOnce(StatusCode) -> bool) -> bool {
        match self.class() {
            Some(known) => known == class,
            None => says(self.status),
        }
    }

    /// Missing object: there is no such meeting, user, department or terminal. Check the id.
    ///
    /// By the code, or by status 404 where the code is not known.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.is_or(ErrorClass::NotFound, |status| {
            status == StatusCode::NOT_FOUND
        })
    }

    /// Conflict with an object that exists already: an account, or a name or id that is taken. Take
    /// the one that exists, or another name.
    ///
    /// By the code, or by status 409 where the code is not known.
    #[must_use]
    pub fn is_already_there(&self) -> bool {
        self.is_or(ErrorClass::AlreadyThere, |status| {
            status == StatusCode::CONFLICT
        })
    }

    /// Wrong password of a meeting or an account. Ask for it again.
    ///
    /// A meeting can also answer a wrong password with `MMC.111072065` or `MMC.111070004`, which mean
    /// other things as well:
    /// [`is_conference_token_refused`](Self::is_conference_token_refused) asks for those.
    #[must_use]
    pub fn is_wrong_password(&self) -> bool {
        self.is(ErrorClass::WrongPassword)
    }

    /// Missing password: the meeting has one, and none was given. Ask for it.
    #[must_use]
    pub fn is_password_required(&self) -> bool {
        self.is(ErrorClass::PasswordRequired)
    }

    /// New password that is not allowed: it is too simple, was used before, or is the same as
    /// another. Choose another.
    #[must_use]
    pub fn is_password_not_allowed(&self) -> bool {
        self.is(ErrorClass::PasswordNotAllowed)
    }

    /// Lock after too many wrong passwords or codes, of a meeting or an account. Wait some minutes.
    ///
    /// By the code, or by status 423 where the code is not known.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.is_or(ErrorClass::Locked, |status| status == StatusCode::LOCKED)
    }

    /// Account that is disabled or was never activated. Waiting does not help: its administrator
    /// can.
    ///
    /// By the code, or by status 412 where the code is not known.
    #[must_use]
    pub fn is_account_disabled(&self) -> bool {
        self.is_or(ErrorClass::AccountDisabled, |status| {
            status == StatusCode::PRECONDITION_FAILED
        })
    }

    /// Signature of an App ID login that is wrong or past its time. Check the App Key, and the clock.
    #[must_use]
    pub fn is_signature_refused(&self) -> bool {
        self.is(ErrorClass::SignatureRefused)
    }

    /// Verification code, slider check, activation code or random that is missing, wrong or too old.
    /// Get a new one.
    #[must_use]
    pub fn is_verification_refused(&self) -> bool {
        self.is(ErrorClass::VerificationRefused)
    }

    /// Login that failed for another reason than a password or a signature: a kind of login that is
    /// not supported, an account that is not bound, a user who may not log in. Check the account and
    /// the application.
    #[must_use]
    pub fn is_login_refused(&self) -> bool {
        self.is(ErrorClass::LoginRefused)
    }

    /// Meeting that is not running: it has not started, or it has ended. Start it, or wait.
    #[must_use]
    pub fn is_not_running(&self) -> bool {
        self.is(ErrorClass::NotRunning)
    }

    /// Participant who is not in the meeting. Read the list of participants again.
    #[must_use]
    pub fn is_unknown_participant(&self) -> bool {
        self.is(ErrorClass::UnknownParticipant)
    }

    /// Too many calls. Wait for [`retry_after`](Self::retry_after), or some seconds, and try again.
    ///
    /// By the code, or by status 429 where the code is not known.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.is_or(ErrorClass::Throttled, |status| {
            status == StatusCode::TOO_MANY_REQUESTS
        })
    }

    /// Access token that is missing or no longer good: it ended, or another login replaced it. Log in
    /// again; the clients of this SDK do so by themselves.
    ///
    /// By the code: webinars refuse a token with `WSS.301000095`, and with status 401 or 403. Where
    /// the code is not known, any status 401 counts that no login is to blame for. A call that
    /// carries a control token instead means that one.
    #[must_use]
    pub fn is_token_expired(&self) -> bool {
        // The service numbers what goes wrong in a login from 206010000 on, and there are more of
        // them than the table has.
        let number = self.code.rsplit('.').next().unwrap_or_default();
        let is_login = number.starts_with("206010");
        self.is_or(ErrorClass::TokenExpired, |status| {
            status == StatusCode::UNAUTHORIZED && !is_login
        })
    }

    /// Control token that is no longer good, or a meeting that is gone: the service does not say
    /// which. Get a new control token; if that is refused too, check the id and the password.
    ///
    /// To a call that carries a password instead, the same codes say that it can be wrong.
    #[must_use]
    pub fn is_conference_token_refused(&self) -> bool {
        self.is(ErrorClass::ConferenceTokenRefused)
    }

    /// Action that is not allowed, to this caller or on this object. The same call fails again until
    /// somebody changes the rights.
    ///
    /// By the code, or by status 403 where the code is not known. A 403 whose code means something
    /// else, such as an expired token or a missing feature, does not count.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.is_or(ErrorClass::Forbidden, |status| {
            status == StatusCode::FORBIDDEN
        })
    }

    /// Wrong parameter. The same call fails again: change it.
    #[must_use]
    pub fn is_invalid_parameter(&self) -> bool {
        self.is(ErrorClass::InvalidParameter)
    }

    /// State of the meeting, or of another object, that does not allow this now: the meeting is
    /// locked, has another host, or runs and cannot be changed. Change the state first.
    #[must_use]
    pub fn is_state_conflict(&self) -> bool {
        self.is(ErrorClass::StateConflict)
    }

    /// Feature that is not supported, not bought or not switched on. Do without it.
    #[must_use]
    pub fn is_feature_missing(&self) -> bool {
        self.is(ErrorClass::FeatureMissing)
    }

    /// Limit that is used up: licences, participants, meetings, space for recordings, resets of a
    /// day. Wait until some is free, or have the limit raised.
    #[must_use]
    pub fn is_quota_exceeded(&self) -> bool {
        self.is(ErrorClass::QuotaExceeded)
    }

    /// Service that is busy or short of resources. Try the same call again later.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.is(ErrorClass::Busy)
    }

    /// Failure inside the service. Try again later, and give its support the
    /// [`request_id`](Self::request_id).
    ///
    /// By the code, or by a status from 500 on where the code is not known.
    #[must_use]
    pub fn is_server_fault(&self) -> bool {
        self.is_or(ErrorClass::ServerFault, |status| status.is_server_error())
    }

    /// Reads the refusal out of a response, whatever its status. A response without a code has its status
    /// for one.
    ///
    /// Where the response has [`CarriedSecrets`] in its extensions, as clients leave them there, no text
    /// of the refusal has any of these in it.
    #[must_use]
    pub fn from_response(operation: &'static str, response: &http::Response<Bytes>) -> Self {
        let verdict = Verdict::read(response.body());
        let status = response.status();
        let body_fault = unread(response);
        let message = if body_fault.is_some() && verdict.code().is_none() {
            String::new()
        } else if verdict.message().is_empty() {
            plain_text(response)
        } else {
            verdict.message().to_owned()
        };
        let refusal = Self {
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
            retry_after: RetryAfter::read(response.headers()).map(Box::new),
            body_fault: body_fault.map(Box::new),
        };
        match response.extensions().get::<CarriedSecrets>() {
            Some(carried) => carried.mask(refusal),
            None => refusal,
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
            header::HeaderValue::from_static(crate::response::parts::JSON),
        );
        if let Some(delay) = self.retry_after() {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, delay.as_secs().into());
        }
        response
    }

    /// Asks the caller to wait before another try; whole seconds go over the wire.
    #[must_use]
    pub fn with_retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(Box::new(RetryAfter::Delay(delay)));
        self
    }

    /// The same refusal with each text of the other side changed.
    pub(super) fn map_texts(mut self, change: impl Fn(String) -> String) -> Self {
        self.code = change(self.code);
        self.message = change(self.message);
        self.request_id = self.request_id.map(change);
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
        if let Some(fault) = &self.body_fault {
            write!(f, ", with {fault}")?;
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
