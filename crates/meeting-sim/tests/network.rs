//! Figures of connections.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use meeting_types::events::{
    Event, EventKind, EventPayload, NetworkCondition, NetworkConditionChange, NetworkGrade,
};
use support::{Live, bad, refused, room::Room};

fn changes(event: Event) -> Vec<NetworkConditionChange> {
    match event.payload {
        EventPayload::NetworkCondition(changes) => changes,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_measured_is_told() {
    let kinds = [EventKind::NetworkCondition];
    let mut room = Room::new(&kinds);
    let id = room.meeting.conference_id.clone();
    let good = NetworkCondition::new(room.ann.clone())
        .grade(NetworkGrade::Good)
        .round_trip(Duration::from_millis(30));
    room.sim
        .meeting(&id)
        .unwrap()
        .measure_network(good.clone())
        .unwrap();
    let wanted = NetworkConditionChange::from(good.clone());
    assert_eq!(changes(room.live.event()), [wanted]);

    // What is not measured anew stays; nobody else is told about.
    room.sim
        .meeting(&id)
        .unwrap()
        .measure_network(NetworkCondition::new(room.bo.clone()))
        .unwrap();
    assert_eq!(*changes(room.live.event())[0].participant_id(), room.bo);
    let lossy = NetworkCondition::new(room.ann.clone()).video_in_loss(250);
    room.sim
        .meeting(&id)
        .unwrap()
        .measure_network(lossy)
        .unwrap();
    let wanted = [NetworkConditionChange::from(good.video_in_loss(250))];
    assert_eq!(changes(room.live.event()), wanted);

    let mut late = Live::subscribed(&room.sim, &room.control, &kinds);
    let all = changes(late.event());
    assert_eq!(all.len(), 2);
    assert!(all.contains(&wanted[0]));
    room.sim
        .meeting(&id)
        .unwrap()
        .participant(&room.ann)
        .leave()
        .unwrap();
    let gone = changes(room.live.event());
    assert_eq!(gone, [NetworkConditionChange::Removed(room.ann.clone())]);
    let again = NetworkCondition::new(room.ann.clone());
    let away = room.sim.meeting(&id).unwrap().measure_network(again);
    assert_eq!(refused(away), bad("MMC.111072008"));
}
