//! Subtitles of a running meeting.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use meeting_types::{
    ParticipantId, ServiceError, Timestamp,
    events::{RealTimeSubtitle, SubtitleLanguage, SubtitleLine, SubtitleSwitch},
};

use super::{participants::Participant, run::Run};
use crate::{random::Random, refusal};

/// How many speakers can be chosen.
const MOST_SPEAKERS: usize = 4;
/// How many of the loudest are shown when nobody is chosen.
const LOUDEST: usize = 2;
/// How long a word takes.
const WORD: Duration = Duration::from_millis(400);

/// The subtitles of one run of a meeting.
#[derive(Debug, Default)]
pub(crate) struct Subtitles {
    /// Who is shown, while they are on. Nobody chosen means the loudest.
    speakers: Option<Vec<ParticipantId>>,
    /// What was said and not yet told.
    pub(crate) said: Vec<RealTimeSubtitle>,
    /// Sentences that are not complete.
    unfinished: BTreeMap<ParticipantId, Sentence>,
}

/// A sentence that is being spoken.
#[derive(Clone, Debug)]
struct Sentence {
    id: String,
    begins: Duration,
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

impl Run {
    /// Has somebody say something. Whoever is muted is not heard.
    pub(crate) fn say(
        &mut self,
        id: &ParticipantId,
        text: String,
        complete: bool,
        now: SystemTime,
        random: &mut Random,
    ) -> Result<(), ServiceError> {
        let speaker = self.participant(id)?;
        if speaker.muted || !speaker.is_in_meeting() {
            return Err(refusal::STATE_FORBIDS.into());
        }
        if !self.is_subtitled(id) {
            return Ok(());
        }
        // The time counts from the start of the meeting.
        let begins = now.duration_since(self.started).unwrap_or_default();
        let subtitles = &mut self.subtitles;
        let sentence = subtitles.unfinished.remove(id);
        let sentence = sentence.unwrap_or_else(|| Sentence {
            id: random.uuid(),
            begins,
        });
        let words = u32::try_from(text.split_whitespace().count()).unwrap_or(u32::MAX);
        let ends = sentence.begins + WORD.saturating_mul(words);
        let line = SubtitleLine::new(SubtitleLanguage::Original, text).id(sentence.id.as_str());
        let subtitle = RealTimeSubtitle::new(id.clone(), [line])
            .complete(complete)
            .timestamp(Timestamp::from(now).as_millis())
            .begins(millis(sentence.begins))
            .ends(millis(ends));
        subtitles.said.push(subtitle);
        if !complete {
            subtitles.unfinished.insert(id.clone(), sentence);
        }
        Ok(())
    }

    /// Whether what somebody says is shown.
    fn is_subtitled(&self, id: &ParticipantId) -> bool {
        let Some(chosen) = &self.subtitles.speakers else {
            return false;
        };
        if !chosen.is_empty() {
            return chosen.contains(id);
        }
        // Whoever is not known to be less loud than two others is one of the loudest.
        let louder = self.speakers.iter().take_while(|s| s.participant_id != *id);
        louder.count() < LOUDEST
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
