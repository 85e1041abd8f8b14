//! Who is in a running meeting, or being called into it.

use std::time::SystemTime;

use meeting_types::{
    AccountId, ParticipantId, ServiceError, Timestamp, UserUuid, events, models::ParticipantRole,
};

use crate::{
    state::{errors, running::participant_state::ParticipantState},
    vocabulary::{CallOutcome, Device},
};

/// One site of a running meeting.
#[derive(Clone, Debug)]
pub(crate) struct Participant {
    pub(crate) id: ParticipantId,
    pub(crate) name: String,
    /// The number at which the site is called.
    pub(crate) number: String,
    pub(crate) account: Option<AccountId>,
    pub(crate) user_uuid: Option<UserUuid>,
    pub(crate) host: bool,
    pub(crate) muted: bool,
    pub(crate) presence: Presence,
    pub(crate) client: events::ParticipantClient,
    pub(crate) device: Device,
    pub(crate) state: ParticipantState,
}

/// Whether a site is there.
#[derive(Clone, Debug)]
pub(crate) enum Presence {
    /// In the meeting since then.
    InMeeting(SystemTime),
    /// Its telephone rings.
    Calling {
        /// When the call ends.
        until: SystemTime,
        /// How the call ends. The participant becomes host, if answered, when that was asked for.
        outcome: CallOutcome,
        as_host: bool,
    },
}

impl Participant {
    pub(crate) fn is_in_meeting(&self) -> bool {
        matches!(self.presence, Presence::InMeeting(_))
    }

    /// Fails for a site that is not there yet.
    pub(crate) fn require_present(&mut self) -> Result<&mut Self, ServiceError> {
        if self.is_in_meeting() {
            Ok(self)
        } else {
            Err(errors::STATE_FORBIDS.into())
        }
    }

    /// Whether this is host or co-host.
    pub(crate) fn is_moderator(&self) -> bool {
        self.host || self.state.cohost
    }

    /// Whether nobody knows who this is.
    pub(crate) fn is_anonymous(&self) -> bool {
        self.user_uuid.is_none() && self.account.is_none()
    }

    /// What the pushes tell about the site.
    pub(crate) fn info(&self) -> events::ParticipantInfo {
        let mut info = events::ParticipantInfo::new(self.id.clone())
            .name(self.name.as_str())
            .phone(self.number.as_str())
            .role(if self.host {
                ParticipantRole::Host
            } else {
                ParticipantRole::Guest
            })
            .state(match self.presence {
                Presence::InMeeting(_) => events::ParticipantState::InMeeting,
                Presence::Calling { .. } => events::ParticipantState::Calling,
            })
            .muted(self.muted)
            .video(self.device.has_video())
            .anonymous(self.is_anonymous())
            .client_type(self.client.clone());
        info.user_uuid = self.user_uuid.clone();
        info.account_id = self.account.clone();
        info = self.state.add_to(info);
        if let Presence::InMeeting(since) = self.presence {
            info.joined_at = Some(Timestamp::from(since));
        }
        info
    }
}

/// What has changed from `old` to `new`; nothing when both are the same.
pub(crate) fn difference(
    old: &events::ParticipantInfo,
    new: &events::ParticipantInfo,
) -> Option<events::ParticipantInfo> {
    let mut change = events::ParticipantInfo::new(new.participant_id.clone());
    macro_rules! compare {
        ($($field:ident)*) => {$(
            if old.$field != new.$field {
                change.$field = new.$field.clone();
            }
        )*};
    }
    compare! {
        name phone role state muted hand_raised broadcast has_floor sharing video anonymous
        client_type user_uuid account_id joined_at
        cohost camera_on local_recording client_record_allowed share_requested
        view view_locked
    }
    (change != events::ParticipantInfo::new(new.participant_id.clone())).then_some(change)
}
