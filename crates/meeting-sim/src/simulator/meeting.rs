//! Handle of one meeting.

use std::{fmt, sync::Arc};

use meeting_types::{
    ConferenceId, ParticipantId, Password, ServiceError,
    events::{NetworkCondition, Speaker},
};

use super::{
    participant::{SimParticipant, Visitor},
    snapshot::{self, MeetingSnapshot},
};
use crate::{
    service::Service,
    state::{
        State,
        booking::meetings::Phase,
        errors,
        feed::Feed,
        running::{RunningMeeting, settings::MeetingSettings},
    },
};

/// Handle of one meeting, with what opens it.
///
/// ```
/// use meeting_sim::Simulator;
///
/// let sim = Simulator::start()?;
/// let weekly = sim.create_meeting("Weekly");
/// let ann = weekly.join("Ann")?;
/// ann.share(true)?;
/// assert!(weekly.snapshot().is_some_and(|weekly| weekly.participants[0].sharing));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct SimMeeting {
    service: Arc<Service>,
    /// Its id.
    pub conference_id: ConferenceId,
    /// Lets in as host, and opens control with all rights.
    pub host_password: Password,
    /// Lets in as guest, and opens control with few rights.
    pub guest_password: Password,
}

/// Two handles of one meeting are equal.
impl PartialEq for SimMeeting {
    fn eq(&self, other: &Self) -> bool {
        self.conference_id == other.conference_id
            && self.host_password == other.host_password
            && self.guest_password == other.guest_password
    }
}

impl Eq for SimMeeting {}

impl fmt::Debug for SimMeeting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimMeeting")
            .field("conference_id", &self.conference_id)
            .finish_non_exhaustive()
    }
}

impl SimMeeting {
    /// The meeting with this id.
    pub(super) fn find(service: &Arc<Service>, id: &ConferenceId) -> Option<Self> {
        let passwords = service.step(|state| {
            let meeting = state.meetings.get(id)?;
            Some((
                meeting.host_password.clone(),
                meeting.guest_password.clone(),
            ))
        });
        passwords.map(|(host_password, guest_password)| Self {
            service: Arc::clone(service),
            conference_id: id.clone(),
            host_password,
            guest_password,
        })
    }

    /// The meeting as it is now. `None` once it is cancelled.
    #[must_use]
    pub fn snapshot(&self) -> Option<MeetingSnapshot> {
        self.service.step(|state| {
            let meeting = state.meetings.get(&self.conference_id)?;
            Some(snapshot::snapshot(meeting, &state.feeds))
        })
    }

    /// Handle of a participant, or of somebody who waits to be let in.
    #[must_use]
    pub fn participant(&self, id: &ParticipantId) -> SimParticipant {
        let service = Arc::clone(&self.service);
        SimParticipant::new(service, self.conference_id.clone(), id.clone())
    }

    /// Lets a simulated guest join. A booked meeting starts if its settings let guests start it.
    /// Where there is a waiting room, the guest waits there until the host lets them in.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting has not started, or it is over, or it is locked, or
    /// it is not for somebody like that.
    pub fn join(&self, visitor: impl Into<Visitor>) -> Result<SimParticipant, ServiceError> {
        self.arrive(visitor.into(), false)
    }

    /// Lets a simulated host join. A booked meeting starts.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is over, or it has a host.
    pub fn join_as_host(
        &self,
        visitor: impl Into<Visitor>,
    ) -> Result<SimParticipant, ServiceError> {
        self.arrive(visitor.into(), true)
    }

    fn arrive(&self, visitor: Visitor, host: bool) -> Result<SimParticipant, ServiceError> {
        let conference_id = &self.conference_id;
        let id = self.service.step(|state| {
            let arrival = visitor.arrival(host, state);
            let meeting = state.meetings.get(conference_id);
            let meeting = meeting.ok_or(errors::NO_SUCH_CONFERENCE)?;
            if meeting.run().is_none() && !host {
                if !meeting.guests_can_start() {
                    return Err(match meeting.phase {
                        Phase::Booked => errors::GUEST_MUST_WAIT.into(),
                        _ => ServiceError::from(errors::ENDED),
                    });
                }
                // Whoever may not come in does not start it.
                MeetingSettings::of(&meeting.booking).admit(&arrival, meeting.invited())?;
            }
            state.start(conference_id)?;
            let (now, random) = (state.now, &mut state.random);
            let meeting = state.meetings.get_mut(conference_id);
            let run = meeting.ok_or(errors::NO_SUCH_CONFERENCE)?.running()?;
            run.enter(arrival, now, random)
        })?;
        Ok(self.participant(&id))
    }

    /// Ends the meeting if it runs, as its host does.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running.
    pub fn end(&self) -> Result<(), ServiceError> {
        self.service.step(|state: &mut State| {
            let meeting = state.meetings.get_mut(&self.conference_id);
            meeting.ok_or(errors::NO_SUCH_CONFERENCE)?.running()?;
            state.stop(&self.conference_id);
            Ok(())
        })
    }

    /// Lets these simulated participants speak, each at a volume. The three loudest are told to
    /// listeners; an empty list is silence.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, or nobody like that is in it.
    pub fn speak<'a>(
        &self,
        speakers: impl IntoIterator<Item = (&'a ParticipantId, i32)>,
    ) -> Result<(), ServiceError> {
        self.with_run(|run| {
            let mut loudest = Vec::new();
            for (id, volume) in speakers {
                let name = run.participant(id)?.name.clone();
                loudest.push(Speaker::new(id.clone()).volume(volume).name(name));
            }
            loudest.sort_by_key(|speaker| std::cmp::Reverse(speaker.volume));
            loudest.truncate(3);
            run.speakers = loudest;
            Ok(())
        })
    }

    /// Sets what is measured of a participant's connection: whatever `condition` has set takes the
    /// place of what was known.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, or nobody like that is in it.
    pub fn measure_network(&self, condition: NetworkCondition) -> Result<(), ServiceError> {
        self.with_run(|run| {
            let id = run.participant(&condition.participant_id)?.id.clone();
            let known = run.network.entry(id.clone());
            known
                .or_insert_with(|| NetworkCondition::new(id))
                .merge(condition);
            Ok(())
        })
    }

    /// Breaks off all live channels without a word, as a fault of the network does.
    pub fn cut_channels(&self) {
        self.with_feed(Feed::cut);
    }

    /// Breaks off each live channel that opens from now on after this many frames, the answer to the
    /// subscription included. `None` ends that for the channels to come.
    pub fn cut_channels_after(&self, frames: Option<u32>) {
        self.with_feed(|feed| feed.frames_each = frames);
    }

    /// Sends a text frame as it is to all live channels: events that the simulator does not make
    /// itself, or garbage.
    pub fn push_frame(&self, frame: &str) {
        self.with_feed(|feed| feed.push_raw(frame));
    }

    fn with_run<R>(
        &self,
        work: impl FnOnce(&mut RunningMeeting) -> Result<R, ServiceError>,
    ) -> Result<R, ServiceError> {
        self.service.step(|state| {
            let meeting = state.meetings.get_mut(&self.conference_id);
            work(meeting.ok_or(errors::NO_SUCH_CONFERENCE)?.running()?)
        })
    }

    fn with_feed(&self, work: impl FnOnce(&mut Feed)) {
        self.service.step(|state| {
            let meeting = state.meetings.get(&self.conference_id);
            if meeting.is_some_and(|meeting| meeting.run().is_some()) {
                work(state.feeds.of(&self.conference_id));
            }
        });
    }
}
