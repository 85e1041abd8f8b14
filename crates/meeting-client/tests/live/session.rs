//! When a session connects again, when it stops, and what it tells. Plain data, no clock.

use std::time::Duration;

use http::StatusCode;
use meeting_client::{
    Error,
    channel::{ChannelError, CloseReason, FrameFault, Outcome},
    live::{LiveOptions, Notice, Session, Todo},
};
use meeting_types::{
    ServiceError, TransportError, TransportErrorKind,
    events::{Event, EventKind, ParticipantChange, ParticipantInfo, SnapshotMode, SubtitleSwitch},
};

const BASE: Duration = Duration::from_millis(100);
const CAP: Duration = Duration::from_secs(2);

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn options() -> LiveOptions {
    LiveOptions::new()
        .backoff(BASE, CAP)
        .give_up_after(secs(60))
}

fn session() -> Session {
    Session::new(options()).with_seed(7)
}

fn joined(id: &str, version: i64) -> Event {
    Event::new(vec![ParticipantChange::from(ParticipantInfo::new(id))])
        .mode(SnapshotMode::Increment)
        .version(version)
}

fn closed() -> Outcome {
    Outcome::Closed(CloseReason::Broken("reset".to_owned()))
}

fn refused() -> Outcome {
    Outcome::TokenRefused(CloseReason::Closed {
        code: None,
        reason: String::new(),
    })
}

fn ended(outcome: Outcome) -> Option<Result<Event, ChannelError>> {
    Some(Err(ChannelError::Ended(outcome)))
}

fn unreachable() -> Error {
    Error::Transport {
        operation: "CreateWebSocketToken",
        source: TransportError::new(TransportErrorKind::Connect, "refused"),
    }
}

fn service(status: u16, code: &str) -> Error {
    let status = StatusCode::from_u16(status).unwrap();
    Error::Service(ServiceError::new(status, code, "no"))
}

fn notice(session: &mut Session) -> Notice {
    session.tell().unwrap().unwrap()
}

/// Waits for the next try; when it is.
fn wait(session: &mut Session, now: Duration) -> Duration {
    match session.todo(now) {
        Todo::Wait(until) => {
            assert!(until > now);
            assert!(matches!(session.todo(until), Todo::Connect { .. }));
            until
        }
        Todo::Connect { .. } => now,
        other => panic!("{other:?}"),
    }
}

/// Loses a connection that was fine, and tells the gap.
fn lose(session: &mut Session, now: Duration) {
    session.subscribed(now);
    while session.tell().is_some() {}
    session.received(ended(closed()), now);
    assert_eq!(notice(session), Notice::Gap { cause: closed() });
    assert!(session.tell().is_none());
}

#[test]
fn events_are_told_in_order_and_followed() {
    let mut session = session();
    assert_eq!(session.todo(secs(0)), Todo::Listen);
    for (version, id) in ["a", "b"].into_iter().enumerate() {
        session.received(Some(Ok(joined(id, version as i64))), secs(1));
    }
    for count in 1..=2 {
        assert!(notice(&mut session).event().is_some());
        assert_eq!(session.meeting().participants().len(), count);
        assert_eq!(session.changes().len(), 1);
    }
    assert!(session.tell().is_none());
    assert_eq!(session.todo(secs(2)), Todo::Listen);
}

#[test]
fn a_gap_has_a_beginning_and_an_end() {
    let mut session = session();
    lose(&mut session, secs(10));
    let at = wait(&mut session, secs(10));
    session.opened(at);
    assert_eq!(session.todo(at), Todo::Listen);
    assert!(session.tell().is_none(), "the service has said nothing yet");
    session.received(Some(Ok(joined("a", 1))), at + secs(1));
    let Notice::Resumed { after, attempts } = notice(&mut session) else {
        panic!()
    };
    assert_eq!((after, attempts), (at + secs(1) - secs(10), 1));
    assert!(notice(&mut session).event().is_some());
}

#[test]
fn one_gap_may_take_many_connections() {
    let mut session = session();
    lose(&mut session, secs(10));
    let mut now = secs(10);
    for round in 0..3 {
        now = wait(&mut session, now);
        if round == 1 {
            session.not_opened(unreachable(), now);
        } else {
            session.opened(now);
            // Broken before a word: that says nothing about the token.
            let reset = CloseReason::Broken("reset".to_owned());
            session.received(ended(Outcome::TokenRefused(reset)), now);
        }
        assert!(session.tell().is_none(), "it is the same gap");
    }
    now = wait(&mut session, now);
    session.opened(now);
    session.subscribed(now);
    session.subscribed(now);
    assert!(matches!(
        notice(&mut session),
        Notice::Resumed { attempts: 4, .. }
    ));
    assert!(session.tell().is_none());
}

#[test]
fn waits_grow_to_their_bound_and_start_anew_after_a_long_connection() {
    let mut longest = Duration::ZERO;
    for seed in 0..200 {
        let mut session = Session::new(options().give_up_after(secs(100_000))).with_seed(seed);
        lose(&mut session, secs(0));
        let mut now = secs(0);
        for failure in 1..=12 {
            let at = wait(&mut session, now);
            let bound = BASE.saturating_mul(1 << (failure - 1)).min(CAP);
            assert!(at - now <= bound, "{failure}: {:?}", at - now);
            longest = longest.max(at - now);
            session.not_opened(unreachable(), at);
            now = at;
        }
        now = wait(&mut session, now);
        session.opened(now);
        now += CAP + BASE;
        lose(&mut session, now);
        assert!(wait(&mut session, now) - now <= BASE);
    }
    assert!(longest > CAP / 2);
}

#[test]
fn a_connection_that_is_lost_at_once_does_not_start_them_anew() {
    let mut longest = Duration::ZERO;
    for seed in 0..50 {
        let mut session = Session::new(options()).with_seed(seed);
        let mut now = secs(0);
        for _ in 0..5 {
            lose(&mut session, now);
            let at = wait(&mut session, now);
            longest = longest.max(at - now);
            session.opened(at);
            now = at;
        }
    }
    assert!(longest > BASE * 8, "{longest:?}");
}

#[test]
fn what_the_service_asks_for_is_waited() {
    let mut session = session();
    lose(&mut session, secs(0));
    let now = wait(&mut session, secs(0));
    let Error::Service(error) = service(429, "APIG.0308") else {
        panic!()
    };
    session.not_opened(Error::Service(error.with_retry_after(secs(9))), now);
    assert!(wait(&mut session, now) >= now + secs(9));
}

#[test]
fn it_gives_up_when_the_next_try_would_come_too_late() {
    let mut session = session();
    lose(&mut session, secs(100));
    let mut now = secs(100);
    loop {
        match session.todo(now) {
            Todo::Wait(until) => now = until,
            Todo::Connect { within, .. } => {
                assert_eq!(within, secs(160) - now);
                now += secs(5);
                session.not_opened(unreachable(), now);
            }
            Todo::Stop => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(now <= secs(165));
    let error = session.tell().unwrap().unwrap_err();
    let Error::Channel(ChannelError::GaveUp {
        after,
        attempts,
        last,
    }) = error
    else {
        panic!("{error:?}")
    };
    assert_eq!(after, now - secs(100));
    assert!(attempts >= 8);
    assert!(matches!(*last, Error::Transport { .. }));
    assert!(session.tell().is_none());
}

#[test]
fn a_token_that_was_refused_is_replaced_but_not_for_ever() {
    for outcome in [
        refused(),
        Outcome::SubscriptionRefused {
            code: 111_072_065,
            description: None,
        },
    ] {
        let mut session = session();
        let mut now = secs(0);
        for refusal in 1..=3 {
            session.received(ended(outcome.clone()), now);
            if refusal == 3 {
                break;
            }
            if let Todo::Wait(until) = session.todo(now) {
                now = until;
            }
            assert!(matches!(
                session.todo(now),
                Todo::Connect { renew: true, .. }
            ));
            session.opened(now);
        }
        assert!(matches!(notice(&mut session), Notice::Gap { .. }));
        let error = session.tell().unwrap().unwrap_err();
        let Error::Channel(ChannelError::Ended(why)) = error else {
            panic!("{error:?}")
        };
        assert_eq!(why, outcome);
        assert_eq!(session.todo(now), Todo::Stop);
    }
}

#[test]
fn a_subscription_that_was_taken_forgives_earlier_refusals() {
    let mut session = session();
    let mut now = secs(0);
    for _ in 0..20 {
        session.received(ended(refused()), now);
        now = wait(&mut session, now);
        session.opened(now);
        session.subscribed(now);
        now += secs(1);
    }
    assert!(!session.is_stopped());
    lose(&mut session, now);
    if let Todo::Wait(until) = session.todo(now) {
        now = until;
    }
    assert!(matches!(
        session.todo(now),
        Todo::Connect { renew: false, .. }
    ));
}

#[test]
fn what_would_fail_again_is_the_end() {
    let refused = || ChannelError::Refused { status: 404 };
    for (error, lasting) in [
        (unreachable(), false),
        (service(503, "X"), false),
        (service(429, "APIG.0308"), false),
        (service(400, "MMC.111072065"), true),
        (service(401, "USG.206020000"), true),
        (Error::Channel(ChannelError::NoAddress), true),
        (Error::Channel(ChannelError::Refused { status: 503 }), false),
        (Error::Channel(refused()), false),
        (
            Error::Channel(ChannelError::Connect(TransportError::new(
                TransportErrorKind::Tls,
                "unknown issuer",
            ))),
            true,
        ),
        (Error::Token(unreachable().into()), false),
        (Error::Token(service(403, "X").into()), true),
    ] {
        let mut session = session();
        lose(&mut session, secs(1));
        let now = wait(&mut session, secs(1));
        let text = error.to_string();
        session.not_opened(error, now);
        assert_eq!(session.is_stopped(), lasting, "{text}");
        assert_eq!(session.tell().is_some(), lasting, "{text}");
    }
}

#[test]
fn the_end_of_the_meeting_is_the_end() {
    let mut session = session();
    session.received(Some(Ok(joined("a", 1))), secs(1));
    session.received(None, secs(2));
    assert!(session.is_stopped());
    assert!(notice(&mut session).event().is_some());
    assert!(session.tell().is_none());
    assert_eq!(session.todo(secs(3)), Todo::Stop);

    for error in [
        service(400, "MMC.111072005"),
        Error::Token(service(400, "MMC.111072006").into()),
    ] {
        let mut session = self::session();
        lose(&mut session, secs(1));
        let now = wait(&mut session, secs(1));
        session.not_opened(error, now);
        assert_eq!(notice(&mut session), Notice::EndedInGap);
        assert!(session.meeting().is_over());
        assert_eq!(session.changes().len(), 1);
        assert!(session.tell().is_none());
        assert_eq!(session.todo(now), Todo::Stop);
    }
}

#[test]
fn faults_are_told_and_change_nothing() {
    let mut session = session();
    let fault = FrameFault::Binary { bytes: 3 };
    session.received(Some(Err(ChannelError::Frame(fault))), secs(1));
    assert_eq!(notice(&mut session), Notice::Fault(fault));
    assert_eq!(session.todo(secs(1)), Todo::Listen);
}

#[test]
fn a_full_buffer_is_folded_into_the_state_and_counted() {
    let mut session = Session::new(options().buffer(4));
    session.received(Some(Ok(joined("first", 1))), secs(1));
    notice(&mut session);
    for version in 2..=10 {
        session.received(Some(Ok(joined(&format!("p{version}"), version))), secs(1));
    }
    assert_eq!(
        notice(&mut session),
        Notice::Skipped {
            notices: 7,
            gaps: 0
        }
    );
    // The difference that they made, in one.
    assert_eq!(session.changes().len(), 7);
    assert_eq!(session.meeting().participants().len(), 8);
    for count in 9..=10 {
        assert!(notice(&mut session).event().is_some());
        assert_eq!(session.meeting().participants().len(), count);
        assert_eq!(session.changes().len(), 1);
    }
    assert!(session.tell().is_none());
}

#[test]
fn a_gap_that_was_skipped_is_counted_and_leaves_its_mark() {
    let mut session = Session::new(options().buffer(2));
    session.received(Some(Ok(joined("a", 1))), secs(1));
    session.received(ended(closed()), secs(2));
    let now = wait(&mut session, secs(2));
    session.opened(now);
    session.received(Some(Ok(joined("b", 2))), now);
    let skipped = Notice::Skipped {
        notices: 3,
        gaps: 1,
    };
    assert_eq!(notice(&mut session), skipped);
    assert!(session.meeting().is_stale());
    assert!(notice(&mut session).event().is_some());
    assert!(session.tell().is_none());
}

#[test]
fn a_connection_that_was_never_accepted_does_not_start_the_waits_anew_however_long_it_lasts() {
    let mut longest = Duration::ZERO;
    for seed in 0..50 {
        let mut session = Session::new(options().give_up_after(secs(1000))).with_seed(seed);
        lose(&mut session, secs(0));
        let mut now = secs(0);
        for _ in 0..5 {
            let at = wait(&mut session, now);
            longest = longest.max(at - now);
            session.opened(at);
            now = at + CAP + BASE;
            let waited = CAP + BASE;
            session.received(ended(Outcome::SubscriptionUnanswered { waited }), now);
        }
    }
    assert!(longest > BASE * 8, "{longest:?}");
}

#[test]
fn new_kinds_are_for_the_connection_that_is_open_and_for_later_ones() {
    let kinds = |kind: EventKind| vec![kind];
    let mut session = session();
    assert_eq!(session.take_kinds(), None);
    session.set_kinds(kinds(EventKind::Participants));
    assert_eq!(session.take_kinds(), Some(kinds(EventKind::Participants)));
    assert_eq!(session.take_kinds(), None);

    // The next connection asks for them from the start.
    session.set_kinds(kinds(EventKind::WaitingList));
    lose(&mut session, secs(1));
    let now = wait(&mut session, secs(1));
    assert_eq!(session.kinds(), [EventKind::WaitingList]);
    assert_eq!(session.take_kinds(), None);
    // This comes too late for that.
    session.set_kinds(kinds(EventKind::Attendees));
    session.opened(now);
    assert_eq!(session.take_kinds(), Some(kinds(EventKind::Attendees)));
}

#[test]
fn kinds_that_the_service_refuses_are_not_asked_for_again() {
    let mut session = session();
    session.set_kinds(vec![EventKind::Participants]);
    session.set_kinds(vec![EventKind::from("Odd")]);
    let fault = FrameFault::SubscriptionRefused { code: 3 };
    session.received(Some(Err(ChannelError::Frame(fault))), secs(1));
    assert_eq!(session.kinds(), [EventKind::Participants]);
}

#[test]
fn a_switch_of_subtitles_waits_to_be_taken_and_the_last_one_counts() {
    let mut session = session();
    session.switch_subtitles(SubtitleSwitch::on());
    session.switch_subtitles(SubtitleSwitch::off());
    assert_eq!(session.take_subtitles(), Some(SubtitleSwitch::off()));
    assert_eq!(session.take_subtitles(), None);
}

#[test]
fn an_upgrade_is_refused_by_a_gateway_or_for_its_token() {
    for (status, lasting) in [(404, false), (502, false), (401, true), (403, true)] {
        let mut session = session();
        lose(&mut session, secs(1));
        let mut now = secs(1);
        for _ in 0..3 {
            now = wait(&mut session, now);
            session.not_opened(ChannelError::Refused { status }.into(), now);
        }
        assert_eq!(session.is_stopped(), lasting, "{status}");
    }
}
