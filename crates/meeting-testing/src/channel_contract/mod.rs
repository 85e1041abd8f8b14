//! What a live channel promises, as tests over real sockets. Both shells run all of it.
//!
//! [`channel_contract!`](crate::channel_contract!) with `(Shell)` defines one test for each case.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "these are tests; each name says what is promised"
)]

use std::{
    io::Write,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use meeting_client::{
    Network,
    channel::{ChannelEnd, ChannelError, ChannelOptions, CloseReason, Heartbeats, Subscription},
    tls::TrustStore,
};
use meeting_types::{
    ConferenceId, WebSocketToken,
    events::{
        ChannelAddress, ClientFrame, ConferenceDynamicInfo, Event, EventKind, ServerFrame, Speaker,
    },
    models::ConferenceState,
};
use tungstenite::{
    Message,
    protocol::{CloseFrame, frame::coding::CloseCode},
};

mod addresses;
mod connecting;

use crate::authority::authority;
pub use crate::channel_server::ChannelServer;
use crate::channel_server::Peer;

pub use addresses::*;
pub use connecting::*;

/// A channel, whichever world it lives in.
pub trait Shell: Sized {
    fn connect(
        address: ChannelAddress,
        subscription: Subscription,
        network: impl Into<Network>,
        options: &ChannelOptions,
    ) -> Result<Self, ChannelError>;
    fn next(&mut self) -> Option<Result<Event, ChannelError>>;
    fn end(&self) -> Option<&ChannelEnd>;
    fn heartbeats(&self) -> Heartbeats;
    fn shown(&self) -> String;
}

/// What a loaded machine may add to a wait.
pub const SLACK: Duration = Duration::from_secs(5);
const SHORT: Duration = Duration::from_millis(200);
pub const TOKEN: &str = "stb-token-hush";
const SOCKET_TOKEN: &str = "cnr-socket-hush";

pub fn options() -> ChannelOptions {
    ChannelOptions::new()
}

pub fn address(scheme: &str, port: u16) -> ChannelAddress {
    address_at(&format!("{scheme}://localhost:{port}"))
}

pub fn address_at(url: &str) -> ChannelAddress {
    ChannelAddress::new(
        url,
        &ConferenceId::new("912345678"),
        WebSocketToken::new(SOCKET_TOKEN),
    )
    .unwrap()
}

fn connect_with<S: Shell>(
    server: &ChannelServer,
    options: &ChannelOptions,
) -> Result<S, ChannelError> {
    let kinds = [EventKind::SpeakerChange, EventKind::ConferenceDynamicInfo];
    let subscription = Subscription::new(TOKEN, kinds);
    let address = address("ws", server.port());
    S::connect(address, subscription, TrustStore::bundled(), options)
}

fn connect<S: Shell>(server: &ChannelServer) -> S {
    connect_with(server, &options()).unwrap()
}

fn no_secret(text: &str) {
    for secret in ["hush", "c3RiLXRva2Vu"] {
        assert!(!text.contains(secret), "{text}");
    }
}

pub fn speaker(name: &str) -> Event {
    Event::new(vec![Speaker::new(name)])
}

pub fn end() -> Event {
    Event::new(ConferenceDynamicInfo::new().state(ConferenceState::Ended))
}

fn next_event(shell: &mut impl Shell) -> Event {
    shell.next().unwrap().unwrap()
}

/// Expects the channel to end like this, and to stay ended.
fn ends(shell: &mut impl Shell) -> ChannelEnd {
    let error = shell.next().unwrap().unwrap_err();
    no_secret(&format!("{error} {error:?} {error:#?}"));
    let ChannelError::Ended(outcome) = error else {
        panic!("{error:?}")
    };
    assert_eq!(shell.end(), Some(&outcome));
    assert!(shell.next().is_none());
    assert!(shell.next().is_none());
    outcome
}

fn meeting_ends(shell: &mut impl Shell) {
    assert_eq!(next_event(shell), end());
    assert!(shell.next().is_none());
    assert_eq!(shell.end(), Some(&ChannelEnd::MeetingEnded));
    assert!(shell.next().is_none());
}

fn greet(mut peer: Peer) {
    assert_eq!(
        peer.target,
        format!(
            "/cms/open/websocket/confctl/increment/conn?confID=912345678&tmpToken={SOCKET_TOKEN}"
        )
    );
    let ClientFrame::Subscribe {
        kinds,
        token,
        conference_id,
        sequence,
    } = peer.accept()
    else {
        panic!()
    };
    assert_eq!(
        kinds,
        [EventKind::SpeakerChange, EventKind::ConferenceDynamicInfo]
    );
    assert_eq!(token.expose(), TOKEN);
    assert_eq!(conference_id, None);
    assert_eq!(sequence.as_str().len(), 30);
    peer.event(speaker("p1"));
    peer.event(speaker("p2"));
    peer.event(end());
    peer.close();
}

pub fn events_arrive_until_the_meeting_ends<S: Shell>() {
    let server = ChannelServer::start(greet);
    let mut shell: S = connect(&server);
    assert_eq!(shell.end(), None);
    assert_eq!(next_event(&mut shell), speaker("p1"));
    assert_eq!(next_event(&mut shell), speaker("p2"));
    no_secret(&shell.shown());
    meeting_ends(&mut shell);
}

pub fn a_refused_token_is_told_apart<S: Shell>() {
    let with_frame = |peer: Peer| peer.close();
    let without_frame = |peer: Peer| drop(peer);
    let after_the_subscription = |mut peer: Peer| {
        peer.read();
    };
    let scripts: [fn(Peer); 3] = [with_frame, without_frame, after_the_subscription];
    for script in scripts {
        let server = ChannelServer::start(script);
        let mut shell: S = connect(&server);
        let outcome = ends(&mut shell);
        assert!(
            matches!(outcome, ChannelEnd::TokenRefused(_)),
            "{outcome:?}"
        );
    }
}

pub fn a_refused_subscription_is_told<S: Shell>() {
    let server = ChannelServer::start(|mut peer| {
        let Some(ClientFrame::Subscribe { sequence, .. }) = peer.read() else {
            panic!()
        };
        peer.send(&ServerFrame::Ack {
            sequence,
            code: 11_070_005,
            description: Some("no".to_owned()),
        });
        peer.close();
    });
    let mut shell: S = connect(&server);
    let expected = ChannelEnd::SubscriptionRefused {
        code: 11_070_005,
        description: Some("no".to_owned()),
    };
    assert_eq!(ends(&mut shell), expected);
}

pub fn an_unanswered_subscription_is_told<S: Shell>() {
    let server = ChannelServer::start(|mut peer| while peer.read().is_some() {});
    let start = Instant::now();
    let mut shell: S = connect_with(&server, &options().ack_timeout(SHORT)).unwrap();
    assert_eq!(
        ends(&mut shell),
        ChannelEnd::SubscriptionUnanswered { waited: SHORT }
    );
    assert!(start.elapsed() >= SHORT && start.elapsed() < SHORT + SLACK);
}

pub fn heartbeats_keep_it_alive<S: Shell>() {
    let server = ChannelServer::start(|mut peer| {
        peer.accept();
        let mut last = String::new();
        for _ in 0..3 {
            let Some(ClientFrame::HeartBeat { sequence }) = peer.read() else {
                panic!()
            };
            assert!(sequence.as_str() > last.as_str());
            last = sequence.as_str().to_owned();
            peer.send(&ServerFrame::HeartBeat { sequence });
        }
        peer.event(end());
        peer.close();
    });
    let options = options()
        .heartbeat_interval(SHORT * 2)
        .silence_limit(SHORT * 20);
    let start = Instant::now();
    let mut shell: S = connect_with(&server, &options).unwrap();
    meeting_ends(&mut shell);
    // The first comes at any part of the interval, the others near its end.
    assert!(start.elapsed() >= SHORT * 2 * 2 * 9 / 10);
    let heartbeats = shell.heartbeats();
    assert_eq!(heartbeats.answered, 3);
    assert!(heartbeats.sent >= 3);
    assert!(heartbeats.last_round_trip.is_some());
}

pub fn silence_is_told<S: Shell>() {
    let server = ChannelServer::start(|mut peer| {
        peer.accept();
        while peer.read().is_some() {}
    });
    let options = options().heartbeat_interval(SHORT / 3).silence_limit(SHORT);
    let mut shell: S = connect_with(&server, &options).unwrap();
    let outcome = ends(&mut shell);
    let ChannelEnd::Lost { silent_for } = outcome else {
        panic!("{outcome:?}")
    };
    assert!(silent_for >= SHORT && silent_for < SHORT + SLACK);
    assert!(shell.heartbeats().sent >= 1);
}

/// A gateway pings on for a backend that is gone.
pub fn pings_are_no_sign_of_life<S: Shell>() {
    for answers in [0, 1] {
        let server = ChannelServer::start(move |mut peer| {
            peer.accept();
            for _ in 0..answers {
                let Some(ClientFrame::HeartBeat { sequence }) = peer.read() else {
                    panic!()
                };
                peer.send(&ServerFrame::HeartBeat { sequence });
            }
            while peer.socket.send(Message::Ping("hey".into())).is_ok() {
                thread::sleep(SHORT / 10);
            }
        });
        let interval = SHORT * 2;
        let options = options()
            .heartbeat_interval(interval)
            .silence_limit(SHORT * 8);
        let start = Instant::now();
        let mut shell: S = connect_with(&server, &options).unwrap();
        let outcome = ends(&mut shell);
        let ChannelEnd::Lost { silent_for } = outcome else {
            panic!("{outcome:?}")
        };
        let limit = if answers == 0 {
            SHORT * 8
        } else {
            interval * 3 / 2
        };
        assert!(silent_for >= limit && silent_for < limit + SLACK);
        assert!(start.elapsed() < interval + limit + SLACK);
    }
}

/// Answers to pings fill the connection, and nobody reads them.
pub fn a_peer_that_does_not_read_is_read<S: Shell>() {
    for secure in [false, true] {
        let authority = authority(&["localhost"], false);
        let trust = TrustStore::from_pem(authority.pem.as_bytes()).unwrap();
        let script = |mut peer: Peer| {
            peer.accept();
            let payload = [b'x'; 125];
            for _ in 0..100_000 {
                let ping = Message::Ping(payload.to_vec().into());
                peer.socket.write(ping).unwrap();
            }
            peer.event(speaker("p1"));
            peer.event(end());
            while peer.socket.read().is_ok() {}
        };
        let server = if secure {
            ChannelServer::start_tls(authority.server, script)
        } else {
            ChannelServer::start(script)
        };
        let address = address(if secure { "wss" } else { "ws" }, server.port());
        let subscription = Subscription::known(TOKEN);
        let mut shell = S::connect(address, subscription, &trust, &options()).unwrap();
        assert_eq!(next_event(&mut shell), speaker("p1"));
        meeting_ends(&mut shell);
        drop(shell);
    }
}

pub fn what_is_no_websocket_breaks_it<S: Shell>() {
    let server = ChannelServer::start(|mut peer| {
        peer.accept();
        // A text frame that is not UTF-8.
        peer.socket
            .get_mut()
            .write_all(&[0x81, 0x02, 0xff, 0xfe])
            .unwrap();
        while peer.socket.read().is_ok() {}
    });
    let mut shell: S = connect(&server);
    let outcome = ends(&mut shell);
    let is_told = matches!(outcome, ChannelEnd::Closed(CloseReason::Protocol(_)));
    assert!(is_told, "{outcome:?}");
}

pub fn unreadable_frames_are_reported_and_skipped<S: Shell>() {
    let server = ChannelServer::start(|mut peer| {
        peer.accept();
        peer.text("{\"hush");
        peer.socket.send(Message::binary(vec![1, 2, 3])).unwrap();
        peer.text(&"x".repeat(1001));
        peer.event(end());
        peer.close();
    });
    let mut shell: S = connect_with(&server, &options().max_frame_bytes(1000)).unwrap();
    for expected in ["not JSON", "binary", "1001 bytes is over the limit of 1000"] {
        let error = shell.next().unwrap().unwrap_err();
        no_secret(&format!("{error} {error:?}"));
        assert!(!error.is_end());
        assert!(error.to_string().contains(expected), "{error}");
    }
    meeting_ends(&mut shell);
}

pub fn a_huge_frame_breaks_it<S: Shell>() {
    let server = ChannelServer::start(|mut peer| {
        peer.accept();
        // The client may be gone before all of it is written.
        let _ = peer.socket.send(Message::text("x".repeat(4001)));
    });
    let mut shell: S = connect_with(&server, &options().max_frame_bytes(1000)).unwrap();
    let outcome = ends(&mut shell);
    let expected = CloseReason::TooLong {
        bytes: 4001,
        limit: 4000,
    };
    assert_eq!(outcome, ChannelEnd::Closed(expected));
    assert!(outcome.to_string().contains("`max_frame_bytes`"));
}

pub fn pings_are_answered<S: Shell>() {
    let server = ChannelServer::start(|mut peer| {
        peer.accept();
        peer.socket.send(Message::Ping("so".into())).unwrap();
        loop {
            match peer.socket.read().unwrap() {
                Message::Pong(bytes) => break assert_eq!(&bytes[..], b"so"),
                other => assert!(!other.is_close()),
            }
        }
        peer.event(end());
        peer.close();
    });
    let mut shell: S = connect(&server);
    meeting_ends(&mut shell);
}

pub fn a_frame_may_come_in_pieces<S: Shell>() {
    for secure in [false, true] {
        let authority = authority(&["localhost"], false);
        let trust = TrustStore::from_pem(authority.pem.as_bytes()).unwrap();
        let tls = secure.then_some(authority.server);
        let server = ChannelServer::start_dripping(tls, |mut peer| {
            peer.accept();
            peer.event(speaker("p1"));
            peer.event(end());
            while peer.read().is_some() {}
        });
        // Heartbeats fall due while a frame is half read.
        let options = options().heartbeat_interval(Duration::from_millis(10));
        let scheme = if secure { "wss" } else { "ws" };
        let address = address(scheme, server.port());
        let subscription = Subscription::known(TOKEN);
        let mut shell = S::connect(address, subscription, &trust, &options).unwrap();
        assert_eq!(next_event(&mut shell), speaker("p1"));
        meeting_ends(&mut shell);
        assert!(shell.heartbeats().sent > 3);
    }
}

pub fn a_program_that_comes_late_misses_nothing<S: Shell>() {
    let (sent, wait) = mpsc::channel::<()>();
    let server = ChannelServer::start(move |mut peer| {
        // Without an acknowledgement: the subscription is not on its way yet.
        for number in 0..100 {
            peer.event(speaker(&number.to_string()));
        }
        peer.event(end());
        let _ = peer.socket.close(None);
        sent.send(()).unwrap();
        while peer.socket.read().is_ok() {}
    });
    let options = options().silence_limit(SHORT).ack_timeout(SHORT);
    let mut shell: S = connect_with(&server, &options).unwrap();
    wait.recv().unwrap();
    thread::sleep(SHORT * 2);
    for number in 0..100 {
        assert_eq!(next_event(&mut shell), speaker(&number.to_string()));
    }
    meeting_ends(&mut shell);
}

pub fn a_close_is_told_with_its_reason<S: Shell>() {
    let server = ChannelServer::start(|mut peer| {
        peer.accept();
        let frame = CloseFrame {
            code: CloseCode::Away,
            reason: "deploy".into(),
        };
        peer.socket.close(Some(frame)).unwrap();
        while peer.socket.read().is_ok() {}
    });
    let mut shell: S = connect(&server);
    let expected = CloseReason::Closed {
        code: Some(1001),
        reason: "deploy".to_owned(),
    };
    assert_eq!(ends(&mut shell), ChannelEnd::Closed(expected));

    // No close frame at all.
    let server = ChannelServer::start(|mut peer| {
        peer.accept();
        peer.event(speaker("p1"));
    });
    let mut shell: S = connect(&server);
    assert_eq!(next_event(&mut shell), speaker("p1"));
    let outcome = ends(&mut shell);
    assert!(
        matches!(outcome, ChannelEnd::Closed(CloseReason::Broken(_))),
        "{outcome:?}"
    );
}

pub fn dropping_it_closes_the_connection<S: Shell>() {
    let (gone, wait) = mpsc::channel();
    let server = ChannelServer::start(move |mut peer| {
        peer.accept();
        peer.event(speaker("p1"));
        assert_eq!(peer.read(), None);
        gone.send(()).unwrap();
    });
    let mut shell: S = connect(&server);
    assert_eq!(next_event(&mut shell), speaker("p1"));
    drop(shell);
    wait.recv_timeout(SLACK).unwrap();
}

pub fn many_events_keep_their_order<S: Shell>() {
    const COUNT: u32 = 5000;
    let server = ChannelServer::start(|mut peer| {
        peer.accept();
        for number in 0..COUNT {
            peer.event(speaker(&number.to_string()));
        }
        peer.event(end());
        peer.close();
    });
    let mut shell: S = connect(&server);
    for number in 0..COUNT {
        assert_eq!(next_event(&mut shell), speaker(&number.to_string()));
    }
    meeting_ends(&mut shell);
}

/// Defines a test for each case of the contract of event channels: `channel_contract!(Shell)`.
#[macro_export]
macro_rules! channel_contract {
    ($shell:ty) => {
        $crate::channel_contract!(@cases $shell:
            events_arrive_until_the_meeting_ends
            tls_with_a_trusted_authority
            tls_that_cannot_be_trusted
            tls_that_breaks_down
            a_client_certificate_lets_in
            an_address_that_no_certificate_names_is_refused
            addresses_are_verified_as_a_name
            what_is_verified_at_addresses_counts
            a_pinned_certificate_is_taken
            other_certificates_than_the_pinned_are_refused
            a_refused_token_is_told_apart
            a_refused_upgrade_tells_the_status
            something_else_than_a_channel_fails
            nobody_there_fails
            connecting_takes_no_longer_than_allowed
            a_refused_subscription_is_told
            an_unanswered_subscription_is_told
            heartbeats_keep_it_alive
            silence_is_told
            pings_are_no_sign_of_life
            a_peer_that_does_not_read_is_read
            what_is_no_websocket_breaks_it
            unreadable_frames_are_reported_and_skipped
            a_huge_frame_breaks_it
            pings_are_answered
            a_frame_may_come_in_pieces
            a_program_that_comes_late_misses_nothing
            a_close_is_told_with_its_reason
            dropping_it_closes_the_connection
            many_events_keep_their_order
        );
    };
    (@cases $shell:ty: $($case:ident)*) => {
        $(
            #[test]
            fn $case() {
                $crate::channel_contract::$case::<$shell>();
            }
        )*
    };
}
