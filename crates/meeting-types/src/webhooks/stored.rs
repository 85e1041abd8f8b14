//! serde for what a webhook reported: the form in which a program keeps it or passes it on.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::{Map, Value as Json};

use super::{DeduplicationKey, Notification, WebhookEvent, WebhookEventKind, payload::Payload};
use crate::{
    Mend, ParticipantId, Timestamp,
    json_tree::{self, JsonTree},
    schema::read_tree,
    serde_struct,
};

serde_struct! { Notification {
    event: WebhookEvent,
    happened_at: Timestamp,
    sent_at: Timestamp,
    nonce: String,
    event_info: Box<str>,
    ill_formed: Option<Box<[u8]>>,
    mends: Vec<Mend>,
} }

serde_struct! { DeduplicationKey {
    kind: WebhookEventKind,
    meeting: Option<Box<str>>,
    sub_meeting: Option<Box<str>>,
    happened_at: Timestamp,
    participant: Option<ParticipantId>,
    digest: Option<[u8; 32]>,
} }

const EVENT: &str = "event";
/// The key of an event that has no type.
const OTHER: &str = "other";

/// Writes the word of its kind as `event`, and what it tells beside it: `meetingInfo` and
/// `attendeeInfo`, or `other`.
impl Serialize for WebhookEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Self::Other { name, json } = self {
            let mut entries = serializer.serialize_map(Some(2))?;
            entries.serialize_entry(EVENT, name)?;
            entries.serialize_entry(json_tree::key(json, OTHER), &JsonTree(json))?;
            return entries.end();
        }
        let (meeting, attendee) = (self.meeting(), self.attendee());
        let count = 1 + usize::from(meeting.is_some()) + usize::from(attendee.is_some());
        let mut entries = serializer.serialize_map(Some(count))?;
        entries.serialize_entry(EVENT, &self.kind())?;
        let [meeting_key, attendee_key] = Payload::KEYS;
        if let Some(meeting) = meeting {
            entries.serialize_entry(meeting_key, meeting)?;
        }
        if let Some(attendee) = attendee {
            entries.serialize_entry(attendee_key, attendee)?;
        }
        entries.end()
    }
}

/// Reads what `Serialize` writes, and an event as the service sends it.
impl<'de> Deserialize<'de> for WebhookEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = WebhookEvent;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event of a webhook")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut entries: A,
            ) -> Result<WebhookEvent, A::Error> {
                let mut root = Map::new();
                while let Some((key, value)) = entries.next_entry::<String, Json>()? {
                    root.insert(key, value);
                }
                let Some(Json::String(name)) = root.get(EVENT) else {
                    return Err(A::Error::missing_field(EVENT));
                };
                let name = name.clone();
                if let Some(json) = root.remove(OTHER) {
                    return Ok(WebhookEvent::Other { name, json });
                }
                if let Some(Json::String(text)) = root.get(json_tree::TEXT) {
                    let json = json_tree::from_text(text)?;
                    return Ok(WebhookEvent::Other { name, json });
                }
                let kind = WebhookEventKind::from(name.as_str());
                let root = Json::Object(root);
                let event = match root.get("payload") {
                    Some(payload) => {
                        let payload = read_tree::<Payload>(payload).unwrap_or_default();
                        WebhookEvent::typed(&kind, payload)
                    }
                    None => read_tree::<Payload>(&root)
                        .ok()
                        .and_then(|payload| WebhookEvent::of_kind(&kind, payload)),
                };
                Ok(event.unwrap_or(WebhookEvent::Other { name, json: root }))
            }
        }

        deserializer.deserialize_map(Entries)
    }
}
