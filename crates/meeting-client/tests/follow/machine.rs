//! When a follower connects again, when it stops, and what it tells. Plain data, no clock.

use std::time::Duration;

use http::StatusCode;
use meeting_client::{
    Elapsed, Error,
    channel::{self, ChannelEnd, ChannelError, CloseReason},
    follow::{Action, Follower, LiveOptions, Notice},
};
use meeting_types::{
    ServiceError, TransportError, TransportErrorKind,
    events::{Event, ParticipantChange, ParticipantInfo, SnapshotMode},
};

pub(crate) const BASE: Duration = Duration::from_millis(100);
pub(crate) const CAP: Duration = Duration::from_secs(2);

/// A token that wants no renewal as long as a test lasts.
pub(crate) const FRESH: Option<Duration> = Some(Duration::from_secs(1_000_000));

pub(crate) fn secs(secs: u64) -> Elapsed {
    Elapsed::ZERO + span(secs)
}

pub(crate) fn span(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

pub(crate) fn options() -> LiveOptions {
    LiveOptions::new()
        .backoff(BASE, CAP)
        .give_up_after(span(60))
}

pub(crate) fn follower() -> Follower {
    Follower::new(options(), FRESH).with_seed(7)
}

pub(crate) fn joined(id: &str, version: i64) -> Event {
    Event::new(vec![ParticipantChange::from(ParticipantInfo::new(id))])
        .mode(SnapshotMode::Increment)
        .version(version)
}

pub(crate) fn closed() -> ChannelEnd {
    ChannelEnd::Closed(CloseReason::Broken("reset".to_owned()))
}

fn refused() -> ChannelEnd {
    ChannelEnd::TokenRefused(CloseReason::Closed {
        code: None,
        reason: String::new(),
    })
}

pub(crate) fn ended(end: ChannelEnd) -> channel::Action {
    channel::Action::Finished(end)
}

pub(crate) fn event(event: Event) -> channel::Action {
    channel::Action::Event(Box::new(event))
}

/// The next thing that is told, if any waits.
pub(crate) fn tell(follower: &mut Follower, now: Elapsed) -> Option<Result<Notice, Error>> {
    while follower.has_more() {
        match follower.poll(now) {
            Action::Notice(notice) => return Some(Ok(*notice)),
            Action::Failed(error) => return Some(Err(*error)),
            // A late program sees first what has come.
            Action::Read { .. } | Action::Subscribe(_) => {}
            other => panic!("{other:?}"),
        }
    }
    None
}

pub(crate) fn subscribed(follower: &mut Follower, now: Elapsed) {
    follower.handle_channel(channel::Action::Subscribed, now);
}

pub(crate) fn reads(follower: &mut Follower, now: Elapsed) {
    let action = follower.poll(now);
    assert!(matches!(action, Action::Read { .. }), "{action:?}");
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

pub(crate) fn notice(follower: &mut Follower) -> Notice {
    tell(follower, Elapsed::ZERO).unwrap().unwrap()
}

/// Waits for the next attempt; when it is.
pub(crate) fn wait(follower: &mut Follower, now: Elapsed) -> Elapsed {
    while let Some(Ok(_)) = tell(follower, now) {}
    match follower.poll(now) {
        Action::SleepUntil(until) => {
            assert!(until > now);
            assert!(matches!(follower.poll(until), Action::Connect { .. }));
            until
        }
        Action::Connect { .. } => now,
        other => panic!("{other:?}"),
    }
}

/// Loses a connection that was fine, and tells the gap.
pub(crate) fn lose(follower: &mut Follower, now: Elapsed) {
    subscribed(follower, now);
    while tell(follower, now).is_some() {}
    follower.handle_channel(ended(closed()), now);
    assert_eq!(notice(follower), Notice::Gap { cause: closed() });
    assert!(tell(follower, now).is_none());
}

#[test]
fn events_are_told_in_order_and_followed() {
    let mut follower = follower();
    reads(&mut follower, secs(0));
    for (version, id) in ["a", "b"].into_iter().enumerate() {
        follower.handle_channel(event(joined(id, version as i64)), secs(1));
    }
    for count in 1..=2 {
        assert!(notice(&mut follower).event().is_some());
        assert_eq!(follower.meeting().participants().len(), count);
        assert_eq!(follower.changes().len(), 1);
    }
    assert!(tell(&mut follower, Elapsed::ZERO).is_none());
    reads(&mut follower, secs(2));
}

#[test]
fn a_gap_has_a_beginning_and_an_end() {
    let mut follower = follower();
    lose(&mut follower, secs(10));
    let at = wait(&mut follower, secs(10));
    follower.handle_opened(FRESH, at);
    reads(&mut follower, at);
    assert!(
        tell(&mut follower, Elapsed::ZERO).is_none(),
        "the service has said nothing yet"
    );
    follower.handle_channel(event(joined("a", 1)), at + span(1));
    let Notice::Resumed { after, attempts } = notice(&mut follower) else {
        panic!()
    };
    assert_eq!((after, attempts), ((at + span(1)).since(secs(10)), 1));
    assert!(notice(&mut follower).event().is_some());
}

#[test]
fn one_gap_may_take_many_connections() {
    let mut follower = follower();
    lose(&mut follower, secs(10));
    let mut now = secs(10);
    for round in 0..3 {
        now = wait(&mut follower, now);
        if round == 1 {
            follower.handle_not_opened(unreachable(), now);
        } else {
            follower.handle_opened(FRESH, now);
            // Broken before a word: that says nothing about the token.
            let reset = CloseReason::Broken("reset".to_owned());
            follower.handle_channel(ended(ChannelEnd::TokenRefused(reset)), now);
        }
        assert!(
            tell(&mut follower, Elapsed::ZERO).is_none(),
            "it is the same gap"
        );
    }
    now = wait(&mut follower, now);
    follower.handle_opened(FRESH, now);
    subscribed(&mut follower, now);
    subscribed(&mut follower, now);
    assert!(matches!(
        notice(&mut follower),
        Notice::Resumed { attempts: 4, .. }
    ));
    assert!(tell(&mut follower, Elapsed::ZERO).is_none());
}

#[test]
fn waits_grow_to_their_bound_and_start_anew_after_a_long_connection() {
    let mut longest = Duration::ZERO;
    for seed in 0..200 {
        let mut follower =
            Follower::new(options().give_up_after(span(100_000)), FRESH).with_seed(seed);
        lose(&mut follower, secs(0));
        let mut now = secs(0);
        for failure in 1..=12 {
            let at = wait(&mut follower, now);
            let bound = BASE.saturating_mul(1 << (failure - 1)).min(CAP);
            assert!(at.since(now) <= bound, "{failure}: {:?}", at.since(now));
            longest = longest.max(at.since(now));
            follower.handle_not_opened(unreachable(), at);
            now = at;
        }
        now = wait(&mut follower, now);
        follower.handle_opened(FRESH, now);
        now = now + CAP + BASE;
        lose(&mut follower, now);
        assert!(wait(&mut follower, now).since(now) <= BASE);
    }
    assert!(longest > CAP / 2);
}

#[test]
fn a_connection_that_is_lost_at_once_does_not_start_them_anew() {
    let mut longest = Duration::ZERO;
    for seed in 0..50 {
        let mut follower = Follower::new(options(), FRESH).with_seed(seed);
        let mut now = secs(0);
        for _ in 0..5 {
            lose(&mut follower, now);
            let at = wait(&mut follower, now);
            longest = longest.max(at.since(now));
            follower.handle_opened(FRESH, at);
            now = at;
        }
    }
    assert!(longest > BASE * 8, "{longest:?}");
}

#[test]
fn what_the_service_asks_for_is_waited() {
    let mut follower = follower();
    lose(&mut follower, secs(0));
    let now = wait(&mut follower, secs(0));
    let Error::Service(error) = service(429, "APIG.0308") else {
        panic!()
    };
    follower.handle_not_opened(Error::Service(error.with_retry_after(span(9))), now);
    assert!(wait(&mut follower, now) >= now + span(9));
}

#[test]
fn it_gives_up_when_the_next_try_would_come_too_late() {
    let mut follower = follower();
    lose(&mut follower, secs(100));
    let mut now = secs(100);
    let error = loop {
        match follower.poll(now) {
            Action::SleepUntil(until) => now = until,
            Action::Connect { within, .. } => {
                assert_eq!(within, secs(160).since(now));
                now = now + span(5);
                follower.handle_not_opened(unreachable(), now);
            }
            Action::Failed(error) => break *error,
            other => panic!("{other:?}"),
        }
    };
    assert!(now <= secs(165));
    let Error::GaveUp {
        after,
        attempts,
        last,
    } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!(after, now.since(secs(100)));
    assert!(attempts >= 8);
    assert!(matches!(*last, Error::Transport { .. }));
    assert!(tell(&mut follower, Elapsed::ZERO).is_none());
}

#[test]
fn a_token_that_was_refused_is_replaced_but_not_for_ever() {
    for outcome in [
        refused(),
        ChannelEnd::SubscriptionRefused {
            code: 111_072_065,
            description: None,
        },
    ] {
        let mut follower = follower();
        let mut now = secs(0);
        let mut error = None;
        for refusal in 1..=3 {
            follower.handle_channel(ended(outcome.clone()), now);
            while let Some(item) = tell(&mut follower, now) {
                match item {
                    Ok(notice) => assert!(matches!(notice, Notice::Gap { .. }) && refusal == 1),
                    Err(last) => error = Some(last),
                }
            }
            if refusal == 3 {
                break;
            }
            let mut action = follower.poll(now);
            if let Action::SleepUntil(until) = action {
                now = until;
                action = follower.poll(now);
            }
            assert!(matches!(action, Action::Connect { renew: true, .. }));
            follower.handle_opened(FRESH, now);
        }
        let error = error.unwrap();
        let Error::Channel(ChannelError::Ended(why)) = error else {
            panic!("{error:?}")
        };
        assert_eq!(why, outcome);
        assert!(matches!(follower.poll(now), Action::Finished));
    }
}

#[test]
fn a_subscription_that_was_taken_forgives_earlier_refusals() {
    let mut follower = follower();
    let mut now = secs(0);
    for _ in 0..20 {
        follower.handle_channel(ended(refused()), now);
        now = wait(&mut follower, now);
        follower.handle_opened(FRESH, now);
        subscribed(&mut follower, now);
        now = now + span(1);
    }
    assert!(!follower.is_stopped());
    lose(&mut follower, now);
    if let Action::SleepUntil(until) = follower.poll(now) {
        now = until;
    }
    assert!(matches!(
        follower.poll(now),
        Action::Connect { renew: false, .. }
    ));
}

#[test]
fn what_would_fail_again_is_the_end() {
    let refused = || ChannelError::Refused {
        status: 404,
        retry_after: None,
    };
    for (error, lasting) in [
        (unreachable(), false),
        (service(503, "X"), false),
        (service(429, "APIG.0308"), false),
        (service(400, "MMC.111072065"), true),
        (service(401, "USG.206020000"), true),
        (Error::Channel(ChannelError::NoAddress), true),
        (
            Error::Channel(ChannelError::Refused {
                status: 503,
                retry_after: None,
            }),
            false,
        ),
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
        let mut follower = follower();
        lose(&mut follower, secs(1));
        let now = wait(&mut follower, secs(1));
        let text = error.to_string();
        follower.handle_not_opened(error, now);
        assert_eq!(follower.is_stopped(), lasting, "{text}");
        assert_eq!(
            tell(&mut follower, Elapsed::ZERO).is_some(),
            lasting,
            "{text}"
        );
    }
}

#[test]
fn the_end_of_the_meeting_is_the_end() {
    let mut follower = follower();
    follower.handle_channel(event(joined("a", 1)), secs(1));
    follower.handle_channel(ended(ChannelEnd::MeetingEnded), secs(2));
    assert!(follower.is_stopped());
    assert!(notice(&mut follower).event().is_some());
    assert!(tell(&mut follower, Elapsed::ZERO).is_none());
    assert!(matches!(follower.poll(secs(3)), Action::Finished));

    for error in [
        service(400, "MMC.111072005"),
        Error::Token(service(400, "MMC.111072006").into()),
    ] {
        let mut follower = self::follower();
        lose(&mut follower, secs(1));
        let now = wait(&mut follower, secs(1));
        follower.handle_not_opened(error, now);
        assert_eq!(notice(&mut follower), Notice::EndedInGap);
        assert!(follower.meeting().is_over());
        assert_eq!(follower.changes().len(), 1);
        assert!(tell(&mut follower, Elapsed::ZERO).is_none());
        assert!(matches!(follower.poll(now), Action::Finished));
    }
}

#[test]
fn a_full_buffer_is_folded_into_the_state_and_counted() {
    let mut follower = Follower::new(options().buffer(4), FRESH);
    follower.handle_channel(event(joined("first", 1)), secs(1));
    notice(&mut follower);
    for version in 2..=10 {
        follower.handle_channel(event(joined(&format!("p{version}"), version)), secs(1));
    }
    assert_eq!(notice(&mut follower), Notice::Skipped { notices: 7 });
    // The difference that they made, in one.
    assert_eq!(follower.changes().len(), 7);
    assert_eq!(follower.meeting().participants().len(), 8);
    for count in 9..=10 {
        assert!(notice(&mut follower).event().is_some());
        assert_eq!(follower.meeting().participants().len(), count);
        assert_eq!(follower.changes().len(), 1);
    }
    assert!(tell(&mut follower, Elapsed::ZERO).is_none());
}

#[test]
fn a_connection_that_was_never_accepted_does_not_start_the_waits_anew_however_long_it_lasts() {
    let mut longest = Duration::ZERO;
    for seed in 0..50 {
        let mut follower =
            Follower::new(options().give_up_after(span(1000)), FRESH).with_seed(seed);
        lose(&mut follower, secs(0));
        let mut now = secs(0);
        for _ in 0..5 {
            let at = wait(&mut follower, now);
            longest = longest.max(at.since(now));
            follower.handle_opened(FRESH, at);
            now = at + CAP + BASE;
            let waited = CAP + BASE;
            follower.handle_channel(ended(ChannelEnd::SubscriptionUnanswered { waited }), now);
        }
    }
    assert!(longest > BASE * 8, "{longest:?}");
}

#[test]
fn an_upgrade_is_refused_by_a_gateway_or_for_its_token() {
    for (status, lasting) in [(404, false), (502, false), (401, true), (403, true)] {
        let mut follower = follower();
        lose(&mut follower, secs(1));
        let mut now = secs(1);
        for _ in 0..3 {
            now = wait(&mut follower, now);
            follower.handle_not_opened(
                ChannelError::Refused {
                    status,
                    retry_after: None,
                }
                .into(),
                now,
            );
        }
        assert_eq!(follower.is_stopped(), lasting, "{status}");
    }
}

#[test]
fn connections_that_break_right_after_they_opened_are_no_progress() {
    let ends = [
        closed(),
        ChannelEnd::Closed(CloseReason::Closed {
            code: Some(1013),
            reason: String::new(),
        }),
    ];
    for end in ends {
        let mut follower = follower();
        let mut now = secs(1);
        let mut gaps = 0;
        // Each of them is accepted, and told as the end of the gap.
        let error = loop {
            subscribed(&mut follower, now);
            follower.handle_channel(ended(end.clone()), now);
            let mut last = None;
            while let Some(item) = tell(&mut follower, now) {
                match item {
                    Ok(notice) => gaps += u32::from(matches!(notice, Notice::Gap { .. })),
                    Err(error) => last = Some(error),
                }
            }
            if let Some(error) = last {
                break error;
            }
            match follower.poll(now) {
                Action::SleepUntil(until) => now = until,
                other => panic!("{other:?}"),
            }
            let Action::Connect { within, .. } = follower.poll(now) else {
                panic!()
            };
            assert!(within <= secs(61).since(now));
            follower.handle_opened(FRESH, now);
        };
        assert!(now <= secs(61) && gaps > 10, "{now:?}, {gaps} gaps");
        let Error::GaveUp {
            after, attempts, ..
        } = error
        else {
            panic!("{error:?}")
        };
        assert_eq!((after, attempts), (now.since(secs(1)), gaps - 1));
    }
}

#[test]
fn a_connection_of_use_starts_the_time_anew() {
    let mut follower = follower();
    let mut now = secs(1);
    for _ in 0..20 {
        lose(&mut follower, now);
        now = wait(&mut follower, now);
        follower.handle_opened(FRESH, now);
        subscribed(&mut follower, now);
        now = now + CAP + span(5);
    }
    assert!(now > secs(120) && !follower.is_stopped());
}

#[test]
fn what_the_next_connection_would_be_sent_again_is_the_end_at_once() {
    let too_long = CloseReason::TooLong { bytes: 9, limit: 8 };
    let protocol = CloseReason::Protocol("not UTF-8".to_owned());
    // Whether the connection worked long before, and whether it is the end.
    for (reason, worked_long, is_end) in [
        (too_long.clone(), false, true),
        (too_long, true, true),
        (protocol.clone(), false, true),
        (protocol, true, false),
    ] {
        let mut follower = follower();
        subscribed(&mut follower, secs(0));
        let now = secs(if worked_long { 40 } else { 10 });
        follower.handle_channel(ended(ChannelEnd::Closed(reason.clone())), now);
        assert!(matches!(notice(&mut follower), Notice::Gap { .. }));
        assert!(follower.meeting().is_stale());
        assert_eq!(follower.is_stopped(), is_end, "{reason:?}");
        assert_eq!(tell(&mut follower, now).is_some(), is_end);
    }
}

#[test]
fn an_upgrade_that_asks_for_time_is_given_it() {
    let mut follower = follower();
    lose(&mut follower, secs(0));
    let now = wait(&mut follower, secs(0));
    let refused = ChannelError::Refused {
        status: 503,
        retry_after: Some(span(9)),
    };
    follower.handle_not_opened(refused.into(), now);
    assert!(wait(&mut follower, now) >= now + span(9));
}
