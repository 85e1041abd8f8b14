//! Reader of JSON objects: into models, into maps, and past what has no slot.

use std::{collections::BTreeMap, fmt};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::{observed::Observed, read::Slot, rest::read_all_fields};
use crate::schema::{Format, Kind, Model, Shape};

/// Skips an object. Says whether there was anything in it.
pub(super) fn skip_entries<'de, A: MapAccess<'de>>(
    entries: &mut A,
    outermost: bool,
    observed: &mut Observed,
) -> Result<bool, A::Error> {
    static NO_FIELDS: Shape = Shape::new("", &[]);
    let shape = &NO_FIELDS;
    let mut any = false;
    loop {
        let key = if outermost {
            entries
                .next_key_seed(OutermostKey { shape, observed })?
                .is_some()
        } else {
            entries.next_key::<IgnoredAny>()?.is_some()
        };
        if !key {
            return Ok(any);
        }
        entries.next_value::<IgnoredAny>()?;
        any = true;
    }
}

pub(super) fn read_fields<'de, A: MapAccess<'de>>(
    model: &mut dyn Model,
    mut entries: A,
    outermost: bool,
    observed: &mut Observed,
) -> Result<bool, A::Error> {
    let shape = model.shape();
    if let Some(rest) = shape.rest {
        observed.recognised |= outermost;
        return read_all_fields(model, rest, entries, observed);
    }
    let mut seen = 0_u64;
    let mut first_gap = None;
    loop {
        let key = if outermost {
            entries.next_key_seed(OutermostKey { shape, observed })?
        } else {
            entries.next_key_seed(Key(shape))?
        };
        let Some(found) = key else {
            break;
        };
        // The first usable value counts: a field can come twice, or under two names.
        let slot = found.filter(|index| seen & (1 << index) == 0);
        let slot = slot.and_then(|index| Some((index, model.slot_mut(index)?)));
        let Some((index, slot)) = slot else {
            entries.next_value::<IgnoredAny>()?;
            continue;
        };
        let field = &shape.fields[index];
        let mark = observed.mark();
        let filled = entries.next_value_seed(&mut Slot {
            slot,
            kind: &field.kind,
            format: field.format,
            outermost: false,
            observed,
        })?;
        observed.step_into(mark, field.wire);
        if filled {
            seen |= 1 << index;
            continue;
        }
        let inside = observed.missing.take();
        if let Some(slot) = model.slot_mut(index) {
            slot.clear();
        }
        if let Some(inside) = &inside {
            observed.fault_inside(field.wire, inside);
        }
        if field.required && first_gap.is_none() {
            first_gap = Some((index, inside));
        }
    }
    if outermost {
        let fields = shape.fields.iter().enumerate();
        for (_, field) in fields.filter(|(index, _)| seen & (1 << index) != 0) {
            observed.note_field(field);
        }
    }
    Ok(shape.required & !seen == 0 || is_whole(shape, seen, first_gap, observed))
}

/// Whether no required field is missing.
pub(super) fn is_whole(
    shape: &Shape,
    seen: u64,
    first_gap: Option<(usize, Option<String>)>,
    observed: &mut Observed,
) -> bool {
    let absent = shape.required & !seen;
    if absent == 0 {
        return true;
    }
    // A field that came with something unusable in it says more than one that did not come.
    let (index, inside) = first_gap
        .filter(|(index, _)| absent & (1 << index) != 0)
        .unwrap_or((absent.trailing_zeros() as usize, None));
    let wire = shape.fields[index].wire;
    observed.missing = Some(match inside {
        Some(path) => format!("{wire}.{path}"),
        None => wire.to_owned(),
    });
    false
}

/// Finds the field of a key.
struct Key(&'static Shape);

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<usize>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    #[inline]
    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.body_field(key))
    }
}

/// Finds the field of a key of the outermost object, and notes the key.
struct OutermostKey<'a> {
    shape: &'static Shape,
    observed: &'a mut Observed,
}

impl<'de> DeserializeSeed<'de> for OutermostKey<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for OutermostKey<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        let found = self.shape.body_field(key);
        self.observed.note_key(key, found);
        Ok(found)
    }
}

pub(super) fn read_map<'de, A: MapAccess<'de>>(
    map: &mut BTreeMap<String, String>,
    mut entries: A,
    outermost: bool,
    observed: &mut Observed,
) -> Result<bool, A::Error> {
    while let Some(key) = entries.next_key::<String>()? {
        if outermost {
            observed.note_key(&key, None);
            observed.recognised = true;
        }
        let mut value = String::new();
        let mark = observed.mark();
        let filled = entries.next_value_seed(&mut Slot {
            slot: &mut value,
            kind: &Kind::Text,
            format: Format::Plain,
            outermost: false,
            observed,
        })?;
        observed.step_into(mark, &key);
        if filled {
            map.insert(key, value);
        }
    }
    Ok(true)
}
