//! What participants say, for subtitles.

use std::time::{Duration, SystemTime};

use meeting_types::{
    ParticipantId, ServiceError, Timestamp,
    events::{RealTimeSubtitle, SubtitleLanguage, SubtitleLine},
};

use crate::state::{
    errors,
    random::Random,
    running::{RunningMeeting, subtitles::Sentence},
};

/// How many of the loudest are shown when nobody is chosen.
const LOUDEST: usize = 2;
/// How long a word takes.
const WORD: Duration = Duration::from_millis(400);

impl RunningMeeting {
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
            return Err(errors::STATE_FORBIDS.into());
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
        subtitles.pending.push(subtitle);
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
