//! The rules of a running meeting, and its end.

use std::time::Duration;

use meeting_types::{
    ServiceError,
    operations::{
        AllowAudienceJoin, AllowGuestUnmute, LockMeeting, MuteMeeting, PauseConference,
        ProlongMeeting, StopMeeting, UpdateStartedConfConfig,
    },
};

use crate::{
    handlers::admit::Host,
    handlers::conference_control::control::run,
    state::{State, errors, running::settings::DEFAULT_PROLONGATION},
};

/// How long a meeting can be made by hand. The service has a limit and does not tell it; this is
/// the longest that can be booked.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

pub(crate) fn mute_meeting(
    state: &mut State,
    Host(control): Host,
    mute: MuteMeeting,
) -> Result<(), ServiceError> {
    // Heeded only when muting: whoever is unmuted may unmute.
    let may_unmute = !mute.mute || mute.allow_self_unmute.unwrap_or(true);
    run(state, &control)?.mute_all(mute.mute, may_unmute);
    Ok(())
}

pub(crate) fn allow_guest_unmute(
    state: &mut State,
    Host(control): Host,
    allow: AllowGuestUnmute,
) -> Result<(), ServiceError> {
    run(state, &control)?.unmute_allowed = allow.allow;
    Ok(())
}

pub(crate) fn lock_meeting(
    state: &mut State,
    Host(control): Host,
    lock: LockMeeting,
) -> Result<(), ServiceError> {
    run(state, &control)?.settings.locked = lock.lock;
    Ok(())
}

pub(crate) fn update_started_conf_config(
    state: &mut State,
    Host(control): Host,
    change: UpdateStartedConfConfig,
) -> Result<(), ServiceError> {
    let run = run(state, &control)?;
    run.settings.change(&change)?;
    run.unmute_allowed = change.allow_self_unmute.unwrap_or(run.unmute_allowed);
    run.stop_forbidden_recordings();
    Ok(())
}

pub(crate) fn allow_audience_join(
    state: &mut State,
    Host(control): Host,
    allow: AllowAudienceJoin,
) -> Result<(), ServiceError> {
    run(state, &control)?.settings.audience_allowed = allow.allow;
    Ok(())
}

pub(crate) fn pause_conference(
    state: &mut State,
    Host(control): Host,
    pause: PauseConference,
) -> Result<(), ServiceError> {
    run(state, &control)?.settings.paused = pause.pause;
    Ok(())
}

pub(crate) fn prolong_meeting(
    state: &mut State,
    Host(control): Host,
    prolong: ProlongMeeting,
) -> Result<(), ServiceError> {
    let run = run(state, &control)?;
    let by = prolong.prolong_by.unwrap_or(DEFAULT_PROLONGATION);
    if by > LONGEST || (!prolong.automatic && run.ends + by > run.started + LONGEST) {
        return Err(errors::LONGEST_DURATION.into());
    }
    if prolong.automatic {
        run.settings.prolong_by = by;
    } else {
        run.ends += by;
    }
    Ok(())
}

pub(crate) fn stop_meeting(
    state: &mut State,
    Host(control): Host,
    _: StopMeeting,
) -> Result<(), ServiceError> {
    state.stop(&control.conference);
    Ok(())
}
