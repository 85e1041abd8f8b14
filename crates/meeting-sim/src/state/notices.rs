//! Tells listeners what has changed in a running meeting.
//!
//! Nobody has to remember to send an event: after every step, the run is compared with what was
//! told before, and the differences go out.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use meeting_types::{
    ConferenceId, Timestamp,
    events::{
        ConferenceDynamicInfo, Event, EventKind, EventPayload, InviteResult, RealTimeSubtitle,
        RolePassword, Sequence, ServerFrame, SnapshotMode,
    },
    models::{ConferenceRole, ConferenceState},
};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{
    meetings::{Meeting, Role},
    told::Told,
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
    EventKind::WaitingList,
    EventKind::RealTimeSubtitle,
    EventKind::InterpreterGroup,
    EventKind::NetworkCondition,
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
    /// How many more frames it gets before its connection breaks off.
    frames_left: Option<u32>,
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
    /// How many frames each connection gets before it breaks off.
    pub(crate) frames_each: Option<u32>,
}

/// Compares a running meeting with what was told, and tells the rest.
pub(crate) fn publish(meeting: &mut Meeting, now: SystemTime, random: &mut Random) {
    let Some(run) = meeting.run_mut() else {
        return;
    };
    run.forget_the_gone();
    let results = std::mem::take(&mut run.results);
    let said = std::mem::take(&mut run.subtitles.said);
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
        run.notices.tell_said(said, now, random);
    }
}

impl Notices {
    pub(crate) fn new(conference: ConferenceId) -> Self {
        Self {
            conference,
            listeners: Vec::new(),
            told: None,
            versions: BTreeMap::new(),
            frames_each: None,
        }
    }

    fn tell_changes(
        &mut self,
        new: Told,
        results: Vec<InviteResult>,
        now: SystemTime,
        random: &mut Random,
    ) {
        let changes = match &self.told {
            Some(old) => new.changes_since(old, results),
            // Whoever listens gets to know everything when subscribing.
            None => Vec::new(),
        };
        self.told = Some(new);
        for (kind, payload) in changes {
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
        self.tell(kind, &event);
    }

    /// Tells what was said. Each subtitle is told in full, as the sample of the reference does.
    fn tell_said(&mut self, said: Vec<RealTimeSubtitle>, now: SystemTime, random: &mut Random) {
        let kind = EventKind::RealTimeSubtitle;
        for subtitle in said {
            let event = envelope(&self.conference, &kind, subtitle.into(), now, random)
                .version(Timestamp::from(now).as_millis());
            self.tell(&kind, &event);
        }
    }

    /// Sends an event to all who want to hear about its kind.
    fn tell(&mut self, kind: &EventKind, event: &Event) {
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
            frames_left: self.frames_each,
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
            let Some(mut payload) = told.whole(kind) else {
                continue;
            };
            if let EventPayload::ConferenceBasicInfo(info) = &mut payload {
                let may_see = |(role, _): &&(Role, RolePassword)| {
                    listener.role == Role::Host || *role == Role::Guest
                };
                info.passwords = passwords
                    .iter()
                    .filter(may_see)
                    .map(|(_, password)| password.clone())
                    .collect();
            }
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
        let outgoing = match &mut self.frames_left {
            Some(0) => Outgoing::Cut,
            Some(left) => {
                *left -= 1;
                outgoing
            }
            None => outgoing,
        };
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
