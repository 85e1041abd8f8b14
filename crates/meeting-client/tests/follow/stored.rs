//! A meeting that was stored goes on as if it never had been.

use std::{fmt::Debug, time::Duration};

use meeting_client::{
    channel::{ChannelEnd, CloseReason, FrameFault},
    follow::{Change, LiveMeeting, Notice},
};
use meeting_types::{
    ConferenceId, Timestamp,
    events::{
        ConferenceBasicInfo, Event, EventKind, InviteOutcome, InviteResult, ParticipantInfo,
        RealTimeSubtitle, RolePassword, ServerFrame, SubtitleLanguage, SubtitleLine,
    },
    models::{ConferenceRole, MediaType},
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;

use crate::service::{KINDS, Service, Step, steps};

/// Writes and reads `value` in each of the formats.
fn copies<T: Serialize + DeserializeOwned>(value: &T) -> [T; 3] {
    let json = serde_json::to_string(value).unwrap();
    let mut cbor = Vec::new();
    ciborium::into_writer(value, &mut cbor).unwrap();
    let pack = rmp_serde::to_vec(value).unwrap();
    [
        serde_json::from_str(&json).unwrap(),
        ciborium::from_reader(&*cbor).unwrap(),
        rmp_serde::from_slice(&pack).unwrap(),
    ]
}

fn comes_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    for copy in copies(value) {
        assert_eq!(copy, *value);
    }
}

/// Step of a story: an event, or something between two of them.
#[derive(Clone, Debug)]
enum Turn {
    Step(Box<Step>),
    Full(usize),
    /// A former message comes again.
    Replay(usize),
    /// The connection is lost.
    Gap,
    /// The counters of the service begin again.
    Restart,
    /// The program ends and begins again.
    Store,
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let turn = prop_oneof![
        8 => steps().prop_map(|step| Turn::Step(Box::new(step))),
        2 => any::<usize>().prop_map(Turn::Full),
        3 => any::<usize>().prop_map(Turn::Replay),
        1 => Just(Turn::Gap),
        1 => Just(Turn::Restart),
        4 => Just(Turn::Store),
    ];
    prop::collection::vec(turn, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 100,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_stored_meeting_goes_on_as_if_it_never_had_been(
        turns in turns(),
        numbers_alone in any::<bool>(),
    ) {
        let mut service = Service::new(numbers_alone);
        let mut straight = LiveMeeting::new();
        let mut stored = copies(&straight);
        let mut history = Vec::new();
        for turn in turns {
            let event = match turn {
                Turn::Step(step) => service.step(*step),
                Turn::Full(kind) => service.full(&KINDS[kind % KINDS.len()]),
                Turn::Replay(which) if !history.is_empty() => {
                    let event: &Event = &history[which % history.len()];
                    event.clone()
                }
                Turn::Replay(_) => continue,
                Turn::Gap => {
                    straight.gap();
                    stored.iter_mut().for_each(LiveMeeting::gap);
                    continue;
                }
                Turn::Restart => {
                    service.restart_counters();
                    continue;
                }
                Turn::Store => {
                    let [json, cbor, pack] = &stored;
                    let [json, _, _] = copies(json);
                    let [_, cbor, _] = copies(cbor);
                    let [_, _, pack] = copies(pack);
                    stored = [json, cbor, pack];
                    continue;
                }
            };
            let changes = straight.apply(&event);
            comes_back(&changes);
            comes_back(&Notice::Event(Box::new(event.clone())));
            for meeting in &mut stored {
                prop_assert_eq!(&meeting.apply(&event), &changes, "{:?}", event);
                prop_assert_eq!(&*meeting, &straight);
                for kind in &KINDS {
                    prop_assert_eq!(meeting.is_stale_about(kind), straight.is_stale_about(kind));
                }
            }
            history.push(event);
        }
        comes_back(&straight);
    }
}

#[test]
fn a_row_of_a_table_has_values_of_the_sdk() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Row {
        id: ConferenceId,
        at: Timestamp,
        kind: MediaType,
        change: Change,
    }
    comes_back(&Row {
        id: ConferenceId::new("912345678"),
        at: Timestamp::from_millis(1_763_800_000_123),
        kind: MediaType::HdVideo,
        change: Change::HandRaised {
            participant_id: "p1".into(),
            raised: true,
        },
    });
}

#[test]
fn changes_have_the_names_of_their_variants() {
    let ann = ParticipantInfo::new("p1").name("Ann");
    let joined = Change::ParticipantJoined(Box::new(ann));
    let muted = Change::ParticipantMuted {
        participant_id: "p1".into(),
        muted: true,
    };
    let changes = [
        joined,
        muted,
        Change::AttendeesChanged,
        Change::LockChanged(true),
    ];
    assert_eq!(
        serde_json::to_value(&changes).unwrap(),
        json!([
            {"ParticipantJoined": {"pid": "p1", "NAME": "Ann"}},
            {"ParticipantMuted": {"participant_id": "p1", "muted": true}},
            "AttendeesChanged",
            {"LockChanged": true},
        ])
    );
    assert!(serde_json::from_value::<Change>(json!("Later")).is_err());
    assert!(
        serde_json::from_value::<Change>(json!({"ParticipantMuted": {"muted": true}})).is_err()
    );
    // What passes and what is rare.
    let line = SubtitleLine::new(SubtitleLanguage::English, "hello");
    comes_back(&vec![
        Change::Subtitle(Box::new(RealTimeSubtitle::new("p1", [line]))),
        Change::CallEnded(InviteResult::new("+991", &InviteOutcome::Accepted)),
        Change::InterpretersChanged,
        Change::SubjectChanged(None),
        Change::EndTimeChanged(Some(Timestamp::from_millis(1_763_800_000_123))),
        Change::LayoutChanged {
            mode: None,
            layout: None,
        },
    ]);
}

#[test]
fn notices_come_back() {
    let after = Duration::new(1, 500_000_001);
    let closed = CloseReason::Closed {
        code: Some(1001),
        reason: "away".to_owned(),
    };
    let outcomes = [
        ChannelEnd::MeetingEnded,
        ChannelEnd::TokenRefused(closed.clone()),
        ChannelEnd::SubscriptionRefused {
            code: 7,
            description: None,
        },
        ChannelEnd::SubscriptionUnanswered { waited: after },
        ChannelEnd::Lost { silent_for: after },
        ChannelEnd::Closed(CloseReason::Broken("reset".to_owned())),
    ];
    let faults = [
        FrameFault::Unreadable(ServerFrame::parse("{").unwrap_err()),
        FrameFault::TooLong { bytes: 9, limit: 8 },
        FrameFault::SubscriptionRefused { code: -1 },
        FrameFault::Binary { bytes: 3 },
    ];
    let mut notices = vec![
        Notice::Resumed { after, attempts: 2 },
        Notice::Skipped { notices: u64::MAX },
        Notice::EndedInGap,
    ];
    notices.extend(outcomes.map(|cause| Notice::Gap { cause }));
    notices.extend(faults.map(Notice::Fault));
    comes_back(&notices);
}

/// The ids of pushes tell what was there before, so they are kept as they are.
#[test]
fn what_came_before_is_known_after_a_restart() {
    let told = |id: &str, subject: &str| {
        let info = ConferenceBasicInfo::new()
            .subject(subject)
            .passwords([RolePassword::new(ConferenceRole::Host, "135790")]);
        Event::new(info).message_id(id)
    };
    for id in ["00112233445566778899AABBCCDDEEFF", "any text", ""] {
        let mut meeting = LiveMeeting::new();
        assert_eq!(meeting.apply(&told(id, "Weekly")).len(), 2);
        for mut copy in copies(&meeting) {
            assert_eq!(copy, meeting);
            assert!(copy.apply(&told(id, "Other")).is_empty(), "it came before");
            assert!(!copy.apply(&told("another", "Other")).is_empty());
            assert!(!copy.is_stale_about(&EventKind::ConferenceBasicInfo));
        }
    }
}
