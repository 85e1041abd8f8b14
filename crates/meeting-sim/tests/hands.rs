//! Raised hands.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use meeting_sim::Simulator;
use meeting_types::{
    ParticipantId,
    events::EventKind,
    operations::{BatchHand, Hand, SetRole},
};
use support::{bad, call, control_by, listening, participants, person, refused, update};

#[test]
fn a_hand_goes_up_and_down() {
    let sim = Simulator::start().unwrap();
    let (meeting, control, mut live) = listening(&sim, &[EventKind::Participants]);
    let id = &meeting.conference_id;
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    assert_eq!(update(live.event()).hand_raised, Some(false));

    call(&sim, &Hand::new(ann.clone(), true), &control).unwrap();
    let told = update(live.event());
    assert_eq!((told.hand_raised, told.name), (Some(true), None));
    assert!(person(&meeting, &ann).hand_raised);
    sim.meeting(id)
        .unwrap()
        .participant(&ann)
        .raise_hand(false)
        .unwrap();
    assert_eq!(update(live.event()).hand_raised, Some(false));
    sim.meeting(id)
        .unwrap()
        .participant(&ann)
        .raise_hand(true)
        .unwrap();
    assert_eq!(update(live.event()).hand_raised, Some(true));

    // A host has no use for a raised hand.
    let apply = SetRole::new(ann.clone(), true).host_password(meeting.host_password.clone());
    call(&sim, &apply, &control).unwrap();
    assert_eq!(update(live.event()).hand_raised, Some(false));
    let raise = Hand::new(ann.clone(), true);
    assert_eq!(refused(call(&sim, &raise, &control)), bad("MMC.111072069"));
    assert_eq!(
        refused(sim.meeting(id).unwrap().participant(&ann).raise_hand(true)),
        bad("MMC.111072069")
    );
    call(&sim, &Hand::new(ann, false), &control).unwrap();
}

#[test]
fn several_hands_go_together_or_not_at_all() {
    let sim = Simulator::start().unwrap();
    let (meeting, control, mut live) = listening(&sim, &[EventKind::Participants]);
    let id = &meeting.conference_id;
    let host = sim.meeting(id).unwrap().join_as_host("Hugo").unwrap().id;
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    let bo = sim.meeting(id).unwrap().join("Bo").unwrap().id;
    for _ in 0..3 {
        live.event();
    }
    let hands = || [&ann, &bo].map(|who| person(&meeting, who).hand_raised);
    let batch = |raise, who: &[&ParticipantId]| {
        let who = who.iter().map(|id| (*id).clone());
        call(&sim, &BatchHand::new(raise, who), &control)
    };
    assert_eq!(refused(batch(true, &[&ann, &host])), bad("MMC.111072069"));
    let nobody = ParticipantId::new("nobody");
    assert_eq!(refused(batch(true, &[&ann, &nobody])), bad("MMC.111072008"));
    assert_eq!(hands(), [false, false]);

    batch(true, &[&ann, &bo]).unwrap();
    assert_eq!(participants(live.event()).len(), 2);
    assert_eq!(hands(), [true, true]);
    batch(false, &[&ann, &bo, &host]).unwrap();
    assert_eq!(hands(), [false, false]);
}

#[test]
fn guests_raise_no_hands_by_token() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let ann = meeting.join("Ann").unwrap().id;
    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    let raise = Hand::new(ann.clone(), true);
    assert_eq!(refused(call(&sim, &raise, &guest)), bad("MMC.111072071"));
    let nobody = Hand::new("nobody", true);
    assert_eq!(refused(call(&sim, &nobody, &guest)), bad("MMC.111072008"));
    let all = BatchHand::new(true, [ann.clone()]);
    assert_eq!(refused(call(&sim, &all, &guest)), bad("MMC.111072070"));
    assert!(!person(&meeting, &ann).hand_raised);
}

#[test]
fn only_so_many_hands_can_be_up() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Crowd");
    let id = &meeting.conference_id;
    let control = support::control(&sim, &meeting);
    let crowd: Vec<_> = (0..101)
        .map(|n| sim.meeting(id).unwrap().join(format!("P{n}")).unwrap().id)
        .collect();
    let too_many = BatchHand::new(true, crowd.clone());
    assert_eq!(
        refused(call(&sim, &too_many, &control)),
        bad("MMC.111072102")
    );
    let enough = BatchHand::new(true, crowd[..100].to_vec());
    call(&sim, &enough, &control).unwrap();
    let last = &crowd[100];
    assert_eq!(
        refused(sim.meeting(id).unwrap().participant(last).raise_hand(true)),
        bad("MMC.111072102")
    );
    // A hand that is up already is not one more.
    call(&sim, &enough, &control).unwrap();
    sim.meeting(id)
        .unwrap()
        .participant(&crowd[0])
        .raise_hand(false)
        .unwrap();
    sim.meeting(id)
        .unwrap()
        .participant(last)
        .raise_hand(true)
        .unwrap();
}
