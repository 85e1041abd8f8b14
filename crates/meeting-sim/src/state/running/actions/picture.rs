//! Who is shown to everybody.

use meeting_types::{ParticipantId, ServiceError};

use crate::state::{
    errors,
    running::{RunningMeeting, participant::Participant, video_layout::Broadcast},
};

impl RunningMeeting {
    /// Shows one site to everybody.
    pub(crate) fn broadcast(&mut self, id: &ParticipantId) -> Result<(), ServiceError> {
        if !self.visible(id)?.is_in_meeting() {
            return Err(errors::STATE_FORBIDS.into());
        }
        self.layout.shown = Broadcast::Participant(id.clone());
        Ok(())
    }

    /// Gives the floor to one site: it is unmuted, all others but the host are muted.
    pub(crate) fn give_floor(&mut self, id: &ParticipantId) -> Result<(), ServiceError> {
        if !self.participant(id)?.is_in_meeting() {
            return Err(errors::STATE_FORBIDS.into());
        }
        for participant in &mut self.participants {
            if participant.id == *id {
                participant.muted = false;
            } else if !participant.host {
                participant.muted = true;
            }
        }
        self.layout.shown = Broadcast::Floor(id.clone());
        Ok(())
    }

    /// A site that has a picture.
    pub(crate) fn visible(&mut self, id: &ParticipantId) -> Result<&mut Participant, ServiceError> {
        let participant = self.participant(id)?;
        if participant.device.has_video() {
            Ok(participant)
        } else {
            Err(errors::VOICE_SITE.into())
        }
    }

    /// Ends what was about people who are gone.
    pub(crate) fn forget_the_gone(&mut self) {
        let people = &self.participants;
        self.layout.keep_present(people);
        self.interpretation.keep_present(people);
        self.subtitles.keep_present(people);
    }
}
