//! Any serde type as a body or an output.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    operation::Output,
    schema::{Content, Empty, Format, JsonSlot, Kind, Part, Value, WireInput, WireValue},
};

/// Body or output of a serde type, in an operation that [`operation!`](crate::operation!) defines.
///
/// Reading fails for what the type's `Deserialize` refuses: the leniency of this crate's models ends
/// here. `Debug` prints the value by its own `Debug`, so keep secrets out of that.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a wrapper, and no more")]
pub struct Json<T>(pub T);

impl<T> Json<T> {
    #[doc(hidden)]
    pub const KIND: Kind = Kind::Json;
    #[doc(hidden)]
    pub const OPTIONAL: bool = false;
}

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: fmt::Debug> fmt::Debug for Json<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Serialize + fmt::Debug + Send + Sync> Value for Json<T> {
    fn read(&mut self, _: WireInput<'_>, _: Format) -> bool {
        false
    }

    /// An empty text where the type cannot be written as JSON; the check of the request tells it.
    fn write(&self, _: Format) -> WireValue<'_> {
        WireValue::Json(serde_json::to_string(&self.0).unwrap_or_default().into())
    }
}

impl<T: DeserializeOwned + fmt::Debug + Send + Sync + 'static> Output for Json<T> {
    type Slot = Unread<T>;

    fn from_slot(slot: Unread<T>) -> Option<Self> {
        slot.0.map(Self)
    }
}

/// Slot of a [`Json`] that is read.
#[derive(Debug)]
pub struct Unread<T>(Option<T>);

impl<T: fmt::Debug + Send + Sync + DeserializeOwned> Value for Unread<T> {
    fn read(&mut self, _: WireInput<'_>, _: Format) -> bool {
        false
    }

    fn write(&self, _: Format) -> WireValue<'_> {
        WireValue::Absent
    }

    fn begin(&mut self, part: Part) -> Option<Content<'_>> {
        (part == Part::Json).then_some(Content::Json(self))
    }
}

impl<T> Empty for Unread<T> {
    const KIND: Kind = Kind::Json;

    fn empty() -> Self {
        Self(None)
    }
}

impl<T: fmt::Debug + Send + Sync + DeserializeOwned> JsonSlot for Unread<T> {
    fn read_json(&mut self, json: serde_json::Value) -> bool {
        self.0 = serde_json::from_value(json).ok();
        self.0.is_some()
    }
}
