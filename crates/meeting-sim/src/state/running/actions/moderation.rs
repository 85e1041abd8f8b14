//! Hands, sharing, cameras, recordings, and what the host asks of participants.

use meeting_types::{ParticipantId, ServiceError, models::ClientRecordPermission};

use crate::{
    state::{
        errors,
        running::{RunningMeeting, participant::Participant},
    },
    vocabulary::Device,
};

/// How many co-hosts there can be beside the host.
const COHOSTS: usize = 100;

/// How many hands can be up at a time. The service has a limit and does not tell it.
const HANDS: usize = 100;

impl RunningMeeting {
    /// Raises or lowers hands: all or none.
    pub(crate) fn set_hands(
        &mut self,
        ids: &[ParticipantId],
        raise: bool,
    ) -> Result<(), ServiceError> {
        for id in ids {
            if self.participant(id)?.require_present()?.host && raise {
                return Err(errors::HOST_RAISES_NO_HAND.into());
            }
        }
        let up = |p: &&Participant| p.state.hand_raised || ids.contains(&p.id);
        if raise && self.participants.iter().filter(up).count() > HANDS {
            return Err(errors::TOO_MANY_HANDS.into());
        }
        for id in ids {
            self.participant(id)?.state.hand_raised = raise;
        }
        Ok(())
    }

    /// Gives or takes the co-host role.
    pub(crate) fn set_cohost(
        &mut self,
        id: &ParticipantId,
        cohost: bool,
    ) -> Result<(), ServiceError> {
        let others = self.participants.iter().filter(|p| p.id != *id);
        let cohosts = others.filter(|p| p.state.cohost).count();
        let participant = self.participant(id)?.require_present()?;
        if participant.host {
            return Err(errors::HOST_IS_NO_COHOST.into());
        }
        if participant.device != Device::SoftClient {
            return Err(errors::DEVICE_IS_NO_COHOST.into());
        }
        if cohost && cohosts >= COHOSTS {
            return Err(errors::STATE_FORBIDS.with_message("There are 100 co-hosts already"));
        }
        participant.state.cohost = cohost;
        Ok(())
    }

    /// Asks somebody to switch the camera on or off. Whoever has it so already has no question to
    /// answer.
    pub(crate) fn ask_for_camera(
        &mut self,
        id: &ParticipantId,
        on: bool,
    ) -> Result<(), ServiceError> {
        let conduct = &mut self.with_picture(id)?.state;
        conduct.asked_for_camera = (conduct.camera_on != on).then_some(on);
        Ok(())
    }

    /// Asks somebody to share, or takes that back.
    pub(crate) fn ask_to_share(
        &mut self,
        id: &ParticipantId,
        ask: bool,
    ) -> Result<(), ServiceError> {
        let participant = self.participant(id)?.require_present()?;
        if participant.device != Device::SoftClient {
            return Err(errors::DEVICE_IS_NOT_ASKED.into());
        }
        participant.state.asked_to_share = ask && !participant.state.sharing;
        Ok(())
    }

    /// Lets somebody record on their own machine, or forbids it.
    pub(crate) fn allow_recording(
        &mut self,
        id: &ParticipantId,
        allow: bool,
    ) -> Result<(), ServiceError> {
        let participant = self.participant(id)?.require_present()?;
        if participant.device != Device::SoftClient {
            return Err(errors::CLIENT_CANNOT_RECORD.into());
        }
        participant.state.may_record = allow;
        self.stop_forbidden_recordings();
        Ok(())
    }

    /// Ends the recordings of those who may not record any more.
    pub(crate) fn stop_forbidden_recordings(&mut self) {
        let rule = self.settings.client_record;
        for participant in &mut self.participants {
            participant.state.recording &= may_record(participant, rule);
        }
    }

    /// Somebody starts or stops recording on their own machine.
    pub(crate) fn record(&mut self, id: &ParticipantId, record: bool) -> Result<(), ServiceError> {
        let rule = self.settings.client_record;
        let participant = self.participant(id)?.require_present()?;
        if record && participant.device != Device::SoftClient {
            return Err(errors::CLIENT_CANNOT_RECORD.into());
        }
        if record && !may_record(participant, rule) {
            return Err(errors::GUESTS_MAY_NOT.into());
        }
        participant.state.recording = record;
        Ok(())
    }

    /// Somebody switches the camera on or off unasked.
    pub(crate) fn switch_camera(
        &mut self,
        id: &ParticipantId,
        on: bool,
    ) -> Result<(), ServiceError> {
        let allowed = !on || self.settings.camera_allowed;
        let participant = self.with_picture(id)?;
        if !allowed && !participant.is_moderator() {
            return Err(errors::GUESTS_MAY_NOT.into());
        }
        participant.state.camera_on = on;
        participant.state.asked_for_camera = None;
        Ok(())
    }

    /// Somebody follows the request about the camera, or does not.
    pub(crate) fn answer_about_camera(
        &mut self,
        id: &ParticipantId,
        follow: bool,
    ) -> Result<(), ServiceError> {
        let conduct = &mut self.participant(id)?.state;
        let wanted = conduct.asked_for_camera.take();
        let wanted = wanted.ok_or_else(|| errors::STATE_FORBIDS.with_message("Nobody asked"))?;
        if follow {
            conduct.camera_on = wanted;
        }
        Ok(())
    }

    /// Somebody starts or stops sharing unasked.
    pub(crate) fn share(&mut self, id: &ParticipantId, share: bool) -> Result<(), ServiceError> {
        let (locked, take_over) = (
            self.settings.sharing_locked,
            self.settings.take_over_sharing,
        );
        let participant = self.with_picture(id)?;
        if !share {
            participant.state.sharing = false;
            return Ok(());
        }
        if locked && !participant.host {
            return Err(errors::GUESTS_MAY_NOT.into());
        }
        let take_over = take_over || participant.is_moderator();
        let mut others = self.participants.iter().filter(|p| p.id != *id);
        if !take_over && others.any(|p| p.state.sharing) {
            return Err(errors::SHARING_TAKEN.into());
        }
        self.start_sharing(id)
    }

    /// Somebody takes the invitation to share, or does not.
    pub(crate) fn answer_about_sharing(
        &mut self,
        id: &ParticipantId,
        follow: bool,
    ) -> Result<(), ServiceError> {
        let conduct = &mut self.participant(id)?.state;
        if !std::mem::take(&mut conduct.asked_to_share) {
            return Err(errors::STATE_FORBIDS.with_message("Nobody asked"));
        }
        if follow {
            self.start_sharing(id)
        } else {
            Ok(())
        }
    }

    /// One shares at a time.
    fn start_sharing(&mut self, id: &ParticipantId) -> Result<(), ServiceError> {
        for participant in &mut self.participants {
            participant.state.sharing = false;
        }
        let conduct = &mut self.participant(id)?.state;
        conduct.sharing = true;
        conduct.asked_to_share = false;
        Ok(())
    }

    /// A participant who can be seen.
    fn with_picture(&mut self, id: &ParticipantId) -> Result<&mut Participant, ServiceError> {
        let voice_only = self.voice_only;
        let participant = self.participant(id)?.require_present()?;
        if voice_only {
            Err(errors::VOICE_MEETING.into())
        } else if participant.device.has_video() {
            Ok(participant)
        } else {
            Err(errors::VOICE_SITE.into())
        }
    }
}

fn may_record(participant: &Participant, rule: ClientRecordPermission) -> bool {
    participant.host || participant.state.may_record || rule == ClientRecordPermission::Everyone
}
