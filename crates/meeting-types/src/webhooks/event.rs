//! One event: its kind, and what it tells.

use std::fmt;

use serde_json::{Map, Value as Json};

use super::{AttendeeInfo, MeetingInfo, WebhookError, payload::Payload};
use crate::{
    Timestamp,
    schema::{Empty, Field, Format, open_enum, read_json, table, write_body},
};

open_enum! {
    /// What happened.
    pub enum WebhookEventKind: str {
        /// The service asks whether the address is the subscriber's.
        Verify = "meeting.verify",
        /// A meeting was booked.
        Created = "meeting.create",
        /// A booking was changed.
        Modified = "meeting.modify",
        /// A booking was cancelled.
        Cancelled = "meeting.cancel",
        /// A meeting began.
        Started = "meeting.started",
        /// A meeting is empty or was ended. People may come back before its booked end.
        Ended = "meeting.end",
        /// A meeting is closed for good.
        Concluded = "meeting.conclude",
        /// Somebody joined a meeting.
        Joined = "meeting.join",
        /// Somebody left a meeting.
        Left = "meeting.left",
        /// The recording of a meeting is ready.
        RecordingFinished = "record.finish",
    }
}

/// What the service reports.
///
/// `Debug` masks the contents of [`Other`](Self::Other), which may hold anything.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum WebhookEvent {
    /// The service asks whether the address is the subscriber's. The
    /// [answer](super::Notification::answer) proves it.
    Verify,
    /// A meeting was booked.
    Created(MeetingInfo),
    /// A booking was changed.
    Modified(MeetingInfo),
    /// A booking was cancelled.
    Cancelled(MeetingInfo),
    /// A meeting began.
    Started(MeetingInfo),
    /// A meeting is empty or was ended. People may come back before its booked end.
    Ended(MeetingInfo),
    /// A meeting is closed for good.
    Concluded(MeetingInfo),
    /// Somebody joined a meeting.
    Joined(MeetingInfo, Box<AttendeeInfo>),
    /// Somebody left a meeting.
    Left(MeetingInfo, Box<AttendeeInfo>),
    /// The recording of a meeting is ready.
    RecordingFinished(MeetingInfo),
    /// An event of a kind that has no type here, or not in the form that its kind should have.
    Other {
        /// The kind, as `meeting.later`.
        name: String,
        /// The whole event as it came.
        json: Json,
    },
}

impl fmt::Debug for WebhookEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Other { name, .. } = self {
            return write!(f, "Other {{ name: {name:?}, json: *** }}");
        }
        // The names of the kinds are those of the variants.
        let name = format!("{:?}", self.kind());
        let mut tuple = f.debug_tuple(&name);
        if let Some(meeting) = self.meeting() {
            tuple.field(meeting);
        }
        if let Some(attendee) = self.attendee() {
            tuple.field(attendee);
        }
        tuple.finish()
    }
}

impl WebhookEvent {
    /// What happened.
    #[must_use]
    pub fn kind(&self) -> WebhookEventKind {
        match self {
            Self::Verify => WebhookEventKind::Verify,
            Self::Created(_) => WebhookEventKind::Created,
            Self::Modified(_) => WebhookEventKind::Modified,
            Self::Cancelled(_) => WebhookEventKind::Cancelled,
            Self::Started(_) => WebhookEventKind::Started,
            Self::Ended(_) => WebhookEventKind::Ended,
            Self::Concluded(_) => WebhookEventKind::Concluded,
            Self::Joined(..) => WebhookEventKind::Joined,
            Self::Left(..) => WebhookEventKind::Left,
            Self::RecordingFinished(_) => WebhookEventKind::RecordingFinished,
            Self::Other { name, .. } => WebhookEventKind::from(name.as_str()),
        }
    }

    /// The meeting, in events that have a type here and are about one.
    #[must_use]
    pub fn meeting(&self) -> Option<&MeetingInfo> {
        match self {
            Self::Created(meeting)
            | Self::Modified(meeting)
            | Self::Cancelled(meeting)
            | Self::Started(meeting)
            | Self::Ended(meeting)
            | Self::Concluded(meeting)
            | Self::Joined(meeting, _)
            | Self::Left(meeting, _)
            | Self::RecordingFinished(meeting) => Some(meeting),
            Self::Verify | Self::Other { .. } => None,
        }
    }

    /// Who joined or left.
    #[must_use]
    pub fn attendee(&self) -> Option<&AttendeeInfo> {
        match self {
            Self::Joined(_, attendee) | Self::Left(_, attendee) => Some(attendee),
            _ => None,
        }
    }

    /// Reads the event and when it happened, if it says so. `json` is a JSON object.
    pub(super) fn read(json: &str) -> Result<(Self, Option<Timestamp>), WebhookError> {
        let unusable = WebhookError::Missing {
            field: "eventInfo.event",
        };
        let mut info = EventInfo::empty();
        read_json(json.as_bytes(), &mut info, Format::Plain).map_err(|_| unusable)?;
        let EventInfo {
            kind,
            happened_at,
            payload,
        } = info;
        let event = match Self::typed(&kind, payload.unwrap_or_default()) {
            Some(event) => event,
            None => Self::Other {
                name: kind.as_str().to_owned(),
                // Nested too deep to be kept.
                json: serde_json::from_str(json)
                    .map_err(|_| WebhookError::Missing { field: "eventInfo" })?,
            },
        };
        Ok((event, happened_at))
    }

    /// The event, or nothing when it is not in the form of its kind.
    pub(super) fn typed(kind: &WebhookEventKind, mut payload: Payload) -> Option<Self> {
        if let Some(attendee) = &mut payload.attendee {
            // Whoever is there has left at the start of 1970.
            attendee.left_at = attendee.left_at.filter(|at| at.as_millis() != 0);
        }
        Self::of_kind(kind, payload)
    }

    /// The same, with a payload that means what it says.
    pub(super) fn of_kind(kind: &WebhookEventKind, payload: Payload) -> Option<Self> {
        if *kind == WebhookEventKind::Verify {
            return Some(Self::Verify);
        }
        let Payload { meeting, attendee } = payload;
        let meeting = meeting?;
        let attendee = || attendee.map(Box::new);
        Some(match kind {
            WebhookEventKind::Created => Self::Created(meeting),
            WebhookEventKind::Modified => Self::Modified(meeting),
            WebhookEventKind::Cancelled => Self::Cancelled(meeting),
            WebhookEventKind::Started => Self::Started(meeting),
            WebhookEventKind::Ended => Self::Ended(meeting),
            WebhookEventKind::Concluded => Self::Concluded(meeting),
            WebhookEventKind::Joined => Self::Joined(meeting, attendee()?),
            WebhookEventKind::Left => Self::Left(meeting, attendee()?),
            WebhookEventKind::RecordingFinished => Self::RecordingFinished(meeting),
            _ => return None,
        })
    }

    /// The event as compact JSON, as it is signed. `at` is when it happened;
    /// [`Other`](Self::Other) says that itself.
    #[must_use]
    pub fn to_json(&self, at: Timestamp) -> String {
        let info = match self {
            Self::Other { name, json } => return other_json(name, json, at),
            event => EventInfo {
                kind: event.kind(),
                happened_at: Some(at),
                payload: event.meeting().map(|meeting| Payload {
                    meeting: Some(meeting.clone()),
                    attendee: event.attendee().map(|attendee| {
                        let mut attendee = attendee.clone();
                        // As the service tells that somebody is still there.
                        let _ = attendee.left_at.get_or_insert(Timestamp::from_millis(0));
                        attendee
                    }),
                }),
            },
        };
        // What serde_json writes is UTF-8.
        String::from_utf8(write_body(&info)).unwrap_or_default()
    }
}

/// What must be there is added to what is.
fn other_json(name: &str, json: &Json, at: Timestamp) -> String {
    let mut entries = match json {
        Json::Object(entries) => entries.clone(),
        payload => Map::from_iter([("payload".to_owned(), payload.clone())]),
    };
    entries.insert("event".to_owned(), name.into());
    entries
        .entry("timestamp")
        .or_insert_with(|| at.as_millis().into());
    Json::Object(entries).to_string()
}

/// `eventInfo` of a notification.
struct EventInfo {
    kind: WebhookEventKind,
    happened_at: Option<Timestamp>,
    payload: Option<Payload>,
}

table! {
    EventInfo {
        0 kind = Field::body("event").required();
        1 happened_at = Field::body("timestamp").format(Format::EpochMillis);
        2 payload = Field::body("payload");
    }
}
