//! The rules of a running meeting, and its end.

use meeting_types::{
    ServiceError,
    operations::{MuteMeeting, StopMeeting},
};

use super::{host_only, run};
use crate::{
    dispatch::Routes,
    state::{State, control::Control},
};

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .on::<MuteMeeting>(mute_meeting)
        .on::<StopMeeting>(stop_meeting)
}

fn mute_meeting(
    state: &mut State,
    control: Control,
    mute: MuteMeeting,
) -> Result<(), ServiceError> {
    host_only(&control)?;
    // Heeded only when muting: whoever is unmuted may unmute.
    let may_unmute = !mute.mute || mute.allow_self_unmute.unwrap_or(true);
    run(state, &control)?.mute_all(mute.mute, may_unmute);
    Ok(())
}

fn stop_meeting(state: &mut State, control: Control, _: StopMeeting) -> Result<(), ServiceError> {
    host_only(&control)?;
    state.stop(&control.conference);
    Ok(())
}
