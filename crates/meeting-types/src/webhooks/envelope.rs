//! The outer object of a notification, with the event as it came.

use std::{borrow::Cow, fmt};

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{WebhookError, outer};

const FIELDS: [&str; 5] = ["appID", "timestamp", "nonce", "signature", "eventInfo"];

/// The fields of a notification, each in the very characters that were signed.
pub(super) struct Envelope<'a> {
    pub(super) subscriber_id: Cow<'a, str>,
    pub(super) timestamp: Cow<'a, str>,
    pub(super) nonce: Cow<'a, str>,
    pub(super) signature: Cow<'a, str>,
    /// A JSON object, well-formed or not. Not parsed: only the raw text has the order of keys and the
    /// spelling that the service signed.
    pub(super) event_info: &'a [u8],
}

impl<'a> Envelope<'a> {
    pub(super) fn read(body: &'a [u8]) -> Result<Self, WebhookError> {
        let found = read_json(body)
            .or_else(|| outer::entries(body).map(Found::of_entries))
            .ok_or(WebhookError::NotJson)?;
        if let Some(field) = found.repeated {
            return Err(WebhookError::Repeated { field });
        }
        let [subscriber_id, timestamp, nonce, signature, event_info] = found.raw;
        let text = |index: usize, raw: Option<&'a [u8]>| {
            raw.and_then(text_of)
                .filter(|text| !text.is_empty())
                .ok_or(WebhookError::Missing {
                    field: FIELDS[index],
                })
        };
        Ok(Self {
            subscriber_id: text(0, subscriber_id)?,
            timestamp: text(1, timestamp)?,
            // Without a brace, so that nothing of the event can be taken for a part of the nonce.
            nonce: text(2, nonce).and_then(|nonce| {
                if nonce.contains('{') {
                    return Err(WebhookError::Missing { field: FIELDS[2] });
                }
                Ok(nonce)
            })?,
            signature: text(3, signature)?,
            event_info: event_info
                .filter(|raw| raw.starts_with(b"{"))
                .ok_or(WebhookError::Missing { field: FIELDS[4] })?,
        })
    }
}

/// The text of a JSON string, or the digits of a whole number: the service writes `timestamp` as a
/// number and the others as strings, and is known to mix them up elsewhere.
fn text_of(raw: &[u8]) -> Option<Cow<'_, str>> {
    let raw = std::str::from_utf8(raw).ok()?;
    match raw.as_bytes().first()? {
        b'"' => {
            let inside = raw.strip_prefix('"')?.strip_suffix('"')?;
            if inside.contains('\\') {
                serde_json::from_str(raw).ok().map(Cow::Owned)
            } else {
                Some(Cow::Borrowed(inside))
            }
        }
        _ => raw
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some(Cow::Borrowed(raw)),
    }
}

#[derive(Default)]
struct Found<'a> {
    raw: [Option<&'a [u8]>; 5],
    repeated: Option<&'static str>,
}

impl<'a> Found<'a> {
    fn of_entries(entries: Vec<(String, &'a [u8])>) -> Self {
        let mut found = Self::default();
        for (key, value) in entries {
            if let Some(index) = FIELDS.iter().position(|field| *field == key) {
                found.put(index, value);
            }
        }
        found
    }

    fn put(&mut self, index: usize, value: &'a [u8]) {
        if self.raw[index].replace(value).is_some() {
            self.repeated = Some(FIELDS[index]);
        }
    }
}

/// Reads well-formed JSON.
fn read_json(body: &[u8]) -> Option<Found<'_>> {
    // For the whole, because text that is skipped is not looked at.
    let body = std::str::from_utf8(body).ok()?;
    let mut json = serde_json::Deserializer::from_str(body);
    let found = json.deserialize_map(Fields).ok()?;
    json.end().ok()?;
    Some(found)
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Found<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut found = Found::default();
        // Owned, because a key with an escape in it cannot be borrowed.
        while let Some(key) = entries.next_key::<String>()? {
            let Some(index) = FIELDS.iter().position(|field| *field == key) else {
                entries.next_value::<IgnoredAny>()?;
                continue;
            };
            let value = entries.next_value::<&'de RawValue>()?;
            found.put(index, value.get().as_bytes());
        }
        Ok(found)
    }
}
