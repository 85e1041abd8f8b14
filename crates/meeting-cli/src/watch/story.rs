//! What the people on the simulator do, so that there is something to watch.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::Duration,
};

use meeting_blocking::Control;
use meeting_sim::SimMeeting;
use meeting_types::{
    ParticipantId,
    operations::{MuteMeeting, MuteParticipant, StopMeeting},
};

/// The time between two things that happen.
const PAUSE: Duration = Duration::from_millis(800);

/// A meeting from the arrival of its third participant to its end.
pub(super) struct Story<'a> {
    meeting: &'a SimMeeting,
    control: Control,
    /// Ends when nobody watches any longer.
    watched: Receiver<()>,
}

impl<'a> Story<'a> {
    pub(super) fn new(meeting: &'a SimMeeting, control: Control, watched: Receiver<()>) -> Self {
        Self {
            meeting,
            control,
            watched,
        }
    }

    /// Plays it. It breaks off when nobody watches, or when the meeting does not let it go on.
    pub(super) fn play(&self) {
        let _ = self.scenes();
    }

    /// Nothing when it breaks off.
    fn scenes(&self) -> Option<()> {
        let Self {
            meeting, control, ..
        } = self;
        let people = meeting.snapshot()?.participants.into_iter();
        let people: Vec<ParticipantId> = people.map(|one| one.id).collect();
        let [ann, bo] = &people[..] else { return None };
        self.pause()?;
        let chen = meeting.join("Chen").ok()?;
        self.pause()?;
        meeting.speak([(ann, 70)]).ok()?;
        self.pause()?;
        meeting.speak([(bo, 80), (ann, 30)]).ok()?;
        self.pause()?;
        control.send(&MuteParticipant::new(bo.clone(), true)).ok()?;
        meeting.speak([(ann, 60)]).ok()?;
        self.pause()?;
        let dee = meeting.join("Dee").ok()?;
        self.pause()?;
        control.send(&MuteMeeting::new(true)).ok()?;
        self.pause()?;
        chen.mute(false).ok()?;
        meeting.speak([(&chen.id, 55)]).ok()?;
        self.pause()?;
        dee.leave().ok()?;
        self.pause()?;
        meeting.participant(bo).leave().ok()?;
        meeting.speak([]).ok()?;
        self.pause()?;
        control.send(&StopMeeting::new()).ok()?;
        Some(())
    }

    /// Lets a moment pass; nothing when nobody watches any longer.
    fn pause(&self) -> Option<()> {
        let waited = self.watched.recv_timeout(PAUSE);
        (waited != Err(RecvTimeoutError::Disconnected)).then_some(())
    }
}
