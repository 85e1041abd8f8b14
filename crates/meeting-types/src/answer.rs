//! A reply: the value, and all that came with it.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::{
    OperationError, OperationInfo, ReplyError, ReplyFault, ServiceError,
    error::Verdict,
    schema::{Format, ReadFailure, Value, read_json, write_json},
};

pub(crate) const JSON: &str = "application/json;charset=UTF-8";

/// A successful reply: the value, and the status, headers and body around it.
#[derive(Clone)]
pub struct Answer<T> {
    value: T,
    response: http::Response<Bytes>,
}

impl<T> Answer<T> {
    pub(crate) fn new(value: T, response: http::Response<Bytes>) -> Self {
        Self { value, response }
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value, without the rest.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The id under which the service logged the call.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        request_id(self.response.headers())
    }

    /// The body as it came, with the fields that this version does not know. It may hold secrets.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        self.response.body()
    }
}

/// Prints the value by its own rules, and neither headers nor body.
impl<T: fmt::Debug> fmt::Debug for Answer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status().as_u16())
            .field("request_id", &self.request_id())
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

/// The id that the service gave the call, under any of the names that it uses.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    ["x-request-id", "requestid"]
        .into_iter()
        .find_map(|name| headers.get(name)?.to_str().ok())
}

/// Reads a reply into `value`.
pub(crate) fn read(
    info: &'static OperationInfo,
    response: &http::Response<Bytes>,
    value: &mut dyn Value,
    nothing_expected: bool,
) -> Result<(), OperationError> {
    let status = response.status();
    let fault = |fault| OperationError::from(ReplyError::new(info.name, response, fault));
    if status.is_client_error() || status.is_server_error() {
        return Err(ServiceError::from_response(info.name, response).into());
    }
    if !status.is_success() {
        return Err(fault(ReplyFault::Redirect));
    }
    let body = response
        .body()
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(response.body());
    if may_refuse(body) && Verdict::read(body).is_refusal() {
        return Err(ServiceError::from_response(info.name, response).into());
    }
    if nothing_expected {
        return Ok(());
    }
    if body.trim_ascii().is_empty() {
        return Err(fault(ReplyFault::Empty));
    }
    match read_json(body, value, Format::Plain) {
        Ok(()) => Ok(()),
        // One deployment wraps every value: {"returnCode": 0, "data": {…}}.
        Err(ReadFailure::Missing(path)) => match wrapped(body) {
            Some(inner) if read_json(inner.as_bytes(), value, Format::Plain).is_ok() => Ok(()),
            _ => Err(fault(ReplyFault::Missing(path))),
        },
        Err(ReadFailure::Json(error)) => Err(fault(json_fault(body, &error))),
    }
}

fn json_fault(body: &[u8], error: &serde_json::Error) -> ReplyFault {
    if body.trim_ascii_start().starts_with(b"<") {
        ReplyFault::Html
    } else if std::str::from_utf8(body).is_err() {
        ReplyFault::NotUtf8
    } else {
        // The reader names a position and a kind of fault, never the text.
        ReplyFault::NotJson(error.to_string())
    }
}

/// Whether a look at the verdict is worth its time: the keys of a refusal stand near the start or,
/// in a short body, anywhere.
fn may_refuse(body: &[u8]) -> bool {
    let start = &body[..body.len().min(512)];
    let has = |key: &[u8]| start.windows(key.len()).any(|window| window == key);
    start.contains(&b'{')
        && (has(b"eturnCode\"") || has(b"rror_code\"") || has(b"rrorCode\"") || has(b"\"code\""))
}

fn wrapped(body: &[u8]) -> Option<String> {
    let outer: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(body).ok()?;
    outer.contains_key("returnCode").then_some(())?;
    outer
        .get("data")
        .filter(|data| data.is_object())
        .map(ToString::to_string)
}

/// Writes a reply with status 200.
pub(crate) fn write(value: &dyn Value) -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::from(write_json(value, Format::Plain)));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
    response
}
