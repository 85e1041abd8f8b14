//! What hardly changes while a meeting runs.

use crate::{
    CorpId, JoinUrl, Password, Timestamp, UserUuid,
    schema::{Field, Format, open_enum, setters, table},
};

open_enum! {
    /// Who may use a meeting password.
    pub enum PasswordRole: str {
        /// The host.
        Host = "chair",
        /// A guest; in a webinar, the audience.
        Guest = "general",
    }
}

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

open_enum! {
    /// What kind of user booked a meeting.
    pub enum OwnerType: i32 {
        /// A system administrator.
        SystemAdministrator = 0,
        /// An administrator of a service provider.
        SpAdministrator = 1,
        /// A member of an enterprise.
        Member = 2,
        /// Somebody who registered with a mobile number or mail address.
        Registered = 3,
        /// A temporary account, let in by a verification code.
        Temporary = 4,
        /// A device of an enterprise.
        Device = 10,
        /// An anonymous user.
        Anonymous = 11,
        /// A smart screen.
        SmartScreen = 12,
        /// An IdeaHub.
        IdeaHub = 13,
        /// A whiteboard.
        Whiteboard = 14,
    }
}

open_enum! {
    /// Who may join a running meeting.
    pub enum JoinRestriction: i32 {
        /// Everybody.
        Everybody = 0,
        /// Members of the enterprise.
        Enterprise = 2,
        /// Those who were invited.
        Invited = 3,
    }
}

open_enum! {
    /// On which machinery a meeting runs.
    pub enum ConferenceTechnology: str {
        /// An MCU.
        Mcu = "COMMON",
        /// RTC.
        Rtc = "RTC",
    }
}

/// A password of a meeting, and who may use it.
#[derive(Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct ConferencePassword {
    /// Who may use it.
    pub role: Option<PasswordRole>,
    /// The password.
    pub password: Option<Password>,
}

impl ConferencePassword {
    /// The password for `role`.
    pub fn new(role: PasswordRole, password: impl Into<Password>) -> Self {
        Self {
            role: Some(role),
            password: Some(password.into()),
        }
    }
}

table! {
    ConferencePassword {
        0 role = Field::body("role");
        1 password = Field::body("pwd");
    }
}

/// What hardly changes while a meeting runs.
#[derive(Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct ConferenceBasicInfo {
    /// The number shown to people: the conference id, or the fixed number of a cloud meeting room.
    pub display_id: Option<String>,
    /// The subject.
    pub subject: Option<String>,
    /// When the meeting started.
    pub started_at: Option<Timestamp>,
    /// When it was booked to start.
    pub scheduled_at: Option<Timestamp>,
    /// The passwords that the subscriber may see.
    pub passwords: Vec<ConferencePassword>,
    /// What it is set up to record.
    pub recording_setup: Option<RecordingSetup>,
    /// What it carries.
    pub media: Option<ConferenceMedia>,
    /// The name of who booked it.
    pub owner_name: Option<String>,
    /// Who booked it.
    pub owner_id: Option<UserUuid>,
    /// What kind of user booked it.
    pub owner_type: Option<OwnerType>,
    /// Whether a shared screen shows a watermark.
    pub watermark: Option<bool>,
    /// The link for guests.
    pub guest_join_url: Option<JoinUrl>,
    /// Who may join.
    pub join_restriction: Option<JoinRestriction>,
    /// Who may join as audience of a webinar.
    pub audience_join_restriction: Option<JoinRestriction>,
    /// On which machinery it runs.
    pub technology: Option<ConferenceTechnology>,
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
        0 display_id = Field::body("displayID");
        1 subject = Field::body("title");
        2 started_at = Field::body("startTime").format(Format::EpochMillisText);
        3 scheduled_at = Field::body("scheduledStartTime").format(Format::EpochMillisText);
        4 passwords = Field::body("pwds");
        5 recording_setup = Field::body("recType");
        6 media = Field::body("media");
        7 owner_name = Field::body("owner");
        8 owner_id = Field::body("ownerID");
        9 owner_type = Field::body("userType");
        10 watermark = Field::body("supportWatermark").format(Format::Bit);
        11 guest_join_url = Field::body("guestJoinUri");
        12 join_restriction = Field::body("callInRestriction");
        13 audience_join_restriction = Field::body("audienceCallInRestriction");
        14 technology = Field::body("confMode");
        15 real_time_subtitle = Field::body("realTimeSubtitle").format(Format::Bit);
        16 corp_id = Field::body("orgID");
        17 ai_recording_type = Field::body("aiRecType");
        18 webinar = Field::body("webinar");
        19 large_multi_picture = Field::body("bignumMultiPicSwitch");
        20 participant_focus = Field::body("partViewSwitch");
        21 interpretation = Field::body("simultaneousInterpretation").format(Format::Bit);
        22 cohosts = Field::body("supportCohost").format(Format::Bit);
        23 client_recording = Field::body("supportClientRecord").format(Format::Bit);
        24 share_invitation = Field::body("inviteShareSwitch");
        25 portal_capabilities = Field::body("confPortalCapabilities");
        26 waiting_room = Field::body("supportWaitingRoom");
    }
}

setters! {
    ConferenceBasicInfo {
        into display_id: String;
        into subject: String;
        plain started_at: Timestamp;
        plain scheduled_at: Timestamp;
        items passwords: ConferencePassword;
        plain recording_setup: RecordingSetup;
        plain media: ConferenceMedia;
        into owner_name: String;
        into owner_id: UserUuid;
        plain owner_type: OwnerType;
        plain watermark: bool;
        into guest_join_url: JoinUrl;
        plain join_restriction: JoinRestriction;
        plain audience_join_restriction: JoinRestriction;
        plain technology: ConferenceTechnology;
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
