//! serde for a meeting, its changes and its notices: the form in which a program keeps them or passes
//! them on.

use std::time::Duration;

use meeting_types::{
    ConferenceId, ParticipantId, Timestamp,
    events::{
        AttendeeInfo, BroadcastMode, ConferenceBasicInfo, ConferenceDynamicInfo, Event, EventKind,
        InterpreterGroupInfo, InviteResult, MultiPicture, NetworkCondition, ParticipantInfo,
        RealTimeSubtitle, Speaker, WaitingParticipant,
    },
    models::{ConferenceState, ParticipantRole},
    serde_enum, serde_struct,
};

use super::{Change, Dedup, Known, LiveMeeting, Notice, SiteMap};
use crate::channel::{ChannelEnd, FrameFault};

serde_struct! { LiveMeeting {
    known: Known,
    progress: Vec<(EventKind, Dedup)>,
} }

serde_struct! { Known {
    conference_id: Option<ConferenceId>,
    basic: ConferenceBasicInfo,
    dynamic: ConferenceDynamicInfo,
    participants: SiteMap<ParticipantInfo>,
    speakers: Vec<Speaker>,
    waiting: SiteMap<WaitingParticipant>,
    attendees: Vec<AttendeeInfo>,
    interpreter_groups: Vec<InterpreterGroupInfo>,
    network: SiteMap<NetworkCondition>,
} }

serde_enum! { Change {
    ParticipantJoined(Box<ParticipantInfo>),
    ParticipantCalled(Box<ParticipantInfo>),
    ParticipantLeft(Box<ParticipantInfo>),
    ParticipantRenamed {
        participant_id: ParticipantId,
        before: Option<String>,
        name: Option<String>,
    },
    ParticipantRoleChanged {
        participant_id: ParticipantId,
        role: Option<ParticipantRole>,
    },
    ParticipantMuted { participant_id: ParticipantId, muted: bool },
    HandRaised { participant_id: ParticipantId, raised: bool },
    SharingChanged { participant_id: ParticipantId, sharing: bool },
    ParticipantUpdated(Box<ParticipantInfo>),
    SpeakersChanged(Vec<Speaker>),
    StateChanged(Option<ConferenceState>),
    LockChanged(bool),
    RecordingChanged(bool),
    SubtitlesChanged(bool),
    LayoutChanged { mode: Option<BroadcastMode>, layout: Option<MultiPicture> },
    EndTimeChanged(Option<Timestamp>),
    SettingsChanged(Box<ConferenceDynamicInfo>),
    SubjectChanged(Option<String>),
    DetailsChanged(Box<ConferenceBasicInfo>),
    WaitingRoomEntered(Box<WaitingParticipant>),
    WaitingRoomUpdated(Box<WaitingParticipant>),
    WaitingRoomLeft(Box<WaitingParticipant>),
    AttendeesChanged,
    InterpretersChanged,
    NetworkChanged(ParticipantId),
    CallEnded(InviteResult),
    Subtitle(Box<RealTimeSubtitle>),
} }

serde_enum! { Notice {
    Event(Box<Event>),
    Gap { cause: ChannelEnd },
    Resumed { after: Duration, attempts: u32 },
    Skipped { notices: u64 },
    Fault(FrameFault),
    EndedInGap,
} }
