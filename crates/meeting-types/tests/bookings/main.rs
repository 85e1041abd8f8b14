//! Bookings out of what is known of a meeting.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod read_back;
#[cfg(feature = "rrule")]
mod rrule;
mod starting_now;
