//! Response of the service: the value, and the HTTP response that it came in.

mod left_out;
mod misplaced;
pub(crate) mod parts;

use std::{borrow::Cow, fmt};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

pub use self::left_out::LeftOut;
use self::parts::{request_id, without_bom};
use crate::{
    OperationError, OperationInfo, Output, ResponseError, ResponseFault, ServiceError,
    error::{Verdict, stated, unread},
    schema::{Empty, Format, Kind, Observed, ReadFailure, Value, read_json, repair},
};

/// Successful response: the value, and the status, headers and body around it.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    response: http::Response<Bytes>,
    left_out: Option<Box<LeftOut>>,
}

impl<T> Response<T> {
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

    /// Summary of what the value does not hold, though the body does: values that do not fit their
    /// fields, items that cannot be read. Fields that this version does not know are not told.
    #[must_use]
    pub fn left_out(&self) -> &LeftOut {
        self.left_out.as_deref().unwrap_or(LeftOut::NOTHING)
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

/// Reads a response into a value.
pub(crate) fn read<T: Output>(
    info: &'static OperationInfo,
    response: http::Response<Bytes>,
) -> Result<Response<T>, OperationError> {
    let mut slot = T::Slot::empty();
    let left_out = read_value(info, &response, &mut slot, &T::Slot::KIND)?;
    let value = T::from_slot(slot).ok_or_else(|| {
        let fault = ResponseFault::Missing(String::new());
        ResponseError::new(info.name, &response, fault)
    })?;
    Ok(Response {
        value,
        response,
        left_out,
    })
}

/// Passes a response on as it came, unless it is a refusal or a redirect.
pub(crate) fn accept_raw(
    response: http::Response<Bytes>,
) -> Result<http::Response<Bytes>, OperationError> {
    let mut nothing = ();
    read_value(OperationInfo::RAW, &response, &mut nothing, &Kind::Nothing)?;
    Ok(response)
}

fn read_value(
    info: &'static OperationInfo,
    response: &http::Response<Bytes>,
    value: &mut dyn Value,
    kind: &'static Kind,
) -> Result<Option<Box<LeftOut>>, OperationError> {
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
    if matches!(kind, Kind::Nothing) {
        return match body.trim_ascii_start().first() {
            None => Ok(None),
            // Not from the service, so nobody knows whether it ever saw the call.
            Some(b'<') => Err(fault(ResponseFault::Html)),
            Some(_) if Verdict::read_outermost(body).is_refusal() => Err(refusal()),
            Some(_) => Ok(None),
        };
    }
    let mut observed = Observed::default();
    let mut read = read_json(body, value, kind, Format::Plain, &mut observed);
    let mut text = Cow::Borrowed(body);
    let mut mends = Vec::new();
    let mut broken = None;
    if matches!(read, Err(ReadFailure::NotUtf8 | ReadFailure::Json(_))) {
        match repair(body) {
            // Well-formed, so that there is another reason.
            Ok(repaired) if repaired.mends.is_empty() => {}
            Ok(repaired) => {
                misplaced::reset(value);
                observed = Observed::default();
                text = Cow::Owned(repaired.text.into_owned().into_bytes());
                read = read_json(&text, value, kind, Format::Plain, &mut observed);
                mends = repaired.mends;
            }
            Err(place) => broken = Some(place),
        }
    }
    if observed.verdict && Verdict::read_outermost(&text).is_refusal() {
        return Err(refusal());
    }
    let is_strange = match &read {
        Ok(()) => !observed.recognised && (observed.unknown || observed.has_left_out()),
        Err(ReadFailure::Missing(_)) => true,
        Err(_) => false,
    };
    if is_strange {
        match misplaced::read(&text, value, kind) {
            Some(Ok(found)) => {
                observed = found;
                read = Ok(());
            }
            Some(Err(path)) => read = Err(ReadFailure::Missing(path)),
            None if read.is_ok() && !observed.known => {
                return Err(fault(ResponseFault::Unrecognised));
            }
            None => {}
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
            (ReadFailure::Json(error), _) => stated(response.headers()).unwrap_or_else(|| {
                // The place that could not be mended, where there was more than one.
                let reason = broken.map_or_else(|| error.to_string(), |broken| broken.to_string());
                ResponseFault::NotJson(reason)
            }),
        })
    })?;
    if value
        .as_list()
        .is_some_and(|list| list.len() < info.least_items)
    {
        return Err(fault(ResponseFault::TooFew {
            least: info.least_items,
        }));
    }
    Ok(observed.into_left_out(mends).map(Box::new))
}

/// Writes a response with status 200.
#[cfg(feature = "server")]
pub(crate) fn write(value: &dyn Value) -> http::Response<Bytes> {
    let mut response =
        http::Response::new(Bytes::from(crate::schema::write_json(value, Format::Plain)));
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static(parts::JSON),
    );
    response
}
