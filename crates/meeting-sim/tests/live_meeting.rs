//! What a client learns from the events is what the simulator knows, whatever happens.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use meeting_client::follow::LiveMeeting;
use meeting_sim::{
    CallOutcome, Device, MediaSnapshot, MeetingPlan, RecordingState, SimMeeting, Simulator, Visitor,
};
use meeting_types::{
    ConferenceCredential, ParticipantId, ServiceError,
    events::{EventKind, NetworkCondition, ParticipantState, ServerFrame},
    models::{
        AttendeeType, CallInRestriction, ChatPermission, ClientRecordPermission,
        ConferenceSettings, InterpreterGroup, InvitedAttendee, LayoutType, ParticipantRole,
        PictureContent, RecordType, RemovedAttendee, VideoSwitchMode, ViewTarget,
    },
    operations::{
        AllowAudienceJoin, AllowClientRecord, AllowGuestUnmute, AllowWaitingParticipant, BatchHand,
        BatchMoveToWaitingRoom, BroadcastParticipant, CancelBroadcast, DeleteAttendees, Hand,
        HangUp, InviteOperateVideo, InviteParticipant, InviteShare, LockMeeting, LockView,
        MoveToWaitingRoom, MuteMeeting, MuteParticipant, PauseConference, ProlongMeeting, Record,
        RenameParticipant, ResumeSimultaneousInterpretation, RollcallParticipant, SetCohost,
        SetCustomMultiPicture, SetHostView, SetInterpreterGroup, SetMultiPicture, SetRole,
        SwitchMode, UpdateStartedConfConfig,
    },
};
use support::{Live, Said, call, control};

const KINDS: &[EventKind] = &[
    EventKind::ConferenceBasicInfo,
    EventKind::ConferenceDynamicInfo,
    EventKind::Participants,
    EventKind::Attendees,
    EventKind::SpeakerChange,
    EventKind::WaitingList,
    EventKind::InterpreterGroup,
    EventKind::NetworkCondition,
];
/// How long a telephone rings: longer than a test, shorter than a channel may be silent.
const RINGING: Duration = Duration::from_secs(100);
const STEPS: usize = 150;

/// A meeting, what happens in it at random, and somebody who listens.
struct Story {
    sim: Simulator,
    meeting: SimMeeting,
    control: ConferenceCredential,
    dice: fastrand::Rng,
    live: Live,
    known: LiveMeeting,
    steps_that_did_something: usize,
}

impl Story {
    fn begin(seed: u64) -> Self {
        let sim = Simulator::builder()
            .seed(seed)
            .answer_after(RINGING)
            .start()
            .unwrap();
        sim.faults()
            .calls_to("+993", CallOutcome::Failed("11111003".to_owned()));
        let rules = ConferenceSettings::new().waiting_room(seed.is_multiple_of(2));
        let plan = MeetingPlan::running("Story")
            .settings(rules)
            .record_type(RecordType::Record)
            .interpretation(true);
        let meeting = sim.create_meeting(plan.length(Duration::from_secs(12 * 3600)));
        let control = control(&sim, &meeting);
        Self {
            live: Live::subscribed(&sim, &control, KINDS),
            known: LiveMeeting::new(),
            dice: fastrand::Rng::with_seed(seed),
            sim,
            meeting,
            control,
            steps_that_did_something: 0,
        }
    }

    /// Hears everything that was told until now.
    fn catch_up(&mut self) {
        hear_all(&mut self.live, &mut self.known);
    }

    /// Somebody in the meeting or before it, or nobody.
    fn somebody(&mut self) -> ParticipantId {
        let snapshot = self.meeting.snapshot().unwrap();
        let inside = snapshot.participants.into_iter().map(|one| one.id);
        let waiting = snapshot.waiting.into_iter().map(|one| one.id);
        let mut all: Vec<_> = inside.chain(waiting).collect();
        all.push("nobody".into());
        let index = self.dice.usize(..all.len());
        all.swap_remove(index)
    }

    fn number(&mut self) -> &'static str {
        let numbers = ["+991", "+992", "+993", "+994"];
        numbers[self.dice.usize(..numbers.len())]
    }

    /// Does something that may or may not be allowed.
    fn go_on(&mut self) {
        let done = match self.dice.u8(..12) {
            0..3 => self.somebody_comes_or_goes(),
            3 | 4 => self.somebody_does_something(),
            5..8 => self.the_host_controls_somebody(),
            8..11 => self.the_host_shows_something(),
            _ => self.the_host_changes_the_rules(),
        };
        self.steps_that_did_something += usize::from(done.is_ok());
    }

    fn somebody_comes_or_goes(&mut self) -> Result<(), ServiceError> {
        let id = self.meeting.conference_id.clone();
        let (who, number) = (self.somebody(), self.number());
        let (sim, control) = (&self.sim, &self.control);
        let room = Visitor::new("Room").device(Device::RoomDevice);
        match self.dice.u8(..10) {
            0 => sim.meeting(&id).unwrap().join("Ann").map(drop),
            1 => sim
                .meeting(&id)
                .unwrap()
                .join(Visitor::new("Bo").account("bo"))
                .map(drop),
            8 => sim.meeting(&id).unwrap().join(room).map(drop),
            9 => sim.meeting(&id).unwrap().join_as_host(room).map(drop),
            2 => sim.meeting(&id).unwrap().join_as_host("Hugo").map(drop),
            3 => sim.meeting(&id).unwrap().participant(&who).leave(),
            4 => {
                let kinds = [AttendeeType::SoftClient, AttendeeType::Mobile];
                let kind = kinds[self.dice.usize(..2)].clone();
                let attendee = InvitedAttendee::new("Called", kind).phone(number);
                call(sim, &InviteParticipant::new([attendee]), control)
            }
            5 => {
                sim.advance(RINGING);
                Ok(())
            }
            6 => call(sim, &HangUp::new([who]), control),
            _ => {
                let mut removed = RemovedAttendee::new(number);
                removed.participant_id = self.dice.bool().then_some(who);
                call(sim, &DeleteAttendees::new([removed]), control)
            }
        }
    }

    fn somebody_does_something(&mut self) -> Result<(), ServiceError> {
        let id = self.meeting.conference_id.clone();
        let (who, yes) = (self.somebody(), self.dice.bool());
        let sim = &self.sim;
        match self.dice.u8(..10) {
            0 => sim.meeting(&id).unwrap().participant(&who).mute(yes),
            1 => sim.meeting(&id).unwrap().participant(&who).raise_hand(yes),
            2 => sim.meeting(&id).unwrap().participant(&who).share(yes),
            3 => sim
                .meeting(&id)
                .unwrap()
                .participant(&who)
                .switch_camera(yes),
            4 => sim
                .meeting(&id)
                .unwrap()
                .participant(&who)
                .record_locally(yes),
            5 => sim
                .meeting(&id)
                .unwrap()
                .participant(&who)
                .rename("Another"),
            6 => sim
                .meeting(&id)
                .unwrap()
                .participant(&who)
                .answer_camera_request(yes),
            7 => sim
                .meeting(&id)
                .unwrap()
                .participant(&who)
                .answer_share_request(yes),
            8 => {
                let measured = NetworkCondition::new(who).video_in_loss(self.dice.u32(..9));
                sim.meeting(&id).unwrap().measure_network(measured)
            }
            _ => sim.meeting(&id).unwrap().speak([(&who, 50)]),
        }
    }

    fn the_host_controls_somebody(&mut self) -> Result<(), ServiceError> {
        let (who, other, yes) = (self.somebody(), self.somebody(), self.dice.bool());
        let number = self.number();
        let (sim, control) = (&self.sim, &self.control);
        let password = self.meeting.host_password.clone();
        match self.dice.u8(..13) {
            0 => call(sim, &MuteParticipant::new(who, yes), control),
            1 => call(sim, &Hand::new(who, yes), control),
            2 => call(sim, &BatchHand::new(yes, [who, other]), control),
            3 => call(sim, &SetCohost::new(who, yes), control),
            4 => call(
                sim,
                &SetRole::new(who, yes).host_password(password),
                control,
            ),
            5 => call(sim, &InviteOperateVideo::new(who, yes), control),
            6 => call(sim, &InviteShare::new(who, yes), control),
            7 => call(sim, &AllowClientRecord::new(who, yes), control),
            8 => {
                let rename = RenameParticipant::new(number, "Renamed").participant_id(who);
                call(sim, &rename, control)
            }
            9 => call(sim, &MoveToWaitingRoom::new(who), control),
            10 => call(sim, &BatchMoveToWaitingRoom::new([who, other]), control),
            11 => {
                let one = AllowWaitingParticipant::new().participant_id(who);
                call(sim, &one, control)
            }
            _ => {
                let all = AllowWaitingParticipant::new().allow_all(true);
                call(sim, &all, control)
            }
        }
    }

    fn the_host_shows_something(&mut self) -> Result<(), ServiceError> {
        let (who, other, yes) = (self.somebody(), self.somebody(), self.dice.bool());
        let number = self.number();
        let (sim, control) = (&self.sim, &self.control);
        let view = |target| SetHostView::new(target).poll(yes).source_id(who.clone());
        match self.dice.u8(..14) {
            0 => call(sim, &BroadcastParticipant::new(who), control),
            1 => call(sim, &RollcallParticipant::new(who), control),
            2 => call(sim, &CancelBroadcast::new(), control),
            3 => {
                let several = SwitchMode::new(VideoSwitchMode::Fixed, true);
                call(sim, &several, control)
            }
            4 => call(sim, &SwitchMode::new(VideoSwitchMode::Voice, yes), control),
            5 => call(sim, &SetCustomMultiPicture::new(false), control),
            6 => {
                let picture = PictureContent::new(2).participants([number]);
                let by_hand = SetCustomMultiPicture::new(true)
                    .layout_type(LayoutType::Two)
                    .pictures([picture])
                    .save_only(yes);
                call(sim, &by_hand, control)
            }
            7 => {
                let ids = [who.as_str(), other.as_str()];
                let by_hand = SetMultiPicture::new(true)
                    .layout_type(LayoutType::Single)
                    .pictures([PictureContent::new(1).participants(ids)]);
                call(sim, &by_hand, control)
            }
            8 => call(sim, &view(ViewTarget::Polling), control),
            9 => call(sim, &view(ViewTarget::MultiPicture), control),
            10 => call(sim, &view(ViewTarget::Participant), control),
            11 => call(sim, &LockView::new(who, other, yes), control),
            12 => call(sim, &Record::new(yes), control),
            _ => {
                let language = if yes { "en" } else { "fr" };
                let group = InterpreterGroup::new("g1", "zh", language);
                call(sim, &SetInterpreterGroup::new([group]), control)?;
                let switch = ResumeSimultaneousInterpretation::new(yes);
                call(sim, &switch, control)
            }
        }
    }

    fn the_host_changes_the_rules(&mut self) -> Result<(), ServiceError> {
        let (which, yes) = (self.dice.u8(..9), self.dice.bool());
        let (sim, control) = (&self.sim, &self.control);
        let change = UpdateStartedConfConfig::new();
        let change = match which {
            0 => return call(sim, &MuteMeeting::new(yes).allow_self_unmute(yes), control),
            1 => return call(sim, &AllowGuestUnmute::new(yes), control),
            2 => return call(sim, &LockMeeting::new(yes), control),
            3 => return call(sim, &PauseConference::new(yes), control),
            4 => return call(sim, &AllowAudienceJoin::new(yes), control),
            5 => return call(sim, &ProlongMeeting::new(yes), control),
            6 => change.call_in_restriction(if yes {
                CallInRestriction::Enterprise
            } else {
                CallInRestriction::Anyone
            }),
            7 => change
                .chat_permission(if yes {
                    ChatPermission::Forbidden
                } else {
                    ChatPermission::Free
                })
                .lock_sharing(yes),
            _ => change
                .client_record_permission(if yes {
                    ClientRecordPermission::Everyone
                } else {
                    ClientRecordPermission::Host
                })
                .take_over_sharing(yes),
        };
        call(sim, &change, control)
    }

    /// What was heard is what the simulator knows.
    fn compare(&self) {
        let truth = self.meeting.snapshot().unwrap();
        let rules = self.known.dynamic_info();
        assert_eq!(rules.end_time, Some(truth.ends_at));
        assert_eq!(rules.locked, Some(truth.locked));
        assert_eq!(rules.mute_on_entry, Some(truth.mute_on_entry));
        assert_eq!(rules.unmute_allowed, Some(truth.unmute_allowed));
        assert_eq!(rules.sharing_locked, Some(truth.sharing_locked));
        assert_eq!(rules.call_in_restriction, Some(truth.call_in_restriction));
        assert_eq!(rules.paused, Some(truth.paused));
        assert_eq!(rules.audience_allowed, Some(truth.audience_allowed));
        assert_eq!(rules.waiting_room, Some(truth.waiting_room));
        let forbidden = truth.chat_permission == ChatPermission::Forbidden;
        assert_eq!(rules.chat_forbidden, Some(forbidden));
        let mode = truth.client_record_permission.code();
        assert_eq!(rules.client_recording_mode, Some(mode));
        let recording = truth.participants.iter().any(|one| one.recording);
        assert_eq!(rules.client_recording, Some(recording));

        self.compare_media(truth.media.as_ref().unwrap());
        let speakers = self.known.speakers().iter();
        let speakers: Vec<_> = speakers.map(|one| one.participant_id.clone()).collect();
        assert_eq!(speakers, truth.speakers);
        assert_eq!(self.known.participants().len(), truth.participants.len());
        for one in &truth.participants {
            let seen = self.known.participant(&one.id).unwrap();
            assert_eq!(seen.name.as_deref(), Some(&*one.name));
            assert_eq!(seen.phone.as_deref(), Some(&*one.number));
            let host = seen.role == Some(ParticipantRole::Host);
            assert_eq!(host, one.host);
            let calling = seen.state == Some(ParticipantState::Calling);
            assert_eq!(calling, one.calling);
            assert_eq!(seen.muted, Some(one.muted));
            assert_eq!(seen.cohost, Some(one.cohost));
            assert_eq!(seen.hand_raised, Some(one.hand_raised));
            assert_eq!(seen.sharing, Some(one.sharing));
            assert_eq!(seen.camera_on, Some(one.camera_on));
            assert_eq!(seen.local_recording, Some(one.recording));
            assert_eq!(seen.client_record_allowed, Some(one.may_record));
            assert_eq!(seen.share_requested, Some(one.asked_to_share));
        }
        assert_eq!(self.known.waiting_room().len(), truth.waiting.len());
        for one in &truth.waiting {
            let mut waiting = self.known.waiting_room();
            let seen = waiting.find(|seen| seen.participant_id == one.id).unwrap();
            assert_eq!(seen.name.as_deref(), Some(&*one.name));
            assert_eq!(seen.phone.as_deref(), Some(&*one.number));
            assert_eq!(seen.waiting_since, Some(one.since));
        }
    }
}

impl Story {
    /// What is shown, recorded and interpreted is what the simulator knows.
    fn compare_media(&self, truth: &MediaSnapshot) {
        let known = &self.known;
        let seen = known.dynamic_info();
        assert_eq!(known.broadcast_mode(), Some(&truth.broadcast_mode));
        assert_eq!(known.layout(), truth.multi_picture.as_ref());
        assert_eq!(seen.voice_activation, Some(truth.voice_activation));
        assert_eq!(seen.host_polling, Some(truth.host_polling));
        let recording = truth.recording == RecordingState::Running;
        assert_eq!(known.is_recording(), recording);
        assert_eq!(seen.recorded, Some(truth.recorded));
        assert_eq!(seen.interpretation, Some(truth.interpretation));
        assert_eq!(known.interpreter_groups(), truth.interpreter_groups);
        for person in known.participants() {
            let id = Some(&person.participant_id);
            let broadcast = id == truth.broadcast.as_ref();
            assert_eq!(person.broadcast, Some(broadcast));
            assert_eq!(person.has_floor, Some(id == truth.floor.as_ref()));
        }
    }
}

/// Hears everything that was told until now: the answer to a heartbeat comes behind it.
fn hear_all(live: &mut Live, known: &mut LiveMeeting) {
    live.heartbeat("000000000000000001611993655770");
    loop {
        match live.hear() {
            Said::Frame(ServerFrame::Event(event)) => drop(known.apply(&event)),
            Said::Frame(ServerFrame::HeartBeat { .. }) => return,
            other => panic!("{other:?}"),
        }
    }
}

/// Both know the same. Invitations have no order.
fn agree(one: &LiveMeeting, other: &LiveMeeting, seed: u64) {
    assert_eq!(one.basic_info(), other.basic_info(), "seed {seed}");
    assert_eq!(one.dynamic_info(), other.dynamic_info(), "seed {seed}");
    assert!(one.participants().eq(other.participants()), "seed {seed}");
    assert!(one.waiting_room().eq(other.waiting_room()), "seed {seed}");
    assert_eq!(one.speakers(), other.speakers(), "seed {seed}");
    assert_eq!(one.interpreter_groups(), other.interpreter_groups());
    for person in one.participants() {
        let id = &person.participant_id;
        assert_eq!(one.network(id), other.network(id), "seed {seed}");
    }
    let invited = |meeting: &LiveMeeting| {
        let mut invited = meeting.attendees().to_vec();
        invited.sort_by(|one, other| one.phone.cmp(&other.phone));
        invited
    };
    assert_eq!(invited(one), invited(other), "seed {seed}");
}

#[test]
fn the_events_tell_everything_that_happens() {
    let mut did_something = 0;
    for seed in 0..8 {
        let mut story = Story::begin(seed);
        story.catch_up();
        for _ in 0..STEPS {
            story.go_on();
            story.catch_up();
            story.compare();
        }
        did_something += story.steps_that_did_something;
        // Whoever comes late hears the same at once.
        let mut late = Live::subscribed(&story.sim, &story.control, KINDS);
        let mut known = LiveMeeting::new();
        hear_all(&mut late, &mut known);
        agree(&known, &story.known, seed);
    }
    assert!(did_something > 8 * STEPS / 3, "{did_something}");
}
