//! What the service refuses, and the questions that callers ask about it.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};

use super::{LONGEST_ID, OneLine, shortened, verdict::Verdict, write_request_id};
use crate::answer::{request_id, without_bom};

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

    /// The digits of the code, without the prefix.
    fn number(&self) -> &str {
        self.code.rsplit('.').next().unwrap_or_default()
    }

    fn is_one_of(&self, numbers: &[&str]) -> bool {
        numbers.contains(&self.number())
    }

    /// There is no such meeting or user.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
            || self.is_one_of(&[
                "111070005",
                "111070006",
                "111073001",
                "112010004",
                "201040000",
                "206030000",
                "104000007",
                "104000008",
                "104000009",
            ])
    }

    /// What the call was to create is there already: an account, or a name that is taken.
    #[must_use]
    pub fn is_already_there(&self) -> bool {
        self.status == StatusCode::CONFLICT
            || self.is_one_of(&["201040001", "201040046", "201090001"])
    }

    /// The password of the meeting or the account is wrong.
    ///
    /// A meeting can also answer a wrong password with `MMC.111072065`, which means a missing meeting
    /// as well: [`is_conference_token_refused`](Self::is_conference_token_refused) asks for that one.
    #[must_use]
    pub fn is_wrong_password(&self) -> bool {
        self.is_one_of(&[
            "111070004",
            "111071091",
            "111072018",
            "206010000",
            "206030006",
            "112100012",
        ])
    }

    /// Too many wrong passwords: the meeting or the account is locked for a while.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.status == StatusCode::LOCKED
            || self.is_one_of(&[
                "111071052",
                "111071053",
                "111072064",
                "111081009",
                "112100019",
                "118000002",
                "206030015",
            ])
    }

    /// The account is disabled, or was never activated. Waiting does not help.
    #[must_use]
    pub fn is_account_disabled(&self) -> bool {
        self.status == StatusCode::PRECONDITION_FAILED || self.number() == "206010007"
    }

    /// The signature of an App ID login is wrong, or past its time: check the App Key, and the clock.
    #[must_use]
    pub fn is_signature_refused(&self) -> bool {
        self.is_one_of(&["206010025", "206010057"])
    }

    /// The meeting is not running: it has not started, or it has ended.
    #[must_use]
    pub fn is_not_running(&self) -> bool {
        self.is_one_of(&[
            "111071058",
            "111072003",
            "111072004",
            "111072005",
            "111072006",
            "111072015",
        ])
    }

    /// The participant is not in the meeting.
    #[must_use]
    pub fn is_unknown_participant(&self) -> bool {
        self.is_one_of(&["111072008", "111080004", "111082003", "112010003"])
    }

    /// Too many calls: wait and try again.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.status == StatusCode::TOO_MANY_REQUESTS
            || (self.code.starts_with("APIG") && self.number() == "0308")
            || self.number() == "100000429"
    }

    /// The access token is no longer good: it ended, or another login replaced it.
    ///
    /// Any status 401 counts that no login is to blame for. A call that carries a control token
    /// instead means that one.
    #[must_use]
    pub fn is_token_expired(&self) -> bool {
        // The service numbers what goes wrong in a login from 206010000 on.
        let is_login = self.number().starts_with("206010");
        self.status == StatusCode::UNAUTHORIZED && !is_login && !self.is_wrong_password()
            || self.is_one_of(&["206020000", "206020001", "206020002", "118000001"])
    }

    /// The control token is no longer good, or the meeting is gone: the service does not say which.
    /// To a call that carries a password instead, the same code says that it can be wrong.
    #[must_use]
    pub fn is_conference_token_refused(&self) -> bool {
        self.is_one_of(&["111072065", "111070111"])
    }

    /// The caller may not do this.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.status == StatusCode::FORBIDDEN
            || self.is_one_of(&[
                "111070002",
                "111070010",
                "111071063",
                "111072060",
                "111072070",
                "111072071",
                "111072110",
                "111074002",
                "111080002",
            ])
    }

    /// The service itself failed.
    #[must_use]
    pub fn is_server_fault(&self) -> bool {
        self.status.is_server_error()
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

/// One line: what was refused, by which status and code, why, and the id of the call.
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
    let text = String::from_utf8_lossy(without_bom(response.body()));
    if text.trim_start().starts_with(['<', '{', '[']) {
        String::new()
    } else {
        text.trim().to_owned()
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
