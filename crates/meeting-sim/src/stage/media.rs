//! Devices, pictures, recording, languages and subtitles, as a test or a demo sees and moves them.

use meeting_types::{
    ConferenceId, ParticipantId, ServiceError,
    events::{BroadcastMode, MultiPicture, ParticipantClient},
    models::{AttendeeType, SavedLayout},
};

use crate::{
    Simulator,
    state::run::{Arrival, Run},
};

/// With what a simulated participant joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Device {
    /// A program on a computer or a phone.
    SoftClient,
    /// A professional room device, such as one of the TE series. What it watches can be controlled.
    RoomDevice,
    /// A telephone: sound, no picture.
    Telephone,
}

impl Device {
    /// The device that goes with an invitation.
    pub(crate) fn of(kind: &AttendeeType) -> Self {
        match kind {
            AttendeeType::Terminal | AttendeeType::Telepresence => Self::RoomDevice,
            AttendeeType::Mobile => Self::Telephone,
            _ => Self::SoftClient,
        }
    }

    pub(crate) fn has_video(self) -> bool {
        self != Self::Telephone
    }

    /// The client as pushes name it.
    pub(crate) fn client(self) -> ParticipantClient {
        match self {
            Self::SoftClient => ParticipantClient::Desktop,
            Self::RoomDevice | Self::Telephone => ParticipantClient::Other,
        }
    }
}

/// What is shown, recorded, interpreted and written in a running meeting.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MediaSnapshot {
    /// What everybody is shown.
    pub broadcast_mode: BroadcastMode,
    /// Whether the picture follows the loudest speaker.
    pub voice_activation: bool,
    /// The participant who is broadcast.
    pub broadcast: Option<ParticipantId>,
    /// The participant who has the floor.
    pub floor: Option<ParticipantId>,
    /// The arrangement of several pictures, since there is one.
    pub multi_picture: Option<MultiPicture>,
    /// Whether the host is shown all participants in turn.
    pub host_polling: bool,
    /// The layouts that were saved.
    pub saved_layouts: Vec<SavedLayout>,
}

impl MediaSnapshot {
    pub(super) fn of(run: &Run) -> Self {
        let pictures = &run.pictures;
        Self {
            broadcast_mode: pictures.mode(),
            voice_activation: pictures.follows_voice(),
            broadcast: pictures.broadcast().cloned(),
            floor: pictures.floor().cloned(),
            multi_picture: pictures.multi_picture(&run.participants),
            host_polling: pictures.host_polls(),
            saved_layouts: pictures.layouts.saved().to_vec(),
        }
    }
}

impl Simulator {
    /// Lets a simulated guest join with a certain device. [`join`](Self::join) takes a soft client.
    ///
    /// # Errors
    ///
    /// What the service would say: there is no such meeting, or it has not started, or it is over.
    pub fn join_with(
        &self,
        conference_id: &ConferenceId,
        name: impl Into<String>,
        device: Device,
    ) -> Result<ParticipantId, ServiceError> {
        let mut arrival = Arrival::guest(name);
        arrival.device = device;
        self.arrive(conference_id, arrival)
    }
}
