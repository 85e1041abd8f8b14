//! Recording a meeting and broadcasting it live.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use meeting_sim::{MediaSnapshot, MeetingPlan, Recorder, RecordingState, Simulator};
use meeting_types::{
    ServiceError,
    events::{EventKind, EventPayload, RecordingSetup},
    models::{MmrRecordAction, RecordType},
    operations::{Live, Record, SetMmrLive, SetMmrRecord},
};
use support::{bad, control, dynamic_info, media, refused, room::Room};

const KINDS: &[EventKind] = &[EventKind::ConferenceDynamicInfo];

fn recorded(record_type: RecordType) -> Room {
    let plan = MeetingPlan::running("Recorded").record_type(record_type);
    Room::of(plan, KINDS)
}

fn state(room: &Room) -> MediaSnapshot {
    media(&room.meeting)
}

#[test]
fn a_recording_is_started_paused_and_stopped() {
    let mut room = recorded(RecordType::Record);
    room.call(&Record::new(true)).unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!((info.recording, info.recorded), (Some(true), Some(true)));
    assert_eq!(state(&room).recording, RecordingState::Running);

    room.call(&SetMmrRecord::new(MmrRecordAction::Pause))
        .unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!((info.recording, info.recorded), (Some(false), None));
    assert_eq!(state(&room).recording, RecordingState::Paused);
    room.call(&SetMmrRecord::new(MmrRecordAction::Start))
        .unwrap();
    assert_eq!(dynamic_info(room.live.event()).recording, Some(true));
    room.call(&SetMmrRecord::new(MmrRecordAction::Stop))
        .unwrap();
    assert_eq!(dynamic_info(room.live.event()).recording, Some(false));
    let after = state(&room);
    assert_eq!(
        (after.recording, after.recorded),
        (RecordingState::Off, true)
    );
    // Stopping what is stopped changes nothing; there is nothing to pause.
    room.call(&Record::new(false)).unwrap();
    let pause = SetMmrRecord::new(MmrRecordAction::Pause);
    assert_eq!(refused(room.call(&pause)), bad("MMC.111072011"));
    let strange = SetMmrRecord::new(MmrRecordAction::from(9));
    assert_eq!(refused(room.call(&strange)), bad("MMC.111071061"));
}

#[test]
fn only_what_was_booked_is_recorded() {
    for record_type in [None, Some(RecordType::Disabled), Some(RecordType::Live)] {
        let mut plan = MeetingPlan::running("Not recorded").auto_record(true);
        if let Some(record_type) = record_type {
            plan = plan.record_type(record_type);
        }
        let room = Room::of(plan, KINDS);
        let stop = MmrRecordAction::Stop;
        let pause = MmrRecordAction::Pause;
        for refusal in [
            room.call(&Record::new(true)),
            room.call(&Record::new(false)),
            room.call(&SetMmrRecord::new(stop)),
            room.call(&SetMmrRecord::new(pause)),
        ] {
            assert_eq!(refused(refusal), bad("MMC.111072020"));
        }
        assert!(!state(&room).recorded);
    }
}

#[test]
fn a_recorder_in_trouble_starts_nothing() {
    let room = recorded(RecordType::LiveAndRecord);
    for (recorder, code) in [
        (Recorder::OutOfReach, "MMC.111072021"),
        (Recorder::Busy, "MMC.111072022"),
        (Recorder::NoSpace, "MMC.111072066"),
        (Recorder::SpaceFull, "MMC.111072067"),
    ] {
        room.sim.directory().set_recorder(recorder);
        assert_eq!(refused(room.call(&Record::new(true))), bad(code));
    }
    assert!(!state(&room).recorded);
    room.sim.directory().set_recorder(Recorder::Ready);
    room.call(&Record::new(true)).unwrap();
    // What runs goes on, also after a pause.
    room.sim.directory().set_recorder(Recorder::Busy);
    room.call(&SetMmrRecord::new(MmrRecordAction::Pause))
        .unwrap();
    room.call(&Record::new(true)).unwrap();
    assert_eq!(state(&room).recording, RecordingState::Running);
}

#[test]
fn a_recording_can_start_with_the_meeting() {
    let sim = Simulator::start().unwrap();
    let plan = || {
        MeetingPlan::running("Recorded")
            .record_type(RecordType::Record)
            .auto_record(true)
    };
    let meeting = sim.create_meeting(plan());
    assert_eq!(media(&meeting).recording, RecordingState::Running);
    sim.directory().set_recorder(Recorder::SpaceFull);
    let meeting = sim.create_meeting(plan());
    assert_eq!(media(&meeting).recording, RecordingState::Off);
}

#[test]
fn a_live_broadcast_needs_a_booking_for_it() {
    type Switch = fn(&Room, bool) -> Result<(), ServiceError>;
    let switches: [Switch; 2] = [
        |room, on| room.call(&Live::new(on)),
        |room, on| room.call(&SetMmrLive::new(on)),
    ];
    for switch in switches {
        for record_type in [RecordType::Live, RecordType::LiveAndRecord] {
            let room = recorded(record_type);
            switch(&room, true).unwrap();
            assert!(state(&room).live);
            switch(&room, false).unwrap();
            assert!(!state(&room).live);
        }
        for record_type in [RecordType::Disabled, RecordType::Record] {
            let room = recorded(record_type);
            assert_eq!(refused(switch(&room, true)), bad("MMC.111072068"));
        }
    }
}

#[test]
fn guests_record_nothing() {
    let room = recorded(RecordType::LiveAndRecord);
    room.only_host(&Record::new(true));
    room.only_host(&SetMmrRecord::new(MmrRecordAction::Start));
    room.only_host(&Live::new(true));
    room.only_host(&SetMmrLive::new(true));
}

#[test]
fn events_number_what_was_booked_in_their_own_way() {
    let sim = Simulator::start().unwrap();
    for (record_type, setup) in [
        (RecordType::Disabled, RecordingSetup::Off),
        (RecordType::Live, RecordingSetup::Live),
        (RecordType::Record, RecordingSetup::Record),
        (RecordType::LiveAndRecord, RecordingSetup::RecordAndLive),
    ] {
        let plan = MeetingPlan::running("Recorded").record_type(record_type);
        let meeting = sim.create_meeting(plan);
        let control = control(&sim, &meeting);
        let basic = [EventKind::ConferenceBasicInfo];
        let mut live = support::Live::subscribed(&sim, &control, &basic);
        match live.event().payload {
            EventPayload::ConferenceBasicInfo(info) => {
                assert_eq!(info.recording_setup, Some(setup));
            }
            other => panic!("{other:?}"),
        }
    }
}
