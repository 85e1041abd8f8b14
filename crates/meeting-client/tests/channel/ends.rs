//! How it ends, and what people are told about it.

use std::time::{Duration, SystemTime};

use meeting_client::{
    Elapsed,
    channel::{
        Action, Channel, ChannelEnd, ChannelError, ChannelOptions, CloseReason, Frame, FrameFault,
        Subscription,
    },
};
use meeting_types::{
    TransportError, TransportErrorKind,
    events::{ConferenceDynamicInfo, Event},
    models::ConferenceState,
};

use crate::{ACK, END, EVENT, answer, beat, closed, live, millis, open, open_with, secs};

#[test]
fn a_refused_subscription_ends_it() {
    let mut channel = open();
    let text = r#"{"action":"Subscribe","data":{"returnCode":"11070005","returnDesc ":"no"}}"#;
    channel.handle_frame(Frame::Text(text), secs(1));
    let outcome = ChannelEnd::SubscriptionRefused {
        code: 11_070_005,
        description: Some("no".to_owned()),
    };
    assert_eq!(
        channel.poll(Elapsed::ZERO),
        Action::Finished(outcome.clone())
    );
    // The close that follows changes nothing.
    channel.handle_closed(closed(Some(1000)));
    assert_eq!(channel.poll(Elapsed::ZERO), Action::Finished(outcome));
}

#[test]
fn an_unanswered_subscription_ends_it() {
    let mut channel = open();
    channel.handle_timeout(millis(9_999));
    assert!(matches!(channel.poll(Elapsed::ZERO), Action::SleepUntil(_)));
    // Pings are no answer.
    channel.handle_frame(Frame::Ping, millis(9_999));
    channel.handle_timeout(secs(10));
    let outcome = ChannelEnd::SubscriptionUnanswered {
        waited: Duration::from_secs(10),
    };
    assert_eq!(
        channel.poll(Elapsed::ZERO),
        Action::Finished(outcome.clone())
    );

    // Neither does a frame that comes too late help.
    let mut channel = open();
    channel.handle_frame(Frame::Text("{}"), secs(11));
    channel.handle_timeout(secs(11));
    assert!(matches!(channel.poll(Elapsed::ZERO), Action::Fault { .. }));
    assert_eq!(channel.poll(Elapsed::ZERO), Action::Finished(outcome));
}

#[test]
fn a_close_before_a_word_means_that_the_token_was_refused() {
    for reason in [
        closed(None),
        closed(Some(1000)),
        CloseReason::Broken("reset".to_owned()),
    ] {
        let mut channel = open();
        channel.handle_frame(Frame::Ping, secs(1));
        channel.handle_frame(Frame::Pong, secs(1));
        channel.handle_closed(reason.clone());
        assert_eq!(
            channel.poll(Elapsed::ZERO),
            Action::Finished(ChannelEnd::TokenRefused(reason))
        );
    }
}

#[test]
fn a_breach_of_the_protocol_is_no_word_on_the_token() {
    for reason in [
        CloseReason::Protocol("odd".to_owned()),
        CloseReason::TooLong {
            bytes: 99,
            limit: 64,
        },
    ] {
        let mut channel = open();
        channel.handle_closed(reason.clone());
        assert_eq!(
            channel.poll(Elapsed::ZERO),
            Action::Finished(ChannelEnd::Closed(reason))
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
            Frame::Text(ACK),
            Frame::Text(EVENT),
            Frame::Text("garbage"),
            Frame::Binary(&[1]),
        ] {
            let mut channel = open();
            channel.handle_frame(message, secs(1));
            channel.handle_closed(reason.clone());
            // What came before is not lost.
            let mut last = channel.poll(Elapsed::ZERO);
            while matches!(
                last,
                Action::Subscribed | Action::Event(_) | Action::Fault { .. }
            ) {
                last = channel.poll(Elapsed::ZERO);
            }
            assert_eq!(last, Action::Finished(ChannelEnd::Closed(reason.clone())));
        }
    }
}

#[test]
fn the_end_of_the_meeting_is_told_and_ends_it() {
    let mut channel = live();
    channel.handle_frame(Frame::Text(END), secs(5));
    channel.handle_closed(closed(Some(1000)));
    // Whatever else was on its way is late.
    channel.handle_frame(Frame::Text(EVENT), secs(5));
    let event = Event::new(ConferenceDynamicInfo::new().state(ConferenceState::Ended));
    assert_eq!(channel.poll(Elapsed::ZERO), Action::Event(Box::new(event)));
    assert_eq!(
        channel.poll(Elapsed::ZERO),
        Action::Finished(ChannelEnd::MeetingEnded)
    );
    channel.handle_timeout(secs(1000));
    assert_eq!(
        channel.poll(Elapsed::ZERO),
        Action::Finished(ChannelEnd::MeetingEnded)
    );
    assert_eq!(channel.end(), Some(&ChannelEnd::MeetingEnded));

    // Also as the first thing ever said.
    let mut channel = open();
    channel.handle_frame(Frame::Text(END), secs(1));
    assert_eq!(channel.poll(Elapsed::ZERO), Action::Subscribed);
    assert!(matches!(channel.poll(Elapsed::ZERO), Action::Event(_)));
    assert_eq!(
        channel.poll(Elapsed::ZERO),
        Action::Finished(ChannelEnd::MeetingEnded)
    );
}

#[test]
fn silence_means_that_the_connection_is_lost() {
    let mut channel = live();
    channel.handle_frame(Frame::Text(EVENT), secs(7));
    assert!(matches!(channel.poll(secs(7)), Action::Event(_)));
    let mut beats = 0;
    let end = loop {
        match channel.poll(Elapsed::ZERO) {
            Action::SleepUntil(until) => {
                channel.handle_timeout(until);
                if channel.end().is_none() {
                    assert!(matches!(channel.poll(until), Action::Send(_)));
                    beats += 1;
                }
            }
            Action::Finished(end) => break end,
            other => panic!("{other:?}"),
        }
    };
    // The service answered none of them, so it may be one that does not.
    assert!((3..=4).contains(&beats), "{beats}");
    let silent_for = Duration::from_secs(180);
    assert_eq!(end, ChannelEnd::Lost { silent_for });
}

#[test]
fn text_breaks_the_silence_and_pings_do_not() {
    for (frame, lives) in [
        (Frame::Ping, false),
        (Frame::Pong, false),
        (Frame::Binary(&[]), false),
        (Frame::Text(""), true),
        (Frame::Text(r#"{"action":"HeartBeat"}"#), true),
    ] {
        let mut channel = live();
        channel.handle_frame(frame, secs(150));
        channel.handle_timeout(millis(179_999));
        assert_eq!(channel.end(), None);
        channel.handle_timeout(secs(180));
        assert_eq!(channel.end().is_none(), lives, "{frame:?}");
    }
}

#[test]
fn once_it_has_answered_a_heartbeat_the_service_owes_the_next_answer() {
    for pings in [false, true] {
        let mut channel = live();
        let (first_at, first) = beat(&mut channel);
        answer(&mut channel, first, first_at);
        let (second_at, _) = beat(&mut channel);
        if pings {
            for second in 1..30 {
                channel.handle_frame(Frame::Ping, second_at + Duration::from_secs(second));
            }
        }
        let Action::SleepUntil(until) = channel.poll(second_at) else {
            panic!()
        };
        // The next heartbeat would be later.
        assert_eq!(until, first_at + Duration::from_secs(90));
        channel.handle_timeout(until);
        let silent_for = Duration::from_secs(90);
        assert_eq!(channel.end(), Some(&ChannelEnd::Lost { silent_for }));
    }
}

#[test]
fn a_heartbeat_that_went_out_late_has_its_time_to_be_answered() {
    let mut channel = live();
    let (first_at, first) = beat(&mut channel);
    answer(&mut channel, first, first_at);
    // The program was away. The service cannot have answered what was not sent.
    let late = first_at + Duration::from_secs(120);
    channel.handle_timeout(late);
    assert!(matches!(channel.poll(late), Action::Send(_)));
    channel.handle_timeout(late + Duration::from_secs(29));
    assert_eq!(channel.end(), None);
    channel.handle_timeout(late + Duration::from_secs(30));
    assert!(matches!(channel.end(), Some(ChannelEnd::Lost { .. })));

    // Events are signs of life as well.
    let mut channel = live();
    let (first_at, first) = beat(&mut channel);
    answer(&mut channel, first, first_at);
    let (second_at, _) = beat(&mut channel);
    channel.handle_frame(Frame::Text(EVENT), second_at);
    channel.poll(second_at);
    channel.handle_timeout(first_at + Duration::from_secs(100));
    assert_eq!(channel.end(), None);
}

#[test]
fn a_shorter_limit_of_silence_counts() {
    let options = ChannelOptions::new().silence_limit(Duration::from_secs(70));
    let mut channel = open_with(&options);
    channel.poll(Elapsed::ZERO);
    channel.handle_frame(Frame::Text(ACK), Elapsed::ZERO);
    channel.poll(Elapsed::ZERO);
    let (first_at, first) = beat(&mut channel);
    answer(&mut channel, first, first_at);
    channel.handle_timeout(first_at + Duration::from_secs(70));
    let silent_for = Duration::from_secs(70);
    assert_eq!(channel.end(), Some(&ChannelEnd::Lost { silent_for }));
}

#[test]
fn a_peer_that_pings_without_end_does_not_keep_it_from_ending() {
    let mut channel = live();
    // A backlog that a late program reads: the event behind the pings counts.
    for _ in 0..1000 {
        channel.handle_frame(Frame::Ping, secs(200));
    }
    assert_eq!(channel.end(), None);
    channel.handle_frame(Frame::Text(EVENT), secs(200));
    assert!(matches!(channel.poll(Elapsed::ZERO), Action::Event(_)));
    // No backlog any more.
    for tenth in 0..20 {
        channel.handle_frame(Frame::Ping, millis(400_000 + tenth * 100));
    }
    assert!(matches!(channel.end(), Some(ChannelEnd::Lost { .. })));
}

#[test]
fn every_end_has_a_message_of_its_own() {
    let ends = [
        ChannelEnd::MeetingEnded,
        ChannelEnd::TokenRefused(closed(None)),
        ChannelEnd::SubscriptionRefused {
            code: 7,
            description: None,
        },
        ChannelEnd::SubscriptionRefused {
            code: 7,
            description: Some("no".to_owned()),
        },
        ChannelEnd::SubscriptionUnanswered {
            waited: Duration::from_secs(10),
        },
        ChannelEnd::Lost {
            silent_for: Duration::from_secs(180),
        },
        ChannelEnd::Closed(closed(Some(1006))),
        ChannelEnd::Closed(CloseReason::Closed {
            code: Some(1000),
            reason: "bye".to_owned(),
        }),
        ChannelEnd::Closed(CloseReason::Broken("reset".to_owned())),
        ChannelEnd::Closed(CloseReason::TooLong {
            bytes: 99,
            limit: 64,
        }),
        ChannelEnd::Closed(CloseReason::Protocol("odd".to_owned())),
        ChannelEnd::Outdated,
    ];
    let mut errors: Vec<_> = ends.into_iter().map(ChannelError::Ended).collect();
    errors.push(ChannelError::Refused {
        status: 403,
        retry_after: None,
    });
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
            "the event channel is lost: the service said nothing for 180s",
            "the event channel was closed: close code 1006",
            "the event channel was closed: close code 1000, bye",
            "the event channel was closed: reset",
            "the event channel was closed: message of 99 bytes is too long: 64 break the connection, \
             four times `max_frame_bytes` of the channel options; raise it to read such messages",
            "the event channel was closed: WebSocket protocol: odd",
            "meeting-client asks for what this client does not know: update meeting-async or \
             meeting-blocking to the same release",
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
    let output = channel.poll(Elapsed::ZERO);
    channel.handle_frame(
        Frame::Text(r#"{"action":"X","confToken":"stb-hush"}"#),
        secs(1),
    );
    for text in [
        format!("{subscription:?} {subscription:#?}"),
        before,
        format!("{channel:?}"),
        format!("{output:?} {output:#?}"),
        format!("{:?}", channel.poll(secs(1))),
    ] {
        assert!(!text.contains("hush"), "{text}");
        assert!(!text.contains("c3Ri"), "{text}");
    }
}
