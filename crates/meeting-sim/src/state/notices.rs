//! Tells listeners what has changed in a running meeting.
//!
//! Nobody has to remember to send an event: after every step, the run is compared with what was
//! told before, and the differences go out.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use meeting_types::{
    ConferenceId, ParticipantId, Timestamp,
    events::{
        AttendeeChange, AttendeeInfo, BroadcastMode, ConferenceBasicInfo, ConferenceDynamicInfo,
        ConferenceMedia, Event, EventKind, EventPayload, ParticipantChange, ParticipantInfo,
        RecordingSetup, RolePassword, Sequence, ServerFrame, SnapshotMode, Speaker,
    },
    models::{
        AttendeeType, CallInRestriction, ConferenceMode, ConferenceRole, ConferenceState,
        ParticipantRole, UserType,
    },
};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{
    meetings::{Meeting, Role},
    participants::difference,
    run::Run,
};
use crate::random::Random;

/// A connection without a heartbeat is closed after this time.
pub(crate) const SILENCE: Duration = Duration::from_secs(180);
/// How many frames may wait for a slow listener before its connection is cut.
pub(crate) const BACKLOG: usize = 1024;

/// The kinds of events that the simulator offers.
pub(crate) const OFFERED: &[EventKind] = &[
    EventKind::ConferenceBasicInfo,
    EventKind::ConferenceDynamicInfo,
    EventKind::Participants,
    EventKind::Attendees,
    EventKind::SpeakerChange,
    EventKind::InviteResult,
];

/// What goes to a connection. When the sender is gone, the connection is closed in good order.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// A text frame. All listeners share one text.
    Frame(Utf8Bytes),
    /// The connection breaks off without a word.
    Cut,
}

/// A connection of one listener.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) id: u64,
    role: Role,
    sender: mpsc::Sender<Outgoing>,
    subscribed: Vec<EventKind>,
    last_heartbeat: SystemTime,
}

/// What was told, and to whom.
#[derive(Debug)]
pub(crate) struct Notices {
    conference: ConferenceId,
    listeners: Vec<Listener>,
    /// Nothing while nobody listens.
    told: Option<Told>,
    /// Counts the changes that were told of each kind.
    versions: BTreeMap<&'static str, i64>,
}

/// What listeners know.
#[derive(Clone, Debug, Default)]
struct Told {
    basic: ConferenceBasicInfo,
    dynamic: ConferenceDynamicInfo,
    participants: Vec<ParticipantInfo>,
    speakers: Vec<Speaker>,
    attendees: Vec<AttendeeInfo>,
}

impl Told {
    fn of(meeting: &Meeting, run: &Run) -> Self {
        Self {
            basic: basic_info(meeting, run),
            dynamic: dynamic_info(run),
            participants: run.participants.iter().map(|p| p.info()).collect(),
            speakers: run.speakers.clone(),
            attendees: attendees(meeting, run),
        }
    }
}

/// What hardly changes. The passwords are added for each listener apart.
fn basic_info(meeting: &Meeting, run: &Run) -> ConferenceBasicInfo {
    ConferenceBasicInfo::new()
        .display_id(meeting.id.as_str())
        .subject(meeting.subject())
        .start_time(run.started.into())
        .scheduled_start_time(meeting.start.into())
        .recording_setup(RecordingSetup::Off)
        .media(ConferenceMedia::Video)
        .scheduler_name(meeting.scheduler_name.as_str())
        .scheduler_uuid(meeting.scheduler.clone())
        .scheduler_type(UserType::Member)
        .watermark(false)
        .guest_join_url(meeting.guest_link.clone())
        .call_in_restriction(CallInRestriction::Anyone)
        .conference_mode(ConferenceMode::Rtc)
        .real_time_subtitle(false)
        .corp_id(meeting.corp_id.clone())
        .webinar(false)
        .cohosts(true)
        .waiting_room(false)
}

fn dynamic_info(run: &Run) -> ConferenceDynamicInfo {
    ConferenceDynamicInfo::new()
        .state(ConferenceState::Running)
        .end_time(run.ends.into())
        .broadcast_mode(BroadcastMode::Free)
        .voice_activation(true)
        .locked(false)
        .mute_on_entry(run.mute_on_entry)
        .sharing_locked(false)
        .unmute_allowed(run.unmute_allowed)
        .host_polling(false)
        .recording(false)
        .recorded(false)
        .chat_forbidden(false)
        .real_time_subtitle(false)
        .waiting_room(false)
}

/// Who was invited, by the booking and since.
fn attendees(meeting: &Meeting, run: &Run) -> Vec<AttendeeInfo> {
    let booked = meeting.booking.attendees.as_deref().unwrap_or_default();
    let entry = |attendee: &meeting_types::models::BookingAttendee| {
        let phone = attendee.phone.as_deref().unwrap_or_default();
        let site = run.participants.iter().find(|p| p.number == phone);
        let mut info = AttendeeInfo::new()
            .phone(phone)
            .name(attendee.name.as_deref().unwrap_or_default())
            .role(attendee.role.unwrap_or(ParticipantRole::Guest))
            .mute(attendee.mute.unwrap_or(false))
            .auto_invite(attendee.auto_invite.unwrap_or(false))
            .kind(attendee.kind.clone().unwrap_or(AttendeeType::SoftClient))
            .corp_id(meeting.corp_id.clone());
        info.user_uuid = attendee.user_uuid.clone();
        info.participant_id = site.map(|site| site.id.clone());
        info.account_id = attendee.account_id.clone();
        info.email = attendee.email.clone();
        info.sms = attendee.sms.clone();
        info
    };
    booked.iter().chain(&run.invited).map(entry).collect()
}

/// The entries that are new or different in `new`.
fn changed_attendees(old: &[AttendeeInfo], new: &[AttendeeInfo]) -> Vec<AttendeeChange> {
    let changed = new.iter().filter(|entry| !old.contains(entry));
    changed.cloned().map(AttendeeChange::from).collect()
}

fn changed_dynamic(
    old: &ConferenceDynamicInfo,
    new: &ConferenceDynamicInfo,
) -> Option<ConferenceDynamicInfo> {
    let mut change = ConferenceDynamicInfo::new();
    macro_rules! compare {
        ($($field:ident)*) => {$(
            if old.$field != new.$field {
                change.$field = new.$field.clone();
            }
        )*};
    }
    compare! { state end_time mute_on_entry unmute_allowed }
    (change != ConferenceDynamicInfo::new()).then_some(change)
}

fn changed_participants(
    old: &[ParticipantInfo],
    new: &[ParticipantInfo],
) -> Vec<ParticipantChange> {
    let mut known: BTreeMap<&ParticipantId, &ParticipantInfo> = old
        .iter()
        .map(|info| (&info.participant_id, info))
        .collect();
    let mut changes: Vec<ParticipantChange> = new
        .iter()
        .filter_map(|info| match known.remove(&info.participant_id) {
            Some(before) => difference(before, info),
            None => Some(info.clone()),
        })
        .map(ParticipantChange::from)
        .collect();
    // Whoever is left over is gone.
    let gone = known.into_keys().cloned().map(ParticipantChange::Removed);
    changes.extend(gone);
    changes
}

/// Compares a running meeting with what was told, and tells the rest.
pub(crate) fn publish(meeting: &mut Meeting, now: SystemTime, random: &mut Random) {
    let Some(run) = meeting.run_mut() else {
        return;
    };
    let results = std::mem::take(&mut run.results);
    // Whoever comes later gets to know everything when subscribing.
    if run.notices.listeners.is_empty() {
        run.notices.told = None;
        return;
    }
    let Some(told) = meeting.run().map(|run| Told::of(meeting, run)) else {
        return;
    };
    if let Some(run) = meeting.run_mut() {
        run.notices.tell_changes(told, results, now, random);
    }
}

impl Notices {
    pub(crate) fn new(conference: ConferenceId) -> Self {
        Self {
            conference,
            listeners: Vec::new(),
            told: None,
            versions: BTreeMap::new(),
        }
    }

    fn tell_changes(
        &mut self,
        new: Told,
        results: Vec<meeting_types::events::InviteResult>,
        now: SystemTime,
        random: &mut Random,
    ) {
        let Some(old) = self.told.replace(new.clone()) else {
            return;
        };
        let mut payloads: Vec<(EventKind, EventPayload)> = Vec::new();
        if let Some(change) = changed_dynamic(&old.dynamic, &new.dynamic) {
            payloads.push((EventKind::ConferenceDynamicInfo, change.into()));
        }
        let change = changed_participants(&old.participants, &new.participants);
        if !change.is_empty() {
            payloads.push((EventKind::Participants, change.into()));
        }
        let change = changed_attendees(&old.attendees, &new.attendees);
        if !change.is_empty() {
            payloads.push((EventKind::Attendees, change.into()));
        }
        if !results.is_empty() {
            payloads.push((EventKind::InviteResult, results.into()));
        }
        if old.speakers != new.speakers {
            payloads.push((EventKind::SpeakerChange, new.speakers.into()));
        }
        for (kind, payload) in payloads {
            self.tell_change(&kind, payload, now, random);
        }
    }

    /// Tells one change to all who want to hear about its kind.
    fn tell_change(
        &mut self,
        kind: &EventKind,
        payload: EventPayload,
        now: SystemTime,
        random: &mut Random,
    ) {
        let Some(known) = OFFERED.iter().find(|offered| *offered == kind) else {
            return;
        };
        let version = self.versions.entry(known.as_str()).or_insert(0);
        *version += 1;
        let event = envelope(&self.conference, kind, payload, now, random)
            .mode(SnapshotMode::Increment)
            .version(*version);
        let frame = Utf8Bytes::from(event.to_text().expose());
        for listener in &mut self.listeners {
            if listener.subscribed.contains(kind) {
                listener.send(Outgoing::Frame(frame.clone()));
            }
        }
        self.forget_lost();
    }

    /// Sends a text frame as it is, to all.
    pub(crate) fn tell_raw(&mut self, frame: &str) {
        let frame = Utf8Bytes::from(frame);
        for listener in &mut self.listeners {
            listener.send(Outgoing::Frame(frame.clone()));
        }
        self.forget_lost();
    }

    /// Forgets those who were too slow or are gone.
    fn forget_lost(&mut self) {
        self.listeners
            .retain(|listener| !listener.sender.is_closed());
    }

    /// Takes in a new listener.
    pub(crate) fn connect(
        &mut self,
        id: u64,
        role: Role,
        now: SystemTime,
    ) -> mpsc::Receiver<Outgoing> {
        let (sender, receiver) = mpsc::channel(BACKLOG);
        self.listeners.push(Listener {
            id,
            role,
            sender,
            subscribed: Vec::new(),
            last_heartbeat: now,
        });
        receiver
    }

    pub(crate) fn disconnect(&mut self, id: u64) {
        self.listeners.retain(|listener| listener.id != id);
    }

    /// Breaks off all connections without a word.
    pub(crate) fn cut(&mut self) {
        for mut listener in self.listeners.drain(..) {
            listener.send(Outgoing::Cut);
        }
    }

    /// Tells the end. The connections close when the run is dropped, and this with it.
    pub(crate) fn end(&mut self, now: SystemTime, random: &mut Random) {
        let over = ConferenceDynamicInfo::new().state(ConferenceState::Ended);
        self.tell_change(&EventKind::ConferenceDynamicInfo, over.into(), now, random);
    }

    pub(crate) fn listeners(&self) -> usize {
        self.listeners.len()
    }

    fn listener(&mut self, id: u64) -> Option<&mut Listener> {
        self.listeners.iter_mut().find(|listener| listener.id == id)
    }

    pub(crate) fn answer(&mut self, id: u64, frame: &ServerFrame) {
        if let Some(listener) = self.listener(id) {
            listener.send(Outgoing::Frame(frame.to_text().expose().into()));
        }
    }

    pub(crate) fn heartbeat(&mut self, id: u64, sequence: Sequence, now: SystemTime) {
        if let Some(listener) = self.listener(id) {
            listener.last_heartbeat = now;
        }
        self.answer(id, &ServerFrame::HeartBeat { sequence });
    }

    /// Sends everything of the kinds, and changes of them from now on.
    pub(crate) fn subscribe(
        &mut self,
        id: u64,
        kinds: Vec<EventKind>,
        passwords: &[(Role, RolePassword)],
        now: SystemTime,
        random: &mut Random,
    ) {
        let (conference, told) = (
            self.conference.clone(),
            self.told.clone().unwrap_or_default(),
        );
        let Some(listener) = self.listener(id) else {
            return;
        };
        let version = Timestamp::from(now).as_millis();
        for kind in &kinds {
            let payload: EventPayload = match kind {
                EventKind::ConferenceBasicInfo => {
                    let mut basic = told.basic.clone();
                    let may_see = |(role, _): &&(Role, RolePassword)| {
                        listener.role == Role::Host || *role == Role::Guest
                    };
                    basic.passwords = passwords
                        .iter()
                        .filter(may_see)
                        .map(|(_, password)| password.clone())
                        .collect();
                    basic.into()
                }
                EventKind::ConferenceDynamicInfo => told.dynamic.clone().into(),
                EventKind::Participants => told
                    .participants
                    .iter()
                    .cloned()
                    .map(ParticipantChange::from)
                    .collect::<Vec<_>>()
                    .into(),
                EventKind::Attendees => told
                    .attendees
                    .iter()
                    .cloned()
                    .map(AttendeeChange::from)
                    .collect::<Vec<_>>()
                    .into(),
                EventKind::SpeakerChange => told.speakers.clone().into(),
                // Results of calls are no state that could be repeated; the rest is not offered.
                _ => continue,
            };
            let event = envelope(&conference, kind, payload, now, random).version(version);
            listener.send(Outgoing::Frame(event.to_text().expose().into()));
        }
        listener.subscribed = kinds;
    }

    /// Closes connections that were silent for too long.
    pub(crate) fn close_silent(&mut self, now: SystemTime) {
        self.listeners
            .retain(|listener| now < listener.last_heartbeat + SILENCE);
    }

    /// When the next connection will have been silent for too long.
    pub(crate) fn deadline(&self) -> Option<SystemTime> {
        let last = self
            .listeners
            .iter()
            .map(|listener| listener.last_heartbeat);
        last.min().map(|last| last + SILENCE)
    }
}

impl Listener {
    fn send(&mut self, outgoing: Outgoing) {
        if self.sender.try_send(outgoing).is_err() {
            // Too slow: what it missed cannot be made up for, so it is closed. A closed channel in
            // place of the old one drops the sender.
            self.sender = mpsc::channel(1).0;
        }
    }
}

fn envelope(
    conference: &ConferenceId,
    kind: &EventKind,
    payload: EventPayload,
    now: SystemTime,
    random: &mut Random,
) -> Event {
    let event = match payload {
        EventPayload::Other(message) => Event::other(kind.clone(), message),
        payload => Event::new(payload),
    };
    event
        .conference_id(conference.clone())
        .created_at(now.into())
        .message_id(random.hex(32))
}

/// The passwords as pushes name them.
pub(crate) fn passwords(meeting: &Meeting) -> Vec<(Role, RolePassword)> {
    let entry = |role, name, password: &meeting_types::Password| {
        (role, RolePassword::new(name, password.clone()))
    };
    vec![
        entry(Role::Host, ConferenceRole::Host, &meeting.host_password),
        entry(Role::Guest, ConferenceRole::Guest, &meeting.guest_password),
    ]
}
