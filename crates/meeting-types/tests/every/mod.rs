//! Every operation and model, filled by its table: what the properties and the secrets test share.

mod fill;
mod tape;

pub(crate) use fill::Filler;
pub(crate) use tape::Tape;

/// Calls the macro `$apply` with the names of all operations.
macro_rules! every_operation {
    ($apply:ident) => {
        $apply! {
            CreateAppIdToken
            CreateToken
            UpdateToken
            DeleteToken
            CheckToken
            CreateAnonymousAuthRandom
            CreateAuthRandom
            CreateConfToken
            CreateWebSocketToken
            InviteParticipant
            MuteParticipant
            MuteMeeting
            SetRole
            HangUp
            StopMeeting
            CreateMeeting
            SearchMeetings
            CancelMeeting
            ShowMeetingDetail
            StartMeeting
        }
    };
}

pub(crate) use every_operation;

use meeting_types::{AccessToken, ConferenceCredential, Credential};

/// A credential with texts of the test's choice.
pub(crate) trait Sample: Credential {
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
