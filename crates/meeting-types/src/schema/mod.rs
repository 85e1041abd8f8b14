//! The tables behind models and operations, and the one reader and writer that work on them.
//!
//! Each model lists its fields in a [`Shape`] and hands out its slots by index. Reading, writing,
//! checking and printing are then written once, over `dyn Model`, instead of once per model: that
//! keeps the crate quick to compile and puts all leniency towards the service into one place.
//!
//! This module is **outside of semantic versioning**: it can change in any release, without a note.
//! It is public because the other crates of this workspace are built on it (the command line and the
//! simulator reach fields by name), and because [`Operation`](crate::Operation) has its traits as
//! bounds. It is left out of the documentation, with its implementations. To call operations, none
//! of it is needed. Whoever builds on it all the same should pin the exact version of this crate.
//!
//! The same holds for all other hidden items: `write_request`, `validate`, `WriteRequest` and
//! `AuthorizationRef`, the macros `every_operation!`, `serde_struct!` and `serde_enum!`, and members of
//! public types such as `OperationInfo::constants`.

mod characters;
mod hash;
mod json;
mod kind;
mod lookup;
mod macros;
mod readable;
mod rules;
mod slot;
mod stored;
pub(crate) mod strict;
mod validate;
mod value;
mod wire;

use std::fmt;

use lookup::Lookup;

pub use crate::define::assert_path;
pub use characters::Characters;
pub(crate) use hash::hash_model;
pub(crate) use json::{
    Broken, Observed, ReadFailure, Repaired, decoded, from_json, is_verdict, parse_tree, quoted,
    read_json, read_tree, read_tree_into, repair, stray, write_body, write_json, write_tree,
};
pub use json::{Mend, MendKind};
pub use kind::{EnumShape, Kind};
pub(crate) use macros::{numbered, open_enum, operation_table, setters, slots, table};
pub use readable::{Parameter, Readable, Slots, deserialize_readable};
pub use rules::{Condition, Demand, Rule, RuleKind};
/// For what `operation!` writes in a crate that need not depend on serde.
pub use serde;
pub use slot::{Content, Empty, JsonSlot, List, Part, Value};
pub use stored::serialize_model;
pub(crate) use stored::{Stored, deserialize_model, deserialize_operation, deserialize_part};
pub use validate::Problem;
pub(crate) use validate::{Unfit, check_model, check_text};
pub use wire::{WireInput, WireValue};

/// A struct whose fields can be reached by index.
pub trait Model: fmt::Debug + Send + Sync {
    /// The name and the fields.
    fn shape(&self) -> &'static Shape;
    /// The field at `index` of the shape. `None` behind the last one.
    fn slot(&self, index: usize) -> Option<&dyn Value>;
    /// The field at `index` of the shape, to be changed. `None` behind the last one.
    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn Value>;
}

impl dyn Model + '_ {
    /// The fields with their slots, in the order in which they are written.
    pub fn slots(&self) -> impl Iterator<Item = (&'static Field, &dyn Value)> {
        let fields = self.shape().fields.iter().enumerate();
        fields.filter_map(|(index, field)| Some((field, self.slot(index)?)))
    }

    /// Those of the fields that travel in `place`.
    pub(crate) fn slots_in(
        &self,
        place: Place,
    ) -> impl Iterator<Item = (&'static Field, &dyn Value)> {
        let fields = self.shape().fields.iter().enumerate();
        let fields = fields.filter(move |(_, field)| field.place == place);
        fields.filter_map(|(index, field)| Some((field, self.slot(index)?)))
    }
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
    keys: Lookup,
    /// What the fields must obey together.
    pub rules: &'static [Rule],
}

impl Shape {
    /// A table of at most 64 fields.
    #[must_use]
    pub const fn new(name: &'static str, fields: &'static [Field]) -> Self {
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
            keys: Lookup::new(fields),
            rules: &[],
        }
    }

    /// Adds what the fields must obey together.
    #[must_use]
    pub const fn rules(mut self, rules: &'static [Rule]) -> Self {
        self.rules = rules;
        self
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
    /// The type of its value.
    pub kind: Kind,
    /// How it is spelt.
    pub format: Format,
    /// Whether it must be present.
    pub required: bool,
    /// Whether text may hold line breaks and tabs.
    pub multiline: bool,
    /// The only characters that text may hold, where the service takes no others.
    pub characters: Option<Characters>,
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
    const fn at(place: Place, wire: &'static str, kind: Kind) -> Self {
        Self {
            name: "",
            wire,
            also: &[],
            place,
            kind,
            format: Format::Plain,
            required: false,
            multiline: false,
            characters: None,
            min: i64::MIN,
            max: i64::MAX,
            item_min: i64::MIN,
            item_max: i64::MAX,
        }
    }

    /// A `{placeholder}` of the path.
    #[must_use]
    pub const fn path(wire: &'static str, kind: Kind) -> Self {
        Self::at(Place::Path, wire, kind)
    }

    /// A parameter of the query.
    #[must_use]
    pub const fn query(wire: &'static str, kind: Kind) -> Self {
        Self::at(Place::Query, wire, kind)
    }

    /// A header.
    #[must_use]
    pub const fn header(wire: &'static str, kind: Kind) -> Self {
        Self::at(Place::Header, wire, kind)
    }

    /// A key of the JSON body.
    #[must_use]
    pub const fn body(wire: &'static str, kind: Kind) -> Self {
        Self::at(Place::Body, wire, kind)
    }

    /// The whole JSON body.
    #[must_use]
    pub const fn whole_body(kind: Kind) -> Self {
        Self::at(Place::WholeBody, "body", kind)
    }

    /// A file of a form.
    #[must_use]
    pub const fn part(wire: &'static str) -> Self {
        Self::at(Place::Part, wire, Kind::File)
    }

    /// A map of texts that keeps what has no field.
    #[must_use]
    pub const fn rest() -> Self {
        Self::at(Place::Rest, "", Kind::Map)
    }

    /// Names it as Rust does.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Adds other names that the service uses for it.
    #[must_use]
    pub const fn also(mut self, also: &'static [&'static str]) -> Self {
        self.also = also;
        self
    }

    /// Says how it is spelt.
    #[must_use]
    pub const fn format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    /// Makes it required.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Makes it required, unless its type can be absent.
    #[must_use]
    pub const fn required_unless(mut self, optional: bool) -> Self {
        self.required = !optional;
        self
    }

    /// Allows line breaks and tabs.
    #[must_use]
    pub const fn multiline(mut self) -> Self {
        self.multiline = true;
        self
    }

    pub(crate) const fn characters(mut self, characters: Characters) -> Self {
        self.characters = Some(characters);
        self
    }

    /// Bounds the number of characters.
    #[must_use]
    pub const fn chars(mut self, min: i64, max: i64) -> Self {
        self.min = min;
        self.max = max;
        self
    }

    /// Bounds the value.
    #[must_use]
    pub const fn range(self, min: i64, max: i64) -> Self {
        self.chars(min, max)
    }

    /// Bounds the number of items.
    #[must_use]
    pub const fn items(self, min: i64, max: i64) -> Self {
        self.chars(min, max)
    }

    /// The field that each item of a list is, if this is a list.
    #[must_use]
    pub const fn item(&self) -> Option<Self> {
        let Kind::List(kind) = self.kind else {
            return None;
        };
        let mut item = *self;
        item.kind = *kind;
        item.min = self.item_min;
        item.max = self.item_max;
        item.required = true;
        Some(item)
    }

    /// Bounds each item of a list, by value or number of characters.
    #[must_use]
    pub const fn each(mut self, min: i64, max: i64) -> Self {
        self.item_min = min;
        self.item_max = max;
        self
    }
}

/// Names the fields of a table. Quicker to compile than a call for each field.
#[must_use]
pub const fn named<const COUNT: usize>(
    names: [&'static str; COUNT],
    mut fields: [Field; COUNT],
) -> [Field; COUNT] {
    let mut index = 0;
    while index < COUNT {
        fields[index].name = names[index];
        index += 1;
    }
    fields
}

/// Prints a model by its table: only what is set, secrets masked by their types.
pub fn debug_model(model: &dyn Model, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let shape = model.shape();
    let mut out = f.debug_struct(shape.name);
    for (field, slot) in model.slots() {
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
