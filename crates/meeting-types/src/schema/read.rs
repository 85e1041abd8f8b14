//! Reads JSON into a model, leniently.
//!
//! A value that a slot cannot hold leaves the slot unset; unknown keys are skipped. Only a missing
//! required field fails, and an optional object that lacks one is dropped instead.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::{Format, Model, Place, Placeholder, Scalar, Shape, Value};

/// Why JSON could not be read into a slot.
#[derive(Debug)]
pub(crate) enum ReadFailure {
    /// The text is not JSON, or it is cut short.
    Json(serde_json::Error),
    /// A required field is missing or unusable: its path.
    Missing(String),
}

/// Reads the JSON `text` into `slot`.
pub(crate) fn read_json(
    text: &[u8],
    slot: &mut dyn Value,
    format: Format,
) -> Result<(), ReadFailure> {
    let mut missing = None;
    let mut json = serde_json::Deserializer::from_slice(text);
    let set = Slot {
        slot,
        format,
        missing: &mut missing,
    }
    .deserialize(&mut json)
    .map_err(ReadFailure::Json)?;
    json.end().map_err(ReadFailure::Json)?;
    if set {
        Ok(())
    } else {
        Err(ReadFailure::Missing(missing.unwrap_or_default()))
    }
}

/// Reads a model from any format that describes itself: the `Deserialize` of all models.
pub(crate) fn deserialize_model<'de, M, D>(deserializer: D) -> Result<M, D::Error>
where
    M: Value + Placeholder,
    D: Deserializer<'de>,
{
    let mut model = M::placeholder();
    let mut missing = None;
    let set = Slot {
        slot: &mut model,
        format: Format::Plain,
        missing: &mut missing,
    }
    .deserialize(deserializer)?;
    if set {
        Ok(model)
    } else {
        let missing = missing.unwrap_or_default();
        Err(D::Error::custom(format_args!(
            "`{missing}` is missing or unusable"
        )))
    }
}

/// A slot to fill. Its result says whether it was filled.
struct Slot<'a> {
    slot: &'a mut dyn Value,
    format: Format,
    /// The path of the first required field that was not found.
    missing: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Slot<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Slot<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(self.slot.accept(Scalar::Null, self.format))
    }

    fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
        Ok(self.slot.accept(Scalar::Bool(value), self.format))
    }

    fn visit_i64<E>(self, value: i64) -> Result<bool, E> {
        Ok(self.slot.accept(Scalar::Int(value), self.format))
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "no field of the service holds such a number"
    )]
    fn visit_u64<E>(self, value: u64) -> Result<bool, E> {
        let scalar = i64::try_from(value).map_or(Scalar::Float(value as f64), Scalar::Int);
        Ok(self.slot.accept(scalar, self.format))
    }

    fn visit_f64<E>(self, value: f64) -> Result<bool, E> {
        Ok(self.slot.accept(Scalar::Float(value), self.format))
    }

    fn visit_str<E>(self, value: &str) -> Result<bool, E> {
        Ok(self.slot.accept(Scalar::Text(value), self.format))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<bool, A::Error> {
        if let Some(model) = self.slot.object() {
            return read_fields(model, entries, self.missing);
        }
        if let Some(list) = self.slot.list() {
            // One object where a list belongs is a list of one.
            let item = list.grow();
            let filled = match item.object() {
                Some(model) => read_fields(model, entries, self.missing)?,
                None => {
                    skip_entries(entries)?;
                    false
                }
            };
            if !filled {
                list.shrink();
                *self.missing = None;
            }
            return Ok(true);
        }
        if let Some(map) = self.slot.map() {
            while let Some(key) = entries.next_key::<String>()? {
                let mut value = String::new();
                let slot = Slot {
                    slot: &mut value,
                    format: Format::Plain,
                    missing: self.missing,
                };
                if entries.next_value_seed(slot)? {
                    map.insert(key, value);
                }
            }
            return Ok(true);
        }
        skip_entries(entries)?;
        // What answers nothing takes an object too.
        Ok(self.slot.accept(Scalar::Null, self.format))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<bool, A::Error> {
        let Some(list) = self.slot.list() else {
            // A list where one value belongs: its first item.
            let slot = Slot {
                slot: self.slot,
                format: self.format,
                missing: self.missing,
            };
            let set = items.next_element_seed(slot)?.unwrap_or(false);
            while items.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(set);
        };
        loop {
            let item = list.grow();
            let slot = Slot {
                slot: item,
                format: self.format,
                missing: self.missing,
            };
            match items.next_element_seed(slot)? {
                Some(true) => {}
                // An item that cannot be read is left out.
                Some(false) => {
                    list.shrink();
                    *self.missing = None;
                }
                None => {
                    list.shrink();
                    return Ok(true);
                }
            }
        }
    }
}

fn skip_entries<'de, A: MapAccess<'de>>(mut entries: A) -> Result<(), A::Error> {
    while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

fn read_fields<'de, A: MapAccess<'de>>(
    model: &mut dyn Model,
    mut entries: A,
    missing: &mut Option<String>,
) -> Result<bool, A::Error> {
    let shape = model.shape();
    let mut seen = 0_u64;
    let mut expected = 0;
    let mut first_gap = None;
    while let Some(found) = entries.next_key_seed(Key { shape, expected })? {
        let Some(index) = found else {
            entries.next_value::<IgnoredAny>()?;
            continue;
        };
        expected = index + 1;
        let field = &shape.fields[index];
        let slot = model.slot_mut(index);
        let filled = entries.next_value_seed(Slot {
            slot,
            format: field.format,
            missing,
        })?;
        if filled {
            seen |= 1 << index;
            continue;
        }
        seen &= !(1 << index);
        let inner = missing.take();
        model.slot_mut(index).unset();
        if field.required {
            first_gap.get_or_insert_with(|| match inner {
                Some(path) => format!("{}.{path}", field.wire),
                None => field.wire.to_owned(),
            });
        }
    }
    let absent = shape.required() & !seen;
    if absent == 0 {
        return Ok(true);
    }
    let field = &shape.fields[absent.trailing_zeros() as usize];
    *missing = Some(first_gap.unwrap_or_else(|| field.wire.to_owned()));
    Ok(false)
}

/// Finds the field of a key. Replies keep the order of the documentation for the most part, so the
/// field after the last one found is tried first.
struct Key {
    shape: &'static Shape,
    expected: usize,
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        let fields = self.shape.fields;
        if fields
            .get(self.expected)
            .is_some_and(|field| field.wire == key && field.place == Place::Body)
        {
            return Ok(Some(self.expected));
        }
        Ok(fields.iter().position(|field| {
            field.place == Place::Body && (field.wire == key || field.also.contains(&key))
        }))
    }
}
