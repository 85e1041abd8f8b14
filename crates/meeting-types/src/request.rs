//! Writes an operation as a request, and reads it back.

use bytes::{Bytes, BytesMut};
use http::{
    HeaderName, HeaderValue, Uri,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
    uri::PathAndQuery,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::{
    Endpoint, OperationInfo, Problem, RequestError,
    credential::{
        ACCESS_HEADER, AuthorizationRef, CONFERENCE_HEADER, CONFERENCE_QUERY, conference_token,
    },
    schema::{
        Field, Format, Model, Place, ReadFailure, Value, WireInput, WireValue, check_body,
        check_parameter, check_text, read_json, write_body, write_json,
    },
    upload::{read_form, write_form},
};

/// The longest path and query that the `http` crate takes, in bytes.
const LONGEST_TARGET: i64 = 65_534;

const ACCESS_NAME: HeaderName = HeaderName::from_static(ACCESS_HEADER);
const CONFERENCE_NAME: HeaderName = HeaderName::from_static(CONFERENCE_HEADER);
const PASSWORD_NAME: HeaderName = HeaderName::from_static("x-password");

/// Writes any operation as a request: [`Operation::to_request`](crate::Operation::to_request) for
/// code that is not generic over the operation.
///
/// # Errors
///
/// [`RequestError`] names the first parameter that the service would refuse.
pub fn write_request(
    operation: &dyn Model,
    info: &'static OperationInfo,
    endpoint: &Endpoint,
    credential: AuthorizationRef<'_>,
) -> Result<http::Request<Bytes>, RequestError> {
    let fail = |parameter: &str, problem| RequestError::new(info.name, parameter, problem);
    let shape = operation.shape();
    let (name, wire, token) = match credential {
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
    if let AuthorizationRef::Conference(control) = credential {
        let field = Field::query(CONFERENCE_QUERY).required();
        let id = control.conference_id.as_str();
        check_text(&field, id).map_err(|problem| fail(CONFERENCE_QUERY, problem))?;
        query.push(CONFERENCE_QUERY, id);
    }
    for (index, field) in shape.fields.iter().enumerate() {
        if field.place != Place::Query {
            continue;
        }
        let slot = operation.slot(index);
        if !field.required && !slot.is_set() {
            continue;
        }
        let emit = slot.write(field.format);
        check_parameter(field, slot, &emit).map_err(|at| fail_at(info, field, at))?;
        if let WireValue::List(list) = emit {
            let mut index = 0;
            while let Some(item) = list.get(index) {
                if let Some(text) = item.write(field.format).into_text() {
                    query.push(field.wire, &text);
                }
                index += 1;
            }
        } else if let Some(text) = emit.into_text() {
            query.push(field.wire, &text);
        }
    }
    for (place, name, value) in info.constants {
        if *place == Place::Query {
            query.push(name, value);
        }
    }
    let (body, content_type) = match body_of(operation, info)? {
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
    for (index, field) in shape.fields.iter().enumerate() {
        if field.place == Place::Header {
            let slot = operation.slot(index);
            let emit = slot.write(field.format);
            check_parameter(field, slot, &emit).map_err(|at| fail_at(info, field, at))?;
            if let Some(text) = emit.into_text() {
                let value = header_value(&text, slot.is_secret(), &mut buffer)
                    .ok_or_else(|| fail(field.wire, Problem::ControlCharacter))?;
                let name =
                    header_name(field.wire).ok_or_else(|| fail(field.wire, Problem::NotAscii))?;
                headers.insert(name, value);
            }
        }
    }
    if let Some(name) = name {
        let field = Field::header(wire).required();
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

/// An error at `inside` of a parameter.
fn fail_at(
    info: &'static OperationInfo,
    field: &Field,
    (inside, problem): (String, Problem),
) -> RequestError {
    RequestError::new(info.name, format!("{}{inside}", field.wire), problem)
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
) -> Result<Option<(Bytes, HeaderValue)>, RequestError> {
    let fields = operation.shape().fields;
    if !fields.iter().any(|field| is_body(field.place)) {
        return Ok(None);
    }
    check_body(operation)
        .map_err(|(parameter, problem)| RequestError::new(info.name, parameter, problem))?;
    let mut parts = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        if let (Place::Part, WireValue::Upload(upload)) =
            (field.place, operation.slot(index).write(field.format))
        {
            parts.push((field.wire, upload));
        }
    }
    if !parts.is_empty() {
        let (body, content_type) = write_form(&parts);
        // The boundary is made of letters, digits and a hyphen.
        let content_type = HeaderValue::try_from(content_type)
            .map_err(|_| RequestError::new(info.name, "content type", Problem::NotAscii))?;
        return Ok(Some((body, content_type)));
    }
    let whole = fields
        .iter()
        .position(|field| field.place == Place::WholeBody);
    let json = match whole {
        Some(index) => write_json(operation.slot(index), fields[index].format),
        None => write_body(operation),
    };
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
    while let Some((before, after)) = rest.split_once('{') {
        target.extend_from_slice(before.as_bytes());
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        rest = after;
        let fail = |problem| RequestError::new(info.name, name, problem);
        let fields = operation.shape().fields;
        let index = fields
            .iter()
            .position(|field| field.place == Place::Path && field.wire == name)
            .ok_or_else(|| fail(Problem::Missing))?;
        let (field, slot) = (&fields[index], operation.slot(index));
        let emit = slot.write(field.format);
        check_parameter(field, slot, &emit).map_err(|at| fail_at(info, field, at))?;
        let text = emit.into_text().ok_or_else(|| fail(Problem::Missing))?;
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

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The query of a URL, decoded, in order.
pub(crate) fn query_of(uri: &Uri) -> Vec<(String, String)> {
    let parts = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(name), decode(&value.replace('+', " ")))
        })
        .collect()
}

/// Reads a request into `operation`.
pub(crate) fn read(
    operation: &mut dyn Model,
    info: &'static OperationInfo,
    request: &http::Request<Bytes>,
) -> Result<(), RequestError> {
    let fail = |parameter: &str| {
        // The whole body has no path of its own.
        let parameter = if parameter.is_empty() {
            "body"
        } else {
            parameter
        };
        RequestError::new(info.name, parameter, Problem::Missing)
    };
    let shape = operation.shape();
    let query = query_of(request.uri());
    let mut reads_body = false;
    for (index, field) in shape.fields.iter().enumerate() {
        let slot = operation.slot_mut(index);
        let filled = match field.place {
            Place::Path => path_parameter(info.path, request.uri().path(), field.wire)
                .is_some_and(|text| slot.read(WireInput::Text(&text), field.format)),
            Place::Query => {
                let values: Vec<_> = query
                    .iter()
                    .filter(|(name, _)| name == field.wire)
                    .map(|(_, v)| v)
                    .collect();
                read_texts(slot, &values, field.format)
            }
            Place::Header => request
                .headers()
                .get(field.wire)
                .and_then(|value| value.to_str().ok())
                .is_some_and(|text| read_header(slot, text, field)),
            Place::WholeBody => match read_json(request.body(), slot, field.format) {
                Ok(()) => true,
                Err(ReadFailure::Missing(path)) if field.required => return Err(fail(&path)),
                Err(_) => false,
            },
            Place::Part => {
                let content_type = request.headers().get(CONTENT_TYPE);
                let form = content_type.and_then(|value| value.to_str().ok());
                let file = form.and_then(|form| read_form(form, request.body(), field.wire));
                match (file, slot.upload()) {
                    (Some(file), Some(upload)) => {
                        *upload = file;
                        true
                    }
                    _ => false,
                }
            }
            Place::Body | Place::Rest => {
                reads_body = true;
                continue;
            }
        };
        if !filled {
            slot.clear();
            if field.required {
                return Err(fail(field.wire));
            }
        }
    }
    let needs_body = shape.required != 0;
    if reads_body && (needs_body || !request.body().is_empty()) {
        match read_json(request.body(), &mut Body(operation), Format::Plain) {
            Ok(()) => {}
            Err(ReadFailure::Missing(path)) => return Err(fail(&path)),
            Err(ReadFailure::Json(_) | ReadFailure::NotUtf8) => return Err(fail("body")),
        }
    }
    Ok(())
}

fn read_texts(slot: &mut dyn Value, values: &[&String], format: Format) -> bool {
    match values {
        [] => false,
        [value] => slot.read(WireInput::Text(value), format),
        [first, ..] => match slot.begin_list() {
            Some(list) => {
                for value in values {
                    if !list.push_default().read(WireInput::Text(value), format) {
                        list.pop();
                    }
                }
                true
            }
            None => slot.read(WireInput::Text(first), format),
        },
    }
}

/// A control token may be wrapped in `Basic` and Base64.
fn read_header(slot: &mut dyn Value, text: &str, field: &Field) -> bool {
    if field.wire.eq_ignore_ascii_case(CONFERENCE_HEADER) {
        return conference_token(text)
            .is_some_and(|token| slot.read(WireInput::Text(token.expose()), field.format));
    }
    slot.read(WireInput::Text(text), field.format)
}

/// Finds a path parameter. Counts from the end, because a gateway may put a prefix before the path.
fn path_parameter(template: &str, path: &str, wire: &str) -> Option<String> {
    let is_placeholder =
        |part: &str| part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) == Some(wire);
    let from_end = template.rsplit('/').position(is_placeholder)?;
    path.rsplit('/').nth(from_end).map(decode)
}

/// The body fields of an operation, as one value to read.
#[derive(Debug)]
struct Body<'a>(&'a mut dyn Model);

impl Value for Body<'_> {
    fn read(&mut self, _: WireInput<'_>, _: Format) -> bool {
        false
    }

    fn write(&self, _: Format) -> WireValue<'_> {
        WireValue::Object(&*self.0)
    }

    fn begin_object(&mut self) -> Option<&mut dyn Model> {
        Some(self.0)
    }
}

#[cfg(test)]
mod tests;
