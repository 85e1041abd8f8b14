//! Meetings and participants as the simulator knows them, to compare with what a client believes.

use meeting_types::{
    ConferenceId, ParticipantId, Timestamp,
    events::{BroadcastMode, InterpreterGroupInfo, MultiPicture},
    models::{CallInRestriction, ChatPermission, ClientRecordPermission, SavedLayout},
};

use crate::{
    state::{
        booking::meetings::{Meeting, Phase},
        feed::Feeds,
        running::{
            RunningMeeting,
            participant::{Participant, Presence},
            settings::MeetingSettings,
            waiting_room::Waiting,
        },
    },
    vocabulary::{LanguageChannel, RecordingState},
};

/// How far a meeting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MeetingState {
    /// Booked, not running.
    Booked,
    /// Running.
    Running,
    /// Over for good.
    Ended,
}

/// A meeting as the simulator knows it, for comparing with what a client believes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MeetingSnapshot {
    /// Its id.
    pub conference_id: ConferenceId,
    /// Its title.
    pub subject: String,
    /// How far it is.
    pub state: MeetingState,
    /// When it ends, if nobody prolongs it.
    pub ends_at: Timestamp,
    /// Who is in it or being called, in the order of coming.
    pub participants: Vec<ParticipantSnapshot>,
    /// Whether those who join are muted.
    pub mute_on_entry: bool,
    /// Whether the muted may unmute themselves.
    pub unmute_allowed: bool,
    /// Who speaks.
    pub speakers: Vec<ParticipantId>,
    /// Whether there is a waiting room.
    pub waiting_room: bool,
    /// Who waits there, in the order of coming.
    pub waiting: Vec<WaitingSnapshot>,
    /// Whether guests are kept out.
    pub locked: bool,
    /// Which guests may join.
    pub call_in_restriction: CallInRestriction,
    /// Whether participants may switch their cameras on unasked.
    pub camera_allowed: bool,
    /// Whether participants may change their names.
    pub rename_allowed: bool,
    /// Whether the host alone may share.
    pub sharing_locked: bool,
    /// Whether anybody may share while somebody else does, not host and co-hosts alone.
    pub take_over_sharing: bool,
    /// Who may write to whom.
    pub chat_permission: ChatPermission,
    /// Who may record on their own machines.
    pub client_record_permission: ClientRecordPermission,
    /// Whether it is paused.
    pub paused: bool,
    /// Whether the audience may come in.
    pub audience_allowed: bool,
    /// How many live channels are open.
    pub live_channels: usize,
    /// What is shown, recorded, interpreted and written, while it runs.
    pub media: Option<MediaSnapshot>,
}

/// A participant as the simulator knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParticipantSnapshot {
    /// The site in the meeting.
    pub id: ParticipantId,
    /// The name.
    pub name: String,
    /// The number of the site.
    pub number: String,
    /// Whether this is the host.
    pub host: bool,
    /// Whether the microphone is off.
    pub muted: bool,
    /// Whether the participant is still being called.
    pub calling: bool,
    /// Whether this is a co-host.
    pub cohost: bool,
    /// Whether the hand is up.
    pub hand_raised: bool,
    /// Whether the participant shares.
    pub sharing: bool,
    /// Whether the camera is on.
    pub camera_on: bool,
    /// Whether the host lets this participant record, whatever the rule for all is.
    pub may_record: bool,
    /// Whether the participant records on their own machine.
    pub recording: bool,
    /// Whether the host wants the camera on or off and waits for an answer.
    pub asked_for_camera: Option<bool>,
    /// Whether the host wants the participant to share and waits for an answer.
    pub asked_to_share: bool,
}

/// Somebody in the waiting room as the simulator knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitingSnapshot {
    /// The site. It keeps the id in the meeting.
    pub id: ParticipantId,
    /// The name.
    pub name: String,
    /// The number of the site.
    pub number: String,
    /// Since when the person waits.
    pub since: Timestamp,
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
    /// Whether it is being recorded.
    pub recording: RecordingState,
    /// Whether it was recorded at some point.
    pub recorded: bool,
    /// Whether it is broadcast live. No event tells it.
    pub live: bool,
    /// Whether interpretation is on.
    pub interpretation: bool,
    /// The groups of interpreters.
    pub interpreter_groups: Vec<InterpreterGroupInfo>,
    /// Who listens to a language, in the order of their ids. No event tells it.
    pub language_channels: Vec<LanguageChannel>,
    /// Whether subtitles are on.
    pub subtitles: bool,
}

impl MediaSnapshot {
    pub(super) fn of(run: &RunningMeeting) -> Self {
        let (layout, interpretation) = (&run.layout, &run.interpretation);
        let channels = interpretation.channels();
        Self {
            broadcast_mode: layout.mode(),
            voice_activation: layout.follows_voice(),
            broadcast: layout.broadcast().cloned(),
            floor: layout.floor().cloned(),
            multi_picture: layout.multi_picture(&run.participants),
            host_polling: layout.host_polls(),
            saved_layouts: layout.layouts.saved().to_vec(),
            recording: run.recording.state,
            recorded: run.recording.occurred,
            live: run.recording.live,
            interpretation: interpretation.on,
            interpreter_groups: interpretation.groups(),
            language_channels: channels
                .map(|(id, channel)| LanguageChannel {
                    participant_id: id.clone(),
                    language: channel.language.clone(),
                    original_voice: channel.original_voice,
                })
                .collect(),
            subtitles: run.subtitles.are_on(),
        }
    }
}

pub(super) fn snapshot(meeting: &Meeting, feeds: &Feeds) -> MeetingSnapshot {
    let run = meeting.run();
    let settings = run.map_or_else(
        || MeetingSettings::of(&meeting.booking),
        |run| run.settings.clone(),
    );
    MeetingSnapshot {
        conference_id: meeting.id.clone(),
        subject: meeting.subject().to_owned(),
        state: match meeting.phase {
            Phase::Booked => MeetingState::Booked,
            Phase::Running(_) => MeetingState::Running,
            Phase::Ended => MeetingState::Ended,
        },
        ends_at: run.map_or(meeting.end(), |run| run.ends).into(),
        participants: run.map_or(Vec::new(), |run| {
            run.participants.iter().map(participant).collect()
        }),
        mute_on_entry: run.is_some_and(|run| run.mute_on_entry),
        unmute_allowed: run.is_none_or(|run| run.unmute_allowed),
        speakers: run.map_or(Vec::new(), |run| {
            let ids = run.speakers.iter().map(|s| s.participant_id.clone());
            ids.collect()
        }),
        waiting_room: run.map_or_else(
            || meeting.setting(|chosen| chosen.waiting_room),
            |run| run.waiting_room.open,
        ),
        waiting: run.map_or(Vec::new(), |run| {
            run.waiting_room.waiting.iter().map(waiting).collect()
        }),
        locked: settings.locked,
        call_in_restriction: settings.call_in,
        camera_allowed: settings.camera_allowed,
        rename_allowed: settings.rename_allowed,
        sharing_locked: settings.sharing_locked,
        take_over_sharing: settings.take_over_sharing,
        chat_permission: settings.chat,
        client_record_permission: settings.client_record,
        paused: settings.paused,
        audience_allowed: settings.audience_allowed,
        live_channels: feeds.listeners(&meeting.id),
        media: run.map(MediaSnapshot::of),
    }
}

pub(super) fn participant(participant: &Participant) -> ParticipantSnapshot {
    let state = &participant.state;
    ParticipantSnapshot {
        id: participant.id.clone(),
        name: participant.name.clone(),
        number: participant.number.clone(),
        host: participant.host,
        muted: participant.muted,
        calling: matches!(participant.presence, Presence::Calling { .. }),
        cohost: state.cohost,
        hand_raised: state.hand_raised,
        sharing: state.sharing,
        camera_on: state.camera_on,
        may_record: state.may_record,
        recording: state.recording,
        asked_for_camera: state.asked_for_camera,
        asked_to_share: state.asked_to_share,
    }
}

fn waiting(waiting: &Waiting) -> WaitingSnapshot {
    WaitingSnapshot {
        id: waiting.id.clone(),
        name: waiting.arrival.name.clone(),
        number: waiting.arrival.number.clone().unwrap_or_default(),
        since: waiting.since.into(),
    }
}
