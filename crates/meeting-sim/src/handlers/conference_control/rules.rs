//! The rules of a running meeting, and its end.

use std::time::Duration;

use meeting_types::{
    ServiceError,
    operations::{
        AllowAudienceJoin, AllowGuestUnmute, LockMeeting, MuteMeeting, PauseConference,
        ProlongMeeting, StopMeeting, UpdateStartedConfConfig,
    },
};

use super::{host_only, run};
use crate::{
    dispatch::Routes,
    refusal,
    state::{State, control::Control, meetings::DEFAULT_PROLONGATION},
};

/// How long a meeting can be made by hand. The service has a limit and does not tell it; this is
/// the longest that can be booked.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .on::<MuteMeeting>(mute_meeting)
        .on::<AllowGuestUnmute>(allow_guest_unmute)
        .on::<LockMeeting>(lock_meeting)
        .on::<UpdateStartedConfConfig>(update_started_conf_config)
        .on::<AllowAudienceJoin>(allow_audience_join)
        .on::<PauseConference>(pause_conference)
        .on::<ProlongMeeting>(prolong_meeting)
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

fn allow_guest_unmute(
    state: &mut State,
    control: Control,
    allow: AllowGuestUnmute,
) -> Result<(), ServiceError> {
    host_only(&control)?;
    run(state, &control)?.unmute_allowed = allow.allow;
    Ok(())
}

fn lock_meeting(
    state: &mut State,
    control: Control,
    lock: LockMeeting,
) -> Result<(), ServiceError> {
    host_only(&control)?;
    run(state, &control)?.rules.locked = lock.lock;
    Ok(())
}

fn update_started_conf_config(
    state: &mut State,
    control: Control,
    change: UpdateStartedConfConfig,
) -> Result<(), ServiceError> {
    host_only(&control)?;
    let run = run(state, &control)?;
    run.rules.change(&change)?;
    run.unmute_allowed = change.allow_self_unmute.unwrap_or(run.unmute_allowed);
    run.stop_forbidden_recordings();
    Ok(())
}

fn allow_audience_join(
    state: &mut State,
    control: Control,
    allow: AllowAudienceJoin,
) -> Result<(), ServiceError> {
    host_only(&control)?;
    run(state, &control)?.rules.audience_allowed = allow.allow;
    Ok(())
}

fn pause_conference(
    state: &mut State,
    control: Control,
    pause: PauseConference,
) -> Result<(), ServiceError> {
    host_only(&control)?;
    run(state, &control)?.rules.paused = pause.pause;
    Ok(())
}

fn prolong_meeting(
    state: &mut State,
    control: Control,
    prolong: ProlongMeeting,
) -> Result<(), ServiceError> {
    host_only(&control)?;
    let run = run(state, &control)?;
    let by = prolong.prolong_by.unwrap_or(DEFAULT_PROLONGATION);
    if by > LONGEST || (!prolong.automatic && run.ends + by > run.started + LONGEST) {
        return Err(refusal::LONGEST_DURATION.into());
    }
    if prolong.automatic {
        run.rules.prolong_by = by;
    } else {
        run.ends += by;
    }
    Ok(())
}

fn stop_meeting(state: &mut State, control: Control, _: StopMeeting) -> Result<(), ServiceError> {
    host_only(&control)?;
    state.stop(&control.conference);
    Ok(())
}
