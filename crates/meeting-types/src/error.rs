//! Errors by phase: building a request, the service's refusal, reading a reply.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};

pub use crate::schema::Problem;
use crate::{
    answer::request_id,
    schema::{Field, Format, operation_table, read_json},
};

/// A parameter that the service would refuse. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestError {
    operation: &'static str,
    parameter: String,
    problem: Problem,
}

impl RequestError {
    pub(crate) fn new(
        operation: &'static str,
        parameter: impl Into<String>,
        problem: Problem,
    ) -> Self {
        Self {
            operation,
            parameter: parameter.into(),
            problem,
        }
    }

    /// The operation.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The parameter by its wire name, with the way to it: `attendees[2].name`.
    #[must_use]
    pub fn parameter(&self) -> &str {
        &self.parameter
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        self.problem
    }
}

/// Names the operation, the parameter and the fault, never the value.
impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: `{}` {}",
            self.operation, self.parameter, self.problem
        )
    }
}

impl std::error::Error for RequestError {}

/// Why a reply has no value.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    /// The service refused.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The reply cannot be read.
    #[error(transparent)]
    Reply(#[from] ReplyError),
}

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
            || self.is_one_of(&["111070005", "111070006", "201040000"])
    }

    /// The password of the meeting or the account is wrong.
    #[must_use]
    pub fn is_wrong_password(&self) -> bool {
        self.is_one_of(&["111070004", "111071091", "206010000"])
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
                "206030015",
            ])
    }

    /// The meeting is not running: it has not started, or it has ended.
    #[must_use]
    pub fn is_not_running(&self) -> bool {
        self.is_one_of(&["111072003", "111072004", "111072005", "111072006"])
    }

    /// The participant is not in the meeting.
    #[must_use]
    pub fn is_unknown_participant(&self) -> bool {
        self.number() == "111072008"
    }

    /// Too many calls: wait and try again.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.status == StatusCode::TOO_MANY_REQUESTS
            || self.code == "APIG.0308"
            || self.number() == "100000429"
    }

    /// The access token is no longer good: it ended, or another login replaced it.
    #[must_use]
    pub fn is_token_expired(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED && !self.is_wrong_password()
            || self.is_one_of(&["206020000", "206020001", "206020002", "118000001"])
    }

    /// The control token is no longer good, or the meeting is gone: the service does not say which.
    #[must_use]
    pub fn is_conference_token_refused(&self) -> bool {
        self.is_one_of(&["111072065", "111070111"])
    }

    /// The caller may not do this.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.status == StatusCode::FORBIDDEN
            || self.is_one_of(&["111070002", "111072070", "111072071"])
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
            code: verdict
                .code()
                .map_or_else(|| status.as_u16().to_string(), str::to_owned),
            message: shortened(&message),
            request_id: request_id(response.headers())
                .map(str::to_owned)
                .or_else(|| verdict.request_id.clone()),
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
            self.code
        )?;
        if !self.message.is_empty() {
            write!(f, ": {}", self.message.escape_debug())?;
        }
        if let Some(id) = &self.request_id {
            write!(f, " (request id {})", id.escape_debug())?;
        }
        Ok(())
    }
}

impl fmt::Debug for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServiceError({self})")
    }
}

impl std::error::Error for ServiceError {}

/// The keys in which the service says that a call went wrong, in the order in which they count.
#[derive(Default)]
pub(crate) struct Verdict {
    error_code: Option<String>,
    error_msg: Option<String>,
    error_code_camel: Option<String>,
    error_message: Option<String>,
    return_code: Option<String>,
    return_desc: Option<String>,
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
}

operation_table! { Verdict {
    0 error_code = Field::body("error_code");
    1 error_msg = Field::body("error_msg");
    2 error_code_camel = Field::body("errorCode");
    3 error_message = Field::body("errorMessage");
    4 return_code = Field::body("returnCode");
    5 return_desc = Field::body("returnDesc").also(&["returnDesc "]);
    6 code = Field::body("code");
    7 message = Field::body("message");
    8 request_id = Field::body("request_id");
} }

/// A verdict one level deep in the body, where some gateways put it.
struct Nested(Verdict);

impl crate::schema::Value for Nested {
    fn accept(&mut self, _: crate::schema::Scalar<'_>, _: Format) -> bool {
        false
    }

    fn emit(&self, _: Format) -> crate::schema::Emit<'_> {
        crate::schema::Emit::Object(&self.0)
    }

    fn object(&mut self) -> Option<&mut dyn crate::schema::Model> {
        Some(&mut self.0)
    }
}

impl fmt::Debug for Nested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Verdict {
    pub(crate) fn read(body: &[u8]) -> Self {
        let mut nested = Nested(Self::default());
        // A body that is not JSON has no verdict in it.
        if read_json(body, &mut nested, Format::Plain).is_err() {
            return Self::default();
        }
        if nested.0.code().is_none()
            && nested.0.message().is_empty()
            && let Some(inner) = Self::read_inner(body)
        {
            return inner;
        }
        nested.0
    }

    fn read_inner(body: &[u8]) -> Option<Self> {
        let outer: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(body).ok()?;
        outer
            .values()
            .filter(|value| value.is_object())
            .find_map(|value| {
                let mut nested = Nested(Self::default());
                read_json(value.to_string().as_bytes(), &mut nested, Format::Plain).ok()?;
                nested.0.code().is_some().then_some(nested.0)
            })
    }

    fn code(&self) -> Option<&str> {
        [
            &self.error_code,
            &self.error_code_camel,
            &self.return_code,
            &self.code,
        ]
        .into_iter()
        .find_map(|code| code.as_deref().filter(|code| !code.is_empty()))
    }

    fn message(&self) -> &str {
        [
            &self.error_msg,
            &self.error_message,
            &self.return_desc,
            &self.message,
        ]
        .into_iter()
        .find_map(|text| text.as_deref().filter(|text| !text.is_empty()))
        .unwrap_or_default()
    }

    /// Whether a reply with a good status is a refusal nonetheless.
    ///
    /// `code` and `message` are such common names that they count only as a pair.
    pub(crate) fn is_refusal(&self) -> bool {
        let refused = |code: &Option<String>| {
            code.as_deref()
                .is_some_and(|code| !matches!(code, "" | "0" | "200" | "null"))
        };
        refused(&self.error_code)
            || refused(&self.error_code_camel)
            || refused(&self.return_code)
            || (refused(&self.code) && self.message.is_some())
    }
}

/// The text of a body that is not JSON, if a person can read it.
fn plain_text(response: &http::Response<Bytes>) -> String {
    let text = String::from_utf8_lossy(response.body());
    if text.trim_start().starts_with(['<', '{', '[']) {
        String::new()
    } else {
        text.trim().to_owned()
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(1024).collect()
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

/// A reply that arrived and cannot be read.
#[derive(Clone)]
pub struct ReplyError {
    // In a box, so that results stay small.
    parts: Box<ReplyParts>,
}

#[derive(Clone)]
struct ReplyParts {
    operation: &'static str,
    status: StatusCode,
    fault: ReplyFault,
    content_type: Option<String>,
    request_id: Option<String>,
    body: Bytes,
}

/// What is wrong with a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplyFault {
    /// A redirect. It is not followed, because it would take a credential to another place.
    Redirect,
    /// Nothing where a value is expected.
    Empty,
    /// A page for people, most likely of a proxy on the way.
    Html,
    /// The text is not in UTF-8.
    NotUtf8,
    /// Not JSON, or cut short: what the JSON reader said.
    NotJson(String),
    /// A field without which the reply is useless is missing: the way to it.
    Missing(String),
}

impl fmt::Display for ReplyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Redirect => f.write_str("a redirect, which is not followed"),
            Self::Empty => f.write_str("an empty reply where a value is expected"),
            Self::Html => f.write_str("HTML instead of JSON: is a proxy in the way?"),
            Self::NotUtf8 => f.write_str("text that is not UTF-8"),
            Self::NotJson(reason) => write!(f, "no valid JSON: {reason}"),
            Self::Missing(path) => write!(f, "no usable `{path}`"),
        }
    }
}

impl ReplyError {
    pub(crate) fn new(
        operation: &'static str,
        response: &http::Response<Bytes>,
        fault: ReplyFault,
    ) -> Self {
        let content_type = response.headers().get(header::CONTENT_TYPE);
        let parts = ReplyParts {
            operation,
            status: response.status(),
            fault,
            content_type: content_type
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
            request_id: request_id(response.headers()).map(str::to_owned),
            body: response.body().clone(),
        };
        Self {
            parts: Box::new(parts),
        }
    }

    /// The operation.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.parts.operation
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.parts.status
    }

    /// What is wrong.
    #[must_use]
    pub fn fault(&self) -> &ReplyFault {
        &self.parts.fault
    }

    /// The content type that the reply claims.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.parts.content_type.as_deref()
    }

    /// The id under which the service logged the call.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.parts.request_id.as_deref()
    }

    /// The reply as it came. It may hold secrets.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.parts.body
    }
}

/// One line, without anything from the body.
impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} answered status {} with {}",
            self.parts.operation,
            self.parts.status.as_u16(),
            self.parts.fault
        )?;
        if let Some(id) = &self.parts.request_id {
            write!(f, " (request id {})", id.escape_debug())?;
        }
        Ok(())
    }
}

impl fmt::Debug for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReplyError({self}; {} bytes)", self.parts.body.len())
    }
}

impl std::error::Error for ReplyError {}
