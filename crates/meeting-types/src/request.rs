//! Writer of operations as requests.

#[cfg(any(feature = "server", test))]
mod read;

use bytes::{Bytes, BytesMut};
use http::{
    HeaderName, HeaderValue,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
    uri::PathAndQuery,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

#[cfg(any(feature = "server", test))]
pub(crate) use self::read::{query_of, read};
use crate::{
    Endpoint, OperationInfo, Problem, RequestError,
    credential::{ACCESS_HEADER, AuthorizationRef, CONFERENCE_HEADER, CONFERENCE_QUERY},
    extra::place::{self, Extra},
    schema::{
        Field, Kind, Model, Place, WireValue, check_model, check_text, write_body, write_json,
    },
    upload::write_form,
};

/// The longest path and query that the `http` crate takes, in bytes.
pub(crate) const LONGEST_TARGET: i64 = 65_534;

const ACCESS_NAME: HeaderName = HeaderName::from_static(ACCESS_HEADER);
const CONFERENCE_NAME: HeaderName = HeaderName::from_static(CONFERENCE_HEADER);
const PASSWORD_NAME: HeaderName = HeaderName::from_static("x-password");

/// Checks an operation: [`Operation::validate`](crate::Operation::validate) for code that is not
/// generic over the operation.
///
/// # Errors
///
/// [`RequestError`] names the first parameter that the service would refuse, or that asks for what is
/// seldom meant.
pub fn validate(operation: &dyn Model, info: &'static OperationInfo) -> Result<(), RequestError> {
    check_model(operation, true).map_err(|unfit| RequestError::of(info, unfit))
}

/// Writes any operation as a request: [`Operation::to_request`](crate::Operation::to_request) for
/// code that is not generic over the operation.
///
/// # Errors
///
/// [`RequestError`], as of [`validate`].
pub fn write_request(
    operation: &dyn Model,
    info: &'static OperationInfo,
    endpoint: &Endpoint,
    authorization: AuthorizationRef<'_>,
) -> Result<http::Request<Bytes>, RequestError> {
    write(operation, info, endpoint, authorization, &[])
}

pub(crate) fn write(
    operation: &dyn Model,
    info: &'static OperationInfo,
    endpoint: &Endpoint,
    authorization: AuthorizationRef<'_>,
    extras: &[Extra],
) -> Result<http::Request<Bytes>, RequestError> {
    validate(operation, info)?;
    write_unchecked(operation, info, endpoint, authorization, extras)
}

/// Writes a request without checking its parameters.
pub(crate) fn write_unchecked(
    operation: &dyn Model,
    info: &'static OperationInfo,
    endpoint: &Endpoint,
    authorization: AuthorizationRef<'_>,
    extras: &[Extra],
) -> Result<http::Request<Bytes>, RequestError> {
    let extras = match extras {
        [] => None,
        extras => Some(place::place(operation, info, extras)?),
    };
    let fail = |parameter: &str, problem| RequestError::new(info.name, parameter, problem);
    let shape = operation.shape();
    let (name, wire, token) = match authorization {
        AuthorizationRef::Nothing => (None, "", ""),
        AuthorizationRef::Access(token) => (Some(ACCESS_NAME), "X-Access-Token", token.expose()),
        AuthorizationRef::Conference(control) => (
            Some(CONFERENCE_NAME),
            "X-Conference-Authorization",
            control.token.expose(),
        ),
    };
    // The target and the texts of headers share one buffer: what is cut off it costs nothing, and
    // neither do the clones that HTTP libraries make.
    let room = endpoint.prefix().len() + info.path.len() + token.len() + 96;
    let mut buffer = BytesMut::with_capacity(room);
    buffer.extend_from_slice(endpoint.prefix().as_bytes());
    write_path(operation, info, &mut buffer)?;

    let mut query = Query {
        target: &mut buffer,
        separator: b'?',
    };
    if let AuthorizationRef::Conference(control) = authorization {
        let field = Field::query(CONFERENCE_QUERY, Kind::Text).required();
        let id = control.conference_id.as_str();
        check_text(&field, id).map_err(|problem| fail(CONFERENCE_QUERY, problem))?;
        query.push(CONFERENCE_QUERY, id);
    }
    for (field, slot) in operation.slots_in(Place::Query) {
        if !field.required && !slot.is_set() {
            continue;
        }
        let value = slot.write(field.format);
        if let WireValue::List(list) = value {
            let items = (0..list.len()).filter_map(|index| list.get(index));
            for text in items.filter_map(|item| item.write(field.format).into_text()) {
                query.push(field.wire, &text);
            }
        } else if let Some(text) = value.into_text() {
            query.push(field.wire, &text);
        }
    }
    for (name, text) in extras.iter().flat_map(|extras| &extras.query) {
        query.push(name, text);
    }
    for (place, name, value) in info.constants {
        if *place == Place::Query {
            query.push(name, value);
        }
    }
    let (body, content_type) = match body_of(
        operation,
        info,
        extras.as_ref().map_or(&[], |extras| &extras.body),
    )? {
        Some((body, content_type)) => (body, Some(content_type)),
        None => (Bytes::new(), None),
    };

    // The path begins with a slash, and both writers leave nothing but URL characters, so that only
    // the length can be wrong.
    let max = LONGEST_TARGET;
    let target = PathAndQuery::from_maybe_shared(buffer.split().freeze())
        .map_err(|_| fail("URL", Problem::TooLong { max }))?;
    let mut request = http::Request::new(body);
    *request.method_mut() = info.method.clone();
    *request.uri_mut() = endpoint.uri(target);
    let headers = request.headers_mut();
    let in_header = |field: &&Field| field.place == Place::Header;
    let own = shape.fields.iter().filter(in_header).count() + info.constants.len();
    let known = 1 + usize::from(content_type.is_some()) + usize::from(name.is_some());
    // The client adds three of its own, and the transport below it the host. One place stays free:
    // without it, a map grows when it is only looked into.
    headers.reserve(own + known + 5);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if let Some(content_type) = content_type {
        headers.insert(CONTENT_TYPE, content_type);
    }
    for (place, name, value) in info.constants {
        if *place == Place::Header {
            let name = header_name(name).ok_or_else(|| fail(name, Problem::NotAscii))?;
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    for (field, slot) in operation.slots_in(Place::Header) {
        if let Some(text) = slot.write(field.format).into_text() {
            let value = header_value(&text, field.kind.is_secret(), &mut buffer)
                .ok_or_else(|| fail(field.wire, Problem::ControlCharacter))?;
            let name =
                header_name(field.wire).ok_or_else(|| fail(field.wire, Problem::NotAscii))?;
            headers.insert(name, value);
        }
    }
    if let Some(name) = name {
        let field = Field::header(wire, Kind::Text).required();
        check_text(&field, token).map_err(|problem| fail(wire, problem))?;
        let value = header_value(token, true, &mut buffer)
            .ok_or_else(|| fail(wire, Problem::ControlCharacter))?;
        headers.insert(name, value);
    }
    Ok(request)
}

fn is_body(place: Place) -> bool {
    matches!(place, Place::Body | Place::WholeBody | Place::Part)
}

/// The name of a header. Those that many operations have cost no allocation.
fn header_name(wire: &str) -> Option<HeaderName> {
    Some(match wire {
        "Authorization" => AUTHORIZATION,
        "X-Password" => PASSWORD_NAME,
        "X-Access-Token" => ACCESS_NAME,
        "X-Conference-Authorization" => CONFERENCE_NAME,
        wire => HeaderName::from_bytes(wire.as_bytes()).ok()?,
    })
}

/// The value of a header, cut off `buffer`.
fn header_value(text: &str, secret: bool, buffer: &mut BytesMut) -> Option<HeaderValue> {
    buffer.extend_from_slice(text.as_bytes());
    let mut value = HeaderValue::from_maybe_shared(buffer.split().freeze()).ok()?;
    value.set_sensitive(secret);
    Some(value)
}

/// The body and its content type.
fn body_of(
    operation: &dyn Model,
    info: &'static OperationInfo,
    extras: &[&Extra],
) -> Result<Option<(Bytes, HeaderValue)>, RequestError> {
    let fields = operation.shape().fields;
    if extras.is_empty() && !fields.iter().any(|field| is_body(field.place)) {
        return Ok(None);
    }
    let mut parts = Vec::new();
    let mut whole = None;
    for (field, slot) in operation.slots() {
        match field.place {
            Place::Part => parts.extend(slot.as_file().map(|file| (field.wire, file))),
            Place::WholeBody => whole = Some((field, slot)),
            _ => {}
        }
    }
    if !parts.is_empty() {
        let (body, content_type) = write_form(&parts);
        // The boundary is made of letters, digits and a hyphen.
        let content_type = HeaderValue::try_from(content_type)
            .map_err(|_| RequestError::new(info.name, "content type", Problem::NotAscii))?;
        return Ok(Some((body, content_type)));
    }
    let mut json = match whole {
        Some((field, slot)) => write_json(slot, field.format),
        None => write_body(operation),
    };
    if !extras.is_empty() {
        json = place::merge(&json, extras)
            .map_err(|(name, problem)| RequestError::new(info.name, name, problem))?;
    }
    let content_type = HeaderValue::from_static("application/json; charset=UTF-8");
    Ok(Some((json.into(), content_type)))
}

/// Fills the placeholders of the path.
fn write_path(
    operation: &dyn Model,
    info: &'static OperationInfo,
    target: &mut BytesMut,
) -> Result<(), RequestError> {
    let mut rest = info.path;
    if operation.slots_in(Place::Path).next().is_none() {
        target.extend_from_slice(rest.as_bytes());
        return Ok(());
    }
    while let Some((before, after)) = rest.split_once('{') {
        target.extend_from_slice(before.as_bytes());
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        rest = after;
        let fail = |problem| RequestError::new(info.name, name, problem);
        let (field, slot) = operation
            .slots_in(Place::Path)
            .find(|(field, _)| field.wire == name)
            .ok_or_else(|| fail(Problem::Missing))?;
        let text = slot.write(field.format).into_text();
        let text = text.ok_or_else(|| fail(Problem::Missing))?;
        encode(&text, target);
    }
    target.extend_from_slice(rest.as_bytes());
    Ok(())
}

struct Query<'a> {
    target: &'a mut BytesMut,
    separator: u8,
}

impl Query<'_> {
    fn push(&mut self, name: &str, value: &str) {
        self.target.extend_from_slice(&[self.separator]);
        self.separator = b'&';
        encode(name, self.target);
        self.target.extend_from_slice(b"=");
        encode(value, self.target);
    }
}

/// What stands bare in a URL: the characters that RFC 3986 calls unreserved.
pub(crate) const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Text as it may stand in a URL.
pub(crate) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

fn encode(text: &str, target: &mut BytesMut) {
    // Ids and names of parameters stand as they are.
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        target.extend_from_slice(text.as_bytes());
        return;
    }
    for piece in utf8_percent_encode(text, ESCAPED) {
        target.extend_from_slice(piece.as_bytes());
    }
}

#[cfg(test)]
mod tests;
