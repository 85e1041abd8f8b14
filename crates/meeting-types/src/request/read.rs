//! Strict reader of requests, for a server.
//!
//! A value that is there and not in a form that the service documents is a fault, and so is what
//! breaks a limit or a rule of the service. Unknown parameters are skipped, unknown values of open
//! enums are taken, and what only clients refuse passes.

use std::borrow::Cow;

use bytes::Bytes;
use http::{Uri, header::CONTENT_TYPE};
use percent_encoding::percent_decode_str;

use crate::{
    OperationInfo, Problem, RequestError,
    credential::{CONFERENCE_HEADER, conference_token},
    schema::{
        Content, Field, Format, Kind, Model, Observed, Part, Place, ReadFailure, Unfit, Value,
        WireInput, WireValue, check_model, read_json, strict,
    },
    upload::read_form,
};

/// Reads a request into `operation`.
pub(crate) fn read(
    operation: &mut dyn Model,
    info: &'static OperationInfo,
    request: &http::Request<Bytes>,
) -> Result<(), RequestError> {
    read_parameters(operation, info, request)
        .and_then(|()| check_model(operation, false))
        .map_err(|unfit| RequestError::of(info, unfit))
}

fn read_parameters(
    operation: &mut dyn Model,
    info: &'static OperationInfo,
    request: &http::Request<Bytes>,
) -> Result<(), Unfit> {
    let shape = operation.shape();
    let query: Vec<(String, &str)> = query_parts(request.uri()).collect();
    let mut reads_body = false;
    for (index, field) in shape.fields.iter().enumerate() {
        let Some(slot) = operation.slot_mut(index) else {
            continue;
        };
        let filled = match field.place {
            Place::Path => match path_parameter(info.path, request.uri().path(), field.wire) {
                Some(text) => read_text(slot, field, &decode(field, text)?)?,
                None => false,
            },
            Place::Query => {
                let values = query.iter().filter(|(name, _)| name == field.wire);
                let values: Vec<String> = values
                    .map(|(_, value)| decode(field, &value.replace('+', " ")).map(Cow::into_owned))
                    .collect::<Result<_, _>>()?;
                read_query(slot, field, &values)?
            }
            Place::Header => read_header(slot, field, request)?,
            Place::WholeBody => read_whole_body(slot, field, request.body())?,
            Place::Part => read_part(slot, field, request),
            Place::Body | Place::Rest => {
                reads_body = true;
                continue;
            }
        };
        if !filled {
            slot.clear();
            if field.required {
                return Err(Unfit::new(field.wire, Problem::Missing));
            }
        }
    }
    let needs_body = shape.required != 0;
    if reads_body && (needs_body || !request.body().is_empty()) {
        let kind = Kind::Object(shape);
        read_body(request.body(), &mut Body(operation), &kind, Format::Plain)?;
    }
    Ok(())
}

/// Reads one text of the URL or of a header.
fn read_text(slot: &mut dyn Value, field: &Field, text: &str) -> Result<bool, Unfit> {
    let input = WireInput::Text(text);
    let taken = slot.read(input, field.format);
    match strict::reading(&field.kind, field.format, input, slot, taken) {
        strict::Reading::Fits => Ok(true),
        strict::Reading::Absent => Ok(false),
        strict::Reading::Unreadable => Err(unreadable(field)),
    }
}

fn unreadable(field: &Field) -> Unfit {
    let expected = strict::expected(&field.kind, field.format);
    Unfit::new(field.wire, Problem::Unreadable { expected })
}

fn read_query(slot: &mut dyn Value, field: &Field, values: &[String]) -> Result<bool, Unfit> {
    match (values, field.item()) {
        ([], _) => Ok(false),
        ([value], _) => read_text(slot, field, value),
        (_, None) => Err(Unfit::new(field.wire, Problem::Repeated)),
        (values, Some(item)) => {
            let list = slot.begin_list().ok_or_else(|| unreadable(field))?;
            for (index, value) in values.iter().enumerate() {
                if !read_text(list.push_default(), &item, value)? {
                    let path = format!("{}[{index}]", field.wire);
                    return Err(Unfit::new(path, Problem::Missing));
                }
            }
            Ok(true)
        }
    }
}

fn read_header(
    slot: &mut dyn Value,
    field: &Field,
    request: &http::Request<Bytes>,
) -> Result<bool, Unfit> {
    let mut values = request.headers().get_all(field.wire).iter();
    let Some(value) = values.next() else {
        return Ok(false);
    };
    if values.next().is_some() {
        return Err(Unfit::new(field.wire, Problem::Repeated));
    }
    let text = value.to_str().map_err(|_| unreadable(field))?;
    // A control token may be wrapped in `Basic` and Base64.
    if field.wire.eq_ignore_ascii_case(CONFERENCE_HEADER) {
        let token = conference_token(text).ok_or_else(|| unreadable(field))?;
        return read_text(slot, field, token.expose());
    }
    read_text(slot, field, text)
}

fn read_part(slot: &mut dyn Value, field: &Field, request: &http::Request<Bytes>) -> bool {
    let content_type = request.headers().get(CONTENT_TYPE);
    let form = content_type.and_then(|value| value.to_str().ok());
    let file = form.and_then(|form| read_form(form, request.body(), field.wire));
    match (file, slot.begin_file()) {
        (Some(file), Some(upload)) => {
            *upload = file;
            true
        }
        _ => false,
    }
}

fn read_whole_body(slot: &mut dyn Value, field: &Field, body: &[u8]) -> Result<bool, Unfit> {
    if body.is_empty() && !field.required {
        return Ok(false);
    }
    read_body(body, slot, &field.kind, field.format)?;
    Ok(true)
}

fn read_body(body: &[u8], slot: &mut dyn Value, kind: &Kind, format: Format) -> Result<(), Unfit> {
    let mut observed = Observed::strict();
    let read = read_json(body, slot, kind, format, &mut observed);
    if let Some(fault) = observed.into_fault() {
        return Err(fault);
    }
    match read {
        Ok(()) => Ok(()),
        Err(ReadFailure::Missing(path)) => Err(Unfit::new(path, Problem::Missing)),
        Err(_) if body.is_empty() => Err(Unfit::new("body", Problem::Missing)),
        Err(ReadFailure::Json(_) | ReadFailure::NotUtf8) => {
            let expected = "JSON in UTF-8";
            Err(Unfit::new("body", Problem::Unreadable { expected }))
        }
    }
}

/// Text of a URL without its percent signs. Bytes that are no UTF-8 are a fault of the parameter.
fn decode<'a>(field: &Field, text: &'a str) -> Result<Cow<'a, str>, Unfit> {
    let expected = "UTF-8, percent-encoded";
    percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| Unfit::new(field.wire, Problem::Unreadable { expected }))
}

/// The query of a URL, decoded, in order. U+FFFD stands for bytes that are no UTF-8.
pub(crate) fn query_of(uri: &Uri) -> Vec<(String, String)> {
    query_parts(uri)
        .map(|(name, value)| (name, decode_lossy(&value.replace('+', " "))))
        .collect()
}

/// The names of a query, and the values as they stand in the URL.
fn query_parts(uri: &Uri) -> impl Iterator<Item = (String, &str)> {
    let parts = uri.query().unwrap_or_default().split('&');
    parts.filter(|part| !part.is_empty()).map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (decode_lossy(name), value)
    })
}

fn decode_lossy(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Finds a path parameter. Counts from the end, because a gateway may put a prefix before the path.
fn path_parameter<'a>(template: &str, path: &'a str, wire: &str) -> Option<&'a str> {
    let is_placeholder =
        |part: &str| part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) == Some(wire);
    let from_end = template.rsplit('/').position(is_placeholder)?;
    path.rsplit('/').nth(from_end)
}

/// Body fields of an operation, as one value to read.
#[derive(Debug)]
struct Body<'a>(&'a mut dyn Model);

impl Value for Body<'_> {
    fn read(&mut self, _: WireInput<'_>, _: Format) -> bool {
        false
    }

    fn write(&self, _: Format) -> WireValue<'_> {
        WireValue::Object(&*self.0)
    }

    fn begin(&mut self, part: Part) -> Option<Content<'_>> {
        (part == Part::Object).then_some(Content::Object(&mut *self.0))
    }

    fn content_mut(&mut self) -> Option<Content<'_>> {
        Some(Content::Object(&mut *self.0))
    }
}
