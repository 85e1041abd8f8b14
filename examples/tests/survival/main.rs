//! Following a meeting while everything breaks: connections, tokens, the service itself. Both worlds
//! go through the same.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "these are tests")]

mod pace;
mod storm;
mod subtitles;
mod trouble;

use std::{thread, time::Duration};

use meeting_async::{
    Error, LiveMeeting, LiveOptions, Notice,
    types::{ParticipantId, events::SubtitleSwitch, models::ParticipantRole},
};
use meeting_sim::{MeetingSnapshot, ParticipantSnapshot, SimMeeting, Simulator};

type Failure = Box<dyn std::error::Error>;

/// A program that follows a meeting, whichever world it lives in.
trait Follower {
    fn next(&mut self) -> Option<Result<Notice, Error>>;
    fn meeting(&self) -> &LiveMeeting;
    fn switch_subtitles(&mut self, switch: SubtitleSwitch);
    /// How many tasks are alive.
    fn tasks(&self) -> usize;
    /// Does something else for a while.
    fn pause(&self, span: Duration);
}

struct Blocking(meeting_blocking::LiveEvents);

impl Follower for Blocking {
    fn next(&mut self) -> Option<Result<Notice, Error>> {
        self.0.next()
    }

    fn meeting(&self) -> &LiveMeeting {
        self.0.meeting()
    }

    fn switch_subtitles(&mut self, switch: SubtitleSwitch) {
        self.0.switch_subtitles(switch);
    }

    fn tasks(&self) -> usize {
        0
    }

    fn pause(&self, span: Duration) {
        thread::sleep(span);
    }
}

struct Async {
    events: meeting_async::LiveEvents,
    runtime: tokio::runtime::Runtime,
}

impl Follower for Async {
    fn next(&mut self) -> Option<Result<Notice, Error>> {
        self.runtime.block_on(self.events.next())
    }

    fn meeting(&self) -> &LiveMeeting {
        self.events.meeting()
    }

    fn switch_subtitles(&mut self, switch: SubtitleSwitch) {
        self.events.switch_subtitles(switch);
    }

    fn tasks(&self) -> usize {
        self.runtime.metrics().num_alive_tasks()
    }

    fn pause(&self, span: Duration) {
        self.runtime
            .block_on(async { tokio::time::sleep(span).await });
    }
}

/// Opens the events of a meeting in one of the worlds.
type Follow = fn(&Simulator, &SimMeeting, LiveOptions) -> Result<Box<dyn Follower>, Failure>;

fn follow_blocking(
    sim: &Simulator,
    meeting: &SimMeeting,
    options: LiveOptions,
) -> Result<Box<dyn Follower>, Failure> {
    let client = meeting_blocking::Client::anonymous(sim.endpoint());
    let id = meeting.conference_id.clone();
    let control = client.control(id, meeting.host_password.clone())?;
    Ok(Box::new(Blocking(control.events_with(options)?)))
}

fn follow_async(
    sim: &Simulator,
    meeting: &SimMeeting,
    options: LiveOptions,
) -> Result<Box<dyn Follower>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let events = runtime.block_on(async {
        let client = meeting_async::Client::anonymous(sim.endpoint());
        let id = meeting.conference_id.clone();
        let control = client.control(id, meeting.host_password.clone()).await?;
        control.events_with(options).await
    })?;
    Ok(Box::new(Async { events, runtime }))
}

/// What a test does in both worlds.
const WORLDS: [Follow; 2] = [follow_blocking, follow_async];

/// Takes notices until the follower knows what the simulator knows.
fn catch_up(follower: &mut dyn Follower, meeting: &SimMeeting) -> Vec<Notice> {
    let mut seen = Vec::new();
    loop {
        let truth = meeting.snapshot().expect("a meeting");
        let known = follower.meeting();
        if !known.is_stale() && knows(known, &truth) {
            return seen;
        }
        let notice = follower.next().expect("it goes on");
        seen.push(notice.expect("no failure"));
    }
}

/// Takes notices until nothing more is on its way.
fn settle(follower: &mut dyn Follower, meeting: &SimMeeting) {
    catch_up(follower, meeting);
    // Frames keep their order, so this one is the last.
    meeting.push_frame(r#"{"action":"MarkNotify"}"#);
    loop {
        let notice = follower.next().expect("it goes on").expect("no failure");
        if notice
            .event()
            .is_some_and(|event| event.kind.as_str() == "MarkNotify")
        {
            return;
        }
    }
}

fn options() -> LiveOptions {
    LiveOptions::new().backoff(Duration::from_millis(1), Duration::from_millis(20))
}

fn meeting(sim: &Simulator) -> Result<SimMeeting, Failure> {
    let meeting = sim.create_meeting("Trouble");
    meeting.join_as_host("Ann")?;
    Ok(meeting)
}

/// A meeting with its host in it, and somebody who follows it and has been told everything.
fn begin(
    follow: Follow,
    options: LiveOptions,
) -> Result<(Simulator, SimMeeting, Box<dyn Follower>), Failure> {
    let sim = Simulator::start()?;
    let meeting = meeting(&sim)?;
    let mut follower = follow(&sim, &meeting, options)?;
    settle(&mut *follower, &meeting);
    Ok((sim, meeting, follower))
}

/// Whether the follower knows what the simulator knows.
fn knows(known: &LiveMeeting, truth: &MeetingSnapshot) -> bool {
    let mut actual: Vec<_> = truth.participants.iter().map(facts).collect();
    actual.sort();
    let seen = known.participants().map(|person| {
        let is_host = person.role == Some(ParticipantRole::Host);
        let switches = [
            person.muted,
            person.hand_raised,
            person.sharing,
            person.camera_on,
        ];
        let switches = switches.map(|on| on.unwrap_or_default());
        (
            &person.participant_id,
            person.name.as_deref().unwrap_or_default(),
            is_host,
            switches,
        )
    });
    let speakers = known
        .speakers()
        .iter()
        .map(|speaker| &speaker.participant_id);
    seen.eq(actual)
        && speakers.eq(&truth.speakers)
        && known.subject() == Some(&truth.subject)
        && known.is_locked() == truth.locked
        && known.dynamic_info().mute_on_entry == Some(truth.mute_on_entry)
}

fn facts(person: &ParticipantSnapshot) -> (&ParticipantId, &str, bool, [bool; 4]) {
    let switches = [
        person.muted,
        person.hand_raised,
        person.sharing,
        person.camera_on,
    ];
    (&person.id, &person.name, person.host, switches)
}
