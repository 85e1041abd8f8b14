//! Who is called into a meeting, and who is no longer invited.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use meeting_sim::{DEFAULT_ACCOUNT, SimMeeting, Simulator};
use meeting_types::{
    AccountId, Password, ServiceError,
    events::{AttendeeChange, Event, EventKind, EventPayload, InviteOutcome, ParticipantChange},
    models::{AttendeeType, Booking, BookingAttendee, InvitedAttendee, MediaType, RemovedAttendee},
    operations::{
        DeleteAttendees, InviteParticipant, InviteWithPwd, LockMeeting, ShowMeetingDetail,
        ShowRealTimeInfoOfMeeting,
    },
};
use support::{
    bad, booked, call, control, control_by, listener, listening, log_in, participants, refused,
    refused_by_hand,
};

fn quick() -> meeting_sim::SimulatorBuilder {
    Simulator::builder().answer_after(Duration::ZERO)
}

fn attendees(event: Event) -> Vec<AttendeeChange> {
    match event.payload {
        EventPayload::Attendees(changes) => changes,
        other => panic!("{other:?}"),
    }
}

#[test]
fn whoever_is_removed_is_dropped_as_well() {
    let sim = quick().start().unwrap();
    let kinds = [
        EventKind::Participants,
        EventKind::Attendees,
        EventKind::InviteResult,
    ];
    let (meeting, control, mut live) = listening(&sim, &kinds);
    let id = &meeting.conference_id;
    for number in ["+991", "+992"] {
        let attendee = InvitedAttendee::new("Called", AttendeeType::SoftClient).phone(number);
        call(&sim, &InviteParticipant::new([attendee]), &control).unwrap();
    }
    let ann = sim.meeting(id).unwrap().snapshot().unwrap().participants[0]
        .id
        .clone();
    let mut answered = 0;
    while answered < 2 {
        answered += i32::from(live.event().kind == EventKind::InviteResult);
    }

    let nobody = DeleteAttendees::new([
        RemovedAttendee::new("+991").participant_id(ann.clone()),
        RemovedAttendee::new("+999"),
    ]);
    assert_eq!(refused(call(&sim, &nobody, &control)), bad("MMC.111072008"));
    let nobody = RemovedAttendee::new("+991").participant_id("nobody");
    let nobody = DeleteAttendees::new([nobody]);
    assert_eq!(refused(call(&sim, &nobody, &control)), bad("MMC.111072008"));
    assert_eq!(
        sim.meeting(id)
            .unwrap()
            .snapshot()
            .unwrap()
            .participants
            .len(),
        2,
        "all or nobody"
    );

    let first = RemovedAttendee::new("+991").participant_id(ann.clone());
    call(&sim, &DeleteAttendees::new([first]), &control).unwrap();
    let gone = participants(live.event());
    assert_eq!(gone, [ParticipantChange::Removed(ann)]);
    let changes = attendees(live.event());
    assert!(
        matches!(&changes[..], [AttendeeChange::Removed(who)] if who.phone.as_deref() == Some("+991"))
    );
    let EventPayload::InviteResult(results) = live.event().payload else {
        panic!()
    };
    assert_eq!(results[0].outcome(), Some(InviteOutcome::HungUpByHost));

    // The site is not named, so the invitation alone ends.
    let second = DeleteAttendees::new([RemovedAttendee::new("+992")]);
    call(&sim, &second, &control).unwrap();
    assert_eq!(attendees(live.event()).len(), 1);
    assert_eq!(
        sim.meeting(id)
            .unwrap()
            .snapshot()
            .unwrap()
            .participants
            .len(),
        1
    );
    let info = call(&sim, &ShowRealTimeInfoOfMeeting::new(), &control).unwrap();
    assert!(info.attendees.is_empty());
    assert_eq!(refused(call(&sim, &second, &control)), bad("MMC.111072008"));
    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    assert_eq!(refused(call(&sim, &second, &guest)), bad("MMC.111072070"));
}

#[test]
fn those_who_were_booked_can_be_removed() {
    let sim = quick().start().unwrap();
    let token = log_in(&sim);
    let ann = BookingAttendee::new().name("Ann").phone("+991");
    let booking = Booking::new([MediaType::HdVideo]).attendees([ann]);
    let (meeting, control) = booked(&sim, booking);
    let shown = || {
        let show = ShowMeetingDetail::new(meeting.conference_id.clone());
        let detail = call(&sim, &show, &token).unwrap();
        let listed = detail.conference.invited_attendees.len();
        (detail.data.unwrap().data.len(), listed)
    };
    assert_eq!(shown(), (1, 1));
    let mut live = listener(&sim, &control, &[EventKind::Attendees]);
    // Called as well, she is invited once.
    let ann = InvitedAttendee::new("Ann", AttendeeType::SoftClient).phone("+991");
    call(&sim, &InviteParticipant::new([ann]), &control).unwrap();
    assert_eq!(attendees(live.event()).len(), 1);
    assert_eq!(shown(), (1, 1));
    let delete = DeleteAttendees::new([RemovedAttendee::new("+991")]);
    call(&sim, &delete, &control).unwrap();
    assert!(matches!(
        &attendees(live.event())[..],
        [AttendeeChange::Removed(_)]
    ));
    assert_eq!(shown(), (0, 0));
}

/// Both pushes name a person by the same two ids, so that a program can tell which of those invited
/// is which participant, also when the number says nothing.
#[test]
fn the_pushes_of_attendees_and_participants_name_a_person_alike() {
    let sim = quick().start().unwrap();
    // The directory knows a user from the first login on.
    call(&sim, &sim.account_credential().login().unwrap(), &()).unwrap();
    let kinds = [EventKind::Participants, EventKind::Attendees];
    let (_, control, mut live) = listening(&sim, &kinds);
    let invited = [DEFAULT_ACCOUNT, "nobody@meeting.example"].map(|account| {
        InvitedAttendee::new("Called", AttendeeType::SoftClient).account_id(account)
    });
    call(&sim, &InviteParticipant::new(invited), &control).unwrap();

    let (mut attendees, mut participants) = (Vec::new(), Vec::new());
    while attendees.len() < 2 || participants.len() < 2 {
        match live.event().payload {
            EventPayload::Attendees(changes) => {
                attendees.extend(changes.iter().map(|change| change.info().clone()));
            }
            EventPayload::Participants(changes) => {
                participants.extend(changes.into_iter().filter_map(|change| match change {
                    ParticipantChange::Update(info) if info.account_id.is_some() => Some(info),
                    _ => None,
                }));
            }
            other => panic!("{other:?}"),
        }
    }
    let of = |account: &str| {
        let account = Some(AccountId::new(account));
        let attendee = attendees.iter().find(|info| info.account_id == account);
        let participant = participants.iter().find(|info| info.account_id == account);
        (
            attendee.unwrap().user_uuid.clone(),
            participant.unwrap().user_uuid.clone(),
        )
    };
    let (attendee, participant) = of(DEFAULT_ACCOUNT);
    assert_eq!(attendee, participant);
    let uuid = participant.unwrap();
    assert_ne!(uuid.as_str(), DEFAULT_ACCOUNT, "a UUID is no account");
    // The service knows no user of that account.
    assert_eq!(of("nobody@meeting.example"), (None, None));
}

fn with_password(
    sim: &Simulator,
    meeting: &SimMeeting,
    password: &Password,
    number: &str,
) -> Result<(), ServiceError> {
    let id = &meeting.conference_id;
    let invite = InviteWithPwd::new(id.clone(), id.clone(), password.clone(), number);
    call(sim, &invite, &())
}

#[test]
fn a_password_calls_a_device_in() {
    let sim = quick().start().unwrap();
    let (meeting, control, mut live) = listening(&sim, &[EventKind::Participants]);
    let id = &meeting.conference_id;
    let (host, guest) = (&meeting.host_password, &meeting.guest_password);
    with_password(&sim, &meeting, host, "+99111").unwrap();
    let told = support::update(live.event());
    assert_eq!(told.phone.as_deref(), Some("+99111"));

    let by_guest = with_password(&sim, &meeting, guest, "+99112");
    assert_eq!(refused(by_guest), bad("MMC.111072070"));
    let empty = format!(r#"{{"confID": "{id}", "pwd": "1", "callNum": ""}}"#);
    let empty = refused_by_hand(&sim, &control, "POST", "inviteWithPwd", empty);
    assert_eq!(empty, "MMC.111072031");
    let long = "9".repeat(128);
    assert_eq!(
        refused(with_password(&sim, &meeting, host, &long)),
        bad("MMC.111072032")
    );
    assert_eq!(
        refused(with_password(&sim, &meeting, host, "+99 1")),
        bad("MMC.111072033")
    );
    let other = InviteWithPwd::new(id.clone(), "123456789", host.clone(), "+991");
    assert_eq!(refused(call(&sim, &other, &())), bad("MMC.111071061"));
    let nowhere = InviteWithPwd::new("123456789", "123456789", host.clone(), "+991");
    assert_eq!(refused(call(&sim, &nowhere, &())), bad("MMC.111072065"));
    let wrong = Password::new("000000");
    for _ in 0..5 {
        let answer = with_password(&sim, &meeting, &wrong, "+991");
        assert_eq!(refused(answer), bad("MMC.111072065"));
    }
    let locked = with_password(&sim, &meeting, host, "+991");
    assert_eq!(refused(locked), bad("MMC.111072064"));
    assert_eq!(
        sim.meeting(id)
            .unwrap()
            .snapshot()
            .unwrap()
            .participants
            .len(),
        1
    );
}

#[test]
fn an_enterprise_can_let_guests_call_devices() {
    let sim = quick().guests_call_devices(true).start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let control = control(&sim, &meeting);
    let (host, guest) = (&meeting.host_password, &meeting.guest_password);
    with_password(&sim, &meeting, guest, "+991").unwrap();
    call(&sim, &LockMeeting::new(true), &control).unwrap();
    let by_guest = with_password(&sim, &meeting, guest, "+992");
    assert_eq!(refused(by_guest), bad("MMC.111072050"));
    with_password(&sim, &meeting, host, "+992").unwrap();
    let people = meeting.snapshot().unwrap().participants;
    assert_eq!(people.len(), 2);
}

#[test]
fn a_malformed_number_is_not_called() {
    let sim = quick().start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let control = control(&sim, &meeting);
    let invite = |number: &str| {
        let attendee = InvitedAttendee::new("Ann", AttendeeType::SoftClient).phone(number);
        refused(call(&sim, &InviteParticipant::new([attendee]), &control))
    };
    assert_eq!(invite("+99 1"), bad("MMC.111072033"));
    assert_eq!(invite(""), bad("MMC.111072031"));
}
