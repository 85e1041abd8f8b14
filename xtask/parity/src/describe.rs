//! Arguments as the official SDK's caller would state them: by wire name, place and JSON value.
//!
//! Read off the tables here, and not out of our requests, so that nothing which the writer of
//! requests loses is lost here as well.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use meeting_types::{
    Carried, OperationInfo,
    schema::{Emit, Field, Format, Model, Place, Value},
};
use serde_json::{Map, Value as Json, json};

pub(crate) fn describe(
    operation: &dyn Model,
    info: &OperationInfo,
    carried: Carried<'_>,
    token: &str,
) -> Json {
    let (mut parameters, mut files) = (Vec::new(), Vec::new());
    let mut described = Map::new();
    if let Carried::Conference(control) = carried {
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
    for (index, field) in fields.iter().enumerate() {
        let slot = operation.slot(index);
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
                if let Emit::Upload(upload) = slot.emit(field.format) {
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
        Format::Comma => json_of(&slot.emit(Format::Plain), Format::Plain),
        format => json_of(&slot.emit(format), format),
    }
}

fn object(model: &dyn Model) -> Json {
    let mut object = Map::new();
    for (index, field) in model.shape().fields.iter().enumerate() {
        let slot = model.slot(index);
        if field.place == Place::Body && (field.required || slot.is_set()) {
            // In a body, what travels as one text is one text for the official SDK too.
            let value = json_of(&slot.emit(field.format), field.format);
            object.insert(field.wire.to_owned(), value);
        }
    }
    object.into()
}

fn json_of(emit: &Emit<'_>, format: Format) -> Json {
    match emit {
        Emit::Absent | Emit::Upload(_) => Json::Null,
        Emit::Bool(value) => (*value).into(),
        Emit::Int(number) => (*number).into(),
        Emit::Float(number) => (*number).into(),
        Emit::Text(text) => text.as_ref().into(),
        Emit::Object(model) => object(*model),
        Emit::List(list) => (0..list.len())
            .filter_map(|index| list.get(index))
            .map(|item| json_of(&item.emit(format), format))
            .collect(),
        Emit::Map(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), Json::from(value.as_str())))
            .collect::<Map<_, _>>()
            .into(),
    }
}
