//! What the client says.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value as Json;
use zeroize::Zeroizing;

use super::{
    EventKind, FrameError, Sequence,
    frame::{self, CONF_CONTROL, HEART_BEAT, SUBSCRIBE},
};
use crate::{
    ConferenceId, ConferenceToken, ParticipantId, SecretText,
    credential::conference_token,
    schema::{Empty, Field, Format, Kind, Value, open_enum, read_tree, setters, table, write_json},
};

open_enum! {
    /// How speech is turned into text.
    pub enum SpeechModel: str {
        /// Mandarin. What the service takes unless told otherwise.
        Mandarin = "chinese_16k_general",
        /// Mandarin as it is spoken in court.
        Trial = "chinese_16k_trial",
    }
}

/// What is asked for when subtitles are switched on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SubtitleSwitch {
    /// Whether there are to be subtitles.
    pub on: bool,
    /// Whose words are shown. The only documented number is 0, the two loudest speakers.
    pub display: Option<i32>,
    /// How speech is turned into text.
    pub model: Option<SpeechModel>,
    /// The speakers whose words are shown, at most four, if they are chosen.
    pub speakers: Vec<ParticipantId>,
}

impl SubtitleSwitch {
    /// Subtitles of the two loudest speakers.
    #[must_use]
    pub fn on() -> Self {
        Self {
            on: true,
            display: Some(0),
            model: None,
            speakers: Vec::new(),
        }
    }

    /// No subtitles.
    #[must_use]
    pub fn off() -> Self {
        Self {
            on: false,
            ..Self::on()
        }
    }
}

setters! {
    SubtitleSwitch {
        plain display: i32;
        plain model: SpeechModel;
        items speakers: ParticipantId;
    }
}

/// One text frame from a client.
///
/// `Debug` masks the token, and the whole of what [`Other`](Self::Other) holds.
#[derive(Clone, PartialEq, Eq)]
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
    /// Switches subtitles on for everybody. Anyone in the meeting may; they stop with the meeting.
    Subtitles {
        /// Comes back in the answer.
        sequence: Sequence,
        /// The right to control the meeting.
        token: ConferenceToken,
        /// The meeting.
        conference_id: ConferenceId,
        /// What is asked for.
        switch: SubtitleSwitch,
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
            Self::Subtitles {
                sequence,
                token,
                conference_id,
                switch,
            } => f
                .debug_struct("Subtitles")
                .field("sequence", sequence)
                .field("token", token)
                .field("conference_id", conference_id)
                .field("switch", switch)
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
    control: Option<String>,
    /// JSON within a string: what the reference calls an object.
    data: Option<SecretText>,
}

table! {
    Envelope {
        0 sequence = Field::body("sequence", Sequence::KIND);
        1 action = Field::body("action", Kind::Text);
        2 control = Field::body("type", Kind::Text);
        3 data = Field::body("data", SecretText::KIND);
    }
}

struct SubscribeData {
    kinds: Vec<EventKind>,
    token: Option<SecretText>,
    conference_id: Option<ConferenceId>,
}

table! {
    SubscribeData {
        0 kinds = Field::body("subscribeType", Kind::List(&EventKind::KIND));
        1 token = Field::body("confToken", SecretText::KIND);
        2 conference_id = Field::body("conferenceID", ConferenceId::KIND);
    }
}

struct SubtitlesData {
    conference_id: Option<ConferenceId>,
    token: Option<SecretText>,
    on: Option<bool>,
    display: Option<i32>,
    model: Option<SpeechModel>,
    speakers: Vec<ParticipantId>,
}

table! {
    SubtitlesData {
        0 conference_id = Field::body("conferenceID", ConferenceId::KIND);
        1 token = Field::body("confToken", SecretText::KIND);
        2 on = Field::body("isSubtitle", Kind::Bool).format(Format::Bit);
        3 display = Field::body("subtitleType", Kind::Int);
        4 model = Field::body("sisProperty", SpeechModel::KIND);
        5 speakers = Field::body("id", Kind::List(&ParticipantId::KIND));
    }
}

/// The type of the control frame for subtitles.
const SUBTITLES: &str = "REALTIMESUBTITLE";

impl ClientFrame {
    /// Reads a frame, as leniently as it may be written: `data` as an object or as a string, the
    /// token raw or as `Basic` and Base64.
    ///
    /// # Errors
    ///
    /// [`FrameError`] when it is no JSON object with an action, or a frame that lacks the token it
    /// needs.
    pub fn parse(text: &str) -> Result<Self, FrameError> {
        let (action, root) = frame::open(text)?;
        let sequence = read_tree(&root)
            .ok()
            .and_then(|envelope: Envelope| envelope.sequence)
            .unwrap_or_default();
        match &*action {
            SUBSCRIBE => Self::subscribe(sequence, &root),
            HEART_BEAT => Ok(Self::HeartBeat { sequence }),
            CONF_CONTROL if root.get("type").and_then(Json::as_str) == Some(SUBTITLES) => {
                Self::subtitles(sequence, &root)
            }
            _ => Ok(Self::Other {
                action,
                sequence,
                raw: root,
            }),
        }
    }

    fn subscribe(sequence: Sequence, root: &Json) -> Result<Self, FrameError> {
        let data = frame::data_of(root);
        let data: Option<SubscribeData> = read_tree(data.as_deref().unwrap_or(root)).ok();
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

    fn subtitles(sequence: Sequence, root: &Json) -> Result<Self, FrameError> {
        let data = frame::data_of(root);
        let data: Option<SubtitlesData> = read_tree(data.as_deref().unwrap_or(root)).ok();
        let missing = |field| FrameError::Missing {
            action: CONF_CONTROL,
            field,
        };
        let data = data.ok_or(missing("data"))?;
        let token = data
            .token
            .and_then(|token| conference_token(token.expose()));
        Ok(Self::Subtitles {
            sequence,
            token: token.ok_or(missing("confToken"))?,
            conference_id: data.conference_id.ok_or(missing("conferenceID"))?,
            switch: SubtitleSwitch {
                on: data.on.unwrap_or(false),
                display: data.display,
                model: data.model,
                speakers: data.speakers,
            },
        })
    }

    /// Writes the frame as working clients do. All but that of a heartbeat hold the token.
    #[must_use]
    pub fn to_text(&self) -> SecretText {
        let (sequence, action, control, data) = match self {
            Self::Subscribe {
                sequence,
                kinds,
                token,
                conference_id,
            } => {
                let data = SubscribeData {
                    kinds: kinds.clone(),
                    token: Some(basic(token)),
                    conference_id: conference_id.clone(),
                };
                (sequence, SUBSCRIBE, None, Some(inner_text(&data)))
            }
            Self::Subtitles {
                sequence,
                token,
                conference_id,
                switch,
            } => {
                let data = SubtitlesData {
                    conference_id: Some(conference_id.clone()),
                    token: Some(basic(token)),
                    on: Some(switch.on),
                    display: switch.display,
                    model: switch.model.clone(),
                    speakers: switch.speakers.clone(),
                };
                let control = Some(SUBTITLES.to_owned());
                (sequence, CONF_CONTROL, control, Some(inner_text(&data)))
            }
            Self::HeartBeat { sequence } => (sequence, HEART_BEAT, None, None),
            Self::Other { raw, .. } => return SecretText::new(raw.to_string()),
        };
        inner_text(&Envelope {
            sequence: Some(sequence.clone()),
            action: Some(action.to_owned()),
            control,
            data,
        })
    }
}

/// The token as working clients write it.
fn basic(token: &ConferenceToken) -> SecretText {
    let encoded = Zeroizing::new(STANDARD.encode(token.expose()));
    SecretText::new(["Basic ", &encoded].concat())
}

fn inner_text(data: &dyn Value) -> SecretText {
    // What serde_json writes is UTF-8.
    SecretText::new(String::from_utf8(write_json(data, Format::Plain)).unwrap_or_default())
}
