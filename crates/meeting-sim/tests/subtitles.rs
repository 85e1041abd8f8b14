//! Subtitles, switched on over the WebSocket and read there.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use meeting_sim::Simulator;
use meeting_types::{
    ConferenceCredential, ConferenceId, ConferenceToken, ParticipantId,
    events::{
        ClientFrame, Event, EventKind, EventPayload, RealTimeSubtitle, SnapshotMode,
        SubtitleLanguage, SubtitleSwitch,
    },
    operations::StopMeeting,
};
use support::{Live, bad, call, control, control_by, dynamic_info, media, refused, room::Room};

const KINDS: &[EventKind] = &[
    EventKind::ConferenceDynamicInfo,
    EventKind::RealTimeSubtitle,
];

fn frame(control: &ConferenceCredential, switch: SubtitleSwitch) -> ClientFrame {
    ClientFrame::Subtitles {
        sequence: "00000000000000000002".into(),
        token: control.token.clone(),
        conference_id: control.conference_id.clone(),
        switch,
    }
}

fn subtitle(event: Event) -> RealTimeSubtitle {
    assert_eq!(event.mode, SnapshotMode::Full);
    match event.payload {
        EventPayload::RealTimeSubtitle(subtitle) => *subtitle,
        other => panic!("{other:?}"),
    }
}

/// Who said what, in the next event.
fn words(live: &mut Live) -> (ParticipantId, String) {
    let subtitle = subtitle(live.event());
    let text = subtitle.text_in(&SubtitleLanguage::Original).unwrap();
    (subtitle.participant_id.clone().unwrap(), text.to_owned())
}

/// A meeting in which subtitles are on.
fn subtitled(switch: SubtitleSwitch) -> Room {
    let mut room = Room::new(KINDS);
    room.live.say(&frame(&room.control, switch));
    let info = dynamic_info(room.live.event());
    assert_eq!(info.real_time_subtitle, Some(true));
    room
}

#[test]
fn what_is_said_is_read_while_subtitles_are_on() {
    let mut room = Room::new(KINDS);
    let id = room.meeting.conference_id.clone();
    room.sim
        .meeting(&id)
        .unwrap()
        .participant(&room.ann)
        .say("Nobody reads this")
        .unwrap();
    room.live.say(&frame(&room.control, SubtitleSwitch::on()));
    let info = dynamic_info(room.live.event());
    assert_eq!(info.real_time_subtitle, Some(true));
    assert!(media(&room.meeting).subtitles);

    room.sim.advance(Duration::from_secs(10));
    room.sim
        .meeting(&id)
        .unwrap()
        .participant(&room.ann)
        .say("Good morning to all")
        .unwrap();
    let read = subtitle(room.live.event());
    assert_eq!(read.participant_id, Some(room.ann.clone()));
    let text = read.text_in(&SubtitleLanguage::Original);
    assert_eq!(text, Some("Good morning to all"));
    assert_eq!(read.complete, Some(true));
    let begins = read.begins.unwrap();
    assert!(begins >= 10_000, "since the start of the meeting: {begins}");
    assert!(read.ends > read.begins && read.timestamp.is_some());

    room.live.say(&frame(&room.control, SubtitleSwitch::off()));
    let info = dynamic_info(room.live.event());
    assert_eq!(info.real_time_subtitle, Some(false));
    room.sim
        .meeting(&id)
        .unwrap()
        .participant(&room.ann)
        .say("Nor this")
        .unwrap();
    room.live.say(&frame(&room.control, SubtitleSwitch::on()));
    dynamic_info(room.live.event());
    room.sim
        .meeting(&id)
        .unwrap()
        .participant(&room.bo)
        .say("But this")
        .unwrap();
    assert_eq!(words(&mut room.live), (room.bo, "But this".to_owned()));
}

#[test]
fn a_sentence_grows_until_it_is_complete() {
    let mut room = subtitled(SubtitleSwitch::on());
    let id = room.meeting.conference_id.clone();
    room.sim
        .meeting(&id)
        .unwrap()
        .participant(&room.ann)
        .begin_to_say("Good")
        .unwrap();
    let first = subtitle(room.live.event());
    room.sim.advance(Duration::from_secs(5));
    room.sim
        .meeting(&id)
        .unwrap()
        .participant(&room.ann)
        .say("Good morning")
        .unwrap();
    let whole = subtitle(room.live.event());
    assert_eq!((first.complete, whole.complete), (Some(false), Some(true)));
    assert_eq!(first.lines[0].id, whole.lines[0].id);
    assert_eq!(first.begins, whole.begins);
    room.sim
        .meeting(&id)
        .unwrap()
        .participant(&room.ann)
        .say("Next")
        .unwrap();
    let next = subtitle(room.live.event());
    assert_ne!(next.lines[0].id, whole.lines[0].id);
    assert_ne!(next.begins, whole.begins);
}

#[test]
fn the_two_loudest_are_shown_unless_speakers_are_chosen() {
    let mut room = subtitled(SubtitleSwitch::on());
    let id = room.meeting.conference_id.clone();
    let sim = &room.sim;
    sim.meeting(&id)
        .unwrap()
        .speak([(&room.ann, 70), (&room.bo, 60), (&room.cy, 50)])
        .unwrap();
    sim.meeting(&id)
        .unwrap()
        .participant(&room.cy)
        .say("Too low")
        .unwrap();
    sim.meeting(&id)
        .unwrap()
        .participant(&room.bo)
        .say("Loud")
        .unwrap();
    assert_eq!(words(&mut room.live), (room.bo.clone(), "Loud".to_owned()));
    let cy = SubtitleSwitch::on().speakers([room.cy.clone()]);
    room.live.say(&frame(&room.control, cy));
    // The frame changes nothing that is told, so a heartbeat tells when it was heard.
    room.live.heartbeat("00000000000000000003");
    room.live.hear();
    room.sim
        .meeting(&id)
        .unwrap()
        .participant(&room.ann)
        .say("Not chosen")
        .unwrap();
    room.sim
        .meeting(&id)
        .unwrap()
        .participant(&room.cy)
        .say("Chosen")
        .unwrap();
    assert_eq!(words(&mut room.live), (room.cy, "Chosen".to_owned()));
}

#[test]
fn guests_switch_subtitles_and_only_subscribers_read_them() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let ann = meeting.join("Ann").unwrap().id;
    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    let mut reader = Live::subscribed(&sim, &guest, &[EventKind::RealTimeSubtitle]);
    let mut other = Live::subscribed(&sim, &guest, &[EventKind::Participants]);
    other.event();
    other.say(&frame(&guest, SubtitleSwitch::on()));
    support::eventually("subtitles are on", || media(&meeting).subtitles);
    meeting.participant(&ann).say("Hello").unwrap();
    assert_eq!(words(&mut reader), (ann.clone(), "Hello".to_owned()));
    meeting.participant(&ann).leave().unwrap();
    assert_eq!(other.event().kind, EventKind::Participants);
}

#[test]
fn a_frame_that_is_not_right_switches_nothing() {
    let mut room = Room::new(KINDS);
    let with = |token: &str, id: &ConferenceId| {
        let token = ConferenceToken::new(token);
        frame(
            &ConferenceCredential::new(id.clone(), token),
            SubtitleSwitch::on(),
        )
    };
    let good = room.control.token.expose();
    let id = &room.meeting.conference_id;
    let elsewhere = room.sim.create_meeting("Elsewhere");
    let there = control(&room.sim, &elsewhere);
    let chosen =
        |people: Vec<ParticipantId>| frame(&room.control, SubtitleSwitch::on().speakers(people));
    let frames = [
        with("wrong", id),
        with(good, &"123456789".into()),
        frame(&there, SubtitleSwitch::on()),
        chosen(vec!["nobody".into()]),
        chosen(vec![room.ann.clone(); 5]),
        frame(&room.control, SubtitleSwitch::on().display(3)),
    ];
    for frame in frames {
        room.live.say(&frame);
    }
    room.live.heartbeat("00000000000000000003");
    room.live.hear();
    assert!(!media(&room.meeting).subtitles);
    assert!(!media(&elsewhere).subtitles);
}

#[test]
fn whoever_is_muted_or_away_says_nothing() {
    let room = subtitled(SubtitleSwitch::on());
    let id = &room.meeting.conference_id;
    let nobody = room
        .sim
        .meeting(id)
        .unwrap()
        .participant(&"nobody".into())
        .say("Hello");
    assert_eq!(refused(nobody), bad("MMC.111072008"));
    room.sim
        .meeting(id)
        .unwrap()
        .participant(&room.ann)
        .mute(true)
        .unwrap();
    let muted = room
        .sim
        .meeting(id)
        .unwrap()
        .participant(&room.ann)
        .say("Hello");
    assert_eq!(refused(muted), bad("MMC.111072011"));
    call(&room.sim, &StopMeeting::new(), &room.control).unwrap();
    let over = room
        .sim
        .meeting(id)
        .unwrap()
        .participant(&room.bo)
        .say("Hello");
    assert_eq!(refused(over), bad("MMC.111072006"));
}
