//! Network figures of each site.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    ParticipantId,
    schema::{Empty, Field, Format, Kind, open_enum, setters, table},
};

use super::merge::merge;

open_enum! {
    /// How good a connection is. The reference shows one grade only.
    pub enum NetworkGrade: str {
        /// Good.
        Good = "good",
    }
}

/// One entry of a push about network figures.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NetworkConditionChange {
    /// What was measured. Only what was sent is set.
    Update(Box<NetworkCondition>),
    /// The site is gone.
    Removed(ParticipantId),
}

impl NetworkConditionChange {
    /// Whose connection it is about.
    #[must_use]
    pub fn participant_id(&self) -> &ParticipantId {
        match self {
            Self::Update(condition) => &condition.participant_id,
            Self::Removed(id) => id,
        }
    }
}

impl From<NetworkCondition> for NetworkConditionChange {
    fn from(condition: NetworkCondition) -> Self {
        Self::Update(Box::new(condition))
    }
}

/// Network figures of one site of an MCU meeting. Only what the service sent is set.
///
/// Rates of flow count in 100 bit/s, losses in hundredths of a percent.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NetworkCondition {
    /// The site.
    pub participant_id: ParticipantId,
    /// How good the connection is.
    pub grade: Option<NetworkGrade>,
    /// The time to the service and back.
    pub round_trip: Option<Duration>,
    /// How much the delay of what the site sends varies.
    pub jitter: Option<u32>,
    /// How much the delay of what the site receives varies.
    pub out_jitter: Option<u32>,
    /// How sound is encoded, such as `AACLD`.
    pub audio_codec: Option<String>,
    /// How pictures are encoded, such as `H264HP`.
    pub video_codec: Option<String>,
    /// What the site sends.
    pub flow_in: Option<u32>,
    /// What the site receives.
    pub flow_out: Option<u32>,
    /// What the site sends for the picture.
    pub video_flow_in: Option<u32>,
    /// What the site receives for the picture.
    pub video_flow_out: Option<u32>,
    /// What the site sends for the shared screen.
    pub share_flow_in: Option<u32>,
    /// What the site receives for the shared screen.
    pub share_flow_out: Option<u32>,
    /// How much sound is lost on the way from the site.
    pub audio_in_loss: Option<u32>,
    /// How much sound is lost on the way to the site.
    pub audio_out_loss: Option<u32>,
    /// How much of the picture is lost on the way from the site.
    pub video_in_loss: Option<u32>,
    /// How much of the picture is lost on the way to the site.
    pub video_out_loss: Option<u32>,
    /// How much of the shared screen is lost on the way from the site.
    pub share_in_loss: Option<u32>,
    /// How much of the shared screen is lost on the way to the site.
    pub share_out_loss: Option<u32>,
    /// How wide the connection is; unit not documented.
    pub bandwidth: Option<u32>,
    /// What else was sent, by its key on the wire. Also holds a value that does not fit its field.
    pub extra: BTreeMap<String, String>,
}

impl NetworkCondition {
    /// The site `participant_id`, nothing known about its connection yet.
    pub fn new(participant_id: impl Into<ParticipantId>) -> Self {
        Self {
            participant_id: participant_id.into(),
            ..crate::schema::Empty::empty()
        }
    }
}

// All figures but the last one travel as texts.
table! {
    NetworkCondition {
        participant_id = Field::body("participantID", ParticipantId::KIND).also(&["pid"]).required();
        grade = Field::body("netInfo", NetworkGrade::KIND);
        round_trip = Field::body("delay", Kind::Duration).format(Format::MillisText);
        jitter = Field::body("jitter", Kind::Int).format(Format::IntText);
        out_jitter = Field::body("outJitter", Kind::Int).format(Format::IntText);
        audio_codec = Field::body("audioCodecType", Kind::Text);
        video_codec = Field::body("videoCodecType", Kind::Text);
        flow_in = Field::body("fluxIn", Kind::Int).format(Format::IntText);
        flow_out = Field::body("fluxOut", Kind::Int).format(Format::IntText);
        video_flow_in = Field::body("videoFluxIn", Kind::Int).format(Format::IntText);
        video_flow_out = Field::body("videoFluxOut", Kind::Int).format(Format::IntText);
        share_flow_in = Field::body("assistVideoFluxIn", Kind::Int).format(Format::IntText);
        share_flow_out = Field::body("assistVideoFluxOut", Kind::Int).format(Format::IntText);
        audio_in_loss = Field::body("lostPacketRate", Kind::Int).format(Format::IntText);
        audio_out_loss = Field::body("audioOutLossPacketRate", Kind::Int).format(Format::IntText);
        video_in_loss = Field::body("videoInLossPacketRate", Kind::Int).format(Format::IntText);
        video_out_loss = Field::body("videoOutLossPacketRate", Kind::Int).format(Format::IntText);
        share_in_loss = Field::body("assistVideoInLossPacketRate", Kind::Int).format(Format::IntText);
        share_out_loss = Field::body("assistVideoOutLossPacketRate", Kind::Int).format(Format::IntText);
        bandwidth = Field::body("bandwidth", Kind::Int);
        extra = Field::rest();
    }
}

setters! {
    NetworkCondition {
        plain grade: NetworkGrade;
        plain round_trip: Duration;
        plain jitter: u32;
        plain out_jitter: u32;
        into audio_codec: String;
        into video_codec: String;
        plain flow_in: u32;
        plain flow_out: u32;
        plain video_flow_in: u32;
        plain video_flow_out: u32;
        plain share_flow_in: u32;
        plain share_flow_out: u32;
        plain audio_in_loss: u32;
        plain audio_out_loss: u32;
        plain video_in_loss: u32;
        plain video_out_loss: u32;
        plain share_in_loss: u32;
        plain share_out_loss: u32;
        plain bandwidth: u32;
    }
}

merge! {
    NetworkCondition {
        grade round_trip jitter out_jitter audio_codec video_codec flow_in flow_out video_flow_in
        video_flow_out share_flow_in share_flow_out audio_in_loss audio_out_loss video_in_loss
        video_out_loss share_in_loss share_out_loss bandwidth extra
    } keep participant_id
}
