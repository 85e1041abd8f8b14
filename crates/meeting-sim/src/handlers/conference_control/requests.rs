//! What the host asks of participants, who may follow it or not.

use meeting_types::{
    ServiceError,
    operations::{InviteOperateVideo, InviteShare},
};

use crate::{handlers::admit::Host, handlers::conference_control::control::run, state::State};

pub(crate) fn invite_operate_video(
    state: &mut State,
    Host(control): Host,
    ask: InviteOperateVideo,
) -> Result<(), ServiceError> {
    run(state, &control)?.ask_for_camera(&ask.participant_id, !ask.camera_off)
}

pub(crate) fn invite_share(
    state: &mut State,
    Host(control): Host,
    ask: InviteShare,
) -> Result<(), ServiceError> {
    run(state, &control)?.ask_to_share(&ask.participant_id, ask.invite)
}
