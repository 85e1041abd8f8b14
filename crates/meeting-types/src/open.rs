//! What open enums keep for values that they do not know.
//!
//! The contents can be read but not matched on, so that naming the value in a later version does
//! not silently break a match.

use std::fmt;

use crate::schema::Kind;

/// Prints the name of the variant that stands for `wire`.
pub(crate) fn debug(
    kind: &Kind,
    value: &dyn fmt::Debug,
    wire: &str,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let known = match kind {
        Kind::Enum(shape) => shape.known,
        _ => &[],
    };
    match known.iter().find(|(known, _)| *known == wire) {
        Some((_, name)) => f.write_str(name),
        None => f.debug_tuple("Unknown").field(value).finish(),
    }
}

/// An unknown text value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnknownText(Box<str>);

impl UnknownText {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The value as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An unknown number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnknownCode(i32);

impl UnknownCode {
    pub(crate) fn new(code: i32) -> Self {
        Self(code)
    }

    /// The value as it came.
    #[must_use]
    pub fn get(self) -> i32 {
        self.0
    }
}
