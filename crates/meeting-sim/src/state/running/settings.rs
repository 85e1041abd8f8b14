//! The rules of a running meeting: who may come in, and what those inside may do.

use std::time::Duration;

use meeting_types::{
    ServiceError,
    events::ConferenceDynamicInfo,
    models::{
        AudienceRestriction, Booking, BookingAttendee, CallInRestriction, ChatPermission,
        ClientRecordPermission, MediaType,
    },
    operations::UpdateStartedConfConfig,
};

use crate::state::{errors, running::arrival::Arrival};

/// The rules of a running meeting. The booking gives some of them, the host changes them.
#[derive(Clone, Debug)]
pub(crate) struct MeetingSettings {
    pub(crate) locked: bool,
    pub(crate) call_in: CallInRestriction,
    pub(crate) audience: AudienceRestriction,
    pub(crate) audience_allowed: bool,
    pub(crate) paused: bool,
    /// Whether participants may switch their cameras on themselves.
    pub(crate) camera_allowed: bool,
    /// Whether participants may change their names.
    pub(crate) rename_allowed: bool,
    /// Whether the host alone may share.
    pub(crate) sharing_locked: bool,
    /// Whether anybody may share while somebody else does.
    pub(crate) take_over_sharing: bool,
    pub(crate) chat: ChatPermission,
    pub(crate) client_record: ClientRecordPermission,
    /// How much the meeting is prolonged whenever its time is up while somebody is in it.
    pub(crate) prolong_by: Duration,
}

impl MeetingSettings {
    /// The rules with which a meeting starts.
    pub(crate) fn of(booking: &Booking) -> Self {
        let settings = booking.settings.as_ref();
        let call_in = settings.and_then(|settings| settings.call_in_restriction);
        Self {
            locked: false,
            call_in: call_in.unwrap_or(CallInRestriction::Anyone),
            audience: AudienceRestriction::Anyone,
            audience_allowed: false,
            paused: false,
            camera_allowed: true,
            rename_allowed: true,
            sharing_locked: false,
            take_over_sharing: false,
            chat: ChatPermission::Free,
            client_record: ClientRecordPermission::Host,
            prolong_by: prolongation(booking),
        }
    }

    /// Whether somebody may come in as a guest without being called.
    pub(crate) fn admit(
        &self,
        arrival: &Arrival,
        invited: &[BookingAttendee],
    ) -> Result<(), ServiceError> {
        let is_invited = || {
            invited.iter().any(|attendee| {
                (attendee.phone.is_some() && attendee.phone == arrival.number)
                    || (attendee.account_id.is_some() && attendee.account_id == arrival.account)
            })
        };
        match self.call_in {
            _ if self.locked => Err(errors::LOCKED.into()),
            CallInRestriction::Enterprise if arrival.account.is_none() => {
                Err(errors::ENTERPRISE_ONLY.into())
            }
            CallInRestriction::Invited if !is_invited() => Err(errors::INVITED_ONLY.into()),
            _ => Ok(()),
        }
    }

    /// Takes over what the host changes; the rest stays. A value that nobody documents changes
    /// nothing at all.
    pub(crate) fn change(&mut self, change: &UpdateStartedConfConfig) -> Result<(), ServiceError> {
        let wrong = match (change.call_in_restriction, change.audience_restriction) {
            (Some(CallInRestriction::Unknown(_)), _) => Some("callInRestriction"),
            (_, Some(AudienceRestriction::Unknown(_))) => Some("audienceCallInRestriction"),
            _ => match (change.chat_permission, change.client_record_permission) {
                (Some(ChatPermission::Unknown(_)), _) => Some("chatPermission"),
                (_, Some(ClientRecordPermission::Unknown(_))) => Some("clientRecMode"),
                _ => None,
            },
        };
        if let Some(wrong) = wrong {
            return Err(errors::PARAMETER.with_message(format!("`{wrong}` has no such value")));
        }
        fn set<T: Copy>(rule: &mut T, change: Option<T>) {
            *rule = change.unwrap_or(*rule);
        }
        set(&mut self.locked, change.lock);
        set(&mut self.call_in, change.call_in_restriction);
        set(&mut self.audience, change.audience_restriction);
        set(&mut self.camera_allowed, change.allow_open_camera);
        set(&mut self.rename_allowed, change.allow_rename);
        set(&mut self.sharing_locked, change.lock_sharing);
        set(&mut self.take_over_sharing, change.take_over_sharing);
        set(&mut self.chat, change.chat_permission);
        set(&mut self.client_record, change.client_record_permission);
        Ok(())
    }

    /// Adds what the pushes tell of them.
    pub(crate) fn add_to(&self, info: ConferenceDynamicInfo) -> ConferenceDynamicInfo {
        info.locked(self.locked)
            .call_in_restriction(self.call_in)
            .audience_restriction(self.audience)
            .audience_allowed(self.audience_allowed)
            .audience_count(0)
            .paused(self.paused)
            .sharing_locked(self.sharing_locked)
            .share_settings(true)
            .chat_forbidden(self.chat == ChatPermission::Forbidden)
            .client_recording_mode(self.client_record.code())
    }
}

/// How much a meeting is prolonged while somebody is in it, unless its booking says it.
pub(crate) const DEFAULT_PROLONGATION: Duration = Duration::from_secs(15 * 60);

/// How much a meeting is prolonged while somebody is in it.
pub(crate) fn prolongation(booking: &Booking) -> Duration {
    let settings = booking.settings.as_ref();
    settings
        .and_then(|settings| settings.prolong_by)
        .unwrap_or(DEFAULT_PROLONGATION)
}

/// Whether a meeting carries no pictures.
pub(crate) fn is_voice_only(booking: &Booking) -> bool {
    let media = &booking.media_types;
    media.iter().all(|medium| *medium == MediaType::Voice)
}
