//! The outermost object of a frame, with its values as text.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize,
    de::{Deserializer, Error, MapAccess, Visitor, value::MapDeserializer},
};
use serde_json::value::RawValue;

use super::frame_error::FrameError;
use crate::schema::{Empty, Value, deserialize_part};

/// Entries of an object in their order: keys, each with the text of its value.
///
/// Making them scans values without reading them. Each is read once, when its type is known, so that a
/// value nobody asks for may be ill-formed inside.
pub(super) struct Entries<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Entries<'a> {
    /// The value of `key`; the last one if the key is repeated, as in a tree.
    pub(super) fn get(&self, key: &str) -> Option<&'a RawValue> {
        let mut last = self.0.iter().rev();
        last.find(|(found, _)| found == key)
            .map(|(_, value)| *value)
    }

    /// Whether there is a key that `take` takes.
    pub(super) fn any(&self, take: fn(&str) -> bool) -> bool {
        self.0.iter().any(|(key, _)| take(key))
    }

    /// Reads those entries whose keys `take` takes as one object. `None` when they are not of this type.
    pub(super) fn read<T: Value + Empty>(
        &self,
        take: fn(&str) -> bool,
    ) -> Result<Option<T>, FrameError> {
        fitting(deserialize_part(MapDeserializer::new(self.taken(take))))
    }

    /// Apart from [`read`](Self::read), so that its type, and the whole reader with it, is compiled once
    /// and not for each `T`.
    fn taken(&self, take: fn(&str) -> bool) -> impl Iterator<Item = (&str, &'a RawValue)> {
        let taken = self.0.iter().filter(move |(key, _)| take(key));
        taken.map(|(key, value)| (&**key, *value))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::with_capacity(8);
                while let Some((Key(key), value)) = object.next_entry()? {
                    entries.push((key, value));
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_any(Object)
    }
}

/// A key, borrowed unless there is an escape in it.
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// Tells a value of another type, which is `None`, from ill-formed JSON.
pub(super) fn fitting<T>(read: Result<T, serde_json::Error>) -> Result<Option<T>, FrameError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_data() => Ok(None),
        Err(error) => Err(error.into()),
    }
}
