//! All meetings, and which of them may have changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    ops::Deref,
};

use meeting_types::ConferenceId;

use super::meetings::Meeting;

/// All meetings. It notes which ones were handed out to be changed, so that a step that touches one
/// meeting need not look through thousands.
#[derive(Debug, Default)]
pub(crate) struct MeetingList {
    all: BTreeMap<ConferenceId, Meeting>,
    touched: BTreeSet<ConferenceId>,
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
        self.touched.remove(id);
        self.all.remove(id);
    }

    /// Does something with each meeting that was handed out since the last time.
    pub(crate) fn for_touched(&mut self, mut work: impl FnMut(&mut Meeting)) {
        for id in mem::take(&mut self.touched) {
            if let Some(meeting) = self.all.get_mut(&id) {
                work(meeting);
            }
        }
    }
}
