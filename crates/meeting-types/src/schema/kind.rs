//! Type of a slot, as the tables state it.

#![expect(
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    reason = "hidden, and outside of semantic versioning"
)]

use super::{Part, Shape};

/// Type of the value in a slot.
///
/// An optional slot has the kind of what it holds; whether it is required stands in its
/// [`Field`](super::Field).
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A response without a value.
    Nothing,
    /// Text, ids included.
    Text,
    /// Yes or no.
    Bool,
    /// A whole number.
    Int,
    /// A number with a fraction.
    Float,
    /// A point in time.
    Time,
    /// A day of the calendar.
    Date,
    /// A span of time.
    Duration,
    /// One of several values that have a name. Others are taken as well.
    Enum(&'static EnumShape),
    /// A file that is uploaded.
    File,
    /// An object with the fields of a table.
    Object(&'static Shape),
    /// A list.
    List(&'static Kind),
    /// An object with free keys and texts as values.
    Map,
    /// Any JSON, read and written by a serde type of the caller.
    Json,
    /// A value that must never be printed.
    Secret(&'static Kind),
}

/// Name and known values of an open enum.
#[derive(Debug)]
pub struct EnumShape {
    /// The Rust name.
    pub name: &'static str,
    /// Whether its values are texts on the wire, and not numbers.
    pub is_text: bool,
    /// The known values: each as it is on the wire, and the name of its variant.
    pub known: &'static [(&'static str, &'static str)],
}

impl Kind {
    /// Whether a log must never show the value.
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        matches!(self, Self::Secret(_))
    }

    /// The kind behind the mark of a secret.
    #[must_use]
    pub const fn revealed(&self) -> &Self {
        match self {
            Self::Secret(inner) => inner,
            kind => kind,
        }
    }

    /// The kind of the items of a list.
    #[must_use]
    pub const fn item(&self) -> Option<&'static Self> {
        match self {
            Self::List(item) => Some(item),
            _ => None,
        }
    }

    /// The table of an object.
    #[must_use]
    pub const fn object(&self) -> Option<&'static Shape> {
        match self {
            Self::Object(shape) => Some(shape),
            _ => None,
        }
    }

    /// The composite value that such a slot holds, if it holds one.
    #[must_use]
    pub const fn part(&self) -> Option<Part> {
        match self {
            Self::Object(_) => Some(Part::Object),
            Self::List(_) => Some(Part::List),
            Self::Map => Some(Part::Map),
            Self::File => Some(Part::File),
            Self::Json => Some(Part::Json),
            _ => None,
        }
    }
}
