//! What a test or a demo does from outside: simulated people, time, faults.

mod media;

use std::time::{Duration, SystemTime};

use meeting_types::{
    ConferenceId, Operation, ParticipantId, Password, ServiceError, Timestamp,
    events::{InviteOutcome, Speaker},
    models::{Booking, ConferenceSettings, MediaType},
};

use crate::{
    Clock, RequestRecord, Simulator, refusal,
    state::{
        State,
        meetings::{Meeting, Phase},
        participants::{Participant, Presence},
        run::{Arrival, Run},
    },
};

pub use media::{Device, LanguageChannel, MediaSnapshot, Recorder, RecordingState};

/// A meeting to make. A subject alone makes one that runs.
#[derive(Clone, Debug)]
#[must_use]
pub struct MeetingPlan {
    subject: String,
    starts_at: Option<SystemTime>,
    length: Duration,
    settings: ConferenceSettings,
    media: media::Plan,
}

impl MeetingPlan {
    /// A meeting that runs at once.
    pub fn running(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            starts_at: None,
            length: Duration::from_secs(3600),
            settings: ConferenceSettings::new(),
            media: media::Plan::default(),
        }
    }

    /// A meeting that is booked for later. Bookings count in minutes.
    pub fn booked(subject: impl Into<String>, starts_at: SystemTime) -> Self {
        Self {
            starts_at: Some(starts_at),
            ..Self::running(subject)
        }
    }

    /// How long it lasts; one hour if not set.
    pub fn length(mut self, length: Duration) -> Self {
        self.length = length;
        self
    }

    /// Its rules.
    pub fn settings(mut self, settings: ConferenceSettings) -> Self {
        self.settings = settings;
        self
    }
}

impl From<&str> for MeetingPlan {
    fn from(subject: &str) -> Self {
        Self::running(subject)
    }
}

impl From<String> for MeetingPlan {
    fn from(subject: String) -> Self {
        Self::running(subject)
    }
}

/// A meeting that the simulator made, and what opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SimMeeting {
    /// Its id.
    pub conference_id: ConferenceId,
    /// Lets in as host, and opens control with all rights.
    pub host_password: Password,
    /// Lets in as guest, and opens control with few rights.
    pub guest_password: Password,
}

/// How a simulated call ends.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallOutcome {
    /// Somebody answers and joins.
    Answered,
    /// It fails with this code of an `InviteResultNotify`, such as `11111003`.
    Failed(String),
    /// It rings until somebody hangs up.
    Rings,
}

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
}

impl Simulator {
    /// Makes a meeting, running or booked.
    pub fn create_meeting(&self, plan: impl Into<MeetingPlan>) -> SimMeeting {
        let plan = plan.into();
        let mut booking = Booking::new([MediaType::HdVideo])
            .subject(plan.subject)
            .duration(plan.length)
            .settings(plan.settings);
        booking.start_time = plan.starts_at.map(Timestamp::from);
        plan.media.apply_to(&mut booking);
        self.service.step(|state| {
            let user = state.house_user();
            let meeting = state.book(booking, &user);
            SimMeeting {
                conference_id: meeting.id.clone(),
                host_password: meeting.host_password.clone(),
                guest_password: meeting.guest_password.clone(),
            }
        })
    }

    /// Lets a simulated guest join. A booked meeting starts if its settings let guests start it.
    ///
    /// # Errors
    ///
    /// What the service would say: there is no such meeting, or it has not started, or it is over.
    pub fn join(
        &self,
        conference_id: &ConferenceId,
        name: impl Into<String>,
    ) -> Result<ParticipantId, ServiceError> {
        self.arrive(conference_id, Arrival::guest(name))
    }

    /// Lets a simulated host join. A booked meeting starts.
    ///
    /// # Errors
    ///
    /// What the service would say: there is no such meeting, or it is over, or it has a host.
    pub fn join_as_host(
        &self,
        conference_id: &ConferenceId,
        name: impl Into<String>,
    ) -> Result<ParticipantId, ServiceError> {
        let mut arrival = Arrival::guest(name);
        arrival.host = true;
        self.arrive(conference_id, arrival)
    }

    fn arrive(
        &self,
        conference_id: &ConferenceId,
        arrival: Arrival,
    ) -> Result<ParticipantId, ServiceError> {
        self.service.step(|state| {
            let meeting = state.meetings.get(conference_id);
            let meeting = meeting.ok_or(refusal::NO_SUCH_CONFERENCE)?;
            if meeting.run().is_none() && !arrival.host && !meeting.guests_can_start() {
                return Err(match meeting.phase {
                    Phase::Booked => refusal::GUEST_MUST_WAIT.into(),
                    _ => refusal::ENDED.into(),
                });
            }
            state.start(conference_id)?;
            let (now, random) = (state.now, &mut state.random);
            let meeting = state.meetings.get_mut(conference_id);
            let run = meeting.ok_or(refusal::NO_SUCH_CONFERENCE)?.running()?;
            if arrival.host && run.host().is_some() {
                return Err(refusal::HOST_EXISTS.into());
            }
            Ok(run.join(arrival, now, random))
        })
    }

    /// Lets a simulated participant leave.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, or nobody like that is in it.
    pub fn leave(
        &self,
        conference_id: &ConferenceId,
        participant: &ParticipantId,
    ) -> Result<(), ServiceError> {
        self.with_run(conference_id, |run| {
            run.remove(participant, &InviteOutcome::LeftByItself)
        })
    }

    /// Lets a simulated participant mute or unmute themself.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, or the
    /// host does not allow unmuting.
    pub fn mute(
        &self,
        conference_id: &ConferenceId,
        participant: &ParticipantId,
        mute: bool,
    ) -> Result<(), ServiceError> {
        self.with_run(conference_id, |run| {
            let allowed = mute || run.unmute_allowed;
            let participant = run.participant(participant)?;
            if !allowed && !participant.host {
                return Err(refusal::GUESTS_MAY_NOT.into());
            }
            participant.muted = mute;
            Ok(())
        })
    }

    /// Lets these simulated participants speak, each at a volume. The three loudest are told to
    /// listeners; an empty list is silence.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, or nobody like that is in it.
    pub fn speak<'a>(
        &self,
        conference_id: &ConferenceId,
        speakers: impl IntoIterator<Item = (&'a ParticipantId, i32)>,
    ) -> Result<(), ServiceError> {
        self.with_run(conference_id, |run| {
            let mut loudest = Vec::new();
            for (id, volume) in speakers {
                let name = run.participant(id)?.name.clone();
                loudest.push(Speaker::new(id.clone()).volume(volume).name(name));
            }
            loudest.sort_by_key(|speaker| std::cmp::Reverse(speaker.volume));
            loudest.truncate(3);
            run.speakers = loudest;
            Ok(())
        })
    }

    fn with_run<R>(
        &self,
        conference_id: &ConferenceId,
        work: impl FnOnce(&mut Run) -> Result<R, ServiceError>,
    ) -> Result<R, ServiceError> {
        self.service.step(|state| {
            let meeting = state.meetings.get_mut(conference_id);
            work(meeting.ok_or(refusal::NO_SUCH_CONFERENCE)?.running()?)
        })
    }

    /// Decides how calls to one number end from now on.
    pub fn calls_to(&self, number: impl Into<String>, outcome: CallOutcome) {
        self.service.step(|state| {
            state.calls.by_number.insert(number.into(), outcome);
        });
    }

    /// The time by the simulator's clock.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.service.clock().now()
    }

    /// The simulator's clock, to share with whatever must agree on the time.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.service.clock().clone()
    }

    /// Lets time pass without waiting. What happens in that time has happened when this returns.
    pub fn advance(&self, by: Duration) {
        self.service.clock().advance(by);
        self.service.step(|_| ());
    }

    /// Refuses the next `requests` with status 429, whatever they ask for.
    pub fn throttle_next(&self, requests: u32) {
        self.service.step(|state| state.faults.throttled = requests);
    }

    /// Refuses the next request for the operation `O` with this error. Several wait in line.
    pub fn fail_next<O: Operation>(&self, error: ServiceError) {
        self.service.step(|state| {
            let waiting = state.faults.next.entry(O::INFO.name).or_default();
            waiting.push_back(error);
        });
    }

    /// Ends all access tokens at once, as if their time were over. Refresh tokens stay good.
    pub fn expire_access_tokens(&self) {
        self.service
            .step(|state| state.sessions.expire_access_tokens(state.now));
    }

    /// How many access tokens are good now.
    #[must_use]
    pub fn live_access_tokens(&self) -> usize {
        self.service.step(|state| state.sessions.live(state.now))
    }

    /// Breaks off all live channels of a meeting without a word, as a fault of the network does.
    pub fn cut_live_channels(&self, conference_id: &ConferenceId) {
        self.with_notices(conference_id, |run| run.notices.cut());
    }

    /// Sends a text frame as it is to all live channels of a meeting: events that the simulator
    /// does not make itself, or garbage.
    pub fn push_frame(&self, conference_id: &ConferenceId, frame: &str) {
        self.with_notices(conference_id, |run| run.notices.tell_raw(frame));
    }

    fn with_notices(&self, conference_id: &ConferenceId, work: impl FnOnce(&mut Run)) {
        self.service.step(|state| {
            let meeting = state.meetings.get_mut(conference_id);
            if let Some(run) = meeting.and_then(Meeting::run_mut) {
                work(run);
            }
        });
    }

    /// How often the operation `O` was called, refusals included.
    #[must_use]
    pub fn request_count<O: Operation>(&self) -> usize {
        self.service.step(|state| state.log.count(O::INFO.name))
    }

    /// How many requests came, of any kind.
    #[must_use]
    pub fn total_requests(&self) -> usize {
        self.service.step(|state| state.log.total())
    }

    /// The latest requests, 10 000 at most, the oldest first. Secrets are masked.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.service.step(|state| state.log.records())
    }

    /// A meeting as it is now, if there is one with this id.
    #[must_use]
    pub fn meeting(&self, conference_id: &ConferenceId) -> Option<MeetingSnapshot> {
        self.service
            .step(|state: &mut State| state.meetings.get(conference_id).map(snapshot))
    }
}

fn snapshot(meeting: &Meeting) -> MeetingSnapshot {
    let run = meeting.run();
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
        live_channels: run.map_or(0, |run| run.notices.listeners()),
        media: run.map(MediaSnapshot::of),
    }
}

fn participant(participant: &Participant) -> ParticipantSnapshot {
    ParticipantSnapshot {
        id: participant.id.clone(),
        name: participant.name.clone(),
        number: participant.number.clone(),
        host: participant.host,
        muted: participant.muted,
        calling: matches!(participant.presence, Presence::Calling { .. }),
    }
}
