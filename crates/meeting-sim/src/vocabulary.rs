//! Values that the owner's side and the state both speak of: devices, calls, recorders, languages.

use std::time::SystemTime;

use meeting_types::{ParticipantId, events::ParticipantClient, models::AttendeeType};

/// With what a simulated participant joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Device {
    /// A program on a computer or a phone.
    SoftClient,
    /// A professional room device, such as one of the TE series.
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

/// How a simulated call ends.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallOutcome {
    /// Somebody answers and joins.
    Answered,
    /// It fails with this code of an `InviteResultNotify`, such as `11111003`.
    Failed(String),
    /// It rings until somebody hangs up.
    Rings,
}

/// How the recorder of the service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recorder {
    /// It records.
    Ready,
    /// It cannot be reached: starting is refused with `MMC.111072021`.
    OutOfReach,
    /// It records other meetings: starting is refused with `MMC.111072022`.
    Busy,
    /// The enterprise has no space for recordings: starting is refused with `MMC.111072066`.
    NoSpace,
    /// The space is full: starting is refused with `MMC.111072067`.
    SpaceFull,
}

/// Whether a meeting is being recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordingState {
    /// It is not.
    Off,
    /// It is.
    Running,
    /// It is going to be again.
    Paused,
}

/// The language that a participant listens to and speaks in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LanguageChannel {
    /// The participant.
    pub participant_id: ParticipantId,
    /// The language, by its short code.
    pub language: String,
    /// Whether the speakers themselves are heard in the background.
    pub original_voice: bool,
}

/// A message that the service sent by mail or by phone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SimMail {
    /// The mail address or the number that it went to.
    pub to: String,
    /// What it is about, such as `verification code`.
    pub about: &'static str,
    /// The code in it.
    pub code: String,
    /// When it was sent, by the simulator's clock.
    pub sent_at: SystemTime,
}
