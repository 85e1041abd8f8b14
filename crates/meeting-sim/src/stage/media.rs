//! Pictures, recording, languages and subtitles, as a test or a demo sees and moves them.

use meeting_types::{
    ConferenceId, ParticipantId, ServiceError,
    events::{BroadcastMode, InterpreterGroupInfo, MultiPicture},
    models::{Booking, DigitalAsset, MediaType, RecordType, SavedLayout},
};

use super::MeetingPlan;
use crate::{Simulator, refusal, state::run::Run};

/// How the recorder of the service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recorder {
    /// It records.
    Ready,
    /// It cannot be reached: starting is refused with `MMC.111072021`.
    OutOfReach,
    /// It records other meetings: starting is refused with `MMC.111072022`.
    Busy,
    /// The enterprise has no space for recordings: starting is refused with `MMC.111072066`.
    NoSpace,
    /// The space is full: starting is refused with `MMC.111072067`.
    SpaceFull,
}

/// Whether a meeting is being recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordingState {
    /// It is not.
    Off,
    /// It is.
    Running,
    /// It is going to be again.
    Paused,
}

/// The language that a participant listens to and speaks in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LanguageChannel {
    /// The participant.
    pub participant_id: ParticipantId,
    /// The language, by its short code.
    pub language: String,
    /// Whether the speakers themselves are heard in the background.
    pub original_voice: bool,
}

/// What a meeting is planned with, apart from its rules.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    record_type: Option<RecordType>,
    auto_record: bool,
    interpretation: bool,
    voice_only: bool,
}

impl Plan {
    pub(super) fn apply_to(self, booking: &mut Booking) {
        booking.record_type = self.record_type;
        booking.auto_record = Some(self.auto_record);
        booking.simultaneous_interpretation = Some(self.interpretation);
        if self.voice_only {
            booking.media_types = vec![MediaType::Voice];
        }
    }
}

impl MeetingPlan {
    /// Whether it can be recorded and broadcast live; neither if not set.
    pub fn record_type(mut self, record_type: RecordType) -> Self {
        self.media.record_type = Some(record_type);
        self
    }

    /// Whether it is recorded from the start, where it can be recorded at all.
    pub fn auto_record(mut self, auto_record: bool) -> Self {
        self.media.auto_record = auto_record;
        self
    }

    /// Whether there can be interpretation.
    pub fn interpretation(mut self, interpretation: bool) -> Self {
        self.media.interpretation = interpretation;
        self
    }

    /// Whether it carries sound alone.
    pub fn voice_only(mut self, voice_only: bool) -> Self {
        self.media.voice_only = voice_only;
        self
    }
}

/// What is shown, recorded, interpreted and written in a running meeting.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MediaSnapshot {
    /// What everybody is shown.
    pub broadcast_mode: BroadcastMode,
    /// Whether the picture follows the loudest speaker.
    pub voice_activation: bool,
    /// The participant who is broadcast.
    pub broadcast: Option<ParticipantId>,
    /// The participant who has the floor.
    pub floor: Option<ParticipantId>,
    /// The arrangement of several pictures, since there is one.
    pub multi_picture: Option<MultiPicture>,
    /// Whether the host is shown all participants in turn.
    pub host_polling: bool,
    /// The layouts that were saved.
    pub saved_layouts: Vec<SavedLayout>,
    /// Whether it is being recorded.
    pub recording: RecordingState,
    /// Whether it was recorded at some point.
    pub recorded: bool,
    /// Whether it is broadcast live. No event tells it.
    pub live: bool,
    /// Whether interpretation is on.
    pub interpretation: bool,
    /// The groups of interpreters.
    pub interpreter_groups: Vec<InterpreterGroupInfo>,
    /// Who listens to a language, in the order of their ids. No event tells it.
    pub language_channels: Vec<LanguageChannel>,
    /// Whether subtitles are on.
    pub subtitles: bool,
}

impl MediaSnapshot {
    pub(super) fn of(run: &Run) -> Self {
        let (pictures, interpretation) = (&run.pictures, &run.interpretation);
        let channels = interpretation.channels();
        Self {
            broadcast_mode: pictures.mode(),
            voice_activation: pictures.follows_voice(),
            broadcast: pictures.broadcast().cloned(),
            floor: pictures.floor().cloned(),
            multi_picture: pictures.multi_picture(&run.participants),
            host_polling: pictures.host_polls(),
            saved_layouts: pictures.layouts.saved().to_vec(),
            recording: run.recording.state,
            recorded: run.recording.occurred,
            live: run.recording.live,
            interpretation: interpretation.on,
            interpreter_groups: interpretation.groups(),
            language_channels: channels
                .map(|(id, channel)| LanguageChannel {
                    participant_id: id.clone(),
                    language: channel.language.clone(),
                    original_voice: channel.original_voice,
                })
                .collect(),
            subtitles: run.subtitles.are_on(),
        }
    }
}

impl Simulator {
    /// Decides how the recorder is from now on. A recording that runs goes on.
    pub fn set_recorder(&self, recorder: Recorder) {
        self.service
            .step(|state| state.backends.recorder = recorder);
    }

    /// Adds a voice that AI interpreters can use for these languages.
    pub fn add_voice(
        &self,
        voice: DigitalAsset,
        languages: impl IntoIterator<Item = impl Into<String>>,
    ) {
        let languages = languages.into_iter().map(Into::into).collect();
        self.service
            .step(|state| state.backends.add_voice(voice, languages));
    }

    /// Adds a language to those that every enterprise has for interpretation.
    pub fn add_language(&self, language: impl Into<String>) {
        self.service
            .step(|state| state.backends.add_language(language.into()));
    }

    /// Lets a simulated participant say a sentence, to its end. Listeners read it while subtitles
    /// are on.
    ///
    /// # Errors
    ///
    /// What the service would say: the meeting is not running, nobody like that is in it, or the
    /// microphone is off.
    pub fn say(
        &self,
        conference_id: &ConferenceId,
        participant: &ParticipantId,
        sentence: impl Into<String>,
    ) -> Result<(), ServiceError> {
        self.utter(conference_id, participant, sentence.into(), true)
    }

    /// Lets a simulated participant begin a sentence, or go on with it. `so_far` is all of it up to
    /// now; what is told next takes its place.
    ///
    /// # Errors
    ///
    /// As for [`say`](Self::say).
    pub fn begin_to_say(
        &self,
        conference_id: &ConferenceId,
        participant: &ParticipantId,
        so_far: impl Into<String>,
    ) -> Result<(), ServiceError> {
        self.utter(conference_id, participant, so_far.into(), false)
    }

    fn utter(
        &self,
        conference_id: &ConferenceId,
        participant: &ParticipantId,
        text: String,
        complete: bool,
    ) -> Result<(), ServiceError> {
        self.service.step(|state| {
            let (now, random) = (state.now, &mut state.random);
            let meeting = state.meetings.get_mut(conference_id);
            let run = meeting.ok_or(refusal::NO_SUCH_CONFERENCE)?.running()?;
            run.say(participant, text, complete, now, random)
        })
    }
}
