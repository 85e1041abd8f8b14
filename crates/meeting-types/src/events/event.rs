//! One push: its envelope, and what it tells.

use std::hash::{Hash, Hasher};

use serde_json::Value as Json;

use super::{
    EventKind, EventPayload, FrameError,
    envelope::{Envelope, SnapshotMode},
    frame::{self, Frame},
};
use crate::{
    ConferenceId, Mend, SecretText, Timestamp,
    schema::{setters, write_tree},
};

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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
    mends: Mends,
}

/// Mends of the text of an event. They take no part in comparisons: the text tells the same.
#[derive(Clone, Debug, Default)]
struct Mends(Vec<Mend>);

impl PartialEq for Mends {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Mends {}

impl Hash for Mends {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

setters! {
    Event {
        plain version: i64;
        plain created_at: Timestamp;
        into message_id: String;
        into conference_id: ConferenceId;
    }
}

impl Event {
    /// A full push with this payload.
    pub fn new(payload: impl Into<EventPayload>) -> Self {
        let payload = payload.into();
        let kind = payload.kind();
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
            mends: Mends::default(),
        }
    }

    /// Sets [`mode`](Self::mode).
    #[must_use]
    pub fn mode(mut self, mode: SnapshotMode) -> Self {
        self.mode = mode;
        self
    }

    /// Reads one push. Text that is ill-formed in one place, such as a name with half a surrogate
    /// pair, is mended; [`mends`](Self::mends) tells where.
    ///
    /// # Errors
    ///
    /// [`FrameError`] when it is no JSON object with an action. Nothing else is an error.
    pub fn parse(text: &str) -> Result<Self, FrameError> {
        frame::mending(text.as_bytes(), Self::from_frame)
    }

    /// Places of the text that were ill-formed and were mended, so that the rest could be read; at
    /// most about 100. None for an event that could be read as it came, or that was made here.
    ///
    /// Offsets count from the beginning of the frame. Those of a text in it that holds JSON follow,
    /// and count from the beginning of that text. They take no part in comparisons.
    #[must_use]
    pub fn mends(&self) -> &[Mend] {
        &self.mends.0
    }

    pub(super) fn from_frame(frame: &Frame<'_>, mut mends: Vec<Mend>) -> Result<Self, FrameError> {
        let kind = EventKind::from(frame.action());
        let envelope = frame
            .beside(Envelope::has_field)
            .read(&mut mends)?
            .unwrap_or_default();
        let payload = match EventPayload::read(&kind, frame, &mut mends)? {
            Some(payload) => payload,
            None => EventPayload::Other(frame.tree()?),
        };
        Ok(Self {
            mends: Mends(mends),
            ..Self::in_envelope(kind, envelope, payload)
        })
    }

    pub(super) fn in_envelope(kind: EventKind, envelope: Envelope, payload: EventPayload) -> Self {
        Self {
            kind,
            version: envelope.version,
            created_at: envelope.created_at,
            message_id: envelope.message_id,
            mode: envelope.mode.unwrap_or(SnapshotMode::Full),
            conference_id: envelope.conference_id,
            payload,
            mends: Mends(Vec::new()),
        }
    }

    pub(super) fn envelope(&self) -> Envelope {
        Envelope {
            version: self.version,
            created_at: self.created_at,
            message_id: self.message_id.clone(),
            mode: Some(self.mode),
            conference_id: self.conference_id.clone(),
        }
    }

    /// Writes the push as the service does. The text holds whatever passwords the payload holds.
    #[must_use]
    pub fn to_text(&self) -> SecretText {
        let mut root = self.payload.write();
        let envelope = write_tree(&self.envelope());
        if let (Json::Object(root), Json::Object(envelope)) = (&mut root, envelope) {
            root.extend(envelope);
            root.insert("action".to_owned(), self.kind.as_str().into());
        }
        SecretText::new(root.to_string())
    }
}
