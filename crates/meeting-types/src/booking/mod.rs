//! Bookings out of what is known: a local time, a recurrence rule, the meeting as it was read.

#[cfg(feature = "jiff")]
mod local;
mod not_told;
mod read_back;
#[cfg(feature = "rrule")]
mod rrule;
mod starting_now;
mod webinar;

pub use not_told::NotTold;
#[cfg(feature = "rrule")]
pub use rrule::RruleError;
pub use starting_now::UpdateMeetingNow;

use crate::models::{Booking, MediaType};

/// A video meeting that starts at once, for half an hour, by the settings of the enterprise.
impl Default for Booking {
    fn default() -> Self {
        Self::new([MediaType::HdVideo])
    }
}
