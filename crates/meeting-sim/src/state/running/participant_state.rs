//! What participants do: hands, sharing, cameras, recordings; and what the host asks of them.

use meeting_types::events::ParticipantInfo;

/// What a participant does.
#[derive(Clone, Debug, Default)]
pub(crate) struct ParticipantState {
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

impl ParticipantState {
    /// Adds what the pushes tell of it.
    pub(crate) fn add_to(&self, info: ParticipantInfo) -> ParticipantInfo {
        info.cohost(self.cohost)
            .hand_raised(self.hand_raised)
            .sharing(self.sharing)
            .camera_on(self.camera_on)
            .local_recording(self.recording)
            .client_record_allowed(self.may_record)
            .share_requested(self.asked_to_share)
    }
}
