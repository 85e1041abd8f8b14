//! Slots: the fields of a model, reached without knowing their Rust type.

#![expect(
    clippy::exhaustive_enums,
    reason = "hidden, and outside of semantic versioning"
)]

use std::{collections::BTreeMap, fmt};

use super::{Format, Kind, Model, WireInput, WireValue};
use crate::Upload;

/// A slot of a model.
///
/// Looking at a slot never changes it: see the methods of `dyn Value` that begin with `as_`. Those
/// that begin with `begin_` replace what was there with an empty object, list, map or file.
pub trait Value: fmt::Debug + Send + Sync {
    /// Takes a scalar in any spelling that the service is known to use. False, and the slot is
    /// unspecified until it is cleared, when the scalar cannot be held.
    fn read(&mut self, input: WireInput<'_>, format: Format) -> bool;

    /// The value as it goes on the wire.
    fn write(&self, format: Format) -> WireValue<'_>;

    /// The same, in a spelling that loses nothing, where that of the wire would: for what is kept.
    fn write_exact(&self, format: Format) -> WireValue<'_> {
        self.write(format)
    }

    /// Replaces the value with an empty `part`. `None`, and nothing changes, in a slot that does not
    /// hold such a part.
    fn begin(&mut self, _part: Part) -> Option<Content<'_>> {
        None
    }

    /// The composite value in this slot, to be changed in place. `None` for scalars, and while
    /// nothing is set.
    fn content_mut(&mut self) -> Option<Content<'_>> {
        None
    }

    /// Removes the value. A required slot keeps what it has.
    fn clear(&mut self) {}

    /// Whether there is something to write.
    fn is_set(&self) -> bool {
        true
    }
}

/// An object in a slot. Once for all models, so that each has less to compile.
impl<M: Model> Value for M {
    fn read(&mut self, _: WireInput<'_>, _: Format) -> bool {
        false
    }

    fn write(&self, _: Format) -> WireValue<'_> {
        WireValue::Object(self)
    }

    fn begin(&mut self, part: Part) -> Option<Content<'_>> {
        match part {
            Part::Object => Some(Content::Object(self)),
            _ => None,
        }
    }

    fn content_mut(&mut self) -> Option<Content<'_>> {
        Some(Content::Object(self))
    }
}

/// A type that a slot can hold.
pub trait Empty: Sized {
    /// The kind of its values.
    const KIND: Kind;
    /// Whether a value can be absent.
    const OPTIONAL: bool = false;

    /// An empty value, to be filled by reading. Nobody sees it unless reading succeeds.
    fn empty() -> Self;
}

/// The composite values that a slot can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// An object with the fields of a table.
    Object,
    /// A list.
    List,
    /// An object with free keys.
    Map,
    /// A file.
    File,
    /// Any JSON.
    Json,
}

/// A composite value, to be changed in place.
#[derive(Debug)]
pub enum Content<'a> {
    /// An object with the fields of a table.
    Object(&'a mut dyn Model),
    /// A list.
    List(&'a mut dyn List),
    /// An object with free keys.
    Map(&'a mut BTreeMap<String, String>),
    /// A file.
    File(&'a mut Upload),
    /// Any JSON.
    Json(&'a mut dyn JsonSlot),
}

/// A slot of [`Kind::Json`].
pub trait JsonSlot: fmt::Debug + Send + Sync {
    /// Takes any JSON. False when its type cannot hold it.
    fn read_json(&mut self, json: serde_json::Value) -> bool;
}

/// A list of slots.
pub trait List: fmt::Debug + Send + Sync {
    /// The number of items.
    fn len(&self) -> usize;

    /// Whether there are no items.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at `index`, if there is one.
    fn get(&self, index: usize) -> Option<&dyn Value>;

    /// The item at `index`, to be changed in place.
    fn get_mut(&mut self, index: usize) -> Option<&mut dyn Value>;

    /// Adds an empty item, to be filled.
    fn push_default(&mut self) -> &mut dyn Value;

    /// Removes the last item.
    fn pop(&mut self);
}

impl dyn Value + '_ {
    /// The object in this slot.
    #[must_use]
    pub fn as_object(&self) -> Option<&dyn Model> {
        match self.write(Format::Plain) {
            WireValue::Object(model) => Some(model),
            _ => None,
        }
    }

    /// The list in this slot, also where its items travel joined by commas.
    #[must_use]
    pub fn as_list(&self) -> Option<&dyn List> {
        match self.write(Format::Plain) {
            WireValue::List(list) => Some(list),
            _ => None,
        }
    }

    /// The map in this slot.
    #[must_use]
    pub fn as_map(&self) -> Option<&BTreeMap<String, String>> {
        match self.write(Format::Plain) {
            WireValue::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The file in this slot.
    #[must_use]
    pub fn as_file(&self) -> Option<&Upload> {
        match self.write(Format::Plain) {
            WireValue::File(file) => Some(file),
            _ => None,
        }
    }

    /// The object in this slot, to be changed in place.
    pub fn as_object_mut(&mut self) -> Option<&mut dyn Model> {
        match self.content_mut()? {
            Content::Object(model) => Some(model),
            _ => None,
        }
    }

    /// The list in this slot, to be changed in place.
    pub fn as_list_mut(&mut self) -> Option<&mut dyn List> {
        match self.content_mut()? {
            Content::List(list) => Some(list),
            _ => None,
        }
    }

    /// The map in this slot, to be changed in place.
    pub fn as_map_mut(&mut self) -> Option<&mut BTreeMap<String, String>> {
        match self.content_mut()? {
            Content::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Puts an empty object into this slot, in place of what was there.
    pub fn begin_object(&mut self) -> Option<&mut dyn Model> {
        match self.begin(Part::Object)? {
            Content::Object(model) => Some(model),
            _ => None,
        }
    }

    /// Puts an empty list into this slot, in place of what was there.
    pub fn begin_list(&mut self) -> Option<&mut dyn List> {
        match self.begin(Part::List)? {
            Content::List(list) => Some(list),
            _ => None,
        }
    }

    /// Puts an empty map into this slot, in place of what was there.
    pub fn begin_map(&mut self) -> Option<&mut BTreeMap<String, String>> {
        match self.begin(Part::Map)? {
            Content::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The place for any JSON in this slot.
    pub(crate) fn begin_json(&mut self) -> Option<&mut dyn JsonSlot> {
        match self.begin(Part::Json)? {
            Content::Json(slot) => Some(slot),
            _ => None,
        }
    }

    /// Puts an empty file into this slot, in place of what was there.
    pub fn begin_file(&mut self) -> Option<&mut Upload> {
        match self.begin(Part::File)? {
            Content::File(file) => Some(file),
            _ => None,
        }
    }
}
