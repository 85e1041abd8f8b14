//! A meeting as the service holds it, and what it tells: the straight run against which all others
//! are measured.

use std::collections::{BTreeMap, HashMap};

use meeting_types::{
    ParticipantId, Timestamp,
    events::{
        AttendeeChange, AttendeeInfo, BroadcastMode, ConferenceBasicInfo, ConferenceDynamicInfo,
        Event, EventKind, EventPayload, NetworkCondition, NetworkConditionChange,
        ParticipantChange, ParticipantInfo, ParticipantState, SnapshotMode, Speaker, WaitingChange,
        WaitingParticipant,
    },
    models::{ConferenceState, ParticipantRole},
};
use proptest::prelude::*;

/// The kinds of which there is something to be known.
pub(crate) const KINDS: [EventKind; 7] = [
    EventKind::ConferenceBasicInfo,
    EventKind::ConferenceDynamicInfo,
    EventKind::Participants,
    EventKind::SpeakerChange,
    EventKind::WaitingList,
    EventKind::Attendees,
    EventKind::NetworkCondition,
];

/// Something that happens in a meeting.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A participant is told about anew; only these fields changed.
    Person(ParticipantInfo),
    Leave(ParticipantId),
    Speak(Vec<Speaker>),
    Dynamic(Box<ConferenceDynamicInfo>),
    Subject(String),
    Wait(WaitingParticipant),
    WaitOver(ParticipantId),
    Invite(AttendeeInfo),
    Uninvite(AttendeeInfo),
    Network(NetworkCondition),
}

pub(crate) fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => person().prop_map(Step::Person),
        2 => id().prop_map(Step::Leave),
        2 => prop::collection::vec((id(), 0..100), 0..3).prop_map(|speakers| {
            Step::Speak(speakers.into_iter().map(|(id, volume)| Speaker::new(id).volume(volume)).collect())
        }),
        2 => dynamic().prop_map(|info| Step::Dynamic(Box::new(info))),
        1 => "[a-c]".prop_map(Step::Subject),
        1 => (id(), "[a-c]").prop_map(|(id, name)| Step::Wait(WaitingParticipant::new(id).name(name))),
        1 => id().prop_map(Step::WaitOver),
        1 => (id(), "[a-c]").prop_map(|(id, name)| Step::Invite(attendee(&id).name(name))),
        1 => id().prop_map(|id| Step::Uninvite(attendee(&id))),
        1 => (id(), 0..9_u32).prop_map(|(id, jitter)| Step::Network(NetworkCondition::new(id).jitter(jitter))),
    ]
}

fn id() -> impl Strategy<Value = ParticipantId> {
    "p[1-4]".prop_map(ParticipantId::from)
}

fn attendee(id: &ParticipantId) -> AttendeeInfo {
    AttendeeInfo::new().phone(id.as_str())
}

pub(crate) fn person() -> impl Strategy<Value = ParticipantInfo> {
    let flag = || prop::option::of(any::<bool>());
    let role = prop_oneof![Just(ParticipantRole::Guest), Just(ParticipantRole::Host)];
    let state = prop_oneof![
        Just(ParticipantState::InMeeting),
        Just(ParticipantState::Calling)
    ];
    let texts = (prop::option::of("[a-c]"), prop::option::of("[a-c]"));
    let enums = (prop::option::of(role), prop::option::of(state));
    (id(), texts, enums, (flag(), flag(), flag(), flag())).prop_map(
        |(id, (name, pet), (role, state), (muted, hand, sharing, camera))| {
            let mut info = ParticipantInfo::new(id);
            (info.name, info.role, info.state) = (name, role, state);
            (info.muted, info.hand_raised) = (muted, hand);
            (info.sharing, info.camera_on) = (sharing, camera);
            info.extra.extend(pet.map(|pet| ("PET".to_owned(), pet)));
            info
        },
    )
}

pub(crate) fn dynamic() -> impl Strategy<Value = ConferenceDynamicInfo> {
    let flag = || prop::option::of(any::<bool>());
    let mode = prop_oneof![Just(BroadcastMode::Free), Just(BroadcastMode::Floor)];
    let state = prop_oneof![Just(ConferenceState::Running), Just(ConferenceState::Ended)];
    let times = prop::option::of((1..5_i64).prop_map(Timestamp::from_millis));
    let flags = (flag(), flag(), flag(), flag());
    (
        prop::option::of(state),
        prop::option::of(mode),
        times,
        flags,
    )
        .prop_map(|(state, mode, end, (locked, recording, subtitles, chat))| {
            let mut info = ConferenceDynamicInfo::new();
            (info.state, info.broadcast_mode, info.end_time) = (state, mode, end);
            (info.locked, info.recording) = (locked, recording);
            (info.real_time_subtitle, info.chat_forbidden) = (subtitles, chat);
            info
        })
}

/// The meeting as it is.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    basic: ConferenceBasicInfo,
    dynamic: ConferenceDynamicInfo,
    participants: BTreeMap<ParticipantId, ParticipantInfo>,
    speakers: Vec<Speaker>,
    waiting: BTreeMap<ParticipantId, WaitingParticipant>,
    attendees: Vec<AttendeeInfo>,
    network: BTreeMap<ParticipantId, NetworkCondition>,
    /// Milliseconds, one for each message.
    clock: i64,
    counters: HashMap<EventKind, i64>,
    /// Whether messages carry neither a time nor an id.
    terse: bool,
}

impl Service {
    pub(crate) fn new(terse: bool) -> Self {
        Self {
            basic: ConferenceBasicInfo::new(),
            dynamic: ConferenceDynamicInfo::new(),
            participants: BTreeMap::new(),
            speakers: Vec::new(),
            waiting: BTreeMap::new(),
            attendees: Vec::new(),
            network: BTreeMap::new(),
            clock: 1_763_800_000_000,
            counters: HashMap::new(),
            terse,
        }
    }

    /// Lets something happen, and tells it as an increment.
    pub(crate) fn step(&mut self, step: Step) -> Event {
        let payload: EventPayload = match step {
            Step::Person(info) => {
                let id = info.participant_id.clone();
                let known = self.participants.entry(id.clone());
                let known = known.or_insert_with(|| ParticipantInfo::new(id));
                known.merge(info.clone());
                vec![ParticipantChange::from(info)].into()
            }
            Step::Leave(id) => {
                self.participants.remove(&id);
                vec![ParticipantChange::Removed(id)].into()
            }
            Step::Speak(speakers) => {
                self.speakers.clone_from(&speakers);
                speakers.into()
            }
            Step::Dynamic(info) => {
                self.dynamic.merge((*info).clone());
                (*info).into()
            }
            Step::Subject(subject) => {
                self.basic.subject = Some(subject.clone());
                ConferenceBasicInfo::new().subject(subject).into()
            }
            Step::Wait(info) => {
                self.waiting
                    .insert(info.participant_id.clone(), info.clone());
                vec![WaitingChange::from(info)].into()
            }
            Step::WaitOver(id) => {
                self.waiting.remove(&id);
                vec![WaitingChange::Removed(Box::new(WaitingParticipant::new(
                    id,
                )))]
                .into()
            }
            Step::Invite(info) => {
                match self
                    .attendees
                    .iter_mut()
                    .find(|known| known.phone == info.phone)
                {
                    Some(known) => known.merge(info.clone()),
                    None => self.attendees.push(info.clone()),
                }
                vec![AttendeeChange::from(info)].into()
            }
            Step::Uninvite(info) => {
                self.attendees.retain(|known| known.phone != info.phone);
                vec![AttendeeChange::Removed(Box::new(info))].into()
            }
            Step::Network(info) => {
                self.network
                    .insert(info.participant_id.clone(), info.clone());
                vec![NetworkConditionChange::from(info)].into()
            }
        };
        let event = Event::new(payload).mode(SnapshotMode::Increment);
        let counter = self.counters.entry(event.kind.clone()).or_default();
        *counter += 1;
        let version = *counter;
        self.sent(event).version(version)
    }

    /// Tells all there is of a kind.
    pub(crate) fn full(&mut self, kind: &EventKind) -> Event {
        let event = match kind {
            EventKind::ConferenceBasicInfo => Event::new(self.basic.clone()),
            EventKind::ConferenceDynamicInfo => Event::new(self.dynamic.clone()),
            EventKind::Participants => Event::new(all(&self.participants, ParticipantChange::from)),
            EventKind::SpeakerChange => Event::new(self.speakers.clone()),
            EventKind::WaitingList => Event::new(all(&self.waiting, WaitingChange::from)),
            EventKind::Attendees => {
                let attendees = self.attendees.iter().cloned();
                Event::new(attendees.map(AttendeeChange::from).collect::<Vec<_>>())
            }
            _ => Event::new(all(&self.network, NetworkConditionChange::from)),
        };
        let event = self.sent(event);
        let version = self.clock;
        event.version(version)
    }

    /// Begins to count increments from the start, as a service might for a new connection.
    pub(crate) fn restart_counters(&mut self) {
        self.counters.clear();
    }

    fn sent(&mut self, event: Event) -> Event {
        self.clock += 1;
        if self.terse {
            return event;
        }
        event
            .created_at(Timestamp::from_millis(self.clock))
            .message_id(format!("{:032x}", self.clock))
    }
}

fn all<T: Clone, C>(known: &BTreeMap<ParticipantId, T>, entry: fn(T) -> C) -> Vec<C> {
    known.values().cloned().map(entry).collect()
}
