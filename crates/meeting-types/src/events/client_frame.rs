//! Text frames from a client.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value as Json;
use zeroize::Zeroizing;

use super::{
    EventKind, FrameError, Sequence,
    frame::{CONF_CONTROL, Frame, HEART_BEAT, SUBSCRIBE},
};
use crate::{
    ConferenceId, ConferenceToken, ParticipantId, SecretText,
    credential::conference_token,
    schema::{Empty, Field, Format, Kind, Value, open_enum, setters, table, write_json},
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
        /// Comes back in the response.
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
        /// Comes back in the response.
        sequence: Sequence,
    },
    /// Switches subtitles on for everybody. Anyone in the meeting may; they stop with the meeting.
    Subtitles {
        /// Comes back in the response.
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
        /// Pairs the frame with its response; empty when the frame has none.
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
        sequence = Field::body("sequence", Sequence::KIND);
        action = Field::body("action", Kind::Text);
        control = Field::body("type", Kind::Text);
        data = Field::body("data", SecretText::KIND);
    }
}

struct SubscribeData {
    kinds: Vec<EventKind>,
    token: Option<SecretText>,
    conference_id: Option<ConferenceId>,
}

table! {
    SubscribeData {
        kinds = Field::body("subscribeType", Kind::List(&EventKind::KIND));
        token = Field::body("confToken", SecretText::KIND);
        conference_id = Field::body("conferenceID", ConferenceId::KIND);
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
        conference_id = Field::body("conferenceID", ConferenceId::KIND);
        token = Field::body("confToken", SecretText::KIND);
        on = Field::body("isSubtitle", Kind::Bool).format(Format::Bit);
        display = Field::body("subtitleType", Kind::Int);
        model = Field::body("sisProperty", SpeechModel::KIND);
        speakers = Field::body("id", Kind::List(&ParticipantId::KIND));
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
        let frame = Frame::open(text)?;
        let sequence = Sequence::of(&frame)?;
        match frame.action() {
            SUBSCRIBE => Self::subscribe(sequence, &frame),
            HEART_BEAT => Ok(Self::HeartBeat { sequence }),
            CONF_CONTROL if frame.text("type")?.as_deref() == Some(SUBTITLES) => {
                Self::subtitles(sequence, &frame)
            }
            action => Ok(Self::Other {
                action: action.to_owned(),
                sequence,
                raw: frame.tree()?,
            }),
        }
    }

    fn subscribe(sequence: Sequence, frame: &Frame<'_>) -> Result<Self, FrameError> {
        let data: Option<SubscribeData> = parameters(frame)?;
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

    fn subtitles(sequence: Sequence, frame: &Frame<'_>) -> Result<Self, FrameError> {
        let data: Option<SubtitlesData> = parameters(frame)?;
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

/// Reads the parameters of a frame: in `data`, or flat. Nothing in them is mended: a client that writes
/// ill-formed JSON is to learn it.
fn parameters<T: Value + Empty>(frame: &Frame<'_>) -> Result<Option<T>, FrameError> {
    let mut mends = Vec::new();
    let mut data = frame.data()?.unwrap_or_else(|| frame.beside(|_| true));
    Ok(data.read(&mut mends)?.filter(|_| mends.is_empty()))
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
