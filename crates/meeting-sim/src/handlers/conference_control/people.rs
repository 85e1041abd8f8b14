//! Control of those who are in a meeting.

use meeting_types::{
    ServiceError,
    events::InviteOutcome,
    operations::{
        AllowClientRecord, HangUp, MuteParticipant, RenameParticipant, SetCohost, SetRole,
    },
};

use super::{host_only, host_or_oneself, run};
use crate::{
    dispatch::Routes,
    refusal,
    state::{State, control::Control, lockout::Attempt},
};

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .on::<MuteParticipant>(mute_participant)
        .on::<SetRole>(set_role)
        .on::<SetCohost>(set_cohost)
        .on::<RenameParticipant>(rename_participant)
        .on::<AllowClientRecord>(allow_client_record)
        .on::<HangUp>(hang_up)
}

fn mute_participant(
    state: &mut State,
    control: Control,
    mute: MuteParticipant,
) -> Result<(), ServiceError> {
    let participant = run(state, &control)?.participant(&mute.participant_id)?;
    host_or_oneself(&control)?;
    participant.muted = mute.mute;
    Ok(())
}

fn set_role(state: &mut State, control: Control, set: SetRole) -> Result<(), ServiceError> {
    if !set.host {
        host_only(&control)?;
        let participant = run(state, &control)?.participant(&set.participant_id)?;
        if !participant.host {
            return Err(refusal::STATE_FORBIDS.into());
        }
        participant.host = false;
        return Ok(());
    }
    let now = state.now;
    let meeting = state.meetings.get_mut(&control.conference);
    let meeting = meeting.ok_or(refusal::NOT_FOUND_OR_REFUSED)?;
    let right = set.host_password.as_ref() == Some(&meeting.host_password);
    match meeting.control.attempt(now, right) {
        Attempt::Right => meeting.running()?.make_host(&set.participant_id),
        Attempt::Wrong => Err(refusal::HOST_PASSWORD_WRONG.into()),
        Attempt::Locked => Err(refusal::CONTROL_LOCKED.into()),
    }
}

fn set_cohost(state: &mut State, control: Control, set: SetCohost) -> Result<(), ServiceError> {
    host_only(&control)?;
    let meeting = state.meetings.get_mut(&control.conference);
    let meeting = meeting.ok_or(refusal::NOT_FOUND_OR_REFUSED)?;
    if !meeting.cohosts {
        return Err(refusal::NO_COHOSTS.into());
    }
    meeting
        .running()?
        .set_cohost(&set.participant_id, set.cohost)
}

fn rename_participant(
    state: &mut State,
    control: Control,
    rename: RenameParticipant,
) -> Result<(), ServiceError> {
    host_or_oneself(&control)?;
    state.settings.check_name(&rename.name)?;
    let run = run(state, &control)?;
    let id = rename.participant_id.as_ref();
    let number = Some(rename.number.as_str());
    match id {
        Some(id) => drop(run.participant(id)?),
        None if run.invited.iter().any(|a| a.phone.as_deref() == number) => {}
        None => return Err(refusal::NO_SUCH_PARTICIPANT.into()),
    }
    run.rename(&rename.number, id, &rename.name);
    Ok(())
}

fn allow_client_record(
    state: &mut State,
    control: Control,
    allow: AllowClientRecord,
) -> Result<(), ServiceError> {
    host_only(&control)?;
    run(state, &control)?.allow_recording(&allow.participant_id, allow.allow)
}

fn hang_up(state: &mut State, control: Control, hang_up: HangUp) -> Result<(), ServiceError> {
    host_only(&control)?;
    let run = run(state, &control)?;
    // All or nobody is dropped.
    for id in &hang_up.participant_ids {
        run.participant(id)?;
    }
    for id in &hang_up.participant_ids {
        // The same id twice is dropped once.
        let _ = run.remove(id, &InviteOutcome::HungUpByHost);
    }
    Ok(())
}
