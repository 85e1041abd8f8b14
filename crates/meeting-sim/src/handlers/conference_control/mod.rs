//! Control of a running meeting.

mod access;
mod control;
mod hands;
mod interpretation;
mod invitations;
mod overview;
mod people;
mod pictures;
mod recording;
mod requests;
mod rules;
mod waiting_room;

pub(crate) use self::{
    access::*, hands::*, interpretation::*, invitations::*, overview::*, people::*, pictures::*,
    recording::*, requests::*, rules::*, waiting_room::*,
};
