//! What the people on the simulator do, so that there is something to watch.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::Duration,
};

use meeting_blocking::Control;
use meeting_sim::Simulator;
use meeting_types::{
    ConferenceId, ParticipantId,
    operations::{MuteMeeting, MuteParticipant, StopMeeting},
};

/// The time between two things that happen.
const PAUSE: Duration = Duration::from_millis(800);

/// A meeting from the arrival of its third participant to its end.
pub(super) struct Story<'a> {
    sim: &'a Simulator,
    id: &'a ConferenceId,
    control: Control,
    /// Ends when nobody watches any longer.
    watched: Receiver<()>,
}

impl<'a> Story<'a> {
    pub(super) fn new(
        sim: &'a Simulator,
        id: &'a ConferenceId,
        control: Control,
        watched: Receiver<()>,
    ) -> Self {
        Self {
            sim,
            id,
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
            sim, id, control, ..
        } = self;
        let meeting = sim.meeting(id)?;
        let people: Vec<ParticipantId> = meeting.participants.into_iter().map(|p| p.id).collect();
        let [ann, bo] = &people[..] else { return None };
        self.pause()?;
        let chen = sim.join(id, "Chen").ok()?;
        self.pause()?;
        sim.speak(id, [(ann, 70)]).ok()?;
        self.pause()?;
        sim.speak(id, [(bo, 80), (ann, 30)]).ok()?;
        self.pause()?;
        control.send(&MuteParticipant::new(bo.clone(), true)).ok()?;
        sim.speak(id, [(ann, 60)]).ok()?;
        self.pause()?;
        let dee = sim.join(id, "Dee").ok()?;
        self.pause()?;
        control.send(&MuteMeeting::new(true)).ok()?;
        self.pause()?;
        sim.mute(id, &chen, false).ok()?;
        sim.speak(id, [(&chen, 55)]).ok()?;
        self.pause()?;
        sim.leave(id, &dee).ok()?;
        self.pause()?;
        sim.leave(id, bo).ok()?;
        sim.speak(id, []).ok()?;
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
