//! Handle of what enterprises have.

use std::sync::Arc;

use meeting_types::models::DigitalAsset;

use crate::{service::Service, vocabulary::Recorder};

/// Handle of the directory: who is logged in, and what stands behind the meetings of enterprises.
#[derive(Debug)]
pub struct Directory {
    service: Arc<Service>,
}

impl Directory {
    pub(super) fn new(service: Arc<Service>) -> Self {
        Self { service }
    }

    /// How many access tokens are good now.
    #[must_use]
    pub fn live_access_tokens(&self) -> usize {
        self.service.step(|state| state.sessions.live(state.now))
    }

    /// Decides how the recorder is from now on. A recording that runs goes on.
    pub fn set_recorder(&self, recorder: Recorder) {
        self.service
            .step(|state| state.resources.recorder = recorder);
    }

    /// Adds a voice that AI interpreters can use for these languages.
    pub fn add_voice(
        &self,
        voice: DigitalAsset,
        languages: impl IntoIterator<Item = impl Into<String>>,
    ) {
        let languages = languages.into_iter().map(Into::into).collect();
        self.service
            .step(|state| state.resources.add_voice(voice, languages));
    }

    /// Adds a language to those that every enterprise has for interpretation.
    pub fn add_language(&self, language: impl Into<String>) {
        self.service
            .step(|state| state.resources.add_language(language.into()));
    }
}
