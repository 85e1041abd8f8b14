//! `Serialize` and `Deserialize` of models and operations: the form in which a program keeps them.
//!
//! It is the JSON of the wire, with two differences. Where the spelling of the wire would lose a part
//! of a value, such as the seconds of a time that travels in minutes, a finer spelling is written,
//! which reading takes as well. And [`EXTRA`] holds what else was received under a key that means a
//! field.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{
    Deserializer, Serialize, Serializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor},
    ser::{SerializeMap, SerializeSeq},
};

use super::{
    Empty, Format, Kind, Model, Observed, Place, Shape, Value, WireValue,
    json::{EXTRA, Slot, deserialize_value},
};

/// Writes a model: the `Serialize` of all models and operations.
pub fn serialize_model<S: Serializer>(model: &dyn Model, serializer: S) -> Result<S::Ok, S::Error> {
    Stored(WireValue::Object(model), Format::Plain).serialize(serializer)
}

/// Reads a model, as leniently as responses are read: the `Deserialize` of all models.
pub(crate) fn deserialize_model<'de, M, D>(deserializer: D) -> Result<M, D::Error>
where
    M: Value + Empty,
    D: Deserializer<'de>,
{
    deserialize_value(deserializer, Observed::stored())
}

/// Reads a part of what the service sent, as leniently as responses are read.
pub(crate) fn deserialize_part<'de, M, D>(deserializer: D) -> Result<M, D::Error>
where
    M: Value + Empty,
    D: Deserializer<'de>,
{
    deserialize_value(deserializer, Observed::default())
}

/// Reads an operation: the `Deserialize` of all operations. Unlike a response, what does not fit is an
/// error: a call without one of its parameters may do something else.
pub(crate) fn deserialize_operation<'de, M, D>(deserializer: D) -> Result<M, D::Error>
where
    M: Model + Empty,
    D: Deserializer<'de>,
{
    let mut operation = M::empty();
    read_parameters(&mut operation, deserializer)?;
    Ok(operation)
}

/// Reads the parameters of an operation into it.
pub(super) fn read_parameters<'de, D: Deserializer<'de>>(
    operation: &mut dyn Model,
    deserializer: D,
) -> Result<(), D::Error> {
    deserializer.deserialize_map(Parameters {
        operation,
        observed: Observed::stored(),
    })
}

/// A value that is written in full.
pub(crate) struct Stored<'a>(pub(crate) WireValue<'a>, pub(crate) Format);

impl Serialize for Stored<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            WireValue::Absent => serializer.serialize_unit(),
            WireValue::Bool(value) => serializer.serialize_bool(*value),
            WireValue::Int(number) => serializer.serialize_i64(*number),
            WireValue::Float(number) => serializer.serialize_f64(*number),
            WireValue::Text(text) => serializer.serialize_str(text),
            WireValue::Map(map) => map.serialize(serializer),
            WireValue::File(file) => file.serialize(serializer),
            // As a tree: the text would stay one in formats other than JSON.
            WireValue::Json(text) => serde_json::from_str::<serde_json::Value>(text)
                .map_err(serde::ser::Error::custom)?
                .serialize(serializer),
            WireValue::List(list) => {
                let mut items = serializer.serialize_seq(Some(list.len()))?;
                for index in 0..list.len() {
                    if let Some(item) = list.get(index) {
                        items.serialize_element(&Stored(item.write_exact(self.1), self.1))?;
                    }
                }
                items.end()
            }
            WireValue::Object(model) => serialize_fields(*model, serializer),
        }
    }
}

fn serialize_fields<S: Serializer>(model: &dyn Model, serializer: S) -> Result<S::Ok, S::Error> {
    let shape = model.shape();
    let is_written = |index: usize| {
        let field = &shape.fields[index];
        let is_set = model.slot(index).is_some_and(|slot| slot.is_set());
        field.place != Place::Rest && (field.required || is_set)
    };
    let rest = shape.rest.and_then(|index| model.slot(index));
    let mut beside = Vec::new();
    let mut apart = BTreeMap::new();
    if let Some(rest) = rest.and_then(|rest| rest.as_map()) {
        for (key, value) in rest {
            if key == EXTRA || shape.stored_field(key).is_some() {
                apart.insert(key, value);
            } else {
                beside.push((key, value));
            }
        }
    }
    // CBOR and MessagePack write the number of entries first.
    let fields = (0..shape.fields.len()).filter(|index| is_written(*index));
    let count = fields.clone().count() + beside.len() + usize::from(!apart.is_empty());
    let mut entries = serializer.serialize_map(Some(count))?;
    for index in fields {
        let format = shape.fields[index].format;
        let Some(slot) = model.slot(index) else {
            continue;
        };
        let value = Stored(slot.write_exact(format), format);
        entries.serialize_entry(&*shape.stored_name(index), &value)?;
    }
    for (key, value) in beside {
        entries.serialize_entry(key, value)?;
    }
    if !apart.is_empty() {
        entries.serialize_entry(EXTRA, &apart)?;
    }
    entries.end()
}

impl Shape {
    /// The key of a field: its wire name. A parameter of path, query or header has its place in front
    /// if another field has that name: the operation `LockView` has a `participantID` in the body and
    /// another one in the query, `query.participantID`.
    fn stored_name(&self, index: usize) -> Cow<'static, str> {
        let field = &self.fields[index];
        let is_taken = || {
            let mut before = self.fields[..index].iter();
            self.body_field(field.wire).is_some()
                || before.any(|other| other.place != Place::Rest && other.wire == field.wire)
        };
        if field.place == Place::Body || !is_taken() {
            return field.wire.into();
        }
        let place = match field.place {
            Place::Path => "path",
            Place::Query => "query",
            Place::Header => "header",
            Place::Body | Place::WholeBody | Place::Part | Place::Rest => "body",
        };
        format!("{place}.{}", field.wire).into()
    }

    /// The index of the field that a key means.
    fn stored_field(&self, key: &str) -> Option<usize> {
        let elsewhere = |index: &usize| {
            !matches!(self.fields[*index].place, Place::Body | Place::Rest)
                && self.stored_name(*index) == key
        };
        self.body_field(key)
            .or_else(|| (0..self.fields.len()).find(elsewhere))
    }
}

/// Reads the parameters of an operation into it.
struct Parameters<'a> {
    operation: &'a mut dyn Model,
    observed: Observed,
}

impl<'de> Visitor<'de> for Parameters<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the parameters of ")?;
        f.write_str(self.operation.shape().name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let Self {
            operation,
            mut observed,
        } = self;
        let shape = operation.shape();
        let mut seen = 0_u64;
        let mut rest = BTreeMap::new();
        while let Some(key) = entries.next_key::<String>()? {
            let Some(index) = shape.stored_field(&key) else {
                match shape.rest {
                    Some(_) if key == EXTRA => {
                        rest.extend(entries.next_value::<BTreeMap<String, String>>()?);
                    }
                    Some(_) => {
                        rest.insert(key, entries.next_value()?);
                    }
                    None => {
                        entries.next_value::<IgnoredAny>()?;
                        let message = format_args!("{} has no parameter `{key}`", shape.name);
                        return Err(A::Error::custom(message));
                    }
                }
                continue;
            };
            if seen & (1 << index) != 0 {
                return Err(A::Error::custom(format_args!("`{key}` stands there twice")));
            }
            seen |= 1 << index;
            let field = &shape.fields[index];
            let Some(slot) = operation.slot_mut(index) else {
                continue;
            };
            let slot = Slot::of(slot, field, &mut observed);
            match entries.next_value_seed(Parameter(slot))? {
                Some(true) => {}
                // To a type of the caller, null is a value.
                None if matches!(field.kind, Kind::Json)
                    && operation
                        .slot_mut(index)
                        .and_then(|slot| slot.begin_json())
                        .is_some_and(|slot| slot.read_json(serde_json::Value::Null)) => {}
                // Null is as good as nothing where nothing need be.
                None if !field.required => {
                    if let Some(slot) = operation.slot_mut(index) {
                        slot.clear();
                    }
                }
                _ => {
                    let inside = observed.take_missing();
                    let dot = if inside.is_empty() { "" } else { "." };
                    let path = format!("{dot}{inside}");
                    let message = format_args!("`{key}{path}` is missing or unusable");
                    return Err(A::Error::custom(message));
                }
            }
        }
        if let Some(map) = shape
            .rest
            .and_then(|index| operation.slot_mut(index)?.begin_map())
        {
            *map = rest;
        }
        for (index, field) in shape.fields.iter().enumerate() {
            if field.required && seen & (1 << index) == 0 {
                let name = shape.stored_name(index);
                let message = format_args!("`{name}` is missing or unusable");
                return Err(A::Error::custom(message));
            }
        }
        Ok(())
    }
}

/// One parameter. Its result says whether it was filled; `None` for null.
struct Parameter<'a>(Slot<'a>);

impl<'de> DeserializeSeed<'de> for Parameter<'_> {
    type Value = Option<bool>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Parameter<'_> {
    type Value = Option<bool>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a parameter")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(
        mut self,
        deserializer: D,
    ) -> Result<Self::Value, D::Error> {
        self.0.deserialize(deserializer).map(Some)
    }
}
