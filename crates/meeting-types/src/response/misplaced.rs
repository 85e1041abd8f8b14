//! Finder of a value that lies in another place of the response than its table says.

use serde_json::Value as Json;

use crate::schema::{Kind, Observed, Place, Value, is_verdict, parse_tree, read_tree_into};

/// The key in which most of the service's envelopes hold the value.
const ENVELOPED: &str = "data";

/// Reads a value from where it is: flat in the outermost object, where the table has it in an object
/// inside; or in an object inside, where the table has it flat.
///
/// `None` when there is no such place. `Err` names the required field that is missing there.
pub(super) fn read(
    body: &[u8],
    value: &mut dyn Value,
    kind: &'static Kind,
) -> Option<Result<Observed, String>> {
    let tree = parse_tree(std::str::from_utf8(body).ok()?).ok()?;
    flat(&tree, value, kind)
        .map(Ok)
        .or_else(|| enveloped(&tree, value, kind))
}

/// The outermost object is the one that the table has in its only field.
fn flat(tree: &Json, value: &mut dyn Value, kind: &'static Kind) -> Option<Observed> {
    let shape = kind.object()?;
    let fields = shape.fields.iter().enumerate();
    let mut useful =
        fields.filter(|(_, field)| field.place == Place::Body && !is_verdict(field.wire));
    let (Some((index, field)), None) = (useful.next(), useful.next()) else {
        return None;
    };
    field.kind.object()?;
    let slot = value.as_object_mut()?.slot_mut(index)?;
    slot.begin_object()?;
    let mut observed = Observed::default();
    if read_tree_into(tree, slot, &field.kind, &mut observed) && observed.recognised {
        return Some(observed);
    }
    slot.clear();
    None
}

/// The value lies in an object that the table does not know.
fn enveloped(
    tree: &Json,
    value: &mut dyn Value,
    kind: &'static Kind,
) -> Option<Result<Observed, String>> {
    let entries = tree.as_object()?;
    let is_foreign = |key: &str| match kind.object() {
        Some(shape) => shape.body_field(key).is_none(),
        None => true,
    };
    let may_hold_it = |key: &str, inside: &Json| match inside {
        // The key of most envelopes is one even where the table has a field of its name.
        _ if !is_foreign(key) && key != ENVELOPED => false,
        Json::Object(entries) => !entries.is_empty() || key == ENVELOPED,
        Json::Array(_) => kind.item().is_some(),
        _ => false,
    };
    let mut inside: Vec<_> = entries
        .iter()
        .filter(|(key, inside)| may_hold_it(key, inside))
        .collect();
    inside.sort_by_key(|(key, _)| *key != ENVELOPED);
    let mut missing = None;
    for (key, inside) in inside {
        reset(value);
        let mut observed = Observed::default();
        if !read_tree_into(inside, value, kind, &mut observed) {
            let path = observed.take_missing();
            if is_foreign(key) {
                missing.get_or_insert_with(|| format!("{key}.{path}"));
            }
        } else if observed.recognised {
            observed.step_out_of(key);
            return Some(Ok(observed));
        }
    }
    missing.map(Err)
}

/// Removes what an attempt before left in a value.
pub(super) fn reset(value: &mut dyn Value) {
    value.clear();
    if let Some(model) = value.as_object_mut() {
        for index in 0..model.shape().fields.len() {
            if let Some(slot) = model.slot_mut(index) {
                slot.clear();
            }
        }
    }
}
