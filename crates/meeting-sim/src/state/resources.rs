//! What stands behind pictures and sound: the recorder, voices and languages.

use meeting_types::models::{DigitalAsset, DigitalAssetKind};

use crate::vocabulary::Recorder;

/// The languages of interpretation that every enterprise has.
const USUAL_LANGUAGES: [&str; 11] = [
    "zh", "en", "fr", "de", "ru", "ja", "ko", "es", "pt", "ar", "it",
];

/// All of it.
#[derive(Debug)]
pub(crate) struct Resources {
    pub(crate) recorder: Recorder,
    voices: Vec<Voice>,
    /// Languages that the enterprise added.
    languages: Vec<String>,
}

/// A voice that AI interpreters can use.
#[derive(Debug)]
struct Voice {
    asset: DigitalAsset,
    languages: Vec<String>,
}

impl Default for Resources {
    fn default() -> Self {
        Self {
            recorder: Recorder::Ready,
            voices: Vec::new(),
            languages: Vec::new(),
        }
    }
}

impl Resources {
    pub(crate) fn add_voice(&mut self, asset: DigitalAsset, languages: Vec<String>) {
        self.voices.push(Voice { asset, languages });
    }

    pub(crate) fn add_language(&mut self, language: String) {
        self.languages.push(language);
    }

    pub(crate) fn knows_language(&self, language: &str) -> bool {
        USUAL_LANGUAGES.contains(&language) || self.languages.iter().any(|known| known == language)
    }

    /// The voices of one kind, for a language if one is asked for.
    pub(crate) fn voices(
        &self,
        kind: &DigitalAssetKind,
        language: Option<&str>,
    ) -> impl Iterator<Item = &DigitalAsset> {
        let speaks = move |voice: &&Voice| {
            let known = |language| voice.languages.iter().any(|known| known == language);
            language.is_none_or(known)
        };
        let voices = self.voices.iter().filter(speaks).map(|voice| &voice.asset);
        voices.filter(move |asset| asset.kind.as_ref() == Some(kind))
    }
}
