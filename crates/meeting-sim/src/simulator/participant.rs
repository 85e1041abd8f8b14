//! Simulated people: how they come and go, and what they do in a meeting.

use std::{fmt, sync::Arc};

use meeting_types::{
    AccountId, ConferenceId, ParticipantId, ServiceError,
    events::{InviteOutcome, ParticipantClient},
};

use super::snapshot::{self, ParticipantSnapshot};
use crate::{
    service::Service,
    state::{
        State, errors,
        running::{RunningMeeting, arrival::Arrival},
    },
    vocabulary::Device,
};

/// Somebody who joins a meeting. A name alone makes somebody nobody knows, at a computer.
///
/// ```
/// use meeting_sim::Visitor;
/// use meeting_types::events::ParticipantClient;
///
/// let ann = Visitor::new("Ann").account("ann").client(ParticipantClient::Mobile);
/// # let _ = ann;
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Visitor {
    name: String,
    number: Option<String>,
    account: Option<AccountId>,
    client: ParticipantClient,
    device: Device,
}

impl Visitor {
    /// Somebody with this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            number: None,
            account: None,
            client: ParticipantClient::Desktop,
            device: Device::SoftClient,
        }
    }

    /// The number of the site; any that is free if not set.
    pub fn number(mut self, number: impl Into<String>) -> Self {
        self.number = Some(number.into());
        self
    }

    /// Logged in with this account of the enterprise.
    pub fn account(mut self, account: impl Into<AccountId>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// As what the events name the program they join with.
    pub fn client(mut self, client: ParticipantClient) -> Self {
        self.client = client;
        self
    }

    /// With what they join; a program if not set.
    pub fn device(mut self, device: Device) -> Self {
        self.device = device;
        self.client(device.client())
    }

    pub(super) fn arrival(self, host: bool, state: &State) -> Arrival {
        let account = self.account.as_ref();
        let user = account.and_then(|account| state.directory.user_by_account(account));
        Arrival {
            number: self.number,
            user_uuid: user.map(|user| user.uuid.clone()),
            account: self.account,
            host,
            device: self.device,
            client: self.client,
            ..Arrival::guest(self.name)
        }
    }
}

impl From<&str> for Visitor {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for Visitor {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

impl From<&String> for Visitor {
    fn from(name: &String) -> Self {
        Self::new(name)
    }
}

/// Handle of one participant of a meeting, or of somebody who waits to be let in.
///
/// ```
/// use meeting_sim::Simulator;
///
/// let sim = Simulator::start()?;
/// let ann = sim.create_meeting("Weekly").join("Ann")?;
/// ann.mute(true)?;
/// assert!(ann.snapshot().is_some_and(|ann| ann.muted));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct SimParticipant {
    service: Arc<Service>,
    conference_id: ConferenceId,
    /// The id in the meeting. It stays the same while somebody waits and comes in.
    pub id: ParticipantId,
}

impl fmt::Debug for SimParticipant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimParticipant")
            .field("conference_id", &self.conference_id)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl SimParticipant {
    pub(super) fn new(
        service: Arc<Service>,
        conference_id: ConferenceId,
        id: ParticipantId,
    ) -> Self {
        Self {
            service,
            conference_id,
            id,
        }
    }

    /// The participant as it is now. `None` when nobody like that is in the meeting.
    #[must_use]
    pub fn snapshot(&self) -> Option<ParticipantSnapshot> {
        self.service.step(|state| {
            let run = state.meetings.get(&self.conference_id)?.run()?;
            let mut people = run.participants.iter();
            people
                .find(|person| person.id == self.id)
                .map(snapshot::participant)
        })
    }

    /// Lets the participant leave, or somebody in the waiting room give up waiting.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, or nobody like that is in it.
    pub fn leave(&self) -> Result<(), ServiceError> {
        self.with_run(|run| {
            let waited = run.waiting_room.give_up(&self.id);
            waited.or_else(|_| run.remove(&self.id, &InviteOutcome::LeftByItself))
        })
    }

    /// Lets somebody in who waits in the waiting room, as the host does by `AllowWaitingParticipant`.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, there is no waiting room, or nobody
    /// like that is in it.
    pub fn let_in(&self) -> Result<(), ServiceError> {
        self.service.step(|state| {
            let (now, random) = (state.now, &mut state.random);
            let meeting = state.meetings.get_mut(&self.conference_id);
            let run = meeting.ok_or(errors::NO_SUCH_CONFERENCE)?.running()?;
            run.let_in(&self.id, now, random)
        })
    }

    /// Lets the participant mute or unmute themself.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, or the
    /// host does not allow unmuting.
    pub fn mute(&self, mute: bool) -> Result<(), ServiceError> {
        self.with_run(|run| {
            let allowed = mute || run.unmute_allowed;
            let participant = run.participant(&self.id)?;
            if !allowed && !participant.is_moderator() {
                return Err(errors::GUESTS_MAY_NOT.into());
            }
            participant.muted = mute;
            Ok(())
        })
    }

    /// Lets the participant raise or lower the hand.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, it is the
    /// host, or too many hands are up.
    pub fn raise_hand(&self, raise: bool) -> Result<(), ServiceError> {
        let one = std::slice::from_ref(&self.id);
        self.with_run(|run| run.set_hands(one, raise))
    }

    /// Lets the participant start or stop sharing.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, sharing is
    /// locked, or somebody else shares who may not be interrupted.
    pub fn share(&self, share: bool) -> Result<(), ServiceError> {
        self.with_run(|run| run.share(&self.id, share))
    }

    /// Lets the participant switch the camera on or off.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, there is
    /// no picture, or the host does not allow cameras.
    pub fn switch_camera(&self, on: bool) -> Result<(), ServiceError> {
        self.with_run(|run| run.switch_camera(&self.id, on))
    }

    /// Lets the participant follow what the host asked by `InviteOperateVideo`, or not.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, or nobody
    /// asked.
    pub fn answer_camera_request(&self, follow: bool) -> Result<(), ServiceError> {
        self.with_run(|run| run.answer_about_camera(&self.id, follow))
    }

    /// Lets the participant follow what the host asked by `InviteShare`, or not. Whoever was
    /// asked may share although sharing is locked or somebody else shares.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, or nobody
    /// asked.
    pub fn answer_share_request(&self, follow: bool) -> Result<(), ServiceError> {
        self.with_run(|run| run.answer_about_sharing(&self.id, follow))
    }

    /// Lets the participant start or stop recording on their own machine.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, or this
    /// one may not record.
    pub fn record_locally(&self, record: bool) -> Result<(), ServiceError> {
        self.with_run(|run| run.record(&self.id, record))
    }

    /// Lets the participant take another name.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, the name
    /// is banned, or the host does not allow renaming.
    pub fn rename(&self, name: &str) -> Result<(), ServiceError> {
        self.service.step(|state| {
            state.settings.check_name(name)?;
            let meeting = state.meetings.get_mut(&self.conference_id);
            let run = meeting.ok_or(errors::NO_SUCH_CONFERENCE)?.running()?;
            let allowed = run.settings.rename_allowed;
            let person = run.participant(&self.id)?;
            if !allowed && !person.is_moderator() {
                return Err(errors::GUESTS_MAY_NOT.into());
            }
            let number = person.number.clone();
            run.rename(&number, Some(&self.id), name);
            Ok(())
        })
    }

    /// Lets the participant say a sentence, to its end. Listeners read it while subtitles
    /// are on.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, or the
    /// microphone is off.
    pub fn say(&self, sentence: impl Into<String>) -> Result<(), ServiceError> {
        self.utter(sentence.into(), true)
    }

    /// Lets the participant begin a sentence, or go on with it. `so_far` is all of it up to
    /// now; what is told next takes its place.
    ///
    /// # Errors
    ///
    /// As for [`say`](Self::say).
    pub fn begin_to_say(&self, so_far: impl Into<String>) -> Result<(), ServiceError> {
        self.utter(so_far.into(), false)
    }

    fn utter(&self, text: String, complete: bool) -> Result<(), ServiceError> {
        self.service.step(|state| {
            let (now, random) = (state.now, &mut state.random);
            let meeting = state.meetings.get_mut(&self.conference_id);
            let run = meeting.ok_or(errors::NO_SUCH_CONFERENCE)?.running()?;
            run.say(&self.id, text, complete, now, random)
        })
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
}
