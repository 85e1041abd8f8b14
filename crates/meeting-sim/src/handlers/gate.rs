//! What the service refuses although it can be read: values of enums that nobody documents.

use meeting_types::schema::{Format, Kind, Model, Value, WireValue};

/// The first value of an enum that nobody documents: the way to it, such as `attendees[2].type`.
pub(super) fn unknown_value(model: &dyn Model) -> Option<String> {
    model.slots().find_map(|(field, slot)| {
        let found = in_slot(&field.kind, field.format, slot)?;
        Some(format!("{}{found}", field.wire))
    })
}

/// The way from a slot to such a value in it.
fn in_slot(kind: &Kind, format: Format, slot: &dyn Value) -> Option<String> {
    match (kind.revealed(), slot.write(format)) {
        (Kind::Enum(shape), WireValue::Text(text)) => {
            let mut known = shape.known.iter();
            (!known.any(|(wire, _)| *wire == text)).then(String::new)
        }
        (Kind::Enum(shape), WireValue::Int(code)) => {
            let mut known = shape.known.iter();
            let fits = |wire: &str| wire.parse() == Ok(code);
            (!known.any(|(wire, _)| fits(wire))).then(String::new)
        }
        (Kind::Object(_), WireValue::Object(model)) => {
            unknown_value(model).map(|found| format!(".{found}"))
        }
        (Kind::List(item), WireValue::List(list)) => (0..list.len()).find_map(|index| {
            let found = in_slot(item, format, list.get(index)?)?;
            Some(format!("[{index}]{found}"))
        }),
        _ => None,
    }
}
