//! What is shown in a running meeting, and to whom.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::{collections::BTreeMap, time::Duration};

use meeting_sim::{CallOutcome, Simulator};
use meeting_types::{
    ConferenceCredential, ParticipantId,
    events::{
        BroadcastMode, Event, EventKind, MultiPicture, ParticipantChange, ParticipantInfo, Picture,
    },
    models::{
        AttendeeType, Booking, InvitedAttendee, LayoutType, MediaType, PictureContent,
        VideoSwitchMode, ViewTarget,
    },
    operations::{
        BroadcastParticipant, CancelBroadcast, CreateMeeting, InviteParticipant, LockView,
        RollcallParticipant, SetCustomMultiPicture, SetHostView, SetMultiPicture,
        SetParticipantView, SwitchMode,
    },
};
use support::{
    bad, call, dynamic_info, log_in, media, participants, refused,
    room::{Room, telephone},
    send, update,
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

#[test]
fn one_participant_is_broadcast_at_a_time() {
    let mut room = Room::new(KINDS);
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
    let media = media(&room.meeting);
    assert_eq!(media.broadcast, Some(room.bo.clone()));

    // Whoever leaves is not broadcast any more.
    room.meeting.participant(&room.bo).leave().unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!(info.broadcast_mode, Some(BroadcastMode::Free));
    assert_eq!(info.voice_activation, Some(true));
    let gone = participants(room.live.event());
    assert_eq!(gone, [ParticipantChange::Removed(room.bo)]);
}

#[test]
fn a_roll_call_unmutes_one_and_mutes_the_others_but_the_host() {
    let mut room = Room::new(KINDS);
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
    let mut room = Room::new(KINDS);
    type Begin = fn(&Room);
    let all: [(BroadcastMode, Begin); 3] = [
        (BroadcastMode::Participant, |room| {
            let broadcast = BroadcastParticipant::new(room.ann.clone());
            room.call(&broadcast).unwrap();
        }),
        (BroadcastMode::Floor, |room| {
            let call = RollcallParticipant::new(room.ann.clone());
            room.call(&call).unwrap();
        }),
        (BroadcastMode::FixedLayout, |room| {
            room.call(&room.two([&room.ann, &room.bo])).unwrap();
        }),
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
        let after = media(&room.meeting);
        assert_eq!(after.broadcast_mode, BroadcastMode::Free);
        assert!(after.voice_activation, "as before");
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
    let mut room = Room::new(KINDS);
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
    room.meeting.participant(&room.ann).leave().unwrap();
    let info = dynamic_info(room.live.event());
    let pictures = info.multi_picture.unwrap().pictures;
    assert_eq!(pictures[0].participant_ids, [room.bo]);
}

#[test]
fn the_old_operation_arranges_by_ids() {
    let mut room = Room::new(KINDS);
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

    let newer = set.clone().layout_type(LayoutType::Five);
    assert_eq!(refused(room.call(&newer)), bad("MMC.111072044"));
    let number = PictureContent::new(1).participants([room.number(&room.cy)]);
    let by_number = set.pictures([number]);
    assert_eq!(refused(room.call(&by_number)), bad("MMC.111072008"));
}

#[test]
fn the_service_arranges_whoever_has_a_picture() {
    let mut room = Room::new(KINDS);
    room.join(telephone("Dee"));
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
        room.sim.meeting(id).unwrap().join(name).unwrap();
        let info = dynamic_info(room.live.event());
        assert_eq!(info.picture_count, Some(count));
        let arrangement = info.multi_picture.unwrap();
        assert_eq!(arrangement.picture_count, Some(count));
        update(room.live.event());
    }
    // With more people than pictures they take turns.
    for n in 0..21 {
        room.sim.meeting(id).unwrap().join(format!("P{n}")).unwrap();
    }
    let arrangement = media(&room.meeting).multi_picture.unwrap();
    assert_eq!(arrangement.picture_count, Some(25));
    assert_eq!(arrangement.pictures[0].participant_ids.len(), 2);
    assert_eq!(arrangement.pictures[1].participant_ids.len(), 1);
}

#[test]
fn an_arrangement_can_wait_until_pictures_are_shown() {
    let mut room = Room::new(KINDS);
    let two = room.two([&room.ann, &room.bo]);
    room.call(&two.clone().save_only(true)).unwrap();
    assert_eq!(media(&room.meeting).multi_picture, None);

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
fn an_arrangement_that_cannot_be_made_is_refused() {
    let mut room = Room::new(KINDS);
    let phone = room.join(telephone("Dee"));
    let ann = room.number(&room.ann);
    let of = |index: u32| PictureContent::new(index).participants([ann.clone()]);
    let manual = SetCustomMultiPicture::new(true);
    let two = manual.clone().layout_type(LayoutType::Two);
    let crowd = vec![ann.clone(); 65];
    let cases = [
        (manual.pictures([of(1)]), "MMC.111072043"),
        (
            two.clone()
                .layout_type(LayoutType::Custom)
                .pictures([of(1)]),
            "MMC.111072044",
        ),
        (
            two.clone()
                .layout_type(LayoutType::from("Twelve"))
                .pictures([of(1)]),
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
    assert_eq!(media(&room.meeting).multi_picture, None);
}

#[test]
fn a_mode_that_does_not_exist_is_refused() {
    let room = Room::new(KINDS);
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
    let mut room = Room::new(KINDS);
    let nobody = BroadcastParticipant::new("nobody");
    assert_eq!(refused(room.call(&nobody)), bad("MMC.111072008"));
    let nobody = RollcallParticipant::new("nobody");
    assert_eq!(refused(room.call(&nobody)), bad("MMC.111072008"));
    let phone = room.join(telephone("Dee"));
    let sound = BroadcastParticipant::new(phone.clone());
    assert_eq!(refused(room.call(&sound)), bad("MMC.111072026"));
    room.call(&RollcallParticipant::new(phone)).unwrap();

    // Whoever was invited by telephone has no picture either, and nobody is shown who still rings.
    room.sim.faults().calls_to("+991", CallOutcome::Rings);
    let invite = |name: &str, kind, number: &str| InvitedAttendee::new(name, kind).phone(number);
    let mobile = invite("Mobile", AttendeeType::Mobile, "+992");
    let ringing = invite("Rings", AttendeeType::SoftClient, "+991");
    room.call(&InviteParticipant::new([mobile, ringing]))
        .unwrap();
    room.sim.advance(Duration::from_secs(60));
    let people = room.meeting.snapshot().unwrap();
    let show = |name: &str| {
        let mut people = people.participants.iter();
        let person = people.find(|person| person.name == name).unwrap();
        refused(room.call(&BroadcastParticipant::new(person.id.clone())))
    };
    assert_eq!(show("Mobile"), bad("MMC.111072026"));
    assert_eq!(show("Rings"), bad("MMC.111072011"));
    let rings = people.participants.last().unwrap().id.clone();
    let call = RollcallParticipant::new(rings);
    assert_eq!(refused(room.call(&call)), bad("MMC.111072011"));
}

#[test]
fn a_voice_meeting_has_no_pictures() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let create = CreateMeeting::new(Booking::new([MediaType::Voice]));
    let created = call(&sim, &create, &token).unwrap().remove(0);
    let id = created.conference_id;
    let ann = sim.meeting(&id).unwrap().join("Ann").unwrap().id;
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
    let room = Room::new(&[]);
    let ann = room.ann.clone();
    room.only_host(&BroadcastParticipant::new(ann.clone()));
    room.only_host(&RollcallParticipant::new(ann.clone()));
    room.only_host(&CancelBroadcast::new());
    room.only_host(&SetCustomMultiPicture::new(false));
    room.only_host(&SetMultiPicture::new(false));
    room.only_host(&SwitchMode::new(VideoSwitchMode::Voice, true));
    room.only_host(&SetHostView::new(ViewTarget::MultiPicture));
    let target = ViewTarget::Participant;
    room.only_host(&SetParticipantView::new(ann.clone(), target, ann.clone()));
    room.only_host(&LockView::new(ann.clone(), ann, true));
}
