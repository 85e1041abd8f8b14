//! State of a running meeting, kept up to date from its events.
//!
//! [`LiveMeeting`] does no IO and knows no connection: give it the events in the order in which they
//! come, and tell it when a connection was lost. [`Follower`] does that, and decides when to connect
//! again; `meeting-async` and `meeting-blocking` put sockets under it.

mod account;
mod apply;
mod buffer;
mod change;
mod dedup;
mod describe;
mod machine;
mod notice;
mod options;
mod renewal;
mod site_map;
mod stored;
mod under_control;
mod verdict;

use std::fmt;

use meeting_types::{
    ConferenceId, ParticipantId,
    events::{
        AttendeeInfo, BroadcastMode, ConferenceBasicInfo, ConferenceDynamicInfo, Event, EventKind,
        EventPayload, InterpreterGroupInfo, MultiPicture, NetworkCondition, ParticipantInfo,
        SnapshotMode, Speaker, WaitingParticipant,
    },
    models::{ConferenceState, ParticipantRole},
};

use crate::channel::KNOWN;

pub use change::Change;
use dedup::Dedup;
pub use describe::printable;
pub use machine::{Action, Follower};
pub use notice::Notice;
pub use options::LiveOptions;
use site_map::SiteMap;
pub use under_control::Opening;

/// A running meeting as its events tell it.
///
/// A full push replaces what is known of its kind, an increment is merged into it. What is repeated
/// or comes late is ignored, for each kind of its own: a full push by the time at which it was made,
/// an increment by its number, and by its time when that lies before the last full push.
///
/// ```
/// use meeting_client::follow::{Change, LiveMeeting};
/// use meeting_types::events::{Event, ParticipantChange, ParticipantInfo, SnapshotMode};
///
/// let mut meeting = LiveMeeting::new();
/// let ann = ParticipantInfo::new("p1").name("Ann").muted(false);
/// let everybody = Event::new(vec![ParticipantChange::from(ann)]).version(1_763_800_000_000);
/// let changes = meeting.apply(&everybody);
/// assert!(matches!(&changes[..], [Change::ParticipantJoined(_)]));
///
/// let muted = ParticipantInfo::new("p1").muted(true);
/// let increment = Event::new(vec![ParticipantChange::from(muted)])
///     .mode(SnapshotMode::Increment)
///     .version(1);
/// let changes = meeting.apply(&increment);
/// assert!(matches!(&changes[..], [Change::ParticipantMuted { muted: true, .. }]));
/// assert!(meeting.apply(&increment).is_empty(), "it came before");
/// let ann = meeting.participant(&"p1".into()).unwrap();
/// assert_eq!((ann.name.as_deref(), ann.muted), (Some("Ann"), Some(true)));
/// ```
///
/// Two values are equal when they know the same about the meeting, no matter by which events.
///
/// serde keeps it whole, with what tells new events from old ones: a program that stored it goes on
/// with the next event where it left off. Call [`gap`](Self::gap) if events may have been missed
/// meanwhile. What is written holds the passwords and the link of
/// [`basic_info`](Self::basic_info); take care where it goes. It is to be read by the same version of
/// this crate.
#[derive(Clone, Default)]
pub struct LiveMeeting {
    known: Known,
    /// A list, because there are a handful of kinds, and a map would have room for many more.
    progress: Vec<(EventKind, Dedup)>,
}

/// Known state of a meeting.
#[derive(Clone, Debug, Default, PartialEq)]
struct Known {
    conference_id: Option<ConferenceId>,
    basic: ConferenceBasicInfo,
    dynamic: ConferenceDynamicInfo,
    participants: SiteMap<ParticipantInfo>,
    speakers: Vec<Speaker>,
    waiting: SiteMap<WaitingParticipant>,
    attendees: Vec<AttendeeInfo>,
    interpreter_groups: Vec<InterpreterGroupInfo>,
    network: SiteMap<NetworkCondition>,
}

/// Prints the known state and its staleness, not the events that told it.
impl fmt::Debug for LiveMeeting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveMeeting")
            .field("conference_id", &self.known.conference_id)
            .field("basic_info", &self.known.basic)
            .field("dynamic_info", &self.known.dynamic)
            .field("participants", &self.known.participants)
            .field("speakers", &self.known.speakers)
            .field("waiting_room", &self.known.waiting)
            .field("attendees", &self.known.attendees)
            .field("interpreter_groups", &self.known.interpreter_groups)
            .field("network", &self.known.network)
            .field("is_stale", &self.is_stale())
            .finish_non_exhaustive()
    }
}

impl PartialEq for LiveMeeting {
    fn eq(&self, other: &Self) -> bool {
        self.known == other.known
    }
}

impl LiveMeeting {
    /// A meeting of which nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in an event, and says what it changed. The first push of a kind tells all there is, so
    /// everybody who is there joins with it.
    ///
    /// Events that came before, that come too late, or that have no type here change nothing. An event
    /// of a kind with a type, whose payload could not be read, makes that kind stale.
    pub fn apply(&mut self, event: &Event) -> Vec<Change> {
        let mut changes = Vec::new();
        if matches!(event.payload, EventPayload::Other(_)) {
            if is_unread(event) {
                self.miss([&event.kind]);
            }
            return changes;
        }
        if self.dedup_of(&event.kind).is_new(event) {
            let full = event.mode == SnapshotMode::Full;
            if self.known.conference_id.is_none() {
                self.known.conference_id.clone_from(&event.conference_id);
            }
            self.known.apply(&event.payload, full, &mut changes);
        }
        changes
    }

    fn dedup_of(&mut self, kind: &EventKind) -> &mut Dedup {
        let known = self.progress.iter().position(|(known, _)| known == kind);
        let index = known.unwrap_or_else(|| {
            self.progress.reserve_exact(1);
            self.progress.push((kind.clone(), Dedup::default()));
            self.progress.len() - 1
        });
        &mut self.progress[index].1
    }

    /// Notes that events may have been missed, as when a connection was lost. What is known stays, and
    /// is stale until the next full push of each kind. After that, its differences are the changes.
    pub fn gap(&mut self) {
        for (kind, progress) in &mut self.progress {
            progress.gap(!passes(kind));
        }
    }

    /// Notes that events of these kinds may have been missed while the connection goes on, as when one
    /// could not be read. They are stale until the next full push of each, also those that were never
    /// told before.
    pub fn miss<'a>(&mut self, kinds: impl IntoIterator<Item = &'a EventKind>) {
        for kind in kinds {
            // Without a type there is nothing to be known.
            if KNOWN.contains(kind) && !passes(kind) {
                self.dedup_of(kind).miss();
            }
        }
    }

    /// Notes that the meeting is over, when that was learnt from something else than an event. Says
    /// what that changed.
    pub fn end(&mut self) -> Vec<Change> {
        let over = ConferenceDynamicInfo::new().state(ConferenceState::Ended);
        let mut changes = Vec::new();
        self.known.apply(&over.into(), false, &mut changes);
        changes
    }

    /// Differences from `before`, an earlier state of the same meeting. What passes and is not
    /// kept, such as subtitles, is not among it.
    #[must_use]
    pub fn changes_since(&self, before: &Self) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut old = before.known.clone();
        for payload in self.known.payloads() {
            old.apply(&payload, true, &mut changes);
        }
        changes
    }

    /// True when events may have been missed, and not every kind was told in full since.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.progress
            .iter()
            .any(|(_, progress)| progress.is_stale())
    }

    /// True when events of this kind may have been missed, and it was not told in full since.
    #[must_use]
    pub fn is_stale_about(&self, kind: &EventKind) -> bool {
        self.progress
            .iter()
            .any(|(known, progress)| known == kind && progress.is_stale())
    }

    /// The meeting, if an event has named it.
    #[must_use]
    pub fn conference_id(&self) -> Option<&ConferenceId> {
        self.known.conference_id.as_ref()
    }

    /// The subject.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.known.basic.subject.as_deref()
    }

    /// Basic information: subject, times, numbers, passwords. It hardly changes.
    #[must_use]
    pub fn basic_info(&self) -> &ConferenceBasicInfo {
        &self.known.basic
    }

    /// Settings and state that change while the meeting runs.
    #[must_use]
    pub fn dynamic_info(&self) -> &ConferenceDynamicInfo {
        &self.known.dynamic
    }

    /// State of the meeting: scheduled, running, over.
    #[must_use]
    pub fn state(&self) -> Option<&ConferenceState> {
        self.known.dynamic.state.as_ref()
    }

    /// True when the meeting is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state() == Some(&ConferenceState::Ended)
    }

    /// True when the meeting is locked: nobody else can join.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.known.dynamic.locked == Some(true)
    }

    /// True when it is being recorded.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.known.dynamic.recording == Some(true)
    }

    /// True when subtitles are on.
    #[must_use]
    pub fn has_subtitles(&self) -> bool {
        self.known.dynamic.real_time_subtitle == Some(true)
    }

    /// Broadcast mode: the choice of who is shown to everybody.
    #[must_use]
    pub fn broadcast_mode(&self) -> Option<&BroadcastMode> {
        self.known.dynamic.broadcast_mode.as_ref()
    }

    /// The layout of several pictures.
    #[must_use]
    pub fn layout(&self) -> Option<&MultiPicture> {
        self.known.dynamic.multi_picture.as_ref()
    }

    /// Participants: those in the meeting and those being called, in the order of their ids.
    pub fn participants(&self) -> impl ExactSizeIterator<Item = &ParticipantInfo> {
        self.known.participants.iter()
    }

    /// Somebody who is in the meeting or being called.
    #[must_use]
    pub fn participant(&self, id: &ParticipantId) -> Option<&ParticipantInfo> {
        self.known.participants.get(id)
    }

    /// Host of the meeting.
    #[must_use]
    pub fn host(&self) -> Option<&ParticipantInfo> {
        self.participants()
            .find(|participant| participant.role == Some(ParticipantRole::Host))
    }

    /// Participants that share a screen.
    pub fn sharing(&self) -> impl Iterator<Item = &ParticipantInfo> {
        self.participants()
            .filter(|participant| participant.sharing == Some(true))
    }

    /// Participants whose hand is raised.
    pub fn raised_hands(&self) -> impl Iterator<Item = &ParticipantInfo> {
        self.participants()
            .filter(|participant| participant.hand_raised == Some(true))
    }

    /// Up to three speakers, the loudest of all.
    #[must_use]
    pub fn speakers(&self) -> &[Speaker] {
        &self.known.speakers
    }

    /// True when this is one of the loudest speakers.
    #[must_use]
    pub fn is_speaking(&self, id: &ParticipantId) -> bool {
        let mut speakers = self.known.speakers.iter();
        speakers.any(|speaker| speaker.participant_id == *id)
    }

    /// Participants in the waiting room, in the order of their ids.
    pub fn waiting_room(&self) -> impl ExactSizeIterator<Item = &WaitingParticipant> {
        self.known.waiting.iter()
    }

    /// Attendees: those who were invited.
    #[must_use]
    pub fn attendees(&self) -> &[AttendeeInfo] {
        &self.known.attendees
    }

    /// The groups of interpreters.
    #[must_use]
    pub fn interpreter_groups(&self) -> &[InterpreterGroupInfo] {
        &self.known.interpreter_groups
    }

    /// The last network figures of a site.
    #[must_use]
    pub fn network(&self, id: &ParticipantId) -> Option<&NetworkCondition> {
        self.known.network.get(id)
    }
}

/// True when events of this kind leave no trace in the state, so that there is nothing to be missed.
fn passes(kind: &EventKind) -> bool {
    matches!(kind, EventKind::InviteResult | EventKind::RealTimeSubtitle)
}

/// True when the event is of a kind that has a type, and its payload could not be read as that.
fn is_unread(event: &Event) -> bool {
    matches!(event.payload, EventPayload::Other(_)) && KNOWN.contains(&event.kind)
}
