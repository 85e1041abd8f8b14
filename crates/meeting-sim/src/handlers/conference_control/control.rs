//! What the operations of this group have in common.

use meeting_types::ServiceError;

use crate::state::{
    State, booking::meetings::Role, errors, logins::control_tokens::ControlToken,
    running::RunningMeeting,
};

/// The running meeting that a token controls.
pub(super) fn run<'a>(
    state: &'a mut State,
    control: &ControlToken,
) -> Result<&'a mut RunningMeeting, ServiceError> {
    let meeting = state.meetings.get_mut(&control.conference);
    meeting.ok_or(errors::NOT_FOUND_OR_REFUSED)?.running()
}

pub(super) fn host_only(control: &ControlToken) -> Result<(), ServiceError> {
    match control.role {
        Role::Host => Ok(()),
        Role::Guest => Err(errors::GUESTS_MAY_NOT.into()),
    }
}

/// For what guests may do to themselves. Their tokens are bound to no participant, so there is no
/// "yourself" to act on.
pub(super) fn host_or_oneself(control: &ControlToken) -> Result<(), ServiceError> {
    match control.role {
        Role::Host => Ok(()),
        Role::Guest => Err(errors::ONLY_ON_YOURSELF.into()),
    }
}
