//! Subtitles of a running meeting.

use std::{collections::BTreeMap, time::Duration};

use meeting_types::{
    ParticipantId,
    events::{RealTimeSubtitle, SubtitleSwitch},
};

use crate::state::running::participant::Participant;

/// How many speakers can be chosen.
const MOST_SPEAKERS: usize = 4;

/// The subtitles of one run of a meeting.
#[derive(Debug, Default)]
pub(crate) struct Subtitles {
    /// Who is shown, while they are on. Nobody chosen means the loudest.
    pub(super) speakers: Option<Vec<ParticipantId>>,
    /// What was said and is not yet published.
    pub(crate) pending: Vec<RealTimeSubtitle>,
    /// Sentences that are not complete.
    pub(super) unfinished: BTreeMap<ParticipantId, Sentence>,
}

/// A sentence that is being spoken.
#[derive(Clone, Debug)]
pub(super) struct Sentence {
    pub(super) id: String,
    pub(super) begins: Duration,
}

impl Subtitles {
    pub(crate) fn are_on(&self) -> bool {
        self.speakers.is_some()
    }

    /// Forgets what those began to say who are not there any more.
    pub(crate) fn keep_present(&mut self, people: &[Participant]) {
        self.unfinished
            .retain(|id, _| people.iter().any(|person| person.id == *id));
    }

    /// Switches subtitles. What cannot be done changes nothing, and nobody is told.
    pub(crate) fn switch(&mut self, switch: SubtitleSwitch, people: &[Participant]) {
        if !switch.on {
            self.speakers = None;
            self.unfinished.clear();
            return;
        }
        let there = |id: &ParticipantId| people.iter().any(|person| person.id == *id);
        let display_known = switch.display.is_none_or(|display| display == 0);
        let chosen = !switch.speakers.is_empty();
        if (chosen || display_known)
            && switch.speakers.len() <= MOST_SPEAKERS
            && switch.speakers.iter().all(there)
        {
            self.speakers = Some(switch.speakers);
        }
    }
}
