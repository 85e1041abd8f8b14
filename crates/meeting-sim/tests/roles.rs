//! Who is host and co-host, and what people are called.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use meeting_sim::{CallOutcome, Simulator};
use meeting_types::{
    events::{EventKind, EventPayload},
    models::{AttendeeType, InvitedAttendee, ParticipantRole},
    operations::{InviteParticipant, RenameParticipant, SetCohost, SetRole},
};
use support::{
    bad, call, control, control_by, listening, person, refused, refused_by_hand, update,
};

#[test]
fn a_guest_becomes_cohost() {
    let sim = Simulator::start().unwrap();
    let (meeting, control, mut live) = listening(&sim, &[EventKind::Participants]);
    let id = &meeting.conference_id;
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    assert_eq!(update(live.event()).cohost, Some(false));
    let set = |who: &meeting_types::ParticipantId, cohost| {
        call(&sim, &SetCohost::new(who.clone(), cohost), &control)
    };
    set(&ann, true).unwrap();
    let told = update(live.event());
    assert_eq!((told.cohost, told.role), (Some(true), None));
    assert!(person(&meeting, &ann).cohost);
    set(&ann, false).unwrap();
    assert_eq!(update(live.event()).cohost, Some(false));

    // Whoever becomes host is co-host no more.
    set(&ann, true).unwrap();
    update(live.event());
    let apply = SetRole::new(ann.clone(), true).host_password(meeting.host_password.clone());
    call(&sim, &apply, &control).unwrap();
    let told = update(live.event());
    assert_eq!(
        (told.role, told.cohost),
        (Some(ParticipantRole::Host), Some(false))
    );
    assert_eq!(refused(set(&ann, true)), bad("MMC.111072107"));
    let nobody = meeting_types::ParticipantId::new("nobody");
    assert_eq!(refused(set(&nobody, true)), bad("MMC.111072008"));
    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    let by_guest = call(&sim, &SetCohost::new(ann, false), &guest);
    assert_eq!(refused(by_guest), bad("MMC.111072070"));
}

#[test]
fn not_everything_that_is_called_can_lead() {
    let sim = Simulator::builder()
        .answer_after(std::time::Duration::ZERO)
        .start()
        .unwrap();
    let meeting = sim.create_meeting("Weekly");
    let control = control(&sim, &meeting);
    sim.faults().calls_to("+993", CallOutcome::Rings);
    for (number, kind) in [
        ("+991", AttendeeType::Terminal),
        ("+992", AttendeeType::Mobile),
        ("+993", AttendeeType::SoftClient),
    ] {
        let attendee = InvitedAttendee::new("Called", kind).phone(number);
        call(&sim, &InviteParticipant::new([attendee]), &control).unwrap();
    }
    let people = meeting.snapshot().unwrap().participants;
    let set = |index: usize| {
        let set = SetCohost::new(people[index].id.clone(), true);
        refused(call(&sim, &set, &control))
    };
    assert_eq!(set(0), bad("MMC.111072106"), "a room");
    assert_eq!(set(1), bad("MMC.111072106"), "a telephone");
    assert_eq!(set(2), bad("MMC.111072011"), "not there yet");
    let lead = |index: usize| {
        let id = people[index].id.clone();
        let apply = SetRole::new(id, true).host_password(meeting.host_password.clone());
        call(&sim, &apply, &control)
    };
    assert_eq!(refused(lead(1)), bad("MMC.111072072"), "a telephone");
    lead(0).unwrap();
}

#[test]
fn an_enterprise_can_do_without_cohosts() {
    let sim = Simulator::builder().cohosts(false).start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let control = control(&sim, &meeting);
    let ann = meeting.join("Ann").unwrap().id;
    let set = SetCohost::new(ann, true);
    assert_eq!(refused(call(&sim, &set, &control)), bad("MMC.111072105"));
    let mut live = support::Live::subscribed(&sim, &control, &[EventKind::ConferenceBasicInfo]);
    let EventPayload::ConferenceBasicInfo(info) = live.event().payload else {
        panic!()
    };
    assert_eq!(info.cohosts, Some(false));
}

#[test]
fn people_are_renamed() {
    let sim = Simulator::builder()
        .answer_after(std::time::Duration::ZERO)
        .banned_word("Boss")
        .start()
        .unwrap();
    let kinds = [
        EventKind::Participants,
        EventKind::Attendees,
        EventKind::SpeakerChange,
    ];
    let (meeting, control, mut live) = listening(&sim, &kinds);
    let id = &meeting.conference_id;
    let attendee = InvitedAttendee::new("Anne", AttendeeType::SoftClient).phone("+991");
    call(&sim, &InviteParticipant::new([attendee]), &control).unwrap();
    let ann = sim.meeting(id).unwrap().snapshot().unwrap().participants[0]
        .id
        .clone();
    sim.meeting(id).unwrap().speak([(&ann, 50)]).unwrap();
    // Called, invited, answered, speaking.
    while live.event().kind != EventKind::SpeakerChange {}

    let rename = |name: &str| RenameParticipant::new("+991", name);
    let of_ann = |name: &str| rename(name).participant_id(ann.clone());
    call(&sim, &of_ann("Ann"), &control).unwrap();
    let told = update(live.event());
    assert_eq!((told.name.as_deref(), told.phone), (Some("Ann"), None));
    let EventPayload::Attendees(changes) = live.event().payload else {
        panic!()
    };
    assert_eq!(changes[0].info().name.as_deref(), Some("Ann"));
    let EventPayload::SpeakerChange(speakers) = live.event().payload else {
        panic!()
    };
    assert_eq!(speakers[0].name.as_deref(), Some("Ann"));
    // Without the participant, the invitation alone.
    call(&sim, &rename("Annie"), &control).unwrap();
    assert_eq!(live.event().kind, EventKind::Attendees);
    assert_eq!(person(&meeting, &ann).name, "Ann");

    let refused = |rename: &RenameParticipant| refused(call(&sim, rename, &control));
    assert_eq!(refused(&of_ann("The bOSS")), bad("MMC.111072214"));
    let nobody = RenameParticipant::new("+999", "Ann");
    assert_eq!(refused(&nobody), bad("MMC.111072008"));
    let nobody = nobody.participant_id("nobody");
    assert_eq!(refused(&nobody), bad("MMC.111072008"));
    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    let by_guest = support::refused(call(&sim, &of_ann("Me"), &guest));
    assert_eq!(by_guest, bad("MMC.111072071"));
    let own =
        |name: &str| support::refused(sim.meeting(id).unwrap().participant(&ann).rename(name));
    assert_eq!(own("Boss"), bad("MMC.111072214"));
    assert_eq!(own(" "), bad("MMC.111072046"));
    sim.meeting(id)
        .unwrap()
        .participant(&ann)
        .rename("Antonia")
        .unwrap();
    assert_eq!(person(&meeting, &ann).name, "Antonia");
}

/// The SDK would not write such requests.
#[test]
fn what_is_too_long_is_refused() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let control = control(&sim, &meeting);
    let rename = |name: &str| {
        let body = format!(r#"{{"number": "+991", "newName": "{name}"}}"#);
        refused_by_hand(&sim, &control, "PUT", "participants/name", body)
    };
    assert_eq!(rename(&"x".repeat(97)), "MMC.111072047");
    assert_eq!(rename(""), "MMC.111072046");
    for (field, length, code) in [
        ("name", 97, "MMC.111072034"),
        ("phone", 128, "MMC.111072032"),
        ("sms", 33, "MMC.111072037"),
        ("email", 256, "MMC.111072036"),
    ] {
        let mut attendee = serde_json::json!({"name": "Ann", "type": "normal"});
        attendee[field] = "1".repeat(length).into();
        let body = serde_json::json!({ "attendees": [attendee] }).to_string();
        let refused = refused_by_hand(&sim, &control, "POST", "participants", body);
        assert_eq!(refused, code, "{field}");
    }
}
