//! What it says, and what it hands on.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use meeting_client::{
    Elapsed,
    channel::{
        Action, Channel, ChannelEnd, ChannelOptions, Frame, FrameFault, Missed, SeenFrame,
        Subscription,
    },
};
use meeting_types::{
    ConferenceToken,
    events::{ClientFrame, Event, EventKind, FrameError, Sequence, Speaker, SubtitleSwitch},
};

use crate::{ACK, EVENT, answer, beat, idle, live, open, open_with, secs, sent};

#[test]
fn it_subscribes_first() {
    let mut channel = open_with(&ChannelOptions::default());
    let expected = ClientFrame::Subscribe {
        sequence: Sequence::new("000000000000000001763800000123"),
        kinds: vec![EventKind::SpeakerChange, EventKind::ConferenceDynamicInfo],
        token: ConferenceToken::new("stb-hush"),
        conference_id: None,
    };
    assert_eq!(sent(&mut channel), expected);
    let Action::SleepUntil(until) = channel.poll(Elapsed::ZERO) else {
        panic!()
    };
    assert!(until <= secs(10));
}

#[test]
fn it_names_the_meeting_if_asked_to() {
    let subscription = Subscription::known("t").naming("912345678");
    assert!(
        subscription
            .kinds()
            .contains(&EventKind::ConferenceDynamicInfo)
    );
    let mut channel = Channel::opened(subscription, &ChannelOptions::new(), SystemTime::UNIX_EPOCH);
    let ClientFrame::Subscribe {
        conference_id,
        kinds,
        ..
    } = sent(&mut channel)
    else {
        panic!()
    };
    assert_eq!(conference_id, Some("912345678".into()));
    assert_eq!(kinds.len(), 10);
}

#[test]
fn events_are_handed_on_in_order() {
    let mut channel = live();
    idle(&mut channel);
    channel.handle_frame(Frame::Text(EVENT), secs(1));
    channel.handle_frame(Frame::Text(r#"{"action":"LaterNotify","x":1}"#), secs(1));
    let expected = Event::new(vec![Speaker::new("p1")]);
    assert_eq!(
        channel.poll(Elapsed::ZERO),
        Action::Event(Box::new(expected))
    );
    let Action::Event(later) = channel.poll(Elapsed::ZERO) else {
        panic!()
    };
    assert_eq!(later.kind, EventKind::from("LaterNotify"));
    idle(&mut channel);
    assert_eq!(channel.end(), None);
}

#[test]
fn an_event_shows_that_the_subscription_was_taken() {
    let mut channel = open();
    channel.handle_frame(Frame::Text(EVENT), secs(1));
    assert_eq!(channel.poll(Elapsed::ZERO), Action::Subscribed);
    assert!(matches!(channel.poll(Elapsed::ZERO), Action::Event(_)));
    channel.handle_timeout(secs(30));
    idle(&mut channel);
    // A refusal after all is believed.
    channel.handle_frame(
        Frame::Text(r#"{"action":"Subscribe","data":{"returnCode":7}}"#),
        secs(31),
    );
    assert!(matches!(
        channel.poll(Elapsed::ZERO),
        Action::Finished(ChannelEnd::SubscriptionRefused {
            code: 7,
            description: None
        })
    ));
}

#[test]
fn a_further_subscription_that_is_refused_changes_nothing() {
    let mut channel = live();
    channel.subscribe(Subscription::new("stb", [EventKind::Participants]), secs(1));
    let Action::Send(text) = channel.poll(Elapsed::ZERO) else {
        panic!()
    };
    let ClientFrame::Subscribe { kinds, .. } = ClientFrame::parse(text.expose()).unwrap() else {
        panic!()
    };
    assert_eq!(kinds, [EventKind::Participants]);
    let refusal = r#"{"action":"Subscribe","data":{"returnCode":7}}"#;
    channel.handle_frame(Frame::Text(refusal), secs(2));
    let fault = FrameFault::SubscriptionRefused { code: 7 };
    let missed = Missed::Nothing;
    assert_eq!(channel.poll(Elapsed::ZERO), Action::Fault { fault, missed });
    idle(&mut channel);
}

#[test]
fn subtitles_are_switched_with_the_token_and_the_meeting() {
    let mut channel = live();
    let switch = SubtitleSwitch::on();
    channel.switch_subtitles("900".into(), "stb".into(), switch.clone(), secs(1));
    let Action::Send(text) = channel.poll(Elapsed::ZERO) else {
        panic!()
    };
    let ClientFrame::Subtitles {
        token,
        conference_id,
        switch: sent,
        ..
    } = ClientFrame::parse(text.expose()).unwrap()
    else {
        panic!()
    };
    assert_eq!(
        (token.expose(), conference_id.as_str(), sent),
        ("stb", "900", switch)
    );
}

#[test]
fn a_running_meeting_goes_on() {
    let mut channel = live();
    for state in ["Schedule", "Created", "Later"] {
        let text = format!(r#"{{"action":"ConfDynamicInfoNotify","state":"{state}"}}"#);
        channel.handle_frame(Frame::Text(&text), secs(1));
        assert!(matches!(channel.poll(Elapsed::ZERO), Action::Event(_)));
        idle(&mut channel);
    }
}

#[test]
fn heartbeats_go_out_each_minute_or_so_and_are_recorded() {
    let mut channel = live();
    let (first_at, first) = beat(&mut channel);
    assert!(first_at > Elapsed::ZERO && first_at <= secs(60));
    let millis = 1_763_800_000_123 + first_at.as_duration().as_millis();
    assert_eq!(first.as_str(), format!("{millis:030}"));
    let figures = channel.heartbeats();
    assert_eq!((figures.sent, figures.answered), (1, 0));

    let round_trip = Duration::from_millis(40);
    answer(&mut channel, first.clone(), first_at + round_trip);
    let figures = channel.heartbeats();
    assert_eq!(figures.answered, 1);
    assert_eq!(figures.last_round_trip, Some(round_trip));

    // An answer to nothing counts, and measures nothing.
    answer(
        &mut channel,
        first.clone(),
        first_at + Duration::from_secs(1),
    );
    let figures = channel.heartbeats();
    assert_eq!(figures.answered, 2);
    assert_eq!(figures.last_round_trip, Some(round_trip));

    // A driver that comes late sends one, not all that it missed.
    let late = first_at + Duration::from_secs(140);
    assert!(matches!(channel.poll(late), Action::Send(_)));
    let Action::SleepUntil(_) = channel.poll(late) else {
        panic!()
    };
    // An answer to an earlier one does not measure this one.
    answer(&mut channel, first, late + Duration::from_secs(1));
    let figures = channel.heartbeats();
    assert_eq!(figures.answered, 3);
    assert_eq!(figures.last_round_trip, Some(round_trip));
    let (next, _) = beat(&mut channel);
    let interval = next.since(late);
    assert!(interval >= Duration::from_secs(54) && interval <= Duration::from_secs(60));
}

#[test]
fn channels_that_opened_together_do_not_beat_together() {
    let firsts: HashSet<_> = (0..50)
        .map(|seed| {
            let subscription = Subscription::known("t");
            let clock = SystemTime::UNIX_EPOCH;
            let channel = Channel::opened(subscription, &ChannelOptions::new(), clock);
            let mut channel = channel.with_seed(seed);
            sent(&mut channel);
            channel.handle_frame(Frame::Text(ACK), Elapsed::ZERO);
            assert_eq!(channel.poll(Elapsed::ZERO), Action::Subscribed);
            let (first, _) = beat(&mut channel);
            assert!(first >= secs(6) && first <= secs(60), "{first:?}");
            first
        })
        .collect();
    assert!(firsts.len() > 40, "{firsts:?}");
}

/// Channels that beat together by chance part again.
#[test]
fn no_two_intervals_between_heartbeats_are_the_same() {
    let mut channel = live();
    let mut intervals = HashSet::new();
    let (mut last, _) = beat(&mut channel);
    for _ in 0..20 {
        let (at, sequence) = beat(&mut channel);
        answer(&mut channel, sequence, at);
        let interval = at.since(last);
        assert!(
            (Duration::from_secs(54)..=Duration::from_secs(60)).contains(&interval),
            "{interval:?}"
        );
        intervals.insert(interval);
        last = at;
    }
    assert!(intervals.len() > 15, "{intervals:?}");
}

#[test]
fn heartbeats_go_out_although_the_service_never_pauses() {
    let mut channel = live();
    let mut beats = 0;
    for second in 1..=180 {
        channel.handle_frame(Frame::Text(EVENT), secs(second));
        loop {
            match channel.poll(secs(second)) {
                Action::Send(_) => beats += 1,
                Action::Event(_) => {}
                Action::SleepUntil(until) => break assert!(until > secs(second)),
                other => panic!("{other:?}"),
            }
        }
    }
    assert!((3..=4).contains(&beats), "{beats}");
}

#[test]
fn the_tap_sees_each_text_frame_in_either_direction() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let tapped = seen.clone();
    let options = ChannelOptions::new().tap(move |frame| {
        let line = match frame {
            SeenFrame::Sent(text) => format!("> {text}"),
            SeenFrame::Received(text) => format!("< {text}"),
            _ => panic!(),
        };
        assert!(!format!("{frame:?}").contains("hush"));
        tapped.lock().unwrap().push(line);
    });
    assert_eq!(options, options.clone());
    assert_ne!(options, ChannelOptions::new());
    let mut channel = open_with(&options);
    let Action::Send(subscribe) = channel.poll(Elapsed::ZERO) else {
        panic!()
    };
    channel.handle_frame(Frame::Text(ACK), Elapsed::ZERO);
    channel.poll(Elapsed::ZERO);
    // Also what cannot be read.
    channel.handle_frame(Frame::Text("garbage"), secs(1));
    channel.handle_frame(Frame::Ping, secs(1));
    channel.poll(secs(1));
    let (_, heartbeat) = beat(&mut channel);
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0], format!("> {}", subscribe.expose()));
    assert_eq!(seen[1..3], [format!("< {ACK}"), "< garbage".to_owned()]);
    assert!(seen[3].starts_with("> ") && seen[3].contains(heartbeat.as_str()));
    assert_eq!(seen.len(), 4);
}

#[test]
fn unreadable_frames_are_reported_and_skipped() {
    let options = ChannelOptions::new().max_frame_bytes(100);
    assert_eq!(options.breaking_frame_bytes(), 400);
    let mut channel = open_with(&options);
    channel.poll(Elapsed::ZERO);
    channel.handle_frame(Frame::Text(ACK), secs(1));
    assert_eq!(channel.poll(secs(1)), Action::Subscribed);
    let long = "x".repeat(101);
    let unreadable = FrameFault::Unreadable;
    let speakers = || Missed::Kind(EventKind::SpeakerChange);
    let long_event = format!("{EVENT}{}", " ".repeat(50));
    for (message, fault, missed) in [
        (
            Frame::Text("[]"),
            unreadable(FrameError::NotAnObject),
            Missed::Unknown,
        ),
        (
            Frame::Text("{}"),
            unreadable(FrameError::NoAction),
            Missed::Unknown,
        ),
        (
            Frame::Text(&long),
            FrameFault::TooLong {
                bytes: 101,
                limit: 100,
            },
            Missed::Unknown,
        ),
        (
            Frame::Text(&long_event),
            FrameFault::TooLong {
                bytes: EVENT.len() + 50,
                limit: 100,
            },
            speakers(),
        ),
        (
            Frame::Binary(&[1, 2, 3]),
            FrameFault::Binary { bytes: 3 },
            Missed::Unknown,
        ),
    ] {
        channel.handle_frame(message, secs(2));
        assert_eq!(channel.poll(secs(2)), Action::Fault { fault, missed });
        idle(&mut channel);
    }
    // What it was is believed as far as its very beginning says it.
    for (text, expected) in [
        (
            r#" { "action" : "SpeakerChangeNotify", "data": [{"pid"#,
            speakers(),
        ),
        (
            r#"{"data":[{"action":"SpeakerChangeNotify"}],"#,
            Missed::Unknown,
        ),
        (r#"{"action":"HeartBeat","sequence""#, Missed::Nothing),
    ] {
        channel.handle_frame(Frame::Text(text), secs(2));
        let Action::Fault { missed, .. } = channel.poll(secs(2)) else {
            panic!("{text}")
        };
        assert_eq!(missed, expected, "{text}");
    }
    // As long as allowed.
    let fits = format!("{EVENT}{}", " ".repeat(100 - EVENT.len()));
    channel.handle_frame(Frame::Text(&fits), secs(3));
    assert!(matches!(channel.poll(Elapsed::ZERO), Action::Event(_)));
}

#[test]
fn an_interval_of_nothing_does_not_spin() {
    let options = ChannelOptions::new()
        .heartbeat_interval(Duration::ZERO)
        .silence_limit(Duration::MAX);
    let mut channel = open_with(&options);
    sent(&mut channel);
    let mut now = secs(1);
    for _ in 0..10 {
        assert!(matches!(channel.poll(now), Action::Send(_)));
        let Action::SleepUntil(until) = channel.poll(now) else {
            panic!()
        };
        assert!(until.since(now) >= Duration::from_micros(900));
        now = until;
    }
}
