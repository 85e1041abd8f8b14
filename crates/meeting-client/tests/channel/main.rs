//! The live channel as plain data: no socket, no clock, no thread.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod arbitrary;
mod ends;
mod flow;

use std::time::{Duration, SystemTime};

use meeting_client::{
    Elapsed,
    channel::{Action, Channel, ChannelOptions, CloseReason, Frame, Subscription},
};
use meeting_types::{
    ConferenceToken,
    events::{ClientFrame, EventKind, Sequence, ServerFrame},
};

const ACK: &str =
    r#"{"action":"Subscribe","sequence":"1","data":{"returnCode":0,"returnDesc ":"SUCCESS"}}"#;
const EVENT: &str = r#"{"action":"SpeakerChangeNotify","data":[{"pid":"p1"}]}"#;
const END: &str = r#"{"action":"ConfDynamicInfoNotify","state":"Destroyed"}"#;

fn secs(seconds: u64) -> Elapsed {
    Elapsed::ZERO + Duration::from_secs(seconds)
}

fn millis(millis: u64) -> Elapsed {
    Elapsed::ZERO + Duration::from_millis(millis)
}

/// Expects that there is nothing to be done.
fn idle(channel: &mut Channel) {
    let action = channel.poll(Elapsed::ZERO);
    assert!(matches!(action, Action::SleepUntil(_)), "{action:?}");
}

fn open_with(options: &ChannelOptions) -> Channel {
    let subscription = Subscription::new(
        ConferenceToken::new("stb-hush"),
        [EventKind::SpeakerChange, EventKind::ConferenceDynamicInfo],
    );
    let clock = SystemTime::UNIX_EPOCH + Duration::from_millis(1_763_800_000_123);
    Channel::opened(subscription, options, clock).with_seed(7)
}

/// A channel whose subscription was sent.
fn open() -> Channel {
    let mut channel = open_with(&ChannelOptions::default());
    assert!(matches!(channel.poll(Elapsed::ZERO), Action::Send(_)));
    channel
}

/// A channel whose subscription was accepted at the start.
fn live() -> Channel {
    let mut channel = open();
    channel.handle_frame(Frame::Text(ACK), Elapsed::ZERO);
    assert_eq!(channel.poll(Elapsed::ZERO), Action::Subscribed);
    channel
}

fn closed(code: Option<u16>) -> CloseReason {
    CloseReason::Closed {
        code,
        reason: String::new(),
    }
}

fn sent(channel: &mut Channel) -> ClientFrame {
    match channel.poll(Elapsed::ZERO) {
        Action::Send(text) => ClientFrame::parse(text.expose()).unwrap(),
        other => panic!("expected a frame, got {other:?}"),
    }
}

/// Waits for the next heartbeat; when it goes out, and its sequence.
fn beat(channel: &mut Channel) -> (Elapsed, Sequence) {
    let Action::SleepUntil(at) = channel.poll(Elapsed::ZERO) else {
        panic!("not idle")
    };
    channel.handle_timeout(at);
    match channel.poll(at) {
        Action::Send(text) => match ClientFrame::parse(text.expose()).unwrap() {
            ClientFrame::HeartBeat { sequence } => (at, sequence),
            other => panic!("expected a heartbeat, got {other:?}"),
        },
        other => panic!("expected a heartbeat, got {other:?}"),
    }
}

fn answer(channel: &mut Channel, sequence: Sequence, now: Elapsed) {
    let text = ServerFrame::HeartBeat { sequence }.to_text();
    channel.handle_frame(Frame::Text(text.expose()), now);
}
