//! What it says, and what it hands on.

use std::time::{Duration, SystemTime};

use meeting_client::channel::{
    Channel, ChannelOptions, FrameFault, Message, Outcome, Output, Subscription,
};
use meeting_types::{
    ConferenceToken,
    events::{ClientFrame, Event, EventKind, FrameError, Sequence, Speaker, SubtitleSwitch},
};

use crate::{ACK, EVENT, answer, heartbeat_sequence, live, open, open_with, secs, sent};

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
    assert_eq!(channel.poll(), Output::Wait(secs(10)));
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
    assert_eq!(channel.poll(), Output::Wait(secs(60)));
    channel.received(Message::Text(EVENT), secs(1));
    channel.received(Message::Text(r#"{"action":"LaterNotify","x":1}"#), secs(1));
    let expected = Event::new(vec![Speaker::new("p1")]);
    assert_eq!(channel.poll(), Output::Event(Box::new(expected)));
    let Output::Event(later) = channel.poll() else {
        panic!()
    };
    assert_eq!(later.kind, EventKind::from("LaterNotify"));
    assert_eq!(channel.poll(), Output::Wait(secs(60)));
    assert_eq!(channel.outcome(), None);
}

#[test]
fn an_event_shows_that_the_subscription_was_taken() {
    let mut channel = open();
    channel.received(Message::Text(EVENT), secs(1));
    assert!(matches!(channel.poll(), Output::Event(_)));
    channel.tick(secs(30));
    assert_eq!(channel.poll(), Output::Wait(secs(60)));
    // A refusal after all is believed.
    channel.received(
        Message::Text(r#"{"action":"Subscribe","data":{"returnCode":7}}"#),
        secs(31),
    );
    assert!(matches!(
        channel.poll(),
        Output::Finished(Outcome::SubscriptionRefused {
            code: 7,
            description: None
        })
    ));
}

#[test]
fn a_further_subscription_that_is_refused_changes_nothing() {
    let mut channel = live();
    channel.subscribe(Subscription::new("stb", [EventKind::Participants]), secs(1));
    let Output::Send(text) = channel.poll() else {
        panic!()
    };
    let ClientFrame::Subscribe { kinds, .. } = ClientFrame::parse(text.expose()).unwrap() else {
        panic!()
    };
    assert_eq!(kinds, [EventKind::Participants]);
    let refusal = r#"{"action":"Subscribe","data":{"returnCode":7}}"#;
    channel.received(Message::Text(refusal), secs(2));
    let fault = FrameFault::SubscriptionRefused { code: 7 };
    assert_eq!(channel.poll(), Output::Fault(fault));
    assert_eq!(channel.poll(), Output::Wait(secs(60)));
}

#[test]
fn subtitles_are_switched_with_the_token_and_the_meeting() {
    let mut channel = live();
    let switch = SubtitleSwitch::on();
    channel.switch_subtitles("900".into(), "stb".into(), switch.clone(), secs(1));
    let Output::Send(text) = channel.poll() else {
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
        channel.received(Message::Text(&text), secs(1));
        assert!(matches!(channel.poll(), Output::Event(_)));
        assert_eq!(channel.poll(), Output::Wait(secs(60)));
    }
}

#[test]
fn heartbeats_go_out_each_minute_and_are_recorded() {
    let mut channel = live();
    channel.tick(Duration::from_millis(59_999));
    assert_eq!(channel.poll(), Output::Wait(secs(60)));

    channel.tick(secs(60));
    let first = heartbeat_sequence(&mut channel);
    assert_eq!(first.as_str(), "000000000000000001763800060123");
    assert_eq!(channel.poll(), Output::Wait(secs(120)));
    assert_eq!(
        (channel.heartbeats().sent, channel.heartbeats().answered),
        (1, 0)
    );

    answer(
        &mut channel,
        first.clone(),
        secs(60) + Duration::from_millis(40),
    );
    assert_eq!(channel.heartbeats().answered, 1);
    assert_eq!(
        channel.heartbeats().last_round_trip,
        Some(Duration::from_millis(40))
    );

    // An answer to nothing counts, and measures nothing.
    answer(&mut channel, first.clone(), secs(61));
    assert_eq!(channel.heartbeats().answered, 2);
    assert_eq!(
        channel.heartbeats().last_round_trip,
        Some(Duration::from_millis(40))
    );

    // A driver that comes late sends one, not all that it missed.
    channel.tick(secs(200));
    assert_eq!(
        heartbeat_sequence(&mut channel).as_str(),
        "000000000000000001763800200123"
    );
    assert_eq!(channel.poll(), Output::Wait(secs(241)));
    // An answer to an earlier one does not measure this one.
    answer(&mut channel, first, secs(201));
    assert_eq!(channel.heartbeats().answered, 3);
    assert_eq!(
        channel.heartbeats().last_round_trip,
        Some(Duration::from_millis(40))
    );
}

#[test]
fn heartbeats_go_out_although_the_service_never_pauses() {
    let mut channel = live();
    let mut beats = 0;
    for second in 1..=180 {
        channel.received(Message::Text(EVENT), secs(second));
        loop {
            match channel.poll() {
                Output::Send(_) => beats += 1,
                Output::Event(_) => {}
                Output::Wait(until) => break assert!(until > secs(second)),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(beats, 3);
}

#[test]
fn unreadable_frames_are_reported_and_skipped() {
    let options = ChannelOptions::new().max_frame_bytes(100);
    assert_eq!(options.breaking_frame_bytes(), 400);
    let mut channel = open_with(&options);
    channel.poll();
    channel.received(Message::Text(ACK), secs(1));
    let long = "x".repeat(101);
    for (message, fault) in [
        (
            Message::Text("[]"),
            FrameFault::Unreadable(FrameError::NotAnObject),
        ),
        (
            Message::Text("{}"),
            FrameFault::Unreadable(FrameError::NoAction),
        ),
        (
            Message::Text(&long),
            FrameFault::TooLong {
                bytes: 101,
                limit: 100,
            },
        ),
        (Message::Binary(&[1, 2, 3]), FrameFault::Binary { bytes: 3 }),
    ] {
        channel.received(message, secs(2));
        assert_eq!(channel.poll(), Output::Fault(fault));
        assert_eq!(channel.poll(), Output::Wait(secs(60)));
    }
    // As long as allowed.
    let fits = format!("{EVENT}{}", " ".repeat(100 - EVENT.len()));
    channel.received(Message::Text(&fits), secs(3));
    assert!(matches!(channel.poll(), Output::Event(_)));
}

#[test]
fn an_interval_of_nothing_does_not_spin() {
    let options = ChannelOptions::new()
        .heartbeat_interval(Duration::ZERO)
        .silence_limit(Duration::MAX);
    let mut channel = open_with(&options);
    channel.poll();
    channel.tick(secs(1));
    heartbeat_sequence(&mut channel);
    assert_eq!(channel.poll(), Output::Wait(Duration::from_millis(1001)));
}
