//! Who is called into a running meeting, and who is no longer invited.

use meeting_types::{
    ConferenceId, ServiceError,
    events::InviteOutcome,
    models::{AttendeeType, BookingAttendee, InvitedAttendee},
    operations::{DeleteAttendees, InviteParticipant, InviteWithPwd},
};

use crate::{
    handlers::admit::Host,
    handlers::conference_control::{access::check_for_control, control::run},
    state::{State, booking::meetings::Role, errors, running::arrival::Arrival},
};

/// The longest number that is called.
const NUMBER_LENGTH: usize = 127;

pub(crate) fn invite_participant(
    state: &mut State,
    Host(control): Host,
    invite: InviteParticipant,
) -> Result<(), ServiceError> {
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
        let given = attendee.phone.as_deref().filter(|phone| !phone.is_empty());
        given.map_or(Ok(()), check_number)?;
        let number = given.map(str::to_owned).or_else(by_account);
        let number = number.or_else(|| {
            let uuid = attendee.user_uuid.as_ref()?;
            Some(state.directory.user(uuid)?.sip_number.clone())
        });
        let user_uuid = user.map(|user| user.uuid.clone());
        let number = number.ok_or(errors::NUMBER_EMPTY)?;
        let mut booked = as_booked(attendee);
        booked.phone = Some(number);
        booked.user_uuid = booked.user_uuid.or(user_uuid);
        Ok(booked)
    });
    // All or nobody is called.
    let calls: Result<Vec<_>, ServiceError> = calls.collect();
    for booked in calls? {
        call(state, &control.conference, booked)?;
    }
    Ok(())
}

fn call(
    state: &mut State,
    conference: &ConferenceId,
    booked: BookingAttendee,
) -> Result<(), ServiceError> {
    let arrival = Arrival::booked(&booked);
    let meeting = state.meetings.get_mut(conference);
    let meeting = meeting.ok_or(errors::NOT_FOUND_OR_REFUSED)?;
    meeting.running()?.invite(booked);
    state.call(conference, arrival);
    Ok(())
}

/// Whether something can be a number, or an address that stands for one.
fn check_number(number: &str) -> Result<(), ServiceError> {
    let fits = |sign: char| sign.is_ascii_alphanumeric() || "+*#-._@:".contains(sign);
    if number.is_empty() {
        Err(errors::NUMBER_EMPTY.into())
    } else if number.len() > NUMBER_LENGTH {
        Err(errors::NUMBER_TOO_LONG.into())
    } else if number.chars().all(fits) {
        Ok(())
    } else {
        Err(errors::BAD_NUMBER.into())
    }
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

pub(crate) fn invite_with_pwd(
    state: &mut State,
    (): (),
    invite: InviteWithPwd,
) -> Result<(), ServiceError> {
    let id = &invite.conference_id;
    if invite.body_conference_id != *id {
        return Err(errors::PARAMETER.with_message("`confID` and `conferenceID` differ"));
    }
    let (now, guests_may) = (state.now, state.settings.guests_call_devices);
    let meeting = state.meetings.get_mut(id);
    let meeting = meeting.ok_or(errors::NOT_FOUND_OR_REFUSED)?;
    let role = check_for_control(meeting, Some(&invite.password), now)?;
    let run = meeting.running()?;
    if role == Role::Guest {
        if !guests_may {
            return Err(errors::GUESTS_MAY_NOT.into());
        }
        if run.settings.locked {
            return Err(errors::LOCKED.into());
        }
    }
    check_number(&invite.number)?;
    let booked = BookingAttendee::new()
        .name(invite.number.as_str())
        .kind(AttendeeType::Terminal)
        .phone(invite.number.as_str());
    call(state, id, booked)
}

pub(crate) fn delete_attendees(
    state: &mut State,
    Host(control): Host,
    delete: DeleteAttendees,
) -> Result<(), ServiceError> {
    let run = run(state, &control)?;
    // All or nobody is removed.
    for attendee in &delete.attendees {
        let number = Some(attendee.number.as_str());
        match &attendee.participant_id {
            Some(id) => drop(run.participant(id)?),
            None if run.invited.iter().any(|a| a.phone.as_deref() == number) => {}
            None => return Err(errors::NO_SUCH_PARTICIPANT.into()),
        }
    }
    for attendee in &delete.attendees {
        let number = Some(attendee.number.as_str());
        run.invited.retain(|known| known.phone.as_deref() != number);
        if let Some(id) = &attendee.participant_id {
            // The same id twice is dropped once.
            let _ = run.remove(id, &InviteOutcome::HungUpByHost);
        }
    }
    Ok(())
}
