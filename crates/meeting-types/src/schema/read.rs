//! Reads JSON into a model, leniently.
//!
//! A value that a slot cannot hold leaves the slot unset; unknown keys are skipped, unless the model
//! has a place for the rest. Only a missing
//! required field fails, and an optional object that lacks one is dropped instead.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize as _,
    de::{
        DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
        value::MapAccessDeserializer,
    },
};
use serde_json::Value as Json;

use super::{Empty, Format, List, Model, Shape, Value, WireInput, serde::EXTRA};
use crate::Upload;

/// Why JSON could not be read into a slot.
#[derive(Debug)]
pub(crate) enum ReadFailure {
    /// The text is not UTF-8.
    NotUtf8,
    /// The text is not JSON, or it is cut short.
    Json(serde_json::Error),
    /// A required field is missing or unusable: its path, empty for the whole.
    Missing(String),
}

/// What is noticed while reading, beside the values.
#[derive(Debug, Default)]
pub(crate) struct Observed {
    /// The path of the first required field that was not found.
    missing: Option<String>,
    /// Whether it is what `Serialize` wrote, not what the service did.
    stored: bool,
    /// Whether the outermost object has a key in which the service says how a call went.
    pub(crate) verdict: bool,
    /// Whether the outermost object has a key `data` that no field is meant for.
    pub(crate) foreign_data: bool,
}

/// Reads the JSON `text` into `slot`.
pub(crate) fn read_json(
    text: &[u8],
    slot: &mut dyn Value,
    format: Format,
) -> Result<(), ReadFailure> {
    read_json_noting(text, slot, format, &mut Observed::default())
}

/// Reads the JSON `text` into `slot`, and notes what else is there.
pub(crate) fn read_json_noting(
    text: &[u8],
    slot: &mut dyn Value,
    format: Format,
    noticed: &mut Observed,
) -> Result<(), ReadFailure> {
    let text = std::str::from_utf8(text).map_err(|_| ReadFailure::NotUtf8)?;
    let mut json = serde_json::Deserializer::from_str(text);
    let set = Slot {
        slot,
        format,
        outermost: true,
        noticed,
    }
    .deserialize(&mut json)
    .map_err(ReadFailure::Json)?;
    json.end().map_err(ReadFailure::Json)?;
    if set {
        Ok(())
    } else {
        Err(ReadFailure::Missing(
            noticed.missing.take().unwrap_or_default(),
        ))
    }
}

/// Reads a part of what the service sent from its tree.
pub(crate) fn read_tree<M: Value + Empty>(tree: &Json) -> Result<M, serde_json::Error> {
    deserialize_value(tree, Observed::default())
}

/// Reads a value from any format that describes itself.
pub(super) fn deserialize_value<'de, M, D>(
    deserializer: D,
    mut noticed: Observed,
) -> Result<M, D::Error>
where
    M: Value + Empty,
    D: Deserializer<'de>,
{
    let mut model = M::empty();
    let set = Slot {
        slot: &mut model,
        format: Format::Plain,
        outermost: false,
        noticed: &mut noticed,
    }
    .deserialize(deserializer)?;
    if set {
        return Ok(model);
    }
    Err(match noticed.missing {
        Some(path) => D::Error::custom(format_args!("`{path}` is missing or unusable")),
        None => D::Error::custom("not a value of this kind"),
    })
}

/// A slot to fill. Its result says whether it was filled.
pub(super) struct Slot<'a> {
    slot: &'a mut dyn Value,
    format: Format,
    /// Whether it is the whole text.
    outermost: bool,
    noticed: &'a mut Observed,
}

impl<'a> Slot<'a> {
    /// A slot that is a part of something.
    pub(super) fn new(slot: &'a mut dyn Value, format: Format, noticed: &'a mut Observed) -> Self {
        Self {
            slot,
            format,
            outermost: false,
            noticed,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Slot<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// The next item of a list, which grows once there is one.
struct Item<'a> {
    list: &'a mut dyn List,
    format: Format,
    noticed: &'a mut Observed,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(Slot {
            slot: self.list.push_default(),
            format: self.format,
            outermost: false,
            noticed: self.noticed,
        })
    }
}

impl<'de> Visitor<'de> for Slot<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(self.slot.read(WireInput::Null, self.format))
    }

    fn visit_none<E>(self) -> Result<bool, E> {
        Ok(self.slot.read(WireInput::Null, self.format))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
        Ok(self.slot.read(WireInput::Bool(value), self.format))
    }

    fn visit_i64<E>(self, value: i64) -> Result<bool, E> {
        Ok(self.slot.read(WireInput::Int(value), self.format))
    }

    fn visit_u64<E>(self, value: u64) -> Result<bool, E> {
        let mut digits = itoa::Buffer::new();
        let scalar = match i64::try_from(value) {
            Ok(value) => WireInput::Int(value),
            // As text, because an id may be that long and a float would round it.
            Err(_) => WireInput::Text(digits.format(value)),
        };
        Ok(self.slot.read(scalar, self.format))
    }

    fn visit_f64<E>(self, value: f64) -> Result<bool, E> {
        Ok(self.slot.read(WireInput::Float(value), self.format))
    }

    fn visit_str<E>(self, value: &str) -> Result<bool, E> {
        Ok(self.slot.read(WireInput::Text(value), self.format))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<bool, A::Error> {
        let Self {
            slot,
            format,
            outermost,
            noticed,
        } = self;
        if let Some(model) = slot.begin_object() {
            return read_fields(model, entries, outermost, noticed);
        }
        if let Some(list) = slot.begin_list() {
            // One object where a list belongs is a list of one.
            let filled = match list.push_default().begin_object() {
                Some(model) => read_fields(model, entries, outermost, noticed)?,
                None => {
                    skip_entries(entries, outermost, noticed)?;
                    false
                }
            };
            if !filled {
                list.pop();
                if !outermost {
                    noticed.missing = None;
                }
            }
            return Ok(filled || !outermost);
        }
        if let Some(map) = slot.begin_map() {
            while let Some(key) = entries.next_key::<String>()? {
                if outermost {
                    noticed.note(&key, true);
                }
                let mut value = String::new();
                let slot = Slot {
                    slot: &mut value,
                    format: Format::Plain,
                    outermost: false,
                    noticed,
                };
                if entries.next_value_seed(slot)? {
                    map.insert(key, value);
                }
            }
            return Ok(true);
        }
        if let Some(upload) = slot.upload() {
            *upload = Upload::deserialize(MapAccessDeserializer::new(entries))?;
            return Ok(true);
        }
        skip_entries(entries, outermost, noticed)?;
        // What answers nothing takes an object too.
        Ok(slot.read(WireInput::Null, format))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<bool, A::Error> {
        let Self {
            slot,
            format,
            outermost,
            noticed,
        } = self;
        let Some(list) = slot.begin_list() else {
            // A list where one value belongs: its first item.
            let slot = Slot {
                slot,
                format,
                outermost: false,
                noticed,
            };
            let set = items.next_element_seed(slot)?.unwrap_or(false);
            while items.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(set);
        };
        let mut first_unusable = None;
        for index in 0_usize.. {
            let item = Item {
                list,
                format,
                noticed,
            };
            match items.next_element_seed(item)? {
                Some(true) => {}
                // An item that cannot be read is left out.
                Some(false) => {
                    list.pop();
                    let inside = noticed.missing.take();
                    if outermost {
                        first_unusable.get_or_insert_with(|| at_item(index, inside.as_deref()));
                    }
                }
                None => break,
            }
        }
        // A reply that has items, none of them usable, is not an empty list.
        if list.is_empty() && first_unusable.is_some() {
            noticed.missing = first_unusable;
            return Ok(false);
        }
        Ok(true)
    }
}

impl Observed {
    /// For what `Serialize` wrote.
    pub(super) fn stored() -> Self {
        Self {
            stored: true,
            ..Self::default()
        }
    }

    /// The path of the first required field that was not found.
    pub(super) fn take_missing(&mut self) -> Option<String> {
        self.missing.take()
    }

    /// Notes a key of the outermost object.
    fn note(&mut self, key: &str, known: bool) {
        match key {
            "error_code" | "errorCode" | "returnCode" | "code" => self.verdict = true,
            "data" if !known => self.foreign_data = true,
            _ => {}
        }
    }
}

fn at_item(index: usize, inside: Option<&str>) -> String {
    match inside {
        Some(path) => format!("[{index}].{path}"),
        None => format!("[{index}]"),
    }
}

fn skip_entries<'de, A: MapAccess<'de>>(
    mut entries: A,
    outermost: bool,
    noticed: &mut Observed,
) -> Result<(), A::Error> {
    const NO_FIELDS: &Shape = &Shape::new("", &[]);
    while entries
        .next_key_seed(Key {
            shape: NO_FIELDS,
            outermost,
            noticed,
        })?
        .is_some()
    {
        entries.next_value::<IgnoredAny>()?;
    }
    Ok(())
}

fn read_fields<'de, A: MapAccess<'de>>(
    model: &mut dyn Model,
    mut entries: A,
    outermost: bool,
    noticed: &mut Observed,
) -> Result<bool, A::Error> {
    let shape = model.shape();
    if let Some(rest) = shape.rest {
        return read_all_fields(model, rest, entries, noticed);
    }
    let mut seen = 0_u64;
    let mut first_gap = None;
    while let Some(found) = entries.next_key_seed(Key {
        shape,
        outermost,
        noticed,
    })? {
        // The first usable value counts: a field can come twice, or under two names.
        let Some(index) = found.filter(|index| seen & (1 << index) == 0) else {
            entries.next_value::<IgnoredAny>()?;
            continue;
        };
        let field = &shape.fields[index];
        let filled = entries.next_value_seed(Slot {
            slot: model.slot_mut(index),
            format: field.format,
            outermost: false,
            noticed,
        })?;
        if filled {
            seen |= 1 << index;
            continue;
        }
        let inside = noticed.missing.take();
        model.slot_mut(index).clear();
        if field.required && first_gap.is_none() {
            first_gap = Some((index, inside));
        }
    }
    Ok(is_whole(shape, seen, first_gap, noticed))
}

/// Whether no required field is missing.
fn is_whole(
    shape: &Shape,
    seen: u64,
    first_gap: Option<(usize, Option<String>)>,
    noticed: &mut Observed,
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
    noticed.missing = Some(match inside {
        Some(path) => format!("{wire}.{path}"),
        None => wire.to_owned(),
    });
    false
}

/// Reads the fields of a model that keeps everything, in the field `rest` what has no field of its
/// own or does not fit it.
fn read_all_fields<'de, A: MapAccess<'de>>(
    model: &mut dyn Model,
    rest: usize,
    mut entries: A,
    noticed: &mut Observed,
) -> Result<bool, A::Error> {
    let shape = model.shape();
    let mut seen = 0_u64;
    let mut kept = BTreeMap::new();
    while let Some(key) = entries.next_key::<String>()? {
        let value: Json = entries.next_value()?;
        if noticed.stored
            && key == EXTRA
            && let Json::Object(apart) = value
        {
            for (key, value) in apart {
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                kept.insert(key, text);
            }
            continue;
        }
        let found = shape.body_field(&key);
        if let Some(index) = found.filter(|index| seen & (1 << index) == 0) {
            let filled = Slot {
                slot: model.slot_mut(index),
                format: shape.fields[index].format,
                outermost: false,
                noticed,
            }
            .deserialize(&value)
            .map_err(A::Error::custom)?;
            if filled {
                seen |= 1 << index;
                continue;
            }
            noticed.missing = None;
            model.slot_mut(index).clear();
        }
        let text = match value {
            Json::Null => continue,
            // An id that is empty is an id that there is not.
            Json::String(text) if text.is_empty() && found.is_some() => continue,
            Json::String(text) => text,
            other => other.to_string(),
        };
        kept.insert(key, text);
    }
    if let Some(map) = model.slot_mut(rest).begin_map() {
        *map = kept;
    }
    Ok(is_whole(shape, seen, None, noticed))
}

/// Finds the field of a key.
struct Key<'a> {
    shape: &'static Shape,
    outermost: bool,
    noticed: &'a mut Observed,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        let found = self.shape.body_field(key);
        if self.outermost {
            self.noticed.note(key, found.is_some());
        }
        Ok(found)
    }
}
