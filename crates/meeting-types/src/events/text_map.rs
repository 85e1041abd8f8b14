//! Maps of texts: how the service tells what it knows about a person.

use std::collections::BTreeMap;

use crate::schema::{Model, Place, WireInput};

/// The mode of an entry that is there.
pub(super) const REFRESH: i32 = 0;
/// The mode of an entry that is gone.
pub(super) const REMOVE: i32 = 1;

/// A model that travels as a map of texts, and keeps those that have no field.
pub(super) trait TextMap: Model + Sized {
    fn extra(&self) -> &BTreeMap<String, String>;

    fn extra_mut(&mut self) -> &mut BTreeMap<String, String>;

    /// Takes over what `map` says.
    fn put_all(&mut self, map: BTreeMap<String, String>) {
        for (key, value) in map {
            let shape = self.shape();
            let taken = shape.body_field(&key).is_some_and(|index| {
                let format = shape.fields[index].format;
                self.slot_mut(index)
                    .is_some_and(|slot| slot.read(WireInput::Text(&value), format))
            });
            if taken {
                self.extra_mut().remove(&key);
            } else {
                self.extra_mut().insert(key, value);
            }
        }
    }

    fn to_map(&self) -> BTreeMap<String, String> {
        let mut map = self.extra().clone();
        let model: &dyn Model = self;
        for (field, slot) in model.slots() {
            let value = slot.write(field.format).into_text();
            if let (Place::Body, Some(value)) = (field.place, value) {
                map.insert(field.wire.to_owned(), value.into_owned());
            }
        }
        map
    }
}
