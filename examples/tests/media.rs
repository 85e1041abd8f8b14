//! A client that only hears the events knows what is shown, recorded and interpreted in a meeting.

use meeting_blocking::{
    Client, LiveEvents, LiveMeeting,
    types::{
        ParticipantId,
        events::ParticipantClient,
        models::{
            InterpreterGroup, LayoutType, PictureContent, RecordType, VideoSwitchMode, ViewTarget,
        },
        operations::{
            BroadcastParticipant, CancelBroadcast, Record, ResumeSimultaneousInterpretation,
            RollcallParticipant, SetCustomMultiPicture, SetHostView, SetInterpreterGroup, SetRole,
            SwitchMode,
        },
    },
};
use meeting_sim::{MeetingPlan, RecordingState, SimMeeting, Simulator, Visitor};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Hears all that was told up to now, and compares it with how the meeting is.
struct Watch<'a> {
    sim: &'a Simulator,
    meeting: &'a SimMeeting,
    events: LiveEvents,
    host: &'a ParticipantId,
    /// What the host says is told after all that was done before.
    volume: i32,
}

impl Watch<'_> {
    fn check(&mut self, what: &str) -> Result<(), Error> {
        let id = &self.meeting.conference_id;
        self.volume += 1;
        self.sim.speak(id, [(self.host, self.volume)])?;
        while self
            .events
            .meeting()
            .speakers()
            .first()
            .is_none_or(|speaker| speaker.volume != Some(self.volume))
        {
            self.events.next().ok_or("the channel ended")??;
        }
        compare(self.events.meeting(), self.sim, self.meeting, what)
    }
}

fn compare(
    known: &LiveMeeting,
    sim: &Simulator,
    meeting: &SimMeeting,
    what: &str,
) -> Result<(), Error> {
    let truth = sim.meeting(&meeting.conference_id).ok_or("no meeting")?;
    let media = truth.media.ok_or("it does not run")?;
    let dynamic = known.dynamic_info();
    assert_eq!(
        known.broadcast_mode(),
        Some(&media.broadcast_mode),
        "{what}"
    );
    assert_eq!(known.layout(), media.multi_picture.as_ref(), "{what}");
    let voice = dynamic.voice_activation;
    assert_eq!(voice, Some(media.voice_activation), "{what}");
    assert_eq!(dynamic.host_polling, Some(media.host_polling), "{what}");
    let recording = media.recording == RecordingState::Running;
    assert_eq!(known.is_recording(), recording, "{what}");
    assert_eq!(dynamic.recorded, Some(media.recorded), "{what}");
    let interpretation = dynamic.interpretation;
    assert_eq!(interpretation, Some(media.interpretation), "{what}");
    let groups = known.interpreter_groups();
    assert_eq!(groups, media.interpreter_groups, "{what}");
    assert_eq!(known.has_subtitles(), media.subtitles, "{what}");
    assert_eq!(known.participants().len(), truth.participants.len());
    for person in known.participants() {
        let id = Some(&person.participant_id);
        let broadcast = person.broadcast == Some(true);
        assert_eq!(broadcast, id == media.broadcast.as_ref(), "{what}");
        let floor = person.has_floor == Some(true);
        assert_eq!(floor, id == media.floor.as_ref(), "{what}");
        let mut truths = truth.participants.iter();
        let truth = truths.find(|truth| Some(&truth.id) == id);
        assert_eq!(person.muted, truth.map(|truth| truth.muted), "{what}");
    }
    Ok(())
}

#[test]
fn a_client_knows_what_is_shown_and_recorded() -> Result<(), Error> {
    let sim = Simulator::start()?;
    let plan = MeetingPlan::running("Watched")
        .record_type(RecordType::Record)
        .interpretation(true);
    let meeting = sim.create_meeting(plan);
    let id = &meeting.conference_id;
    let ann = sim.join(id, "Ann")?;
    let room = sim.join(id, Visitor::new("Room 1").client(ParticipantClient::Other))?;
    let client = Client::anonymous(sim.endpoint());
    let control = client.control(id.clone(), meeting.host_password.clone())?;
    control.send(&SetRole::new(room.clone(), true).host_password(meeting.host_password.clone()))?;
    let mut watch = Watch {
        sim: &sim,
        meeting: &meeting,
        events: control.events()?,
        host: &room,
        volume: 0,
    };
    watch.check("the snapshots")?;
    control.send(&BroadcastParticipant::new(ann.clone()))?;
    watch.check("a broadcast")?;
    control.send(&RollcallParticipant::new(ann.clone()))?;
    watch.check("a roll call")?;
    control.send(&CancelBroadcast::new())?;
    watch.check("the end of it")?;
    control.send(&SwitchMode::new(VideoSwitchMode::Fixed, true))?;
    watch.check("several pictures")?;
    let bo = sim.join(id, "Bo")?;
    watch.check("another picture")?;
    let truth = sim.meeting(id).ok_or("no meeting")?;
    let number = truth.participants.last().ok_or("nobody")?.number.clone();
    let by_hand = SetCustomMultiPicture::new(true)
        .layout_type(LayoutType::Four)
        .pictures([PictureContent::new(2).participants([number])]);
    control.send(&by_hand)?;
    watch.check("an arrangement")?;
    sim.leave(id, &bo)?;
    watch.check("an empty picture")?;
    control.send(&SwitchMode::new(VideoSwitchMode::Voice, false))?;
    watch.check("the loudest speaker")?;
    control.send(&SetHostView::new(ViewTarget::Polling).poll(true))?;
    watch.check("polling")?;
    control.send(&Record::new(true))?;
    watch.check("a recording")?;
    control.send(&Record::new(false))?;
    watch.check("no recording")?;
    let group = InterpreterGroup::new("g1", "zh", "en");
    control.send(&SetInterpreterGroup::new([group]))?;
    control.send(&ResumeSimultaneousInterpretation::new(true))?;
    watch.check("interpretation")?;
    let group = InterpreterGroup::new("g2", "zh", "fr");
    control.send(&SetInterpreterGroup::new([group]))?;
    watch.check("other interpreters")
}
