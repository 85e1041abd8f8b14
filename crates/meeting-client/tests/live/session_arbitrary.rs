//! Whatever a driver tells a session, in whatever order.

use std::time::Duration;

use http::StatusCode;
use meeting_client::{
    Error,
    channel::{ChannelError, CloseReason, FrameFault, Outcome},
    live::{LiveOptions, Notice, Session, Todo},
};
use meeting_types::{
    ServiceError, TransportError, TransportErrorKind,
    events::{Event, EventKind, Speaker, SubtitleSwitch},
};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Input {
    Event,
    Fault(FrameFault),
    Ended(Outcome),
    /// The meeting is over.
    Finished,
    Subscribed,
    Opened,
    NotOpened(Failure),
    /// As the driver does it: waits, and opens a channel when it is told to.
    Drive {
        opens: bool,
    },
    Pass(Duration),
    Tell,
    Kinds,
    TakeKinds,
    Subtitles,
    TakeSubtitles,
}

/// How opening a channel fails.
#[derive(Clone, Debug)]
enum Failure {
    Transport(TransportErrorKind),
    Connect(TransportErrorKind),
    Service(u16, &'static str),
    RetryAfter(Duration),
    Refused(u16),
    NoAddress,
    Deadline,
    Token(Box<Failure>),
}

impl Failure {
    fn error(&self) -> Error {
        let operation = "CreateWebSocketToken";
        let service = |status, code: &str| {
            ServiceError::new(StatusCode::from_u16(status).unwrap(), code, "no")
        };
        match self {
            Self::Transport(kind) => Error::Transport {
                operation,
                source: TransportError::new(*kind, "made up"),
            },
            Self::Connect(kind) => {
                ChannelError::Connect(TransportError::new(*kind, "made up")).into()
            }
            Self::Service(status, code) => Error::Service(service(*status, code)),
            Self::RetryAfter(delay) => {
                Error::Service(service(429, "APIG.0308").with_retry_after(*delay))
            }
            Self::Refused(status) => ChannelError::Refused { status: *status }.into(),
            Self::NoAddress => ChannelError::NoAddress.into(),
            Self::Deadline => Error::Deadline {
                operation,
                allowed: Duration::MAX,
                last: Some(Box::new(Error::Service(service(503, "X")))),
            },
            Self::Token(failure) => Error::Token(failure.error().into()),
        }
    }
}

fn durations() -> impl Strategy<Value = Duration> {
    prop_oneof![
        Just(Duration::ZERO),
        Just(Duration::from_nanos(1)),
        (0..5000_u64).prop_map(Duration::from_millis),
        (0..100_000_u64).prop_map(Duration::from_secs),
        Just(Duration::MAX),
    ]
}

fn failures() -> impl Strategy<Value = Failure> {
    use TransportErrorKind as Kind;
    let kinds = || {
        prop::sample::select(vec![
            Kind::Connect,
            Kind::Tls,
            Kind::Timeout,
            Kind::Io,
            Kind::Request,
            Kind::TooLarge,
            Kind::Other,
        ])
    };
    let services = vec![
        (503, "X"),
        (429, "APIG.0308"),
        (400, "MMC.111072005"),
        (400, "MMC.111072065"),
        (401, "USG.206020000"),
    ];
    let plain = prop_oneof![
        kinds().prop_map(Failure::Transport),
        kinds().prop_map(Failure::Connect),
        prop::sample::select(services).prop_map(|(status, code)| Failure::Service(status, code)),
        durations().prop_map(Failure::RetryAfter),
        prop::sample::select(vec![401, 404, 429, 503]).prop_map(Failure::Refused),
        Just(Failure::NoAddress),
        Just(Failure::Deadline),
    ];
    plain.prop_flat_map(|failure| {
        prop_oneof![
            3 => Just(failure.clone()),
            1 => Just(Failure::Token(Box::new(failure))),
        ]
    })
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    let closed = CloseReason::Closed {
        code: Some(1000),
        reason: String::new(),
    };
    let broken = CloseReason::Broken("reset".to_owned());
    let waited = Duration::from_secs(10);
    prop::sample::select(vec![
        Outcome::MeetingEnded,
        Outcome::TokenRefused(closed.clone()),
        Outcome::TokenRefused(broken.clone()),
        Outcome::SubscriptionRefused {
            code: 1,
            description: None,
        },
        Outcome::SubscriptionUnanswered { waited },
        Outcome::Lost { silent_for: waited },
        Outcome::Closed(closed),
        Outcome::Closed(broken),
    ])
}

fn inputs() -> impl Strategy<Value = Input> {
    let fault = prop_oneof![
        Just(FrameFault::Binary { bytes: 3 }),
        Just(FrameFault::SubscriptionRefused { code: 2 }),
    ];
    prop_oneof![
        6 => Just(Input::Event),
        1 => fault.prop_map(Input::Fault),
        4 => outcomes().prop_map(Input::Ended),
        1 => Just(Input::Finished),
        3 => Just(Input::Subscribed),
        1 => Just(Input::Opened),
        2 => failures().prop_map(Input::NotOpened),
        8 => any::<bool>().prop_map(|opens| Input::Drive { opens }),
        3 => durations().prop_map(Input::Pass),
        5 => Just(Input::Tell),
        1 => Just(Input::Kinds),
        1 => Just(Input::TakeKinds),
        1 => Just(Input::Subtitles),
        1 => Just(Input::TakeSubtitles),
    ]
}

fn options() -> impl Strategy<Value = LiveOptions> {
    (durations(), durations(), durations(), 0..6_usize).prop_map(|(base, cap, patience, buffer)| {
        LiveOptions::new()
            .backoff(base, cap)
            .give_up_after(patience)
            .buffer(buffer)
    })
}

/// What was told, checked as it comes.
#[derive(Debug)]
struct Told {
    gaps: u64,
    notices: u64,
    /// Unknown after something was skipped, which may have been the start of a gap or its end.
    in_gap: Option<bool>,
    over: bool,
}

impl Told {
    fn note(&mut self, item: Result<Notice, Error>) {
        assert!(!self.over, "{item:?} after the last item");
        match item {
            Err(_) | Ok(Notice::EndedInGap) => self.over = true,
            Ok(Notice::Gap { .. }) => {
                assert_ne!(self.in_gap, Some(true), "a gap within a gap");
                self.in_gap = Some(true);
                self.gaps += 1;
                self.notices += 1;
            }
            Ok(Notice::Resumed { .. }) => {
                assert_ne!(self.in_gap, Some(false), "nothing was lost");
                self.in_gap = Some(false);
                self.notices += 1;
            }
            Ok(Notice::Skipped { notices, gaps }) => {
                assert!(notices > 0 && gaps <= notices);
                self.gaps += gaps;
                self.in_gap = None;
                self.notices += notices;
            }
            Ok(_) => self.notices += 1,
        }
    }
}

/// What is under way: what a driver knows, so that it tells only what can be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Link {
    Open,
    Down,
    Connecting,
}

proptest! {
    #[test]
    fn a_session_takes_whatever_comes(
        options in options(),
        inputs in prop::collection::vec(inputs(), 0..80),
        seed in any::<u64>(),
    ) {
        let buffer = options.buffer.max(1);
        let patience = options.give_up_after;
        let mut session = Session::new(options).with_seed(seed);
        let mut now = Duration::ZERO;
        let mut told = Told {
            gaps: 0,
            notices: 0,
            in_gap: Some(false),
            over: false,
        };
        let mut link = Link::Open;
        // The gaps and notices that there must have been, and whether one is open.
        let (mut gaps, mut notices) = (0, 0);
        let mut gap = None;
        for input in inputs {
            let lives = !session.is_stopped();
            let open = link == Link::Open && lives;
            match input {
                Input::Event | Input::Subscribed if open => {
                    if gap.take().is_some() {
                        notices += 1;
                    }
                    if matches!(input, Input::Event) {
                        notices += 1;
                        let event = Event::new(vec![Speaker::new("p1")]);
                        session.received(Some(Ok(event)), now);
                    } else {
                        session.subscribed(now);
                    }
                }
                Input::Fault(fault) if open => {
                    notices += 1;
                    session.received(Some(Err(ChannelError::Frame(fault))), now);
                    prop_assert_eq!(session.todo(now), Todo::Listen);
                }
                Input::Ended(outcome) if open => {
                    if outcome != Outcome::MeetingEnded && gap.is_none() {
                        gap = Some(now);
                        gaps += 1;
                        notices += 1;
                    }
                    link = Link::Down;
                    let ended = ChannelError::Ended(outcome);
                    session.received(Some(Err(ended)), now);
                    prop_assert_ne!(session.todo(now), Todo::Listen);
                }
                Input::Finished if open => {
                    session.received(None, now);
                    prop_assert!(session.is_stopped());
                }
                Input::Opened if link == Link::Connecting => {
                    session.opened(now);
                    link = Link::Open;
                }
                Input::NotOpened(failure) if link == Link::Connecting => {
                    session.not_opened(failure.error(), now);
                    link = Link::Down;
                }
                Input::Drive { opens } if !open => match session.todo(now) {
                    Todo::Wait(until) => {
                        prop_assert!(until > now, "a wait for what is past");
                        prop_assert!(gap.is_some_and(|since| until < since.saturating_add(patience)));
                        now = until;
                        prop_assert!(!matches!(session.todo(now), Todo::Wait(_)), "time has come");
                        link = Link::Connecting;
                    }
                    Todo::Connect { within, .. } => {
                        prop_assert!(within <= patience);
                        link = Link::Connecting;
                        if opens {
                            session.opened(now);
                            link = Link::Open;
                        }
                    }
                    Todo::Stop => prop_assert!(session.is_stopped()),
                    other => prop_assert!(false, "nothing is open for {other:?}"),
                },
                Input::Pass(span) => now = now.saturating_add(span),
                Input::Tell => {
                    if let Some(item) = session.tell() {
                        told.note(item);
                    }
                }
                Input::Kinds => session.set_kinds(vec![EventKind::Participants]),
                Input::TakeKinds => {
                    session.take_kinds();
                    prop_assert!(session.take_kinds().is_none());
                }
                Input::Subtitles => session.switch_subtitles(SubtitleSwitch::on()),
                Input::TakeSubtitles => {
                    session.take_subtitles();
                }
                _ => {}
            }
        }
        let stopped = session.is_stopped();
        let mut rest = 0;
        while let Some(item) = session.tell() {
            told.note(item);
            rest += 1;
            prop_assert!(rest <= buffer + 2, "more waits than there is room for");
        }
        prop_assert!(!session.has_more());
        prop_assert_eq!(session.is_stopped(), stopped);
        prop_assert_eq!(told.gaps, gaps, "each gap is told once");
        prop_assert_eq!(told.notices, notices, "each notice is told or counted");
        if stopped {
            session.opened(now);
            session.subscribed(now);
            session.received(Some(Err(ChannelError::Ended(Outcome::MeetingEnded))), now);
            session.not_opened(Failure::NoAddress.error(), now);
            prop_assert_eq!(session.todo(now), Todo::Stop);
            prop_assert!(session.tell().is_none(), "it was over");
        }
    }
}
