//! Booking meetings, and what a reply tells of one.

use std::time::Duration;

use meeting_sim::Simulator;
use meeting_types::{
    AccessToken, Password, ServiceError, Timestamp,
    models::{Booking, Conference, ConferenceRole, MediaType},
    operations::CreateMeeting,
};

use super::{call, nonce};

pub const HOUR: Duration = Duration::from_secs(3600);

pub fn video() -> Booking {
    Booking::new([MediaType::HdVideo])
}

pub fn create(
    sim: &Simulator,
    token: &AccessToken,
    booking: Booking,
) -> Result<Conference, ServiceError> {
    let mut created = call(sim, &CreateMeeting::new(booking), token)?;
    assert_eq!(created.len(), 1);
    Ok(created.remove(0))
}

/// A booking that starts in so many hours.
pub fn in_hours(sim: &Simulator, hours: u32) -> Booking {
    let start = Timestamp::from(sim.now() + hours * HOUR);
    video()
        .start_time(start)
        .subject(format!("In {hours} hours"))
}

/// Logs in as an ordinary user.
pub fn log_in_as(sim: &Simulator, user: &str) -> AccessToken {
    let expires = Timestamp::from(sim.now() + HOUR);
    let login = sim
        .app_credential()
        .user_id(user)
        .login(expires, nonce())
        .unwrap();
    call(sim, &login, &()).unwrap().access_token
}

pub fn password(conference: &Conference, role: &ConferenceRole) -> Option<Password> {
    let entries = &conference.passwords;
    let entry = entries
        .iter()
        .find(|entry| entry.role.as_ref() == Some(role));
    entry.and_then(|entry| entry.password.clone())
}
