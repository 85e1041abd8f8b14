//! Control of those who are in a meeting.

use meeting_types::{
    ServiceError,
    events::InviteOutcome,
    operations::{
        AllowClientRecord, HangUp, MuteParticipant, RenameParticipant, SetCohost, SetRole,
    },
};

use crate::{
    handlers::admit::Host,
    handlers::conference_control::control::{host_only, host_or_oneself, run},
    state::{
        State, errors,
        logins::{control_tokens::ControlToken, lockout::Attempt},
    },
};

pub(crate) fn mute_participant(
    state: &mut State,
    control: ControlToken,
    mute: MuteParticipant,
) -> Result<(), ServiceError> {
    let participant = run(state, &control)?.participant(&mute.participant_id)?;
    host_or_oneself(&control)?;
    participant.muted = mute.mute;
    Ok(())
}

pub(crate) fn set_role(
    state: &mut State,
    control: ControlToken,
    set: SetRole,
) -> Result<(), ServiceError> {
    if !set.host {
        host_only(&control)?;
        let participant = run(state, &control)?.participant(&set.participant_id)?;
        if !participant.host {
            return Err(errors::STATE_FORBIDS.into());
        }
        participant.host = false;
        return Ok(());
    }
    let now = state.now;
    let meeting = state.meetings.get_mut(&control.conference);
    let meeting = meeting.ok_or(errors::NOT_FOUND_OR_REFUSED)?;
    let right = set.host_password.as_ref() == Some(&meeting.host_password);
    match meeting.control.attempt(now, right) {
        Attempt::Right => meeting.running()?.make_host(&set.participant_id),
        Attempt::Wrong => Err(errors::HOST_PASSWORD_WRONG.into()),
        Attempt::Locked => Err(errors::CONTROL_LOCKED.into()),
    }
}

pub(crate) fn set_cohost(
    state: &mut State,
    Host(control): Host,
    set: SetCohost,
) -> Result<(), ServiceError> {
    let meeting = state.meetings.get_mut(&control.conference);
    let meeting = meeting.ok_or(errors::NOT_FOUND_OR_REFUSED)?;
    if !meeting.cohosts {
        return Err(errors::NO_COHOSTS.into());
    }
    meeting
        .running()?
        .set_cohost(&set.participant_id, set.cohost)
}

pub(crate) fn rename_participant(
    state: &mut State,
    control: ControlToken,
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
        None => return Err(errors::NO_SUCH_PARTICIPANT.into()),
    }
    run.rename(&rename.number, id, &rename.name);
    Ok(())
}

pub(crate) fn allow_client_record(
    state: &mut State,
    Host(control): Host,
    allow: AllowClientRecord,
) -> Result<(), ServiceError> {
    run(state, &control)?.allow_recording(&allow.participant_id, allow.allow)
}

pub(crate) fn hang_up(
    state: &mut State,
    Host(control): Host,
    hang_up: HangUp,
) -> Result<(), ServiceError> {
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
