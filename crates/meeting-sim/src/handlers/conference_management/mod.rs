//! Booking meetings, and looking at them.

mod meetings;
mod online;
mod recurring;

pub(crate) use self::{meetings::*, online::*, recurring::*};
