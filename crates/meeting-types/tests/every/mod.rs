//! Every operation and model, filled by its table: what the properties and the secrets test share.

mod fill;
mod tape;

pub(crate) use fill::Filler;
pub(crate) use tape::Tape;

use meeting_types::{AccessToken, Authorization, ConferenceCredential};

/// A credential with texts of the test's choice.
pub(crate) trait Sample: Authorization {
    fn sample(filler: &mut Filler) -> Self;
}

impl Sample for () {
    fn sample(_: &mut Filler) -> Self {}
}

impl Sample for AccessToken {
    fn sample(filler: &mut Filler) -> Self {
        Self::new(filler.secret())
    }
}

impl Sample for ConferenceCredential {
    fn sample(filler: &mut Filler) -> Self {
        Self::new(filler.id(), filler.secret())
    }
}
