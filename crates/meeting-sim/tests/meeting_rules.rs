//! The rules of a running meeting: who may come in, what is allowed inside, how long it lasts.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use meeting_sim::{MeetingPlan, MeetingState, SimMeeting, Simulator, Visitor};
use meeting_types::{
    ConferenceCredential, ServiceError,
    events::{EventKind, EventPayload},
    models::{
        AttendeeType, AudienceRestriction, Booking, BookingAttendee, CallInRestriction,
        ChatPermission, ClientRecordPermission, ConferenceSettings, InvitedAttendee, MediaType,
    },
    operations::{
        AllowAudienceJoin, AllowGuestUnmute, CreateMeeting, InviteParticipant, LockMeeting,
        MuteMeeting, PauseConference, ProlongMeeting, SetCohost, UpdateStartedConfConfig,
    },
};
use support::{
    bad, call, control, control_by, dynamic_info, listening, log_in, person, refused,
    refused_by_hand, update,
};

const MINUTE: Duration = Duration::from_secs(60);

fn restricted(sim: &Simulator, to: CallInRestriction) -> SimMeeting {
    let rules = ConferenceSettings::new().call_in_restriction(to);
    sim.create_meeting(MeetingPlan::running("Weekly").settings(rules))
}

#[test]
fn a_locked_meeting_lets_in_host_and_called() {
    let sim = Simulator::builder()
        .answer_after(Duration::ZERO)
        .start()
        .unwrap();
    let (meeting, control, mut live) = listening(&sim, &[EventKind::ConferenceDynamicInfo]);
    let id = &meeting.conference_id;
    call(&sim, &LockMeeting::new(true), &control).unwrap();
    let told = dynamic_info(live.event());
    assert_eq!((told.locked, told.state), (Some(true), None));
    assert!(sim.meeting(id).unwrap().snapshot().unwrap().locked);
    assert_eq!(
        refused(sim.meeting(id).unwrap().join("Ann")),
        bad("MMC.111072050")
    );
    sim.meeting(id).unwrap().join_as_host("Hugo").unwrap();
    let bo = InvitedAttendee::new("Bo", AttendeeType::SoftClient).phone("+991");
    call(&sim, &InviteParticipant::new([bo]), &control).unwrap();
    assert_eq!(
        sim.meeting(id)
            .unwrap()
            .snapshot()
            .unwrap()
            .participants
            .len(),
        2
    );

    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    let unlock = LockMeeting::new(false);
    assert_eq!(refused(call(&sim, &unlock, &guest)), bad("MMC.111072070"));
    call(&sim, &unlock, &control).unwrap();
    assert_eq!(dynamic_info(live.event()).locked, Some(false));
    sim.meeting(id).unwrap().join("Ann").unwrap();
}

#[test]
fn a_meeting_can_be_for_some_alone() {
    let sim = Simulator::start().unwrap();
    let own = Visitor::new("Ann").account("ann");
    let meeting = restricted(&sim, CallInRestriction::Enterprise);
    let id = &meeting.conference_id;
    assert_eq!(
        refused(sim.meeting(id).unwrap().join("Bo")),
        bad("MMC.111071074")
    );
    sim.meeting(id).unwrap().join(own.clone()).unwrap();
    sim.meeting(id).unwrap().join_as_host("Hugo").unwrap();

    let meeting = restricted(&sim, CallInRestriction::Invited);
    let id = &meeting.conference_id;
    assert_eq!(
        refused(sim.meeting(id).unwrap().join(own.clone())),
        bad("MMC.111071075")
    );
    let control = control(&sim, &meeting);
    let bo = InvitedAttendee::new("Bo", AttendeeType::SoftClient).phone("+991");
    sim.faults()
        .calls_to("+991", meeting_sim::CallOutcome::Failed("11111003".into()));
    call(&sim, &InviteParticipant::new([bo]), &control).unwrap();
    sim.advance(MINUTE);
    sim.meeting(id)
        .unwrap()
        .join(Visitor::new("Bo").number("+991"))
        .unwrap();

    // The host opens the meeting to all.
    let open = UpdateStartedConfConfig::new().call_in_restriction(CallInRestriction::Anyone);
    call(&sim, &open, &control).unwrap();
    sim.meeting(id).unwrap().join(own).unwrap();
}

#[test]
fn whoever_may_not_come_in_does_not_start_the_meeting() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let rules = ConferenceSettings::new()
        .guests_can_start(true)
        .call_in_restriction(CallInRestriction::Invited);
    let booking = Booking::new([MediaType::HdVideo])
        .start_time((sim.now() + 60 * MINUTE).into())
        .attendees([BookingAttendee::new().name("Ann").phone("+991")])
        .settings(rules);
    let id = call(&sim, &CreateMeeting::new(booking), &token)
        .unwrap()
        .remove(0)
        .conference_id;
    let stranger = Visitor::new("Bo").number("+992");
    assert_eq!(
        refused(sim.meeting(&id).unwrap().join(stranger)),
        bad("MMC.111071075")
    );
    let snapshot = sim.meeting(&id).unwrap().snapshot().unwrap();
    assert_eq!(snapshot.state, MeetingState::Booked);
    assert_eq!(snapshot.call_in_restriction, CallInRestriction::Invited);
    sim.meeting(&id)
        .unwrap()
        .join(Visitor::new("Ann").number("+991"))
        .unwrap();
    assert_eq!(
        sim.meeting(&id).unwrap().snapshot().unwrap().state,
        MeetingState::Running
    );
}

#[test]
fn only_the_rules_that_are_given_change() {
    let sim = Simulator::start().unwrap();
    let kinds = [
        EventKind::ConferenceBasicInfo,
        EventKind::ConferenceDynamicInfo,
    ];
    let (meeting, control, mut live) = listening(&sim, &kinds);
    let id = &meeting.conference_id;
    let change = |change: UpdateStartedConfConfig| call(&sim, &change, &control);
    let none = UpdateStartedConfConfig::new;
    let before = sim.meeting(id).unwrap().snapshot().unwrap();
    change(none()).unwrap();
    assert_eq!(sim.meeting(id).unwrap().snapshot().unwrap(), before);

    change(
        none()
            .lock(true)
            .lock_sharing(true)
            .allow_self_unmute(false),
    )
    .unwrap();
    let told = dynamic_info(live.event());
    assert_eq!(
        (told.locked, told.sharing_locked, told.unmute_allowed),
        (Some(true), Some(true), Some(false))
    );
    assert_eq!(told.call_in_restriction, None);

    change(none().call_in_restriction(CallInRestriction::Invited)).unwrap();
    let EventPayload::ConferenceBasicInfo(told) = live.event().payload else {
        panic!()
    };
    assert_eq!(told.call_in_restriction, Some(CallInRestriction::Invited));
    assert_eq!(told.subject, None, "only what changed");
    let told = dynamic_info(live.event());
    assert_eq!(told.call_in_restriction, Some(CallInRestriction::Invited));
    assert_eq!(told.locked, None);

    change(none().audience_restriction(AudienceRestriction::EnterpriseOrInvited)).unwrap();
    assert_eq!(live.event().kind, EventKind::ConferenceBasicInfo);
    let told = dynamic_info(live.event());
    assert_eq!(
        told.audience_restriction,
        Some(AudienceRestriction::EnterpriseOrInvited)
    );

    change(none().chat_permission(ChatPermission::Forbidden)).unwrap();
    assert_eq!(dynamic_info(live.event()).chat_forbidden, Some(true));
    change(none().client_record_permission(ClientRecordPermission::Everyone)).unwrap();
    assert_eq!(dynamic_info(live.event()).client_recording_mode, Some(1));
    // No event tells about these.
    change(
        none()
            .allow_open_camera(false)
            .allow_rename(false)
            .take_over_sharing(true),
    )
    .unwrap();

    let after = sim.meeting(id).unwrap().snapshot().unwrap();
    assert!(after.locked && after.sharing_locked && !after.unmute_allowed);
    assert_eq!(after.call_in_restriction, CallInRestriction::Invited);
    assert_eq!(after.chat_permission, ChatPermission::Forbidden);
    assert_eq!(
        after.client_record_permission,
        ClientRecordPermission::Everyone
    );
    assert!(!after.camera_allowed && !after.rename_allowed && after.take_over_sharing);

    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    let unlock = none().lock(false);
    assert_eq!(refused(call(&sim, &unlock, &guest)), bad("MMC.111072070"));
    for (field, value) in [
        ("callInRestriction", 9),
        ("audienceCallInRestriction", 1),
        ("chatPermission", 0),
        ("clientRecMode", 3),
    ] {
        let body = serde_json::json!({ field: value, "isLock": 0 }).to_string();
        let path = "updateStartedConfConfig";
        let code = refused_by_hand(&sim, &control, "PUT", path, body);
        assert_eq!(code, "MMC.111071061", "{field}");
    }
    assert_eq!(sim.meeting(id).unwrap().snapshot().unwrap(), after);
}

#[test]
fn the_rules_hold_for_those_inside() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let id = &meeting.conference_id;
    let control = control(&sim, &meeting);
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    let bo = sim.meeting(id).unwrap().join("Bo").unwrap().id;
    call(&sim, &SetCohost::new(bo.clone(), true), &control).unwrap();
    let strict = UpdateStartedConfConfig::new()
        .allow_open_camera(false)
        .allow_rename(false)
        .allow_self_unmute(false);
    call(&sim, &strict, &control).unwrap();
    let forbidden = bad("MMC.111072070");
    for who in [&ann, &bo] {
        sim.meeting(id)
            .unwrap()
            .participant(who)
            .switch_camera(false)
            .unwrap();
        sim.meeting(id)
            .unwrap()
            .participant(who)
            .mute(true)
            .unwrap();
    }
    assert_eq!(
        refused(
            sim.meeting(id)
                .unwrap()
                .participant(&ann)
                .switch_camera(true)
        ),
        forbidden
    );
    assert_eq!(
        refused(sim.meeting(id).unwrap().participant(&ann).rename("Antonia")),
        forbidden
    );
    assert_eq!(
        refused(sim.meeting(id).unwrap().participant(&ann).mute(false)),
        forbidden
    );
    let ann = person(&meeting, &ann);
    assert!(!ann.camera_on && ann.muted && ann.name == "Ann");
    // They do not hold for co-hosts.
    sim.meeting(id)
        .unwrap()
        .participant(&bo)
        .switch_camera(true)
        .unwrap();
    sim.meeting(id)
        .unwrap()
        .participant(&bo)
        .rename("Bob")
        .unwrap();
    sim.meeting(id)
        .unwrap()
        .participant(&bo)
        .mute(false)
        .unwrap();
}

#[test]
fn unmuting_is_allowed_and_forbidden_apart_from_muting() {
    let sim = Simulator::start().unwrap();
    let kinds = [EventKind::ConferenceDynamicInfo, EventKind::Participants];
    let (meeting, control, mut live) = listening(&sim, &kinds);
    let id = &meeting.conference_id;
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    update(live.event());
    call(&sim, &MuteMeeting::new(true), &control).unwrap();
    assert_eq!(dynamic_info(live.event()).mute_on_entry, Some(true));
    update(live.event());
    call(&sim, &AllowGuestUnmute::new(false), &control).unwrap();
    let told = dynamic_info(live.event());
    assert_eq!(
        (told.unmute_allowed, told.mute_on_entry),
        (Some(false), None)
    );
    assert_eq!(
        refused(sim.meeting(id).unwrap().participant(&ann).mute(false)),
        bad("MMC.111072070")
    );
    call(&sim, &AllowGuestUnmute::new(true), &control).unwrap();
    sim.meeting(id)
        .unwrap()
        .participant(&ann)
        .mute(false)
        .unwrap();
    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    let allow = AllowGuestUnmute::new(true);
    assert_eq!(refused(call(&sim, &allow, &guest)), bad("MMC.111072070"));
}

#[test]
fn audience_and_pause_are_told() {
    let sim = Simulator::start().unwrap();
    let (meeting, control, mut live) = listening(&sim, &[EventKind::ConferenceDynamicInfo]);
    call(&sim, &AllowAudienceJoin::new(true), &control).unwrap();
    assert_eq!(dynamic_info(live.event()).audience_allowed, Some(true));
    call(&sim, &PauseConference::new(true), &control).unwrap();
    assert_eq!(dynamic_info(live.event()).paused, Some(true));
    let snapshot = meeting.snapshot().unwrap();
    assert!(snapshot.audience_allowed && snapshot.paused);
    call(&sim, &PauseConference::new(false), &control).unwrap();
    assert_eq!(dynamic_info(live.event()).paused, Some(false));

    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    let pause = PauseConference::new(true);
    assert_eq!(refused(call(&sim, &pause, &guest)), bad("MMC.111072070"));
    let allow = AllowAudienceJoin::new(true);
    assert_eq!(refused(call(&sim, &allow, &guest)), bad("MMC.111072070"));
}

fn prolong(
    sim: &Simulator,
    control: &ConferenceCredential,
    automatic: bool,
    minutes: Option<u32>,
) -> Result<(), ServiceError> {
    let mut prolong = ProlongMeeting::new(automatic);
    prolong.prolong_by = minutes.map(|minutes| minutes * MINUTE);
    call(sim, &prolong, control)
}

#[test]
fn a_meeting_is_prolonged_by_hand() {
    let sim = Simulator::start().unwrap();
    let (meeting, control, mut live) = listening(&sim, &[EventKind::ConferenceDynamicInfo]);
    let end = || meeting.snapshot().unwrap().ends_at;
    let first = end().as_millis();
    prolong(&sim, &control, false, None).unwrap();
    assert_eq!(end().as_millis() - first, 15 * 60_000);
    assert_eq!(dynamic_info(live.event()).end_time, Some(end()));
    prolong(&sim, &control, false, Some(20)).unwrap();
    assert_eq!(end().as_millis() - first, 35 * 60_000);

    let too_long = prolong(&sim, &control, false, Some(23 * 60));
    assert_eq!(refused(too_long), bad("MMC.111074003"));
    let too_long = prolong(&sim, &control, true, Some(u32::MAX));
    assert_eq!(refused(too_long), bad("MMC.111074003"));
    assert_eq!(end().as_millis() - first, 35 * 60_000);
    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    let by_guest = prolong(&sim, &guest, false, None);
    assert_eq!(refused(by_guest), bad("MMC.111072070"));
}

#[test]
fn a_meeting_can_prolong_itself() {
    let sim = Simulator::start().unwrap();
    let rules = ConferenceSettings::new().prolong_by(Duration::ZERO);
    let plan = MeetingPlan::running("Short")
        .length(20 * MINUTE)
        .settings(rules);
    let ended = sim.create_meeting(plan.clone());
    let prolonged = sim.create_meeting(plan);
    for meeting in [&ended, &prolonged] {
        meeting.join("Ann").unwrap();
    }
    let control = control(&sim, &prolonged);
    prolong(&sim, &control, true, Some(10)).unwrap();
    let before = sim
        .meeting(&prolonged.conference_id)
        .unwrap()
        .snapshot()
        .unwrap()
        .ends_at;
    sim.advance(21 * MINUTE);
    let ended = sim
        .meeting(&ended.conference_id)
        .unwrap()
        .snapshot()
        .unwrap();
    assert_eq!(ended.state, MeetingState::Ended);
    let now = sim
        .meeting(&prolonged.conference_id)
        .unwrap()
        .snapshot()
        .unwrap();
    assert_eq!(now.state, MeetingState::Running);
    assert_eq!(now.ends_at.as_millis() - before.as_millis(), 10 * 60_000);
}
