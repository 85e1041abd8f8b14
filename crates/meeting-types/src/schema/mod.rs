//! The tables behind models and operations, and the one reader and writer that work on them.
//!
//! Each model lists its fields in a [`Shape`] and hands out its slots by index. Reading, writing,
//! checking and printing are then written once, over `dyn Model`, instead of once per model: that
//! keeps the crate quick to compile and puts all leniency towards the service into one place.
//!
//! You meet these traits as bounds of [`Operation`](crate::Operation). You do not need to call them.

mod check;
mod keys;
mod macros;
mod read;
mod scalar;
mod serde;
mod value;
mod write;

use std::fmt;

use keys::Keys;

pub use check::Problem;
pub(crate) use check::{check_body, check_parameter, check_text};
pub(crate) use macros::{open_enum, operation_table, setters, slots, table};
use read::Slot;
pub(crate) use read::{Observed, ReadFailure, read_json, read_json_noting, read_tree};
pub use scalar::{WireInput, WireValue};
pub(crate) use serde::{Stored, deserialize_model, deserialize_operation, serialize_model};
pub use value::{Empty, List, Value};
pub(crate) use write::{write_body, write_json, write_tree};

/// A struct whose fields can be reached by index.
pub trait Model: fmt::Debug + Send + Sync {
    /// The name and the fields.
    fn shape(&self) -> &'static Shape;
    /// The field at `index` of the shape.
    fn slot(&self, index: usize) -> &dyn Value;
    /// The field at `index` of the shape, to be filled.
    fn slot_mut(&mut self, index: usize) -> &mut dyn Value;
}

/// The name of a model and its fields, at most 64.
#[derive(Debug)]
pub struct Shape {
    /// The Rust name.
    pub name: &'static str,
    /// The fields, in the order in which they are written.
    pub fields: &'static [Field],
    /// Which fields a JSON object must have, as a bit each.
    pub(crate) required: u64,
    /// The field that keeps what no other field is meant for.
    pub(crate) rest: Option<usize>,
    /// Where the fields of a JSON object are found.
    keys: Keys,
}

impl Shape {
    pub(crate) const fn new(name: &'static str, fields: &'static [Field]) -> Self {
        assert!(fields.len() <= 64);
        let mut required = 0;
        let mut rest = None;
        let mut index = 0;
        while index < fields.len() {
            if matches!(fields[index].place, Place::Rest) {
                rest = Some(index);
            }
            if fields[index].required && matches!(fields[index].place, Place::Body) {
                required |= 1 << index;
            }
            index += 1;
        }
        Self {
            name,
            fields,
            required,
            rest,
            keys: Keys::new(fields),
        }
    }

    /// The index of the body field that a key of a JSON object means.
    pub(crate) fn body_field(&self, key: &str) -> Option<usize> {
        self.keys.find(self.fields, key)
    }
}

/// Where a field travels in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A `{placeholder}` of the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
    /// A key of the JSON body, or of the enclosing object.
    Body,
    /// The whole JSON body.
    WholeBody,
    /// A file of a form.
    Part,
    /// Every key of the enclosing object that has no field of its own.
    Rest,
}

/// How a value is spelt on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// As JSON spells it.
    Plain,
    /// Yes or no as 1 or 0.
    Bit,
    /// Yes or no as `"1"` or `"0"`.
    BitText,
    /// Yes or no as `"Y"` or `"N"`.
    YesNo,
    /// Yes or no as `"YES"` or `"NO"`.
    YesNoWord,
    /// A time as milliseconds since 1970.
    EpochMillis,
    /// A time as milliseconds since 1970, in a string.
    EpochMillisText,
    /// A time as seconds since 1970.
    EpochSeconds,
    /// A time as `yyyy-MM-dd HH:mm`, UTC.
    UtcMinute,
    /// A time as `yyyy-MM-dd HH:mm:ss`, UTC.
    UtcSecond,
    /// A time as `yyyy-MM-ddTHH:mm:ss.SSSZ`.
    Iso,
    /// A span of time in seconds.
    Seconds,
    /// A span of time in minutes.
    Minutes,
    /// A span of time in milliseconds.
    Millis,
    /// A span of time in milliseconds, in a string.
    MillisText,
    /// A whole number, in a string.
    IntText,
    /// A list as one string, joined by commas.
    Comma,
    /// Text in Base64.
    Base64,
}

/// One field: its name in Rust and on the wire, where it goes, how it is spelt, what it must obey.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Field {
    /// The name in Rust.
    pub name: &'static str,
    /// The name on the wire.
    pub wire: &'static str,
    /// Other names that the service uses for it.
    pub also: &'static [&'static str],
    /// Where it travels.
    pub place: Place,
    /// How it is spelt.
    pub format: Format,
    /// Whether it must be present.
    pub required: bool,
    /// Whether text may hold line breaks and tabs.
    pub multiline: bool,
    /// The least value, number of characters or number of items.
    pub min: i64,
    /// The greatest value, number of characters or number of items.
    pub max: i64,
    /// The least value or number of characters of each item of a list.
    pub item_min: i64,
    /// The greatest value or number of characters of each item of a list.
    pub item_max: i64,
}

impl Field {
    const fn at(place: Place, wire: &'static str) -> Self {
        Self {
            name: "",
            wire,
            also: &[],
            place,
            format: Format::Plain,
            required: false,
            multiline: false,
            min: i64::MIN,
            max: i64::MAX,
            item_min: i64::MIN,
            item_max: i64::MAX,
        }
    }

    pub(crate) const fn path(wire: &'static str) -> Self {
        Self::at(Place::Path, wire)
    }

    pub(crate) const fn query(wire: &'static str) -> Self {
        Self::at(Place::Query, wire)
    }

    pub(crate) const fn header(wire: &'static str) -> Self {
        Self::at(Place::Header, wire)
    }

    pub(crate) const fn body(wire: &'static str) -> Self {
        Self::at(Place::Body, wire)
    }

    pub(crate) const fn whole_body() -> Self {
        Self::at(Place::WholeBody, "body")
    }

    pub(crate) const fn part(wire: &'static str) -> Self {
        Self::at(Place::Part, wire)
    }

    /// A map of texts that keeps what has no field.
    pub(crate) const fn rest() -> Self {
        Self::at(Place::Rest, "")
    }

    pub(crate) const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    pub(crate) const fn also(mut self, also: &'static [&'static str]) -> Self {
        self.also = also;
        self
    }

    pub(crate) const fn format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(crate) const fn multiline(mut self) -> Self {
        self.multiline = true;
        self
    }

    /// Bounds the number of characters.
    pub(crate) const fn chars(mut self, min: i64, max: i64) -> Self {
        self.min = min;
        self.max = max;
        self
    }

    /// Bounds the value.
    pub(crate) const fn range(self, min: i64, max: i64) -> Self {
        self.chars(min, max)
    }

    /// Bounds the number of items.
    pub(crate) const fn items(self, min: i64, max: i64) -> Self {
        self.chars(min, max)
    }

    /// Bounds each item of a list, by value or number of characters.
    #[allow(
        dead_code,
        reason = "written by the generator once a document bounds items"
    )]
    pub(crate) const fn each(mut self, min: i64, max: i64) -> Self {
        self.item_min = min;
        self.item_max = max;
        self
    }
}

/// Prints a model by its table: only what is set, secrets masked by their types.
pub(crate) fn debug_model(model: &dyn Model, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let shape = model.shape();
    let mut out = f.debug_struct(shape.name);
    for (index, field) in shape.fields.iter().enumerate() {
        let slot = model.slot(index);
        if field.place == Place::Rest {
            // Nobody knows which of the values are secrets.
            if let (WireValue::Map(map), true) = (slot.write(field.format), slot.is_set()) {
                out.field(field.name, &map.keys());
            }
        } else if field.required || slot.is_set() {
            out.field(field.name, &slot);
        }
    }
    out.finish()
}

/// Stands in for a slot index that a shape does not have.
#[derive(Debug)]
pub(crate) struct NoSlot;

impl Value for NoSlot {
    fn read(&mut self, _: WireInput<'_>, _: Format) -> bool {
        false
    }

    fn write(&self, _: Format) -> WireValue<'_> {
        WireValue::Absent
    }

    fn is_set(&self) -> bool {
        false
    }
}
