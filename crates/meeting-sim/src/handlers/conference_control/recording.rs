//! Control of recording and live broadcast.

use meeting_types::{
    ServiceError,
    models::MmrRecordAction,
    operations::{Live, Record, SetMmrLive, SetMmrRecord},
};

use crate::{
    handlers::conference_control::control::host_only,
    state::{State, errors, logins::control_tokens::ControlToken},
};

pub(crate) fn record(
    state: &mut State,
    control: ControlToken,
    record: Record,
) -> Result<(), ServiceError> {
    let action = if record.record {
        MmrRecordAction::Start
    } else {
        MmrRecordAction::Stop
    };
    steer(state, &control, &action)
}

pub(crate) fn set_mmr_record(
    state: &mut State,
    control: ControlToken,
    set: SetMmrRecord,
) -> Result<(), ServiceError> {
    steer(state, &control, &set.action)
}

fn steer(
    state: &mut State,
    control: &ControlToken,
    action: &MmrRecordAction,
) -> Result<(), ServiceError> {
    host_only(control)?;
    let recorder = state.resources.recorder;
    let meeting = state.meetings.get_mut(&control.conference);
    let meeting = meeting.ok_or(errors::NOT_FOUND_OR_REFUSED)?;
    let booking = meeting.booking.clone();
    let recording = &mut meeting.running()?.recording;
    match action {
        MmrRecordAction::Start => recording.start(&booking, recorder),
        MmrRecordAction::Pause => recording.pause(&booking),
        MmrRecordAction::Stop => recording.stop(&booking),
        _ => Err(errors::PARAMETER.with_message("`recordType` is none of 0, 1 and 2")),
    }
}

pub(crate) fn live(
    state: &mut State,
    control: ControlToken,
    live: Live,
) -> Result<(), ServiceError> {
    set_live(state, &control, live.live)
}

pub(crate) fn set_mmr_live(
    state: &mut State,
    control: ControlToken,
    set: SetMmrLive,
) -> Result<(), ServiceError> {
    set_live(state, &control, set.live)
}

fn set_live(state: &mut State, control: &ControlToken, live: bool) -> Result<(), ServiceError> {
    host_only(control)?;
    let meeting = state.meetings.get_mut(&control.conference);
    let meeting = meeting.ok_or(errors::NOT_FOUND_OR_REFUSED)?;
    let booking = meeting.booking.clone();
    meeting.running()?.recording.set_live(&booking, live)
}
