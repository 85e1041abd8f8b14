//! Who waits before the door of a meeting.

use meeting_types::{
    ParticipantId, ServiceError,
    operations::{AllowWaitingParticipant, BatchMoveToWaitingRoom, MoveToWaitingRoom},
};

use super::{host_only, run};
use crate::{
    dispatch::Routes,
    refusal,
    state::{State, control::Control, meetings::Meeting},
};

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .on::<AllowWaitingParticipant>(allow_waiting_participant)
        .on::<MoveToWaitingRoom>(move_to_waiting_room)
        .on::<BatchMoveToWaitingRoom>(batch_move_to_waiting_room)
}

fn allow_waiting_participant(
    state: &mut State,
    control: Control,
    allow: AllowWaitingParticipant,
) -> Result<(), ServiceError> {
    host_only(&control)?;
    let (now, random) = (state.now, &mut state.random);
    let meeting = state.meetings.get_mut(&control.conference);
    let run = meeting
        .and_then(Meeting::run_mut)
        .ok_or(refusal::NOT_FOUND_OR_REFUSED)?;
    match (allow.allow_all, allow.participant_id) {
        (Some(true), _) => run.let_all_in(now, random),
        (_, Some(id)) => run.let_in(&id, now, random),
        (_, None) => Err(refusal::PARAMETER.because("`participantID` or `allowAll` is missing")),
    }
}

fn move_to_waiting_room(
    state: &mut State,
    control: Control,
    to_move: MoveToWaitingRoom,
) -> Result<(), ServiceError> {
    send_to_wait(state, &control, &[to_move.participant_id])
}

fn batch_move_to_waiting_room(
    state: &mut State,
    control: Control,
    to_move: BatchMoveToWaitingRoom,
) -> Result<(), ServiceError> {
    send_to_wait(state, &control, &to_move.participant_ids)
}

fn send_to_wait(
    state: &mut State,
    control: &Control,
    ids: &[ParticipantId],
) -> Result<(), ServiceError> {
    host_only(control)?;
    let now = state.now;
    run(state, control)?.send_to_wait(ids, now)
}
