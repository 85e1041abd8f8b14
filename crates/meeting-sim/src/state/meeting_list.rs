//! All meetings, which of them may have changed, and which changes next by itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    ops::Deref,
    time::SystemTime,
};

use meeting_types::ConferenceId;

use super::meetings::Meeting;

/// All meetings. It notes which ones were handed out to be changed, and when each of them changes by
/// itself, so that a step that touches one meeting need not look through thousands.
#[derive(Debug, Default)]
pub(crate) struct MeetingList {
    all: BTreeMap<ConferenceId, Meeting>,
    touched: BTreeSet<ConferenceId>,
    /// What each meeting has in `by_time`.
    due: BTreeMap<ConferenceId, SystemTime>,
    by_time: BTreeSet<(SystemTime, ConferenceId)>,
}

/// For looking only.
impl Deref for MeetingList {
    type Target = BTreeMap<ConferenceId, Meeting>;

    fn deref(&self) -> &Self::Target {
        &self.all
    }
}

impl MeetingList {
    pub(crate) fn get_mut(&mut self, id: &ConferenceId) -> Option<&mut Meeting> {
        let meeting = self.all.get_mut(id)?;
        if !self.touched.contains(id) {
            self.touched.insert(id.clone());
        }
        Some(meeting)
    }

    /// Puts in a meeting whose id is not there yet.
    pub(crate) fn add(&mut self, meeting: Meeting) -> &mut Meeting {
        let id = meeting.id.clone();
        self.touched.insert(id.clone());
        self.all.entry(id).or_insert(meeting)
    }

    pub(crate) fn remove(&mut self, id: &ConferenceId) {
        if self.all.remove(id).is_some() {
            self.touched.insert(id.clone());
        }
    }

    /// Does something with each meeting that was handed out since the last time, then notes when it
    /// changes next by itself. Answers which ones they are, those that were removed included.
    pub(crate) fn settle(&mut self, mut work: impl FnMut(&mut Meeting)) -> BTreeSet<ConferenceId> {
        let touched = mem::take(&mut self.touched);
        for id in &touched {
            let meeting = self.all.get_mut(id);
            let next = meeting.and_then(|meeting| {
                work(meeting);
                meeting.next_change()
            });
            self.schedule(id, next);
        }
        touched
    }

    fn schedule(&mut self, id: &ConferenceId, next: Option<SystemTime>) {
        let known = match next {
            Some(at) => self.due.insert(id.clone(), at),
            None => self.due.remove(id),
        };
        if known == next {
            return;
        }
        if let Some(known) = known {
            self.by_time.remove(&(known, id.clone()));
        }
        if let Some(next) = next {
            self.by_time.insert((next, id.clone()));
        }
    }

    /// Those that change by themselves until `now`.
    pub(crate) fn due(&self, now: SystemTime) -> Vec<ConferenceId> {
        let due = self.by_time.iter().take_while(|(at, _)| *at <= now);
        due.map(|(_, id)| id.clone()).collect()
    }

    /// When the next of them changes by itself.
    pub(crate) fn deadline(&self) -> Option<SystemTime> {
        self.by_time.first().map(|(at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Meeting;
    use crate::{MeetingPlan, Simulator};

    /// Compares with looking through all meetings.
    fn check(sim: &Simulator) {
        sim.service.step(|state| {
            let list = &state.meetings;
            let times = list.values().filter_map(Meeting::next_change);
            assert_eq!(list.deadline(), times.min());
            let timed = list.values().filter(|one| one.next_change().is_some());
            assert_eq!(list.by_time.len(), timed.count());
            assert_eq!(list.due.len(), list.by_time.len());
            for meeting in list.values() {
                assert_eq!(list.due.get(&meeting.id).copied(), meeting.next_change());
            }
        });
    }

    #[test]
    #[allow(clippy::unwrap_used, reason = "this is a test")]
    fn the_next_change_is_known_without_looking_for_it() {
        let sim = Simulator::start().unwrap();
        check(&sim);
        let minutes = |count: u64| Duration::from_secs(60 * count);
        let mut ids = Vec::new();
        for number in 1..=12 {
            let running = MeetingPlan::running("Weekly").length(minutes(15 + number));
            ids.push(sim.create_meeting(running).conference_id);
            let start = sim.now() + minutes(5 * number);
            let booked = MeetingPlan::booked("Monthly", start).length(minutes(20));
            ids.push(sim.create_meeting(booked).conference_id);
            check(&sim);
        }
        for id in ids.iter().step_by(3) {
            // Who is in a meeting prolongs it.
            sim.join_as_host(id, "Ann").unwrap();
            check(&sim);
        }
        for id in ids.iter().step_by(5) {
            sim.service.step(|state| state.stop(id));
            check(&sim);
        }
        for id in ids.iter().step_by(7) {
            sim.service.step(|state| state.meetings.remove(id));
            check(&sim);
        }
        for _ in 0..30 {
            sim.advance(minutes(4));
            check(&sim);
            let due = sim.service.step(|state| state.meetings.due(state.now));
            assert_eq!(due, []);
        }
    }
}
