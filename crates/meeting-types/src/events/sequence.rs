//! The number that pairs a frame with its response.

use std::fmt;

use super::{FrameError, frame::Frame};
use crate::{
    Timestamp,
    schema::{Empty, Format, Kind, Value, WireInput, WireValue},
    text_serde,
};

/// The number that pairs a frame with its response: digits, 20 to 30 of them.
///
/// It is kept as it was written, because the service compares the text. Make new ones with
/// [`Sequences`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Sequence(String);

impl Sequence {
    /// Wraps the text of a sequence.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The sequence of a frame; empty when the frame has none.
    pub(super) fn of(frame: &Frame<'_>) -> Result<Self, FrameError> {
        Ok(frame.value("sequence")?.unwrap_or_default())
    }

    /// The text; empty when the frame had none.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Sequence {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Sequence {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

text_serde::text! { Sequence }

impl fmt::Debug for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Value for Sequence {
    fn read(&mut self, scalar: WireInput<'_>, _: Format) -> bool {
        let text = scalar.into_text();
        if let Some(text) = &text {
            text.as_ref().clone_into(&mut self.0);
        }
        text.is_some()
    }

    fn write(&self, _: Format) -> WireValue<'_> {
        WireValue::Text(self.0.as_str().into())
    }
}

impl Empty for Sequence {
    const KIND: Kind = Kind::Int;

    fn empty() -> Self {
        Self::default()
    }
}

/// Makes sequences: the time in milliseconds, padded with zeros to 30 digits, each greater than
/// the one before.
///
/// Two frames within a millisecond, or a clock that is set back, would repeat a number. Then the
/// number after the last one is taken.
///
/// ```
/// use meeting_types::{Timestamp, events::Sequences};
///
/// let mut sequences = Sequences::new();
/// let at = Timestamp::from_millis(1_611_993_655_770);
/// assert_eq!(sequences.next(at).as_str(), "000000000000000001611993655770");
/// assert_eq!(sequences.next(at).as_str(), "000000000000000001611993655771");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Sequences {
    next: u64,
}

impl Sequences {
    /// Begins at the time of the first frame.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The sequence of a frame that is made at `now`.
    pub fn next(&mut self, now: Timestamp) -> Sequence {
        let number = self.next.max(u64::try_from(now.as_millis()).unwrap_or(0));
        self.next = number.saturating_add(1);
        Sequence(format!("{number:030}"))
    }
}
