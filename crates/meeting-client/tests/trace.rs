//! What the WebSocket library tells the log at level TRACE: no token of ours.
//!
//! A program of its own, because a log has one logger.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{sync::Mutex, time::SystemTime};

use log::{LevelFilter, Log, Metadata, Record};
use meeting_client::{
    Elapsed,
    channel::{Action, ChannelOptions, Connection, Subscription, upgrade::Upgrade},
};
use meeting_types::{
    WebSocketToken,
    events::{ChannelAddress, ClientFrame},
};
use tungstenite::{Message, WebSocket, protocol::Role};

struct Lines(Mutex<String>);

impl Log for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let line = format!("{} {}\n", record.target(), record.args());
        self.0.lock().unwrap().push_str(&line);
    }

    fn flush(&self) {}
}

static LINES: Lines = Lines(Mutex::new(String::new()));

#[test]
fn tungstenite_sees_what_comes_and_no_token_that_goes() {
    log::set_logger(&LINES).unwrap();
    log::set_max_level(LevelFilter::Trace);

    let token = WebSocketToken::new("cnr-hush");
    let address = ChannelAddress::new("wss://192.0.2.7", &"900825541".into(), token).unwrap();
    let (_upgrade, request) = Upgrade::start(address).unwrap();
    let request = String::from_utf8(request).unwrap();
    assert!(
        request.contains("tmpToken=cnr-hush"),
        "it is sent: {request}"
    );

    let clock = SystemTime::now();
    let subscription = Subscription::known("stb-hush");
    let options = ChannelOptions::new();
    let mut connection = Connection::opened(Vec::new(), subscription, &options, clock);
    let action = connection.poll(Elapsed::ZERO);
    assert!(matches!(action, Action::SleepUntil(_)), "{action:?}");
    let sent = connection.outgoing().to_vec();
    connection.handle_written(sent.len());
    // A ping is answered by tungstenite, so it is in the log.
    connection.handle_read(Ok(&[0x89, 0x02, b'h', b'i']));
    connection.poll(Elapsed::ZERO);
    assert!(!connection.outgoing().is_empty());
    let lines = LINES.0.lock().unwrap().clone();
    assert!(lines.contains("tungstenite"), "nobody listened: {lines}");
    for secret in ["hush", "c3RiLWh1c2", "stb-", "cnr-"] {
        assert!(!lines.contains(secret), "{lines}");
        assert!(!format!("{connection:?}").contains(secret));
    }
    // It is a frame that a server reads, masked as it has to be.
    drop(lines);
    let wire = std::io::Cursor::new(sent);
    let mut server = WebSocket::from_raw_socket(wire, Role::Server, None);
    let Message::Text(text) = server.read().unwrap() else {
        panic!("no text")
    };
    let ClientFrame::Subscribe { token, .. } = ClientFrame::parse(&text).unwrap() else {
        panic!("no subscription")
    };
    assert_eq!(token.expose(), "stb-hush");
}
