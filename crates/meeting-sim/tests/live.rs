//! The live channel: who is let in, how frames are spelt, when it is closed.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use meeting_sim::{MeetingPlan, SimMeeting, Simulator};
use meeting_types::{
    ConferenceToken,
    events::{ClientFrame, EventKind, EventPayload, ServerFrame, SnapshotMode},
    models::ConferenceState,
    operations::{CreateConfToken, CreateWebSocketToken, StopMeeting},
};
use support::{Live, Said, call, control, eventually, listening, update};

const SEQUENCE: &str = "000000000000000001611993655770";

#[test]
fn a_bad_token_opens_a_channel_that_is_closed_at_once() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let control = control(&sim, &meeting);
    let id = meeting.conference_id.as_str();
    let fresh = || {
        call(&sim, &CreateWebSocketToken::new(), &control)
            .unwrap()
            .token
    };
    let closed = |id: &str, token: &str| {
        let mut live = Live::open_with(&sim, id, token);
        assert!(matches!(live.hear(), Said::Closed));
    };
    closed(id, "");
    closed(id, "cnr0123");
    closed(id, control.token.expose());
    closed("", fresh().expose());
    closed("123456789", fresh().expose());

    let used = fresh();
    let mut live = Live::open_with(&sim, id, used.expose());
    live.heartbeat(SEQUENCE);
    assert!(matches!(live.hear(), Said::Frame(_)));
    closed(id, used.expose());

    let late = fresh();
    sim.advance(Duration::from_secs(59));
    let in_time = fresh();
    sim.advance(Duration::from_secs(1));
    closed(id, late.expose());
    assert_eq!(meeting.snapshot().unwrap().live_channels, 1);
    let mut live = Live::open_with(&sim, id, in_time.expose());
    live.heartbeat(SEQUENCE);
    assert!(matches!(live.hear(), Said::Frame(_)));
}

#[test]
fn the_control_token_comes_with_a_first_token_for_the_channel() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let ask = CreateConfToken::new(meeting.conference_id.clone()).password(meeting.host_password);
    let grant = call(&sim, &ask, &()).unwrap();
    let token = grant.data.web_socket_token.unwrap();
    let mut live = Live::open_with(&sim, meeting.conference_id.as_str(), token.expose());
    live.heartbeat(SEQUENCE);
    assert!(matches!(live.hear(), Said::Frame(_)));
}

#[test]
fn frames_are_spelt_as_the_service_spells_them() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    meeting.join("Ann").unwrap();
    let control = control(&sim, &meeting);
    let mut live = Live::open(&sim, &control);
    let json = |text: Option<String>| -> serde_json::Value {
        serde_json::from_str(&text.expect("a frame")).unwrap()
    };

    let beat = format!(r#"{{"sequence":"{SEQUENCE}","action":"HeartBeat"}}"#);
    live.say_text(&beat);
    let echo = json(live.hear_text());
    assert_eq!(
        echo,
        serde_json::from_str::<serde_json::Value>(&beat).unwrap()
    );

    // `data` as an object, as the table of the reference has it; the token raw.
    let subscribe = serde_json::json!({
        "action": "Subscribe", "sequence": "12345678901234567890",
        "data": {
            "conferenceID": meeting.conference_id.as_str(),
            "confToken": control.token.expose(),
            "subscribeType": ["ParticipantsNotify", "SpeakerChangeNotify", "SomethingElse"],
        },
    });
    live.say_text(&subscribe.to_string());
    let ack = json(live.hear_text());
    assert_eq!(
        ack,
        serde_json::json!({
            "action": "Subscribe", "sequence": "12345678901234567890",
            "data": {"returnCode": 0, "returnDesc ": "SUCCESS"},
        })
    );
    let event = json(live.hear_text());
    assert_eq!(event["action"], "ParticipantsNotify");
    assert_eq!(event["msgMode"], 0);
    assert_eq!(event["confID"], meeting.conference_id.as_str());
    assert_eq!(event["msgID"].as_str().unwrap().len(), 32);
    assert!(event["version"].as_i64().unwrap() > 1_600_000_000_000);
    assert!(event["createTime"].as_i64().unwrap() > 1_600_000_000_000);
    let map = &event["data"][0]["pinfoMap"];
    assert_eq!(
        (&map["NAME"], &map["ROLE"], &map["STATE"]),
        (&"Ann".into(), &"0".into(), &"0".into())
    );
    assert_eq!(map["MUTE"], "0");
    let silence = json(live.hear_text());
    assert_eq!(silence["action"], "SpeakerChangeNotify");
    assert_eq!(silence.get("data"), None, "silence has no data");
}

#[test]
fn a_subscription_needs_a_good_control_token() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let other = sim.create_meeting("Another");
    let control_here = control(&sim, &meeting);
    let control_there = control(&sim, &other);
    let mut live = Live::open(&sim, &control_here);
    let subscribe = |token: &ConferenceToken, id: Option<&SimMeeting>| ClientFrame::Subscribe {
        sequence: SEQUENCE.into(),
        kinds: vec![EventKind::Participants],
        token: token.clone(),
        conference_id: id.map(|meeting| meeting.conference_id.clone()),
    };
    for (token, id) in [
        (&ConferenceToken::new("cnr0123"), None),
        (&control_there.token, None),
        (&control_there.token, Some(&other)),
        (&control_here.token, Some(&other)),
    ] {
        live.say(&subscribe(token, id));
        let Said::Frame(ServerFrame::Ack { sequence, code, .. }) = live.hear() else {
            panic!()
        };
        assert_eq!((sequence.as_str(), code), (SEQUENCE, 111_072_065));
    }
    // Nothing is told to whoever was refused.
    meeting.join("Ann").unwrap();
    live.say(&subscribe(&control_here.token, Some(&meeting)));
    assert!(matches!(
        live.hear(),
        Said::Frame(ServerFrame::Ack { code: 0, .. })
    ));
    assert_eq!(live.event().mode, SnapshotMode::Full);
}

#[test]
fn a_silent_channel_is_closed_after_180_seconds() {
    let sim = Simulator::start().unwrap();
    let (meeting, control, mut live) = listening(&sim, &[EventKind::Participants]);
    let mut idle = Live::open(&sim, &control);
    for _ in 0..3 {
        sim.advance(Duration::from_secs(100));
        live.heartbeat(SEQUENCE);
        let Said::Frame(ServerFrame::HeartBeat { sequence }) = live.hear() else {
            panic!()
        };
        assert_eq!(sequence.as_str(), SEQUENCE);
    }
    assert!(matches!(idle.hear(), Said::Closed));
    assert_eq!(meeting.snapshot().unwrap().live_channels, 1);
    sim.advance(Duration::from_secs(170));
    assert_eq!(meeting.snapshot().unwrap().live_channels, 1);
    // Other frames are no heartbeat.
    live.say_text(r#"{"action":"Unknown"}"#);
    sim.advance(Duration::from_secs(10));
    assert!(matches!(live.hear(), Said::Closed));
    assert_eq!(meeting.snapshot().unwrap().live_channels, 0);
}

#[test]
fn the_end_is_told_and_closes_all_channels() {
    let sim = Simulator::start().unwrap();
    let (meeting, control, mut live) = listening(&sim, &[EventKind::ConferenceDynamicInfo]);
    let mut other = Live::subscribed(&sim, &control, &[EventKind::InviteResult]);
    call(&sim, &StopMeeting::new(), &control).unwrap();
    let end = live.event();
    assert_eq!((end.mode, end.version), (SnapshotMode::Increment, Some(1)));
    let EventPayload::ConferenceDynamicInfo(info) = end.payload else {
        panic!()
    };
    assert_eq!(info.state, Some(ConferenceState::Ended));
    assert!(matches!(live.hear(), Said::Closed));
    assert!(matches!(other.hear(), Said::Closed));
    drop(meeting);

    // The same happens when its time is over.
    let plan = MeetingPlan::running("Short").length(Duration::from_secs(120));
    let short = sim.create_meeting(plan);
    let control = support::control(&sim, &short);
    let mut live = Live::subscribed(&sim, &control, &[EventKind::ConferenceDynamicInfo]);
    assert_eq!(live.event().mode, SnapshotMode::Full);
    sim.advance(Duration::from_secs(121));
    let EventPayload::ConferenceDynamicInfo(info) = live.event().payload else {
        panic!()
    };
    assert_eq!(info.state, Some(ConferenceState::Ended));
    assert!(matches!(live.hear(), Said::Closed));
}

#[test]
fn a_test_can_cut_channels_and_push_frames() {
    let sim = Simulator::start().unwrap();
    let (meeting, control, mut live) = listening(&sim, &[EventKind::Participants]);
    let id = &meeting.conference_id;
    sim.meeting(id)
        .unwrap()
        .push_frame(r#"{"action":"BreakoutSettingNotify","data":{}}"#);
    assert_eq!(live.event().kind.as_str(), "BreakoutSettingNotify");
    sim.meeting(id).unwrap().push_frame("garbage");
    assert_eq!(live.hear_text().as_deref(), Some("garbage"));
    sim.meeting(id).unwrap().cut_channels();
    assert!(matches!(live.hear(), Said::Closed));
    eventually("the channel is gone", || {
        sim.meeting(id).unwrap().snapshot().unwrap().live_channels == 0
    });

    // What happened in between is in the next snapshot.
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    let mut live = Live::subscribed(&sim, &control, &[EventKind::Participants]);
    assert_eq!(update(live.event()).participant_id, ann);
    sim.meeting(id).unwrap().participant(&ann).leave().unwrap();
    let gone = live.event();
    assert_eq!(
        (gone.mode, gone.version),
        (SnapshotMode::Increment, Some(1))
    );
}

#[test]
fn a_token_of_one_run_opens_no_channel_of_the_next() {
    let sim = Simulator::start().unwrap();
    let in_an_hour = sim.now() + Duration::from_secs(3600);
    let meeting = sim.create_meeting(MeetingPlan::booked("Twice", in_an_hour));
    meeting.join_as_host("Hugo").unwrap();
    let first = control(&sim, &meeting);
    let token = call(&sim, &CreateWebSocketToken::new(), &first)
        .unwrap()
        .token;
    call(&sim, &StopMeeting::new(), &first).unwrap();
    meeting.join_as_host("Hugo").unwrap();
    let mut live = Live::open_with(&sim, meeting.conference_id.as_str(), token.expose());
    assert!(matches!(live.hear(), Said::Closed));
}

#[test]
fn a_listener_that_leaves_is_forgotten() {
    let sim = Simulator::start().unwrap();
    let (meeting, control, live) = listening(&sim, &[EventKind::Participants]);
    let id = &meeting.conference_id;
    let second = Live::open(&sim, &control);
    assert_eq!(
        sim.meeting(id).unwrap().snapshot().unwrap().live_channels,
        2
    );
    drop(live);
    eventually("one is left", || {
        sim.meeting(id).unwrap().snapshot().unwrap().live_channels == 1
    });
    drop(second);
    eventually("nobody is left", || {
        sim.meeting(id).unwrap().snapshot().unwrap().live_channels == 0
    });
}

#[test]
fn a_listener_that_does_not_read_is_cut_off() {
    let sim = Simulator::start().unwrap();
    let (meeting, control, mut lazy) = listening(&sim, &[EventKind::SpeakerChange]);
    let id = &meeting.conference_id;
    let big = format!(r#"{{"action":"Big","data":"{}"}}"#, "x".repeat(64 * 1024));
    for _ in 0..1500 {
        sim.meeting(id).unwrap().push_frame(&big);
    }
    // The others do not suffer.
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    let mut live = Live::subscribed(&sim, &control, &[EventKind::Participants]);
    assert_eq!(update(live.event()).participant_id, ann);
    let mut heard = 0;
    while lazy.hear_text().is_some() {
        heard += 1;
    }
    assert!((1024..1500).contains(&heard), "{heard}");
}
