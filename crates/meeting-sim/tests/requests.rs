//! What the host asks participants to do, and what participants do by themselves: cameras, sharing,
//! recording.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use meeting_sim::{CallOutcome, Device, MeetingPlan, SimMeeting, Simulator, Visitor};
use meeting_types::{
    ConferenceCredential, ParticipantId,
    events::{EventKind, EventPayload, ParticipantClient},
    models::{
        AttendeeType, Booking, ClientRecordPermission, ConferenceSettings, InvitedAttendee,
        MediaType,
    },
    operations::{
        AllowClientRecord, InviteOperateVideo, InviteParticipant, InviteShare, SetCohost,
        UpdateStartedConfConfig,
    },
};
use support::{
    bad, booked, call, control, control_by, dynamic_info, listener, listening, participants,
    person, refused, update,
};

/// A room, a telephone and somebody who does not answer.
fn called(
    sim: &Simulator,
    meeting: &SimMeeting,
    control: &ConferenceCredential,
) -> [ParticipantId; 3] {
    sim.faults().calls_to("+993", CallOutcome::Rings);
    let kinds = [
        ("+991", AttendeeType::Terminal),
        ("+992", AttendeeType::Mobile),
        ("+993", AttendeeType::SoftClient),
    ];
    let attendees = kinds.map(|(number, kind)| InvitedAttendee::new("Called", kind).phone(number));
    call(sim, &InviteParticipant::new(attendees), control).unwrap();
    sim.advance(Duration::from_secs(60));
    let people = meeting.snapshot().unwrap().participants;
    ["+991", "+992", "+993"].map(|number| {
        let one = people.iter().find(|person| person.number == number);
        one.unwrap().id.clone()
    })
}

#[test]
fn a_request_about_the_camera_waits_for_its_answer() {
    let sim = Simulator::start().unwrap();
    let (meeting, control, mut live) = listening(&sim, &[EventKind::Participants]);
    let id = &meeting.conference_id;
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    let told = update(live.event());
    assert_eq!((told.video, told.camera_on), (Some(true), Some(true)));
    let ask = |off| {
        let ask = InviteOperateVideo::new(ann.clone(), off);
        call(&sim, &ask, &control)
    };
    let asked = || person(&meeting, &ann).asked_for_camera;
    ask(false).unwrap();
    assert_eq!(asked(), None, "it is on already");
    assert_eq!(
        refused(
            sim.meeting(id)
                .unwrap()
                .participant(&ann)
                .answer_camera_request(true)
        ),
        bad("MMC.111072011")
    );
    ask(true).unwrap();
    assert_eq!(asked(), Some(false));
    sim.meeting(id)
        .unwrap()
        .participant(&ann)
        .answer_camera_request(false)
        .unwrap();
    assert!(person(&meeting, &ann).camera_on);
    ask(true).unwrap();
    sim.meeting(id)
        .unwrap()
        .participant(&ann)
        .answer_camera_request(true)
        .unwrap();
    let told = update(live.event());
    assert_eq!((told.camera_on, told.video), (Some(false), None));

    // Who is asked may, whatever the rule is.
    let rule = UpdateStartedConfConfig::new().allow_open_camera(false);
    call(&sim, &rule, &control).unwrap();
    ask(false).unwrap();
    sim.meeting(id)
        .unwrap()
        .participant(&ann)
        .answer_camera_request(true)
        .unwrap();
    assert_eq!(update(live.event()).camera_on, Some(true));
    assert_eq!(asked(), None);
}

#[test]
fn not_everybody_can_be_asked() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let control = control(&sim, &meeting);
    let [room, telephone, absent] = called(&sim, &meeting, &control);
    let camera = |who: &ParticipantId| {
        let ask = InviteOperateVideo::new(who.clone(), true);
        call(&sim, &ask, &control)
    };
    let share = |who: &ParticipantId| {
        let ask = InviteShare::new(who.clone(), true);
        refused(call(&sim, &ask, &control))
    };
    let record = |who: &ParticipantId| {
        let allow = AllowClientRecord::new(who.clone(), true);
        refused(call(&sim, &allow, &control))
    };
    camera(&room).unwrap();
    assert_eq!(refused(camera(&telephone)), bad("MMC.111072026"));
    assert_eq!(refused(camera(&absent)), bad("MMC.111072011"));
    assert_eq!(share(&room), bad("MMC.111072111"));
    assert_eq!(share(&telephone), bad("MMC.111072111"));
    assert_eq!(share(&absent), bad("MMC.111072011"));
    assert_eq!(record(&room), bad("MMC.111072208"));
    assert_eq!(record(&absent), bad("MMC.111072011"));
    let nobody = ParticipantId::new("nobody");
    assert_eq!(refused(camera(&nobody)), bad("MMC.111072008"));
    assert_eq!(share(&nobody), bad("MMC.111072008"));
    assert_eq!(record(&nobody), bad("MMC.111072008"));

    let id = &meeting.conference_id;
    assert!(!person(&meeting, &telephone).camera_on);
    assert_eq!(
        refused(sim.meeting(id).unwrap().participant(&telephone).share(true)),
        bad("MMC.111072026")
    );
    let mut live = listener(&sim, &control, &[EventKind::Participants]);
    let room = Visitor::new("Room").device(Device::RoomDevice);
    let room = sim.meeting(id).unwrap().join(room).unwrap().id;
    let client = update(live.event()).client_type;
    assert_eq!(client, Some(ParticipantClient::Other));
    assert_eq!(share(&room), bad("MMC.111072111"));
    assert_eq!(
        refused(
            sim.meeting(id)
                .unwrap()
                .participant(&room)
                .record_locally(true)
        ),
        bad("MMC.111072208")
    );

    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    let not_allowed = bad("MMC.111072070");
    let ask = InviteOperateVideo::new(ann.clone(), true);
    assert_eq!(refused(call(&sim, &ask, &guest)), not_allowed);
    let ask = InviteShare::new(ann.clone(), true);
    assert_eq!(refused(call(&sim, &ask, &guest)), not_allowed);
    let allow = AllowClientRecord::new(ann, true);
    assert_eq!(refused(call(&sim, &allow, &guest)), not_allowed);
}

#[test]
fn a_voice_meeting_has_no_cameras() {
    let sim = Simulator::start().unwrap();
    let (created, control) = booked(&sim, Booking::new([MediaType::Voice]));
    let id = created.conference_id;
    let ann = sim.meeting(&id).unwrap().join("Ann").unwrap().id;
    assert!(!sim.meeting(&id).unwrap().snapshot().unwrap().participants[0].camera_on);
    let ask = InviteOperateVideo::new(ann.clone(), false);
    assert_eq!(refused(call(&sim, &ask, &control)), bad("MMC.111072025"));
    assert_eq!(
        refused(
            sim.meeting(&id)
                .unwrap()
                .participant(&ann)
                .switch_camera(true)
        ),
        bad("MMC.111072025")
    );
    let kinds = [EventKind::ConferenceBasicInfo];
    let mut live = support::Live::subscribed(&sim, &control, &kinds);
    let EventPayload::ConferenceBasicInfo(info) = live.event().payload else {
        panic!()
    };
    let voice = meeting_types::events::ConferenceMedia::Voice;
    assert_eq!(info.media, Some(voice));
}

#[test]
fn the_booking_says_whose_camera_is_on() {
    let sim = Simulator::start().unwrap();
    let rules = ConferenceSettings::new()
        .host_camera_on(true)
        .guest_camera_on(false);
    let meeting = sim.create_meeting(MeetingPlan::running("Weekly").settings(rules));
    let host = meeting.join_as_host("Hugo").unwrap().id;
    let ann = meeting.join("Ann").unwrap().id;
    assert!(person(&meeting, &host).camera_on);
    assert!(!person(&meeting, &ann).camera_on);
}

#[test]
fn one_shares_at_a_time() {
    let sim = Simulator::start().unwrap();
    let (meeting, control, mut live) = listening(&sim, &[EventKind::Participants]);
    let id = &meeting.conference_id;
    let [host, ann, bo, cy] = [
        sim.meeting(id).unwrap().join_as_host("Hugo").unwrap().id,
        sim.meeting(id).unwrap().join("Ann").unwrap().id,
        sim.meeting(id).unwrap().join("Bo").unwrap().id,
        sim.meeting(id).unwrap().join("Cy").unwrap().id,
    ];
    call(&sim, &SetCohost::new(cy.clone(), true), &control).unwrap();
    for _ in 0..5 {
        live.event();
    }
    let sharing = || {
        let people = sim.meeting(id).unwrap().snapshot().unwrap().participants;
        let sharing = people.into_iter().filter(|person| person.sharing);
        sharing.map(|person| person.name).collect::<Vec<_>>()
    };
    sim.meeting(id)
        .unwrap()
        .participant(&ann)
        .share(true)
        .unwrap();
    assert_eq!(update(live.event()).sharing, Some(true));
    assert_eq!(
        refused(sim.meeting(id).unwrap().participant(&bo).share(true)),
        bad("MMC.111072083")
    );
    // Co-hosts and the host may take over.
    sim.meeting(id)
        .unwrap()
        .participant(&cy)
        .share(true)
        .unwrap();
    assert_eq!(participants(live.event()).len(), 2);
    assert_eq!(sharing(), ["Cy"]);
    sim.meeting(id)
        .unwrap()
        .participant(&host)
        .share(true)
        .unwrap();
    sim.meeting(id)
        .unwrap()
        .participant(&host)
        .share(false)
        .unwrap();
    assert!(sharing().is_empty());

    let all_take_over = UpdateStartedConfConfig::new().take_over_sharing(true);
    call(&sim, &all_take_over, &control).unwrap();
    sim.meeting(id)
        .unwrap()
        .participant(&ann)
        .share(true)
        .unwrap();
    sim.meeting(id)
        .unwrap()
        .participant(&bo)
        .share(true)
        .unwrap();
    assert_eq!(sharing(), ["Bo"]);

    let locked = UpdateStartedConfConfig::new().lock_sharing(true);
    call(&sim, &locked, &control).unwrap();
    assert_eq!(
        refused(sim.meeting(id).unwrap().participant(&ann).share(true)),
        bad("MMC.111072070")
    );
    sim.meeting(id)
        .unwrap()
        .participant(&host)
        .share(true)
        .unwrap();
    // An invitation opens the lock for one.
    let invite = |invite| call(&sim, &InviteShare::new(ann.clone(), invite), &control);
    invite(true).unwrap();
    assert!(person(&meeting, &ann).asked_to_share);
    invite(false).unwrap();
    assert!(!person(&meeting, &ann).asked_to_share);
    let answer = |follow| {
        sim.meeting(id)
            .unwrap()
            .participant(&ann)
            .answer_share_request(follow)
    };
    assert_eq!(refused(answer(true)), bad("MMC.111072011"));
    invite(true).unwrap();
    answer(false).unwrap();
    assert_eq!(sharing(), ["Hugo"]);
    invite(true).unwrap();
    answer(true).unwrap();
    assert_eq!(sharing(), ["Ann"]);
    sim.meeting(id).unwrap().participant(&ann).leave().unwrap();
    assert!(sharing().is_empty());
}

#[test]
fn an_invitation_to_share_is_told() {
    let sim = Simulator::start().unwrap();
    let (meeting, control, mut live) = listening(&sim, &[EventKind::Participants]);
    let ann = meeting.join("Ann").unwrap().id;
    let told = update(live.event());
    assert_eq!(told.share_requested, Some(false));
    call(&sim, &InviteShare::new(ann, true), &control).unwrap();
    let told = update(live.event());
    assert_eq!(told.share_requested, Some(true));
    assert_eq!(told.muted, None, "only what changed");
}

#[test]
fn the_host_decides_who_records() {
    let sim = Simulator::start().unwrap();
    let kinds = [EventKind::ConferenceDynamicInfo, EventKind::Participants];
    let (meeting, control, mut live) = listening(&sim, &kinds);
    let id = &meeting.conference_id;
    let host = sim.meeting(id).unwrap().join_as_host("Hugo").unwrap().id;
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    update(live.event());
    assert_eq!(update(live.event()).client_record_allowed, Some(false));
    assert_eq!(
        refused(
            sim.meeting(id)
                .unwrap()
                .participant(&ann)
                .record_locally(true)
        ),
        bad("MMC.111072070")
    );
    let allow = |allow| call(&sim, &AllowClientRecord::new(ann.clone(), allow), &control);
    allow(true).unwrap();
    assert_eq!(update(live.event()).client_record_allowed, Some(true));
    assert!(person(&meeting, &ann).may_record);
    sim.meeting(id)
        .unwrap()
        .participant(&ann)
        .record_locally(true)
        .unwrap();
    assert_eq!(dynamic_info(live.event()).client_recording, Some(true));
    assert_eq!(update(live.event()).local_recording, Some(true));
    // Whoever may not any more stops.
    allow(false).unwrap();
    assert_eq!(dynamic_info(live.event()).client_recording, Some(false));
    assert_eq!(update(live.event()).local_recording, Some(false));

    let rule = |rule| {
        let change = UpdateStartedConfConfig::new().client_record_permission(rule);
        call(&sim, &change, &control)
    };
    let recording = || [&host, &ann].map(|who| person(&meeting, who).recording);
    rule(ClientRecordPermission::Everyone).unwrap();
    sim.meeting(id)
        .unwrap()
        .participant(&ann)
        .record_locally(true)
        .unwrap();
    sim.meeting(id)
        .unwrap()
        .participant(&host)
        .record_locally(true)
        .unwrap();
    assert_eq!(recording(), [true, true]);
    rule(ClientRecordPermission::Selected).unwrap();
    assert_eq!(recording(), [true, false]);
    sim.meeting(id)
        .unwrap()
        .participant(&host)
        .record_locally(false)
        .unwrap();
    assert_eq!(recording(), [false, false]);
}
