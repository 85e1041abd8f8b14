//! What a test or a demo does from outside: simulated people, time, faults.

mod media;
mod people;

use std::time::{Duration, SystemTime};

use meeting_types::{
    ConferenceId, Operation, ParticipantId, Password, ServiceError, Timestamp,
    events::Speaker,
    models::{
        Booking, CallInRestriction, ChatPermission, ClientRecordPermission, ConferenceSettings,
        MediaType,
    },
};

use crate::{
    Clock, RequestRecord, Simulator, refusal,
    state::{
        State,
        meetings::{Meeting, Phase},
        participants::{Participant, Presence},
        rules::Rules,
        run::Run,
        waiting_room::Waiting,
    },
};

pub use media::{LanguageChannel, MediaSnapshot, Recorder, RecordingState};
pub use people::{Device, Visitor};

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

    /// Ends a running meeting, as its host does.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running.
    pub fn end_meeting(&self, conference_id: &ConferenceId) -> Result<(), ServiceError> {
        self.service.step(|state| {
            let meeting = state.meetings.get_mut(conference_id);
            meeting.ok_or(refusal::NO_SUCH_CONFERENCE)?.running()?;
            state.stop(conference_id);
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

    /// Puts the site that manages meetings out of order, for `ShowMgmtSiteStatus` only: whoever joins
    /// by link is to be sent to this address. `None` mends it.
    pub fn redirect_joining(&self, address: Option<&str>) {
        let address = address.map(str::to_owned);
        self.service
            .step(|state| state.management_redirect = address);
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
    ///
    /// A client does not know of it unless it shares the clock: [`Clock::over`].
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

    /// Sends a text frame as it is to all live channels of a meeting: events that the simulator
    /// does not make itself, or garbage.
    pub fn push_frame(&self, conference_id: &ConferenceId, frame: &str) {
        self.with_notices(conference_id, |run| run.notices.tell_raw(frame));
    }

    pub(crate) fn with_notices(&self, conference_id: &ConferenceId, work: impl FnOnce(&mut Run)) {
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

    /// The latest requests, the oldest first: 10 000 at most, with 32 MiB of text at most. Secrets
    /// are masked.
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
    let rules = run.map_or_else(|| Rules::of(meeting), |run| run.rules.clone());
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
            || meeting.setting(|settings| settings.waiting_room),
            |run| run.waiting_room.open,
        ),
        waiting: run.map_or(Vec::new(), |run| {
            run.waiting_room.waiting.iter().map(waiting).collect()
        }),
        locked: rules.locked,
        call_in_restriction: rules.call_in,
        camera_allowed: rules.camera_allowed,
        rename_allowed: rules.rename_allowed,
        sharing_locked: rules.sharing_locked,
        take_over_sharing: rules.take_over_sharing,
        chat_permission: rules.chat,
        client_record_permission: rules.client_record,
        paused: rules.paused,
        audience_allowed: rules.audience_allowed,
        live_channels: run.map_or(0, |run| run.notices.listeners()),
        media: run.map(MediaSnapshot::of),
    }
}

fn participant(participant: &Participant) -> ParticipantSnapshot {
    let conduct = &participant.conduct;
    ParticipantSnapshot {
        id: participant.id.clone(),
        name: participant.name.clone(),
        number: participant.number.clone(),
        host: participant.host,
        muted: participant.muted,
        calling: matches!(participant.presence, Presence::Calling { .. }),
        cohost: conduct.cohost,
        hand_raised: conduct.hand_raised,
        sharing: conduct.sharing,
        camera_on: conduct.camera_on,
        may_record: conduct.may_record,
        recording: conduct.recording,
        asked_for_camera: conduct.asked_for_camera,
        asked_to_share: conduct.asked_to_share,
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
