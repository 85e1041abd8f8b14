//! Compares what the reference shows with what we make of it, key by key.

use std::{collections::BTreeSet, fmt::Display};

use serde_json::Value as Json;

/// Where two pieces of JSON differ, and how.
#[derive(Default)]
pub(crate) struct Differences(Vec<(String, String)>);

impl Differences {
    pub(crate) fn add(&mut self, place: impl Into<String>, difference: impl Display) {
        self.0.push((place.into(), difference.to_string()));
    }

    /// The places, with `[]` for any item of a list, and one difference of each.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut seen = BTreeSet::new();
        let all = self.0.iter().map(|(at, how)| (at.as_str(), how.as_str()));
        all.filter(move |(place, _)| seen.insert(*place))
    }

    /// Compares all values of `documented` with those of `ours`, and the other way round.
    pub(crate) fn compare(&mut self, place: &str, documented: &Json, ours: &Json) {
        match (documented, ours) {
            (documented, ours) if says_nothing(documented) && says_nothing(ours) => {}
            (Json::Object(documented), Json::Object(ours)) => {
                let keys: BTreeSet<&String> = documented.keys().chain(ours.keys()).collect();
                for key in keys {
                    let of = |object: &serde_json::Map<String, Json>| {
                        object.get(key).cloned().unwrap_or_default()
                    };
                    self.compare(&format!("{place}.{key}"), &of(documented), &of(ours));
                }
            }
            (Json::Array(documented), Json::Array(ours)) if documented.len() == ours.len() => {
                for (documented, ours) in documented.iter().zip(ours) {
                    self.compare(&format!("{place}[]"), documented, ours);
                }
            }
            // Where the table says that there is a list, an example may show one item.
            (Json::Object(_), Json::Array(ours)) if ours.len() == 1 => {
                self.compare(&format!("{place}[]"), documented, &ours[0]);
            }
            // Many values are texts in the example and numbers or booleans in the table.
            (documented, ours) if plain(documented).is_some_and(|it| plain(ours) == Some(it)) => {}
            (documented, ours) if says_nothing(ours) => {
                self.add(place, format_args!("{documented} is lost"));
            }
            (documented, ours) if says_nothing(documented) => {
                self.add(place, format_args!("{ours} is made up"));
            }
            (documented, ours) => self.add(place, format_args!("{documented} becomes {ours}")),
        }
    }
}

/// No value, in any of the ways in which examples leave one out.
fn says_nothing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Array(items) => items.is_empty(),
        Json::Object(fields) => fields.values().all(says_nothing),
        _ => false,
    }
}

/// A value that is no list and no object, as a text.
fn plain(value: &Json) -> Option<String> {
    match value {
        Json::Bool(value) => Some(value.to_string()),
        Json::Number(number) => Some(number.to_string()),
        Json::String(text) => Some(text.clone()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}
