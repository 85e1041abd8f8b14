//! What open enums keep for values that they do not know.
//!
//! The contents can be read but not matched on, so that naming the value in a later version does
//! not silently break a match.

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
