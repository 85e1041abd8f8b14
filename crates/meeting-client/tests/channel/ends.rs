//! How it ends, and what people are told about it.

use std::time::{Duration, SystemTime};

use meeting_client::channel::{
    Channel, ChannelError, ChannelOptions, CloseReason, FrameFault, Message, Outcome, Output,
    Subscription,
};
use meeting_types::{
    TransportError, TransportErrorKind,
    events::{ConferenceDynamicInfo, Event},
    models::ConferenceState,
};

use crate::{ACK, END, EVENT, closed, heartbeat_sequence, live, open, secs};

#[test]
fn a_refused_subscription_ends_it() {
    let mut channel = open();
    let text = r#"{"action":"Subscribe","data":{"returnCode":"11070005","returnDesc ":"no"}}"#;
    channel.received(Message::Text(text), secs(1));
    let outcome = Outcome::SubscriptionRefused {
        code: 11_070_005,
        description: Some("no".to_owned()),
    };
    assert_eq!(channel.poll(), Output::Finished(outcome.clone()));
    // The close that follows changes nothing.
    channel.closed(closed(Some(1000)));
    assert_eq!(channel.poll(), Output::Finished(outcome));
}

#[test]
fn an_unanswered_subscription_ends_it() {
    let mut channel = open();
    channel.tick(Duration::from_millis(9_999));
    assert_eq!(channel.poll(), Output::Wait(secs(10)));
    // Pings are no answer.
    channel.received(Message::Ping, Duration::from_millis(9_999));
    channel.tick(secs(10));
    let outcome = Outcome::SubscriptionUnanswered { waited: secs(10) };
    assert_eq!(channel.poll(), Output::Finished(outcome.clone()));

    // Neither does a frame that comes too late help.
    let mut channel = open();
    channel.received(Message::Text("{}"), secs(11));
    assert!(matches!(channel.poll(), Output::Fault(_)));
    assert_eq!(channel.poll(), Output::Finished(outcome));
}

#[test]
fn a_close_before_a_word_means_that_the_token_was_refused() {
    for reason in [
        closed(None),
        closed(Some(1000)),
        CloseReason::Broken("reset".to_owned()),
    ] {
        let mut channel = open();
        channel.received(Message::Ping, secs(1));
        channel.received(Message::Pong, secs(1));
        channel.closed(reason.clone());
        assert_eq!(
            channel.poll(),
            Output::Finished(Outcome::TokenRefused(reason))
        );
    }
}

#[test]
fn any_later_close_is_a_close() {
    let reasons = [
        closed(None),
        CloseReason::Closed {
            code: Some(1001),
            reason: "away".to_owned(),
        },
        CloseReason::Broken("reset".to_owned()),
    ];
    for reason in reasons {
        for message in [
            Message::Text(ACK),
            Message::Text(EVENT),
            Message::Text("garbage"),
            Message::Binary(&[1]),
        ] {
            let mut channel = open();
            channel.received(message, secs(1));
            channel.closed(reason.clone());
            // What came before is not lost.
            let mut last = channel.poll();
            while matches!(last, Output::Event(_) | Output::Fault(_)) {
                last = channel.poll();
            }
            assert_eq!(last, Output::Finished(Outcome::Closed(reason.clone())));
        }
    }
}

#[test]
fn the_end_of_the_meeting_is_told_and_ends_it() {
    let mut channel = live();
    channel.received(Message::Text(END), secs(5));
    channel.closed(closed(Some(1000)));
    // Whatever else was on its way is late.
    channel.received(Message::Text(EVENT), secs(5));
    let event = Event::new(ConferenceDynamicInfo::new().state(ConferenceState::Ended));
    assert_eq!(channel.poll(), Output::Event(Box::new(event)));
    assert_eq!(channel.poll(), Output::Finished(Outcome::MeetingEnded));
    channel.tick(secs(1000));
    assert_eq!(channel.poll(), Output::Finished(Outcome::MeetingEnded));
    assert_eq!(channel.outcome(), Some(&Outcome::MeetingEnded));

    // Also as the first thing ever said.
    let mut channel = open();
    channel.received(Message::Text(END), secs(1));
    assert!(matches!(channel.poll(), Output::Event(_)));
    assert_eq!(channel.poll(), Output::Finished(Outcome::MeetingEnded));
}

#[test]
fn silence_means_that_the_connection_is_lost() {
    let mut channel = live();
    channel.received(Message::Text(EVENT), secs(7));
    assert!(matches!(channel.poll(), Output::Event(_)));
    for now in [60, 120, 180] {
        channel.tick(secs(now));
        heartbeat_sequence(&mut channel);
    }
    assert_eq!(channel.poll(), Output::Wait(secs(187)));
    channel.tick(secs(187));
    let outcome = Outcome::Lost {
        silent_for: secs(180),
    };
    assert_eq!(channel.poll(), Output::Finished(outcome));
}

#[test]
fn anything_at_all_breaks_the_silence() {
    for message in [
        Message::Ping,
        Message::Pong,
        Message::Binary(&[]),
        Message::Text(""),
        Message::Text(r#"{"action":"HeartBeat"}"#),
    ] {
        let mut channel = live();
        channel.received(message, secs(150));
        channel.tick(secs(329));
        assert_eq!(channel.outcome(), None);
        channel.tick(secs(330));
        assert_eq!(
            channel.outcome(),
            Some(&Outcome::Lost {
                silent_for: secs(180)
            })
        );
    }
}

#[test]
fn every_end_has_a_message_of_its_own() {
    let ends = [
        Outcome::MeetingEnded,
        Outcome::TokenRefused(closed(None)),
        Outcome::SubscriptionRefused {
            code: 7,
            description: None,
        },
        Outcome::SubscriptionRefused {
            code: 7,
            description: Some("no".to_owned()),
        },
        Outcome::SubscriptionUnanswered { waited: secs(10) },
        Outcome::Lost {
            silent_for: secs(180),
        },
        Outcome::Closed(closed(Some(1006))),
        Outcome::Closed(CloseReason::Closed {
            code: Some(1000),
            reason: "bye".to_owned(),
        }),
        Outcome::Closed(CloseReason::Broken("reset".to_owned())),
    ];
    let mut errors: Vec<_> = ends.into_iter().map(ChannelError::Ended).collect();
    errors.push(ChannelError::Refused { status: 403 });
    errors.push(ChannelError::Connect(TransportError::new(
        TransportErrorKind::Connect,
        "refused",
    )));
    assert!(errors.iter().all(ChannelError::is_end));
    errors.push(ChannelError::Frame(FrameFault::Binary { bytes: 3 }));
    assert!(!errors.last().unwrap().is_end());
    let messages: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        messages,
        [
            "the meeting has ended",
            "the service closed the event channel before it said anything: the WebSocket token has \
             expired, was used before, or is for another meeting (no close code)",
            "the service refused the subscription with code 7",
            "the service refused the subscription with code 7: no",
            "the service did not answer the subscription within 10s",
            "the event channel is lost: nothing was received for 180s",
            "the event channel was closed: close code 1006",
            "the event channel was closed: close code 1000, bye",
            "the event channel was closed: reset",
            "the service refused the event channel with status 403",
            "the event channel did not open: could not connect: refused",
            "unreadable event: frame of 3 bytes is binary, not text",
        ]
    );
}

#[test]
fn nothing_prints_the_token() {
    let subscription = Subscription::known("stb-hush");
    let mut channel = Channel::opened(
        subscription.clone(),
        &ChannelOptions::new(),
        SystemTime::UNIX_EPOCH,
    );
    let before = format!("{channel:?} {channel:#?}");
    let output = channel.poll();
    channel.received(
        Message::Text(r#"{"action":"X","confToken":"stb-hush"}"#),
        secs(1),
    );
    for text in [
        format!("{subscription:?} {subscription:#?}"),
        before,
        format!("{channel:?}"),
        format!("{output:?} {output:#?}"),
        format!("{:?}", channel.poll()),
    ] {
        assert!(!text.contains("hush"), "{text}");
        assert!(!text.contains("c3Ri"), "{text}");
    }
}
