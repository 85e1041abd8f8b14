//! What the host asks of participants, who may follow it or not.

use meeting_types::{
    ServiceError,
    operations::{InviteOperateVideo, InviteShare},
};

use super::{host_only, run};
use crate::{
    dispatch::Routes,
    state::{State, control::Control},
};

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .on::<InviteOperateVideo>(invite_operate_video)
        .on::<InviteShare>(invite_share)
}

fn invite_operate_video(
    state: &mut State,
    control: Control,
    ask: InviteOperateVideo,
) -> Result<(), ServiceError> {
    host_only(&control)?;
    run(state, &control)?.ask_for_camera(&ask.participant_id, !ask.camera_off)
}

fn invite_share(state: &mut State, control: Control, ask: InviteShare) -> Result<(), ServiceError> {
    host_only(&control)?;
    run(state, &control)?.ask_to_share(&ask.participant_id, ask.invite)
}
