//! What a running meeting tells its listeners.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use meeting_sim::{CallOutcome, Simulator};
use meeting_types::{
    ConferenceCredential, ParticipantId,
    events::{
        Event, EventKind, EventPayload, InviteOutcome, ParticipantChange, ParticipantState,
        ServerFrame, SnapshotMode,
    },
    models::{
        AttendeeType, Booking, BookingAttendee, ConferenceRole, ConferenceState, InvitedAttendee,
        MediaType, ParticipantRole,
    },
    operations::{
        CreateConfToken, CreateMeeting, HangUp, InviteParticipant, MuteMeeting, MuteParticipant,
        SetRole,
    },
};
use support::{Live, Said, call, control_by, listening, log_in, participants, update};

const SEQUENCE: &str = "000000000000000001611993655770";
const ALL: &[EventKind] = &[
    EventKind::ConferenceBasicInfo,
    EventKind::ConferenceDynamicInfo,
    EventKind::Participants,
    EventKind::Attendees,
    EventKind::SpeakerChange,
    EventKind::InviteResult,
];

fn results(event: Event) -> Vec<(String, InviteOutcome)> {
    match event.payload {
        EventPayload::InviteResult(results) => results
            .into_iter()
            .map(|result| {
                (
                    result.call_number.clone().unwrap(),
                    result.outcome().unwrap(),
                )
            })
            .collect(),
        other => panic!("{other:?}"),
    }
}

fn invite(number: &str) -> InviteParticipant {
    let attendee = InvitedAttendee::new(format!("At {number}"), AttendeeType::SoftClient);
    InviteParticipant::new([attendee.phone(number)])
}

#[test]
fn a_subscriber_first_hears_everything() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let attendee = BookingAttendee::new()
        .name("Ann")
        .phone("+991")
        .email("ann@example.com");
    let booking = Booking::new([MediaType::HdVideo])
        .subject("Weekly")
        .attendees([attendee]);
    let created = call(&sim, &CreateMeeting::new(booking), &token)
        .unwrap()
        .remove(0);
    let id = created.conference_id.clone();
    let host_password = created.passwords[0].password.clone().unwrap();
    let guest_password = created.passwords[1].password.clone().unwrap();
    let ann = sim.meeting(&id).unwrap().join("Ann").unwrap().id;
    sim.meeting(&id).unwrap().speak([(&ann, 70)]).unwrap();

    for (password, roles) in [
        (
            &host_password,
            vec![ConferenceRole::Host, ConferenceRole::Guest],
        ),
        (&guest_password, vec![ConferenceRole::Guest]),
    ] {
        let ask = CreateConfToken::new(id.clone()).password(password.clone());
        let grant = call(&sim, &ask, &()).unwrap();
        let control = ConferenceCredential::new(id.clone(), grant.data.token.expose());
        let mut live = Live::subscribed(&sim, &control, ALL);
        let EventPayload::ConferenceBasicInfo(info) = live.event().payload else {
            panic!()
        };
        assert_eq!(info.subject.as_deref(), Some("Weekly"));
        assert_eq!(info.display_id.as_deref(), Some(id.as_str()));
        let seen: Vec<_> = info
            .passwords
            .iter()
            .map(|entry| entry.role.clone().unwrap())
            .collect();
        assert_eq!(seen, roles);
        let last = info.passwords.last().unwrap();
        assert_eq!(last.password.as_ref(), Some(&guest_password));
        let EventPayload::ConferenceDynamicInfo(info) = live.event().payload else {
            panic!()
        };
        assert_eq!(info.state, Some(ConferenceState::Running));
        assert_eq!(info.unmute_allowed, Some(true));
        let info = update(live.event());
        assert_eq!(
            (&info.participant_id, info.name.as_deref()),
            (&ann, Some("Ann"))
        );
        assert_eq!(info.state, Some(ParticipantState::InMeeting));
        let attendees: serde_json::Value =
            serde_json::from_str(&live.hear_text().unwrap()).unwrap();
        assert_eq!(attendees["action"], "AttendeesNotify");
        assert_eq!(attendees["data"][0]["name"], "Ann");
        assert_eq!(attendees["data"][0]["email"], "ann@example.com");
        let EventPayload::SpeakerChange(speakers) = live.event().payload else {
            panic!()
        };
        assert_eq!(
            (&speakers[0].participant_id, speakers[0].volume),
            (&ann, Some(70))
        );
        // Results of calls are told as they happen.
        live.heartbeat(SEQUENCE);
        assert!(matches!(
            live.hear(),
            Said::Frame(ServerFrame::HeartBeat { .. })
        ));
    }
}

#[test]
fn changes_are_told_with_rising_versions() {
    let sim = Simulator::start().unwrap();
    let kinds = [EventKind::ConferenceDynamicInfo, EventKind::Participants];
    let (meeting, control, mut live) = listening(&sim, &kinds);
    let id = &meeting.conference_id;
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    let joined = live.event();
    assert_eq!(
        (joined.version, joined.mode),
        (Some(1), SnapshotMode::Increment)
    );
    assert_eq!(update(joined).role, Some(ParticipantRole::Guest));

    let apply = SetRole::new(ann.clone(), true).host_password(meeting.host_password.clone());
    call(&sim, &apply, &control).unwrap();
    let role = live.event();
    assert_eq!(role.version, Some(2));
    let info = update(role);
    assert_eq!((info.role, info.name), (Some(ParticipantRole::Host), None));

    let bo = sim.meeting(id).unwrap().join("Bo").unwrap().id;
    assert_eq!(update(live.event()).participant_id, bo);
    // The host is left alone; the other change is of another kind, with versions of its own.
    call(
        &sim,
        &MuteMeeting::new(true).allow_self_unmute(false),
        &control,
    )
    .unwrap();
    let muted = live.event();
    assert_eq!(
        (&muted.kind, muted.version),
        (&EventKind::ConferenceDynamicInfo, Some(1))
    );
    let EventPayload::ConferenceDynamicInfo(info) = muted.payload else {
        panic!()
    };
    assert_eq!(
        (info.mute_on_entry, info.unmute_allowed),
        (Some(true), Some(false))
    );
    assert_eq!(info.state, None, "only what changed");
    let muted = live.event();
    assert_eq!(muted.version, Some(4));
    let changes = participants(muted);
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].participant_id(), &bo);

    sim.meeting(id).unwrap().participant(&ann).leave().unwrap();
    let gone = participants(live.event());
    assert_eq!(gone, [ParticipantChange::Removed(ann)]);
    // What changes nothing is not told.
    call(&sim, &MuteParticipant::new(bo.clone(), true), &control).unwrap();
    call(&sim, &MuteParticipant::new(bo, false), &control).unwrap();
    assert_eq!(update(live.event()).muted, Some(false));
}

#[test]
fn only_what_was_asked_for_is_told() {
    let sim = Simulator::start().unwrap();
    let (meeting, control, mut live) = listening(&sim, &[EventKind::SpeakerChange]);
    let mut other = Live::subscribed(&sim, &control, &[EventKind::InviteResult]);
    let mut silent = Live::open(&sim, &control);
    let id = &meeting.conference_id;
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    let more: Vec<ParticipantId> = (1..4)
        .map(|n| sim.meeting(id).unwrap().join(format!("P{n}")).unwrap().id)
        .collect();
    sim.meeting(id)
        .unwrap()
        .speak([(&more[0], 10), (&ann, 40), (&more[1], 30), (&more[2], 20)])
        .unwrap();
    let EventPayload::SpeakerChange(loudest) = live.event().payload else {
        panic!()
    };
    let volumes: Vec<_> = loudest
        .iter()
        .map(|speaker| speaker.volume.unwrap())
        .collect();
    assert_eq!(volumes, [40, 30, 20], "the three loudest");
    assert_eq!(loudest[0].name.as_deref(), Some("Ann"));
    sim.meeting(id).unwrap().speak([]).unwrap();
    let EventPayload::SpeakerChange(loudest) = live.event().payload else {
        panic!()
    };
    assert!(loudest.is_empty());

    sim.meeting(id).unwrap().participant(&ann).leave().unwrap();
    assert_eq!(results(other.event())[0].1, InviteOutcome::LeftByItself);
    silent.heartbeat(SEQUENCE);
    assert!(matches!(
        silent.hear(),
        Said::Frame(ServerFrame::HeartBeat { .. })
    ));
}

#[test]
fn a_call_is_told_from_ringing_to_its_end() {
    let minute = Duration::from_secs(60);
    let sim = Simulator::builder().answer_after(minute).start().unwrap();
    let kinds = [
        EventKind::Participants,
        EventKind::Attendees,
        EventKind::InviteResult,
    ];
    let (_, control, mut live) = listening(&sim, &kinds);
    call(&sim, &invite("+991"), &control).unwrap();
    let calling = update(live.event());
    assert_eq!(calling.state, Some(ParticipantState::Calling));
    assert_eq!(calling.phone.as_deref(), Some("+991"));
    assert_eq!(calling.joined_at, None);
    let attendees = live.event();
    assert_eq!(
        (&attendees.kind, attendees.mode),
        (&EventKind::Attendees, SnapshotMode::Increment)
    );

    sim.advance(minute);
    let answered = update(live.event());
    assert_eq!(answered.state, Some(ParticipantState::InMeeting));
    assert!(answered.joined_at.is_some() && answered.name.is_none());
    assert_eq!(
        results(live.event()),
        [("+991".to_owned(), InviteOutcome::Accepted)]
    );

    call(
        &sim,
        &HangUp::new([answered.participant_id.clone()]),
        &control,
    )
    .unwrap();
    let gone = participants(live.event());
    assert_eq!(gone, [ParticipantChange::Removed(answered.participant_id)]);
    assert_eq!(live.event().kind, EventKind::Attendees);
    assert_eq!(
        results(live.event()),
        [("+991".to_owned(), InviteOutcome::HungUpByHost)]
    );

    sim.faults()
        .calls_to("+992", CallOutcome::Failed("11111003".to_owned()));
    call(&sim, &invite("+992"), &control).unwrap();
    let calling = update(live.event());
    assert_eq!(live.event().kind, EventKind::Attendees);
    sim.advance(minute);
    let gone = participants(live.event());
    assert_eq!(gone, [ParticipantChange::Removed(calling.participant_id)]);
    assert_eq!(live.event().kind, EventKind::Attendees);
    assert_eq!(
        results(live.event()),
        [("+992".to_owned(), InviteOutcome::SipTimeout)]
    );
}

#[test]
fn time_alone_ends_a_call() {
    let sim = Simulator::builder()
        .answer_after(Duration::from_millis(20))
        .start()
        .unwrap();
    let (_, control, mut live) = listening(&sim, &[EventKind::Participants]);
    call(&sim, &invite("+991"), &control).unwrap();
    assert_eq!(update(live.event()).state, Some(ParticipantState::Calling));
    // Nobody asks for anything meanwhile.
    assert_eq!(
        update(live.event()).state,
        Some(ParticipantState::InMeeting)
    );
}

#[test]
fn those_who_were_booked_are_called_when_the_meeting_starts() {
    let sim = Simulator::builder()
        .answer_after(Duration::ZERO)
        .start()
        .unwrap();
    let token = log_in(&sim);
    let called = BookingAttendee::new()
        .name("Ann")
        .phone("+991")
        .auto_invite(true);
    let not_called = BookingAttendee::new().name("Bo").phone("+992");
    let booking = Booking::new([MediaType::HdVideo]).attendees([called, not_called]);
    let created = call(&sim, &CreateMeeting::new(booking), &token)
        .unwrap()
        .remove(0);
    let people = sim
        .meeting(&created.conference_id)
        .unwrap()
        .snapshot()
        .unwrap()
        .participants;
    assert_eq!(people.len(), 1);
    assert_eq!((&*people[0].name, people[0].calling), ("Ann", false));
}

#[test]
fn a_guest_may_listen() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    let mut live = Live::subscribed(&sim, &guest, &[EventKind::Participants]);
    assert_eq!(participants(live.event()), []);
    let ann = meeting.join("Ann").unwrap().id;
    assert_eq!(update(live.event()).participant_id, ann);
}
