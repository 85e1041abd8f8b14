//! Runs one schedule against a simulator of its own.

use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};
use meeting_client::{
    Config, Error, RetryPolicy,
    channel::{ChannelError, ChannelOptions},
    follow::LiveOptions,
};
use meeting_sim::{SimMeeting, Simulator};
use meeting_testing::fault::FaultProxy;
use meeting_types::{
    ParticipantId, Timestamp,
    models::{Booking as NewBooking, MediaType},
    operations::{CancelMeeting, CreateMeeting, MuteParticipant, SearchMeetings},
};

use crate::{
    audit::{self, Booking, Claim, Standard},
    client::{Client, Setup, Told},
    schedule::{Schedule, Step},
};

/// The time for a call.
const DEADLINE: Duration = Duration::from_secs(2);
/// The time to open a connection of an event channel.
const CONNECT: Duration = Duration::from_millis(400);
/// What a loaded machine may add to a deadline.
const GRACE: Duration = Duration::from_secs(1);
/// In which a follower knows the meeting as it is, however its first connections failed.
const CATCH_UP: Duration = Duration::from_secs(10);

fn configure(config: Config) -> Config {
    let backoff = (Duration::from_millis(5), Duration::from_millis(40));
    config
        .deadline(DEADLINE)
        .attempt_timeout(Duration::from_millis(350))
        .retry(RetryPolicy::default().backoff(backoff.0, backoff.1))
}

fn live_options() -> LiveOptions {
    let channel = ChannelOptions::new()
        .connect_timeout(CONNECT)
        .ack_timeout(Duration::from_millis(300))
        .heartbeat_interval(Duration::from_millis(150))
        .silence_limit(Duration::from_millis(500));
    LiveOptions::new()
        .backoff(Duration::from_millis(10), Duration::from_millis(80))
        .give_up_after(CATCH_UP * 2)
        .channel(channel)
}

/// A start of meetings, which are booked by the whole minute.
pub(crate) fn in_an_hour() -> Timestamp {
    let seconds = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let later = Duration::from_secs((seconds / 60 + 60) * 60);
    Timestamp::from(SystemTime::UNIX_EPOCH + later)
}

/// What came of a schedule.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The kinds of faults that connections were given.
    pub(crate) kinds: Vec<&'static str>,
    pub(crate) connections: usize,
    pub(crate) calls: usize,
    /// Single-use calls, by what was told: done, not done, unknown.
    pub(crate) bookings: [usize; 3],
    /// Followers that caught up, and those that ended with an error.
    pub(crate) followed: [usize; 2],
    pub(crate) longest: Duration,
    pub(crate) wrong: Vec<String>,
}

/// Runs the schedule of a seed with one of the clients.
pub(crate) fn schedule<C: Client>(seed: u64) -> Result<Report> {
    let schedule = Schedule::from_seed(seed);
    let sim = Simulator::builder().seed(seed).start()?;
    let proxy = FaultProxy::start(sim.address(), schedule.plan.clone())?;
    let client = C::new(&Setup {
        proxy: proxy.address(),
        sim: sim.address(),
        credentials: sim.app_credential().user_id("alice").into(),
        configure,
    })?;
    let meeting = sim.create_meeting("Running");
    let ann = meeting.join("Ann")?.id;
    let mut run = Run {
        client,
        sim,
        meeting,
        ann,
        standard: Standard::of(&schedule.plan),
        bookings: Vec::new(),
        report: Report::default(),
    };
    for (number, step) in schedule.steps.iter().enumerate() {
        run.step(number, *step)?;
    }
    let traffic = proxy.traffic();
    run.report.kinds = traffic.kinds;
    run.report.connections = traffic.connections;
    drop(proxy);
    run.audit()?;
    Ok(run.report)
}

struct Run<C> {
    client: C,
    sim: Simulator,
    meeting: SimMeeting,
    ann: ParticipantId,
    standard: Standard,
    bookings: Vec<Booking>,
    report: Report,
}

impl<C: Client> Run<C> {
    /// Runs a call and checks that it ends in time.
    fn timed<T>(
        &mut self,
        name: &str,
        allowed: Duration,
        call: impl FnOnce(&C) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let start = Instant::now();
        let result = call(&self.client);
        let elapsed = start.elapsed();
        self.report.calls += 1;
        self.report.longest = self.report.longest.max(elapsed);
        if let Some(wrong) = result
            .as_ref()
            .err()
            .and_then(|error| self.standard.judge(error))
        {
            self.report.wrong.push(format!("{name}: {wrong}"));
        }
        if elapsed > allowed + GRACE {
            let error = result.as_ref().err();
            let wrong = format!("{name} took {elapsed:?} of {allowed:?}: {error:?}");
            self.report.wrong.push(wrong);
        }
        result
    }

    fn step(&mut self, number: usize, step: Step) -> Result<()> {
        match step {
            Step::Book => self.book(number),
            Step::List => {
                let list = SearchMeetings::new().limit(500);
                // What it answers is compared at the end, without faults.
                let listed = self.timed("list", DEADLINE, |client| client.send(&list));
                if let Err(error) = listed
                    && self.standard.one_hiccup
                {
                    let wrong = format!("one failing connection failed a reading call: {error}");
                    self.report.wrong.push(wrong);
                }
            }
            Step::Cancel => self.cancel(),
            Step::Control => self.control(),
            Step::Follow => self.follow(number)?,
            Step::LogOut => {
                // A token that was lost is the service's to forget.
                let _ = self.timed("log out", DEADLINE, C::log_out);
            }
        }
        Ok(())
    }

    fn book(&mut self, number: usize) {
        let subject = format!("booking-{number}");
        // Later, or it would run and could not be cancelled.
        let booking = NewBooking::new([MediaType::Voice])
            .subject(subject.as_str())
            .start_time(in_an_hour());
        let create = CreateMeeting::new(booking);
        let result = self.timed("book", DEADLINE, |client| client.send(&create));
        let claim = Claim::of(&result);
        let index = match claim {
            Claim::Done => 0,
            Claim::NotDone => 1,
            Claim::Unknown => 2,
        };
        self.report.bookings[index] += 1;
        let id = result.ok().and_then(|booked| {
            let first = booked.into_iter().next()?;
            Some(first.conference_id)
        });
        self.bookings.push(Booking {
            subject,
            claim,
            id,
            cancelled: None,
        });
    }

    fn cancel(&mut self) {
        let next = self
            .bookings
            .iter()
            .position(|booking| booking.id.is_some() && booking.cancelled.is_none());
        let Some(index) = next else {
            return;
        };
        let Some(id) = self.bookings[index].id.clone() else {
            return;
        };
        let cancel = CancelMeeting::new(id);
        let result = self.timed("cancel", DEADLINE, |client| client.send(&cancel));
        let claim = match &result {
            // It was there, so an earlier attempt has removed it, and it is gone either way.
            Err(error) if error.is_not_found() => {
                self.report
                    .wrong
                    .extend(self.standard.judge_not_found(error));
                Claim::Done
            }
            result => Claim::of(result),
        };
        self.bookings[index].cancelled = Some(claim);
    }

    fn control(&mut self) {
        let (id, password) = (
            self.meeting.conference_id.clone(),
            self.meeting.host_password.clone(),
        );
        let control = self.timed("control", DEADLINE, |client| client.control(&id, &password));
        let Ok(control) = control else {
            return;
        };
        let mute = MuteParticipant::new(self.ann.clone(), true);
        let muted = self.timed("mute", DEADLINE, |client| client.command(&control, &mute));
        let is_muted = self.meeting.snapshot().is_some_and(|meeting| {
            let mut people = meeting.participants.iter();
            people.any(|person| person.id == self.ann && person.muted)
        });
        if muted.is_ok() && !is_muted && self.standard.is_honest() {
            self.report
                .wrong
                .push("told as muted, and is not".to_owned());
        }
    }

    fn follow(&mut self, number: usize) -> Result<()> {
        let (id, password) = (
            self.meeting.conference_id.clone(),
            self.meeting.host_password.clone(),
        );
        let Ok(control) = self.timed("control", DEADLINE, |client| client.control(&id, &password))
        else {
            return Ok(());
        };
        let opened = self.timed("events", DEADLINE + CONNECT, |client| {
            client.events(&control, live_options())
        });
        let mut events = match opened {
            Ok(events) => events,
            Err(Error::Channel(ChannelError::Refused {
                status: 100..200, ..
            })) => {
                let wrong = "an interim response was taken for a refusal".to_owned();
                self.report.wrong.push(wrong);
                return Ok(());
            }
            // The first connection is tried once.
            Err(_) => return Ok(()),
        };
        self.meeting.join(format!("Visitor {number}"))?;
        let there = self.meeting.snapshot().context("the meeting runs")?;
        let there = there.participants.len();
        let start = Instant::now();
        let mut gaps = 0_usize;
        loop {
            let meeting = C::meeting(&events);
            if meeting.participants().len() == there && !meeting.is_stale() {
                self.report.followed[0] += 1;
                return Ok(());
            }
            match self.client.next(&mut events, Duration::from_millis(200)) {
                Told::Notice(notice) => gaps += usize::from(notice.event().is_none()),
                Told::Nothing => {}
                Told::Failed(error) => {
                    self.report.followed[1] += 1;
                    self.report.wrong.extend(self.standard.judge_end(&error));
                    return Ok(());
                }
                Told::Over => {
                    let wrong = "the events ended without an error, and the meeting runs";
                    self.report.wrong.push(wrong.to_owned());
                    return Ok(());
                }
            }
            if start.elapsed() > CATCH_UP {
                let meeting = C::meeting(&events);
                // Bytes that were changed can tell a state that is whole and wrong.
                if self.standard.is_honest() {
                    self.report.wrong.push(format!(
                        "after {CATCH_UP:?} and {gaps} notices besides events {} of {there} are \
                         known, stale: {}",
                        meeting.participants().len(),
                        meeting.is_stale(),
                    ));
                }
                return Ok(());
            }
        }
    }

    /// Compares with the simulator's record, past the proxy.
    fn audit(&mut self) -> Result<()> {
        let direct = C::new(&Setup {
            proxy: self.sim.address(),
            sim: self.sim.address(),
            credentials: self.sim.app_credential().user_id("alice").into(),
            configure: |config| config,
        })?;
        let held = direct
            .send(&SearchMeetings::new().limit(500))
            .context("the simulator answers without faults")?;
        let wrong = audit::bookings(&self.bookings, &held.data, self.standard);
        self.report.wrong.extend(wrong);
        Ok(())
    }
}
