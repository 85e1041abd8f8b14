//! What participants do: hands, sharing, cameras, recordings; and what the host asks of them.

use meeting_types::{
    ParticipantId, ServiceError, events::ParticipantInfo, models::ClientRecordPermission,
};

use super::{participants::Participant, run::Run};
use crate::{refusal, stage::Device};

/// How many hands can be up at a time. The service has a limit and does not tell it.
const HANDS: usize = 100;
/// How many co-hosts there can be beside the host.
const COHOSTS: usize = 100;

/// What a participant does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conduct {
    pub(crate) cohost: bool,
    pub(crate) hand_raised: bool,
    pub(crate) sharing: bool,
    pub(crate) camera_on: bool,
    /// Whether the host lets this one record, whatever the rules say.
    pub(crate) may_record: bool,
    /// Whether this one records on their own machine.
    pub(crate) recording: bool,
    /// Whether the host wants the camera on or off and waits for an answer.
    pub(crate) asked_for_camera: Option<bool>,
    /// Whether the host wants this one to share and waits for an answer.
    pub(crate) asked_to_share: bool,
}

impl Conduct {
    /// Adds what the pushes tell of it.
    pub(crate) fn told(&self, info: ParticipantInfo) -> ParticipantInfo {
        info.cohost(self.cohost)
            .hand_raised(self.hand_raised)
            .sharing(self.sharing)
            .camera_on(self.camera_on)
            .local_recording(self.recording)
            .client_record_allowed(self.may_record)
            .share_requested(self.asked_to_share)
    }
}

impl Run {
    /// Raises or lowers hands: all or none.
    pub(crate) fn set_hands(
        &mut self,
        ids: &[ParticipantId],
        raise: bool,
    ) -> Result<(), ServiceError> {
        for id in ids {
            if self.participant(id)?.there()?.host && raise {
                return Err(refusal::HOST_RAISES_NO_HAND.into());
            }
        }
        let up = |p: &&Participant| p.conduct.hand_raised || ids.contains(&p.id);
        if raise && self.participants.iter().filter(up).count() > HANDS {
            return Err(refusal::TOO_MANY_HANDS.into());
        }
        for id in ids {
            self.participant(id)?.conduct.hand_raised = raise;
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
        let cohosts = others.filter(|p| p.conduct.cohost).count();
        let participant = self.participant(id)?.there()?;
        if participant.host {
            return Err(refusal::HOST_IS_NO_COHOST.into());
        }
        if participant.device != Device::SoftClient {
            return Err(refusal::DEVICE_IS_NO_COHOST.into());
        }
        if cohost && cohosts >= COHOSTS {
            return Err(refusal::STATE_FORBIDS.because("There are 100 co-hosts already"));
        }
        participant.conduct.cohost = cohost;
        Ok(())
    }

    /// Asks somebody to switch the camera on or off. Whoever has it so already has no question to
    /// answer.
    pub(crate) fn ask_for_camera(
        &mut self,
        id: &ParticipantId,
        on: bool,
    ) -> Result<(), ServiceError> {
        let conduct = &mut self.with_picture(id)?.conduct;
        conduct.asked_for_camera = (conduct.camera_on != on).then_some(on);
        Ok(())
    }

    /// Asks somebody to share, or takes that back.
    pub(crate) fn ask_to_share(
        &mut self,
        id: &ParticipantId,
        ask: bool,
    ) -> Result<(), ServiceError> {
        let participant = self.participant(id)?.there()?;
        if participant.device != Device::SoftClient {
            return Err(refusal::DEVICE_IS_NOT_ASKED.into());
        }
        participant.conduct.asked_to_share = ask && !participant.conduct.sharing;
        Ok(())
    }

    /// Lets somebody record on their own machine, or forbids it.
    pub(crate) fn allow_recording(
        &mut self,
        id: &ParticipantId,
        allow: bool,
    ) -> Result<(), ServiceError> {
        let participant = self.participant(id)?.there()?;
        if participant.device != Device::SoftClient {
            return Err(refusal::CLIENT_CANNOT_RECORD.into());
        }
        participant.conduct.may_record = allow;
        self.stop_forbidden_recordings();
        Ok(())
    }

    /// Ends the recordings of those who may not record any more.
    pub(crate) fn stop_forbidden_recordings(&mut self) {
        let rule = self.rules.client_record;
        for participant in &mut self.participants {
            participant.conduct.recording &= may_record(participant, rule);
        }
    }

    /// Somebody starts or stops recording on their own machine.
    pub(crate) fn record(&mut self, id: &ParticipantId, record: bool) -> Result<(), ServiceError> {
        let rule = self.rules.client_record;
        let participant = self.participant(id)?.there()?;
        if record && participant.device != Device::SoftClient {
            return Err(refusal::CLIENT_CANNOT_RECORD.into());
        }
        if record && !may_record(participant, rule) {
            return Err(refusal::GUESTS_MAY_NOT.into());
        }
        participant.conduct.recording = record;
        Ok(())
    }

    /// Somebody switches the camera on or off unasked.
    pub(crate) fn switch_camera(
        &mut self,
        id: &ParticipantId,
        on: bool,
    ) -> Result<(), ServiceError> {
        let allowed = !on || self.rules.camera_allowed;
        let participant = self.with_picture(id)?;
        if !allowed && !participant.leads() {
            return Err(refusal::GUESTS_MAY_NOT.into());
        }
        participant.conduct.camera_on = on;
        participant.conduct.asked_for_camera = None;
        Ok(())
    }

    /// Somebody follows the request about the camera, or does not.
    pub(crate) fn answer_about_camera(
        &mut self,
        id: &ParticipantId,
        follow: bool,
    ) -> Result<(), ServiceError> {
        let conduct = &mut self.participant(id)?.conduct;
        let wanted = conduct.asked_for_camera.take();
        let wanted = wanted.ok_or_else(|| refusal::STATE_FORBIDS.because("Nobody asked"))?;
        if follow {
            conduct.camera_on = wanted;
        }
        Ok(())
    }

    /// Somebody starts or stops sharing unasked.
    pub(crate) fn share(&mut self, id: &ParticipantId, share: bool) -> Result<(), ServiceError> {
        let (locked, take_over) = (self.rules.sharing_locked, self.rules.take_over_sharing);
        let participant = self.with_picture(id)?;
        if !share {
            participant.conduct.sharing = false;
            return Ok(());
        }
        if locked && !participant.host {
            return Err(refusal::GUESTS_MAY_NOT.into());
        }
        let take_over = take_over || participant.leads();
        let mut others = self.participants.iter().filter(|p| p.id != *id);
        if !take_over && others.any(|p| p.conduct.sharing) {
            return Err(refusal::SHARING_TAKEN.into());
        }
        self.start_sharing(id)
    }

    /// Somebody takes the invitation to share, or does not.
    pub(crate) fn answer_about_sharing(
        &mut self,
        id: &ParticipantId,
        follow: bool,
    ) -> Result<(), ServiceError> {
        let conduct = &mut self.participant(id)?.conduct;
        if !std::mem::take(&mut conduct.asked_to_share) {
            return Err(refusal::STATE_FORBIDS.because("Nobody asked"));
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
            participant.conduct.sharing = false;
        }
        let conduct = &mut self.participant(id)?.conduct;
        conduct.sharing = true;
        conduct.asked_to_share = false;
        Ok(())
    }

    /// A participant who can be seen.
    fn with_picture(&mut self, id: &ParticipantId) -> Result<&mut Participant, ServiceError> {
        let voice_only = self.voice_only;
        let participant = self.participant(id)?.there()?;
        if voice_only {
            Err(refusal::VOICE_MEETING.into())
        } else if participant.device.has_video() {
            Ok(participant)
        } else {
            Err(refusal::VOICE_SITE.into())
        }
    }
}

fn may_record(participant: &Participant, rule: ClientRecordPermission) -> bool {
    participant.host || participant.conduct.may_record || rule == ClientRecordPermission::Everyone
}
