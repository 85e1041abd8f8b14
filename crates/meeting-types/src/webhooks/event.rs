//! One event: its kind, and what it tells.

use std::fmt;

use serde_json::{Map, Value as Json};

use super::{MeetingInfo, WebhookAttendee, WebhookError, payload::Payload};
use crate::{
    Timestamp,
    schema::{
        Empty, Field, Format, Kind, Repaired, from_json, open_enum, parse_tree, repair, table,
        write_body,
    },
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
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WebhookEvent {
    /// The service asks whether the address is the subscriber's. The
    /// [response](super::Notification::response) proves it.
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
    Joined(MeetingInfo, Box<WebhookAttendee>),
    /// Somebody left a meeting.
    Left(MeetingInfo, Box<WebhookAttendee>),
    /// The recording of a meeting is ready.
    RecordingFinished(MeetingInfo),
    /// An event of a kind that has no type here, or not in the form that its kind should have.
    Other {
        /// The kind, as `meeting.later`. Empty for an event that is signed and no JSON.
        name: String,
        /// The whole event as it came; its text, if it is no JSON. A whole number that 64 bits do not
        /// hold is a text in there, with all digits.
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
    pub fn attendee(&self) -> Option<&WebhookAttendee> {
        match self {
            Self::Joined(_, attendee) | Self::Left(_, attendee) => Some(attendee),
            _ => None,
        }
    }

    /// Reads the event out of the text that was signed, which begins like a JSON object.
    pub(super) fn read(signed: &[u8]) -> Result<ReadEvent<'_>, WebhookError> {
        let unusable = WebhookError::Missing {
            field: "eventInfo.event",
        };
        if let Some((event, happened_at)) = Self::read_text(signed) {
            return Ok(ReadEvent {
                event,
                happened_at,
                mended: None,
            });
        }
        match repair(signed) {
            // Well-formed, so that there is another reason.
            Ok(repaired) if repaired.mends.is_empty() => Err(unusable),
            Ok(repaired) => {
                let (event, happened_at) =
                    Self::read_text(repaired.text.as_bytes()).ok_or(unusable)?;
                Ok(ReadEvent {
                    event,
                    happened_at,
                    mended: Some(repaired),
                })
            }
            Err(_) => Ok(ReadEvent {
                event: Self::Other {
                    name: String::new(),
                    json: String::from_utf8_lossy(signed).into(),
                },
                happened_at: None,
                mended: None,
            }),
        }
    }

    /// Reads the event and when it happened, if it says so. Nothing when the text is ill-formed, or
    /// names no event.
    fn read_text(text: &[u8]) -> Option<(Self, Option<Timestamp>)> {
        let EventInfo {
            kind,
            happened_at,
            payload,
        } = from_json(text).ok()?;
        let event = match Self::typed(&kind, payload.unwrap_or_default()) {
            Some(event) => event,
            None => Self::Other {
                name: kind.as_str().to_owned(),
                json: parse_tree(std::str::from_utf8(text).ok()?).ok()?,
            },
        };
        Some((event, happened_at))
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

/// An event that was read out of its text.
pub(super) struct ReadEvent<'a> {
    pub(super) event: WebhookEvent,
    /// When it happened, if it says so.
    pub(super) happened_at: Option<Timestamp>,
    /// The text that it was read from, if what came had to be mended for that.
    pub(super) mended: Option<Repaired<'a>>,
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
        kind = Field::body("event", WebhookEventKind::KIND).required();
        happened_at = Field::body("timestamp", Kind::Time).format(Format::EpochMillis);
        payload = Field::body("payload", Payload::KIND);
    }
}
