//! The outer object of a notification, with the event as it came.

use std::{borrow::Cow, fmt};

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::WebhookError;

const FIELDS: [&str; 5] = ["appID", "timestamp", "nonce", "signature", "eventInfo"];

/// The fields of a notification, each in the very characters that were signed.
pub(super) struct Envelope<'a> {
    pub(super) subscriber_id: Cow<'a, str>,
    pub(super) timestamp: Cow<'a, str>,
    pub(super) nonce: Cow<'a, str>,
    pub(super) signature: Cow<'a, str>,
    /// A JSON object. Not parsed: only the raw text has the order of keys and the spelling that the
    /// service signed.
    pub(super) event_info: &'a str,
}

impl<'a> Envelope<'a> {
    pub(super) fn read(body: &'a [u8]) -> Result<Self, WebhookError> {
        // For the whole, because text that is skipped is not looked at.
        let body = std::str::from_utf8(body).map_err(|_| WebhookError::NotJson)?;
        let mut json = serde_json::Deserializer::from_str(body);
        let found = json
            .deserialize_map(Fields)
            .map_err(|_| WebhookError::NotJson)?;
        json.end().map_err(|_| WebhookError::NotJson)?;
        if let Some(field) = found.repeated {
            return Err(WebhookError::Repeated { field });
        }
        let [subscriber_id, timestamp, nonce, signature, event_info] = found.raw;
        let text = |index: usize, raw: Option<&'a RawValue>| {
            raw.and_then(|raw| text_of(raw.get()))
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
                .map(RawValue::get)
                .filter(|raw| raw.starts_with('{'))
                .ok_or(WebhookError::Missing { field: FIELDS[4] })?,
        })
    }
}

/// The text of a JSON string, or the digits of a whole number: the service writes `timestamp` as a
/// number and the others as strings, and is known to mix them up elsewhere.
fn text_of(raw: &str) -> Option<Cow<'_, str>> {
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
    raw: [Option<&'a RawValue>; 5],
    repeated: Option<&'static str>,
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
            if found.raw[index].replace(value).is_some() {
                found.repeated = Some(FIELDS[index]);
            }
        }
        Ok(found)
    }
}
