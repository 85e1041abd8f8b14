//! Who waits to be let into a running meeting.

use std::time::SystemTime;

use meeting_types::{
    ParticipantId, ServiceError, Timestamp,
    events::{WaitingChange, WaitingParticipant, WaitingState},
};

use crate::state::{errors, running::arrival::Arrival};

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
    pub(super) fn position(&self, id: &ParticipantId) -> Result<usize, ServiceError> {
        let position = self.waiting.iter().position(|waiting| waiting.id == *id);
        position.ok_or_else(|| errors::NO_SUCH_PARTICIPANT.into())
    }

    pub(super) fn usable(&self) -> Result<(), ServiceError> {
        if self.open {
            Ok(())
        } else {
            Err(errors::NO_WAITING_ROOM.into())
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
