//! Credentials with texts of the test's choice.

use meeting_types::{AccessToken, Authorization, ConferenceCredential};

use crate::RandomChoices;

/// Credential that random choices can make.
pub trait Sample: Authorization {
    /// A credential with random texts.
    fn sample(choices: &mut RandomChoices) -> Self;
}

impl Sample for () {
    fn sample(_: &mut RandomChoices) -> Self {}
}

impl Sample for AccessToken {
    fn sample(choices: &mut RandomChoices) -> Self {
        Self::new(choices.secret_text())
    }
}

impl Sample for ConferenceCredential {
    fn sample(choices: &mut RandomChoices) -> Self {
        Self::new(choices.id(), choices.secret_text())
    }
}
