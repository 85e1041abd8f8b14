//! One push: its envelope, and what it tells.

use std::fmt;

use serde_json::{Map, Value as Json};

use super::{
    ConferenceBasicInfo, ConferenceDynamicInfo, EventKind, FrameError, InviteResult,
    ParticipantChange, Speaker, frame, participant::Row,
};
use crate::{
    ConferenceId, SecretText, Timestamp,
    schema::{Field, Format, Placeholder, Value, deserialize_model, open_enum, setters, table},
};

open_enum! {
    /// Whether a push tells all or only what changed.
    pub enum SnapshotMode: i32 {
        /// All there is: it replaces what was known.
        Full = 0,
        /// Only what changed.
        Increment = 1,
    }
}

/// What a push tells.
///
/// `Debug` masks passwords and links, and the whole of [`Other`](Self::Other), which may hold any.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum EventPayload {
    /// What hardly changes while the meeting runs.
    ConferenceBasicInfo(Box<ConferenceBasicInfo>),
    /// What changes while the meeting runs.
    ConferenceDynamicInfo(Box<ConferenceDynamicInfo>),
    /// Who is in the meeting, or left it.
    Participants(Vec<ParticipantChange>),
    /// Up to three speakers, the loudest of all. Nobody while all are silent.
    SpeakerChange(Vec<Speaker>),
    /// How calls went, and why people left.
    InviteResult(Vec<InviteResult>),
    /// The whole message as it came: of a kind that has no type here, or not in the form that its
    /// kind should have.
    Other(Json),
}

impl fmt::Debug for EventPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut show =
            |name: &str, field: &dyn fmt::Debug| f.debug_tuple(name).field(field).finish();
        match self {
            Self::ConferenceBasicInfo(info) => show("ConferenceBasicInfo", info),
            Self::ConferenceDynamicInfo(info) => show("ConferenceDynamicInfo", info),
            Self::Participants(changes) => show("Participants", changes),
            Self::SpeakerChange(speakers) => show("SpeakerChange", speakers),
            Self::InviteResult(results) => show("InviteResult", results),
            Self::Other(_) => f.write_str("Other(***)"),
        }
    }
}

impl From<ConferenceBasicInfo> for EventPayload {
    fn from(info: ConferenceBasicInfo) -> Self {
        Self::ConferenceBasicInfo(Box::new(info))
    }
}

impl From<ConferenceDynamicInfo> for EventPayload {
    fn from(info: ConferenceDynamicInfo) -> Self {
        Self::ConferenceDynamicInfo(Box::new(info))
    }
}

impl From<Vec<ParticipantChange>> for EventPayload {
    fn from(changes: Vec<ParticipantChange>) -> Self {
        Self::Participants(changes)
    }
}

impl From<Vec<Speaker>> for EventPayload {
    fn from(speakers: Vec<Speaker>) -> Self {
        Self::SpeakerChange(speakers)
    }
}

impl From<Vec<InviteResult>> for EventPayload {
    fn from(results: Vec<InviteResult>) -> Self {
        Self::InviteResult(results)
    }
}

impl EventPayload {
    /// The payload of `root`, or nothing when it is not in the form of its kind.
    fn read(kind: &EventKind, root: &Json) -> Option<Self> {
        let payload = match kind {
            EventKind::ConferenceBasicInfo => read_object::<ConferenceBasicInfo>(root)?.into(),
            EventKind::ConferenceDynamicInfo => read_object::<ConferenceDynamicInfo>(root)?.into(),
            EventKind::Participants => {
                let rows: Vec<Row> = read_list(root, |_| true)?;
                rows.into_iter()
                    .map(ParticipantChange::from)
                    .collect::<Vec<_>>()
                    .into()
            }
            EventKind::SpeakerChange => read_list::<Speaker>(root, |_| true)?.into(),
            EventKind::InviteResult => {
                let said = |result: &InviteResult| *result != InviteResult::default();
                read_list(root, said)?.into()
            }
            _ => return None,
        };
        Some(payload)
    }

    /// The message without its envelope.
    fn write(&self) -> Json {
        match self {
            Self::ConferenceBasicInfo(info) => json_of(&**info),
            Self::ConferenceDynamicInfo(info) => json_of(&**info),
            Self::Participants(changes) => {
                in_data(json_of(&changes.iter().map(Row::from).collect::<Vec<_>>()))
            }
            // Silence is told by leaving the list out.
            Self::SpeakerChange(speakers) if speakers.is_empty() => Json::Object(Map::new()),
            Self::SpeakerChange(speakers) => in_data(json_of(speakers)),
            Self::InviteResult(results) => in_data(json_of(results)),
            Self::Other(whole) if whole.is_object() => whole.clone(),
            Self::Other(data) => in_data(data.clone()),
        }
    }
}

fn json_of<T: serde::Serialize>(value: &T) -> Json {
    // Fails for keys that are no strings, and for nothing else; ours are strings.
    serde_json::to_value(value).unwrap_or_default()
}

fn in_data(payload: Json) -> Json {
    Json::Object(Map::from_iter([("data".to_owned(), payload)]))
}

/// Reads an object that lies in `data`, or flat beside the envelope.
fn read_object<T: Value + Placeholder>(root: &Json) -> Option<T> {
    let data = frame::data_of(root).filter(|data| has_content(data));
    deserialize_model(data.as_deref().unwrap_or(root)).ok()
}

/// Reads a list that lies in `data`, or its only item flat beside the envelope.
fn read_list<T: Value + Placeholder>(root: &Json, keep: fn(&T) -> bool) -> Option<Vec<T>> {
    let data = frame::data_of(root);
    let mut items: Vec<T> = deserialize_model(data.as_deref().unwrap_or(root)).ok()?;
    items.retain(keep);
    // Something was said, and none of it was understood.
    let lost = items.is_empty() && data.is_some_and(|data| has_content(&data));
    (!lost).then_some(items)
}

fn has_content(data: &Json) -> bool {
    match data {
        Json::Object(entries) => !entries.is_empty(),
        Json::Array(items) => !items.is_empty(),
        _ => false,
    }
}

/// One push of the service about a meeting.
///
/// ```
/// use meeting_types::events::{EventPayload, ServerFrame};
/// use meeting_types::models::ConferenceState;
///
/// let text = r#"{"action":"ConfDynamicInfoNotify","msgMode":0,"confID":"900487914","state":"Destroyed"}"#;
/// let ServerFrame::Event(event) = ServerFrame::parse(text)? else { panic!() };
/// let EventPayload::ConferenceDynamicInfo(info) = &event.payload else { panic!() };
/// assert_eq!(info.state, Some(ConferenceState::Ended));
/// # Ok::<(), meeting_types::events::FrameError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// What it is about.
    pub kind: EventKind,
    /// Milliseconds since 1970 for a full push; for an increment a counter that rises.
    pub version: Option<i64>,
    /// When the service made it.
    pub created_at: Option<Timestamp>,
    /// Its own id, 32 hexadecimal digits.
    pub message_id: Option<String>,
    /// Whether it tells all or only what changed. [`Full`](SnapshotMode::Full) if the service
    /// does not say.
    pub mode: SnapshotMode,
    /// The meeting.
    pub conference_id: Option<ConferenceId>,
    /// What it tells.
    pub payload: EventPayload,
}

setters! {
    Event {
        plain version: i64;
        plain created_at: Timestamp;
        into message_id: String;
        into conference_id: ConferenceId;
    }
}

/// What every push carries besides its payload.
#[derive(Default)]
struct Envelope {
    version: Option<i64>,
    created_at: Option<Timestamp>,
    message_id: Option<String>,
    mode: Option<SnapshotMode>,
    conference_id: Option<ConferenceId>,
}

table! {
    Envelope {
        0 version = Field::body("version");
        1 created_at = Field::body("createTime").format(Format::EpochMillis);
        2 message_id = Field::body("msgID");
        3 mode = Field::body("msgMode");
        4 conference_id = Field::body("confID");
    }
}

impl Event {
    /// A full push with this payload.
    pub fn new(payload: impl Into<EventPayload>) -> Self {
        let payload = payload.into();
        let kind = match &payload {
            EventPayload::ConferenceBasicInfo(_) => EventKind::ConferenceBasicInfo,
            EventPayload::ConferenceDynamicInfo(_) => EventKind::ConferenceDynamicInfo,
            EventPayload::Participants(_) => EventKind::Participants,
            EventPayload::SpeakerChange(_) => EventKind::SpeakerChange,
            EventPayload::InviteResult(_) => EventKind::InviteResult,
            EventPayload::Other(whole) => EventKind::from(frame::action_of(whole).unwrap_or("")),
        };
        Self::with_kind(kind, payload)
    }

    /// A full push of a kind that has no type here. `message` is the whole message, or its `data`
    /// if it is no object.
    #[must_use]
    pub fn other(kind: EventKind, message: Json) -> Self {
        Self::with_kind(kind, EventPayload::Other(message))
    }

    fn with_kind(kind: EventKind, payload: EventPayload) -> Self {
        Self {
            kind,
            version: None,
            created_at: None,
            message_id: None,
            mode: SnapshotMode::Full,
            conference_id: None,
            payload,
        }
    }

    /// Sets [`mode`](Self::mode).
    #[must_use]
    pub fn mode(mut self, mode: SnapshotMode) -> Self {
        self.mode = mode;
        self
    }

    /// Reads one push.
    ///
    /// # Errors
    ///
    /// [`FrameError`] when it is no JSON object with an action. Nothing else is an error.
    pub fn parse(text: &str) -> Result<Self, FrameError> {
        let (kind, root) = frame::open(text)?;
        Ok(Self::from_json(EventKind::from(&*kind), root))
    }

    pub(super) fn from_json(kind: EventKind, root: Json) -> Self {
        let envelope: Envelope = deserialize_model(&root).unwrap_or_default();
        let payload = EventPayload::read(&kind, &root).unwrap_or_else(|| EventPayload::Other(root));
        Self {
            kind,
            version: envelope.version,
            created_at: envelope.created_at,
            message_id: envelope.message_id,
            mode: envelope.mode.unwrap_or(SnapshotMode::Full),
            conference_id: envelope.conference_id,
            payload,
        }
    }

    /// Writes the push as the service does. The text holds whatever passwords the payload holds.
    #[must_use]
    pub fn to_text(&self) -> SecretText {
        let mut root = self.payload.write();
        let envelope = json_of(&Envelope {
            version: self.version,
            created_at: self.created_at,
            message_id: self.message_id.clone(),
            mode: Some(self.mode),
            conference_id: self.conference_id.clone(),
        });
        if let (Json::Object(root), Json::Object(envelope)) = (&mut root, envelope) {
            root.extend(envelope);
            root.insert("action".to_owned(), self.kind.as_str().into());
        }
        SecretText::new(root.to_string())
    }
}
