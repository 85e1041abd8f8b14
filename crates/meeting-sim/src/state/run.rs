//! One run of a meeting: who is in it, and who listens.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use meeting_types::{
    ConferenceId, ConferenceUuid, ParticipantId, ServiceError, events,
    events::{InviteResult, Speaker},
    models::{BookingAttendee, ParticipantRole},
};

use super::{
    interpretation::Interpretation,
    notices::Notices,
    participants::{Participant, Presence},
    pictures::Pictures,
    recording::Recording,
    subtitles::Subtitles,
};
use crate::{CallOutcome, random::Random, refusal, stage::Device};

/// A meeting while it runs.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) uuid: ConferenceUuid,
    pub(crate) started: SystemTime,
    pub(crate) ends: SystemTime,
    pub(crate) participants: Vec<Participant>,
    pub(crate) mute_on_entry: bool,
    pub(crate) unmute_allowed: bool,
    pub(crate) speakers: Vec<Speaker>,
    /// Who was invited after the booking.
    pub(crate) invited: Vec<BookingAttendee>,
    /// Calls that ended and departures, not yet told.
    pub(crate) results: Vec<InviteResult>,
    /// What listeners know.
    pub(crate) notices: Notices,
    pub(crate) pictures: Pictures,
    pub(crate) recording: Recording,
    pub(crate) interpretation: Interpretation,
    pub(crate) subtitles: Subtitles,
    /// What was measured of connections, where a test says so.
    pub(crate) network: BTreeMap<ParticipantId, events::NetworkCondition>,
}

/// Somebody who comes, or is called.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) name: String,
    pub(crate) number: Option<String>,
    pub(crate) account: Option<meeting_types::AccountId>,
    pub(crate) user_uuid: Option<meeting_types::UserUuid>,
    pub(crate) host: bool,
    pub(crate) muted: bool,
    pub(crate) device: Device,
}

impl Arrival {
    pub(crate) fn guest(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            number: None,
            account: None,
            user_uuid: None,
            host: false,
            muted: false,
            device: Device::SoftClient,
        }
    }

    /// Somebody whom the booking names.
    pub(crate) fn booked(attendee: &BookingAttendee) -> Self {
        Self {
            number: attendee.phone.clone(),
            account: attendee.account_id.clone(),
            user_uuid: attendee.user_uuid.clone(),
            host: attendee.role == Some(ParticipantRole::Host),
            muted: attendee.mute.unwrap_or(false),
            device: attendee
                .kind
                .as_ref()
                .map_or(Device::SoftClient, Device::of),
            ..Self::guest(attendee.name.clone().unwrap_or_default())
        }
    }
}

impl Run {
    pub(crate) fn new(
        id: &ConferenceId,
        now: SystemTime,
        ends: SystemTime,
        mute_on_entry: bool,
        random: &mut Random,
    ) -> Self {
        Self {
            uuid: ConferenceUuid::new(random.hex(32)),
            started: now,
            ends,
            participants: Vec::new(),
            mute_on_entry,
            unmute_allowed: true,
            speakers: Vec::new(),
            invited: Vec::new(),
            results: Vec::new(),
            notices: Notices::new(id.clone()),
            pictures: Pictures::default(),
            recording: Recording::default(),
            interpretation: Interpretation::default(),
            subtitles: Subtitles::default(),
            network: BTreeMap::new(),
        }
    }

    pub(crate) fn host(&self) -> Option<&Participant> {
        self.participants.iter().find(|p| p.host)
    }

    pub(crate) fn participant(
        &mut self,
        id: &ParticipantId,
    ) -> Result<&mut Participant, ServiceError> {
        self.participants
            .iter_mut()
            .find(|participant| participant.id == *id)
            .ok_or_else(|| refusal::NO_SUCH_PARTICIPANT.into())
    }

    /// Lets somebody in.
    pub(crate) fn join(
        &mut self,
        arrival: Arrival,
        now: SystemTime,
        random: &mut Random,
    ) -> ParticipantId {
        self.add(arrival, Presence::InMeeting(now), random)
    }

    /// Calls somebody, unless the number is there or being called already.
    pub(crate) fn call(
        &mut self,
        arrival: Arrival,
        until: SystemTime,
        outcome: CallOutcome,
        random: &mut Random,
    ) {
        if arrival.number.is_some()
            && self
                .participants
                .iter()
                .any(|known| Some(&known.number) == arrival.number.as_ref())
        {
            return;
        }
        let as_host = arrival.host;
        let presence = Presence::Calling {
            until,
            outcome,
            as_host,
        };
        self.add(
            Arrival {
                host: false,
                ..arrival
            },
            presence,
            random,
        );
    }

    fn add(&mut self, arrival: Arrival, presence: Presence, random: &mut Random) -> ParticipantId {
        let host = arrival.host;
        let participant = Participant {
            id: ParticipantId::new(random.hex(32)),
            name: arrival.name,
            number: arrival
                .number
                .unwrap_or_else(|| format!("+99{}", random.digits(9))),
            account: arrival.account,
            user_uuid: arrival.user_uuid,
            host,
            muted: arrival.muted || (self.mute_on_entry && !host),
            presence,
            client: arrival.device.client(),
            device: arrival.device,
        };
        let id = participant.id.clone();
        self.participants.push(participant);
        id
    }

    /// Notes an invitation made during the meeting. One that is repeated replaces the former.
    pub(crate) fn invite(&mut self, attendee: BookingAttendee) {
        self.invited.retain(|known| known.phone != attendee.phone);
        self.invited.push(attendee);
    }

    /// Takes somebody out, for the reason that is told.
    pub(crate) fn remove(
        &mut self,
        id: &ParticipantId,
        reason: &events::InviteOutcome,
    ) -> Result<(), ServiceError> {
        let number = self.participant(id)?.number.clone();
        self.participants
            .retain(|participant| participant.id != *id);
        self.speakers
            .retain(|speaker| speaker.participant_id != *id);
        self.results.push(InviteResult::new(number, reason));
        Ok(())
    }

    /// Makes a participant the host.
    pub(crate) fn make_host(&mut self, id: &ParticipantId) -> Result<(), ServiceError> {
        if !self.participant(id)?.is_in_meeting() {
            return Err(refusal::STATE_FORBIDS.into());
        }
        if self.host().is_some_and(|host| host.id != *id) {
            return Err(refusal::HOST_EXISTS.into());
        }
        self.participant(id)?.host = true;
        Ok(())
    }

    /// Mutes or unmutes everybody but the host.
    pub(crate) fn mute_all(&mut self, mute: bool, unmute_allowed: bool) {
        self.mute_on_entry = mute;
        self.unmute_allowed = unmute_allowed;
        for participant in &mut self.participants {
            if !participant.host {
                participant.muted = mute;
            }
        }
    }

    /// Ends the calls whose time has come.
    pub(crate) fn end_calls(&mut self, now: SystemTime) {
        let mut failed = Vec::new();
        let mut has_host = self.host().is_some();
        for participant in &mut self.participants {
            let Presence::Calling {
                until,
                outcome,
                as_host,
            } = &participant.presence
            else {
                continue;
            };
            if now < *until {
                continue;
            }
            match outcome {
                CallOutcome::Answered => {
                    participant.host = *as_host && !has_host;
                    has_host |= participant.host;
                    participant.presence = Presence::InMeeting(*until);
                    self.results.push(InviteResult::new(
                        participant.number.as_str(),
                        &events::InviteOutcome::Accepted,
                    ));
                }
                CallOutcome::Failed(code) => {
                    failed.push((participant.id.clone(), code.as_str().into()));
                }
                CallOutcome::Rings => {}
            }
        }
        for (id, code) in failed {
            // It was there a moment ago.
            let _ = self.remove(&id, &code);
        }
    }

    /// The next time at which something happens by itself.
    pub(crate) fn deadline(&self) -> SystemTime {
        let calls = self.participants.iter().filter_map(|p| match &p.presence {
            Presence::Calling { until, outcome, .. } if *outcome != CallOutcome::Rings => {
                Some(*until)
            }
            _ => None,
        });
        let next = calls.min().map_or(self.ends, |call| call.min(self.ends));
        self.notices.deadline().map_or(next, |at| at.min(next))
    }

    /// Prolongs the run while somebody is in it; says whether it is over nonetheless.
    pub(crate) fn is_over(&mut self, now: SystemTime, prolongation: Duration) -> bool {
        while now >= self.ends {
            let empty = !self.participants.iter().any(Participant::is_in_meeting);
            if empty || prolongation.is_zero() {
                return true;
            }
            self.ends += prolongation;
        }
        false
    }
}
