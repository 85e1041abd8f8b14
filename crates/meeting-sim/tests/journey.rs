//! From credentials to live events, and back.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use meeting_sim::{MeetingState, Simulator};
use meeting_types::{
    ConferenceCredential,
    events::{EventKind, EventPayload, ParticipantChange, SnapshotMode},
    models::{Booking, ConferenceState, MediaType, ParticipantRole},
    operations::{CreateConfToken, CreateMeeting, MuteParticipant, StopMeeting},
};
use support::{Live, Said, call, control, dynamic_info, log_in};

#[test]
fn from_credentials_to_live_events() {
    for tls in [false, true] {
        let sim = Simulator::builder().tls(tls).start().unwrap();
        let token = log_in(&sim);
        let create = CreateMeeting::new(Booking::new([MediaType::HdVideo]).subject("Weekly"));
        let meeting = call(&sim, &create, &token).unwrap().remove(0);
        assert_eq!(meeting.state, Some(ConferenceState::Running));
        let id = meeting.conference_id.clone();
        let password = meeting.passwords[0].password.clone().unwrap();

        let ask = CreateConfToken::new(id.clone()).password(password);
        let grant = call(&sim, &ask, &()).unwrap();
        assert_eq!(grant.data.role, Some(ParticipantRole::Host));
        let control = ConferenceCredential::new(id.clone(), grant.data.token.expose());
        let kinds = [
            EventKind::ConferenceBasicInfo,
            EventKind::ConferenceDynamicInfo,
            EventKind::Participants,
        ];
        let mut live = Live::subscribed(&sim, &control, &kinds);
        for kind in &kinds {
            let event = live.event();
            assert_eq!((&event.kind, event.mode), (kind, SnapshotMode::Full));
        }

        let ann = sim.meeting(&id).unwrap().join("Ann").unwrap().id;
        let event = live.event();
        assert_eq!(
            (event.mode, event.version),
            (SnapshotMode::Increment, Some(1))
        );
        let EventPayload::Participants(changes) = event.payload else {
            panic!()
        };
        let [ParticipantChange::Update(info)] = &*changes else {
            panic!()
        };
        assert_eq!(
            (&info.participant_id, info.name.as_deref()),
            (&ann, Some("Ann"))
        );

        call(&sim, &MuteParticipant::new(ann.clone(), true), &control).unwrap();
        let event = live.event();
        assert_eq!(event.version, Some(2));
        let EventPayload::Participants(changes) = event.payload else {
            panic!()
        };
        let [ParticipantChange::Update(info)] = &*changes else {
            panic!()
        };
        assert_eq!(
            (info.muted, &info.name),
            (Some(true), &None),
            "only what changed"
        );

        call(&sim, &StopMeeting::new(), &control).unwrap();
        let event = live.event();
        let EventPayload::ConferenceDynamicInfo(info) = event.payload else {
            panic!()
        };
        assert_eq!(info.state, Some(ConferenceState::Ended));
        assert!(matches!(live.hear(), Said::Closed));
        assert_eq!(
            sim.meeting(&id).unwrap().snapshot().unwrap().state,
            MeetingState::Ended
        );
    }
}

#[test]
fn a_meeting_ends_without_a_host() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let control = control(&sim, &meeting);
    let mut live = Live::subscribed(&sim, &control, &[EventKind::ConferenceDynamicInfo]);
    assert_eq!(
        dynamic_info(live.event()).state,
        Some(ConferenceState::Running)
    );
    meeting.end().unwrap();
    assert_eq!(
        dynamic_info(live.event()).state,
        Some(ConferenceState::Ended)
    );
    assert_eq!(meeting.snapshot().unwrap().state, MeetingState::Ended);
    assert_eq!(meeting.end().unwrap_err().code(), "MMC.111072006");
    assert!(sim.meeting("1").is_none());
}
