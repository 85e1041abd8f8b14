//! What all responses have in common.

use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::state::{State, request_log::RequestRecord};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the response its request id, and the log its record.
pub(crate) fn note<B>(
    state: &mut State,
    mut record: RequestRecord,
    headers: &HeaderMap,
    response: &mut http::Response<B>,
) {
    let id = headers.get(REQUEST_ID).cloned().unwrap_or_else(|| {
        // Hexadecimal digits are characters that a header takes.
        HeaderValue::from_str(&state.random.hex(32)).unwrap_or(HeaderValue::from_static("-"))
    });
    record.request_id = String::from_utf8_lossy(id.as_bytes()).into_owned();
    record.status = response.status();
    response.headers_mut().insert(REQUEST_ID, id);
    state.log.add(record);
}

/// A response without a body.
pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
