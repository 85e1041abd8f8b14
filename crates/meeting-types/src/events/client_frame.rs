//! What the client says.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value as Json;
use zeroize::Zeroizing;

use super::{
    EventKind, FrameError, Sequence,
    frame::{self, HEART_BEAT, SUBSCRIBE},
};
use crate::{
    ConferenceId, ConferenceToken, SecretText,
    credential::conference_token,
    schema::{Field, Format, deserialize_model, table, write_json},
};

/// One text frame from a client.
///
/// `Debug` masks the token, and the whole of what [`Other`](Self::Other) holds.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ClientFrame {
    /// Asks for pushes. The first frame on every connection.
    Subscribe {
        /// Comes back in the answer.
        sequence: Sequence,
        /// What the client wants to hear about.
        kinds: Vec<EventKind>,
        /// The right to control the meeting.
        token: ConferenceToken,
        /// The meeting. Programs that work with the service leave it out, although the reference
        /// asks for it.
        conference_id: Option<ConferenceId>,
    },
    /// Keeps the connection open. The service closes it after 180 seconds without one.
    HeartBeat {
        /// Comes back in the answer.
        sequence: Sequence,
    },
    /// Anything else.
    Other {
        /// What the client wants.
        action: String,
        /// Pairs the frame with its answer; empty when the frame has none.
        sequence: Sequence,
        /// The whole frame.
        raw: Json,
    },
}

impl fmt::Debug for ClientFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subscribe {
                sequence,
                kinds,
                token,
                conference_id,
            } => f
                .debug_struct("Subscribe")
                .field("sequence", sequence)
                .field("kinds", kinds)
                .field("token", token)
                .field("conference_id", conference_id)
                .finish(),
            Self::HeartBeat { sequence } => f
                .debug_struct("HeartBeat")
                .field("sequence", sequence)
                .finish(),
            Self::Other {
                action, sequence, ..
            } => f
                .debug_struct("Other")
                .field("action", action)
                .field("sequence", sequence)
                .finish_non_exhaustive(),
        }
    }
}

/// What all frames of a client have.
struct Envelope {
    sequence: Option<Sequence>,
    action: Option<String>,
    /// JSON within a string: what the reference calls an object.
    data: Option<SecretText>,
}

table! {
    Envelope {
        0 sequence = Field::body("sequence");
        1 action = Field::body("action");
        2 data = Field::body("data");
    }
}

struct SubscribeData {
    kinds: Vec<EventKind>,
    token: Option<SecretText>,
    conference_id: Option<ConferenceId>,
}

table! {
    SubscribeData {
        0 kinds = Field::body("subscribeType");
        1 token = Field::body("confToken");
        2 conference_id = Field::body("conferenceID");
    }
}

impl ClientFrame {
    /// Reads a frame, as leniently as it may be written: `data` as an object or as a string, the
    /// token raw or as `Basic` and Base64.
    ///
    /// # Errors
    ///
    /// [`FrameError`] when it is no JSON object with an action, or a subscription without a token.
    pub fn parse(text: &str) -> Result<Self, FrameError> {
        let (action, root) = frame::open(text)?;
        let sequence = deserialize_model(&root)
            .ok()
            .and_then(|envelope: Envelope| envelope.sequence)
            .unwrap_or_default();
        match &*action {
            SUBSCRIBE => Self::subscribe(sequence, &root),
            HEART_BEAT => Ok(Self::HeartBeat { sequence }),
            _ => Ok(Self::Other {
                action,
                sequence,
                raw: root,
            }),
        }
    }

    fn subscribe(sequence: Sequence, root: &Json) -> Result<Self, FrameError> {
        let data = frame::data_of(root);
        let data: Option<SubscribeData> = deserialize_model(data.as_deref().unwrap_or(root)).ok();
        let missing = |field| FrameError::Missing {
            action: SUBSCRIBE,
            field,
        };
        let data = data.ok_or(missing("data"))?;
        let token = data
            .token
            .and_then(|token| conference_token(token.expose()))
            .ok_or(missing("confToken"))?;
        Ok(Self::Subscribe {
            sequence,
            kinds: data.kinds,
            token,
            conference_id: data.conference_id,
        })
    }

    /// Writes the frame as working clients do. The text of a subscription holds the token.
    #[must_use]
    pub fn to_text(&self) -> SecretText {
        let (sequence, action, data) = match self {
            Self::Subscribe {
                sequence,
                kinds,
                token,
                conference_id,
            } => (
                sequence,
                SUBSCRIBE,
                Some(subscribe_data(kinds, token, conference_id.as_ref())),
            ),
            Self::HeartBeat { sequence } => (sequence, HEART_BEAT, None),
            Self::Other { raw, .. } => return SecretText::new(raw.to_string()),
        };
        let envelope = Envelope {
            sequence: Some(sequence.clone()),
            action: Some(action.to_owned()),
            data,
        };
        secret_text(write_json(&envelope, Format::Plain))
    }
}

fn subscribe_data(
    kinds: &[EventKind],
    token: &ConferenceToken,
    conference_id: Option<&ConferenceId>,
) -> SecretText {
    let encoded = Zeroizing::new(STANDARD.encode(token.expose()));
    let data = SubscribeData {
        kinds: kinds.to_vec(),
        token: Some(SecretText::new(["Basic ", &encoded].concat())),
        conference_id: conference_id.cloned(),
    };
    secret_text(write_json(&data, Format::Plain))
}

fn secret_text(json: Vec<u8>) -> SecretText {
    // What serde_json writes is UTF-8.
    SecretText::new(String::from_utf8(json).unwrap_or_default())
}
