//! serde for JSON that has no type here: as a tree, or as text where it is nested too deep for one.

use serde::{Serialize, Serializer, de::Error};
use serde_json::Value as Json;

/// Greatest depth of a tree that is written as one. Readers give up somewhere below 128 levels, and what it
/// is a part of has levels of its own.
const DEEPEST: usize = 64;

/// The key of a tree that is written as text.
pub(crate) const TEXT: &str = "text";

/// The key under which `json` is written: `as_tree`, or that of a text.
pub(crate) fn key<'a>(json: &Json, as_tree: &'a str) -> &'a str {
    if fits(json, DEEPEST) { as_tree } else { TEXT }
}

fn fits(json: &Json, levels: usize) -> bool {
    let Some(inner) = levels.checked_sub(1) else {
        return false;
    };
    match json {
        Json::Array(items) => items.iter().all(|item| fits(item, inner)),
        Json::Object(entries) => entries.values().all(|value| fits(value, inner)),
        _ => true,
    }
}

/// Value under the [`key`].
pub(crate) struct JsonTree<'a>(pub(crate) &'a Json);

impl Serialize for JsonTree<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if fits(self.0, DEEPEST) {
            self.0.serialize(serializer)
        } else {
            serializer.collect_str(self.0)
        }
    }
}

/// Reads a tree that was written as text.
pub(crate) fn from_text<E: Error>(text: &str) -> Result<Json, E> {
    serde_json::from_str(text).map_err(|_| E::custom("the text of a message is no JSON"))
}
