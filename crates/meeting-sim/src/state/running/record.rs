//! What a running meeting leaves behind: who was there when, what was recorded, who controlled what.
//!
//! It is found by looking at the meeting after each step; no handler writes it.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use meeting_types::{
    ParticipantId,
    events::{InviteOutcome, InviteResult},
};

use super::participant::{Participant, Presence};
use crate::vocabulary::Device;

/// The record of one run of a meeting.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// Who came, in the order of coming. Whoever comes again stays again.
    pub(crate) stays: Vec<Stay>,
    /// Which of them are there.
    open: BTreeMap<ParticipantId, usize>,
    /// From when to when it was recorded.
    pub(crate) segments: Vec<Segment>,
    pub(crate) controls: Vec<Controlled>,
}

/// Somebody's stay in a meeting.
#[derive(Clone, Debug)]
pub(crate) struct Stay {
    pub(crate) name: String,
    pub(crate) number: String,
    pub(crate) device: Device,
    pub(crate) account: Option<meeting_types::AccountId>,
    pub(crate) joined: SystemTime,
    pub(crate) left: Option<SystemTime>,
    /// Code that tells why they left, as events tell it.
    pub(crate) reason: Option<String>,
}

/// Time without a break in which a meeting was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) begins: SystemTime,
    pub(crate) ends: Option<SystemTime>,
}

/// One control operation.
#[derive(Clone, Debug)]
pub(crate) struct Controlled {
    pub(crate) at: SystemTime,
    pub(crate) operator: String,
    pub(crate) operation: &'static str,
    pub(crate) target: Option<String>,
    /// Code of the refusal, if it was refused.
    pub(crate) refused: Option<String>,
}

impl Segment {
    pub(crate) fn length(&self) -> Duration {
        let ends = self.ends.unwrap_or(self.begins);
        ends.duration_since(self.begins).unwrap_or_default()
    }
}

impl Record {
    /// Notes who has come and gone since the last time, and whether it is recorded.
    pub(crate) fn observe(
        &mut self,
        people: &[Participant],
        results: &[InviteResult],
        recorded: bool,
        now: SystemTime,
    ) {
        for person in people {
            let Presence::InMeeting(since) = person.presence else {
                continue;
            };
            match self.open.get(&person.id) {
                // The name may change meanwhile.
                Some(stay) => self.stays[*stay].name.clone_from(&person.name),
                None => {
                    self.open.insert(person.id.clone(), self.stays.len());
                    self.stays.push(Stay {
                        name: person.name.clone(),
                        number: person.number.clone(),
                        device: person.device,
                        account: person.account.clone(),
                        joined: since,
                        left: None,
                        reason: None,
                    });
                }
            }
        }
        let there = |id: &ParticipantId| {
            people
                .iter()
                .any(|one| one.id == *id && one.is_in_meeting())
        };
        let stays = &mut self.stays;
        self.open.retain(|id, stay| {
            let stay = &mut stays[*stay];
            let stays_on = there(id);
            if !stays_on {
                let told = results.iter().find(|result| {
                    result.call_number.as_deref() == Some(&stay.number)
                        && result.outcome() != Some(InviteOutcome::Accepted)
                });
                stay.left = Some(now);
                stay.reason = told.and_then(|told| told.code.clone());
            }
            stays_on
        });
        let running = self
            .segments
            .last()
            .is_some_and(|segment| segment.ends.is_none());
        if recorded && !running {
            self.segments.push(Segment {
                begins: now,
                ends: None,
            });
        } else if !recorded && running {
            self.end_segment(now);
        }
    }

    fn end_segment(&mut self, now: SystemTime) {
        if let Some(segment) = self.segments.last_mut() {
            segment.ends.get_or_insert(now);
        }
    }

    /// Ends what is still open.
    pub(crate) fn close(&mut self, now: SystemTime) {
        self.end_segment(now);
        for stay in std::mem::take(&mut self.open).into_values() {
            let stay = &mut self.stays[stay];
            stay.left = Some(now.max(stay.joined));
            stay.reason = Some(InviteOutcome::HungUpByHost.as_str().to_owned());
        }
    }
}
