//! `meeting watch` over sockets, on a simulator in the test or in the program.

#![allow(clippy::unwrap_used, reason = "these are tests")]
#![allow(dead_code, reason = "the tests share their support")]

mod support;

use std::{
    io::{BufRead, BufReader, Lines},
    process::{Child, ChildStdout, Command, Stdio},
};

use meeting_blocking::{Client, Control};
use meeting_sim::{MeetingPlan, SimMeeting, Simulator};
use meeting_types::operations::{MuteParticipant, StopMeeting};
use support::{file, meeting, run};

/// The program while it watches a meeting.
struct Watching {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Watching {
    fn start(sim: &Simulator, meeting: &SimMeeting, more: &[&str]) -> Self {
        let endpoint = sim.endpoint().to_string();
        let variables = [
            ("MEETING_ENDPOINT", endpoint.as_str()),
            (
                "MEETING_CONFERENCE_PASSWORD",
                meeting.host_password.expose(),
            ),
        ];
        let id = meeting.conference_id.as_str();
        Self::run(&[&["watch", id], more].concat(), &variables)
    }

    fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_meeting"))
            .args(arguments)
            .env_clear()
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// The next lines, until one of them says this.
    fn until(&mut self, end: impl Fn(&str) -> bool) -> Vec<String> {
        let mut read = Vec::new();
        for line in &mut self.lines {
            read.push(line.unwrap());
            if end(read.last().unwrap()) {
                return read;
            }
        }
        panic!("it ended before: {read:#?}");
    }

    /// The lines that are left when it has ended, which it must do well.
    fn rest(mut self) -> Vec<String> {
        let rest = self.lines.map(Result::unwrap).collect();
        assert!(self.child.wait().unwrap().success());
        rest
    }
}

fn control(sim: &Simulator, meeting: &SimMeeting) -> Control {
    let (id, password) = (&meeting.conference_id, &meeting.host_password);
    let client = Client::anonymous(sim.endpoint());
    client.control(id.clone(), password.clone()).unwrap()
}

fn stop(sim: &Simulator, meeting: &SimMeeting) {
    control(sim, meeting).send(&StopMeeting::new()).unwrap();
}

/// What terminals obey.
const ESCAPES: &str = "\u{1b}[2J\u{7}\u{9b}31m\u{1b}]0;title\u{7}";

#[test]
fn a_meeting_is_told_line_by_line_until_it_ends() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting(MeetingPlan::running(format!("Week{ESCAPES}ly")));
    let id = &meeting.conference_id;
    sim.meeting(id).unwrap().join_as_host("Ann").unwrap();
    let mut watching = Watching::start(&sim, &meeting, &[]);
    let first = watching.until(|line| line == "Ann joined");
    assert!(first.contains(&"the subject is Week[2J31m]0;titlely".to_owned()));
    assert!(first.contains(&"the meeting is running".to_owned()));

    let bo = sim
        .meeting(id)
        .unwrap()
        .join(format!("B{ESCAPES}o"))
        .unwrap()
        .id;
    sim.meeting(id).unwrap().speak([(&bo, 70)]).unwrap();
    let control = control(&sim, &meeting);
    control
        .send(&MuteParticipant::new(bo.clone(), true))
        .unwrap();
    sim.meeting(id).unwrap().push_frame("no JSON");
    sim.meeting(id).unwrap().participant(&bo).leave().unwrap();
    stop(&sim, &meeting);
    let rest = watching.rest();
    assert_eq!(
        rest[..4],
        [
            "B[2J31m]0;titleo joined",
            "B[2J31m]0;titleo speaks",
            "B[2J31m]0;titleo is muted",
            "B[2J31m]0;titleo left",
        ]
    );
    assert_eq!(rest.last().unwrap(), "the meeting is over");
}

#[test]
fn each_event_is_a_line_of_json_without_passwords() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let id = &meeting.conference_id;
    sim.meeting(id)
        .unwrap()
        .join_as_host(format!("A{ESCAPES}nn"))
        .unwrap();
    let mut watching = Watching::start(&sim, &meeting, &["--json"]);
    let mut lines = watching.until(|line| line.contains("NetConditionNotify"));
    sim.meeting(id).unwrap().join("Bo").unwrap();
    stop(&sim, &meeting);
    lines.extend(watching.rest());

    let events: Vec<serde_json::Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let actions: Vec<_> = events
        .iter()
        .map(|event| (event["action"].as_str().unwrap(), &event["msgMode"]))
        .map(|(action, mode)| format!("{action} {mode}"))
        .collect();
    assert_eq!(
        actions,
        [
            "ConfBasicInfoNotify 0",
            "ConfDynamicInfoNotify 0",
            "ParticipantsNotify 0",
            "AttendeesNotify 0",
            "SpeakerChangeNotify 0",
            "WaitingListNotify 0",
            "InterpreterGroupNotify 0",
            "NetConditionNotify 0",
            "ParticipantsNotify 1",
            "ConfDynamicInfoNotify 1",
        ]
    );
    let basic = events[0].to_string();
    assert!(basic.contains(r#""pwd":"***""#), "{basic}");
    assert!(basic.contains(r#""guestJoinUri":"***""#), "{basic}");
    let text = lines.join("\n");
    for secret in [&meeting.host_password, &meeting.guest_password] {
        assert!(!text.contains(secret.expose()), "{text}");
    }
    assert!(
        !text.replace('\n', "").contains(char::is_control),
        "{text:?}"
    );
    assert!(events[2].to_string().contains("31m"), "{text}");
}

#[test]
fn what_does_not_open_says_why() {
    let sim = Simulator::start().unwrap();
    let running = sim.create_meeting("Weekly");
    let later = sim.now() + std::time::Duration::from_secs(24 * 3600);
    let booked = sim.create_meeting(MeetingPlan::booked("Later", later));
    let endpoint = sim.endpoint().to_string();
    let watch = |meeting: &SimMeeting, variables: &[(&str, &str)]| {
        let arguments = ["watch", meeting.conference_id.as_str()];
        let endpoint = [("MEETING_ENDPOINT", endpoint.as_str())];
        run(&arguments, &[&endpoint, variables].concat(), "")
    };
    let with = |password| [("MEETING_CONFERENCE_PASSWORD", password)];
    // As the meeting would be refused to anybody else who does not know the password.
    let line = watch(&running, &with("000")).failed(1);
    assert!(!line.contains("000"), "{line}");
    watch(&booked, &with(booked.host_password.expose())).failed(1);
    let line = watch(&running, &[]).failed(2);
    assert!(line.contains("MEETING_CONFERENCE_PASSWORD"), "{line}");
    let token_alone = [("MEETING_CONFERENCE_TOKEN", "cnr0123")];
    watch(&running, &token_alone).failed(2);
    let line = run(&["watch"], &[("MEETING_ENDPOINT", &endpoint)], "").failed(2);
    assert!(
        line.contains("watch ID") && !line.contains("--conference"),
        "{line}"
    );
    meeting(&["watch", "900825541"]).failed(2);
}

#[test]
fn the_password_may_come_from_a_file() {
    let sim = Simulator::start().unwrap();
    let running = sim.create_meeting("Weekly");
    let text = format!(
        "endpoint = \"{}\"\nconference = \"{}\"\nconference_password = \"{}\"\n",
        sim.endpoint(),
        running.conference_id,
        running.host_password.expose()
    );
    let credentials = file("watch.toml", &text);
    let arguments = ["watch", "--credentials", credentials.to_str().unwrap()];
    let mut watching = Watching::run(&arguments, &[]);
    watching.until(|line| line == "the subject is Weekly");
    stop(&sim, &running);
    assert_eq!(watching.rest().last().unwrap(), "the meeting is over");
}

#[test]
fn a_reader_that_has_seen_enough_ends_it() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let mut watching = Watching::start(&sim, &meeting, &[]);
    watching.until(|line| line == "the subject is Weekly");
    drop(watching.lines);
    // What comes next finds nobody who reads it, while the meeting goes on.
    meeting.join("Ann").unwrap();
    meeting.join("Bo").unwrap();
    assert!(watching.child.wait().unwrap().success());
}

#[test]
fn the_simulator_inside_has_something_to_show() {
    let lines = meeting(&["watch"]).ok();
    for line in [
        "the subject is Demo meeting",
        "Ann joined",
        "Chen joined",
        "Bo and Ann speak",
        "Bo is muted",
        "Dee left",
        "the meeting is over",
    ] {
        assert!(lines.lines().any(|told| told == line), "{line} in {lines}");
    }
}
