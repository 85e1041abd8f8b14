//! Control of a running meeting.

mod access;
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

use meeting_types::ServiceError;

use crate::{
    dispatch::Routes,
    refusal,
    state::{State, control::Control, meetings::Role, run::Run},
};

pub(super) fn add(routes: Routes) -> Routes {
    let routes = access::add(routes);
    let routes = invitations::add(routes);
    let routes = people::add(routes);
    let routes = hands::add(routes);
    let routes = requests::add(routes);
    let routes = waiting_room::add(routes);
    let routes = overview::add(routes);
    let routes = pictures::add(routes);
    let routes = recording::add(routes);
    let routes = interpretation::add(routes);
    rules::add(routes)
}

/// The run that a token controls.
fn run<'a>(state: &'a mut State, control: &Control) -> Result<&'a mut Run, ServiceError> {
    let meeting = state.meetings.get_mut(&control.conference);
    meeting.ok_or(refusal::NOT_FOUND_OR_REFUSED)?.running()
}

fn host_only(control: &Control) -> Result<(), ServiceError> {
    match control.role {
        Role::Host => Ok(()),
        Role::Guest => Err(refusal::GUESTS_MAY_NOT.into()),
    }
}

/// For what guests may do to themselves. Their tokens are bound to no participant, so there is no
/// "yourself" to act on.
fn host_or_oneself(control: &Control) -> Result<(), ServiceError> {
    match control.role {
        Role::Host => Ok(()),
        Role::Guest => Err(refusal::ONLY_ON_YOURSELF.into()),
    }
}
