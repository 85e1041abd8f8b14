//! `Hash` of models and operations, by their tables.
//!
//! A derive for each of them would take longer to compile, and would ask secrets for a `Hash`, which
//! they do not have: their comparison takes the same time for every text, a look into a hash map does
//! not.

use std::hash::Hasher;

use super::{Format, Kind, Model, Place, WireValue};

/// Feeds what is set to a hasher, without secrets. Equal models feed the same.
pub(crate) fn hash_model(model: &dyn Model, state: &mut dyn Hasher) {
    let fields = model.slots().enumerate();
    for (index, (field, slot)) in fields.filter(|(_, (_, slot))| slot.is_set()) {
        state.write_usize(index);
        match (field.place, slot.as_map()) {
            // Nobody knows which of the values are secrets.
            (Place::Rest, Some(map)) => map.keys().for_each(|key| hash_text(key, state)),
            _ if holds_secrets(&field.kind) => {}
            _ => hash_value(&slot.write_exact(field.format), field.format, state),
        }
    }
    state.write_usize(usize::MAX);
}

/// Whether a value is a secret, or a list of secrets.
fn holds_secrets(kind: &Kind) -> bool {
    match kind {
        Kind::Secret(_) => true,
        Kind::List(item) => holds_secrets(item),
        _ => false,
    }
}

fn hash_value(value: &WireValue<'_>, format: Format, state: &mut dyn Hasher) {
    match value {
        WireValue::Absent => state.write_u8(0),
        WireValue::Bool(value) => state.write_u8(1 + u8::from(*value)),
        WireValue::Int(number) => state.write_i64(*number),
        // The two zeros are equal.
        WireValue::Float(number) if *number == 0.0 => state.write_u64(0),
        WireValue::Float(number) => state.write_u64(number.to_bits()),
        WireValue::Text(text) => hash_text(text, state),
        WireValue::Object(model) => hash_model(*model, state),
        WireValue::List(list) => {
            state.write_usize(list.len());
            for item in (0..list.len()).filter_map(|index| list.get(index)) {
                hash_value(&item.write_exact(format), format, state);
            }
        }
        WireValue::Map(map) => {
            state.write_usize(map.len());
            for (key, value) in *map {
                hash_text(key, state);
                hash_text(value, state);
            }
        }
        WireValue::File(file) => {
            hash_text(&file.file_name, state);
            hash_text(&file.content_type, state);
            state.write_usize(file.content.len());
            state.write(&file.content);
        }
        // Equal values of a type that we do not know may be written in different orders.
        WireValue::Json(_) => {}
    }
}

fn hash_text(text: &str, state: &mut dyn Hasher) {
    state.write(text.as_bytes());
    // No byte of UTF-8, so that two texts are not taken for one.
    state.write_u8(0xff);
}
