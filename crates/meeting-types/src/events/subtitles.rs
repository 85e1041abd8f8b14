//! What is said, as text.

use std::collections::BTreeMap;

use crate::{
    ParticipantId,
    schema::{Empty, Field, Kind, open_enum, setters, table},
};

open_enum! {
    /// The language of a subtitle.
    pub enum SubtitleLanguage: str {
        /// The language that was spoken.
        Original = "Original",
        /// Mandarin.
        Mandarin = "Mandarin",
        /// English.
        English = "English",
    }
}

/// What was said, in one language.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SubtitleLine {
    /// The language.
    pub language: Option<SubtitleLanguage>,
    /// The text.
    pub text: Option<String>,
    /// Tells lines apart.
    pub id: Option<String>,
    /// What else was sent, by its key on the wire. Also holds a value that does not fit its field.
    pub extra: BTreeMap<String, String>,
}

impl SubtitleLine {
    /// The line `text` in `language`.
    pub fn new(language: SubtitleLanguage, text: impl Into<String>) -> Self {
        Self {
            language: Some(language),
            text: Some(text.into()),
            ..Self::default()
        }
    }
}

table! {
    SubtitleLine {
        language = Field::body("subtitleLang", SubtitleLanguage::KIND);
        text = Field::body("translateText", Kind::Text);
        id = Field::body("id", Kind::Text);
        extra = Field::rest();
    }
}

setters! {
    SubtitleLine {
        into id: String;
    }
}

/// What somebody says, as far as it was understood.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RealTimeSubtitle {
    /// Who speaks.
    pub participant_id: Option<ParticipantId>,
    /// What was said, in each language.
    pub lines: Vec<SubtitleLine>,
    /// Whether the sentence is complete. Until then, the next push replaces this one.
    pub complete: Option<bool>,
    /// When it was made, as the service counts.
    pub timestamp: Option<i64>,
    /// When it begins, as the service counts; unit not documented.
    pub begins: Option<i64>,
    /// When it ends, as the service counts; unit not documented.
    pub ends: Option<i64>,
    /// What else was sent, by its key on the wire. Also holds a value that does not fit its field.
    pub extra: BTreeMap<String, String>,
}

impl RealTimeSubtitle {
    /// What `participant_id` says.
    pub fn new(
        participant_id: impl Into<ParticipantId>,
        lines: impl IntoIterator<Item = SubtitleLine>,
    ) -> Self {
        Self {
            participant_id: Some(participant_id.into()),
            lines: lines.into_iter().collect(),
            ..Self::default()
        }
    }

    /// The text in `language`, if it was sent.
    #[must_use]
    pub fn text_in(&self, language: &SubtitleLanguage) -> Option<&str> {
        let mut lines = self.lines.iter();
        let line = lines.find(|line| line.language.as_ref() == Some(language))?;
        line.text.as_deref()
    }
}

table! {
    RealTimeSubtitle {
        lines = Field::body("msgs", Kind::List(&SubtitleLine::KIND));
        complete = Field::body("isFinal", Kind::Bool);
        timestamp = Field::body("timestamp", Kind::Int);
        begins = Field::body("beginTime", Kind::Int);
        ends = Field::body("endTime", Kind::Int);
        participant_id = Field::body("participantID", ParticipantId::KIND).also(&["pid"]);
        extra = Field::rest();
    }
}

setters! {
    RealTimeSubtitle {
        plain complete: bool;
        plain timestamp: i64;
        plain begins: i64;
        plain ends: i64;
    }
}
