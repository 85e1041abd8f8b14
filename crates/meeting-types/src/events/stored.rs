//! serde for events and their parts: the form in which a program keeps them or passes them on.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::{Map, Value as Json};

use super::{
    AttendeeChange, AttendeeInfo, ConferenceBasicInfo, ConferenceDynamicInfo, Event, EventKind,
    EventPayload, FrameError, InterpreterGroupInfo, InviteResult, NetworkCondition,
    NetworkConditionChange, ParticipantChange, ParticipantInfo, RealTimeSubtitle, Sequence,
    ServerFrame, Speaker, SpeechModel, SubtitleSwitch, WaitingChange, WaitingParticipant, frame,
};
use crate::{
    ParticipantId,
    json_tree::{self, JsonTree},
    schema::{Model, Stored, read_tree},
    serde_enum, serde_struct,
};

serde_enum! { ParticipantChange {
    Update(Box<ParticipantInfo>),
    Removed(ParticipantId),
} }

serde_enum! { AttendeeChange {
    Update(Box<AttendeeInfo>),
    Removed(Box<AttendeeInfo>),
} }

serde_enum! { WaitingChange {
    Update(Box<WaitingParticipant>),
    Removed(Box<WaitingParticipant>),
} }

serde_enum! { NetworkConditionChange {
    Update(Box<NetworkCondition>),
    Removed(ParticipantId),
} }

serde_enum! { ServerFrame {
    Ack { sequence: Sequence, code: i64, description: Option<String> },
    HeartBeat { sequence: Sequence },
    Event(Box<Event>),
} }

serde_struct! { SubtitleSwitch {
    on: bool,
    display: Option<i32>,
    model: Option<SpeechModel>,
    speakers: Vec<ParticipantId>,
} }

/// [`FrameError`] with texts of its own: those of an error are parts of the program.
enum StoredFrameError {
    Json { line: usize, column: usize },
    NotAnObject,
    NoAction,
    Missing { action: String, field: String },
}

serde_enum! { StoredFrameError {
    Json { line: usize, column: usize },
    NotAnObject,
    NoAction,
    Missing { action: String, field: String },
} }

impl Serialize for FrameError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stored = match *self {
            Self::Json { line, column } => StoredFrameError::Json { line, column },
            Self::NotAnObject => StoredFrameError::NotAnObject,
            Self::NoAction => StoredFrameError::NoAction,
            Self::Missing { action, field } => StoredFrameError::Missing {
                action: action.to_owned(),
                field: field.to_owned(),
            },
        };
        stored.serialize(serializer)
    }
}

/// Reads what `Serialize` writes. An action or a key that no frame lacks in this version is an error.
impl<'de> Deserialize<'de> for FrameError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fn known<E: serde::de::Error>(
            text: &str,
            all: &'static [&'static str],
        ) -> Result<&'static str, E> {
            let found = all.iter().find(|known| **known == text);
            found.copied().ok_or_else(|| E::unknown_variant(text, all))
        }
        Ok(match StoredFrameError::deserialize(deserializer)? {
            StoredFrameError::Json { line, column } => Self::Json { line, column },
            StoredFrameError::NotAnObject => Self::NotAnObject,
            StoredFrameError::NoAction => Self::NoAction,
            StoredFrameError::Missing { action, field } => Self::Missing {
                action: known(&action, &[frame::SUBSCRIBE, frame::CONF_CONTROL])?,
                field: known(&field, &["confToken", "conferenceID", "data", "returnCode"])?,
            },
        })
    }
}

/// Reads and writes a payload under the word of its kind.
macro_rules! payloads {
    ($($variant:ident = $tag:literal ($type:ty),)*) => {
        /// Writes a map with one entry: the word of the kind on the wire, and what the event tells.
        impl Serialize for EventPayload {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut entry = serializer.serialize_map(Some(1))?;
                match self {
                    $(Self::$variant(content) => entry.serialize_entry($tag, content)?,)*
                    Self::Other(message) => {
                        entry.serialize_entry(json_tree::key(message, OTHER), &JsonTree(message))?;
                    }
                }
                entry.end()
            }
        }

        impl<'de> Visitor<'de> for Payload {
            type Value = EventPayload;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the payload of an event")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entry: A) -> Result<EventPayload, A::Error> {
                let Some(tag) = entry.next_key::<String>()? else {
                    return Err(A::Error::custom("the payload of an event is empty"));
                };
                let payload = match tag.as_str() {
                    $($tag => EventPayload::$variant(entry.next_value::<$type>()?),)*
                    OTHER => EventPayload::Other(entry.next_value()?),
                    json_tree::TEXT => {
                        let text = entry.next_value::<String>()?;
                        EventPayload::Other(json_tree::from_text(&text)?)
                    }
                    _ => {
                        let message = format_args!("no payload of an event: `{tag}`");
                        return Err(A::Error::custom(message));
                    }
                };
                match entry.next_key::<String>()? {
                    None => Ok(payload),
                    Some(_) => Err(A::Error::custom("an event has one payload")),
                }
            }
        }
    };
}

/// The key of a message that has no type.
const OTHER: &str = "other";

struct Payload;

payloads! {
    ConferenceBasicInfo = "ConfBasicInfoNotify" (Box<ConferenceBasicInfo>),
    ConferenceDynamicInfo = "ConfDynamicInfoNotify" (Box<ConferenceDynamicInfo>),
    Participants = "ParticipantsNotify" (Vec<ParticipantChange>),
    Attendees = "AttendeesNotify" (Vec<AttendeeChange>),
    SpeakerChange = "SpeakerChangeNotify" (Vec<Speaker>),
    InviteResult = "InviteResultNotify" (Vec<InviteResult>),
    RealTimeSubtitle = "RealTimeSubtitleNotify" (Box<RealTimeSubtitle>),
    WaitingList = "WaitingListNotify" (Vec<WaitingChange>),
    InterpreterGroup = "InterpreterGroupNotify" (Vec<InterpreterGroupInfo>),
    NetworkCondition = "NetConditionNotify" (Vec<NetworkConditionChange>),
}

impl<'de> Deserialize<'de> for EventPayload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Payload)
    }
}

const ACTION: &str = "action";
const PAYLOAD: &str = "payload";

/// Writes the envelope as it is on the wire, and beside it `payload`, which holds more than the wire
/// can say.
impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let envelope = self.envelope();
        let model: &dyn Model = &envelope;
        let set: Vec<_> = model.slots().filter(|(_, slot)| slot.is_set()).collect();
        let mut entries = serializer.serialize_map(Some(set.len() + 2))?;
        entries.serialize_entry(ACTION, &self.kind)?;
        for (field, slot) in set {
            let value = slot.write_exact(field.format);
            entries.serialize_entry(field.wire, &Stored(value, field.format))?;
        }
        entries.serialize_entry(PAYLOAD, &self.payload)?;
        entries.end()
    }
}

/// Reads what `Serialize` writes, and a push as the service sends it.
impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Push;

        impl<'de> Visitor<'de> for Push {
            type Value = Event;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Event, A::Error> {
                let mut root = Map::new();
                let mut payload = None;
                while let Some(key) = entries.next_key::<String>()? {
                    if key == PAYLOAD {
                        payload = Some(entries.next_value::<EventPayload>()?);
                    } else {
                        root.insert(key, entries.next_value()?);
                    }
                }
                let root = Json::Object(root);
                let Some(payload) = payload else {
                    return Event::parse(&root.to_string()).map_err(A::Error::custom);
                };
                // A kind may have been made of no text.
                let kind = EventKind::from(frame::action_of(&root).unwrap_or(""));
                let envelope = read_tree(&root).unwrap_or_default();
                Ok(Event::in_envelope(kind, envelope, payload))
            }
        }

        deserializer.deserialize_map(Push)
    }
}
