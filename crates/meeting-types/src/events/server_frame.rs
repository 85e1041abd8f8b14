//! What the service says.

use serde_json::{Value as Json, json};

use super::{
    Event, FrameError, Sequence,
    frame::{self, HEART_BEAT, Opened, SUBSCRIBE},
};
use crate::{
    SecretText,
    schema::{Empty, Field, Kind, read_tree, table, write_tree},
};

/// One text frame from the service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServerFrame {
    /// Answers a subscription.
    Ack {
        /// The sequence of the subscription, as a rule: samples show others.
        sequence: Sequence,
        /// 0 if the subscription was accepted.
        code: i64,
        /// What the code means.
        description: Option<String>,
    },
    /// Answers a heartbeat.
    HeartBeat {
        /// The sequence of the heartbeat.
        sequence: Sequence,
    },
    /// Tells something about the meeting.
    Event(Box<Event>),
}

impl From<Event> for ServerFrame {
    fn from(event: Event) -> Self {
        Self::Event(Box::new(event))
    }
}

struct Envelope {
    sequence: Option<Sequence>,
}

table! {
    Envelope {
        0 sequence = Field::body("sequence", Sequence::KIND);
    }
}

struct AckData {
    code: i64,
    description: Option<String>,
}

table! {
    AckData {
        0 code = Field::body("returnCode", Kind::Int).required();
        // The service sends the key with a blank at its end.
        1 description = Field::body("returnDesc ", Kind::Text).also(&["returnDesc"]);
    }
}

impl ServerFrame {
    /// Reads a frame. Whatever is neither an answer to a subscription nor to a heartbeat is an
    /// event. Text that is ill-formed in one place is mended, as [`Event::mends`] tells.
    ///
    /// # Errors
    ///
    /// [`FrameError`] when it is no JSON object with an action, or an answer to a subscription
    /// that does not say whether it was accepted.
    pub fn parse(text: &str) -> Result<Self, FrameError> {
        Self::from_frame(frame::open_mending(text)?)
    }

    /// Reads a frame whose text may not be UTF-8, as [`parse`](Self::parse) does.
    ///
    /// # Errors
    ///
    /// Those of [`parse`](Self::parse).
    pub fn parse_bytes(text: &[u8]) -> Result<Self, FrameError> {
        Self::from_frame(frame::open_bytes(text)?)
    }

    fn from_frame(mut frame: Opened) -> Result<Self, FrameError> {
        let sequence = |root: &Json| {
            read_tree(root)
                .ok()
                .and_then(|envelope: Envelope| envelope.sequence)
                .unwrap_or_default()
        };
        match &*frame.action {
            SUBSCRIBE => {
                let root = &frame.root;
                let data = frame::data_mending(root, &mut frame.mends);
                let data: AckData = read_tree(data.as_deref().unwrap_or(root)).map_err(|_| {
                    FrameError::Missing {
                        action: SUBSCRIBE,
                        field: "returnCode",
                    }
                })?;
                Ok(Self::Ack {
                    sequence: sequence(root),
                    code: data.code,
                    description: data.description,
                })
            }
            HEART_BEAT => Ok(Self::HeartBeat {
                sequence: sequence(&frame.root),
            }),
            _ => Ok(Event::from_frame(frame).into()),
        }
    }

    /// Writes the frame as the service does, odd spellings included.
    #[must_use]
    pub fn to_text(&self) -> SecretText {
        let json = match self {
            Self::Ack {
                sequence,
                code,
                description,
            } => {
                let data = AckData {
                    code: *code,
                    description: description.clone(),
                };
                json!({"action": SUBSCRIBE, "sequence": sequence.as_str(), "data": write_tree(&data)})
            }
            Self::HeartBeat { sequence } => {
                json!({"action": HEART_BEAT, "sequence": sequence.as_str()})
            }
            Self::Event(event) => return event.to_text(),
        };
        SecretText::new(json.to_string())
    }
}
