//! What callers ask of a conference.

use crate::{
    Password,
    models::{Conference, ConferenceRole},
};

impl Conference {
    /// The password that lets in with this role, if the service showed it. The one who booked and the
    /// host are shown all of them, a guest only the guest's.
    #[must_use]
    pub fn password_for(&self, role: &ConferenceRole) -> Option<&Password> {
        let entry = self
            .passwords
            .iter()
            .find(|entry| entry.role.as_ref() == Some(role))?;
        entry.password.as_ref()
    }
}
