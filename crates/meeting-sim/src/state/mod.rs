//! Everything the simulator knows, and how it changes as time passes.

pub(crate) mod booking;
pub(crate) mod corp;
pub(crate) mod errors;
pub(crate) mod faults;
pub(crate) mod feed;
pub(crate) mod limits;
pub(crate) mod logins;
pub(crate) mod past;
pub(crate) mod random;
pub(crate) mod request_log;
pub(crate) mod resources;
pub(crate) mod rows;
pub(crate) mod running;

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::{Duration, SystemTime},
};

use meeting_types::{
    AccessToken, AccountId, ConferenceCredential, ConferenceId, ConferenceUuid, Endpoint, JoinUrl,
    Password, ServiceError,
    models::{AccountStatus, Booking},
};

use self::{
    booking::meetings::{Meeting, Phase, Role, booked_length},
    corp::{corps::Room, directory::Directory, people::User},
    faults::Faults,
    feed::{Feeds, webhooks::Webhooks},
    limits::Limits,
    logins::{
        control_tokens::{ControlToken, ControlTokens},
        lockout::{Attempt, Lockout},
        sessions::Sessions,
    },
    past::{Past, PastRun},
    random::Random,
    request_log::RequestLog,
    resources::Resources,
    rows::Rows,
    running::{
        RunningMeeting, arrival::Arrival, record::Controlled, recording::Recording, settings,
    },
};
use crate::vocabulary::CallOutcome;

/// What does not change while the simulator runs.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Where the simulator is.
    pub(crate) endpoint: Endpoint,
    /// What it says in `wsURL`.
    pub(crate) web_socket_url: String,
    /// What it says as its public address.
    pub(crate) public_ip: String,
    /// How long a simulated telephone rings.
    pub(crate) answer_after: Duration,
    /// What a throttled request is told to wait.
    pub(crate) retry_after: Duration,
    /// Whether meetings can have co-hosts.
    pub(crate) cohosts: bool,
    /// Whether guests can call devices in by the guest password.
    pub(crate) guests_call_devices: bool,
    /// The account of the user on whose behalf the simulator itself books.
    pub(crate) house_account: AccountId,
    /// Whether values of enums are taken that nobody documents.
    pub(crate) lenient: bool,
    /// What no name may contain.
    pub(crate) banned_words: Vec<String>,
}

impl Settings {
    /// Whether somebody may be called so from now on.
    pub(crate) fn check_name(&self, name: &str) -> Result<(), ServiceError> {
        if name.trim().is_empty() {
            return Err(errors::NAME_EMPTY.into());
        }
        let name = name.to_lowercase();
        if self.banned_words.iter().any(|word| name.contains(word)) {
            return Err(errors::BANNED_WORD.into());
        }
        Ok(())
    }
}

/// How many meetings that are over for good are kept, to say so. The oldest are forgotten first.
const OVER: usize = 1000;

/// Everything the simulator knows.
#[derive(Debug)]
pub(crate) struct State {
    /// The time of the step that is being made. It stands still during a step.
    pub(crate) now: SystemTime,
    pub(crate) random: Random,
    pub(crate) settings: Settings,
    pub(crate) directory: Directory,
    pub(crate) sessions: Sessions,
    pub(crate) meetings: Rows<ConferenceId, Meeting>,
    pub(crate) control_tokens: ControlTokens,
    pub(crate) calls: Calls,
    pub(crate) faults: Faults,
    pub(crate) limits: Limits,
    pub(crate) log: RequestLog,
    /// Meetings that are over for good, the one that ended first before the others.
    pub(crate) over: VecDeque<ConferenceId>,
    /// The runs that are over.
    pub(crate) past: Past,
    /// Who is told what of the meetings that run.
    pub(crate) feeds: Feeds,
    pub(crate) webhooks: Webhooks,
    pub(crate) resources: Resources,
    /// Where joining people are sent while the site that manages meetings is out of order.
    pub(crate) management_redirect: Option<String>,
}

/// How simulated calls end.
#[derive(Debug)]
pub(crate) struct Calls {
    pub(crate) usual: CallOutcome,
    pub(crate) by_number: HashMap<String, CallOutcome>,
}

impl Calls {
    fn outcome(&self, number: Option<&str>) -> CallOutcome {
        number
            .and_then(|number| self.by_number.get(number))
            .unwrap_or(&self.usual)
            .clone()
    }
}

impl State {
    /// Catches up with the time: calls end, meetings end, silent connections close.
    pub(crate) fn catch_up(&mut self, now: SystemTime) {
        self.now = now;
        self.feeds.close_silent(now);
        for id in self.meetings.due(now) {
            let Some(meeting) = self.meetings.get_mut(&id) else {
                continue;
            };
            if let Some(run) = meeting.run_mut() {
                run.end_calls(now);
                if run.is_over(now) {
                    let run = end_run(meeting, &mut self.feeds, now, &mut self.random);
                    run.into_iter().for_each(|run| self.past.add(run));
                }
            }
            if matches!(meeting.phase, Phase::Booked) && now >= meeting.end() {
                meeting.conclude(now);
            }
        }
    }

    /// Tells listeners what has changed.
    pub(crate) fn publish(&mut self) {
        let (now, random, feeds) = (self.now, &mut self.random, &mut self.feeds);
        let touched = self
            .meetings
            .settle(|meeting| feeds.publish(meeting, now, random));
        for id in &touched {
            if self.meetings.get(id).is_some_and(Meeting::is_over) && !self.over.contains(id) {
                self.over.push_back(id.clone());
            }
        }
        self.webhooks.observe(&self.meetings, &touched, now);
        while self.over.len() > OVER {
            if let Some(id) = self.over.pop_front() {
                self.meetings.forget(&id);
                self.webhooks.forget(&id);
            }
        }
        self.webhooks.dispatch(now, random);
    }

    /// When something happens next by itself.
    pub(crate) fn deadline(&self) -> Option<SystemTime> {
        let meetings = self.meetings.deadline().into_iter();
        let feeds = self.feeds.deadline();
        meetings.chain(feeds).chain(self.webhooks.deadline()).min()
    }

    /// The user of an access token.
    pub(crate) fn user_of(&self, token: &AccessToken) -> Result<Arc<User>, ServiceError> {
        let session = self.sessions.find(token, self.now)?;
        let user = self.directory.user(&session.user);
        // Whoever is gone or disabled is logged in no more.
        let user = user.filter(|user| user.status != AccountStatus::Disabled);
        Ok(Arc::clone(user.ok_or(errors::TOKEN_INVALID)?))
    }

    /// What a control token allows, if its meeting still runs.
    pub(crate) fn control_of(
        &mut self,
        given: &ConferenceCredential,
    ) -> Result<ControlToken, ServiceError> {
        let ConferenceCredential {
            conference_id,
            token,
            ..
        } = given;
        let control = self
            .control_tokens
            .find(conference_id, token, self.now)
            .cloned();
        let control = control.ok_or(errors::NOT_FOUND_OR_REFUSED)?;
        let meeting = self.meetings.get_mut(conference_id);
        let run = meeting.ok_or(errors::NOT_FOUND_OR_REFUSED)?.running()?;
        if run.uuid == control.run {
            Ok(control)
        } else {
            Err(errors::NOT_FOUND_OR_REFUSED.into())
        }
    }

    /// The run that a request for control names.
    pub(crate) fn controlled_run(&self, query: &str) -> Option<(ConferenceId, ConferenceUuid)> {
        let id = ConferenceId::new(parameter(query, "conferenceID")?);
        let run = self.meetings.get(&id)?.run()?;
        Some((id, run.uuid.clone()))
    }

    /// Notes that a run was controlled, whether it still runs or was ended by it.
    pub(crate) fn note_control(
        &mut self,
        (conference, run): (ConferenceId, ConferenceUuid),
        operation: &'static str,
        query: &str,
        refused: Option<String>,
    ) {
        let scheduler = self.meetings.get(&conference);
        let operator = scheduler.map(|meeting| meeting.scheduler_name.clone());
        let controlled = Controlled {
            at: self.now,
            operator: operator.unwrap_or_default(),
            operation,
            target: parameter(query, "participantID").map(str::to_owned),
            refused,
        };
        let running = self
            .meetings
            .get_mut(&conference)
            .and_then(Meeting::run_mut);
        match running.filter(|running| running.uuid == run) {
            Some(running) => running.record.controls.push(controlled),
            None => {
                if let Some(past) = self.past.get_mut(&run) {
                    past.record.controls.push(controlled);
                }
            }
        }
    }

    /// Books a meeting; one without a start time runs at once.
    pub(crate) fn book(&mut self, mut booking: Booking, scheduler: &User) -> ConferenceId {
        let mut id = ConferenceId::new(self.random.digits(9));
        while self.meetings.contains_key(&id) {
            id = ConferenceId::new(self.random.digits(9));
        }
        let host_password = Password::new(self.random.digits(6));
        let chosen = booking.settings.as_ref();
        let chosen = chosen.and_then(|settings| settings.guest_password.clone());
        let guest_password = chosen.unwrap_or_else(|| {
            let mut digits = self.random.digits(6);
            while digits == host_password.expose() {
                digits = self.random.digits(6);
            }
            Password::new(digits)
        });
        let endpoint = &self.settings.endpoint;
        let random = &mut self.random;
        let mut link =
            || JoinUrl::new(format!("{endpoint}/#/j/{}/{}", id.as_str(), random.hex(48)));
        let (host_link, guest_link) = (link(), link());
        let immediate = booking.start_time.is_none();
        if booking.subject.is_none() {
            booking.subject = Some(format!("{}'s meeting", scheduler.name));
        }
        let meeting = Meeting {
            start: booking.start_time.map_or(self.now, SystemTime::from),
            id: id.clone(),
            booking,
            immediate,
            host_password,
            guest_password,
            host_link,
            guest_link,
            scheduler: scheduler.uuid.clone(),
            scheduler_name: scheduler.name.clone(),
            corp_id: scheduler.corp_id.clone(),
            room: None,
            dept_name: self.directory.dept_name(scheduler),
            phase: Phase::Booked,
            series: None,
            cohosts: self.settings.cohosts,
            joining: Lockout::default(),
            control: Lockout::default(),
        };
        self.meetings.put(id.clone(), meeting);
        if immediate {
            self.begin(&id);
        }
        id
    }

    /// The cloud room that a booking asks for: the booker's, and free at that time.
    pub(crate) fn room_for(
        &self,
        booking: &Booking,
        booker: &User,
        but: Option<&ConferenceId>,
    ) -> Result<Option<Room>, ServiceError> {
        if booking.uses_vmr != Some(true) {
            return Ok(None);
        }
        let id = booking.vmr_id.as_ref().ok_or_else(|| {
            errors::PARAMETER.with_message("`vmrID` is missing, and `vmrFlag` asks for a room")
        })?;
        let room = self.directory.corp(&booker.corp_id)?.rooms.get(id);
        let room = room.filter(|room| room.owner.as_ref() == Some(&booker.uuid));
        let room = room.ok_or(errors::NOT_YOUR_ROOM)?;
        let start = booking.start_time.map_or(self.now, SystemTime::from);
        let end = start + booked_length(booking);
        let taken = self.meetings.values().any(|other| {
            Some(&other.id) != but
                && !other.is_over()
                && other.room.as_ref().is_some_and(|(other, _)| other == id)
                && other.start < end
                && start < other.end()
        });
        if taken {
            return Err(errors::ROOM_TAKEN.into());
        }
        Ok(Some(room.clone()))
    }

    /// Puts a meeting into a room, whose passwords open it.
    pub(crate) fn move_into(&mut self, id: &ConferenceId, room: Option<Room>) {
        if let Some(meeting) = self.meetings.get_mut(id) {
            meeting.room = room
                .as_ref()
                .map(|room| (room.id.clone(), room.conference_id.clone()));
            if let Some(room) = room {
                meeting.host_password = room.host_password;
                meeting.guest_password = room
                    .guest_password
                    .unwrap_or(meeting.guest_password.clone());
            }
        }
    }

    /// Starts a booked meeting, unless it runs already.
    pub(crate) fn start(&mut self, id: &ConferenceId) -> Result<(), ServiceError> {
        let meeting = self.meetings.get(id).ok_or(errors::NO_SUCH_CONFERENCE)?;
        match meeting.phase {
            Phase::Running(_) => Ok(()),
            Phase::Ended => Err(errors::ENDED.into()),
            Phase::Booked => {
                self.begin(id);
                Ok(())
            }
        }
    }

    /// Lets a meeting run that waited for its time.
    fn begin(&mut self, id: &ConferenceId) {
        let Some(meeting) = self.meetings.get_mut(id) else {
            return;
        };
        let (now, random) = (self.now, &mut self.random);
        // Without prolonging, the length counts from the start; otherwise the clock counts.
        let ends = if settings::prolongation(&meeting.booking).is_zero() {
            now + meeting.length()
        } else {
            meeting.end()
        };
        let mut run = RunningMeeting::new(&meeting.booking, now, ends, random);
        run.recording = Recording::at_start(&meeting.booking, self.resources.recorder);
        for attendee in meeting.booking.attendees.iter().flatten() {
            if attendee.auto_invite == Some(true) {
                let arrival = Arrival::booked(attendee);
                let outcome = self.calls.outcome(arrival.number.as_deref());
                run.call(arrival, now + self.settings.answer_after, outcome, random);
            }
        }
        meeting.phase = Phase::Running(Box::new(run));
    }

    /// Ends a running meeting.
    pub(crate) fn stop(&mut self, id: &ConferenceId) {
        if let Some(meeting) = self.meetings.get_mut(id) {
            let run = end_run(meeting, &mut self.feeds, self.now, &mut self.random);
            run.into_iter().for_each(|run| self.past.add(run));
        }
    }

    /// Calls somebody into a running meeting.
    pub(crate) fn call(&mut self, id: &ConferenceId, arrival: Arrival) {
        let outcome = self.calls.outcome(arrival.number.as_deref());
        let until = self.now + self.settings.answer_after;
        if let Some(run) = self.meetings.get_mut(id).and_then(Meeting::run_mut) {
            run.call(arrival, until, outcome, &mut self.random);
        }
    }

    /// A meeting that is not over, for somebody who gives a password to join it.
    pub(crate) fn meeting_for_joining(
        &mut self,
        id: &ConferenceId,
        password: &Password,
    ) -> Result<(Role, &mut Meeting), ServiceError> {
        let meeting = self.meetings.get_mut(id);
        let meeting = meeting
            .filter(|meeting| !meeting.is_over())
            .ok_or(errors::NO_SUCH_CONFERENCE)?;
        let role = meeting.role_of(password);
        match meeting.joining.attempt(self.now, role.is_some()) {
            Attempt::Locked => Err(errors::ANONYMOUS_LOCKED.into()),
            Attempt::Wrong => Err(errors::WRONG_PASSWORD.into()),
            Attempt::Right => Ok((role.ok_or(errors::WRONG_PASSWORD)?, meeting)),
        }
    }

    /// Whether somebody booked the meeting, or administers the enterprise that did.
    pub(crate) fn may_manage(user: &User, meeting: &Meeting) -> bool {
        meeting.scheduler == user.uuid || (user.is_admin() && meeting.corp_id == user.corp_id)
    }

    /// The user on whose behalf the simulator itself books.
    pub(crate) fn house_user(&mut self) -> Arc<User> {
        let account = self.settings.house_account.clone();
        if let Some(user) = self.directory.people.by_account(&account) {
            return Arc::clone(user);
        }
        let (corp_id, now) = (self.directory.corp_id.clone(), self.now);
        let name = account
            .as_str()
            .split('@')
            .next()
            .unwrap_or_default()
            .to_owned();
        let user = User::new(account, name, corp_id, now, &mut self.random);
        self.directory.add(user.clone(), now, &mut self.random);
        Arc::new(user)
    }
}

/// A parameter of a query. Ids are made of letters and digits, so there is nothing to decode.
fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Ends the run of a meeting, if it runs. A booking that is not over yet stays. Answers what is left
/// of the run.
fn end_run(
    meeting: &mut Meeting,
    feeds: &mut Feeds,
    now: SystemTime,
    random: &mut Random,
) -> Option<PastRun> {
    feeds.publish(meeting, now, random);
    let keeps_booking = !meeting.immediate && now < meeting.end();
    let conference = meeting.conference(Role::Host);
    let run = meeting.run_mut()?;
    // Where the clock was moved, the end has been for a while.
    let ended = now.min(run.ends).max(run.started);
    run.record.close(ended);
    let past = PastRun {
        uuid: run.uuid.clone(),
        invited: run.invited.clone(),
        started: run.started,
        ended,
        record: std::mem::take(&mut run.record),
        deleted: false,
        conference,
        corp_id: meeting.corp_id.clone(),
        scheduler: meeting.scheduler.clone(),
    };
    feeds.end(&meeting.id, now, random);
    if keeps_booking {
        meeting.phase = Phase::Booked;
    } else {
        meeting.conclude(now);
    }
    Some(past)
}
