//! What events tell.

use crate::{
    AccountId, ConferenceId, ConferenceUuid, ParticipantId, Timestamp, UserUuid,
    schema::{Empty, Field, Format, Kind, open_enum, setters, table},
};

/// The meeting of an event.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MeetingInfo {
    /// The booked meeting. Wire name `meetingID`.
    pub conference_id: ConferenceId,
    /// This run of it. Wire name `meetingUUID`.
    pub conference_uuid: Option<ConferenceUuid>,
    /// Which single meeting of a recurring meeting. Wire name `meetingCycleSubID`.
    pub sub_conference_id: Option<String>,
}

impl MeetingInfo {
    /// The meeting `conference_id`.
    pub fn new(conference_id: impl Into<ConferenceId>) -> Self {
        Self {
            conference_id: conference_id.into(),
            conference_uuid: None,
            sub_conference_id: None,
        }
    }
}

setters! {
    MeetingInfo {
        into conference_uuid: ConferenceUuid;
        into sub_conference_id: String;
    }
}

table! {
    MeetingInfo {
        conference_id = Field::body("meetingID", ConferenceId::KIND).required();
        conference_uuid = Field::body("meetingUUID", ConferenceUuid::KIND);
        sub_conference_id = Field::body("meetingCycleSubID", Kind::Text);
    }
}

open_enum! {
    /// What somebody may do in a meeting. The documentation shows one value only.
    pub enum AttendeeRole: str {
        /// The host.
        Host = "CHAIR",
    }
}

/// Person who joined or left, as a webhook reports them.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookAttendee {
    /// The user, if it is one. Wire name `userUUID`.
    pub user_uuid: Option<UserUuid>,
    /// The program, as `WeLink-desktop`.
    pub user_agent: Option<String>,
    /// The account, if there is one.
    pub account: Option<AccountId>,
    /// The site in the meeting. Wire name `participantID`.
    pub participant_id: Option<ParticipantId>,
    /// The name that others see.
    pub display_name: Option<String>,
    /// When they joined. Wire name `joinTime`.
    pub joined_at: Option<Timestamp>,
    /// When they left; none while they are there. Wire name `leftTime`.
    pub left_at: Option<Timestamp>,
    /// What they may do.
    pub role: Option<AttendeeRole>,
    /// The number that was called or that calls.
    pub call_number: Option<String>,
}

impl WebhookAttendee {
    /// Has none of its fields set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    WebhookAttendee {
        into user_uuid: UserUuid;
        into user_agent: String;
        into account: AccountId;
        into participant_id: ParticipantId;
        into display_name: String;
        plain joined_at: Timestamp;
        plain left_at: Timestamp;
        plain role: AttendeeRole;
        into call_number: String;
    }
}

table! {
    WebhookAttendee {
        user_uuid = Field::body("userUUID", UserUuid::KIND);
        user_agent = Field::body("userAgent", Kind::Text);
        account = Field::body("account", AccountId::KIND);
        participant_id = Field::body("participantID", ParticipantId::KIND);
        display_name = Field::body("displayName", Kind::Text);
        joined_at = Field::body("joinTime", Kind::Time).format(Format::EpochMillis);
        left_at = Field::body("leftTime", Kind::Time).format(Format::EpochMillis);
        role = Field::body("role", AttendeeRole::KIND);
        call_number = Field::body("callNumber", Kind::Text);
    }
}

/// `payload` of an event.
#[derive(Clone, Default)]
pub(super) struct Payload {
    pub(super) meeting: Option<MeetingInfo>,
    pub(super) attendee: Option<WebhookAttendee>,
}

impl Payload {
    /// The keys of the meeting and of the attendee.
    pub(super) const KEYS: [&str; 2] = ["meetingInfo", "attendeeInfo"];
}

table! {
    Payload {
        meeting = Field::body(Payload::KEYS[0], MeetingInfo::KIND);
        attendee = Field::body(Payload::KEYS[1], WebhookAttendee::KIND);
    }
}
