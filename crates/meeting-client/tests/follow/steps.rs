//! What each kind of event changes, one by one.

use meeting_client::follow::{Change, LiveMeeting};
use meeting_types::{
    ParticipantId, Timestamp,
    events::{
        BroadcastMode, ConferenceBasicInfo, ConferenceDynamicInfo, Event, EventKind, EventPayload,
        InterpreterGroupInfo, InviteOutcome, InviteResult, ParticipantChange, ParticipantInfo,
        ParticipantState, RealTimeSubtitle, SnapshotMode, Speaker, SubtitleLanguage, SubtitleLine,
        WaitingChange, WaitingParticipant,
    },
    models::{ConferenceState, ParticipantRole},
};

fn people(people: impl IntoIterator<Item = ParticipantInfo>) -> Vec<ParticipantChange> {
    people.into_iter().map(ParticipantChange::from).collect()
}

fn full(payload: impl Into<EventPayload>, at: i64) -> Event {
    let at = 1_763_800_000_000 + at;
    Event::new(payload)
        .version(at)
        .created_at(Timestamp::from_millis(at))
}

fn increment(payload: impl Into<EventPayload>, version: i64, at: i64) -> Event {
    full(payload, at)
        .mode(SnapshotMode::Increment)
        .version(version)
}

fn ann() -> ParticipantInfo {
    ParticipantInfo::new("p1").name("Ann").muted(false)
}

#[test]
fn increments_tell_what_changed_about_somebody() {
    let id = ParticipantId::from("p1");
    let mut meeting = LiveMeeting::new();
    assert_eq!(
        meeting.apply(&full(people([ann()]), 0)),
        [Change::ParticipantJoined(Box::new(ann()))]
    );
    let change = ParticipantInfo::new("p1")
        .name("Anne")
        .role(ParticipantRole::Host)
        .muted(true)
        .hand_raised(true)
        .sharing(true);
    assert_eq!(
        meeting.apply(&increment(people([change]), 1, 1)),
        [
            Change::ParticipantRenamed {
                participant_id: id.clone(),
                before: Some("Ann".to_owned()),
                name: Some("Anne".to_owned())
            },
            Change::ParticipantRoleChanged {
                participant_id: id.clone(),
                role: Some(ParticipantRole::Host)
            },
            Change::ParticipantMuted {
                participant_id: id.clone(),
                muted: true
            },
            Change::HandRaised {
                participant_id: id.clone(),
                raised: true
            },
            Change::SharingChanged {
                participant_id: id.clone(),
                sharing: true
            },
        ]
    );
    assert_eq!(meeting.host().unwrap().name.as_deref(), Some("Anne"));
    assert_eq!(meeting.sharing().count(), 1);
    assert_eq!(meeting.raised_hands().count(), 1);
    let camera = ParticipantInfo::new("p1").camera_on(true);
    let changes = meeting.apply(&increment(people([camera]), 2, 2));
    assert!(matches!(&changes[..], [Change::ParticipantUpdated(info)] if info.muted == Some(true)));
    let known = meeting.participant(&id).unwrap().clone();
    let gone = vec![ParticipantChange::Removed(id)];
    assert_eq!(
        meeting.apply(&increment(gone, 3, 3)),
        [Change::ParticipantLeft(Box::new(known))]
    );
    assert_eq!(meeting.participants().len(), 0);
}

#[test]
fn who_is_called_has_not_joined() {
    let mut meeting = LiveMeeting::new();
    let called = ann().state(ParticipantState::Calling);
    let changes = meeting.apply(&increment(people([called.clone()]), 1, 1));
    assert_eq!(changes, [Change::ParticipantCalled(Box::new(called))]);
    let answered = ParticipantInfo::new("p1").state(ParticipantState::InMeeting);
    let changes = meeting.apply(&increment(people([answered]), 2, 2));
    let expected = ann().state(ParticipantState::InMeeting);
    assert_eq!(changes, [Change::ParticipantJoined(Box::new(expected))]);
}

#[test]
fn a_full_push_tells_the_differences() {
    let mut meeting = LiveMeeting::new();
    let bo = ParticipantInfo::new("p2").name("Bo");
    meeting.apply(&full(people([ann(), bo.clone()]), 0));
    let chen = ParticipantInfo::new("p3").name("Chen");
    let changes = meeting.apply(&full(people([ann().muted(true), chen.clone()]), 5));
    assert_eq!(
        changes,
        [
            Change::ParticipantMuted {
                participant_id: "p1".into(),
                muted: true
            },
            Change::ParticipantLeft(Box::new(bo)),
            Change::ParticipantJoined(Box::new(chen)),
        ]
    );
    // What a full push does not say is not known any more.
    let changes = meeting.apply(&full(people([ParticipantInfo::new("p1")]), 6));
    assert_eq!(changes.len(), 3, "{changes:?}");
    assert_eq!(meeting.participant(&"p1".into()).unwrap().name, None);
}

#[test]
fn the_meeting_itself_changes() {
    let mut meeting = LiveMeeting::new();
    let basic = ConferenceBasicInfo::new().subject("weekly");
    let event = full(basic, 0).conference_id("912345678");
    assert_eq!(
        meeting.apply(&event),
        [Change::SubjectChanged(Some("weekly".to_owned()))]
    );
    assert_eq!(meeting.subject(), Some("weekly"));
    assert_eq!(meeting.conference_id(), Some(&"912345678".into()));
    let dynamic = ConferenceDynamicInfo::new()
        .state(ConferenceState::Running)
        .locked(false);
    let changes = meeting.apply(&full(dynamic, 0));
    assert_eq!(
        changes,
        [Change::StateChanged(Some(ConferenceState::Running))]
    );
    let dynamic = ConferenceDynamicInfo::new()
        .locked(true)
        .recording(true)
        .real_time_subtitle(true)
        .broadcast_mode(BroadcastMode::Floor)
        .end_time(Timestamp::from_millis(5))
        .chat_forbidden(true);
    let changes = meeting.apply(&increment(dynamic, 1, 1));
    assert!(
        matches!(
            &changes[..],
            [
                Change::LockChanged(true),
                Change::RecordingChanged(true),
                Change::SubtitlesChanged(true),
                Change::LayoutChanged {
                    mode: Some(BroadcastMode::Floor),
                    layout: None
                },
                Change::EndTimeChanged(Some(_)),
                Change::SettingsChanged(_),
            ]
        ),
        "{changes:?}"
    );
    assert!(meeting.is_locked() && meeting.is_recording() && meeting.has_subtitles());
    assert_eq!(meeting.broadcast_mode(), Some(&BroadcastMode::Floor));
    assert!(!meeting.is_over());
    let over = ConferenceDynamicInfo::new().state(ConferenceState::Ended);
    let changes = meeting.apply(&increment(over, 2, 2));
    assert_eq!(
        changes,
        [Change::StateChanged(Some(ConferenceState::Ended))]
    );
    assert!(meeting.is_over() && meeting.is_locked());
}

#[test]
fn speakers_are_told_whole_in_either_mode() {
    let mut meeting = LiveMeeting::new();
    let both = vec![Speaker::new("p1").volume(9), Speaker::new("p2")];
    meeting.apply(&full(both, 0));
    assert!(meeting.is_speaking(&"p2".into()));
    let one = vec![Speaker::new("p1").volume(9)];
    let changes = meeting.apply(&increment(one.clone(), 1, 1));
    assert_eq!(changes, [Change::SpeakersChanged(one.clone())]);
    assert!(!meeting.is_speaking(&"p2".into()));
    assert!(meeting.apply(&increment(one, 2, 2)).is_empty());
    meeting.apply(&increment(Vec::<Speaker>::new(), 3, 3));
    assert!(meeting.speakers().is_empty());
}

#[test]
fn the_waiting_room_fills_and_empties() {
    let mut meeting = LiveMeeting::new();
    let bo = WaitingParticipant::new("p2").name("Bo");
    let changes = meeting.apply(&full(vec![WaitingChange::from(bo.clone())], 0));
    assert_eq!(changes, [Change::WaitingRoomEntered(Box::new(bo.clone()))]);
    assert_eq!(meeting.waiting_room().len(), 1);
    let gone = vec![WaitingChange::Removed(Box::new(WaitingParticipant::new(
        "p2",
    )))];
    let changes = meeting.apply(&increment(gone, 1, 1));
    assert_eq!(changes, [Change::WaitingRoomLeft(Box::new(bo))]);
}

#[test]
fn what_passes_is_told_once() {
    let mut meeting = LiveMeeting::new();
    let result = InviteResult::new("+99111", &InviteOutcome::LeftByItself);
    let event = increment(vec![result.clone()], 1, 1);
    assert_eq!(meeting.apply(&event), [Change::CallEnded(result)]);
    assert!(meeting.apply(&event).is_empty());
    let line = SubtitleLine::new(SubtitleLanguage::English, "hello");
    let said = RealTimeSubtitle::new("p1", [line]);
    let event = increment(said.clone(), 1, 1);
    assert_eq!(meeting.apply(&event), [Change::Subtitle(Box::new(said))]);
    let groups = vec![InterpreterGroupInfo::new("g1")];
    assert_eq!(
        meeting.apply(&full(groups, 1)),
        [Change::InterpretersChanged]
    );
    assert_eq!(meeting.interpreter_groups().len(), 1);
    meeting.gap();
    assert!(!meeting.is_stale_about(&EventKind::InviteResult));
    assert!(meeting.is_stale_about(&EventKind::InterpreterGroup));
}

#[test]
fn after_a_gap_it_is_stale_until_told_in_full() {
    let mut meeting = LiveMeeting::new();
    assert!(!meeting.is_stale());
    meeting.apply(&full(people([ann()]), 0));
    meeting.apply(&full(vec![Speaker::new("p1")], 0));
    meeting.gap();
    assert!(meeting.is_stale());
    assert_eq!(meeting.participants().len(), 1, "what was known stays");
    meeting.apply(&full(people([ann()]), 9));
    assert!(!meeting.is_stale_about(&EventKind::Participants));
    assert!(meeting.is_stale_about(&EventKind::SpeakerChange));
    assert!(meeting.is_stale());
    // An increment is not everything.
    meeting.apply(&increment(Vec::<Speaker>::new(), 1, 10));
    assert!(meeting.is_stale());
    meeting.apply(&full(Vec::<Speaker>::new(), 11));
    assert!(!meeting.is_stale());
}

#[test]
fn a_service_whose_clock_stands_still_is_understood() {
    // As in a test: everything happens in the same millisecond.
    let mut meeting = LiveMeeting::new();
    let muted = |muted| people([ParticipantInfo::new("p1").muted(muted)]);
    meeting.apply(&full(people([ann()]), 0).message_id("1"));
    meeting.apply(&increment(muted(true), 1, 0).message_id("2"));
    assert!(
        meeting
            .apply(&full(people([ann()]), 0).message_id("1"))
            .is_empty()
    );
    meeting.gap();
    meeting.apply(&full(people([ann().muted(true)]), 0).message_id("3"));
    assert!(!meeting.is_stale());
    assert!(
        meeting
            .apply(&increment(muted(true), 1, 0).message_id("2"))
            .is_empty()
    );
    assert_eq!(
        meeting
            .apply(&increment(muted(false), 2, 0).message_id("4"))
            .len(),
        1
    );
}

#[test]
fn numbers_may_begin_anew_with_a_connection() {
    // No times at all: only the new connection says that 1 is not a repetition.
    let mut meeting = LiveMeeting::new();
    let muted = |muted, version| {
        Event::new(people([ParticipantInfo::new("p1").muted(muted)]))
            .mode(SnapshotMode::Increment)
            .version(version)
    };
    meeting.apply(&Event::new(people([ann()])));
    assert_eq!(meeting.apply(&muted(true, 1)).len(), 1);
    assert_eq!(meeting.apply(&muted(false, 2)).len(), 1);
    assert!(meeting.apply(&muted(true, 1)).is_empty());
    meeting.gap();
    meeting.apply(&Event::new(people([ann()])));
    assert_eq!(meeting.apply(&muted(true, 1)).len(), 1);
    assert!(meeting.apply(&muted(false, 1)).is_empty());
}
