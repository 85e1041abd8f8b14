//! What changes while a meeting runs.

use std::collections::BTreeMap;

use crate::{
    ParticipantId, Timestamp,
    models::{AudienceCountMode, AudienceRestriction, CallInRestriction, ConferenceState},
    schema::{Empty, Field, Format, Kind, open_enum, setters, table},
};

use super::merge::merge;

open_enum! {
    /// Who is shown to everybody.
    pub enum BroadcastMode: str {
        /// Nobody in particular: each site chooses.
        Free = "FREE",
        /// A fixed layout of several pictures.
        FixedLayout = "FIXED",
        /// The participant who was given the floor.
        Floor = "ROLLCALL",
        /// One participant.
        Participant = "BROADCAST",
    }
}

/// One picture of a layout.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Picture {
    /// Its place in the layout, from 1.
    pub index: Option<u32>,
    /// Who is shown in it; several take turns.
    pub participant_ids: Vec<ParticipantId>,
    /// Whether it shows a shared screen.
    pub share: Option<bool>,
}

impl Picture {
    /// The picture at `index`, showing `participant_ids` in turn.
    pub fn new(
        index: u32,
        participant_ids: impl IntoIterator<Item = impl Into<ParticipantId>>,
    ) -> Self {
        Self {
            index: Some(index),
            participant_ids: participant_ids.into_iter().map(Into::into).collect(),
            share: None,
        }
    }
}

table! {
    Picture {
        index = Field::body("index", Kind::Int);
        participant_ids = Field::body("id", Kind::List(&ParticipantId::KIND));
        share = Field::body("share", Kind::Bool).format(Format::Bit);
    }
}

setters! {
    Picture {
        plain share: bool;
    }
}

/// A layout of several pictures.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct MultiPicture {
    /// The number of pictures.
    pub picture_count: Option<u32>,
    /// The pictures that were given something to show.
    pub pictures: Vec<Picture>,
    /// How long a participant is shown before the next one takes a turn, in seconds.
    pub period: Option<i32>,
}

impl MultiPicture {
    /// A layout of `picture_count` pictures.
    #[must_use]
    pub fn new(picture_count: u32) -> Self {
        Self {
            picture_count: Some(picture_count),
            ..Self::default()
        }
    }
}

table! {
    MultiPicture {
        picture_count = Field::body("picNum", Kind::Int);
        pictures = Field::body("picInfos", Kind::List(&Picture::KIND));
        period = Field::body("period", Kind::Int);
    }
}

setters! {
    MultiPicture {
        items pictures: Picture;
        plain period: i32;
    }
}

/// What changes while a meeting runs.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ConferenceDynamicInfo {
    /// How far the meeting is.
    pub state: Option<ConferenceState>,
    /// When it is going to end.
    pub end_time: Option<Timestamp>,
    /// Who is shown to everybody.
    pub broadcast_mode: Option<BroadcastMode>,
    /// Whether the picture follows the speaker.
    pub voice_activation: Option<bool>,
    /// Whether nobody else can join.
    pub locked: Option<bool>,
    /// Whether those who join are muted.
    pub mute_on_entry: Option<bool>,
    /// Whether only the host may share.
    pub sharing_locked: Option<bool>,
    /// Whether muted participants may unmute themselves.
    pub unmute_allowed: Option<bool>,
    /// Whether the host is shown the participants in turn.
    pub host_polling: Option<bool>,
    /// The number of pictures in the layout.
    pub picture_count: Option<u32>,
    /// The layout of several pictures.
    pub multi_picture: Option<MultiPicture>,
    /// How many participants are in focus.
    pub focus_count: Option<u32>,
    /// How many participants can be in focus.
    pub max_focus_count: Option<u32>,
    /// Whether it is being recorded.
    pub recording: Option<bool>,
    /// Whether it was recorded at some point.
    pub recorded: Option<bool>,
    /// Whether it is being recorded for evaluation by machine.
    pub ai_recording: Option<bool>,
    /// The group in which participants chat.
    pub im_group_id: Option<String>,
    /// Whether chat is forbidden.
    pub chat_forbidden: Option<bool>,
    /// Whether subtitles are on.
    pub real_time_subtitle: Option<bool>,
    /// Whether interpretation is on.
    pub interpretation: Option<bool>,
    /// The languages of interpretation.
    pub interpretation_channels: Vec<String>,
    /// Who may join.
    pub call_in_restriction: Option<CallInRestriction>,
    /// Who may join as audience of a webinar.
    pub audience_restriction: Option<AudienceRestriction>,
    /// Whether the audience of a webinar may join.
    pub audience_allowed: Option<bool>,
    /// The size of the audience.
    pub audience_count: Option<u32>,
    /// The size of the audience as counted, before what is shown is multiplied.
    pub audience_count_real: Option<u32>,
    /// By how much the shown size of the audience is multiplied.
    pub audience_count_multiple: Option<u32>,
    /// How the size of the audience is shown.
    pub audience_count_mode: Option<AudienceCountMode>,
    /// What the audience is shown.
    pub audience_layout: Option<String>,
    /// Whether a webinar is paused.
    pub paused: Option<bool>,
    /// Whether the settings for sharing can be changed.
    pub share_settings: Option<bool>,
    /// Whether somebody records on their own machine.
    pub client_recording: Option<bool>,
    /// Who may record on their own machine; meaning of the numbers not documented.
    pub client_recording_mode: Option<i32>,
    /// Whether there is a waiting room.
    pub waiting_room: Option<bool>,
    /// What else was sent, by its key on the wire. Also holds a value that does not fit its field.
    pub extra: BTreeMap<String, String>,
}

impl ConferenceDynamicInfo {
    /// Nothing known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

table! {
    ConferenceDynamicInfo {
        state = Field::body("state", ConferenceState::KIND);
        end_time = Field::body("endTime", Kind::Time).format(Format::EpochMillisText);
        broadcast_mode = Field::body("mode", BroadcastMode::KIND);
        voice_activation = Field::body("vas", Kind::Bool).format(Format::Bit);
        locked = Field::body("lock", Kind::Bool).format(Format::Bit);
        mute_on_entry = Field::body("mute", Kind::Bool).format(Format::Bit);
        sharing_locked = Field::body("lockSharing", Kind::Bool).format(Format::Bit);
        unmute_allowed = Field::body("canUnmute", Kind::Bool).format(Format::Bit);
        host_polling = Field::body("chairView", Kind::Bool).format(Format::Bit);
        picture_count = Field::body("picNum", Kind::Int);
        multi_picture = Field::body("multiPic", MultiPicture::KIND);
        focus_count = Field::body("partViewNum", Kind::Int);
        max_focus_count = Field::body("maxPartViewNum", Kind::Int);
        recording = Field::body("recState", Kind::Bool).format(Format::Bit);
        recorded = Field::body("recOccurred", Kind::Bool).format(Format::Bit);
        ai_recording = Field::body("aiRecState", Kind::Bool).format(Format::Bit);
        im_group_id = Field::body("confIMGroupId", Kind::Text);
        chat_forbidden = Field::body("forbiddenChat", Kind::Bool).format(Format::Bit);
        real_time_subtitle = Field::body("realTimeSubtitle", Kind::Bool).format(Format::Bit);
        interpretation = Field::body("simultaneousInterpretation", Kind::Bool).format(Format::Bit);
        interpretation_channels = Field::body("lanChannels", Kind::List(&Kind::Text));
        call_in_restriction = Field::body("callInRestriction", CallInRestriction::KIND);
        audience_restriction = Field::body("audienceCallInRestriction", AudienceRestriction::KIND);
        audience_allowed = Field::body("allowAudience", Kind::Bool);
        audience_count = Field::body("audienceTotalCount", Kind::Int);
        audience_count_real = Field::body("audienceCountReal", Kind::Int);
        audience_count_multiple = Field::body("audienceCountMultiple", Kind::Int);
        audience_count_mode = Field::body("showAudienceMode", AudienceCountMode::KIND);
        audience_layout = Field::body("audienceVideoLayout", Kind::Text);
        paused = Field::body("pause", Kind::Bool);
        share_settings = Field::body("enableShareSetting", Kind::Bool).format(Format::Bit);
        client_recording = Field::body("clientRecState", Kind::Bool).format(Format::Bit);
        client_recording_mode = Field::body("clientRecMode", Kind::Int);
        waiting_room = Field::body("waitingRoomState", Kind::Bool).format(Format::Bit);
        extra = Field::rest();
    }
}

setters! {
    ConferenceDynamicInfo {
        plain state: ConferenceState;
        plain end_time: Timestamp;
        plain broadcast_mode: BroadcastMode;
        plain voice_activation: bool;
        plain locked: bool;
        plain mute_on_entry: bool;
        plain sharing_locked: bool;
        plain unmute_allowed: bool;
        plain host_polling: bool;
        plain picture_count: u32;
        plain multi_picture: MultiPicture;
        plain focus_count: u32;
        plain max_focus_count: u32;
        plain recording: bool;
        plain recorded: bool;
        plain ai_recording: bool;
        into im_group_id: String;
        plain chat_forbidden: bool;
        plain real_time_subtitle: bool;
        plain interpretation: bool;
        items interpretation_channels: String;
        plain call_in_restriction: CallInRestriction;
        plain audience_restriction: AudienceRestriction;
        plain audience_allowed: bool;
        plain audience_count: u32;
        plain audience_count_real: u32;
        plain audience_count_multiple: u32;
        plain audience_count_mode: AudienceCountMode;
        into audience_layout: String;
        plain paused: bool;
        plain share_settings: bool;
        plain client_recording: bool;
        plain client_recording_mode: i32;
        plain waiting_room: bool;
    }
}

merge! {
    ConferenceDynamicInfo {
        state end_time broadcast_mode voice_activation locked mute_on_entry sharing_locked
        unmute_allowed host_polling picture_count multi_picture focus_count max_focus_count
        recording recorded ai_recording im_group_id chat_forbidden real_time_subtitle interpretation
        interpretation_channels call_in_restriction audience_restriction audience_allowed
        audience_count audience_count_real audience_count_multiple audience_count_mode
        audience_layout paused share_settings client_recording client_recording_mode waiting_room
        extra
    }
}
