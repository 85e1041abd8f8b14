//! Simulated people: how they come and go, and what they do in a meeting.

use meeting_types::{
    AccountId, ConferenceId, ParticipantId, ServiceError,
    events::{InviteOutcome, NetworkCondition, ParticipantClient},
    models::AttendeeType,
};

use crate::{
    Simulator, refusal,
    state::{State, meetings::Phase, rules::Rules, run::Arrival},
};

/// With what a simulated participant joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Device {
    /// A program on a computer or a phone.
    SoftClient,
    /// A professional room device, such as one of the TE series.
    RoomDevice,
    /// A telephone: sound, no picture.
    Telephone,
}

impl Device {
    /// The device that goes with an invitation.
    pub(crate) fn of(kind: &AttendeeType) -> Self {
        match kind {
            AttendeeType::Terminal | AttendeeType::Telepresence => Self::RoomDevice,
            AttendeeType::Mobile => Self::Telephone,
            _ => Self::SoftClient,
        }
    }

    pub(crate) fn has_video(self) -> bool {
        self != Self::Telephone
    }

    /// The client as pushes name it.
    pub(crate) fn client(self) -> ParticipantClient {
        match self {
            Self::SoftClient => ParticipantClient::Desktop,
            Self::RoomDevice | Self::Telephone => ParticipantClient::Other,
        }
    }
}

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

    fn arrival(self, host: bool, state: &State) -> Arrival {
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

impl Simulator {
    /// Lets a simulated guest join. A booked meeting starts if its settings let guests start it.
    /// Where there is a waiting room, the guest waits there until the host lets them in.
    ///
    /// # Errors
    ///
    /// What the service would say: there is no such meeting, or it has not started, or it is over,
    /// or it is locked, or it is not for somebody like that.
    pub fn join(
        &self,
        conference_id: &ConferenceId,
        visitor: impl Into<Visitor>,
    ) -> Result<ParticipantId, ServiceError> {
        self.arrive(conference_id, visitor.into(), false)
    }

    /// Lets a simulated host join. A booked meeting starts.
    ///
    /// # Errors
    ///
    /// What the service would say: there is no such meeting, or it is over, or it has a host.
    pub fn join_as_host(
        &self,
        conference_id: &ConferenceId,
        visitor: impl Into<Visitor>,
    ) -> Result<ParticipantId, ServiceError> {
        self.arrive(conference_id, visitor.into(), true)
    }

    fn arrive(
        &self,
        conference_id: &ConferenceId,
        visitor: Visitor,
        host: bool,
    ) -> Result<ParticipantId, ServiceError> {
        self.service.step(|state| {
            let arrival = visitor.arrival(host, state);
            let meeting = state.meetings.get(conference_id);
            let meeting = meeting.ok_or(refusal::NO_SUCH_CONFERENCE)?;
            if meeting.run().is_none() && !host {
                if !meeting.guests_can_start() {
                    return Err(match meeting.phase {
                        Phase::Booked => refusal::GUEST_MUST_WAIT.into(),
                        _ => refusal::ENDED.into(),
                    });
                }
                // Whoever may not come in does not start it.
                Rules::of(meeting).admit(&arrival, meeting.invited())?;
            }
            state.start(conference_id)?;
            let (now, random) = (state.now, &mut state.random);
            let meeting = state.meetings.get_mut(conference_id);
            let run = meeting.ok_or(refusal::NO_SUCH_CONFERENCE)?.running()?;
            run.enter(arrival, now, random)
        })
    }

    /// Lets a simulated participant leave, or somebody in the waiting room give up waiting.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, or nobody like that is in it.
    pub fn leave(
        &self,
        conference_id: &ConferenceId,
        participant: &ParticipantId,
    ) -> Result<(), ServiceError> {
        self.with_run(conference_id, |run| {
            let waited = run.waiting_room.give_up(participant);
            waited.or_else(|_| run.remove(participant, &InviteOutcome::LeftByItself))
        })
    }

    /// Lets somebody in who waits in the waiting room, as the host does by `AllowWaitingParticipant`.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, there is no waiting room, or nobody
    /// like that is in it.
    pub fn let_in(
        &self,
        conference_id: &ConferenceId,
        waiting: &ParticipantId,
    ) -> Result<(), ServiceError> {
        self.service.step(|state| {
            let (now, random) = (state.now, &mut state.random);
            let meeting = state.meetings.get_mut(conference_id);
            let run = meeting.ok_or(refusal::NO_SUCH_CONFERENCE)?.running()?;
            run.let_in(waiting, now, random)
        })
    }

    /// Lets a simulated participant mute or unmute themself.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, or the
    /// host does not allow unmuting.
    pub fn mute(
        &self,
        conference_id: &ConferenceId,
        participant: &ParticipantId,
        mute: bool,
    ) -> Result<(), ServiceError> {
        self.with_run(conference_id, |run| {
            let allowed = mute || run.unmute_allowed;
            let participant = run.participant(participant)?;
            if !allowed && !participant.leads() {
                return Err(refusal::GUESTS_MAY_NOT.into());
            }
            participant.muted = mute;
            Ok(())
        })
    }

    /// Lets a simulated participant raise or lower the hand.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, it is the
    /// host, or too many hands are up.
    pub fn raise_hand(
        &self,
        conference_id: &ConferenceId,
        participant: &ParticipantId,
        raise: bool,
    ) -> Result<(), ServiceError> {
        let one = std::slice::from_ref(participant);
        self.with_run(conference_id, |run| run.set_hands(one, raise))
    }

    /// Lets a simulated participant start or stop sharing.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, sharing is
    /// locked, or somebody else shares who may not be interrupted.
    pub fn share(
        &self,
        conference_id: &ConferenceId,
        participant: &ParticipantId,
        share: bool,
    ) -> Result<(), ServiceError> {
        self.with_run(conference_id, |run| run.share(participant, share))
    }

    /// Lets a simulated participant switch the camera on or off.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, there is
    /// no picture, or the host does not allow cameras.
    pub fn switch_camera(
        &self,
        conference_id: &ConferenceId,
        participant: &ParticipantId,
        on: bool,
    ) -> Result<(), ServiceError> {
        self.with_run(conference_id, |run| run.switch_camera(participant, on))
    }

    /// Lets a simulated participant follow what the host asked by `InviteOperateVideo`, or not.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, or nobody
    /// asked.
    pub fn answer_camera_request(
        &self,
        conference_id: &ConferenceId,
        participant: &ParticipantId,
        follow: bool,
    ) -> Result<(), ServiceError> {
        self.with_run(conference_id, |run| {
            run.answer_about_camera(participant, follow)
        })
    }

    /// Lets a simulated participant follow what the host asked by `InviteShare`, or not. Whoever was
    /// asked may share although sharing is locked or somebody else shares.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, or nobody
    /// asked.
    pub fn answer_share_request(
        &self,
        conference_id: &ConferenceId,
        participant: &ParticipantId,
        follow: bool,
    ) -> Result<(), ServiceError> {
        self.with_run(conference_id, |run| {
            run.answer_about_sharing(participant, follow)
        })
    }

    /// Lets a simulated participant start or stop recording on their own machine.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, or this
    /// one may not record.
    pub fn record_locally(
        &self,
        conference_id: &ConferenceId,
        participant: &ParticipantId,
        record: bool,
    ) -> Result<(), ServiceError> {
        self.with_run(conference_id, |run| run.record(participant, record))
    }

    /// Lets a simulated participant take another name.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, the name
    /// is banned, or the host does not allow renaming.
    pub fn rename(
        &self,
        conference_id: &ConferenceId,
        participant: &ParticipantId,
        name: &str,
    ) -> Result<(), ServiceError> {
        self.service.step(|state| {
            state.settings.check_name(name)?;
            let meeting = state.meetings.get_mut(conference_id);
            let run = meeting.ok_or(refusal::NO_SUCH_CONFERENCE)?.running()?;
            let allowed = run.rules.rename_allowed;
            let person = run.participant(participant)?;
            if !allowed && !person.leads() {
                return Err(refusal::GUESTS_MAY_NOT.into());
            }
            let number = person.number.clone();
            run.rename(&number, Some(participant), name);
            Ok(())
        })
    }

    /// Sets what is measured of a participant's connection: whatever `condition` has set takes the
    /// place of what was known.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, or nobody like that is in it.
    pub fn measure_network(
        &self,
        conference_id: &ConferenceId,
        condition: NetworkCondition,
    ) -> Result<(), ServiceError> {
        self.with_run(conference_id, |run| {
            let id = run.participant(&condition.participant_id)?.id.clone();
            let known = run.network.entry(id.clone());
            known
                .or_insert_with(|| NetworkCondition::new(id))
                .merge(condition);
            Ok(())
        })
    }
}
