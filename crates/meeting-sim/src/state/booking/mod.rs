//! Meetings as they are booked.

pub(crate) mod meetings;
