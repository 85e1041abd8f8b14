//! Changes as sentences.

use meeting_client::follow::{Change, LiveMeeting, printable};
use meeting_types::{
    ParticipantId, Timestamp,
    events::{
        BroadcastMode, ConferenceBasicInfo, ConferenceDynamicInfo, Event, InviteOutcome,
        InviteResult, ParticipantChange, ParticipantInfo, ParticipantState, RealTimeSubtitle,
        Speaker, SubtitleLanguage, SubtitleLine, WaitingParticipant,
    },
    models::{ConferenceState, ParticipantRole},
};

/// What moves the cursor, rings, breaks the line and turns the direction of writing.
const EVIL: &str = "\u{1b}[2J\u{7}\u{9b}1m\r\n\u{202e}";

fn ann() -> ParticipantInfo {
    ParticipantInfo::new("p1").name("Ann")
}

fn meeting() -> LiveMeeting {
    let people = [ann(), ParticipantInfo::new("p2").name("Bo")];
    let mut meeting = LiveMeeting::new();
    let people: Vec<_> = people.into_iter().map(ParticipantChange::from).collect();
    meeting.apply(&Event::new(people));
    meeting
}

fn about(name: &str) -> Vec<(Change, String)> {
    let info = || Box::new(ParticipantInfo::new("p1").name(name));
    let waiting = || Box::new(WaitingParticipant::new("p9").name(name));
    let calling = info().state(ParticipantState::Calling);
    let say = |text: &str| text.replace("Ann", &printable(name));
    let renamed = Change::ParticipantRenamed {
        participant_id: "p1".into(),
        before: Some(name.to_owned()),
        name: Some(name.to_owned()),
    };
    let subtitle = [SubtitleLine::new(SubtitleLanguage::Original, name)];
    vec![
        (Change::ParticipantJoined(info()), say("Ann joined")),
        (
            Change::ParticipantCalled(info()),
            say("Ann is being called"),
        ),
        (Change::ParticipantLeft(info()), say("Ann left")),
        (
            Change::ParticipantLeft(Box::new(calling)),
            say("the call to Ann came to nothing"),
        ),
        (renamed, say("Ann is now called Ann")),
        (
            Change::ParticipantUpdated(info()),
            say("something about Ann changed"),
        ),
        (
            Change::SpeakersChanged(vec![Speaker::new("p8").name(name)]),
            say("Ann speaks"),
        ),
        (
            Change::SubjectChanged(Some(name.to_owned())),
            say("the subject is Ann"),
        ),
        (
            Change::WaitingRoomEntered(waiting()),
            say("Ann is in the waiting room"),
        ),
        (
            Change::WaitingRoomUpdated(waiting()),
            say("something about Ann in the waiting room changed"),
        ),
        (
            Change::WaitingRoomLeft(waiting()),
            say("Ann left the waiting room"),
        ),
        (
            Change::CallEnded(InviteResult::new(name, &InviteOutcome::Accepted)),
            say("Ann answered the call"),
        ),
        (
            Change::Subtitle(Box::new(RealTimeSubtitle::new("p2", subtitle))),
            say("Bo: Ann"),
        ),
    ]
}

#[test]
fn what_people_chose_is_named() {
    for (change, sentence) in about("Ann") {
        assert_eq!(change.describe(&meeting()), sentence);
    }
}

#[test]
fn what_people_chose_steers_no_terminal() {
    let evil = format!("A{EVIL}nn");
    assert_eq!(printable(&evil), "A[2J1mnn");
    for (change, sentence) in about(&evil) {
        let described = change.describe(&meeting());
        assert_eq!(described, sentence);
        assert!(!described.contains(char::is_control), "{described:?}");
    }
    let mut meeting = LiveMeeting::new();
    let named = ParticipantInfo::new("p1").name(evil.as_str());
    let nameless = ParticipantInfo::new(format!("p{EVIL}2"));
    let people = [named, nameless].map(ParticipantChange::from);
    meeting.apply(&Event::new(people.to_vec()));
    assert_eq!(meeting.display_name(&"p1".into()), "A[2J1mnn");
    let nameless = ParticipantId::from(format!("p{EVIL}2"));
    assert_eq!(meeting.display_name(&nameless), "p[2J1m2");
}

#[test]
fn every_other_change_has_a_sentence() {
    let id = || ParticipantId::from("p1");
    let role = |role| Change::ParticipantRoleChanged {
        participant_id: id(),
        role,
    };
    let muted = |muted| Change::ParticipantMuted {
        participant_id: id(),
        muted,
    };
    let hand = |raised| Change::HandRaised {
        participant_id: id(),
        raised,
    };
    let sharing = |sharing| Change::SharingChanged {
        participant_id: id(),
        sharing,
    };
    let layout = |mode| Change::LayoutChanged { mode, layout: None };
    let call = |outcome| Change::CallEnded(InviteResult::new("+9911", &outcome));
    let speakers = ["p1", "p2", "p7"].map(Speaker::new);
    let end = Timestamp::from_millis(1_763_800_000_000);
    let nameless = Change::ParticipantRenamed {
        participant_id: id(),
        before: None,
        name: None,
    };
    for (change, sentence) in [
        (nameless, "p1 has no name now"),
        (role(Some(ParticipantRole::Host)), "Ann is now the host"),
        (role(Some(ParticipantRole::Guest)), "Ann is now a guest"),
        (
            role(Some(ParticipantRole::Audience)),
            "Ann is now in the audience",
        ),
        (role(None), "Ann is now in another role"),
        (muted(true), "Ann is muted"),
        (muted(false), "Ann is unmuted"),
        (hand(true), "Ann raised a hand"),
        (hand(false), "Ann lowered a hand"),
        (sharing(true), "Ann shares a screen"),
        (sharing(false), "Ann no longer shares a screen"),
        (Change::SpeakersChanged(vec![]), "nobody speaks"),
        (
            Change::SpeakersChanged(speakers[..2].to_vec()),
            "Ann and Bo speak",
        ),
        (
            Change::SpeakersChanged(speakers.to_vec()),
            "Ann, Bo and p7 speak",
        ),
        (
            Change::StateChanged(Some(ConferenceState::Running)),
            "the meeting is running",
        ),
        (
            Change::StateChanged(Some(ConferenceState::Ended)),
            "the meeting is over",
        ),
        (
            Change::StateChanged(Some(ConferenceState::Scheduled)),
            "the meeting is not started",
        ),
        (
            Change::StateChanged(Some(ConferenceState::Creating)),
            "the meeting is being set up",
        ),
        (
            Change::StateChanged(None),
            "the meeting is in an unknown state",
        ),
        (Change::LockChanged(true), "the meeting is locked"),
        (Change::LockChanged(false), "the meeting is unlocked"),
        (
            Change::RecordingChanged(true),
            "the meeting is being recorded",
        ),
        (
            Change::RecordingChanged(false),
            "the meeting is no longer recorded",
        ),
        (Change::SubtitlesChanged(true), "subtitles are on"),
        (Change::SubtitlesChanged(false), "subtitles are off"),
        (
            layout(Some(BroadcastMode::Free)),
            "everybody chooses whom to see",
        ),
        (
            layout(Some(BroadcastMode::FixedLayout)),
            "everybody sees a fixed layout",
        ),
        (
            layout(Some(BroadcastMode::Floor)),
            "everybody sees who has the floor",
        ),
        (
            layout(Some(BroadcastMode::Participant)),
            "everybody sees one participant",
        ),
        (layout(None), "the layout changed"),
        (
            Change::EndTimeChanged(Some(end)),
            "the meeting is going to end at 2025-11-22T08:26:40.000Z",
        ),
        (
            Change::EndTimeChanged(None),
            "the end of the meeting is open",
        ),
        (
            Change::SettingsChanged(Box::new(ConferenceDynamicInfo::new())),
            "settings of the meeting changed",
        ),
        (
            Change::SubjectChanged(None),
            "the meeting has no subject now",
        ),
        (
            Change::DetailsChanged(Box::new(ConferenceBasicInfo::new())),
            "details of the meeting changed",
        ),
        (
            Change::AttendeesChanged,
            "the list of those invited changed",
        ),
        (
            Change::InterpretersChanged,
            "the groups of interpreters changed",
        ),
        (
            Change::NetworkChanged(id()),
            "network figures of Ann changed",
        ),
        (call(InviteOutcome::LeftByItself), "+9911 hung up"),
        (
            call(InviteOutcome::HungUpByHost),
            "the host hung up on +9911",
        ),
        (
            call(InviteOutcome::HungUpFromPortal),
            "an administrator hung up on +9911",
        ),
        (
            call(InviteOutcome::SipTimeout),
            "the connection of +9911 was lost",
        ),
        (
            call(InviteOutcome::from("11\u{1b}42")),
            "the call to +9911 failed with code 1142",
        ),
        (
            Change::CallEnded(InviteResult::default()),
            "the call to somebody ended",
        ),
        (Change::Subtitle(Box::default()), "somebody: "),
    ] {
        assert_eq!(change.describe(&meeting()), sentence);
    }
}

#[test]
fn debug_tells_the_meeting_and_not_the_bookkeeping() {
    let mut meeting = LiveMeeting::new();
    let ann = ParticipantInfo::new("p1").name("Ann");
    meeting.apply(&Event::new(vec![ParticipantChange::from(ann)]).version(7_000_001));
    let text = format!("{meeting:?}");
    assert!(
        text.contains("Ann") && text.contains("is_stale: false"),
        "{text}"
    );
    assert!(!text.contains("7000001"), "{text}");
    meeting.gap();
    assert!(format!("{meeting:?}").contains("is_stale: true"));
}

#[test]
fn who_is_there_is_called_by_name_and_whoever_left_by_number() {
    let mut meeting = LiveMeeting::new();
    let people = vec![ParticipantChange::from(ann().phone("+9911"))];
    meeting.apply(&Event::new(people));
    let answered = |number| {
        let result = InviteResult::new(number, &InviteOutcome::Accepted);
        Change::CallEnded(result).describe(&meeting)
    };
    assert_eq!(answered("+9911"), "Ann answered the call");
    assert_eq!(answered("+9912"), "+9912 answered the call");
}
