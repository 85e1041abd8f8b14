//! Reader of JSON into slots: lenient for what the service sends, strict for what it is sent.
//!
//! Leniently, a value that a slot cannot hold leaves the slot unset, and is noted. Unknown keys are
//! skipped, unless the model has a place for the rest. Only a missing required field fails, and an
//! optional object that lacks one is left out.
//!
//! Strictly, a value that is there and not in a documented form is a fault.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{
    Deserialize as _,
    de::{
        DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
        value::MapAccessDeserializer,
    },
};
use serde_json::Value as Json;

use super::{digits, observed::Observed};
use crate::{
    Upload,
    schema::{
        Empty, Field, Format, Kind, List, Model, Problem, Shape, Value, WireInput,
        stored::EXTRA,
        strict::{self, Reading},
        wire::EXACT,
    },
};

/// Reason why JSON could not be read into a slot.
#[derive(Debug)]
pub(crate) enum ReadFailure {
    /// The text is not UTF-8.
    NotUtf8,
    /// The text is not JSON, or it is cut short.
    Json(serde_json::Error),
    /// A required field is missing or unusable: its path, empty for the whole.
    Missing(String),
}

/// Reads the JSON `text` into `slot`, and notes what else is there. Texts keep all digits of a whole
/// number that stands in their place.
///
/// After a failure the slot is partly filled. Begin with a fresh value to read again.
pub(crate) fn read_json(
    text: &[u8],
    slot: &mut dyn Value,
    kind: &Kind,
    format: Format,
    observed: &mut Observed,
) -> Result<(), ReadFailure> {
    let text = std::str::from_utf8(text).map_err(|_| ReadFailure::NotUtf8)?;
    let mut json = serde_json::Deserializer::from_str(text);
    let seed = Slot {
        slot: &mut *slot,
        kind,
        format,
        outermost: true,
        observed: &mut *observed,
    };
    let set = seed.deserialize(&mut json).map_err(ReadFailure::Json)?;
    json.end().map_err(ReadFailure::Json)?;
    // The same slots are filled again, since the text has the same keys.
    if observed.rounded
        && let Cow::Owned(quoted) = digits::quoted(text)
    {
        *observed = observed.anew();
        return read_json(quoted.as_bytes(), slot, kind, format, observed);
    }
    if set {
        Ok(())
    } else {
        Err(ReadFailure::Missing(observed.take_missing()))
    }
}

/// Reads the JSON `text` as a value.
pub(crate) fn from_json<T: Value + Empty>(text: &[u8]) -> Result<T, ReadFailure> {
    let mut value = T::empty();
    let mut observed = Observed::default();
    read_json(text, &mut value, &T::KIND, Format::Plain, &mut observed)?;
    Ok(value)
}

/// Reads a parsed JSON value into `slot`. False when a required field is missing.
pub(crate) fn read_tree_into(
    json: &Json,
    slot: &mut dyn Value,
    kind: &Kind,
    observed: &mut Observed,
) -> bool {
    let slot = Slot {
        slot,
        kind,
        format: Format::Plain,
        outermost: true,
        observed,
    };
    // A tree is complete, so that reading it cannot fail.
    slot.deserialize(json).unwrap_or(false)
}

/// Reads a part of what the service sent from its tree.
pub(crate) fn read_tree<M: Value + Empty>(tree: &Json) -> Result<M, serde_json::Error> {
    deserialize_value(tree, Observed::default())
}

/// Reads a value from any format that describes itself.
pub(in crate::schema) fn deserialize_value<'de, M, D>(
    deserializer: D,
    mut observed: Observed,
) -> Result<M, D::Error>
where
    M: Value + Empty,
    D: Deserializer<'de>,
{
    let mut model = M::empty();
    let set = Slot {
        slot: &mut model,
        kind: &M::KIND,
        format: Format::Plain,
        outermost: false,
        observed: &mut observed,
    }
    .deserialize(deserializer)?;
    if set {
        return Ok(model);
    }
    let path = observed.take_missing();
    Err(if path.is_empty() {
        D::Error::custom("not a value of this kind")
    } else {
        D::Error::custom(format_args!("`{path}` is missing or unusable"))
    })
}

/// A slot to fill. Its result says whether it was filled.
pub(in crate::schema) struct Slot<'a> {
    slot: &'a mut dyn Value,
    kind: &'a Kind,
    format: Format,
    /// Whether it is the whole text.
    outermost: bool,
    observed: &'a mut Observed,
}

impl<'de> DeserializeSeed<'de> for Slot<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        if matches!(self.kind, Kind::Json) {
            let json = Json::deserialize(deserializer)?;
            let taken = self
                .slot
                .begin_json()
                .is_some_and(|slot| slot.read_json(json));
            if self.outermost && taken {
                self.observed.recognised = true;
            }
            return Ok(taken || self.leave_out());
        }
        deserializer.deserialize_any(self)
    }
}

impl Slot<'_> {
    /// Reads a scalar.
    fn scalar(self, input: WireInput<'_>) -> bool {
        let taken = self.slot.read(input, self.format);
        if self.observed.strict {
            let is_one_of_list = matches!(self.kind, Kind::List(_)) && self.format != Format::Comma;
            return match strict::reading(self.kind, self.format, input, &*self.slot, taken) {
                Reading::Fits if !is_one_of_list => true,
                Reading::Absent => false,
                _ => self.leave_out(),
            };
        }
        if taken
            && self.format == Format::Comma
            && let WireInput::Text(text) = input
        {
            let told = text.split(',').filter(|part| !part.trim().is_empty());
            let held = self.slot.as_list().map_or(0, List::len);
            self.observed
                .leave_out_items(told.count().saturating_sub(held));
        }
        taken || self.leave_out_scalar(input)
    }

    /// Notes that a scalar was left out. One that says nothing is no loss.
    fn leave_out_scalar(self, input: WireInput<'_>) -> bool {
        match input {
            WireInput::Null => false,
            WireInput::Text(text) if text.trim().is_empty() => false,
            _ => self.leave_out(),
        }
    }

    /// Notes that a value was left out.
    fn leave_out(self) -> bool {
        let expected = strict::expected(self.kind, self.format);
        self.observed.leave_out(Problem::Unreadable { expected });
        false
    }
}

impl<'a> Slot<'a> {
    /// The slot of a field.
    pub(in crate::schema) fn of(
        slot: &'a mut dyn Value,
        field: &'a Field,
        observed: &'a mut Observed,
    ) -> Self {
        Self {
            slot,
            kind: &field.kind,
            format: field.format,
            outermost: false,
            observed,
        }
    }
}

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

impl<'de> Visitor<'de> for Slot<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(self.scalar(WireInput::Null))
    }

    fn visit_none<E>(self) -> Result<bool, E> {
        Ok(self.scalar(WireInput::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
        Ok(self.scalar(WireInput::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<bool, E> {
        Ok(self.scalar(WireInput::Int(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<bool, E> {
        let mut digits = itoa::Buffer::new();
        Ok(self.scalar(match i64::try_from(value) {
            Ok(value) => WireInput::Int(value),
            // As text, because an id may be that long and a float would round it.
            Err(_) => WireInput::Text(digits.format(value)),
        }))
    }

    fn visit_f64<E>(self, value: f64) -> Result<bool, E> {
        self.observed.rounded |= value.abs() >= EXACT;
        Ok(self.scalar(WireInput::Float(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<bool, E> {
        Ok(self.scalar(WireInput::Text(value)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<bool, A::Error> {
        match self.kind {
            Kind::Object(_) => {
                if let Some(model) = self.slot.begin_object() {
                    return read_fields(model, entries, self.outermost, self.observed);
                }
            }
            Kind::List(item) if item.object().is_some() && !self.observed.strict => {
                if let Some(list) = self.slot.begin_list() {
                    return list_of_one(list, entries, self.outermost, self.observed);
                }
            }
            Kind::Map => {
                if let Some(map) = self.slot.begin_map() {
                    return read_map(map, entries, self.outermost, self.observed);
                }
            }
            Kind::File => {
                if let Some(file) = self.slot.begin_file() {
                    *file = Upload::deserialize(MapAccessDeserializer::new(entries))?;
                    return Ok(true);
                }
            }
            Kind::Nothing => {
                skip_entries(&mut entries, self.outermost, self.observed)?;
                return Ok(self.slot.read(WireInput::Null, self.format));
            }
            _ => {}
        }
        let any = skip_entries(&mut entries, self.outermost, self.observed)?;
        Ok(if any || self.observed.strict {
            self.leave_out()
        } else {
            false
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<bool, A::Error> {
        let Kind::List(kind) = self.kind else {
            return self.first_item(items);
        };
        if self.observed.strict && self.format == Format::Comma {
            while items.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(self.leave_out());
        }
        let Self {
            slot,
            format,
            outermost,
            observed,
            ..
        } = self;
        let Some(list) = slot.begin_list() else {
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
            // An item that cannot be read is left out.
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
}

impl Slot<'_> {
    /// A list where one value belongs: its first item.
    fn first_item<'de, A: SeqAccess<'de>>(self, mut items: A) -> Result<bool, A::Error> {
        let expected = strict::expected(self.kind, self.format);
        let observed = self.observed;
        let set = items.next_element_seed(Slot {
            slot: self.slot,
            kind: self.kind,
            format: self.format,
            outermost: false,
            observed,
        })?;
        let mut others = 0_usize;
        while items.next_element::<IgnoredAny>()?.is_some() {
            others += 1;
        }
        if observed.strict && !matches!(self.kind, Kind::Nothing) {
            observed.leave_out(Problem::Unreadable { expected });
            return Ok(false);
        }
        if others > 0 && !matches!(self.kind, Kind::Nothing) {
            observed.leave_out_items(others);
        }
        observed.recognised |= self.outermost && set == Some(true);
        Ok(match set {
            Some(set) => set,
            // An empty list has no value, and that is all a response without a value needs.
            None => matches!(self.kind, Kind::Nothing),
        })
    }
}

/// One object where a list belongs is a list of one.
fn list_of_one<'de, A: MapAccess<'de>>(
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

fn read_map<'de, A: MapAccess<'de>>(
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
        let filled = entries.next_value_seed(Slot {
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

fn at_item(index: usize, inside: Option<&str>) -> String {
    match inside {
        Some(path) => format!("[{index}].{path}"),
        None => format!("[{index}]"),
    }
}

/// Skips an object. Says whether there was anything in it.
fn skip_entries<'de, A: MapAccess<'de>>(
    entries: &mut A,
    outermost: bool,
    observed: &mut Observed,
) -> Result<bool, A::Error> {
    static NO_FIELDS: Shape = Shape::new("", &[]);
    let mut any = false;
    while entries
        .next_key_seed(Key {
            shape: &NO_FIELDS,
            outermost,
            observed,
        })?
        .is_some()
    {
        entries.next_value::<IgnoredAny>()?;
        any = true;
    }
    Ok(any)
}

fn read_fields<'de, A: MapAccess<'de>>(
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
    while let Some(found) = entries.next_key_seed(Key {
        shape,
        outermost,
        observed,
    })? {
        // The first usable value counts: a field can come twice, or under two names.
        let slot = found.filter(|index| seen & (1 << index) == 0);
        let slot = slot.and_then(|index| Some((index, model.slot_mut(index)?)));
        let Some((index, slot)) = slot else {
            entries.next_value::<IgnoredAny>()?;
            continue;
        };
        let field = &shape.fields[index];
        let mark = observed.mark();
        let filled = entries.next_value_seed(Slot {
            slot,
            kind: &field.kind,
            format: field.format,
            outermost: false,
            observed,
        })?;
        observed.step_into(mark, field.wire);
        if filled {
            seen |= 1 << index;
            if outermost {
                observed.note_field(field);
            }
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
    Ok(is_whole(shape, seen, first_gap, observed))
}

/// Whether no required field is missing.
fn is_whole(
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

/// Reads the fields of a model that keeps everything, in the field `rest` what has no field of its
/// own or does not fit it.
fn read_all_fields<'de, A: MapAccess<'de>>(
    model: &mut dyn Model,
    rest: usize,
    mut entries: A,
    observed: &mut Observed,
) -> Result<bool, A::Error> {
    let shape = model.shape();
    let mut seen = 0_u64;
    let mut kept = BTreeMap::new();
    while let Some(key) = entries.next_key::<String>()? {
        let value: Json = entries.next_value()?;
        if observed.stored
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
        let slot = found.filter(|index| seen & (1 << index) == 0);
        if let Some((index, slot)) = slot.and_then(|index| Some((index, model.slot_mut(index)?))) {
            let mut inside = Observed::default();
            let filled = Slot {
                slot,
                kind: &shape.fields[index].kind,
                format: shape.fields[index].format,
                outermost: false,
                observed: &mut inside,
            }
            .deserialize(&value)
            .map_err(A::Error::custom)?;
            if filled {
                seen |= 1 << index;
                continue;
            }
            slot.clear();
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
    if let Some(map) = model.slot_mut(rest).and_then(|slot| slot.begin_map()) {
        *map = kept;
    }
    Ok(is_whole(shape, seen, None, observed))
}

/// Finds the field of a key.
struct Key<'a> {
    shape: &'static Shape,
    outermost: bool,
    observed: &'a mut Observed,
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
            self.observed.note_key(key, found);
        }
        Ok(found)
    }
}
