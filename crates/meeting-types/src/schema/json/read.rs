//! Reader of JSON into slots: lenient for what the service sends, strict for what it is sent.
//!
//! Leniently, a value that a slot cannot hold leaves the slot unset, and is noted. Unknown keys are
//! skipped, unless the model has a place for the rest. Only a missing required field fails, and an
//! optional object that lacks one is left out.
//!
//! Strictly, a value that is there and not in a documented form is a fault.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize as _,
    de::{
        DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor,
        value::MapAccessDeserializer,
    },
};
use serde_json::Value as Json;

use super::{
    digits,
    list::{first_item, list_of_one, read_list},
    object::{read_fields, read_map, skip_entries},
    observed::Observed,
};
use crate::{
    Upload,
    schema::{
        Empty, Field, Format, Kind, List, Problem, Value, WireInput,
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
    let mut seed = Slot {
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
    let mut slot = Slot {
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
    pub(super) slot: &'a mut dyn Value,
    pub(super) kind: &'a Kind,
    pub(super) format: Format,
    /// Whether it is the whole text.
    pub(super) outermost: bool,
    pub(super) observed: &'a mut Observed,
}

impl<'de> DeserializeSeed<'de> for &mut Slot<'_> {
    type Value = bool;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        if matches!(self.kind, Kind::Json) {
            return self.any_json(deserializer);
        }
        deserializer.deserialize_any(self)
    }
}

impl Slot<'_> {
    /// Reads any JSON as it is.
    #[inline(never)]
    fn any_json<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<bool, D::Error> {
        let json = Json::deserialize(deserializer)?;
        let taken = self
            .slot
            .begin_json()
            .is_some_and(|slot| slot.read_json(json));
        if self.outermost && taken {
            self.observed.recognised = true;
        }
        Ok(taken || self.leave_out())
    }

    /// Reads a scalar.
    #[inline]
    fn scalar(&mut self, input: WireInput<'_>) -> bool {
        let taken = self.slot.read(input, self.format);
        if taken && !self.observed.strict && self.format != Format::Comma {
            return true;
        }
        self.judge(input, taken)
    }

    /// Judges a scalar of which the slot has `taken` a value or not.
    #[inline(never)]
    fn judge(&mut self, input: WireInput<'_>, taken: bool) -> bool {
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

    /// Reads a whole number that takes more than 63 bits: as text, because an id may be that long
    /// and a float would round it.
    #[cold]
    fn large(&mut self, value: u64) -> bool {
        self.scalar(WireInput::Text(itoa::Buffer::new().format(value)))
    }

    /// Notes that a scalar was left out. One that says nothing is no loss.
    fn leave_out_scalar(&mut self, input: WireInput<'_>) -> bool {
        match input {
            WireInput::Null => false,
            WireInput::Text(text) if text.trim().is_empty() => false,
            _ => self.leave_out(),
        }
    }

    /// Notes that a value was left out.
    pub(super) fn leave_out(&mut self) -> bool {
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

impl<'de> Visitor<'de> for &mut Slot<'_> {
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

    #[inline]
    fn visit_u64<E>(self, value: u64) -> Result<bool, E> {
        Ok(match i64::try_from(value) {
            Ok(value) => self.scalar(WireInput::Int(value)),
            Err(_) => self.large(value),
        })
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

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<bool, A::Error> {
        match self.kind {
            Kind::List(kind) => read_list(self, kind, items),
            _ => first_item(self, items),
        }
    }
}
