//! Requests of a follower: renewals, subscriptions, subtitles, and a full account after a frame that
//! could not be read.

use std::time::Duration;

use meeting_client::{
    Elapsed,
    channel::{self, FrameFault, KNOWN, Missed},
    follow::{Action, Follower, Notice},
};
use meeting_types::events::{
    ConferenceDynamicInfo, Event, EventKind, EventPayload, ParticipantChange, ParticipantInfo,
    SubtitleSwitch,
};

use crate::machine::{
    FRESH, event, follower, lose, notice, options, reads, secs, span, subscribed, tell, wait,
};

fn fault(missed: Missed) -> channel::Action {
    channel::Action::Fault {
        fault: FrameFault::Binary { bytes: 3 },
        missed,
    }
}

fn refusal() -> channel::Action {
    channel::Action::Fault {
        fault: FrameFault::SubscriptionRefused { code: 3 },
        missed: Missed::Nothing,
    }
}

fn asks_for(follower: &mut Follower, now: Elapsed, kinds: &[EventKind]) {
    let action = follower.poll(now);
    assert!(
        matches!(&action, Action::Subscribe(asked) if asked == kinds),
        "{action:?}"
    );
}

fn full(payload: impl Into<EventPayload>, version: i64) -> channel::Action {
    event(Event::new(payload).version(1_763_800_000_000 + version))
}

fn people(names: &[&str], version: i64) -> channel::Action {
    let people = names.iter().map(|name| ParticipantInfo::new(*name));
    full(
        people.map(ParticipantChange::from).collect::<Vec<_>>(),
        version,
    )
}

#[test]
fn the_control_token_is_renewed_when_that_is_due() {
    let mut follower = Follower::new(options(), Some(span(100)));
    let Action::Read { until, .. } = follower.poll(secs(1)) else {
        panic!()
    };
    assert_eq!(until, secs(100));
    assert!(matches!(follower.poll(secs(100)), Action::RenewToken));
    // It is read meanwhile, and one renewal is enough.
    let Action::Read { until, .. } = follower.poll(secs(101)) else {
        panic!()
    };
    assert_eq!(until, Elapsed::NEVER);
    follower.handle_renewed(true, Some(span(500)), secs(102));
    let Action::Read { until, .. } = follower.poll(secs(102)) else {
        panic!()
    };
    assert_eq!(until, secs(602));
}

#[test]
fn a_renewal_that_failed_or_did_not_help_pauses() {
    for (renewed, due_in) in [
        (false, Some(Duration::ZERO)),
        (false, None),
        (true, None),
        (true, Some(Duration::ZERO)),
    ] {
        let mut follower = Follower::new(options(), Some(Duration::ZERO));
        assert!(matches!(follower.poll(secs(1)), Action::RenewToken));
        follower.handle_renewed(renewed, due_in, secs(2));
        let Action::Read { until, .. } = follower.poll(secs(2)) else {
            panic!()
        };
        assert_eq!(until, secs(32));
        assert!(matches!(follower.poll(secs(32)), Action::RenewToken));
    }
}

#[test]
fn without_a_channel_no_token_is_renewed() {
    let mut follower = Follower::new(options(), Some(span(10)));
    lose(&mut follower, secs(9));
    let now = wait(&mut follower, secs(9));
    // Opening is what uses the token, and renews it.
    assert!(matches!(follower.poll(secs(50)), Action::SleepUntil(_)));
    follower.handle_opened(FRESH, now);
    reads(&mut follower, secs(50));
}

#[test]
fn new_kinds_are_for_the_connection_that_is_open_and_for_later_ones() {
    let kinds = |kind: EventKind| vec![kind];
    let mut follower = follower();
    reads(&mut follower, secs(0));
    follower.subscribe(kinds(EventKind::Participants));
    asks_for(&mut follower, secs(0), &[EventKind::Participants]);
    reads(&mut follower, secs(0));

    // The next connection asks for them from the start.
    lose(&mut follower, secs(1));
    follower.subscribe(kinds(EventKind::WaitingList));
    let now = wait(&mut follower, secs(1));
    assert_eq!(follower.kinds(), [EventKind::WaitingList]);
    // This comes too late for that.
    follower.subscribe(kinds(EventKind::Attendees));
    follower.handle_opened(FRESH, now);
    asks_for(&mut follower, now, &[EventKind::Attendees]);
    reads(&mut follower, now);
}

#[test]
fn kinds_that_the_service_refuses_are_not_asked_for_again() {
    let mut follower = follower();
    follower.subscribe(vec![EventKind::Participants]);
    follower.subscribe(vec![EventKind::from("Odd")]);
    follower.handle_channel(refusal(), secs(1));
    assert_eq!(follower.kinds(), [EventKind::Participants]);
}

#[test]
fn a_switch_of_subtitles_waits_for_the_service_and_the_last_one_counts() {
    let mut follower = follower();
    follower.switch_subtitles(SubtitleSwitch::on());
    follower.switch_subtitles(SubtitleSwitch::off());
    reads(&mut follower, secs(0));
    subscribed(&mut follower, secs(1));
    let action = follower.poll(secs(1));
    assert!(
        matches!(&action, Action::SwitchSubtitles(switch) if *switch == SubtitleSwitch::off()),
        "{action:?}"
    );
    reads(&mut follower, secs(1));
}

#[test]
fn requests_wait_for_a_token() {
    let mut follower = follower();
    subscribed(&mut follower, secs(0));
    follower.subscribe(vec![EventKind::Participants]);
    follower.switch_subtitles(SubtitleSwitch::on());
    // Some call has discarded it.
    let request = follower.poll(secs(1));
    follower.handle_no_token(request);
    assert!(matches!(follower.poll(secs(1)), Action::RenewToken));
    reads(&mut follower, secs(1));
    follower.handle_renewed(false, None, secs(2));
    reads(&mut follower, secs(2));
    assert!(matches!(follower.poll(secs(32)), Action::RenewToken));
    follower.handle_renewed(true, FRESH, secs(33));
    asks_for(&mut follower, secs(33), &[EventKind::Participants]);
    assert!(matches!(
        follower.poll(secs(33)),
        Action::SwitchSubtitles(_)
    ));
}

#[test]
fn a_frame_that_could_not_be_read_makes_its_kind_stale_and_asks_for_an_account() {
    let mut follower = follower();
    follower.handle_channel(people(&["a"], 1), secs(1));
    follower.handle_channel(full(ConferenceDynamicInfo::new(), 1), secs(1));
    while tell(&mut follower, secs(1)).is_some() {}
    follower.handle_channel(fault(Missed::Kind(EventKind::Participants)), secs(2));
    asks_for(&mut follower, secs(2), KNOWN);
    assert!(matches!(notice(&mut follower), Notice::Fault(_)));
    assert!(follower.meeting().is_stale_about(&EventKind::Participants));
    assert!(
        !follower
            .meeting()
            .is_stale_about(&EventKind::ConferenceDynamicInfo)
    );
    assert_eq!(follower.meeting().participants().len(), 1, "that stays");

    follower.handle_channel(people(&["b", "c"], 2), secs(3));
    notice(&mut follower);
    assert!(!follower.meeting().is_stale());
    assert_eq!(follower.meeting().participants().len(), 2);
}

#[test]
fn kinds_that_were_never_told_are_stale_as_well() {
    for (missed, stale) in [
        (Missed::Kind(EventKind::Participants), true),
        (Missed::Unknown, true),
        (Missed::Nothing, false),
        // These leave no trace, so there is nothing to be missed.
        (Missed::Kind(EventKind::RealTimeSubtitle), false),
        (Missed::Kind(EventKind::from("Odd")), false),
    ] {
        let mut follower = follower();
        follower.handle_channel(fault(missed.clone()), secs(1));
        while tell(&mut follower, secs(1)).is_some() {}
        assert_eq!(follower.meeting().is_stale(), stale, "{missed:?}");
        let about = follower.meeting().is_stale_about(&EventKind::Participants);
        assert_eq!(about, stale, "{missed:?}");
    }
}

#[test]
fn a_known_kind_with_a_payload_of_no_sense_counts_as_unread() {
    let mut follower = follower();
    let mut odd = Event::new(vec![ParticipantChange::from(ParticipantInfo::new("a"))]);
    odd.payload = EventPayload::Other(serde_json::json!({"data": 7}));
    follower.handle_channel(event(odd), secs(1));
    asks_for(&mut follower, secs(1), KNOWN);
    notice(&mut follower);
    assert!(follower.meeting().is_stale_about(&EventKind::Participants));
}

#[test]
fn what_was_skipped_keeps_its_mark() {
    let mut follower = Follower::new(options().buffer(1), FRESH);
    follower.handle_channel(fault(Missed::Unknown), secs(1));
    follower.handle_channel(people(&["a"], 1), secs(1));
    assert!(matches!(notice(&mut follower), Notice::Skipped { .. }));
    assert!(follower.meeting().is_stale());
}

#[test]
fn an_account_that_cannot_be_read_is_asked_for_ever_more_rarely() {
    let mut follower = follower();
    let mut now = secs(1);
    let mut asked = Vec::new();
    while now < secs(1000) {
        // Each of them brings the fault again.
        follower.handle_channel(fault(Missed::Unknown), now);
        loop {
            match follower.poll(now) {
                Action::Notice(_) => {}
                Action::Subscribe(_) => break asked.push(now),
                Action::Read { until, .. } => now = until,
                other => panic!("{other:?}"),
            }
        }
    }
    assert!((4..=16).contains(&asked.len()), "{asked:?}");
    // A new connection tells everything by itself.
    lose(&mut follower, now);
    now = wait(&mut follower, now);
    follower.handle_opened(FRESH, now);
    reads(&mut follower, now);
}

#[test]
fn an_action_that_the_driver_does_not_know_ends_with_an_error() {
    let mut follower = follower();
    follower.handle_outdated();
    let error = tell(&mut follower, secs(1)).unwrap().unwrap_err();
    assert!(error.to_string().contains("update"), "{error}");
    assert!(matches!(follower.poll(secs(1)), Action::Finished));
}
