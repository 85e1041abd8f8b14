//! The live channel as plain data: no socket, no clock, no thread.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod arbitrary;
mod ends;
mod flow;

use std::time::{Duration, SystemTime};

use meeting_client::channel::{
    Channel, ChannelOptions, CloseReason, Message, Output, Subscription,
};
use meeting_types::{
    ConferenceToken,
    events::{ClientFrame, EventKind, Sequence, ServerFrame},
};

const ACK: &str =
    r#"{"action":"Subscribe","sequence":"1","data":{"returnCode":0,"returnDesc ":"SUCCESS"}}"#;
const EVENT: &str = r#"{"action":"SpeakerChangeNotify","data":[{"pid":"p1"}]}"#;
const END: &str = r#"{"action":"ConfDynamicInfoNotify","state":"Destroyed"}"#;

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn open_with(options: &ChannelOptions) -> Channel {
    let subscription = Subscription::new(
        ConferenceToken::new("stb-hush"),
        [EventKind::SpeakerChange, EventKind::ConferenceDynamicInfo],
    );
    let clock = SystemTime::UNIX_EPOCH + Duration::from_millis(1_763_800_000_123);
    Channel::opened(subscription, options, clock)
}

/// A channel whose subscription was sent.
fn open() -> Channel {
    let mut channel = open_with(&ChannelOptions::default());
    assert!(matches!(channel.poll(), Output::Send(_)));
    channel
}

/// A channel whose subscription was accepted at the start.
fn live() -> Channel {
    let mut channel = open();
    channel.received(Message::Text(ACK), Duration::ZERO);
    channel
}

fn closed(code: Option<u16>) -> CloseReason {
    CloseReason::Closed {
        code,
        reason: String::new(),
    }
}

fn sent(channel: &mut Channel) -> ClientFrame {
    match channel.poll() {
        Output::Send(text) => ClientFrame::parse(text.expose()).unwrap(),
        other => panic!("expected a frame, got {other:?}"),
    }
}

fn heartbeat_sequence(channel: &mut Channel) -> Sequence {
    match sent(channel) {
        ClientFrame::HeartBeat { sequence } => sequence,
        other => panic!("expected a heartbeat, got {other:?}"),
    }
}

fn answer(channel: &mut Channel, sequence: Sequence, now: Duration) {
    let text = ServerFrame::HeartBeat { sequence }.to_text();
    channel.received(Message::Text(text.expose()), now);
}
