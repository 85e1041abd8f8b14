//! Input and output values of a slot.

#![expect(
    clippy::exhaustive_enums,
    reason = "hidden, and outside of semantic versioning"
)]

use std::{borrow::Cow, collections::BTreeMap, fmt};

use super::{List, Model};
use crate::Upload;

/// A JSON value that is neither an object nor a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WireInput<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(&'a str),
}

/// What a slot puts on the wire. It may be a secret, so `Debug` prints its kind only.
#[derive(Clone)]
pub enum WireValue<'a> {
    /// Nothing: the field is left out.
    Absent,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// An object.
    Object(&'a dyn Model),
    /// A list.
    List(&'a dyn List),
    /// An object with free keys.
    Map(&'a BTreeMap<String, String>),
    /// A file.
    File(&'a Upload),
    /// JSON text, of a slot of [`Kind::Json`](super::Kind::Json).
    Json(Cow<'a, str>),
}

impl<'a> WireInput<'a> {
    /// The text, or the number as text.
    pub(crate) fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Null => None,
            Self::Text(text) => Some(text.into()),
            Self::Bool(value) => Some(if value { "true" } else { "false" }.into()),
            Self::Int(number) => Some(number.to_string().into()),
            // The number that it is, however it was spelt: `9.12E2` is 912, `-0` is 0. Digits that a
            // float has rounded are no id.
            Self::Float(number) => {
                (number.abs() < EXACT).then(|| (number + 0.0).to_string().into())
            }
        }
    }

    /// The text, unless it is empty: an id or a word that there is not.
    pub(crate) fn into_word(self) -> Option<Cow<'a, str>> {
        self.into_text().filter(|text| !text.is_empty())
    }

    /// The whole number, where it has at most 32 bits.
    pub(crate) fn into_code(self) -> Option<i32> {
        i32::try_from(self.into_int()?).ok()
    }

    /// The whole number, also when it came as text or with a fraction of zero.
    pub(crate) fn into_int(self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(number),
            Self::Bool(value) => Some(value.into()),
            Self::Text(text) => {
                let text = text.trim();
                text.parse()
                    .ok()
                    .or_else(|| text.parse().ok().and_then(whole))
            }
            Self::Float(number) => whole(number),
            Self::Null => None,
        }
    }
}

/// 2^53: from here on, a float cannot tell neighbouring whole numbers apart.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;

pub(super) fn whole(number: f64) -> Option<i64> {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "checked to be whole and in range"
    )]
    (number.fract() == 0.0 && number.abs() < EXACT).then_some(number as i64)
}

impl<'a> WireValue<'a> {
    /// The value as it stands in a path, a query or a header; nothing for objects and lists.
    pub(crate) fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Bool(value) => Some(if value { "true" } else { "false" }.into()),
            Self::Int(number) => Some(itoa::Buffer::new().format(number).to_owned().into()),
            Self::Float(number) => Some(number.to_string().into()),
            Self::Text(text) => Some(text),
            Self::Absent
            | Self::Object(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::File(_)
            | Self::Json(_) => None,
        }
    }
}

impl fmt::Debug for WireValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "Absent",
            Self::Bool(_) => "Bool(..)",
            Self::Int(_) => "Int(..)",
            Self::Float(_) => "Float(..)",
            Self::Text(_) => "Text(..)",
            Self::Object(_) => "Object(..)",
            Self::List(_) => "List(..)",
            Self::Map(_) => "Map(..)",
            Self::File(_) => "File(..)",
            Self::Json(_) => "Json(..)",
        })
    }
}
