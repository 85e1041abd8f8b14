//! A request as it is on the wire, and the facts about it that are compared.
//!
//! What is put aside before the comparison, and nothing else:
//!
//! - the order of query parameters, of headers and of the keys of JSON objects;
//! - white space and escapes of JSON, but not how numbers are spelt;
//! - headers that say something about the client or the connection ([`ASIDE`]);
//! - letter case and white space of `Content-Type`, and the boundary of a form.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::Request;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::form;

/// Headers that are not compared.
const ASIDE: &[&str] = &[
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "date",
    "host",
    "transfer-encoding",
    "user-agent",
    "x-sdk-date",
];

/// A request: ours, or what the script captured.
#[derive(Deserialize)]
pub(crate) struct Wire {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    #[serde(deserialize_with = "from_base64")]
    body: Vec<u8>,
}

fn from_base64<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    STANDARD.decode(text).map_err(serde::de::Error::custom)
}

/// Facts by where they are.
pub(crate) type Facts = BTreeMap<String, String>;

impl Wire {
    /// One of our requests.
    pub(crate) fn of(request: &Request<Bytes>) -> Result<Self> {
        let headers = request.headers().iter().map(|(name, value)| {
            let value = value
                .to_str()
                .with_context(|| format!("{name} is not ASCII"))?;
            Ok((name.to_string(), value.to_owned()))
        });
        Ok(Self {
            method: request.method().to_string(),
            target: request
                .uri()
                .path_and_query()
                .map(ToString::to_string)
                .unwrap_or_default(),
            headers: headers.collect::<Result<_>>()?,
            body: request.body().to_vec(),
        })
    }

    /// All that is compared.
    pub(crate) fn facts(&self) -> Result<Facts> {
        let mut facts = Facts::new();
        facts.insert("method".to_owned(), self.method.clone());
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        facts.insert("path".to_owned(), decode(path)?);
        facts.insert("raw path".to_owned(), path.to_owned());
        many(&mut facts, query_facts(query)?);

        let mut content_type = String::new();
        let mut headers = Vec::new();
        for (name, value) in &self.headers {
            let name = name.to_ascii_lowercase();
            let mut value = value.clone();
            if name == "content-type" {
                content_type.clone_from(&value);
                value = value.to_ascii_lowercase().replace(' ', "");
                if let Some((form, _)) = value.split_once(";boundary=") {
                    value.truncate(form.len());
                }
            }
            if !ASIDE.contains(&&*name) {
                headers.push((format!("header {name}"), value));
            }
        }
        many(&mut facts, headers);
        self.body_facts(&content_type, &mut facts)?;
        Ok(facts)
    }

    fn body_facts(&self, content_type: &str, facts: &mut Facts) -> Result<()> {
        let kind = if self.body.is_empty() {
            "none"
        } else if let Some((_, boundary)) = content_type.split_once("boundary=") {
            let mut parts = Vec::new();
            for part in form::parts(&self.body, boundary)? {
                for (what, value) in part.facts {
                    parts.push((format!("part {} {what}", part.name), value));
                }
            }
            many(facts, parts);
            "form"
        } else if let Ok(json) = serde_json::from_slice::<Json>(&self.body) {
            json_facts("body ", "", &json, facts);
            "JSON"
        } else {
            bail!(
                "the body is neither JSON nor a form: {}",
                self.body.escape_ascii()
            );
        };
        facts.insert("body".to_owned(), kind.to_owned());
        Ok(())
    }
}

/// One parameter is one fact, however often it is there. Each is there decoded and as it is.
fn query_facts(query: &str) -> Result<Vec<(String, String)>> {
    let mut facts = Vec::new();
    for piece in query.split('&').filter(|piece| !piece.is_empty()) {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        let (name, value) = (name.replace('+', " "), value.replace('+', " "));
        let name = decode(&name)?;
        facts.push((format!("query {name}"), decode(&value)?));
        facts.push((format!("raw query {name}"), piece.to_owned()));
    }
    Ok(facts)
}

/// Puts facts together that are in the same place, in an order of their own.
fn many(facts: &mut Facts, found: Vec<(String, String)>) {
    let mut together = BTreeMap::<String, Vec<String>>::new();
    for (at, value) in found {
        together.entry(at).or_default().push(value);
    }
    for (at, mut values) in together {
        values.sort_unstable();
        let value = match &mut *values {
            [value] => std::mem::take(value),
            values => format!("{values:?}"),
        };
        facts.insert(at, value);
    }
}

/// The leaves of JSON: scalars, empty lists and empty objects.
fn json_facts(start: &str, path: &str, json: &Json, facts: &mut Facts) {
    match json {
        Json::Object(object) if !object.is_empty() => {
            for (key, value) in object {
                let is_plain = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                let here = match (is_plain, path) {
                    (true, "") => key.clone(),
                    (true, path) => format!("{path}.{key}"),
                    (false, path) => format!("{path}[{key:?}]"),
                };
                json_facts(start, &here, value, facts);
            }
        }
        Json::Array(list) if !list.is_empty() => {
            for (index, item) in list.iter().enumerate() {
                json_facts(start, &format!("{path}[{index}]"), item, facts);
            }
        }
        leaf => {
            // As it is printed, so that 1, 1.0 and "1" are three things.
            facts.insert(format!("{start}{path}"), leaf.to_string());
        }
    }
}

fn decode(text: &str) -> Result<String> {
    let text = percent_decode_str(text).decode_utf8();
    Ok(text.context("a URL that is not UTF-8")?.into_owned())
}
