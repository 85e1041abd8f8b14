//! Who waits to be let into a running meeting.

use std::time::SystemTime;

use meeting_types::{
    ParticipantId, ServiceError, Timestamp,
    events::{WaitingChange, WaitingParticipant, WaitingState},
};

use super::{
    participants::Presence,
    run::{Arrival, Run},
};
use crate::{random::Random, refusal, stage::Device};

/// The waiting room of a running meeting, in the order of coming.
#[derive(Debug, Default)]
pub(crate) struct WaitingRoom {
    /// Whether the meeting was booked with one.
    pub(crate) open: bool,
    pub(crate) waiting: Vec<Waiting>,
}

/// Somebody who waits.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// Stays the same once the person is in the meeting.
    pub(crate) id: ParticipantId,
    pub(crate) arrival: Arrival,
    pub(crate) since: SystemTime,
}

impl WaitingRoom {
    fn position(&self, id: &ParticipantId) -> Result<usize, ServiceError> {
        let position = self.waiting.iter().position(|waiting| waiting.id == *id);
        position.ok_or_else(|| refusal::NO_SUCH_PARTICIPANT.into())
    }

    fn usable(&self) -> Result<(), ServiceError> {
        if self.open {
            Ok(())
        } else {
            Err(refusal::NO_WAITING_ROOM.into())
        }
    }

    /// Somebody gives up waiting.
    pub(crate) fn give_up(&mut self, id: &ParticipantId) -> Result<(), ServiceError> {
        let position = self.position(id)?;
        self.waiting.remove(position);
        Ok(())
    }

    /// What the pushes tell about those who wait.
    pub(crate) fn info(&self) -> Vec<WaitingParticipant> {
        let entry = |waiting: &Waiting| {
            let arrival = &waiting.arrival;
            let mut info = WaitingParticipant::new(waiting.id.clone())
                .name(arrival.name.as_str())
                .waiting_since(Timestamp::from(waiting.since))
                .anonymous(arrival.user_uuid.is_none() && arrival.account.is_none())
                .client_type(arrival.client.clone())
                .state(WaitingState::Waiting);
            info.phone = arrival.number.clone();
            info.user_uuid = arrival.user_uuid.clone();
            info.account_id = arrival.account.clone();
            info
        };
        self.waiting.iter().map(entry).collect()
    }
}

impl Run {
    /// Somebody comes on their own: into the meeting, or before its door.
    pub(crate) fn enter(
        &mut self,
        mut arrival: Arrival,
        now: SystemTime,
        random: &mut Random,
    ) -> Result<ParticipantId, ServiceError> {
        if arrival.host {
            if self.host().is_some() {
                return Err(refusal::HOST_EXISTS.into());
            }
            return Ok(self.join(arrival, now, random));
        }
        self.rules.admit(&arrival, &self.invited)?;
        if !self.waiting_room.open {
            return Ok(self.join(arrival, now, random));
        }
        arrival.number.get_or_insert_with(|| random.number());
        let id = ParticipantId::new(random.hex(32));
        self.waiting_room.waiting.push(Waiting {
            id: id.clone(),
            arrival,
            since: now,
        });
        Ok(id)
    }

    /// Lets somebody in who waits.
    pub(crate) fn let_in(
        &mut self,
        id: &ParticipantId,
        now: SystemTime,
        random: &mut Random,
    ) -> Result<(), ServiceError> {
        self.waiting_room.usable()?;
        let position = self.waiting_room.position(id)?;
        let Waiting { id, arrival, .. } = self.waiting_room.waiting.remove(position);
        self.add(id, arrival, Presence::InMeeting(now), random);
        Ok(())
    }

    /// Lets all in who wait.
    pub(crate) fn let_all_in(
        &mut self,
        now: SystemTime,
        random: &mut Random,
    ) -> Result<(), ServiceError> {
        self.waiting_room.usable()?;
        for Waiting { id, arrival, .. } in std::mem::take(&mut self.waiting_room.waiting) {
            self.add(id, arrival, Presence::InMeeting(now), random);
        }
        Ok(())
    }

    /// Sends participants out to wait: all or none.
    pub(crate) fn send_to_wait(
        &mut self,
        ids: &[ParticipantId],
        now: SystemTime,
    ) -> Result<(), ServiceError> {
        self.waiting_room.usable()?;
        for id in ids {
            let participant = self.participant(id)?.there()?;
            if participant.host {
                return Err(refusal::STATE_FORBIDS.because("The host does not wait"));
            }
            if participant.conduct.cohost {
                return Err(refusal::COHOST_WAITS_NOT.into());
            }
            if participant.device != Device::SoftClient {
                return Err(refusal::CLIENT_CANNOT_WAIT.into());
            }
        }
        for id in ids {
            // The same id twice is moved once.
            let Ok(participant) = self.take_out(id) else {
                continue;
            };
            self.waiting_room.waiting.push(Waiting {
                id: participant.id,
                arrival: Arrival {
                    number: Some(participant.number),
                    account: participant.account,
                    user_uuid: participant.user_uuid,
                    client: participant.client,
                    ..Arrival::guest(participant.name)
                },
                since: now,
            });
        }
        Ok(())
    }
}

/// What makes `old` into `new`.
pub(crate) fn changed_waiting(
    old: &[WaitingParticipant],
    new: &[WaitingParticipant],
) -> Vec<WaitingChange> {
    let gone = old.iter().filter(|before| {
        let same = |info: &WaitingParticipant| info.participant_id == before.participant_id;
        !new.iter().any(same)
    });
    let gone = gone.map(|before| {
        let id = before.participant_id.clone();
        WaitingChange::Removed(Box::new(WaitingParticipant::new(id)))
    });
    let changed = new.iter().filter(|info| !old.contains(info));
    gone.chain(changed.cloned().map(WaitingChange::from))
        .collect()
}
