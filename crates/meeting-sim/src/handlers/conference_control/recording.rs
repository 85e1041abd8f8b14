//! Control of recording and live broadcast.

use meeting_types::{
    ServiceError,
    models::MmrRecordAction,
    operations::{Live, Record, SetMmrLive, SetMmrRecord},
};

use super::host_only;
use crate::{
    dispatch::Routes,
    refusal,
    state::{State, control::Control},
};

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .on::<Record>(record)
        .on::<SetMmrRecord>(set_mmr_record)
        .on::<Live>(live)
        .on::<SetMmrLive>(set_mmr_live)
}

fn record(state: &mut State, control: Control, record: Record) -> Result<(), ServiceError> {
    let action = if record.record {
        MmrRecordAction::Start
    } else {
        MmrRecordAction::Stop
    };
    steer(state, &control, &action)
}

fn set_mmr_record(
    state: &mut State,
    control: Control,
    set: SetMmrRecord,
) -> Result<(), ServiceError> {
    steer(state, &control, &set.action)
}

fn steer(
    state: &mut State,
    control: &Control,
    action: &MmrRecordAction,
) -> Result<(), ServiceError> {
    host_only(control)?;
    let recorder = state.backends.recorder;
    let meeting = state.meetings.get_mut(&control.conference);
    let meeting = meeting.ok_or(refusal::NOT_FOUND_OR_REFUSED)?;
    let booking = meeting.booking.clone();
    let recording = &mut meeting.running()?.recording;
    match action {
        MmrRecordAction::Start => recording.start(&booking, recorder),
        MmrRecordAction::Pause => recording.pause(&booking),
        MmrRecordAction::Stop => recording.stop(&booking),
        _ => Err(refusal::PARAMETER.because("`recordType` is none of 0, 1 and 2")),
    }
}

fn live(state: &mut State, control: Control, live: Live) -> Result<(), ServiceError> {
    set_live(state, &control, live.live)
}

fn set_mmr_live(state: &mut State, control: Control, set: SetMmrLive) -> Result<(), ServiceError> {
    set_live(state, &control, set.live)
}

fn set_live(state: &mut State, control: &Control, live: bool) -> Result<(), ServiceError> {
    host_only(control)?;
    let meeting = state.meetings.get_mut(&control.conference);
    let meeting = meeting.ok_or(refusal::NOT_FOUND_OR_REFUSED)?;
    let booking = meeting.booking.clone();
    meeting.running()?.recording.set_live(&booking, live)
}
