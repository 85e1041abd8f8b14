//! Reader of models that keep everything: as text what has no field of its own, or does not fit it.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{
    Deserialize as _,
    de::{
        DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::Value as Json;

use super::{object::is_whole, observed::Observed, read::Slot};
use crate::schema::{Model, Shape};

/// The key under which values are kept that cannot stand beside the fields of a model, because their
/// own key would be taken for that of a field.
pub(in crate::schema) const EXTRA: &str = "extra";

/// Reads the fields of such a model. What is kept goes into the field `rest`.
pub(super) fn read_all_fields<'de, A: MapAccess<'de>>(
    model: &mut dyn Model,
    rest: usize,
    mut entries: A,
    observed: &mut Observed,
) -> Result<bool, A::Error> {
    let shape = model.shape();
    let mut seen = 0_u64;
    let mut kept = BTreeMap::new();
    while let Some((key, found)) = entries.next_key_seed(Key(shape))? {
        let free = found.filter(|index| seen & (1 << index) == 0);
        let slot = free.and_then(|index| Some((index, model.slot_mut(index)?)));
        let value = match slot {
            None => entries.next_value::<Json>()?,
            Some((index, slot)) => {
                let mut inside = Observed::default();
                let filled = Fitting(Slot::of(slot, &shape.fields[index], &mut inside));
                match entries.next_value_seed(filled)? {
                    None => {
                        seen |= 1 << index;
                        continue;
                    }
                    Some(value) => {
                        if let Some(slot) = model.slot_mut(index) {
                            slot.clear();
                        }
                        value
                    }
                }
            }
        };
        let text = match value {
            Json::Object(apart) if observed.stored && key == EXTRA => {
                kept.extend(apart.into_iter().map(|(key, value)| (key, text_of(value))));
                continue;
            }
            Json::Null => continue,
            // An id that is empty is an id that there is not.
            Json::String(text) if text.is_empty() && found.is_some() => continue,
            value => text_of(value),
        };
        kept.insert(key.into_owned(), text);
    }
    if let Some(map) = model.slot_mut(rest).and_then(|slot| slot.begin_map()) {
        *map = kept;
    }
    Ok(is_whole(shape, seen, None, observed))
}

fn text_of(value: Json) -> String {
    match value {
        Json::String(text) => text,
        other => other.to_string(),
    }
}

/// A key, and the index of its field.
struct Key(&'static Shape);

impl<'de> DeserializeSeed<'de> for Key {
    type Value = (Cow<'static, str>, Option<usize>);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key {
    type Value = (Cow<'static, str>, Option<usize>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        let found = self.0.body_field(key);
        // The table has the text of a key that it knows.
        let known = found.and_then(|index| {
            let field = &self.0.fields[index];
            let mut names = std::iter::once(&field.wire).chain(field.also);
            names.find(|name| **name == key)
        });
        let key = known.map_or_else(|| Cow::Owned(key.to_owned()), |name| Cow::Borrowed(*name));
        Ok((key, found))
    }
}

/// A slot to fill. Its result is the value that it could not take.
struct Fitting<'a>(Slot<'a>);

impl Fitting<'_> {
    /// Reads a value of parts, of which a slot that does not take them leaves nothing.
    fn tree<E: Error>(mut self, json: Json) -> Result<Option<Json>, E> {
        let filled = self.0.deserialize(&json).map_err(E::custom)?;
        Ok((!filled).then_some(json))
    }
}

impl<'de> DeserializeSeed<'de> for Fitting<'_> {
    type Value = Option<Json>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Fitting<'_> {
    type Value = Option<Json>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(mut self) -> Result<Self::Value, E> {
        Ok((!self.0.visit_unit()?).then_some(Json::Null))
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E: Error>(mut self, value: bool) -> Result<Self::Value, E> {
        Ok((!self.0.visit_bool(value)?).then(|| value.into()))
    }

    fn visit_i64<E: Error>(mut self, value: i64) -> Result<Self::Value, E> {
        Ok((!self.0.visit_i64(value)?).then(|| value.into()))
    }

    fn visit_u64<E: Error>(mut self, value: u64) -> Result<Self::Value, E> {
        Ok((!self.0.visit_u64(value)?).then(|| value.into()))
    }

    fn visit_f64<E: Error>(mut self, value: f64) -> Result<Self::Value, E> {
        Ok((!self.0.visit_f64(value)?).then(|| value.into()))
    }

    fn visit_str<E: Error>(mut self, value: &str) -> Result<Self::Value, E> {
        Ok((!self.0.visit_str(value)?).then(|| value.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Self::Value, A::Error> {
        self.tree(Json::deserialize(MapAccessDeserializer::new(entries))?)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        self.tree(Json::deserialize(SeqAccessDeserializer::new(items))?)
    }
}
