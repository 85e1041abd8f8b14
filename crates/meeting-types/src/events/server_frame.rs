//! Text frames from the service.

use serde_json::json;

use super::{
    Event, FrameError, Sequence,
    frame::{self, Frame, HEART_BEAT, SUBSCRIBE},
};
use crate::{
    Mend, SecretText,
    schema::{Field, Kind, table, write_tree},
};

/// One text frame from the service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServerFrame {
    /// Responds to a subscription.
    Ack {
        /// The sequence of the subscription, as a rule: samples show others.
        sequence: Sequence,
        /// 0 if the subscription was accepted.
        code: i64,
        /// What the code means.
        description: Option<String>,
    },
    /// Responds to a heartbeat.
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

struct AckData {
    code: i64,
    description: Option<String>,
}

table! {
    AckData {
        code = Field::body("returnCode", Kind::Int).required();
        // The service sends the key with a blank at its end.
        description = Field::body("returnDesc ", Kind::Text).also(&["returnDesc"]);
    }
}

impl ServerFrame {
    /// Reads a frame. Whatever is neither a response to a subscription nor to a heartbeat is an
    /// event. Text that is ill-formed in one place is mended, as [`Event::mends`] tells.
    ///
    /// # Errors
    ///
    /// [`FrameError`] when it is no JSON object with an action, or a response to a subscription
    /// that does not say whether it was accepted.
    pub fn parse(text: &str) -> Result<Self, FrameError> {
        frame::mending(text.as_bytes(), Self::from_frame)
    }

    /// Reads a frame whose text may not be UTF-8, as [`parse`](Self::parse) does.
    ///
    /// # Errors
    ///
    /// Those of [`parse`](Self::parse).
    pub fn parse_bytes(text: &[u8]) -> Result<Self, FrameError> {
        frame::mending(text, Self::from_frame)
    }

    fn from_frame(frame: &Frame<'_>, mut mends: Vec<Mend>) -> Result<Self, FrameError> {
        match frame.action() {
            SUBSCRIBE => {
                let mut data = frame.data()?.unwrap_or_else(|| frame.beside(|_| true));
                let data: AckData = data.read(&mut mends)?.ok_or(FrameError::Missing {
                    action: SUBSCRIBE,
                    field: "returnCode",
                })?;
                Ok(Self::Ack {
                    sequence: Sequence::of(frame)?,
                    code: data.code,
                    description: data.description,
                })
            }
            HEART_BEAT => Ok(Self::HeartBeat {
                sequence: Sequence::of(frame)?,
            }),
            _ => Ok(Event::from_frame(frame, mends)?.into()),
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
