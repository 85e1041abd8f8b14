//! Publishes to subscribers what has changed: to listeners of running meetings, and to webhooks.
//!
//! Nobody has to remember to send an event: after every step, the run is compared with what was
//! told before, and the differences go out.

mod compare;
mod snapshot;
mod snapshot_media;
mod webhook_snapshot;
pub(crate) mod webhooks;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, SystemTime},
};

use meeting_types::{
    ConferenceId, Timestamp,
    events::{
        ConferenceDynamicInfo, Event, EventKind, EventPayload, RealTimeSubtitle, RolePassword,
        Sequence, ServerFrame, SnapshotMode,
    },
    models::{ConferenceRole, ConferenceState},
};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use self::{compare::Snapshot as _, snapshot::ListenerSnapshot};
use crate::state::{
    booking::meetings::{Meeting, Role},
    random::Random,
};

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
struct Listener {
    role: Role,
    sender: mpsc::Sender<Outgoing>,
    subscribed: Vec<EventKind>,
    last_heartbeat: SystemTime,
    /// How many more frames it gets before its connection breaks off.
    frames_left: Option<u32>,
}

/// The subscribers of all running meetings.
#[derive(Debug, Default)]
pub(crate) struct Feeds {
    by_meeting: BTreeMap<ConferenceId, Feed>,
    next_listener: u64,
    /// When to look whether a listener has been silent for too long. A heartbeat does not move the
    /// entry; it is moved when its time has come.
    silent: BTreeSet<(SystemTime, ConferenceId, u64)>,
}

/// The subscribers of one running meeting and what was last published to them.
#[derive(Debug)]
pub(crate) struct Feed {
    conference: ConferenceId,
    listeners: BTreeMap<u64, Listener>,
    /// Nothing while nobody listens.
    published: Option<ListenerSnapshot>,
    /// Counts the changes that were published of each kind.
    versions: BTreeMap<&'static str, i64>,
    /// How many frames each connection gets before it breaks off.
    pub(crate) frames_each: Option<u32>,
}

impl Feeds {
    /// The feed of a meeting that runs.
    pub(crate) fn of(&mut self, conference: &ConferenceId) -> &mut Feed {
        self.by_meeting
            .entry(conference.clone())
            .or_insert_with(|| Feed::new(conference.clone()))
    }

    pub(crate) fn get_mut(&mut self, conference: &ConferenceId) -> Option<&mut Feed> {
        self.by_meeting.get_mut(conference)
    }

    /// Takes in a new listener.
    pub(crate) fn connect(
        &mut self,
        conference: &ConferenceId,
        role: Role,
        now: SystemTime,
    ) -> (u64, mpsc::Receiver<Outgoing>) {
        self.next_listener += 1;
        let id = self.next_listener;
        self.silent.insert((now + SILENCE, conference.clone(), id));
        (id, self.of(conference).connect(id, role, now))
    }

    pub(crate) fn disconnect(&mut self, conference: &ConferenceId, listener: u64) {
        if let Some(feed) = self.by_meeting.get_mut(conference) {
            feed.listeners.remove(&listener);
        }
    }

    /// Compares a meeting with what was published, and publishes the rest.
    pub(crate) fn publish(&mut self, meeting: &mut Meeting, now: SystemTime, random: &mut Random) {
        let Some(run) = meeting.run_mut() else {
            return;
        };
        run.forget_the_gone();
        run.observe(now);
        let pending_subtitles = std::mem::take(&mut run.subtitles.pending);
        let feed = self.by_meeting.get_mut(&meeting.id);
        // Whoever comes later gets to know everything when subscribing.
        let listened = feed.filter(|feed| !feed.listeners.is_empty());
        if let Some(feed) = listened {
            if let Some(new) = ListenerSnapshot::of(meeting) {
                feed.publish_changes(new, now, random);
            }
            feed.publish_subtitles(pending_subtitles, now, random);
        } else if let Some(feed) = self.by_meeting.get_mut(&meeting.id) {
            feed.published = None;
        }
        if let Some(run) = meeting.run_mut() {
            run.results.clear();
        }
    }

    /// Publishes the end of a meeting. Its connections close.
    pub(crate) fn end(&mut self, conference: &ConferenceId, now: SystemTime, random: &mut Random) {
        if let Some(mut feed) = self.by_meeting.remove(conference) {
            let over = ConferenceDynamicInfo::new().state(ConferenceState::Ended);
            let kind = EventKind::ConferenceDynamicInfo;
            feed.publish_change(&kind, over.into(), now, random);
        }
    }

    /// Breaks off all connections to all meetings without a word.
    pub(crate) fn cut_all(&mut self) {
        for feed in self.by_meeting.values_mut() {
            feed.cut();
        }
    }

    /// Closes connections that were silent for too long.
    pub(crate) fn close_silent(&mut self, now: SystemTime) {
        while let Some((at, _, _)) = self.silent.first()
            && *at <= now
        {
            let Some((_, conference, id)) = self.silent.pop_first() else {
                return;
            };
            let Some(feed) = self.by_meeting.get_mut(&conference) else {
                continue;
            };
            let Some(listener) = feed.listeners.get(&id) else {
                continue;
            };
            let due = listener.last_heartbeat + SILENCE;
            if due <= now {
                feed.listeners.remove(&id);
            } else {
                self.silent.insert((due, conference, id));
            }
        }
    }

    /// When the next connection may have been silent for too long.
    pub(crate) fn deadline(&self) -> Option<SystemTime> {
        self.silent.first().map(|(at, _, _)| *at)
    }

    pub(crate) fn listeners(&self, conference: &ConferenceId) -> usize {
        let feed = self.by_meeting.get(conference);
        feed.map_or(0, |feed| feed.listeners.len())
    }
}

impl Feed {
    fn new(conference: ConferenceId) -> Self {
        Self {
            conference,
            listeners: BTreeMap::new(),
            published: None,
            versions: BTreeMap::new(),
            frames_each: None,
        }
    }

    fn publish_changes(&mut self, new: ListenerSnapshot, now: SystemTime, random: &mut Random) {
        let changes = match &self.published {
            Some(old) => new.changes_since(Some(old), now),
            // Whoever listens gets to know everything when subscribing.
            None => Vec::new(),
        };
        self.published = Some(new);
        for (kind, payload) in changes {
            self.publish_change(&kind, payload, now, random);
        }
    }

    /// Publishes one change to all who want to hear about its kind.
    fn publish_change(
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
        self.publish_event(kind, &event);
    }

    /// Publishes subtitles. Each is told in full, as the sample of the reference does.
    fn publish_subtitles(
        &mut self,
        pending: Vec<RealTimeSubtitle>,
        now: SystemTime,
        random: &mut Random,
    ) {
        let kind = EventKind::RealTimeSubtitle;
        for subtitle in pending {
            let event = envelope(&self.conference, &kind, subtitle.into(), now, random)
                .version(Timestamp::from(now).as_millis());
            self.publish_event(&kind, &event);
        }
    }

    /// Sends an event to all who want to hear about its kind.
    fn publish_event(&mut self, kind: &EventKind, event: &Event) {
        let frame = Utf8Bytes::from(event.to_text().expose());
        for listener in self.listeners.values_mut() {
            if listener.subscribed.contains(kind) {
                listener.send(Outgoing::Frame(frame.clone()));
            }
        }
        self.forget_lost();
    }

    /// Sends a text frame as it is, to all.
    pub(crate) fn push_raw(&mut self, frame: &str) {
        let frame = Utf8Bytes::from(frame);
        for listener in self.listeners.values_mut() {
            listener.send(Outgoing::Frame(frame.clone()));
        }
        self.forget_lost();
    }

    /// Forgets those who were too slow or are gone.
    fn forget_lost(&mut self) {
        self.listeners
            .retain(|_, listener| !listener.sender.is_closed());
    }

    fn connect(&mut self, id: u64, role: Role, now: SystemTime) -> mpsc::Receiver<Outgoing> {
        let (sender, receiver) = mpsc::channel(BACKLOG);
        let listener = Listener {
            role,
            sender,
            subscribed: Vec::new(),
            last_heartbeat: now,
            frames_left: self.frames_each,
        };
        self.listeners.insert(id, listener);
        receiver
    }

    /// Breaks off all connections without a word.
    pub(crate) fn cut(&mut self) {
        for listener in std::mem::take(&mut self.listeners).values_mut() {
            listener.send(Outgoing::Cut);
        }
    }

    pub(crate) fn answer(&mut self, id: u64, frame: &ServerFrame) {
        if let Some(listener) = self.listeners.get_mut(&id) {
            listener.send(Outgoing::Frame(frame.to_text().expose().into()));
        }
    }

    pub(crate) fn heartbeat(&mut self, id: u64, sequence: Sequence, now: SystemTime) {
        if let Some(listener) = self.listeners.get_mut(&id) {
            listener.last_heartbeat = now;
        }
        self.answer(id, &ServerFrame::HeartBeat { sequence });
    }

    /// Sends everything of the kinds, and changes of them from now on.
    pub(crate) fn subscribe(
        &mut self,
        id: u64,
        kinds: Vec<EventKind>,
        meeting: &Meeting,
        now: SystemTime,
        random: &mut Random,
    ) {
        if self.published.is_none() {
            self.published = ListenerSnapshot::of(meeting);
        }
        let (conference, passwords) = (self.conference.clone(), passwords(meeting));
        let Some(published) = &self.published else {
            return;
        };
        let Some(listener) = self.listeners.get_mut(&id) else {
            return;
        };
        let version = Timestamp::from(now).as_millis();
        for kind in &kinds {
            let Some(mut payload) = published.whole(kind) else {
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
fn passwords(meeting: &Meeting) -> Vec<(Role, RolePassword)> {
    let entry = |role, name, password: &meeting_types::Password| {
        (role, RolePassword::new(name, password.clone()))
    };
    vec![
        entry(Role::Host, ConferenceRole::Host, &meeting.host_password),
        entry(Role::Guest, ConferenceRole::Guest, &meeting.guest_password),
    ]
}
