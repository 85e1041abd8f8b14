//! Arguments as the official SDK's caller would state them: by wire name, place and JSON value.
//!
//! Read off the tables here, and not out of our requests, so that nothing which the writer of
//! requests loses is lost here as well.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use meeting_types::{
    AuthorizationRef, OperationInfo,
    schema::{Field, Format, Model, Place, Value, WireValue},
};
use serde_json::{Map, Value as Json, json};

pub(crate) fn describe(
    operation: &dyn Model,
    info: &OperationInfo,
    by_ref: AuthorizationRef<'_>,
    token: &str,
) -> Json {
    let (mut parameters, mut files) = (Vec::new(), Vec::new());
    let mut described = Map::new();
    if let AuthorizationRef::Conference(control) = by_ref {
        parameters.push(json!({
            "name": "conferenceID",
            "value": control.conference_id.as_str(),
        }));
        parameters.push(json!({
            "name": "X-Conference-Authorization",
            "value": control.token.expose(),
        }));
    }
    for (_, name, value) in info.constants {
        parameters.push(json!({ "name": name, "value": value }));
    }
    let fields = operation.shape().fields;
    for (field, slot) in operation.slots() {
        if !field.required && !slot.is_set() {
            continue;
        }
        match field.place {
            Place::Path | Place::Query | Place::Header => {
                parameters.push(json!({ "name": field.wire, "value": plain(slot, field) }));
            }
            Place::WholeBody => {
                described.insert("body".to_owned(), plain(slot, field));
            }
            Place::Part => {
                if let Some(upload) = slot.as_file() {
                    files.push(json!({
                        "name": field.wire,
                        "file_name": upload.file_name,
                        "content_type": upload.content_type,
                        "content": STANDARD.encode(&upload.content),
                    }));
                }
            }
            _ => {}
        }
    }
    if fields.iter().any(|field| field.place == Place::Body) {
        described.insert("body".to_owned(), object(operation));
    }
    described.insert("operation".to_owned(), info.name.into());
    described.insert("token".to_owned(), token.into());
    described.insert("parameters".to_owned(), parameters.into());
    described.insert("files".to_owned(), files.into());
    described.into()
}

/// The value of a field. A list stays one, also where it travels as one text.
fn plain(slot: &dyn Value, field: &Field) -> Json {
    match field.format {
        Format::Comma => json_of(&slot.write(Format::Plain), Format::Plain),
        format => json_of(&slot.write(format), format),
    }
}

fn object(model: &dyn Model) -> Json {
    let mut object = Map::new();
    for (field, slot) in model.slots() {
        if field.place == Place::Body && (field.required || slot.is_set()) {
            // In a body, what travels as one text is one text for the official SDK too.
            let value = json_of(&slot.write(field.format), field.format);
            object.insert(field.wire.to_owned(), value);
        }
    }
    object.into()
}

fn json_of(emit: &WireValue<'_>, format: Format) -> Json {
    match emit {
        WireValue::Absent | WireValue::File(_) | WireValue::Json(_) => Json::Null,
        WireValue::Bool(value) => (*value).into(),
        WireValue::Int(number) => (*number).into(),
        WireValue::Float(number) => (*number).into(),
        WireValue::Text(text) => text.as_ref().into(),
        WireValue::Object(model) => object(*model),
        WireValue::List(list) => (0..list.len())
            .filter_map(|index| list.get(index))
            .map(|item| json_of(&item.write(format), format))
            .collect(),
        WireValue::Map(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), Json::from(value.as_str())))
            .collect::<Map<_, _>>()
            .into(),
    }
}
