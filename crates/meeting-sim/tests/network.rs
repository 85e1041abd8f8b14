//! Figures of connections, as the events tell them.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use meeting_sim::CallOutcome;
use meeting_types::{
    events::{Event, EventKind, EventPayload, NetworkCondition, NetworkConditionChange},
    models::{AttendeeType, InvitedAttendee},
    operations::InviteParticipant,
};
use support::{
    Live,
    room::{Room, telephone},
};

fn changes(event: Event) -> Vec<NetworkConditionChange> {
    match event.payload {
        EventPayload::NetworkCondition(changes) => changes,
        other => panic!("{other:?}"),
    }
}

/// The only site that an event is about.
fn condition(event: Event) -> NetworkCondition {
    let mut changes = changes(event);
    assert_eq!(changes.len(), 1);
    match changes.remove(0) {
        NetworkConditionChange::Update(condition) => *condition,
        other => panic!("{other:?}"),
    }
}

#[test]
fn how_good_connections_are_is_told() {
    let kinds = [EventKind::NetworkCondition];
    let mut room = Room::new(&kinds);
    let id = room.meeting.conference_id.clone();
    let slow = Duration::from_millis(300);
    room.sim.set_network(&id, &room.ann, slow, 25).unwrap();
    let told = condition(room.live.event());
    assert_eq!(told.participant_id, room.ann);
    assert_eq!(told.round_trip, Some(slow));
    assert_eq!(told.jitter, Some(30));
    // 25 of a thousand are 250 hundredths of a percent.
    assert_eq!(
        (told.audio_in_loss, told.video_out_loss),
        (Some(250), Some(250))
    );

    // Who comes is told, and who leaves; telephones have no picture to lose.
    let dee = room.sim.join(&id, telephone("Dee")).unwrap();
    let sound = condition(room.live.event());
    assert_eq!(sound.participant_id, dee);
    assert_eq!((sound.audio_in_loss, sound.video_in_loss), (Some(0), None));
    // Whoever still rings has no connection.
    room.sim.calls_to("+991", CallOutcome::Rings);
    let rings = InvitedAttendee::new("Rings", AttendeeType::SoftClient).phone("+991");
    room.call(&InviteParticipant::new([rings])).unwrap();
    let mut late = Live::subscribed(&room.sim, &room.control, &kinds);
    let all = changes(late.event());
    assert_eq!(all.len(), 4);
    assert!(all.contains(&NetworkConditionChange::from(told)));
    room.sim.leave(&id, &room.ann).unwrap();
    let gone = changes(room.live.event());
    assert_eq!(gone, [NetworkConditionChange::Removed(room.ann)]);
}
