//! What a host and single sites watch.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use meeting_types::{
    ParticipantId,
    events::{EventKind, ParticipantChange, ParticipantInfo, ParticipantView},
    models::{VideoSwitchMode, ViewTarget},
    operations::{LockView, SetHostView, SetParticipantView, SetRole, SwitchMode},
};
use support::{
    bad, dynamic_info, participants, refused,
    room::{Room, device, telephone},
    update,
};

const KINDS: &[EventKind] = &[EventKind::ConferenceDynamicInfo, EventKind::Participants];
const SECONDS: fn(u64) -> Duration = Duration::from_secs;

#[test]
fn a_host_on_a_room_device_chooses_what_to_watch() {
    let mut room = Room::new(KINDS);
    let room_1 = room.join(device("Room 1"));
    room.promote(&room_1);
    let watch = SetHostView::new(ViewTarget::Participant).source_id(room.bo.clone());
    room.call(&watch).unwrap();
    assert_eq!(update(room.live.event()).view, Some(ParticipantView::Site));

    let poll = SetHostView::new(ViewTarget::Polling).switch_interval(SECONDS(20));
    room.call(&poll.clone().poll(true)).unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!(info.host_polling, Some(true));
    assert_eq!(update(room.live.event()).view, Some(ParticipantView::Unset));
    assert_eq!(refused(room.call(&watch)), bad("MMC.111072061"));
    let several = SetHostView::new(ViewTarget::MultiPicture);
    assert_eq!(refused(room.call(&several)), bad("MMC.111072061"));

    room.call(&poll.poll(false)).unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!(info.host_polling, Some(false));
    room.call(&several).unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!(info.broadcast_mode, None, "only the host watches them");
    assert_eq!(info.picture_count, Some(4));
    let view = update(room.live.event()).view;
    assert_eq!(view, Some(ParticipantView::MultiPicture));
    // What the host arranges is still the host's alone.
    room.call(&room.two([&room.bo])).unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!((info.broadcast_mode, info.picture_count), (None, Some(2)));

    // Everybody's pictures end the host's own, and keep them away.
    room.call(&SwitchMode::new(VideoSwitchMode::Fixed, true))
        .unwrap();
    dynamic_info(room.live.event());
    assert_eq!(update(room.live.event()).view, Some(ParticipantView::Unset));
    assert_eq!(refused(room.call(&several)), bad("MMC.111072011"));
}

#[test]
fn a_room_device_is_told_what_to_watch() {
    let mut room = Room::new(KINDS);
    let room_1 = room.join(device("Room 1"));
    let watch = |source: &ParticipantId| {
        let target = ViewTarget::Participant;
        SetParticipantView::new(room_1.clone(), target, source.clone())
    };
    room.call(&watch(&room.ann)).unwrap();
    let seen = update(room.live.event());
    assert_eq!(
        (seen.participant_id, seen.view),
        (room_1.clone(), Some(ParticipantView::Site))
    );
    let lock = |on| LockView::new(room_1.clone(), room.bo.clone(), on);
    room.call(&lock(true)).unwrap();
    assert_eq!(update(room.live.event()).view_locked, Some(true));
    assert_eq!(refused(room.call(&watch(&room.ann))), bad("MMC.111072011"));
    room.call(&lock(false)).unwrap();
    assert_eq!(update(room.live.event()).view_locked, Some(false));
    room.call(&watch(&room.cy)).unwrap();

    // The view ends with the site that is watched.
    room.meeting.participant(&room.cy).leave().unwrap();
    let gone = participants(room.live.event());
    let unset = ParticipantInfo::new(room_1.clone()).view(ParticipantView::Unset);
    assert_eq!(gone[0], ParticipantChange::from(unset));
    assert_eq!(gone[1], ParticipantChange::Removed(room.cy));
}

#[test]
fn a_view_needs_a_device_that_can_be_controlled() {
    let mut room = Room::new(KINDS);
    let nobody = SetHostView::new(ViewTarget::Participant);
    let watch = nobody.clone().source_id(room.ann.clone());
    assert_eq!(refused(room.call(&watch)), bad("MMC.111072059"));
    room.promote(&room.ann.clone());
    assert_eq!(refused(room.call(&watch)), bad("MMC.111072062"));
    room.call(&SetRole::new(room.ann.clone(), false)).unwrap();
    update(room.live.event());
    let phone = room.join(telephone("Dee"));
    let room_1 = room.join(device("Room 1"));
    room.promote(&room_1);
    assert_eq!(refused(room.call(&nobody)), bad("MMC.111072008"));
    let sound = watch.clone().source_id(phone.clone());
    assert_eq!(refused(room.call(&sound)), bad("MMC.111072026"));
    let unclear = SetHostView::new(ViewTarget::Polling);
    assert_eq!(refused(room.call(&unclear)), bad("MMC.111072045"));
    let strange = SetHostView::new(ViewTarget::from(7));
    assert_eq!(refused(room.call(&strange)), bad("MMC.111072040"));

    let (ann, bo, target) = (room.ann.clone(), room.bo.clone(), ViewTarget::Participant);
    let client = SetParticipantView::new(ann.clone(), target, bo.clone());
    assert_eq!(refused(room.call(&client)), bad("MMC.111072060"));
    let lock = LockView::new(ann, bo.clone(), true);
    assert_eq!(refused(room.call(&lock)), bad("MMC.111072060"));
    let several = SetParticipantView::new(room_1.clone(), ViewTarget::MultiPicture, bo);
    assert_eq!(refused(room.call(&several)), bad("MMC.111072040"));
    let nobody = SetParticipantView::new(room_1, target, "nobody");
    assert_eq!(refused(room.call(&nobody)), bad("MMC.111072008"));
}
