//! Operations that can be made from what was read.

use serde::{Deserializer, de::Error as _};

use super::{Empty, Model, Shape, Value, stored::read_parameters};
use crate::{Operation, Output};

/// Operation that can be made from what was read: all of this crate, and those that
/// [`operation!`](crate::operation!) defines with parameters that can be read.
pub trait Readable: Operation + Sized {
    /// Makes one from the parameters that `fill` puts in. `None` when it leaves a required one empty.
    fn from_filled<E>(
        fill: impl FnOnce(&mut dyn Model) -> Result<(), E>,
    ) -> Result<Option<Self>, E>;
}

impl<O: Operation + Empty> Readable for O {
    fn from_filled<E>(
        fill: impl FnOnce(&mut dyn Model) -> Result<(), E>,
    ) -> Result<Option<Self>, E> {
        let mut operation = O::empty();
        fill(&mut operation)?;
        Ok(Some(operation))
    }
}

/// Type of a parameter that can be read, by way of a slot that may be empty.
///
/// The lifetime makes a bound such as `Json<Note>: Parameter<'de>` a condition of an impl. Without it,
/// the bound would be about nothing but known types, and an error where it does not hold.
pub trait Parameter<'de>: Sized {
    /// The slot.
    type Slot: Value + Empty;

    /// The value in the slot. `None` when reading left it empty.
    fn from_slot(slot: Self::Slot) -> Option<Self>;
}

impl<T: Output> Parameter<'_> for T {
    type Slot = <T as Output>::Slot;

    fn from_slot(slot: Self::Slot) -> Option<Self> {
        <T as Output>::from_slot(slot)
    }
}

/// The slots of an operation that is being read.
#[derive(Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "`operation!` writes it down in other crates"
)]
pub struct Slots<'a> {
    /// The table of the operation.
    pub shape: &'static Shape,
    /// A slot for each field.
    pub slots: &'a mut [&'a mut dyn Value],
}

impl Model for Slots<'_> {
    fn shape(&self) -> &'static Shape {
        self.shape
    }

    fn slot(&self, index: usize) -> Option<&dyn Value> {
        self.slots.get(index).map(|slot| &**slot)
    }

    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn Value> {
        match self.slots.get_mut(index) {
            Some(slot) => Some(&mut **slot),
            None => None,
        }
    }
}

/// Reads an operation that `operation!` defines: its `Deserialize`.
pub fn deserialize_readable<'de, O, D>(deserializer: D) -> Result<O, D::Error>
where
    O: Readable,
    D: Deserializer<'de>,
{
    O::from_filled(|operation| read_parameters(operation, deserializer))?
        .ok_or_else(|| D::Error::custom("a parameter is missing or unusable"))
}
