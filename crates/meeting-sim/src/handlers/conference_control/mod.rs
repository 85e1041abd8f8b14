//! Control of a running meeting.

mod access;
mod interpretation;
mod people;
mod pictures;
mod recording;
mod rules;

use meeting_types::ServiceError;

use crate::{
    dispatch::Routes,
    refusal,
    state::{State, control::Control, meetings::Role, run::Run},
};

pub(super) fn add(routes: Routes) -> Routes {
    let routes = access::add(routes);
    let routes = people::add(routes);
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
