//! Coming in, waiting, being let in and being sent out to wait.

use std::time::SystemTime;

use meeting_types::{ParticipantId, ServiceError};

use crate::{
    state::{
        errors,
        random::Random,
        running::{RunningMeeting, arrival::Arrival, participant::Presence, waiting_room::Waiting},
    },
    vocabulary::Device,
};

impl RunningMeeting {
    /// Somebody comes on their own: into the meeting, or before its door.
    pub(crate) fn enter(
        &mut self,
        mut arrival: Arrival,
        now: SystemTime,
        random: &mut Random,
    ) -> Result<ParticipantId, ServiceError> {
        if arrival.host {
            if self.host().is_some() {
                return Err(errors::HOST_EXISTS.into());
            }
            return Ok(self.join(arrival, now, random));
        }
        self.settings.admit(&arrival, &self.invited)?;
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
            let participant = self.participant(id)?.require_present()?;
            if participant.host {
                return Err(errors::STATE_FORBIDS.with_message("The host does not wait"));
            }
            if participant.state.cohost {
                return Err(errors::COHOST_WAITS_NOT.into());
            }
            if participant.device != Device::SoftClient {
                return Err(errors::CLIENT_CANNOT_WAIT.into());
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
