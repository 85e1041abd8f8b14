//! Control of those who are in a meeting.

use meeting_types::{
    ServiceError,
    events::InviteOutcome,
    models::{BookingAttendee, InvitedAttendee},
    operations::{HangUp, InviteParticipant, MuteParticipant, SetRole},
};

use super::{host_only, run};
use crate::{
    dispatch::Routes,
    refusal,
    state::{State, control::Control, lockout::Attempt, meetings::Role, run::Arrival},
};

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .on::<InviteParticipant>(invite_participant)
        .on::<MuteParticipant>(mute_participant)
        .on::<SetRole>(set_role)
        .on::<HangUp>(hang_up)
}

fn invite_participant(
    state: &mut State,
    control: Control,
    invite: InviteParticipant,
) -> Result<(), ServiceError> {
    host_only(&control)?;
    let calls = invite.attendees.into_iter().map(|attendee| {
        let user = attendee
            .account_id
            .as_ref()
            .and_then(|account| state.directory.user_by_account(account));
        let by_account = || {
            let number = user.map(|user| user.sip_number.clone());
            // Somebody who never logged in has no number here; the account stands for it.
            number.or_else(|| {
                attendee
                    .account_id
                    .as_ref()
                    .map(|id| id.as_str().to_owned())
            })
        };
        let number = attendee.phone.clone().or_else(by_account);
        let number = number.or_else(|| {
            let uuid = attendee.user_uuid.as_ref()?;
            Some(state.directory.user(uuid)?.sip_number.clone())
        });
        let user_uuid = user.map(|user| user.uuid.clone());
        number.map(|number| (attendee, number, user_uuid))
    });
    // All or nobody is called.
    let calls: Option<Vec<_>> = calls.collect();
    for (attendee, number, user_uuid) in calls.ok_or(refusal::NUMBER_EMPTY)? {
        let mut booked = as_booked(attendee);
        booked.phone = Some(number);
        booked.user_uuid = booked.user_uuid.or(user_uuid);
        let arrival = Arrival::booked(&booked);
        run(state, &control)?.invite(booked);
        state.call(&control.conference, arrival);
    }
    Ok(())
}

/// Somebody called into a running meeting, in the shape in which bookings name people.
fn as_booked(attendee: InvitedAttendee) -> BookingAttendee {
    let mut booked = BookingAttendee::new()
        .name(attendee.name)
        .kind(attendee.kind);
    booked.account_id = attendee.account_id;
    booked.user_uuid = attendee.user_uuid;
    booked.role = attendee.role;
    booked.email = attendee.email;
    booked.sms = attendee.sms;
    booked.dept_id = attendee.dept_id;
    booked.dept_name = attendee.dept_name;
    booked
}

fn mute_participant(
    state: &mut State,
    control: Control,
    mute: MuteParticipant,
) -> Result<(), ServiceError> {
    let participant = run(state, &control)?.participant(&mute.participant_id)?;
    // A guest's token is bound to no participant, so there is no "yourself" to act on.
    if control.role == Role::Guest {
        return Err(refusal::ONLY_ON_YOURSELF.into());
    }
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
