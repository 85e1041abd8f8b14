//! Who is in a meeting: the pushes about participants, and their map of texts.

use std::collections::BTreeMap;

use crate::{
    AccountId, CorpId, ParticipantId, Timestamp, UserUuid,
    models::ParticipantRole,
    schema::{Empty, Field, Format, Kind, open_enum, operation_table, setters, table},
};

use super::text_map::{REFRESH, REMOVE, TextMap};

open_enum! {
    /// Whether a participant is there.
    pub enum ParticipantState: i32 {
        /// In the meeting.
        InMeeting = 0,
        /// Being called.
        Calling = 1,
    }
}

open_enum! {
    /// With what a participant joined.
    pub enum ParticipantClient: str {
        /// A program on a computer.
        Desktop = "Desktop",
        /// An app on a phone.
        Mobile = "Mobile",
        /// An app on a tablet.
        Pad = "Pad",
        /// Anything else.
        Other = "OtherType",
    }
}

open_enum! {
    /// What a participant watches.
    pub enum ParticipantView: i32 {
        /// Nothing chosen.
        Unset = 0,
        /// The layout of several pictures.
        MultiPicture = 1,
        /// One site.
        Site = 2,
    }
}

/// One entry of a push about participants.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParticipantChange {
    /// The participant is there. Only what was sent is set: an increment names only what changed.
    Update(Box<ParticipantInfo>),
    /// The participant is gone.
    Removed(ParticipantId),
}

impl ParticipantChange {
    /// Whom it is about.
    #[must_use]
    pub fn participant_id(&self) -> &ParticipantId {
        match self {
            Self::Update(info) => &info.participant_id,
            Self::Removed(id) => id,
        }
    }
}

impl From<ParticipantInfo> for ParticipantChange {
    fn from(info: ParticipantInfo) -> Self {
        Self::Update(Box::new(info))
    }
}

/// What is known about a participant. Only what the service sent is set.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParticipantInfo {
    /// The site in the meeting.
    pub participant_id: ParticipantId,
    /// The name or alias, at most 96 characters.
    pub name: Option<String>,
    /// The number of the site.
    pub phone: Option<String>,
    /// What the participant may do.
    pub role: Option<ParticipantRole>,
    /// Whether the participant is there.
    pub state: Option<ParticipantState>,
    /// Whether the hand is raised.
    pub hand_raised: Option<bool>,
    /// Whether everybody is shown this participant.
    pub broadcast: Option<bool>,
    /// Whether the participant was given the floor.
    pub has_floor: Option<bool>,
    /// Whether the participant shares a screen.
    pub sharing: Option<bool>,
    /// When the participant joined.
    pub joined_at: Option<Timestamp>,
    /// Whether the microphone is off.
    pub muted: Option<bool>,
    /// Whether the site joined with video.
    pub video: Option<bool>,
    /// Whether the camera is on. Seen in samples, where 1 goes with a running camera.
    pub camera_on: Option<bool>,
    /// The M number of the site.
    pub m_number: Option<String>,
    /// The T number of the site.
    pub t_number: Option<String>,
    /// Whether the participant did not log in.
    pub anonymous: Option<bool>,
    /// Whether the participant records on their own machine.
    pub local_recording: Option<bool>,
    /// With what the participant joined.
    pub client_type: Option<ParticipantClient>,
    /// What the participant watches.
    pub view: Option<ParticipantView>,
    /// Whether what the participant watches is fixed.
    pub view_locked: Option<bool>,
    /// The enterprise of the participant.
    pub corp_id: Option<CorpId>,
    /// The user, if the participant is logged in: the same id as `user_uuid` in
    /// [`AttendeeInfo`](super::AttendeeInfo), so that the two can be joined by person. Wire name
    /// `ACCOUNT_ID`, although it is not the account.
    pub user_uuid: Option<UserUuid>,
    /// The account with which the user logs in. Wire name `ACCOUNT`.
    pub account_id: Option<AccountId>,
    /// The account in the identity system of the enterprise.
    pub third_party_account: Option<String>,
    /// Whether the participant is a co-host.
    pub cohost: Option<bool>,
    /// The participant in RTC.
    pub rtc_user_id: Option<String>,
    /// What program joined.
    pub user_agent: Option<String>,
    /// Whether the participant may record on their own machine. Seen in samples.
    pub client_record_allowed: Option<bool>,
    /// Whether the host wants the participant to share and waits for an answer. Seen in samples; its
    /// values are not documented.
    pub share_requested: Option<bool>,
    /// What else was sent, by its key on the wire. Also holds a value that does not fit its field.
    pub extra: BTreeMap<String, String>,
}

operation_table! {
    ParticipantInfo {
        // Travels beside the map, not in it.
        participant_id = Field::path("pid", ParticipantId::KIND).required();
        name = Field::body("NAME", Kind::Text);
        phone = Field::body("TEL", Kind::Text);
        role = Field::body("ROLE", ParticipantRole::KIND);
        state = Field::body("STATE", ParticipantState::KIND);
        hand_raised = Field::body("HAND", Kind::Bool).format(Format::BitText);
        broadcast = Field::body("BROADCAST", Kind::Bool).format(Format::BitText);
        has_floor = Field::body("ROLLCALL", Kind::Bool).format(Format::BitText);
        sharing = Field::body("SHARE", Kind::Bool).format(Format::BitText);
        joined_at = Field::body("ADDTIME", Kind::Time).format(Format::EpochMillisText);
        muted = Field::body("MUTE", Kind::Bool).format(Format::BitText);
        video = Field::body("VIDEO", Kind::Bool).format(Format::BitText);
        camera_on = Field::body("CAMERASTATE", Kind::Bool).format(Format::BitText);
        m_number = Field::body("M", Kind::Text);
        t_number = Field::body("T", Kind::Text);
        anonymous = Field::body("ANONYMOUS", Kind::Bool).format(Format::BitText);
        local_recording = Field::body("LOCALREC", Kind::Bool).format(Format::BitText);
        // The reference misspells what the service sends, in two ways.
        client_type = Field::body("CLIENT_LOGIN_TYPE", ParticipantClient::KIND)
            .also(&["CLICENT_LOGIN_TYPE", "CLIENT_ LOG IN_TYPE"]);
        view = Field::body("VIEW_TYPE", ParticipantView::KIND);
        view_locked = Field::body("LOCKED_VIEW", Kind::Bool).format(Format::BitText);
        corp_id = Field::body("ORG_ID", CorpId::KIND);
        user_uuid = Field::body("ACCOUNT_ID", UserUuid::KIND);
        account_id = Field::body("ACCOUNT", AccountId::KIND);
        third_party_account = Field::body("THIRDACCOUNT", Kind::Text);
        cohost = Field::body("IS_COHOST", Kind::Bool).format(Format::BitText);
        rtc_user_id = Field::body("RTC_USER_ID", Kind::Text);
        user_agent = Field::body("USER_AGENT", Kind::Text);
        client_record_allowed = Field::body("ALLOW_CLIENT_REC", Kind::Bool).format(Format::BitText);
        share_requested = Field::body("INVITE_SHARE_STATE", Kind::Bool).format(Format::BitText);
        // Everything in the map that has no field above.
        extra = Field::rest();
    }
}

setters! {
    ParticipantInfo {
        into name: String;
        into phone: String;
        plain role: ParticipantRole;
        plain state: ParticipantState;
        plain hand_raised: bool;
        plain broadcast: bool;
        plain has_floor: bool;
        plain sharing: bool;
        plain joined_at: Timestamp;
        plain muted: bool;
        plain video: bool;
        plain camera_on: bool;
        into m_number: String;
        into t_number: String;
        plain anonymous: bool;
        plain local_recording: bool;
        plain client_type: ParticipantClient;
        plain view: ParticipantView;
        plain view_locked: bool;
        into corp_id: CorpId;
        into user_uuid: UserUuid;
        into account_id: AccountId;
        into third_party_account: String;
        plain cohost: bool;
        into rtc_user_id: String;
        into user_agent: String;
        plain client_record_allowed: bool;
        plain share_requested: bool;
    }
}

impl ParticipantInfo {
    /// The participant `participant_id`, nothing known about it yet.
    pub fn new(participant_id: impl Into<ParticipantId>) -> Self {
        Self {
            participant_id: participant_id.into(),
            ..crate::schema::Empty::empty()
        }
    }

    /// Adds a key that has no field of its own.
    #[must_use]
    pub fn with_extra(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.extra.insert(key.into(), value.into());
        self
    }

    /// Takes over everything that `change` has set: how an increment is applied to what was known.
    pub fn merge(&mut self, change: Self) {
        self.put_all(change.to_map());
    }
}

impl TextMap for ParticipantInfo {
    fn extra(&self) -> &BTreeMap<String, String> {
        &self.extra
    }

    fn extra_mut(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.extra
    }
}

/// The entry as it travels.
#[derive(Clone, PartialEq)]
pub(super) struct Row {
    participant_id: ParticipantId,
    mode: Option<i32>,
    map: BTreeMap<String, String>,
}

table! {
    Row {
        participant_id = Field::body("pid", ParticipantId::KIND).required();
        mode = Field::body("mode", Kind::Int);
        map = Field::body("pinfoMap", Kind::Map);
    }
}

impl From<Row> for ParticipantChange {
    fn from(row: Row) -> Self {
        if row.mode == Some(REMOVE) {
            Self::Removed(row.participant_id)
        } else {
            let mut info = ParticipantInfo::new(row.participant_id);
            info.put_all(row.map);
            info.into()
        }
    }
}

impl From<&ParticipantChange> for Row {
    fn from(change: &ParticipantChange) -> Self {
        let (mode, map) = match change {
            ParticipantChange::Update(info) => (REFRESH, info.to_map()),
            ParticipantChange::Removed(_) => (REMOVE, BTreeMap::new()),
        };
        Self {
            participant_id: change.participant_id().clone(),
            mode: Some(mode),
            map,
        }
    }
}
