//! Text frames of both sides, as far as their action.

use serde::de::IgnoredAny;
use serde_json::Value as Json;

use super::{
    entries::{Entries, fitting},
    frame_error::FrameError,
    part::Part,
};
use crate::{
    Mend,
    schema::{Empty, Value, deserialize_part, quoted, repair},
};

pub(super) const SUBSCRIBE: &str = "Subscribe";
pub(super) const HEART_BEAT: &str = "HeartBeat";
pub(super) const CONF_CONTROL: &str = "ConfControl";

/// Reads the frame `text` by `read`. If that finds ill-formed JSON anywhere, mends the text and reads
/// it once more. `read` is given the mends of the text, and adds those of texts inside of it.
pub(super) fn mending<T>(
    text: &[u8],
    read: impl Fn(&Frame<'_>, Vec<Mend>) -> Result<T, FrameError>,
) -> Result<T, FrameError> {
    if let Ok(text) = std::str::from_utf8(text) {
        let done = Frame::open(&quoted(text)).and_then(|frame| read(&frame, Vec::new()));
        if !matches!(done, Err(FrameError::Json { .. })) {
            return done;
        }
    }
    let repaired = repair(text)?;
    read(&Frame::open(&quoted(&repaired.text))?, repaired.mends)
}

/// A frame as far as its action.
pub(super) struct Frame<'a> {
    text: &'a str,
    action: String,
    entries: Entries<'a>,
}

impl<'a> Frame<'a> {
    pub(super) fn open(text: &'a str) -> Result<Self, FrameError> {
        let entries: Entries<'a> = match serde_json::from_str(text) {
            Ok(entries) => entries,
            Err(error) if error.is_data() => {
                serde_json::from_str::<IgnoredAny>(text)?;
                return Err(FrameError::NotAnObject);
            }
            Err(error) => return Err(error.into()),
        };
        let mut frame = Self {
            text,
            action: String::new(),
            entries,
        };
        let action = frame.text("action")?.filter(|action| !action.is_empty());
        frame.action = action.ok_or(FrameError::NoAction)?;
        Ok(frame)
    }

    pub(super) fn action(&self) -> &str {
        &self.action
    }

    /// The text of `key`. `None` when it is left out or no text.
    pub(super) fn text(&self, key: &str) -> Result<Option<String>, FrameError> {
        let value = self.entries.get(key);
        value.map_or(Ok(None), |value| fitting(serde_json::from_str(value.get())))
    }

    /// The value of `key`, in any spelling. `None` when it is left out or not of this type.
    pub(super) fn value<T: Value + Empty>(&self, key: &str) -> Result<Option<T>, FrameError> {
        let value = self.entries.get(key);
        value.map_or(Ok(None), |value| fitting(deserialize_part(value)))
    }

    /// The payload or the parameters in `key`. `None` when it is left out or null.
    pub(super) fn part(&self, key: &str) -> Result<Option<Part<'_>>, FrameError> {
        self.entries.get(key).map_or(Ok(None), Part::of)
    }

    /// The payload or the parameters in `data`. `None` when it is left out or null.
    pub(super) fn data(&self) -> Result<Option<Part<'_>>, FrameError> {
        self.part("data")
    }

    /// Those of the outermost entries whose keys `take` takes.
    pub(super) fn beside(&self, take: fn(&str) -> bool) -> Part<'_> {
        Part::Beside(&self.entries, take)
    }

    /// The whole frame.
    pub(super) fn tree(&self) -> Result<Json, FrameError> {
        Ok(serde_json::from_str(self.text)?)
    }
}

/// The action of a frame that was read as a tree.
pub(super) fn action_of(root: &Json) -> Option<&str> {
    root.get("action")?
        .as_str()
        .filter(|action| !action.is_empty())
}
