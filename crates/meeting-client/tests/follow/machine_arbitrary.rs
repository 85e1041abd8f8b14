//! Whatever a driver tells a follower, in whatever order.

use std::time::Duration;

use http::StatusCode;
use meeting_client::{
    Elapsed, Error,
    channel::{self, ChannelEnd, ChannelError, CloseReason, FrameFault, Missed},
    follow::{Action, Follower, LiveOptions, Notice},
};
use meeting_types::{
    ServiceError, TransportError, TransportErrorKind,
    events::{Event, EventKind, Speaker, SubtitleSwitch},
};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Input {
    Event,
    Fault(FrameFault, Missed),
    Ended(ChannelEnd),
    Subscribed,
    Opened(Option<Duration>),
    NotOpened(Failure),
    /// As the driver does it, with a token or without.
    Poll {
        has_token: bool,
    },
    Renewed(bool, Option<Duration>),
    Pass(Duration),
    Kinds,
    Subtitles,
    Outdated,
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
            Self::Refused(status) => ChannelError::Refused {
                status: *status,
                retry_after: Some(Duration::from_secs(3)),
            }
            .into(),
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

fn outcomes() -> impl Strategy<Value = ChannelEnd> {
    let closed = CloseReason::Closed {
        code: Some(1000),
        reason: String::new(),
    };
    let broken = CloseReason::Broken("reset".to_owned());
    let waited = Duration::from_secs(10);
    prop::sample::select(vec![
        ChannelEnd::MeetingEnded,
        ChannelEnd::TokenRefused(closed.clone()),
        ChannelEnd::TokenRefused(broken.clone()),
        ChannelEnd::SubscriptionRefused {
            code: 1,
            description: None,
        },
        ChannelEnd::SubscriptionUnanswered { waited },
        ChannelEnd::Lost { silent_for: waited },
        ChannelEnd::Closed(closed),
        ChannelEnd::Closed(broken),
        ChannelEnd::Closed(CloseReason::TooLong { bytes: 9, limit: 8 }),
        ChannelEnd::Closed(CloseReason::Protocol("odd".to_owned())),
        ChannelEnd::Outdated,
    ])
}

fn inputs() -> impl Strategy<Value = Input> {
    let fault = prop_oneof![
        Just(FrameFault::Binary { bytes: 3 }),
        Just(FrameFault::SubscriptionRefused { code: 2 }),
    ];
    let missed = prop_oneof![
        Just(Missed::Nothing),
        Just(Missed::Unknown),
        Just(Missed::Kind(EventKind::Participants)),
    ];
    let due_in = || prop::option::of(durations());
    prop_oneof![
        6 => Just(Input::Event),
        2 => (fault, missed).prop_map(|(fault, missed)| Input::Fault(fault, missed)),
        4 => outcomes().prop_map(Input::Ended),
        3 => Just(Input::Subscribed),
        5 => due_in().prop_map(Input::Opened),
        2 => failures().prop_map(Input::NotOpened),
        16 => prop::bool::weighted(0.8).prop_map(|has_token| Input::Poll { has_token }),
        2 => (any::<bool>(), due_in()).prop_map(|(renewed, due)| Input::Renewed(renewed, due)),
        3 => durations().prop_map(Input::Pass),
        1 => Just(Input::Kinds),
        1 => Just(Input::Subtitles),
        1 => prop::bool::weighted(0.05).prop_map(|is_outdated| match is_outdated {
            true => Input::Outdated,
            false => Input::Event,
        }),
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
            Ok(Notice::Skipped { notices }) => {
                assert!(notices > 0);
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
    fn a_follower_takes_whatever_comes(
        options in options(),
        inputs in prop::collection::vec(inputs(), 0..120),
        due_in in prop::option::of(durations()),
        seed in any::<u64>(),
    ) {
        let buffer = options.buffer.max(1);
        let patience = options.give_up_after;
        let mut follower = Follower::new(options, due_in).with_seed(seed);
        let mut now = Elapsed::ZERO;
        let mut told = Told {
            gaps: 0,
            notices: 0,
            in_gap: Some(false),
            over: false,
        };
        let mut link = Link::Open;
        let mut renews = false;
        // The gaps and notices that there must have been, and whether one is open.
        let (mut gaps, mut notices) = (0, 0);
        let mut in_gap = false;
        for input in inputs {
            let lives = !follower.is_stopped();
            let open = link == Link::Open && lives;
            match input {
                Input::Event | Input::Subscribed if open => {
                    if in_gap {
                        in_gap = false;
                        notices += 1;
                    }
                    let item = if matches!(input, Input::Event) {
                        notices += 1;
                        let event = Event::new(vec![Speaker::new("p1")]);
                        channel::Action::Event(Box::new(event))
                    } else {
                        channel::Action::Subscribed
                    };
                    follower.handle_channel(item, now);
                    prop_assert!(follower.is_connected());
                }
                Input::Fault(fault, missed) if open => {
                    notices += 1;
                    follower.handle_channel(channel::Action::Fault { fault, missed }, now);
                    prop_assert!(!follower.is_stopped(), "a fault is no end");
                }
                Input::Ended(end) if open => {
                    if end != ChannelEnd::MeetingEnded && !in_gap {
                        in_gap = true;
                        gaps += 1;
                        notices += 1;
                    }
                    link = Link::Down;
                    follower.handle_channel(channel::Action::Finished(end), now);
                    prop_assert!(!follower.is_connected());
                }
                Input::Opened(due_in) if link == Link::Connecting => {
                    follower.handle_opened(due_in, now);
                    renews = false;
                    link = Link::Open;
                }
                Input::NotOpened(failure) if link == Link::Connecting => {
                    follower.handle_not_opened(failure.error(), now);
                    link = Link::Down;
                }
                Input::Poll { has_token } => match follower.poll(now) {
                    Action::Notice(notice) => told.note(Ok(*notice)),
                    Action::Failed(error) => told.note(Err(*error)),
                    Action::Read { max, .. } => {
                        prop_assert!(open);
                        prop_assert!((1..=128).contains(&max));
                    }
                    Action::SleepUntil(Elapsed::NEVER) => prop_assert_eq!(link, Link::Connecting),
                    Action::SleepUntil(until) => {
                        prop_assert_eq!(link, Link::Down);
                        prop_assert!(until > now, "a wait for what is past");
                        prop_assert!(until.since(now) <= patience);
                        now = until;
                    }
                    Action::Connect { within, .. } => {
                        prop_assert_eq!(link, Link::Down);
                        prop_assert!(within <= patience);
                        link = Link::Connecting;
                    }
                    Action::RenewToken => {
                        prop_assert!(open && !renews, "one at a time");
                        renews = true;
                    }
                    request @ (Action::Subscribe(_) | Action::SwitchSubtitles(_)) => {
                        prop_assert!(open);
                        if !has_token {
                            follower.handle_no_token(request);
                            let next = follower.poll(now);
                            prop_assert!(
                                !matches!(next, Action::Subscribe(_) | Action::SwitchSubtitles(_)),
                                "there is no token for it"
                            );
                            match next {
                                Action::RenewToken => renews = true,
                                Action::Notice(notice) => told.note(Ok(*notice)),
                                _ => {}
                            }
                        }
                    }
                    Action::Finished => prop_assert!(!lives && !follower.has_more()),
                    other => prop_assert!(false, "{other:?}"),
                },
                Input::Renewed(renewed, due_in) if renews => {
                    renews = false;
                    follower.handle_renewed(renewed, due_in, now);
                }
                Input::Pass(span) => now = now + span,
                Input::Kinds => follower.subscribe(vec![EventKind::Participants]),
                Input::Subtitles => follower.switch_subtitles(SubtitleSwitch::on()),
                Input::Outdated if lives => follower.handle_outdated(),
                _ => {}
            }
        }
        let stopped = follower.is_stopped();
        let mut steps = 0;
        while follower.has_more() {
            match follower.poll(now) {
                Action::Notice(notice) => told.note(Ok(*notice)),
                Action::Failed(error) => told.note(Err(*error)),
                _ => {}
            }
            steps += 1;
            prop_assert!(steps <= 2 * buffer + 8, "more waits than there is room for");
        }
        prop_assert_eq!(follower.is_stopped(), stopped);
        prop_assert_eq!(told.gaps, gaps, "each gap is told once");
        prop_assert_eq!(told.notices, notices, "each notice is told or counted");
        if stopped {
            follower.handle_opened(None, now);
            let event = Event::new(vec![Speaker::new("p1")]);
            follower.handle_channel(channel::Action::Event(Box::new(event)), now);
            follower.handle_channel(channel::Action::Finished(ChannelEnd::MeetingEnded), now);
            follower.handle_not_opened(Failure::NoAddress.error(), now);
            prop_assert!(!follower.has_more(), "it was over");
            prop_assert!(matches!(follower.poll(now), Action::Finished));
        }
    }
}
