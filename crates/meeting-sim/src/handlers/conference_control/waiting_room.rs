//! Who waits before the door of a meeting.

use meeting_types::{
    ParticipantId, ServiceError,
    operations::{AllowWaitingParticipant, BatchMoveToWaitingRoom, MoveToWaitingRoom},
};

use crate::{
    handlers::admit::Host,
    handlers::conference_control::control::{host_only, run},
    state::{State, booking::meetings::Meeting, errors, logins::control_tokens::ControlToken},
};

pub(crate) fn allow_waiting_participant(
    state: &mut State,
    Host(control): Host,
    allow: AllowWaitingParticipant,
) -> Result<(), ServiceError> {
    let (now, random) = (state.now, &mut state.random);
    let meeting = state.meetings.get_mut(&control.conference);
    let run = meeting
        .and_then(Meeting::run_mut)
        .ok_or(errors::NOT_FOUND_OR_REFUSED)?;
    match (allow.allow_all, allow.participant_id) {
        (Some(true), _) => run.let_all_in(now, random),
        (_, Some(id)) => run.let_in(&id, now, random),
        (_, None) => {
            Err(errors::PARAMETER.with_message("`participantID` or `allowAll` is missing"))
        }
    }
}

pub(crate) fn move_to_waiting_room(
    state: &mut State,
    control: ControlToken,
    to_move: MoveToWaitingRoom,
) -> Result<(), ServiceError> {
    send_to_wait(state, &control, &[to_move.participant_id])
}

pub(crate) fn batch_move_to_waiting_room(
    state: &mut State,
    control: ControlToken,
    to_move: BatchMoveToWaitingRoom,
) -> Result<(), ServiceError> {
    send_to_wait(state, &control, &to_move.participant_ids)
}

fn send_to_wait(
    state: &mut State,
    control: &ControlToken,
    ids: &[ParticipantId],
) -> Result<(), ServiceError> {
    host_only(control)?;
    let now = state.now;
    run(state, control)?.send_to_wait(ids, now)
}
