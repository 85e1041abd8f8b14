//! What listeners are told of pictures, recording, languages, subtitles and the network.

use std::collections::BTreeMap;

use meeting_types::{
    ParticipantId,
    events::{
        ConferenceBasicInfo, ConferenceDynamicInfo, ConferenceMedia, EventKind, EventPayload,
        InterpreterGroupInfo, NetworkCondition, NetworkConditionChange, ParticipantInfo,
    },
};

use crate::{
    state::{
        booking::meetings::Meeting,
        running::{RunningMeeting, recording, settings},
    },
    vocabulary::RecordingState,
};

/// What listeners know, apart from people and settings.
#[derive(Clone, Debug, Default)]
pub(super) struct Media {
    interpreter_groups: Vec<InterpreterGroupInfo>,
    network: BTreeMap<ParticipantId, NetworkCondition>,
}

impl Media {
    pub(super) fn of(run: &RunningMeeting) -> Self {
        Self {
            interpreter_groups: run.interpretation.groups(),
            network: run.network.clone(),
        }
    }

    /// All of one kind, if it is one of those told here.
    pub(super) fn all_of(&self, kind: &EventKind) -> Option<EventPayload> {
        match kind {
            EventKind::InterpreterGroup => Some(self.interpreter_groups.clone().into()),
            EventKind::NetworkCondition => {
                let entries = self.network.values().cloned();
                let entries: Vec<_> = entries.map(NetworkConditionChange::from).collect();
                Some(entries.into())
            }
            _ => None,
        }
    }

    /// What is different from `old`.
    pub(super) fn changes_since(&self, old: &Self) -> Vec<(EventKind, EventPayload)> {
        let mut payloads = Vec::new();
        // The groups are told as they are set: all together.
        if self.interpreter_groups != old.interpreter_groups {
            let groups = self.interpreter_groups.clone();
            payloads.push((EventKind::InterpreterGroup, groups.into()));
        }
        let new = self.network.iter();
        let new = new.filter(|(id, condition)| old.network.get(*id) != Some(*condition));
        let gone = old.network.keys();
        let gone = gone.filter(|id| !self.network.contains_key(*id)).cloned();
        let changes: Vec<_> = new
            .map(|(_, condition)| NetworkConditionChange::from(condition.clone()))
            .chain(gone.map(NetworkConditionChange::Removed))
            .collect();
        if !changes.is_empty() {
            payloads.push((EventKind::NetworkCondition, changes.into()));
        }
        payloads
    }
}

/// Adds what hardly changes.
pub(super) fn basic(info: ConferenceBasicInfo, meeting: &Meeting) -> ConferenceBasicInfo {
    let booking = &meeting.booking;
    info.recording_setup(recording::setup(booking))
        .media(if settings::is_voice_only(&meeting.booking) {
            ConferenceMedia::Voice
        } else {
            ConferenceMedia::Video
        })
        .interpretation(booking.simultaneous_interpretation == Some(true))
        .real_time_subtitle(true)
}

/// Adds what changes.
pub(super) fn dynamic(info: ConferenceDynamicInfo, run: &RunningMeeting) -> ConferenceDynamicInfo {
    let mut info = info
        .broadcast_mode(run.layout.mode())
        .voice_activation(run.layout.follows_voice())
        .host_polling(run.layout.host_polls())
        .recording(run.recording.state == RecordingState::Running)
        .recorded(run.recording.occurred)
        .real_time_subtitle(run.subtitles.are_on())
        .interpretation(run.interpretation.on)
        .interpretation_channels(run.interpretation.languages());
    info.multi_picture = run.layout.multi_picture(&run.participants);
    info.picture_count = info
        .multi_picture
        .as_ref()
        .and_then(|pictures| pictures.picture_count);
    info
}

/// Adds to what is told about sites how they are shown.
pub(super) fn marked(
    people: impl Iterator<Item = ParticipantInfo>,
    run: &RunningMeeting,
) -> Vec<ParticipantInfo> {
    people.map(|info| run.layout.mark(info)).collect()
}
