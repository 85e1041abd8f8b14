//! Values of a frame that hold a payload or parameters, before they are read.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::{
    entries::{Entries, fitting},
    frame_error::FrameError,
};
use crate::{
    Mend,
    schema::{Empty, Value, deserialize_part, quoted, repair},
};

/// The place of a payload.
pub(super) enum Part<'a> {
    /// A value of the frame.
    Value(&'a RawValue),
    /// JSON within a text of the frame.
    Inner(Cow<'a, str>),
    /// Those of the outermost entries of the frame whose keys are taken.
    Beside(&'a Entries<'a>, fn(&str) -> bool),
}

impl<'a> Part<'a> {
    /// The part that `value` is. `None` for null.
    pub(super) fn of(value: &'a RawValue) -> Result<Option<Self>, FrameError> {
        let text = value.get();
        if text == "null" {
            return Ok(None);
        }
        if text.starts_with('"') {
            let inner: String = serde_json::from_str(text)?;
            // Any other text is one.
            if inner.trim_start().starts_with(['{', '[']) {
                return Ok(Some(Self::Inner(quoted(&inner).into_owned().into())));
            }
        }
        Ok(Some(Self::Value(value)))
    }

    /// Whether it is an object or a list that is not empty.
    pub(super) fn has_content(&self) -> bool {
        match self {
            Self::Value(value) => is_filled(value.get()),
            Self::Inner(text) => is_filled(text),
            Self::Beside(entries, take) => entries.any(*take),
        }
    }

    /// Reads it. `None` when it is not of this type.
    ///
    /// # Errors
    ///
    /// When the text of the frame is ill-formed there. JSON within a text is mended here instead.
    pub(super) fn read<T: Value + Empty>(
        &mut self,
        mends: &mut Vec<Mend>,
    ) -> Result<Option<T>, FrameError> {
        match self {
            Self::Value(value) => fitting(deserialize_part(*value)),
            Self::Inner(text) => Ok(read_inner(text, mends)),
            Self::Beside(entries, take) => entries.read(*take),
        }
    }
}

fn read_inner<T: Value + Empty>(text: &mut Cow<'_, str>, mends: &mut Vec<Mend>) -> Option<T> {
    if let Ok(read) = read_text(text) {
        return read;
    }
    let repaired = repair(text.as_bytes()).ok()?;
    let read = read_text(&repaired.text).ok()?;
    mends.extend(repaired.mends);
    *text = Cow::Owned(repaired.text.into_owned());
    read
}

fn read_text<T: Value + Empty>(text: &str) -> Result<Option<T>, FrameError> {
    let value: &RawValue = serde_json::from_str(text)?;
    fitting(deserialize_part(value))
}

fn is_filled(json: &str) -> bool {
    let inside = json.trim_start().strip_prefix(['{', '[']);
    inside.is_some_and(|inside| !inside.trim_start().starts_with(['}', ']']))
}
