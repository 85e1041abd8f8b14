//! What hardly changes while a meeting runs.

use std::collections::BTreeMap;

use crate::{
    CorpId, JoinUrl, Password, Timestamp, UserUuid,
    models::{AudienceRestriction, CallInRestriction, ConferenceMode, ConferenceRole, UserType},
    schema::{Empty, Field, Format, Kind, open_enum, setters, table},
};

use super::merge::merge;

open_enum! {
    /// What a meeting is set up to record or broadcast.
    ///
    /// The numbers differ from those of the REST calls.
    pub enum RecordingSetup: i32 {
        /// Nothing.
        Off = 0,
        /// Recorded.
        Record = 1,
        /// Recorded and broadcast live.
        RecordAndLive = 2,
        /// Broadcast live.
        Live = 3,
    }
}

open_enum! {
    /// What a meeting carries.
    pub enum ConferenceMedia: i32 {
        /// Voice only.
        Voice = 1,
        /// Voice and video.
        Video = 2,
    }
}

/// A password of a meeting, and who may use it.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RolePassword {
    /// Who may use it.
    pub role: Option<ConferenceRole>,
    /// The password.
    pub password: Option<Password>,
}

impl RolePassword {
    /// The password for `role`.
    pub fn new(role: ConferenceRole, password: impl Into<Password>) -> Self {
        Self {
            role: Some(role),
            password: Some(password.into()),
        }
    }
}

table! {
    RolePassword {
        role = Field::body("role", ConferenceRole::KIND);
        password = Field::body("pwd", Password::KIND);
    }
}

/// What hardly changes while a meeting runs.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ConferenceBasicInfo {
    /// The number shown to people: the conference id, or the fixed number of a cloud meeting room.
    pub display_id: Option<String>,
    /// The subject.
    pub subject: Option<String>,
    /// When the meeting started.
    pub start_time: Option<Timestamp>,
    /// When it was booked to start.
    pub scheduled_start_time: Option<Timestamp>,
    /// The passwords that the subscriber may see.
    pub passwords: Vec<RolePassword>,
    /// What it is set up to record.
    pub recording_setup: Option<RecordingSetup>,
    /// What it carries.
    pub media: Option<ConferenceMedia>,
    /// The name of who booked it.
    pub scheduler_name: Option<String>,
    /// Who booked it.
    pub scheduler_uuid: Option<UserUuid>,
    /// What kind of user booked it.
    pub scheduler_type: Option<UserType>,
    /// Whether a shared screen shows a watermark.
    pub watermark: Option<bool>,
    /// The link for guests.
    pub guest_join_url: Option<JoinUrl>,
    /// Who may join.
    pub call_in_restriction: Option<CallInRestriction>,
    /// Who may join as audience of a webinar.
    pub audience_restriction: Option<AudienceRestriction>,
    /// On which machinery it runs.
    pub conference_mode: Option<ConferenceMode>,
    /// Whether subtitles can be had.
    pub real_time_subtitle: Option<bool>,
    /// The enterprise that owns the meeting.
    pub corp_id: Option<CorpId>,
    /// How it is recorded for evaluation by machine; meaning of the numbers not documented.
    pub ai_recording_type: Option<i32>,
    /// Whether it is a webinar.
    pub webinar: Option<bool>,
    /// Whether layouts with many pictures can be had.
    pub large_multi_picture: Option<bool>,
    /// Whether some participants can be put into focus.
    pub participant_focus: Option<bool>,
    /// Whether interpretation can be had.
    pub interpretation: Option<bool>,
    /// Whether there can be co-hosts.
    pub cohosts: Option<bool>,
    /// Whether participants can record on their own machine.
    pub client_recording: Option<bool>,
    /// Whether participants can be asked to share.
    pub share_invitation: Option<bool>,
    /// What the meeting portal can do; a list of numbers, not documented.
    pub portal_capabilities: Option<String>,
    /// Whether there can be a waiting room.
    pub waiting_room: Option<bool>,
    /// What else was sent, by its key on the wire. Also holds a value that does not fit its field.
    pub extra: BTreeMap<String, String>,
}

impl ConferenceBasicInfo {
    /// Nothing known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

table! {
    ConferenceBasicInfo {
        display_id = Field::body("displayID", Kind::Text);
        subject = Field::body("title", Kind::Text);
        start_time = Field::body("startTime", Kind::Time).format(Format::EpochMillisText);
        scheduled_start_time = Field::body("scheduledStartTime", Kind::Time).format(Format::EpochMillisText);
        passwords = Field::body("pwds", Kind::List(&RolePassword::KIND));
        recording_setup = Field::body("recType", RecordingSetup::KIND);
        media = Field::body("media", ConferenceMedia::KIND);
        scheduler_name = Field::body("owner", Kind::Text);
        scheduler_uuid = Field::body("ownerID", UserUuid::KIND);
        scheduler_type = Field::body("userType", UserType::KIND);
        watermark = Field::body("supportWatermark", Kind::Bool).format(Format::Bit);
        guest_join_url = Field::body("guestJoinUri", JoinUrl::KIND);
        call_in_restriction = Field::body("callInRestriction", CallInRestriction::KIND);
        audience_restriction = Field::body("audienceCallInRestriction", AudienceRestriction::KIND);
        conference_mode = Field::body("confMode", ConferenceMode::KIND);
        real_time_subtitle = Field::body("realTimeSubtitle", Kind::Bool).format(Format::Bit);
        corp_id = Field::body("orgID", CorpId::KIND);
        ai_recording_type = Field::body("aiRecType", Kind::Int);
        webinar = Field::body("webinar", Kind::Bool);
        large_multi_picture = Field::body("bignumMultiPicSwitch", Kind::Bool);
        participant_focus = Field::body("partViewSwitch", Kind::Bool);
        interpretation = Field::body("simultaneousInterpretation", Kind::Bool).format(Format::Bit);
        cohosts = Field::body("supportCohost", Kind::Bool).format(Format::Bit);
        client_recording = Field::body("supportClientRecord", Kind::Bool).format(Format::Bit);
        share_invitation = Field::body("inviteShareSwitch", Kind::Bool);
        portal_capabilities = Field::body("confPortalCapabilities", Kind::Text);
        waiting_room = Field::body("supportWaitingRoom", Kind::Bool);
        extra = Field::rest();
    }
}

setters! {
    ConferenceBasicInfo {
        into display_id: String;
        into subject: String;
        plain start_time: Timestamp;
        plain scheduled_start_time: Timestamp;
        items passwords: RolePassword;
        plain recording_setup: RecordingSetup;
        plain media: ConferenceMedia;
        into scheduler_name: String;
        into scheduler_uuid: UserUuid;
        plain scheduler_type: UserType;
        plain watermark: bool;
        into guest_join_url: JoinUrl;
        plain call_in_restriction: CallInRestriction;
        plain audience_restriction: AudienceRestriction;
        plain conference_mode: ConferenceMode;
        plain real_time_subtitle: bool;
        into corp_id: CorpId;
        plain ai_recording_type: i32;
        plain webinar: bool;
        plain large_multi_picture: bool;
        plain participant_focus: bool;
        plain interpretation: bool;
        plain cohosts: bool;
        plain client_recording: bool;
        plain share_invitation: bool;
        into portal_capabilities: String;
        plain waiting_room: bool;
    }
}

merge! {
    ConferenceBasicInfo {
        display_id subject start_time scheduled_start_time passwords recording_setup media
        scheduler_name scheduler_uuid scheduler_type watermark guest_join_url call_in_restriction
        audience_restriction conference_mode real_time_subtitle corp_id ai_recording_type webinar
        large_multi_picture participant_focus interpretation cohosts client_recording
        share_invitation portal_capabilities waiting_room extra
    }
}
