//! What the text frames of both sides have in common.

use std::borrow::Cow;

use serde_json::Value as Json;

pub(super) const SUBSCRIBE: &str = "Subscribe";
pub(super) const HEART_BEAT: &str = "HeartBeat";
pub(super) const CONF_CONTROL: &str = "ConfControl";

/// Why a text is no frame of the live channel. Never holds the text, which may hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// No JSON, or JSON that is cut short.
    #[error("frame is not JSON, or cut short: line {line}, column {column}")]
    Json {
        /// Where reading stopped, from 1.
        line: usize,
        /// Where reading stopped in the line, from 1; 0 at the start of a line.
        column: usize,
    },
    /// JSON, but no object.
    #[error("frame is not a JSON object")]
    NotAnObject,
    /// No `action`, so it is unknown what the frame is.
    #[error("frame has no `action`")]
    NoAction,
    /// The frame lacks what makes it useful.
    #[error("`{action}` frame: `{field}` is missing or unusable")]
    Missing {
        /// The action of the frame.
        action: &'static str,
        /// The key that it lacks.
        field: &'static str,
    },
}

/// Reads a frame as far as its action.
pub(super) fn open(text: &str) -> Result<(String, Json), FrameError> {
    let root: Json = serde_json::from_str(text).map_err(|error| FrameError::Json {
        line: error.line(),
        column: error.column(),
    })?;
    if !root.is_object() {
        return Err(FrameError::NotAnObject);
    }
    let action = action_of(&root).ok_or(FrameError::NoAction)?.to_owned();
    Ok((action, root))
}

pub(super) fn action_of(root: &Json) -> Option<&str> {
    root.get("action")?
        .as_str()
        .filter(|action| !action.is_empty())
}

/// What lies in `data`: as JSON, or as a string that holds JSON. Nothing when it is left out.
pub(super) fn data_of(root: &Json) -> Option<Cow<'_, Json>> {
    inner(root, "data")
}

/// What lies in `key`, likewise.
pub(super) fn inner<'a>(root: &'a Json, key: &str) -> Option<Cow<'a, Json>> {
    match root.get(key)? {
        Json::Null => None,
        Json::String(text) => Some(match serde_json::from_str(text) {
            Ok(inner) => Cow::Owned(inner),
            Err(_) => Cow::Borrowed(&root[key]),
        }),
        data => Some(Cow::Borrowed(data)),
    }
}
