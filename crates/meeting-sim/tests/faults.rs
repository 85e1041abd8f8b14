//! Faults on demand: restarts, channels that break, tokens that end.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    thread,
    time::Duration,
};

use meeting_sim::{MeetingPlan, MeetingSnapshot, MeetingState, SimMeeting, Simulator};
use meeting_types::{
    ConferenceCredential, SecretText,
    events::{ClientFrame, EventKind, ServerFrame},
    operations::{
        CreateConfToken, CreateWebSocketToken, MuteMeeting, SearchMeetings,
        ShowRealTimeInfoOfMeeting,
    },
    webhooks::WebhookEventKind as Kind,
};
use support::{
    Live, PATIENCE, Said, bad, call, control, control_by, eventually, listener, log_in,
    receiver::{Mood, told},
    refused, update,
};

const PEOPLE: &[EventKind] = &[EventKind::Participants];

fn snapshot(meeting: &SimMeeting) -> MeetingSnapshot {
    meeting.snapshot().unwrap()
}

/// Waits for the end of a connection, be it a reset.
fn ends(mut stream: &TcpStream) -> bool {
    match stream.read(&mut [0]) {
        Ok(read) => read == 0,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    }
}

#[test]
fn a_restart_breaks_connections_and_nothing_else() {
    for tls in [false, true] {
        let sim = Simulator::builder().tls(tls).start().unwrap();
        let (address, endpoint) = (sim.address(), sim.endpoint());
        let authority = sim.ca_pem().map(str::to_owned);
        let login = log_in(&sim);
        let meeting = sim.create_meeting(
            MeetingPlan::running("Weekly").record_type(meeting_types::models::RecordType::Record),
        );
        let ann = meeting.join("Ann").unwrap().id;
        let host = control(&sim, &meeting);
        let guest = control_by(&sim, &meeting, &meeting.guest_password);
        let issued = call(&sim, &CreateWebSocketToken::new(), &host).unwrap();
        let requests = sim.total_requests();
        let mut live = listener(&sim, &host, PEOPLE);
        let idle = TcpStream::connect(address).unwrap();
        idle.set_read_timeout(Some(PATIENCE)).unwrap();
        let before = snapshot(&meeting);
        assert_eq!(before.live_channels, 1);

        sim.restart().unwrap();
        assert_eq!((sim.address(), sim.endpoint()), (address, endpoint));
        assert_eq!(sim.ca_pem(), authority.as_deref());
        assert!(matches!(live.hear(), Said::Closed));
        assert!(ends(&idle));
        let mut after = snapshot(&meeting);
        assert_eq!(after.live_channels, 0);
        after.live_channels = 1;
        assert_eq!(after, before);
        assert!(sim.total_requests() > requests);

        // All tokens are good, and all goes on.
        call(&sim, &SearchMeetings::new(), &login).unwrap();
        call(&sim, &ShowRealTimeInfoOfMeeting::new(), &guest).unwrap();
        let id = meeting.conference_id.as_str();
        let mut unused = Live::open_with(&sim, id, issued.token.expose());
        unused.heartbeat("1");
        assert!(matches!(unused.hear(), Said::Frame(_)));
        let mut live = Live::subscribed(&sim, &host, PEOPLE);
        assert_eq!(update(live.event()).participant_id, ann);
        call(&sim, &MuteMeeting::new(true), &host).unwrap();
        assert_eq!(update(live.event()).muted, Some(true));

        // So does the time.
        meeting.participant(&ann).leave().unwrap();
        sim.advance(Duration::from_secs(3600));
        assert_eq!(snapshot(&meeting).state, MeetingState::Ended);
    }
}

#[test]
fn a_restart_in_the_middle_of_a_request_breaks_it_off() {
    let sim = Simulator::start().unwrap();
    let mut half = TcpStream::connect(sim.address()).unwrap();
    half.set_read_timeout(Some(PATIENCE)).unwrap();
    half.write_all(b"PUT /v1/usg/acs/token HTTP/1.1\r\nHost: sim\r\nContent-Length: 10\r\n\r\n{")
        .unwrap();
    sim.restart().unwrap();
    assert!(ends(&half));
    assert_eq!(sim.total_requests(), 0);
    log_in(&sim);
}

#[test]
fn restarts_wait_for_one_another() {
    let sim = Simulator::start().unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    sim.restart().unwrap();
                }
            });
        }
    });
    log_in(&sim);
    let address = sim.address();
    drop(sim);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn a_webhook_that_was_under_way_is_called_again() {
    let (sim, receiver) = told();
    receiver.mood(Mood::Silent);
    let meeting = sim.create_meeting("Weekly");
    receiver.hears(&[Kind::Created]);
    receiver.mood(Mood::Right);
    sim.restart().unwrap();
    // What had not been called yet is called at once; what was broken off, in its turn.
    receiver.hears(&[Kind::Started]);
    eventually("one is left", || sim.undelivered_webhooks() == 1);
    sim.advance(Duration::from_secs(30));
    receiver.hears(&[Kind::Created]);
    eventually("none is left", || sim.undelivered_webhooks() == 0);
    meeting.join("Ann").unwrap();
    receiver.hears(&[Kind::Joined]);
}

#[test]
fn a_channel_breaks_after_so_many_frames() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let id = &meeting.conference_id;
    let control = control(&sim, &meeting);
    let mut before = listener(&sim, &control, PEOPLE);
    sim.meeting(id).unwrap().cut_channels_after(Some(3));
    // The answer, the snapshot, one change.
    let mut live = listener(&sim, &control, PEOPLE);
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    assert_eq!(update(live.event()).participant_id, ann);
    assert_eq!(snapshot(&meeting).live_channels, 2);
    sim.meeting(id)
        .unwrap()
        .participant(&ann)
        .mute(true)
        .unwrap();
    assert!(matches!(live.hear(), Said::Closed));
    eventually("it is forgotten", || snapshot(&meeting).live_channels == 1);
    // Each channel counts for itself, heartbeats included; the one that was open does not count.
    for frames in 0..3 {
        sim.meeting(id).unwrap().cut_channels_after(Some(frames));
        let mut live = Live::open(&sim, &control);
        for _ in 0..frames {
            live.heartbeat("1");
            assert!(matches!(live.hear(), Said::Frame(_)));
        }
        live.heartbeat("1");
        assert!(matches!(live.hear(), Said::Closed));
    }
    for _ in 0..2 {
        before.event();
    }
    sim.meeting(id).unwrap().cut_channels_after(None);
    let mut after = listener(&sim, &control, PEOPLE);
    for round in 0..10 {
        sim.meeting(id)
            .unwrap()
            .participant(&ann)
            .mute(round % 2 == 1)
            .unwrap();
        after.event();
        before.event();
    }
}

#[test]
fn control_tokens_end_at_once() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let id = &meeting.conference_id;
    let old = control(&sim, &meeting);
    let issued = call(&sim, &CreateWebSocketToken::new(), &old).unwrap();
    let mut live = listener(&sim, &old, PEOPLE);
    sim.faults().expire_control_tokens();
    let refusal = bad("MMC.111072065");
    assert_eq!(refused(call(&sim, &MuteMeeting::new(true), &old)), refusal);
    let keep_alive = CreateConfToken::new(id.clone()).keep_alive(old.token.clone());
    assert_eq!(refused(call(&sim, &keep_alive, &())), refusal);
    let mut closed = Live::open_with(&sim, id.as_str(), issued.token.expose());
    assert!(matches!(closed.hear(), Said::Closed));

    // What is open stays open, but nothing more can be had by the old token.
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    assert_eq!(update(live.event()).participant_id, ann);
    let subscribe = |control: &ConferenceCredential| ClientFrame::Subscribe {
        sequence: "1".into(),
        kinds: PEOPLE.to_vec(),
        token: control.token.clone(),
        conference_id: None,
    };
    let code = |said| match said {
        Said::Frame(ServerFrame::Ack { code, .. }) => code,
        other => panic!("{other:?}"),
    };
    live.say(&subscribe(&old));
    assert_eq!(code(live.hear()), 111_072_065);

    // Where a password comes along, a new token takes its place.
    let again = keep_alive.password(meeting.host_password.clone());
    let grant = call(&sim, &again, &()).unwrap();
    let new = ConferenceCredential::new(id.clone(), grant.data.token.expose());
    assert_ne!(
        SecretText::new(new.token.expose()),
        SecretText::new(old.token.expose())
    );
    call(&sim, &MuteMeeting::new(true), &new).unwrap();
    assert_eq!(update(live.event()).muted, Some(true));
    live.say(&subscribe(&new));
    assert_eq!(code(live.hear()), 0);
}
