//! Who waits before the door of a meeting.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use meeting_sim::{MeetingPlan, SimMeeting, Simulator, Visitor};
use meeting_types::{
    ParticipantId, Timestamp,
    events::{
        Event, EventKind, EventPayload, ParticipantChange, ParticipantClient, SnapshotMode,
        WaitingChange, WaitingState,
    },
    models::{AttendeeType, ConferenceSettings, InvitedAttendee},
    operations::{
        AllowWaitingParticipant, BatchMoveToWaitingRoom, CreateConfToken, HangUp,
        InviteParticipant, LockMeeting, MoveToWaitingRoom, SetCohost,
    },
};
use support::{
    bad, call, control, control_by, dynamic_info, listener, participants, person, refused, update,
};

const KINDS: &[EventKind] = &[EventKind::WaitingList, EventKind::Participants];

fn with_waiting_room(sim: &Simulator) -> SimMeeting {
    let rules = ConferenceSettings::new().waiting_room(true);
    sim.create_meeting(MeetingPlan::running("Weekly").settings(rules))
}

fn waiting(event: Event) -> Vec<WaitingChange> {
    match event.payload {
        EventPayload::WaitingList(changes) => changes,
        other => panic!("{other:?}"),
    }
}

/// Who waits and who is in, by what the simulator knows.
fn places(meeting: &SimMeeting) -> (Vec<ParticipantId>, Vec<ParticipantId>) {
    let snapshot = meeting.snapshot().unwrap();
    (
        snapshot.waiting.into_iter().map(|one| one.id).collect(),
        snapshot
            .participants
            .into_iter()
            .map(|one| one.id)
            .collect(),
    )
}

fn removed(changes: &[WaitingChange]) -> Vec<&ParticipantId> {
    let ids = changes.iter().map(|change| match change {
        WaitingChange::Removed(info) => &info.participant_id,
        other => panic!("{other:?}"),
    });
    ids.collect()
}

#[test]
fn guests_wait_until_they_are_let_in() {
    let sim = Simulator::start().unwrap();
    let meeting = with_waiting_room(&sim);
    let id = &meeting.conference_id;
    let control = control(&sim, &meeting);
    let mut live = listener(&sim, &control, KINDS);
    let host = sim.meeting(id).unwrap().join_as_host("Hugo").unwrap().id;
    assert_eq!(
        update(live.event()).participant_id,
        host,
        "hosts do not wait"
    );

    let visitor = Visitor::new("Ann")
        .account("ann")
        .number("+991")
        .client(ParticipantClient::Mobile);
    let ann = sim.meeting(id).unwrap().join(visitor).unwrap().id;
    let told = live.event();
    assert_eq!(
        (told.version, told.mode),
        (Some(1), SnapshotMode::Increment)
    );
    let changes = waiting(told);
    let WaitingChange::Update(info) = &changes[0] else {
        panic!("{changes:?}")
    };
    assert_eq!(info.participant_id, ann);
    assert_eq!(info.name.as_deref(), Some("Ann"));
    assert_eq!(info.phone.as_deref(), Some("+991"));
    assert_eq!(info.account_id.as_ref().unwrap().as_str(), "ann");
    assert_eq!(info.client_type, Some(ParticipantClient::Mobile));
    assert_eq!(info.anonymous, Some(false));
    assert_eq!(info.state, Some(WaitingState::Waiting));
    let snapshot = sim.meeting(id).unwrap().snapshot().unwrap();
    assert!(snapshot.waiting_room);
    assert_eq!(info.waiting_since, Some(snapshot.waiting[0].since));
    assert_eq!(places(&meeting), (vec![ann.clone()], vec![host.clone()]));

    // A second listener hears first who waits.
    let mut late = support::Live::subscribed(&sim, &control, &[EventKind::WaitingList]);
    let full = late.event();
    assert_eq!(full.mode, SnapshotMode::Full);
    assert_eq!(waiting(full), changes);

    let allow = AllowWaitingParticipant::new().participant_id(ann.clone());
    call(&sim, &allow, &control).unwrap();
    assert_eq!(removed(&waiting(live.event())), [&ann]);
    let told = update(live.event());
    assert_eq!(
        (&told.participant_id, told.name.as_deref()),
        (&ann, Some("Ann"))
    );
    assert_eq!(told.phone.as_deref(), Some("+991"));
    assert_eq!(places(&meeting), (vec![], vec![host, ann]));
    assert_eq!(refused(call(&sim, &allow, &control)), bad("MMC.111072008"));
}

#[test]
fn all_who_wait_are_let_in_at_once() {
    let sim = Simulator::start().unwrap();
    let rules = ConferenceSettings::new().waiting_room(true).auto_mute(true);
    let plan = MeetingPlan::running("Weekly").settings(rules);
    let meeting = sim.create_meeting(plan);
    let id = &meeting.conference_id;
    let control = control(&sim, &meeting);
    let mut live = listener(&sim, &control, KINDS);
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    let bo = sim.meeting(id).unwrap().join("Bo").unwrap().id;
    live.event();
    live.event();
    let nobody = AllowWaitingParticipant::new().allow_all(false);
    assert_eq!(refused(call(&sim, &nobody, &control)), bad("MMC.111071061"));
    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    let all = AllowWaitingParticipant::new().allow_all(true);
    assert_eq!(refused(call(&sim, &all, &guest)), bad("MMC.111072070"));

    call(&sim, &all, &control).unwrap();
    assert_eq!(removed(&waiting(live.event())), [&ann, &bo]);
    assert_eq!(participants(live.event()).len(), 2);
    assert!(person(&meeting, &ann).muted, "as all who join");
    call(&sim, &all, &control).unwrap();
}

#[test]
fn waiting_can_be_given_up() {
    let sim = Simulator::start().unwrap();
    let meeting = with_waiting_room(&sim);
    let id = &meeting.conference_id;
    let mut live = listener(&sim, &control(&sim, &meeting), KINDS);
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    live.event();
    assert_eq!(
        refused(sim.meeting(id).unwrap().participant(&ann).mute(true)),
        bad("MMC.111072008")
    );
    sim.meeting(id).unwrap().participant(&ann).leave().unwrap();
    assert_eq!(removed(&waiting(live.event())), [&ann]);
    assert_eq!(
        refused(sim.meeting(id).unwrap().participant(&ann).leave()),
        bad("MMC.111072008")
    );
    assert_eq!(places(&meeting), (vec![], vec![]));
}

#[test]
fn the_called_do_not_wait() {
    let sim = Simulator::builder()
        .answer_after(Duration::ZERO)
        .start()
        .unwrap();
    let meeting = with_waiting_room(&sim);
    let control = control(&sim, &meeting);
    let ann = InvitedAttendee::new("Ann", AttendeeType::SoftClient).phone("+991");
    let room = InvitedAttendee::new("Room", AttendeeType::Terminal).phone("+992");
    call(&sim, &InviteParticipant::new([ann, room]), &control).unwrap();
    let (waiting, inside) = places(&meeting);
    assert_eq!((waiting.len(), inside.len()), (0, 2));

    let guest = MoveToWaitingRoom::new(inside[0].clone());
    let room = MoveToWaitingRoom::new(inside[1].clone());
    assert_eq!(refused(call(&sim, &room, &control)), bad("MMC.111112008"));
    call(&sim, &guest, &control).unwrap();
}

#[test]
fn participants_are_sent_to_wait() {
    let sim = Simulator::start().unwrap();
    let meeting = with_waiting_room(&sim);
    let id = &meeting.conference_id;
    let control = control(&sim, &meeting);
    let host = sim.meeting(id).unwrap().join_as_host("Hugo").unwrap().id;
    let people: Vec<_> = ["Ann", "Bo", "Cy"]
        .map(|name| sim.meeting(id).unwrap().join(name).unwrap().id)
        .into();
    let all = AllowWaitingParticipant::new().allow_all(true);
    call(&sim, &all, &control).unwrap();
    call(&sim, &SetCohost::new(people[2].clone(), true), &control).unwrap();
    sim.meeting(id)
        .unwrap()
        .participant(&people[0])
        .raise_hand(true)
        .unwrap();
    sim.meeting(id).unwrap().speak([(&people[0], 50)]).unwrap();
    let before = sim.meeting(id).unwrap().snapshot().unwrap();

    let mut kinds = KINDS.to_vec();
    kinds.push(EventKind::SpeakerChange);
    let mut live = listener(&sim, &control, &kinds);
    let to_wait = |ids: &[&ParticipantId]| {
        let ids = ids.iter().map(|id| (*id).clone());
        call(&sim, &BatchMoveToWaitingRoom::new(ids), &control)
    };
    let nobody = ParticipantId::new("nobody");
    assert_eq!(
        refused(to_wait(&[&people[0], &nobody])),
        bad("MMC.111072008")
    );
    assert_eq!(
        refused(to_wait(&[&people[0], &people[2]])),
        bad("MMC.111112004")
    );
    assert_eq!(refused(to_wait(&[&people[0], &host])), bad("MMC.111072011"));
    assert_eq!(
        sim.meeting(id).unwrap().snapshot().unwrap().participants,
        before.participants,
        "all or nobody"
    );

    sim.advance(Duration::from_secs(60));
    let moved = Timestamp::from(sim.now());
    to_wait(&[&people[0], &people[1], &people[0]]).unwrap();
    let changes = waiting(live.event());
    assert_eq!(changes.len(), 2);
    let since = changes[0].info().waiting_since.unwrap();
    assert!(since >= moved, "the wait begins now");
    let gone = participants(live.event());
    assert_eq!(gone.len(), 2);
    for who in &people[..2] {
        assert!(gone.contains(&ParticipantChange::Removed(who.clone())));
    }
    assert_eq!(live.event().kind, EventKind::SpeakerChange);

    let one = AllowWaitingParticipant::new().participant_id(people[0].clone());
    call(&sim, &one, &control).unwrap();
    let back = person(&meeting, &people[0]);
    assert_eq!((back.name.as_str(), back.hand_raised), ("Ann", false));
    assert_eq!(back.number, before.participants[1].number);

    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    let one = MoveToWaitingRoom::new(people[0].clone());
    assert_eq!(refused(call(&sim, &one, &guest)), bad("MMC.111072070"));
    let several = BatchMoveToWaitingRoom::new([people[0].clone()]);
    assert_eq!(refused(call(&sim, &several, &guest)), bad("MMC.111072070"));
}

#[test]
fn without_a_waiting_room_nobody_waits() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let control = control(&sim, &meeting);
    let ann = meeting.join("Ann").unwrap().id;
    let none = bad("MMC.111112005");
    let all = AllowWaitingParticipant::new().allow_all(true);
    assert_eq!(refused(call(&sim, &all, &control)), none);
    let one = AllowWaitingParticipant::new().participant_id(ann.clone());
    assert_eq!(refused(call(&sim, &one, &control)), none);
    let one = MoveToWaitingRoom::new(ann.clone());
    assert_eq!(refused(call(&sim, &one, &control)), none);
    let several = BatchMoveToWaitingRoom::new([ann]);
    assert_eq!(refused(call(&sim, &several, &control)), none);

    for (meeting, there) in [(&meeting, false), (&with_waiting_room(&sim), true)] {
        let control = support::control(&sim, meeting);
        let kinds = [
            EventKind::ConferenceBasicInfo,
            EventKind::ConferenceDynamicInfo,
        ];
        let mut live = support::Live::subscribed(&sim, &control, &kinds);
        let EventPayload::ConferenceBasicInfo(info) = live.event().payload else {
            panic!()
        };
        assert_eq!(info.waiting_room, Some(there));
        assert_eq!(dynamic_info(live.event()).waiting_room, Some(there));
        assert_eq!(meeting.snapshot().unwrap().waiting_room, there);
    }
    let ask =
        CreateConfToken::new(meeting.conference_id.clone()).password(meeting.host_password.clone());
    let kinds = call(&sim, &ask, &()).unwrap().data.supported_events;
    assert!(kinds.contains(&"WaitingListNotify".to_owned()));
}

#[test]
fn a_locked_door_keeps_out_of_the_waiting_room_too() {
    let sim = Simulator::start().unwrap();
    let meeting = with_waiting_room(&sim);
    let id = &meeting.conference_id;
    let control = control(&sim, &meeting);
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    call(&sim, &LockMeeting::new(true), &control).unwrap();
    assert_eq!(
        refused(sim.meeting(id).unwrap().join("Bo")),
        bad("MMC.111072050")
    );
    let one = AllowWaitingParticipant::new().participant_id(ann.clone());
    call(&sim, &one, &control).unwrap();
    call(&sim, &HangUp::new([ann]), &control).unwrap();
}
