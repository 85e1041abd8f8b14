//! Writes models as JSON: only what is set.

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};

use crate::schema::{Format, Model, Place, Value, WireValue};

/// The JSON of `value`; empty when there is none.
pub(crate) fn write_json(value: &dyn Value, format: Format) -> Vec<u8> {
    let mut json = Vec::with_capacity(128);
    let written = match value.write(format) {
        WireValue::Absent => return json,
        emit => serde_json::to_writer(&mut json, &Written(emit, format)),
    };
    // Writing to memory fails for keys that are no strings, and for nothing else; ours are strings.
    debug_assert!(written.is_ok());
    json
}

/// The JSON object of the body fields of `model`.
pub(crate) fn write_body(model: &dyn Model) -> Vec<u8> {
    let mut json = Vec::with_capacity(128);
    let written =
        serde_json::to_writer(&mut json, &Written(WireValue::Object(model), Format::Plain));
    // As above.
    debug_assert!(written.is_ok());
    json
}

/// The JSON of `value` as a tree; null when there is none.
pub(crate) fn write_tree(value: &dyn Value) -> serde_json::Value {
    let tree = serde_json::to_value(Written(value.write(Format::Plain), Format::Plain));
    // As above.
    debug_assert!(tree.is_ok());
    tree.unwrap_or_default()
}

struct Written<'a>(WireValue<'a>, Format);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            // A file is no JSON; it travels as a part of a form.
            WireValue::Absent | WireValue::File(_) => serializer.serialize_unit(),
            WireValue::Json(text) => serialize_json_text(text, serializer),
            WireValue::Bool(value) => serializer.serialize_bool(*value),
            WireValue::Int(number) => serializer.serialize_i64(*number),
            WireValue::Float(number) => serializer.serialize_f64(*number),
            WireValue::Text(text) => serializer.serialize_str(text),
            WireValue::Map(map) => map.serialize(serializer),
            WireValue::List(list) => {
                let mut items = serializer.serialize_seq(Some(list.len()))?;
                let mut index = 0;
                while let Some(item) = list.get(index) {
                    items.serialize_element(&Written(item.write(self.1), self.1))?;
                    index += 1;
                }
                items.end()
            }
            WireValue::Object(model) => {
                let mut entries = serializer.serialize_map(None)?;
                for (field, slot) in model.slots() {
                    if field.place == Place::Body && (field.required || slot.is_set()) {
                        let value = Written(slot.write(field.format), field.format);
                        entries.serialize_entry(field.wire, &value)?;
                    }
                }
                let rest = model.shape().rest.and_then(|index| model.slot(index));
                if let Some(rest) = rest.and_then(|rest| rest.as_map()) {
                    let is_written = |key: &str| {
                        let mut slots = model.slots();
                        slots.any(|(field, slot)| field.wire == key && slot.is_set())
                    };
                    for (key, value) in rest.iter().filter(|(key, _)| !is_written(key)) {
                        entries.serialize_entry(key, value)?;
                    }
                }
                entries.end()
            }
        }
    }
}

/// Writes JSON text that a serde type of the caller made.
fn serialize_json_text<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let json: &serde_json::value::RawValue =
        serde_json::from_str(text).map_err(serde::ser::Error::custom)?;
    json.serialize(serializer)
}
