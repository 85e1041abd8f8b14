//! A reply: the value, and all that came with it.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::{
    OperationError, OperationInfo, ResponseError, ResponseFault, ServiceError,
    error::{Verdict, stated, unread},
    schema::{
        Field, Format, Model, Observed, ReadFailure, Shape, Value, WireInput, WireValue, read_json,
        read_json_noting, write_json,
    },
};

pub(crate) const JSON: &str = "application/json;charset=UTF-8";

/// A successful reply: the value, and the status, headers and body around it.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    response: http::Response<Bytes>,
}

impl<T> Response<T> {
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
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
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
    let fault = |fault| OperationError::from(ResponseError::new(info.name, response, fault));
    let refusal = || OperationError::from(ServiceError::from_response(info.name, response));
    if status.is_redirection() {
        return Err(fault(ResponseFault::Redirect));
    }
    if !status.is_success() {
        return Err(refusal());
    }
    let body = without_bom(response.body());
    let is_html = body.trim_ascii_start().starts_with(b"<");
    // Where no value is expected, it could be a refusal as well.
    if let Some(unread) = unread(response).filter(|_| !is_html) {
        return Err(fault(unread));
    }
    if nothing_expected {
        return match body.trim_ascii_start().first() {
            Some(b'{') if Verdict::read_outermost(body).is_refusal() => Err(refusal()),
            // Not from the service, so nobody knows whether it ever saw the call.
            Some(b'<') => Err(fault(ResponseFault::Html)),
            _ => Ok(()),
        };
    }
    let mut noticed = Observed::default();
    let mut read = read_json_noting(body, value, Format::Plain, &mut noticed);
    if noticed.verdict {
        let verdict = Verdict::read_outermost(body);
        if verdict.is_refusal() {
            return Err(refusal());
        }
        let misread = noticed.foreign_data || matches!(read, Err(ReadFailure::Missing(_)));
        if misread && verdict.has_return_code() {
            match read_json(body, &mut Envelope(value), Format::Plain) {
                Err(ReadFailure::Missing(path)) if path == ENVELOPED => {}
                within => read = within,
            }
        }
    }
    read.map_err(|failure| {
        fault(match (failure, body.trim_ascii_start().first()) {
            (ReadFailure::Missing(path), _) => ResponseFault::Missing(path),
            (_, None) => ResponseFault::Empty,
            (_, Some(b'<')) => ResponseFault::Html,
            (ReadFailure::NotUtf8, _) => {
                stated(response.headers()).unwrap_or(ResponseFault::NotUtf8)
            }
            // The reader names a position and a kind of fault, never the text.
            (ReadFailure::Json(error), _) => stated(response.headers())
                .unwrap_or_else(|| ResponseFault::NotJson(error.to_string())),
        })
    })
}

/// The body without the mark that some writers put before UTF-8.
pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// The object that one deployment wraps around every value: `{"returnCode": 0, "data": …}`.
#[derive(Debug)]
struct Envelope<'a>(&'a mut dyn Value);

const ENVELOPED: &str = "data";

impl Model for Envelope<'_> {
    fn shape(&self) -> &'static Shape {
        const FIELDS: &[Field] = &[Field::body(ENVELOPED).named(ENVELOPED).required()];
        const SHAPE: &Shape = &Shape::new("Envelope", FIELDS);
        SHAPE
    }

    fn slot(&self, _: usize) -> &dyn Value {
        &*self.0
    }

    fn slot_mut(&mut self, _: usize) -> &mut dyn Value {
        &mut *self.0
    }
}

impl Value for Envelope<'_> {
    fn read(&mut self, _: WireInput<'_>, _: Format) -> bool {
        false
    }

    fn write(&self, _: Format) -> WireValue<'_> {
        WireValue::Object(self)
    }

    fn begin_object(&mut self) -> Option<&mut dyn Model> {
        Some(self)
    }
}

/// Writes a reply with status 200.
pub(crate) fn write(value: &dyn Value) -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::from(write_json(value, Format::Plain)));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
    response
}
