//! Changes filled operations until they keep the rules that span their fields.

#![allow(
    clippy::expect_used,
    reason = "a test whose values cannot be made has failed"
)]

use meeting_types::{
    OperationInfo, Problem,
    schema::{Field, Format, Kind, Model, Place, Value, WireInput},
    validate,
};

use crate::{Choices, Filler};

/// More steps than any operation has rules.
const MOST_STEPS: usize = 64;

impl<C: Choices> Filler<C> {
    /// Fills an operation so that its check passes, rules between fields included.
    ///
    /// # Panics
    ///
    /// When no value fits a field, or the rules cannot be kept.
    pub fn operation(&mut self, operation: &mut dyn Model, info: &'static OperationInfo) {
        self.model(operation);
        for _ in 0..MOST_STEPS {
            let Err(error) = validate(operation, info) else {
                return;
            };
            let path = error.parameter().to_owned();
            match error.problem() {
                Problem::Needed { .. } | Problem::OneNeeded { .. } => {
                    change(operation, &path, &mut |slot, field| {
                        let mut field = *field;
                        field.required = true;
                        self.slot(slot, &field);
                    });
                }
                Problem::Excluded { by, .. } => {
                    // Either of the two can go, unless it is needed.
                    let other = !by.is_empty() && is_optional(operation, by);
                    let gone = if other && self.choices().bool() {
                        by
                    } else {
                        &path
                    };
                    change(operation, gone, &mut |slot, _| slot.clear());
                }
                Problem::NotAfter { .. } => change(operation, &path, &mut latest),
                Problem::OutOfRange { min, max } => {
                    change(operation, &path, &mut |slot, field| {
                        let number = if min == i64::MIN { max } else { min };
                        assert!(slot.read(WireInput::Int(number), field.format), "{path}");
                    });
                }
                _ => panic!("{error}"),
            }
        }
        panic!("{}: its rules cannot be kept", info.name);
    }
}

/// Whether an outermost parameter may be absent.
fn is_optional(operation: &dyn Model, wire: &str) -> bool {
    let mut fields = operation.shape().fields.iter();
    fields.any(|field| field.wire == wire && !field.required)
}

/// The latest time or date, or a great number.
fn latest(slot: &mut dyn Value, field: &Field) {
    let filled = match field.kind {
        Kind::Date => slot.read(WireInput::Text("9999-12-31"), field.format),
        Kind::Time => {
            let minutes = 4_223_371_679
                * if field.format == Format::EpochSeconds {
                    60
                } else {
                    60_000
                };
            slot.read(WireInput::Int(minutes), field.format)
        }
        _ => slot.read(WireInput::Int(field.max.min(1 << 30)), field.format),
    };
    assert!(filled, "{}", field.name);
}

/// Changes the slot at a path such as `cycleParams.point[1]`, and makes the objects on the way.
///
/// # Panics
///
/// When the path leads nowhere.
pub fn change(model: &mut dyn Model, path: &str, how: &mut dyn FnMut(&mut dyn Value, &Field)) {
    let (step, rest) = path
        .split_once('.')
        .map_or((path, None), |(a, b)| (a, Some(b)));
    let (name, index) = match step.split_once('[') {
        Some((name, index)) => (name, index.trim_end_matches(']').parse::<usize>().ok()),
        None => (step, None),
    };
    let fields = model.shape().fields;
    let found = fields
        .iter()
        .position(|field| field.wire == name && field.place != Place::WholeBody);
    let whole = fields
        .iter()
        .position(|field| field.place == Place::WholeBody);
    // A list that is a body as a whole has no name in front of an index.
    let found = found.or(whole.filter(|_| name.is_empty()));
    let Some(position) = found else {
        let whole = whole.and_then(|whole| model.slot_mut(whole));
        let inside = whole.and_then(|slot| inside(slot));
        return change(inside.expect("the path is that of an error"), path, how);
    };
    let field = &fields[position];
    let slot = model
        .slot_mut(position)
        .expect("the index is that of a field");
    match (index, rest) {
        (None, None) => how(slot, field),
        (None, Some(rest)) => {
            change(
                inside(slot).expect("the path leads into objects"),
                rest,
                how,
            );
        }
        (Some(index), rest) => {
            let list = slot.as_list_mut().expect("an index follows a list");
            let item = list.get_mut(index).expect("the index is that of an item");
            match rest {
                None => how(item, &field.item().expect("it is a list")),
                Some(rest) => change(
                    inside(item).expect("the path leads into objects"),
                    rest,
                    how,
                ),
            }
        }
    }
}

/// The object in a slot, made where there is none.
fn inside(slot: &mut dyn Value) -> Option<&mut dyn Model> {
    if slot.as_object().is_none() {
        return slot.begin_object();
    }
    slot.as_object_mut()
}
