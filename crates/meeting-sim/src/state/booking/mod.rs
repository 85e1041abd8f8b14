//! Meetings as they are booked.

pub(crate) mod meetings;
pub(crate) mod series;
