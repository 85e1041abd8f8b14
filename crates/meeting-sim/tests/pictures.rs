//! What is shown in a running meeting, and to whom.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::{collections::BTreeMap, time::Duration};

use meeting_sim::{Device, SimMeeting, Simulator};
use meeting_types::{
    ConferenceCredential, Operation, ParticipantId, ServiceError,
    events::{
        BroadcastMode, Event, EventKind, MultiPicture, ParticipantChange, ParticipantInfo,
        ParticipantView, Picture,
    },
    models::{Booking, LayoutType, MediaType, PictureContent, VideoSwitchMode, ViewTarget},
    operations::{
        BroadcastParticipant, CancelBroadcast, CreateMeeting, LockView, RollcallParticipant,
        SetCustomMultiPicture, SetHostView, SetMultiPicture, SetParticipantView, SetRole,
        SwitchMode,
    },
};
use support::{
    Live, bad, call, control, control_by, dynamic_info, listening, log_in, media, participants,
    refused, send, update,
};

const KINDS: &[EventKind] = &[EventKind::ConferenceDynamicInfo, EventKind::Participants];
const SECONDS: fn(u64) -> Duration = Duration::from_secs;

/// What changed about each participant.
fn changes(event: Event) -> BTreeMap<ParticipantId, ParticipantInfo> {
    let changes = participants(event).into_iter().map(|change| match change {
        ParticipantChange::Update(info) => (info.participant_id.clone(), *info),
        other => panic!("{other:?}"),
    });
    changes.collect()
}

/// A meeting with Ann, Bo and Cy, and a listener who knows of them.
struct Room {
    sim: Simulator,
    meeting: SimMeeting,
    control: ConferenceCredential,
    live: Live,
    ann: ParticipantId,
    bo: ParticipantId,
    cy: ParticipantId,
}

impl Room {
    fn new() -> Self {
        let sim = Simulator::start().unwrap();
        let (meeting, control, mut live) = listening(&sim, KINDS);
        let mut join = |name: &str| {
            let id = sim.join(&meeting.conference_id, name).unwrap();
            assert_eq!(update(live.event()).participant_id, id);
            id
        };
        let (ann, bo, cy) = (join("Ann"), join("Bo"), join("Cy"));
        Self {
            sim,
            meeting,
            control,
            live,
            ann,
            bo,
            cy,
        }
    }

    fn call<O>(&self, operation: &O) -> Result<O::Reply, ServiceError>
    where
        O: Operation<Credential = ConferenceCredential>,
    {
        call(&self.sim, operation, &self.control)
    }

    /// Makes a participant the host.
    fn promote(&mut self, id: &ParticipantId) {
        let set = SetRole::new(id.clone(), true).host_password(self.meeting.host_password.clone());
        self.call(&set).unwrap();
        assert_eq!(update(self.live.event()).participant_id, *id);
    }

    /// Lets somebody join with a certain device.
    fn join_with(&mut self, name: &str, device: Device) -> ParticipantId {
        let id = &self.meeting.conference_id;
        let id = self.sim.join_with(id, name, device).unwrap();
        assert_eq!(update(self.live.event()).participant_id, id);
        id
    }

    fn number(&self, id: &ParticipantId) -> String {
        let snapshot = self.sim.meeting(&self.meeting.conference_id).unwrap();
        let person = snapshot.participants.iter().find(|p| p.id == *id);
        person.unwrap().number.clone()
    }

    /// A custom arrangement of two pictures that shows these participants.
    fn two<'a>(
        &self,
        people: impl IntoIterator<Item = &'a ParticipantId>,
    ) -> SetCustomMultiPicture {
        let pictures = (1..).zip(people);
        let pictures =
            pictures.map(|(index, id)| PictureContent::new(index).participants([self.number(id)]));
        SetCustomMultiPicture::new(true)
            .layout_type(LayoutType::Two)
            .pictures(pictures)
    }
}

#[test]
fn one_participant_is_broadcast_at_a_time() {
    let mut room = Room::new();
    room.call(&BroadcastParticipant::new(room.ann.clone()))
        .unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!(info.broadcast_mode, Some(BroadcastMode::Participant));
    assert_eq!(info.voice_activation, Some(false));
    assert_eq!(update(room.live.event()).broadcast, Some(true));

    room.call(&BroadcastParticipant::new(room.bo.clone()))
        .unwrap();
    let changed = changes(room.live.event());
    assert_eq!(changed[&room.ann].broadcast, Some(false));
    assert_eq!(changed[&room.bo].broadcast, Some(true));
    let media = media(&room.sim, &room.meeting);
    assert_eq!(media.broadcast, Some(room.bo.clone()));

    // Whoever leaves is not broadcast any more.
    room.sim
        .leave(&room.meeting.conference_id, &room.bo)
        .unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!(info.broadcast_mode, Some(BroadcastMode::Free));
    assert_eq!(info.voice_activation, Some(true));
    let gone = participants(room.live.event());
    assert_eq!(gone, [ParticipantChange::Removed(room.bo)]);
}

#[test]
fn a_roll_call_unmutes_one_and_mutes_the_others_but_the_host() {
    let mut room = Room::new();
    room.promote(&room.ann.clone());
    room.call(&RollcallParticipant::new(room.bo.clone()))
        .unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!(info.broadcast_mode, Some(BroadcastMode::Floor));
    let changed = changes(room.live.event());
    assert_eq!(changed.len(), 2, "the host is left alone");
    assert_eq!(changed[&room.bo].has_floor, Some(true));
    assert_eq!(changed[&room.cy].muted, Some(true));

    room.call(&RollcallParticipant::new(room.cy.clone()))
        .unwrap();
    let changed = changes(room.live.event());
    let of = |id| (changed[id].has_floor, changed[id].muted);
    assert_eq!(of(&room.bo), (Some(false), Some(true)));
    assert_eq!(of(&room.cy), (Some(true), Some(false)));

    // A broadcast takes the place of the roll call.
    room.call(&BroadcastParticipant::new(room.cy.clone()))
        .unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!(info.broadcast_mode, Some(BroadcastMode::Participant));
    let changed = changes(room.live.event());
    let cy = &changed[&room.cy];
    assert_eq!((cy.has_floor, cy.broadcast), (Some(false), Some(true)));
}

#[test]
fn one_call_ends_every_mode() {
    let mut room = Room::new();
    let two = room.two([&room.ann, &room.bo]);
    let all: [(BroadcastMode, Box<dyn Fn(&Room)>); 3] = [
        (
            BroadcastMode::Participant,
            Box::new(|room| {
                room.call(&BroadcastParticipant::new(room.ann.clone()))
                    .unwrap();
            }),
        ),
        (
            BroadcastMode::Floor,
            Box::new(|room| {
                room.call(&RollcallParticipant::new(room.ann.clone()))
                    .unwrap();
            }),
        ),
        (
            BroadcastMode::FixedLayout,
            Box::new(move |room| room.call(&two).unwrap()),
        ),
    ];
    for (mode, begin) in all {
        begin(&room);
        let mut heard = Vec::new();
        while heard.is_empty() {
            let event = room.live.event();
            if event.kind == EventKind::ConferenceDynamicInfo {
                heard.extend(dynamic_info(event).broadcast_mode);
            }
        }
        assert_eq!(heard, [mode]);
        room.call(&CancelBroadcast::new()).unwrap();
        let after = media(&room.sim, &room.meeting);
        assert_eq!(after.broadcast_mode, BroadcastMode::Free);
        assert_eq!((after.broadcast, after.floor), (None, None));
        // Mutes of the roll call stay, so there may be more to hear.
        loop {
            let event = room.live.event();
            if event.kind == EventKind::ConferenceDynamicInfo {
                assert_eq!(
                    dynamic_info(event).broadcast_mode,
                    Some(BroadcastMode::Free)
                );
                break;
            }
        }
    }
}

#[test]
fn pictures_are_arranged_by_hand() {
    let mut room = Room::new();
    let [ann, bo] = [&room.ann, &room.bo].map(|id| room.number(id));
    let shared = PictureContent::new(2).aux_stream(true);
    let set = SetCustomMultiPicture::new(true)
        .layout_type(LayoutType::Three2)
        .pictures([PictureContent::new(1).participants([ann, bo]), shared])
        .switch_interval(SECONDS(30));
    room.call(&set).unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!(info.broadcast_mode, Some(BroadcastMode::FixedLayout));
    assert_eq!(info.picture_count, Some(3));
    let wanted = MultiPicture::new(3)
        .pictures([
            Picture::new(1, [room.ann.clone(), room.bo.clone()]).share(false),
            Picture::new(2, [] as [ParticipantId; 0]).share(true),
        ])
        .period(30);
    assert_eq!(info.multi_picture, Some(wanted));

    // Whoever leaves is in no picture.
    room.sim
        .leave(&room.meeting.conference_id, &room.ann)
        .unwrap();
    let info = dynamic_info(room.live.event());
    let pictures = info.multi_picture.unwrap().pictures;
    assert_eq!(pictures[0].participant_ids, [room.bo]);
}

#[test]
fn the_old_operation_arranges_by_ids() {
    let mut room = Room::new();
    let pictures = [PictureContent::new(2).participants([room.cy.as_str()])];
    let set = SetMultiPicture::new(true)
        .layout_type(LayoutType::Four)
        .pictures(pictures);
    room.call(&set).unwrap();
    let info = dynamic_info(room.live.event());
    let arrangement = info.multi_picture.unwrap();
    assert_eq!(
        (arrangement.picture_count, arrangement.period),
        (Some(4), Some(10))
    );
    assert_eq!(arrangement.pictures[0].participant_ids, [room.cy.clone()]);

    let newer = SetMultiPicture::new(true).layout_type(LayoutType::Five);
    assert_eq!(refused(room.call(&newer)), bad("MMC.111072044"));
    let number = PictureContent::new(1).participants([room.number(&room.cy)]);
    let by_number = set.pictures([number]);
    assert_eq!(refused(room.call(&by_number)), bad("MMC.111072008"));
}

#[test]
fn the_service_arranges_whoever_has_a_picture() {
    let mut room = Room::new();
    room.join_with("Dee", Device::Telephone);
    room.call(&SetCustomMultiPicture::new(false)).unwrap();
    let info = dynamic_info(room.live.event());
    let arrangement = info.multi_picture.unwrap();
    assert_eq!(arrangement.picture_count, Some(3), "telephones have none");
    let shown: Vec<_> = arrangement
        .pictures
        .iter()
        .map(|picture| (picture.index.unwrap(), picture.participant_ids.clone()))
        .collect();
    let wanted = [(1, vec![room.ann]), (2, vec![room.bo]), (3, vec![room.cy])];
    assert_eq!(shown, wanted);

    // Two more need six pictures.
    let id = &room.meeting.conference_id;
    for (name, count) in [("Eve", 4), ("Flo", 6)] {
        room.sim.join(id, name).unwrap();
        let info = dynamic_info(room.live.event());
        assert_eq!(info.picture_count, Some(count));
        let arrangement = info.multi_picture.unwrap();
        assert_eq!(arrangement.picture_count, Some(count));
        update(room.live.event());
    }
    // With more people than pictures they take turns.
    for n in 0..21 {
        room.sim.join(id, format!("P{n}")).unwrap();
    }
    let arrangement = media(&room.sim, &room.meeting).multi_picture.unwrap();
    assert_eq!(arrangement.picture_count, Some(25));
    assert_eq!(arrangement.pictures[0].participant_ids.len(), 2);
    assert_eq!(arrangement.pictures[1].participant_ids.len(), 1);
}

#[test]
fn an_arrangement_can_wait_until_pictures_are_shown() {
    let mut room = Room::new();
    let two = room.two([&room.ann, &room.bo]);
    room.call(&two.clone().save_only(true)).unwrap();
    assert_eq!(media(&room.sim, &room.meeting).multi_picture, None);

    // Several pictures by voice are arranged anew without the host deciding.
    room.call(&SwitchMode::new(VideoSwitchMode::Voice, true))
        .unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!(info.broadcast_mode, None, "nobody in particular as before");
    assert_eq!(info.picture_count, Some(2));
    room.call(&room.two([&room.cy])).unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!((info.broadcast_mode, info.voice_activation), (None, None));
    let pictures = info.multi_picture.unwrap().pictures;
    assert_eq!(pictures[0].participant_ids, [room.cy.clone()]);

    room.call(&SwitchMode::new(VideoSwitchMode::Fixed, true))
        .unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!(info.broadcast_mode, Some(BroadcastMode::FixedLayout));
    assert_eq!(info.voice_activation, Some(false));
    room.call(&SwitchMode::new(VideoSwitchMode::Voice, false))
        .unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!(info.broadcast_mode, Some(BroadcastMode::Free));
    assert_eq!(info.voice_activation, Some(true));
    // With one picture by voice, an arrangement goes over to several for everybody.
    room.call(&two).unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!(info.broadcast_mode, Some(BroadcastMode::FixedLayout));
}

#[test]
fn a_host_on_a_room_device_chooses_what_to_watch() {
    let mut room = Room::new();
    let room_1 = room.join_with("Room 1", Device::RoomDevice);
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
    let mut room = Room::new();
    let room_1 = room.join_with("Room 1", Device::RoomDevice);
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
    room.sim
        .leave(&room.meeting.conference_id, &room.cy)
        .unwrap();
    let gone = participants(room.live.event());
    let unset = ParticipantInfo::new(room_1.clone()).view(ParticipantView::Unset);
    assert_eq!(gone[0], ParticipantChange::from(unset));
    assert_eq!(gone[1], ParticipantChange::Removed(room.cy));
}

#[test]
fn a_view_needs_a_device_that_can_be_controlled() {
    let mut room = Room::new();
    let watch = SetHostView::new(ViewTarget::Participant);
    assert_eq!(refused(room.call(&watch)), bad("MMC.111072059"));
    room.promote(&room.ann.clone());
    assert_eq!(refused(room.call(&watch)), bad("MMC.111072062"));
    room.call(&SetRole::new(room.ann.clone(), false)).unwrap();
    update(room.live.event());
    let phone = room.join_with("Dee", Device::Telephone);
    room.promote(&phone);
    assert_eq!(refused(room.call(&watch)), bad("MMC.111072060"));
    room.call(&SetRole::new(phone.clone(), false)).unwrap();
    update(room.live.event());

    let room_1 = room.join_with("Room 1", Device::RoomDevice);
    room.promote(&room_1);
    assert_eq!(refused(room.call(&watch)), bad("MMC.111072008"));
    let sound = watch.clone().source_id(phone.clone());
    assert_eq!(refused(room.call(&sound)), bad("MMC.111072026"));
    let unclear = SetHostView::new(ViewTarget::Polling);
    assert_eq!(refused(room.call(&unclear)), bad("MMC.111072045"));
    let strange = SetHostView::new(ViewTarget::from(7));
    assert_eq!(refused(room.call(&strange)), bad("MMC.111072040"));

    let (ann, bo, target) = (room.ann.clone(), room.bo.clone(), ViewTarget::Participant);
    let client = SetParticipantView::new(ann.clone(), target.clone(), bo.clone());
    assert_eq!(refused(room.call(&client)), bad("MMC.111072060"));
    let lock = LockView::new(ann, bo.clone(), true);
    assert_eq!(refused(room.call(&lock)), bad("MMC.111072060"));
    let several = SetParticipantView::new(room_1.clone(), ViewTarget::MultiPicture, bo);
    assert_eq!(refused(room.call(&several)), bad("MMC.111072040"));
    let nobody = SetParticipantView::new(room_1, target, "nobody");
    assert_eq!(refused(room.call(&nobody)), bad("MMC.111072008"));
}

#[test]
fn an_arrangement_that_cannot_be_made_is_refused() {
    let mut room = Room::new();
    let phone = room.join_with("Dee", Device::Telephone);
    let ann = room.number(&room.ann);
    let of = |index: u32| PictureContent::new(index).participants([ann.clone()]);
    let manual = SetCustomMultiPicture::new(true);
    let two = manual.clone().layout_type(LayoutType::Two);
    let crowd = vec![ann.clone(); 65];
    let cases = [
        (manual.pictures([of(1)]), "MMC.111072043"),
        (two.clone().layout_type(LayoutType::Custom), "MMC.111072044"),
        (
            two.clone().layout_type(LayoutType::from("Twelve")),
            "MMC.111072044",
        ),
        (two.clone(), "MMC.111072028"),
        (
            two.clone().pictures([PictureContent::new(1)]),
            "MMC.111072028",
        ),
        (two.clone().pictures([of(1), of(2), of(2)]), "MMC.111071087"),
        (two.clone().pictures([of(3)]), "MMC.111072058"),
        (
            two.clone()
                .pictures([of(1).aux_stream(true), of(2).aux_stream(true)]),
            "MMC.111072029",
        ),
        (
            two.clone()
                .pictures([PictureContent::new(1).participants(crowd)]),
            "MMC.111071088",
        ),
        (
            two.clone()
                .pictures([PictureContent::new(1).participants([room.number(&phone)])]),
            "MMC.111072027",
        ),
        (
            two.pictures([PictureContent::new(1).participants(["+000"])]),
            "MMC.111072008",
        ),
    ];
    for (set, code) in cases {
        assert_eq!(refused(room.call(&set)), bad(code));
    }
    assert_eq!(media(&room.sim, &room.meeting).multi_picture, None);
}

#[test]
fn a_mode_that_does_not_exist_is_refused() {
    let room = Room::new();
    let strange = SwitchMode::new(VideoSwitchMode::from("Dance"), true);
    assert_eq!(refused(room.call(&strange)), bad("MMC.111072052"));
    let one = SwitchMode::new(VideoSwitchMode::Fixed, false);
    assert_eq!(refused(room.call(&one)), bad("MMC.111072053"));
    for (path, body, code) in [
        ("mode", r#"{"imageType":1}"#, "MMC.111072051"),
        ("mode", r#"{"switchMode":"VAS"}"#, "MMC.111072043"),
        (
            "customMultiPicture",
            r#"{"imageType":"Two"}"#,
            "MMC.111071086",
        ),
        (
            "customMultiPicture",
            r#"{"manualSet":0,"switchTime":9}"#,
            "MMC.111072042",
        ),
    ] {
        let path = format!(
            "/v1/mmc/control/conferences/display/{path}?conferenceID={}",
            room.meeting.conference_id
        );
        let request = http::Request::put(path)
            .header("X-Conference-Authorization", room.control.token.expose())
            .body(body.into())
            .unwrap();
        let reply = send(&room.sim, &request);
        assert_eq!(reply.status(), 400, "{body}");
        let reply: serde_json::Value = serde_json::from_slice(reply.body()).unwrap();
        assert_eq!(reply["error_code"], code, "{body}");
    }
}

#[test]
fn whoever_is_not_there_or_not_visible_is_not_shown() {
    let mut room = Room::new();
    let nobody = BroadcastParticipant::new("nobody");
    assert_eq!(refused(room.call(&nobody)), bad("MMC.111072008"));
    let nobody = RollcallParticipant::new("nobody");
    assert_eq!(refused(room.call(&nobody)), bad("MMC.111072008"));
    let phone = room.join_with("Dee", Device::Telephone);
    let sound = BroadcastParticipant::new(phone.clone());
    assert_eq!(refused(room.call(&sound)), bad("MMC.111072026"));
    room.call(&RollcallParticipant::new(phone)).unwrap();
}

#[test]
fn a_voice_meeting_has_no_pictures() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let create = CreateMeeting::new(Booking::new([MediaType::Voice]));
    let created = call(&sim, &create, &token).unwrap().remove(0);
    let id = created.conference_id;
    let ann = sim.join(&id, "Ann").unwrap();
    let password = created.passwords[0].password.clone().unwrap();
    let ask = meeting_types::operations::CreateConfToken::new(id.clone()).password(password);
    let grant = call(&sim, &ask, &()).unwrap();
    let control = ConferenceCredential::new(id, grant.data.token.expose());
    let broadcast = BroadcastParticipant::new(ann.clone());
    assert_eq!(
        refused(call(&sim, &broadcast, &control)),
        bad("MMC.111072025")
    );
    let several = SetCustomMultiPicture::new(false);
    assert_eq!(
        refused(call(&sim, &several, &control)),
        bad("MMC.111072025")
    );
    call(&sim, &RollcallParticipant::new(ann), &control).unwrap();
}

#[test]
fn guests_change_no_pictures() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let ann = sim.join(&meeting.conference_id, "Ann").unwrap();
    let host = control(&sim, &meeting);
    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    fn only_host<O: Operation<Credential = ConferenceCredential>>(
        sim: &Simulator,
        guest: &ConferenceCredential,
        operation: &O,
    ) {
        let (status, code) = match call(sim, operation, guest) {
            Err(error) => (error.status().as_u16(), error.code().to_owned()),
            Ok(_) => panic!("{} is not refused", O::INFO.name),
        };
        assert_eq!((status, code), bad("MMC.111072070"), "{}", O::INFO.name);
    }
    let target = ViewTarget::Participant;
    only_host(&sim, &guest, &BroadcastParticipant::new(ann.clone()));
    only_host(&sim, &guest, &RollcallParticipant::new(ann.clone()));
    only_host(&sim, &guest, &CancelBroadcast::new());
    only_host(&sim, &guest, &SetCustomMultiPicture::new(false));
    only_host(&sim, &guest, &SetMultiPicture::new(false));
    only_host(&sim, &guest, &SwitchMode::new(VideoSwitchMode::Voice, true));
    only_host(&sim, &guest, &SetHostView::new(ViewTarget::MultiPicture));
    let view = SetParticipantView::new(ann.clone(), target, ann.clone());
    only_host(&sim, &guest, &view);
    only_host(&sim, &guest, &LockView::new(ann.clone(), ann, true));
    call(&sim, &CancelBroadcast::new(), &host).unwrap();
}
