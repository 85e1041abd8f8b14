//! Changes of the state of a meeting.

use meeting_types::{
    ParticipantId, Timestamp,
    events::{
        BroadcastMode, ConferenceBasicInfo, ConferenceDynamicInfo, InviteResult, MultiPicture,
        ParticipantInfo, RealTimeSubtitle, Speaker, WaitingParticipant,
    },
    models::{ConferenceState, ParticipantRole},
};

/// Change of a [`LiveMeeting`](super::LiveMeeting) by an event. It tells the new state.
///
/// What the service has not told counts as no where a change says yes or no.
///
/// serde writes it under the name of its variant. [`DetailsChanged`](Self::DetailsChanged) holds the
/// passwords of the meeting and writes them too: leave it out of what goes to a browser.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// Somebody is in the meeting who was not.
    ParticipantJoined(Box<ParticipantInfo>),
    /// Somebody is being called.
    ParticipantCalled(Box<ParticipantInfo>),
    /// Somebody left, or a call came to nothing. Tells what was known last.
    ParticipantLeft(Box<ParticipantInfo>),
    /// Somebody has another name.
    ParticipantRenamed {
        /// Id of the participant.
        participant_id: ParticipantId,
        /// The name before.
        before: Option<String>,
        /// The new name.
        name: Option<String>,
    },
    /// Somebody may do more or less than before.
    ParticipantRoleChanged {
        /// Id of the participant.
        participant_id: ParticipantId,
        /// The new role.
        role: Option<ParticipantRole>,
    },
    /// A microphone went off or on.
    ParticipantMuted {
        /// Id of the participant.
        participant_id: ParticipantId,
        /// True when the microphone is off.
        muted: bool,
    },
    /// A hand was raised or lowered.
    HandRaised {
        /// Id of the participant.
        participant_id: ParticipantId,
        /// True when the hand is raised.
        raised: bool,
    },
    /// Somebody began or ceased to share a screen.
    SharingChanged {
        /// Id of the participant.
        participant_id: ParticipantId,
        /// True when the participant shares.
        sharing: bool,
    },
    /// Something else about somebody.
    ParticipantUpdated(Box<ParticipantInfo>),
    /// The list of the loudest speakers changed.
    SpeakersChanged(Vec<Speaker>),
    /// The meeting is further, or over.
    StateChanged(Option<ConferenceState>),
    /// The meeting was locked or unlocked.
    LockChanged(bool),
    /// Recording began or ceased.
    RecordingChanged(bool),
    /// Subtitles were switched on or off.
    SubtitlesChanged(bool),
    /// Somebody else is shown to everybody, or in another layout.
    LayoutChanged {
        /// Broadcast mode: the choice of who is shown to everybody.
        mode: Option<BroadcastMode>,
        /// The layout of several pictures.
        layout: Option<MultiPicture>,
    },
    /// The meeting is going to end at another time.
    EndTimeChanged(Option<Timestamp>),
    /// Something else that changes while a meeting runs.
    SettingsChanged(Box<ConferenceDynamicInfo>),
    /// The meeting has another subject.
    SubjectChanged(Option<String>),
    /// Something else that hardly changes.
    DetailsChanged(Box<ConferenceBasicInfo>),
    /// Somebody is in the waiting room who was not.
    WaitingRoomEntered(Box<WaitingParticipant>),
    /// Something about somebody in the waiting room.
    WaitingRoomUpdated(Box<WaitingParticipant>),
    /// Somebody left the waiting room, into the meeting or for good. Tells what was known last.
    WaitingRoomLeft(Box<WaitingParticipant>),
    /// The list of those who were invited changed: see
    /// [`attendees`](super::LiveMeeting::attendees).
    AttendeesChanged,
    /// The groups of interpreters changed: see
    /// [`interpreter_groups`](super::LiveMeeting::interpreter_groups).
    InterpretersChanged,
    /// There are other network figures of a site, or none: see
    /// [`network`](super::LiveMeeting::network).
    NetworkChanged(ParticipantId),
    /// Outcome of a call, or the reason why somebody left. It passes and is not kept.
    CallEnded(InviteResult),
    /// Subtitle: the words of a speaker. It passes and is not kept.
    Subtitle(Box<RealTimeSubtitle>),
}
