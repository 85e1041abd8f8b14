//! What following a meeting promises when the service misbehaves, as tests over real sockets. Both
//! worlds run all of it.
//!
//! [`live_contract!`](crate::live_contract!) with `(Shell)` defines one test for each case.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "these are tests; each name says what is promised"
)]

use std::{
    io::Write,
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use meeting_client::{
    Config, Error, RetryBudget,
    channel::{ChannelEnd, ChannelError, ChannelOptions, CloseReason},
    follow::{LiveMeeting, LiveOptions, Notice},
};
use meeting_types::{
    Endpoint, Immediate, NonBlocking, Operation, Transport, TransportError,
    events::{
        ClientFrame, ConferenceDynamicInfo, Event, EventKind, ParticipantChange, ParticipantInfo,
        ServerFrame, Speaker,
    },
    models::ConferenceState,
    operations::{CreateConfToken, CreateWebSocketToken},
};
use tungstenite::{Message, accept};

use crate::channel_server::{Peer, Wire};

/// Somebody who follows a meeting, whichever world it lives in.
pub trait Shell: Sized {
    fn follow(rest: Rest, options: LiveOptions) -> Result<Self, Error>;
    fn next(&mut self) -> Option<Result<Notice, Error>>;
    fn meeting(&self) -> &LiveMeeting;
    fn shown(&self) -> String;
}

/// The calls of the service, without a socket. The address of the channel is in its replies.
pub struct Rest {
    port: u16,
    /// Whether the service is busy for this call, counted from 0, of the operation on this path.
    is_busy: fn(&str, usize) -> bool,
    calls: Calls,
    budget: RetryBudget,
}

/// The paths that were called.
type Calls = Arc<Mutex<Vec<String>>>;

fn count(calls: &Calls, path: &str) -> usize {
    calls
        .lock()
        .unwrap()
        .iter()
        .filter(|called| *called == path)
        .count()
}

impl Rest {
    fn new(port: u16) -> Self {
        Self {
            port,
            is_busy: |_, _| false,
            calls: Calls::default(),
            budget: RetryBudget::default(),
        }
    }

    pub fn endpoint() -> Endpoint {
        Endpoint::plain_http("http://localhost").unwrap()
    }

    /// Settings of the client that is to be put over it.
    pub fn configure(&self) -> impl FnOnce(Config) -> Config + use<> {
        let budget = self.budget.clone();
        |config| config.retry_budget(budget)
    }
}

#[async_trait]
impl Transport for Rest {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let path = request.uri().path();
        let number = count(&self.calls, path);
        self.calls.lock().unwrap().push(path.to_owned());
        if (self.is_busy)(path, number) {
            let mut busy = Response::new(Bytes::new());
            *busy.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            return Ok(busy);
        }
        let body = if path == CreateConfToken::INFO.path {
            let port = self.port;
            format!(
                r#"{{"data": {{"token": "hush-control", "confTokenExpireTime": 1800, "role": 1,
                    "wsURL": "ws://localhost:{port}"}}}}"#
            )
        } else {
            r#"{"webSocketToken": "hush-socket"}"#.to_owned()
        };
        Ok(Response::new(body.into()))
    }

    async fn sleep(&self, _: Duration) {}
}

impl NonBlocking for Rest {}
impl Immediate for Rest {}

type Script = Box<dyn FnOnce(Peer) + Send>;

/// A server that runs one script for each connection. Dropping it waits for them.
pub struct Server {
    port: u16,
    scripts: Option<JoinHandle<()>>,
}

impl Server {
    fn start(scripts: Vec<Script>) -> Self {
        Self::run(scripts.into_iter(), false)
    }

    /// Runs scripts as long as a client connects.
    fn start_until_gone(scripts: impl Iterator<Item = Script> + Send + 'static) -> Self {
        Self::run(scripts, true)
    }

    fn run(scripts: impl Iterator<Item = Script> + Send + 'static, is_endless: bool) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let scripts = thread::spawn(move || {
            for script in scripts {
                let (tcp, _) = listener.accept().unwrap();
                tcp.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
                let wire: Box<dyn Wire> = Box::new(tcp);
                // Somebody who connects and says nothing is the end.
                let Ok(socket) = accept(wire) else {
                    return assert!(is_endless, "a script had no client");
                };
                script(Peer {
                    socket,
                    target: String::new(),
                });
            }
        });
        Self {
            port,
            scripts: Some(scripts),
        }
    }

    fn follow<S: Shell>(&self, options: LiveOptions) -> S {
        S::follow(Rest::new(self.port), options).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(scripts) = self.scripts.take()
            && !thread::panicking()
        {
            // A script that still waits for its connection gets one, and fails.
            let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
            assert!(scripts.join().is_ok(), "the server's part failed");
        }
    }
}

fn options() -> LiveOptions {
    LiveOptions::new().backoff(Duration::from_millis(1), Duration::from_millis(10))
}

fn script(script: impl FnOnce(Peer) + Send + 'static) -> Script {
    Box::new(script)
}

/// Accepts, tells one event, and then the end of the meeting.
fn ends() -> Script {
    script(|mut peer| {
        peer.accept();
        peer.event(Event::new(vec![Speaker::new("p1")]));
        peer.event(Event::new(
            ConferenceDynamicInfo::new().state(ConferenceState::Ended),
        ));
        peer.close();
    })
}

/// All there is to be told, in a word each, and the error at the end.
fn told<S: Shell>(shell: &mut S) -> (Vec<&'static str>, Option<Error>) {
    let mut words = Vec::new();
    while let Some(item) = shell.next() {
        let shown = format!("{item:?} {}", shell.shown());
        assert!(!shown.contains("hush"), "{shown}");
        match item {
            Ok(notice) => words.push(match notice {
                Notice::Event(_) => "event",
                Notice::Gap { .. } => "gap",
                Notice::Resumed { .. } => "resumed",
                Notice::Skipped { .. } => "skipped",
                Notice::Fault(_) => "fault",
                _ => "other",
            }),
            Err(error) => {
                let shown = format!("{error} {error:?} {error:#?}");
                assert!(!shown.contains("hush"), "{shown}");
                assert!(shell.next().is_none());
                return (words, Some(error));
            }
        }
    }
    assert!(shell.next().is_none() && shell.next().is_none());
    (words, None)
}

pub fn a_service_that_hangs_up_after_each_answer<S: Shell>() {
    let hangs_up = || {
        script(|mut peer| {
            let Some(ClientFrame::Subscribe { sequence, .. }) = peer.read() else {
                panic!("no subscription")
            };
            let ack = ServerFrame::Ack {
                sequence,
                code: 0,
                description: None,
            };
            // Both arrive at once.
            let ack = ack.to_text();
            peer.socket.write(Message::text(ack.expose())).unwrap();
            peer.close();
        })
    };
    let server = Server::start(vec![hangs_up(), hangs_up(), hangs_up(), ends()]);
    let (words, error) = told(&mut server.follow::<S>(options()));
    assert!(error.is_none(), "{error:?}");
    // Each connection was accepted, so each loss is a gap of its own.
    let mut expected = ["gap", "resumed"].repeat(3);
    expected.extend(["event", "event"]);
    assert_eq!(words, expected);
}

pub fn a_service_that_upgrades_and_says_nothing<S: Shell>() {
    let is_silent = || script(|mut peer| while peer.read().is_some() {});
    let server = Server::start(vec![is_silent(), is_silent(), ends()]);
    let channel = ChannelOptions::new().ack_timeout(Duration::from_millis(100));
    let mut shell: S = server.follow(options().channel(channel));
    let (words, error) = told(&mut shell);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(words, ["gap", "resumed", "event", "event"]);
    assert!(shell.meeting().is_over());
}

pub fn a_service_that_only_pings<S: Shell>() {
    let pings = script(|mut peer| {
        while peer
            .socket
            .send(Message::Ping(Bytes::from_static(b"hey")))
            .is_ok()
        {}
    });
    let server = Server::start(vec![pings, ends()]);
    let channel = ChannelOptions::new().ack_timeout(Duration::from_millis(100));
    let (words, error) = told(&mut server.follow::<S>(options().channel(channel)));
    assert!(error.is_none(), "{error:?}");
    assert_eq!(words, ["gap", "resumed", "event", "event"]);
}

pub fn a_service_whose_frames_are_huge<S: Shell>() {
    let is_huge = script(|mut peer| {
        peer.accept();
        peer.text(&"x".repeat(2000));
        // It breaks this one off.
        let _ = peer.socket.send(Message::text("x".repeat(100_000)));
        while peer.socket.read().is_ok() {}
    });
    let server = Server::start(vec![is_huge]);
    let channel = ChannelOptions::new().max_frame_bytes(1000);
    let mut shell: S = server.follow(options().channel(channel));
    let (words, error) = told(&mut shell);
    // The next connection would be sent the same.
    assert_eq!(words, ["fault", "gap"]);
    let error = error.unwrap();
    let too_long = matches!(
        &error,
        Error::Channel(ChannelError::Ended(ChannelEnd::Closed(
            CloseReason::TooLong { .. }
        )))
    );
    assert!(too_long, "{error:?}");
    assert!(error.to_string().contains("`max_frame_bytes`"), "{error}");
    assert!(shell.meeting().is_stale());
}

pub fn a_service_that_sends_what_is_no_websocket<S: Shell>() {
    let is_odd = script(|mut peer| {
        peer.accept();
        peer.socket
            .get_mut()
            .write_all(&[0x81, 0x02, 0xff, 0xfe])
            .unwrap();
        while peer.socket.read().is_ok() {}
    });
    let server = Server::start(vec![is_odd]);
    let (words, error) = told(&mut server.follow::<S>(options()));
    assert_eq!(words, ["gap"]);
    let error = error.unwrap().to_string();
    assert!(error.contains("WebSocket protocol"), "{error}");
}

/// A push that cannot be read leaves the state stale, and is asked for again.
pub fn a_service_whose_push_is_cut<S: Shell>() {
    let is_cut = script(|mut peer| {
        peer.accept();
        peer.text(r#"{"action":"ParticipantsNotify","data":[{"pid":"p1""#);
        let again = peer.read();
        assert!(
            matches!(again, Some(ClientFrame::Subscribe { .. })),
            "{again:?}"
        );
        let people = vec![ParticipantChange::from(ParticipantInfo::new("p1"))];
        peer.event(Event::new(people));
        peer.event(Event::new(
            ConferenceDynamicInfo::new().state(ConferenceState::Ended),
        ));
        peer.close();
    });
    let server = Server::start(vec![is_cut]);
    let mut shell: S = server.follow(options());
    assert!(matches!(shell.next(), Some(Ok(Notice::Fault(_)))));
    assert!(shell.meeting().is_stale_about(&EventKind::Participants));
    assert!(shell.meeting().is_stale());
    assert!(matches!(shell.next(), Some(Ok(Notice::Event(_)))));
    assert!(!shell.meeting().is_stale());
    assert_eq!(shell.meeting().participants().len(), 1);
    assert_eq!(told(&mut shell).0, ["event"]);
}

/// Progress is what a connection was good for, not that it opened.
pub fn a_service_that_always_hangs_up<S: Shell>() {
    let hangs_up = || {
        script(|mut peer| {
            peer.accept();
            peer.close();
        })
    };
    // More than can be used: the server's part ends with the client's.
    let listener = Server::start_until_gone(std::iter::repeat_with(hangs_up));
    let give_up_after = Duration::from_millis(500);
    let cap = Duration::from_millis(100);
    let options = LiveOptions::new()
        .backoff(Duration::from_millis(10), cap)
        .give_up_after(give_up_after);
    let start = Instant::now();
    let (words, error) = told(&mut listener.follow::<S>(options));
    assert!(start.elapsed() < give_up_after + Duration::from_secs(5));
    assert!(words.len() > 4, "{words:?}");
    assert!(matches!(error, Some(Error::GaveUp { .. })), "{error:?}");
}

/// The loop that connects again is the only one: its calls for tokens make one attempt each, and pay
/// nothing from the budget that repeats of the program's calls are paid from.
pub fn a_service_that_is_busy_when_tokens_are_asked_for<S: Shell>() {
    let takes_no_token = script(Peer::close);
    let server = Server::start(vec![takes_no_token, ends()]);
    let budget = RetryBudget::new(50);
    let calls = Calls::default();
    let rest = Rest {
        // The first of each opens the session.
        is_busy: |path, number| {
            let is_control = path == CreateConfToken::INFO.path;
            let is_socket = path == CreateWebSocketToken::INFO.path;
            (1..=2).contains(&number) && (is_control || is_socket)
        },
        calls: calls.clone(),
        budget: budget.clone(),
        ..Rest::new(server.port)
    };
    let mut shell = S::follow(rest, options()).unwrap();
    assert!(matches!(shell.next(), Some(Ok(Notice::Gap { .. }))));
    let resumed = shell.next();
    // Two connections failed for want of a control token, two for want of the other.
    assert!(
        matches!(resumed, Some(Ok(Notice::Resumed { attempts: 5, .. }))),
        "{resumed:?}"
    );
    assert_eq!(count(&calls, CreateConfToken::INFO.path), 1 + 5);
    assert_eq!(count(&calls, CreateWebSocketToken::INFO.path), 1 + 3);
    assert_eq!(budget.left(), Some(50));
    assert_eq!(told(&mut shell).0, ["event", "event"]);
}

pub fn a_service_that_takes_no_token<S: Shell>() {
    let refuses = || script(Peer::close);
    let server = Server::start(vec![refuses(), refuses(), refuses()]);
    let (words, error) = told(&mut server.follow::<S>(options()));
    assert_eq!(words, ["gap"]);
    assert!(
        matches!(
            error,
            Some(Error::Channel(ChannelError::Ended(
                ChannelEnd::TokenRefused(_)
            )))
        ),
        "{error:?}"
    );
}

pub fn settings_without_measure<S: Shell>() {
    for (long, zero) in [
        (Duration::MAX, Duration::ZERO),
        (Duration::from_secs(u64::MAX / 4), Duration::from_nanos(1)),
        (Duration::from_secs(1 << 40), Duration::ZERO),
    ] {
        let hangs_up = script(|mut peer| {
            peer.accept();
            peer.event(Event::new(vec![Speaker::new("p1")]));
            peer.close();
        });
        let server = Server::start(vec![hangs_up, ends()]);
        let channel = ChannelOptions::new()
            .connect_timeout(long)
            .ack_timeout(long)
            .heartbeat_interval(long)
            .silence_limit(long)
            .max_frame_bytes(usize::MAX);
        let options = LiveOptions::new()
            .backoff(zero, long)
            .give_up_after(long)
            .buffer(usize::MAX)
            .channel(channel);
        let (words, error) = told(&mut server.follow::<S>(options));
        assert!(error.is_none(), "{error:?}");
        assert_eq!(words, ["event", "gap", "resumed", "event", "event"]);
    }
}

/// Defines a test for each case of the contract of following a meeting: `live_contract!(Shell)`.
#[macro_export]
macro_rules! live_contract {
    ($shell:ty) => {
        $crate::live_contract!(@cases $shell:
            a_service_that_hangs_up_after_each_answer
            a_service_that_upgrades_and_says_nothing
            a_service_that_only_pings
            a_service_whose_frames_are_huge
            a_service_that_sends_what_is_no_websocket
            a_service_whose_push_is_cut
            a_service_that_always_hangs_up
            a_service_that_is_busy_when_tokens_are_asked_for
            a_service_that_takes_no_token
            settings_without_measure
        );
    };
    (@cases $shell:ty: $($case:ident)*) => {
        $(
            #[test]
            fn $case() {
                $crate::live_contract::$case::<$shell>();
            }
        )*
    };
}
