//! Parameters as they are given: `key=value`, and the body.

use std::{
    collections::BTreeMap,
    io::Read,
    path::{Path, PathBuf},
};

use meeting_types::schema::{Field, Place};
use serde_json::Value as Json;

use super::place_name;
use crate::{
    failure::Failure,
    secrets::{self, Secret},
};

/// The name of a parameter, and its place if that was said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    place: Option<&'static str>,
    pub(super) wire: String,
}

impl Key {
    fn read(text: &str) -> Self {
        let places = ["path", "query", "header", "body", "file"];
        let (place, wire) = match text.split_once(':') {
            Some((word, wire)) => match places.into_iter().find(|place| *place == word) {
                Some(place) => (Some(place), wire),
                None => (None, text),
            },
            None => (None, text),
        };
        Self {
            place,
            wire: wire.to_owned(),
        }
    }

    /// Whether it names the field.
    pub(super) fn is(&self, field: &Field) -> bool {
        let same = match field.place {
            Place::Header => self.wire.eq_ignore_ascii_case(field.wire),
            _ => self.wire == field.wire || field.also.contains(&self.wire.as_str()),
        };
        same && self
            .place
            .is_none_or(|place| place == place_name(field.place))
    }
}

/// Where a value comes from. Not printed: it may be a secret.
enum Source {
    Argument(String),
    Variable(String, Secret),
    File(PathBuf),
    Asked(Secret),
}

/// A value of a parameter.
pub(super) struct Given(Source);

impl Given {
    fn read(key: &str, text: &str) -> Result<Self, Failure> {
        Ok(Self(if let Some(name) = text.strip_prefix("@env:") {
            let value = secrets::from_environment(name)
                .ok_or_else(|| Failure::usage(format!("{key}: {name} is not set")))?;
            Source::Variable(name.to_owned(), value)
        } else if let Some(path) = text.strip_prefix("@file:") {
            Source::File(path.into())
        } else if text == "-" {
            Source::Asked(secrets::ask_or_read(key)?)
        } else {
            Source::Argument(text.to_owned())
        }))
    }

    /// Whether others could see it on the command line.
    pub(super) fn is_hidden(&self) -> bool {
        !matches!(self.0, Source::Argument(_))
    }

    /// The variable that it comes from.
    pub(super) fn variable(&self) -> Option<&str> {
        match &self.0 {
            Source::Variable(name, _) => Some(name),
            _ => None,
        }
    }

    /// The file that it comes from.
    pub(super) fn path(&self) -> Option<&Path> {
        match &self.0 {
            Source::File(path) => Some(path),
            _ => None,
        }
    }

    /// The text.
    pub(super) fn text(&self, key: &str) -> Result<Secret, Failure> {
        match &self.0 {
            Source::Argument(text) => Ok(text.clone().into()),
            Source::Variable(_, text) | Source::Asked(text) => Ok(text.clone()),
            Source::File(path) => secrets::from_file(path)
                .map_err(|failure| Failure::usage(format!("{key}: {failure}"))),
        }
    }
}

/// Reads `key=value` arguments.
pub(super) fn read(parameters: &[String]) -> Result<BTreeMap<Key, Vec<Given>>, Failure> {
    let mut given = BTreeMap::<Key, Vec<Given>>::new();
    for parameter in parameters {
        let Some((key, value)) = parameter.split_once('=') else {
            // It may be a secret at the wrong place, so it is not repeated.
            return Err(Failure::usage("a parameter is not written as KEY=VALUE"));
        };
        let value = Given::read(key, value)?;
        given.entry(Key::read(key)).or_default().push(value);
    }
    Ok(given)
}

/// A JSON body.
pub(super) struct Body {
    pub(super) json: Json,
    /// Whether it came from elsewhere than the command line.
    pub(super) hidden: bool,
}

/// Reads `--body`: a file, `-` for standard input, or the JSON itself.
pub(super) fn body(text: &str) -> Result<Body, Failure> {
    let (json, hidden) = match text {
        "-" => {
            let mut json = String::new();
            std::io::stdin()
                .read_to_string(&mut json)
                .map_err(|error| Failure::usage(format!("--body: {error}")))?;
            (json, true)
        }
        text if text.trim_start().starts_with(['{', '[']) => (text.to_owned(), false),
        path => {
            let json = std::fs::read_to_string(path)
                .map_err(|error| Failure::usage(format!("--body: cannot read {path}: {error}")))?;
            (json, true)
        }
    };
    let json = json.trim_start_matches('\u{feff}');
    let json = serde_json::from_str(json)
        .map_err(|error| Failure::usage(format!("--body is not JSON: {error}")))?;
    Ok(Body { json, hidden })
}
