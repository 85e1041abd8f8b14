//! Reader of JSON lists, and of single values where a list belongs.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess};

use super::{object::read_fields, observed::Observed, read::Slot};
use crate::schema::{Format, Kind, List, Problem, strict};

/// The next item of a list, which grows once there is one.
struct Item<'a> {
    list: &'a mut dyn List,
    kind: &'a Kind,
    format: Format,
    observed: &'a mut Observed,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        Slot {
            slot: self.list.push_default(),
            kind: self.kind,
            format: self.format,
            outermost: false,
            observed: self.observed,
        }
        .deserialize(deserializer)
    }
}

/// Reads a list. Items that cannot be read are left out.
pub(super) fn read_list<'de, A: SeqAccess<'de>>(
    slot: &mut Slot<'_>,
    kind: &Kind,
    mut items: A,
) -> Result<bool, A::Error> {
    if slot.observed.strict && slot.format == Format::Comma {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        return Ok(slot.leave_out());
    }
    let (format, outermost) = (slot.format, slot.outermost);
    let observed = &mut *slot.observed;
    let Some(list) = slot.slot.begin_list() else {
        return Ok(false);
    };
    let mut first_unusable = None;
    let mut left_out = 0_usize;
    for index in 0_usize.. {
        let mark = observed.mark();
        let item = Item {
            list,
            kind,
            format,
            observed,
        };
        let Some(filled) = items.next_element_seed(item)? else {
            break;
        };
        observed.step_into_item(mark, index);
        if filled {
            continue;
        }
        list.pop();
        left_out += 1;
        let inside = observed.missing.take();
        if observed.strict {
            observed.fault_at_item(mark, index, inside.as_deref());
        } else if outermost {
            first_unusable.get_or_insert_with(|| at_item(index, inside.as_deref()));
        }
    }
    observed.leave_out_items(left_out);
    observed.recognised |= outermost && (left_out == 0 || !list.is_empty());
    // A response that has items, none of them usable, is not an empty list.
    if list.is_empty() && first_unusable.is_some() {
        observed.missing = first_unusable;
        return Ok(false);
    }
    Ok(true)
}

/// Reads a list where one value belongs: its first item.
pub(super) fn first_item<'de, A: SeqAccess<'de>>(
    slot: &mut Slot<'_>,
    mut items: A,
) -> Result<bool, A::Error> {
    let expected = strict::expected(slot.kind, slot.format);
    let observed = &mut *slot.observed;
    let set = items.next_element_seed(&mut Slot {
        slot: &mut *slot.slot,
        kind: slot.kind,
        format: slot.format,
        outermost: false,
        observed,
    })?;
    let mut others = 0_usize;
    while items.next_element::<IgnoredAny>()?.is_some() {
        others += 1;
    }
    if observed.strict && !matches!(slot.kind, Kind::Nothing) {
        observed.leave_out(Problem::Unreadable { expected });
        return Ok(false);
    }
    if others > 0 && !matches!(slot.kind, Kind::Nothing) {
        observed.leave_out_items(others);
    }
    observed.recognised |= slot.outermost && set == Some(true);
    Ok(match set {
        Some(set) => set,
        // An empty list has no value, and that is all a response without a value needs.
        None => matches!(slot.kind, Kind::Nothing),
    })
}

/// Reads one object where a list belongs: a list of one.
pub(super) fn list_of_one<'de, A: MapAccess<'de>>(
    list: &mut dyn List,
    entries: A,
    outermost: bool,
    observed: &mut Observed,
) -> Result<bool, A::Error> {
    let mut entries = Counted {
        entries,
        any: false,
    };
    let filled = match list.push_default().begin_object() {
        Some(model) => read_fields(model, &mut entries, outermost, observed)?,
        None => false,
    };
    let nothing = !entries.any;
    if !filled || nothing {
        list.pop();
        if nothing && !outermost {
            // An object with nothing in it is a list with nothing in it.
            observed.missing = None;
            return Ok(true);
        }
        if !outermost {
            observed.missing = None;
            observed.leave_out_items(1);
        }
    }
    Ok(filled)
}

/// Entries of an object, and whether there was any.
struct Counted<A> {
    entries: A,
    any: bool,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for &mut Counted<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let key = self.entries.next_key_seed(seed)?;
        self.any |= key.is_some();
        Ok(key)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.entries.next_value_seed(seed)
    }
}

fn at_item(index: usize, inside: Option<&str>) -> String {
    match inside {
        Some(path) => format!("[{index}].{path}"),
        None => format!("[{index}]"),
    }
}
