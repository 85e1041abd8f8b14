//! A copy of a meeting that is told nothing but the changes.

use std::collections::BTreeMap;

use meeting_client::follow::{Change, LiveMeeting};
use meeting_types::{
    ParticipantId,
    events::{
        AttendeeInfo, ConferenceBasicInfo, ConferenceDynamicInfo, InterpreterGroupInfo,
        NetworkCondition, ParticipantInfo, Speaker, WaitingParticipant,
    },
};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Copy {
    basic: ConferenceBasicInfo,
    dynamic: ConferenceDynamicInfo,
    participants: BTreeMap<ParticipantId, ParticipantInfo>,
    speakers: Vec<Speaker>,
    waiting: BTreeMap<ParticipantId, WaitingParticipant>,
    attendees: Vec<AttendeeInfo>,
    interpreters: Vec<InterpreterGroupInfo>,
    network: BTreeMap<ParticipantId, NetworkCondition>,
}

impl Copy {
    pub(crate) fn new() -> Self {
        Self {
            basic: ConferenceBasicInfo::new(),
            dynamic: ConferenceDynamicInfo::new(),
            participants: BTreeMap::new(),
            speakers: Vec::new(),
            waiting: BTreeMap::new(),
            attendees: Vec::new(),
            interpreters: Vec::new(),
            network: BTreeMap::new(),
        }
    }

    /// Replays changes. What a change only points at is looked up in `meeting`.
    pub(crate) fn replay(&mut self, changes: &[Change], meeting: &LiveMeeting) {
        for change in changes.iter().cloned() {
            self.take(change, meeting);
        }
    }

    fn person(&mut self, id: &ParticipantId) -> &mut ParticipantInfo {
        self.participants.get_mut(id).unwrap()
    }

    fn take(&mut self, change: Change, meeting: &LiveMeeting) {
        match change {
            Change::ParticipantJoined(info) | Change::ParticipantCalled(info) => {
                self.participants.insert(info.participant_id.clone(), *info);
            }
            Change::ParticipantUpdated(info) => {
                let known = self.participants.insert(info.participant_id.clone(), *info);
                assert!(known.is_some(), "updated before it was there");
            }
            Change::ParticipantLeft(info) => {
                let known = self.participants.remove(&info.participant_id);
                assert!(known.is_some(), "left before it was there");
            }
            Change::ParticipantRenamed {
                participant_id: id,
                name,
                ..
            } => self.person(&id).name = name,
            Change::ParticipantRoleChanged {
                participant_id: id,
                role,
            } => self.person(&id).role = role,
            Change::ParticipantMuted {
                participant_id: id,
                muted,
            } => self.person(&id).muted = Some(muted),
            Change::HandRaised {
                participant_id: id,
                raised,
            } => self.person(&id).hand_raised = Some(raised),
            Change::SharingChanged {
                participant_id: id,
                sharing,
            } => self.person(&id).sharing = Some(sharing),
            Change::SpeakersChanged(speakers) => self.speakers = speakers,
            Change::StateChanged(state) => self.dynamic.state = state,
            Change::LockChanged(locked) => self.dynamic.locked = Some(locked),
            Change::RecordingChanged(recording) => self.dynamic.recording = Some(recording),
            Change::SubtitlesChanged(on) => self.dynamic.real_time_subtitle = Some(on),
            Change::LayoutChanged { mode, layout } => {
                self.dynamic.broadcast_mode = mode;
                self.dynamic.multi_picture = layout;
            }
            Change::EndTimeChanged(end) => self.dynamic.end_time = end,
            Change::SettingsChanged(info) => self.dynamic = *info,
            Change::SubjectChanged(subject) => self.basic.subject = subject,
            Change::DetailsChanged(info) => self.basic = *info,
            Change::WaitingRoomEntered(info) | Change::WaitingRoomUpdated(info) => {
                self.waiting.insert(info.participant_id.clone(), *info);
            }
            Change::WaitingRoomLeft(info) => {
                self.waiting.remove(&info.participant_id).unwrap();
            }
            Change::AttendeesChanged => self.attendees = meeting.attendees().to_vec(),
            Change::InterpretersChanged => {
                self.interpreters = meeting.interpreter_groups().to_vec();
            }
            Change::NetworkChanged(id) => match meeting.network(&id) {
                Some(condition) => {
                    self.network.insert(id, condition.clone());
                }
                None => {
                    self.network.remove(&id);
                }
            },
            Change::CallEnded(_) | Change::Subtitle(_) => {}
            other => panic!("a change that the copy does not know: {other:?}"),
        }
    }

    /// What the meeting knows, as a copy.
    pub(crate) fn of(meeting: &LiveMeeting) -> Self {
        let participants = meeting.participants().cloned();
        let waiting = meeting.waiting_room().cloned();
        let network = ["p1", "p2", "p3", "p4"].map(ParticipantId::from);
        Self {
            basic: meeting.basic_info().clone(),
            dynamic: meeting.dynamic_info().clone(),
            participants: participants
                .map(|info| (info.participant_id.clone(), info))
                .collect(),
            speakers: meeting.speakers().to_vec(),
            waiting: waiting
                .map(|info| (info.participant_id.clone(), info))
                .collect(),
            attendees: meeting.attendees().to_vec(),
            interpreters: meeting.interpreter_groups().to_vec(),
            network: network
                .into_iter()
                .filter_map(|id| Some((id.clone(), meeting.network(&id)?.clone())))
                .collect(),
        }
    }

    /// With everything switched off that nobody told of: changes do not tell these apart.
    pub(crate) fn settled(mut self) -> Self {
        let settle = |flag: &mut Option<bool>| *flag = Some(flag.unwrap_or(false));
        settle(&mut self.dynamic.locked);
        settle(&mut self.dynamic.recording);
        settle(&mut self.dynamic.real_time_subtitle);
        for person in self.participants.values_mut() {
            settle(&mut person.muted);
            settle(&mut person.hand_raised);
            settle(&mut person.sharing);
        }
        self
    }
}
