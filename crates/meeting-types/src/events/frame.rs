//! What the text frames of both sides have in common.

use std::borrow::Cow;

use serde_json::Value as Json;

use crate::{
    Mend,
    schema::{Broken, parse_tree, repair},
};

pub(super) const SUBSCRIBE: &str = "Subscribe";
pub(super) const HEART_BEAT: &str = "HeartBeat";
pub(super) const CONF_CONTROL: &str = "ConfControl";

/// Why a text is no frame of the live channel. Never holds the text, which may hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// No JSON, or JSON that is cut short or ill-formed beyond mending.
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

impl From<serde_json::Error> for FrameError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json {
            line: error.line(),
            column: error.column(),
        }
    }
}

impl From<Broken> for FrameError {
    fn from(Broken { line, column, .. }: Broken) -> Self {
        Self::Json { line, column }
    }
}

/// Reads a frame as far as its action.
pub(super) fn open(text: &str) -> Result<(String, Json), FrameError> {
    with_action(parse_tree(text)?)
}

/// A frame as far as its action, and where its text was mended.
pub(super) struct Opened {
    pub(super) action: String,
    pub(super) root: Json,
    pub(super) mends: Vec<Mend>,
}

/// Reads a frame as far as its action, and mends its text if it is ill-formed.
pub(super) fn open_mending(text: &str) -> Result<Opened, FrameError> {
    match parse_tree(text) {
        Ok(root) => opened(root, Vec::new()),
        Err(_) => open_mended(text.as_bytes()),
    }
}

/// Reads a frame likewise. Its bytes need not be UTF-8.
pub(super) fn open_bytes(text: &[u8]) -> Result<Opened, FrameError> {
    match std::str::from_utf8(text) {
        Ok(text) => open_mending(text),
        Err(_) => open_mended(text),
    }
}

fn open_mended(text: &[u8]) -> Result<Opened, FrameError> {
    let repaired = repair(text)?;
    opened(parse_tree(&repaired.text)?, repaired.mends)
}

fn opened(root: Json, mends: Vec<Mend>) -> Result<Opened, FrameError> {
    let (action, root) = with_action(root)?;
    Ok(Opened {
        action,
        root,
        mends,
    })
}

fn with_action(root: Json) -> Result<(String, Json), FrameError> {
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
        Json::String(text) => Some(match parse_tree(text) {
            Ok(inner) => Cow::Owned(inner),
            Err(_) => Cow::Borrowed(&root[key]),
        }),
        data => Some(Cow::Borrowed(data)),
    }
}

/// The content of `data`, as [`data_of`] finds it. A text in there that is ill-formed JSON is
/// mended.
pub(super) fn data_mending<'a>(root: &'a Json, mends: &mut Vec<Mend>) -> Option<Cow<'a, Json>> {
    inner_mending(root, "data", mends)
}

/// The content of `key`, likewise.
pub(super) fn inner_mending<'a>(
    root: &'a Json,
    key: &str,
    mends: &mut Vec<Mend>,
) -> Option<Cow<'a, Json>> {
    let found = inner(root, key)?;
    let Json::String(text) = &*found else {
        return Some(found);
    };
    // Any other text is one.
    if !text.trim_start().starts_with(['{', '[']) {
        return Some(found);
    }
    let Ok(repaired) = repair(text.as_bytes()) else {
        return Some(found);
    };
    let Ok(mended) = parse_tree(&repaired.text) else {
        return Some(found);
    };
    mends.extend(repaired.mends);
    Some(Cow::Owned(mended))
}
