//! Getting control of a running meeting, and using it.

use meeting_types::{
    AccessToken, AuthRandom, ConferenceId, Password, SecretText, ServiceError, Timestamp,
    events::InviteOutcome,
    models::{
        AnonymousAuthRandom, BookingAttendee, ConferenceAuthRandom, ConferenceMode,
        ConferenceTokenGrant, ConferenceTokenInfo, InvitedAttendee, IssuedWebSocketToken,
        ParticipantRole,
    },
    operations::{
        CreateAnonymousAuthRandom, CreateAuthRandom, CreateConfToken, CreateWebSocketToken, HangUp,
        InviteParticipant, MuteMeeting, MuteParticipant, SetRole, StopMeeting,
    },
};

use crate::{
    dispatch::Routes,
    refusal,
    state::{
        State,
        control::{CONTROL_LIFETIME, Control},
        lockout::Attempt,
        meetings::{Meeting, Role},
        notices::OFFERED,
        run::{Arrival, Run},
    },
};

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .on::<CreateAnonymousAuthRandom>(create_anonymous_auth_random)
        .on::<CreateAuthRandom>(create_auth_random)
        .on::<CreateConfToken>(create_conf_token)
        .on::<CreateWebSocketToken>(create_web_socket_token)
        .on::<InviteParticipant>(invite_participant)
        .on::<MuteParticipant>(mute_participant)
        .on::<MuteMeeting>(mute_meeting)
        .on::<SetRole>(set_role)
        .on::<HangUp>(hang_up)
        .on::<StopMeeting>(stop_meeting)
}

fn create_anonymous_auth_random(
    state: &mut State,
    (): (),
    ask: CreateAnonymousAuthRandom,
) -> Result<AnonymousAuthRandom, ServiceError> {
    state.meeting_for_joining(&ask.conference_id, &ask.password)?;
    let random = AuthRandom::new(state.random.digits(15));
    let site = format!("{}/conferences", state.settings.endpoint);
    Ok(AnonymousAuthRandom::new(random).site_url(site))
}

fn create_auth_random(
    state: &mut State,
    _: AccessToken,
    ask: CreateAuthRandom,
) -> Result<ConferenceAuthRandom, ServiceError> {
    let free = |meeting: &Meeting| meeting.setting(|settings| settings.guests_skip_password);
    let (subject, need_password) = match &ask.password {
        Some(password) => {
            let (_, meeting) = state.meeting_for_joining(&ask.conference_id, password)?;
            (meeting.subject().to_owned(), !free(meeting))
        }
        None => {
            let meeting = state.meetings.get(&ask.conference_id);
            let meeting = meeting
                .filter(|meeting| !meeting.is_over())
                .ok_or(refusal::NO_SUCH_CONFERENCE)?;
            if !free(meeting) {
                return Err(refusal::PASSWORD_REQUIRED.into());
            }
            (meeting.subject().to_owned(), false)
        }
    };
    let random = AuthRandom::new(state.random.digits(15));
    Ok(ConferenceAuthRandom::new(random)
        .subject(subject)
        .conference_mode(ConferenceMode::Rtc)
        .webinar(false)
        .need_password(need_password)
        .support_applets(true))
}

fn create_conf_token(
    state: &mut State,
    (): (),
    ask: CreateConfToken,
) -> Result<ConferenceTokenGrant, ServiceError> {
    let id = &ask.conference_id;
    let kept = match &ask.keep_alive {
        Some(token) => keep_alive(state, id, token),
        None => None,
    };
    let control = match kept {
        Some(control) => control,
        None => open_control(state, id, ask.password.as_ref())?,
    };
    let now = state.now;
    let meeting = state.meetings.get(id).ok_or(refusal::NO_SUCH_CONFERENCE)?;
    let mut info = ConferenceTokenInfo::new(control.token.clone())
        .role(match control.role {
            Role::Host => ParticipantRole::Host,
            Role::Guest => ParticipantRole::Guest,
        })
        .web_socket_url(state.settings.web_socket_url.as_str())
        .expires_at(Timestamp::from(control.expires))
        .valid_for(CONTROL_LIFETIME)
        .scheduler_uuid(meeting.scheduler.clone())
        .corp_id(meeting.corp_id.clone())
        .supported_events(OFFERED.iter().map(|kind| kind.as_str()));
    let random = &mut state.random;
    info.web_socket_token = Some(state.controls.open_socket(&control, now, random));
    let mut grant = ConferenceTokenGrant::new(info);
    grant.address_token = Some(SecretText::new(random.token("stb")));
    grant.global_public_ip = Some(state.settings.public_ip.clone());
    Ok(grant)
}

/// Keeps a token alive, if it still is.
fn keep_alive(
    state: &mut State,
    id: &ConferenceId,
    token: &meeting_types::ConferenceToken,
) -> Option<Control> {
    let run = state.meetings.get(id)?.run()?.uuid.clone();
    let control = state.controls.find(id, token, state.now)?;
    if control.run != run {
        return None;
    }
    control.expires = state.now + CONTROL_LIFETIME;
    Some(control.clone())
}

/// Makes a token for whoever knows a password.
fn open_control(
    state: &mut State,
    id: &ConferenceId,
    password: Option<&Password>,
) -> Result<Control, ServiceError> {
    let meeting = state.meetings.get_mut(id);
    let meeting = meeting.ok_or(refusal::NOT_FOUND_OR_REFUSED)?;
    let role = check_for_control(meeting, password, state.now)?;
    let run = meeting.running()?.uuid.clone();
    Ok(state
        .controls
        .open(id, &run, role, state.now, &mut state.random))
}

fn check_for_control(
    meeting: &mut Meeting,
    password: Option<&Password>,
    now: std::time::SystemTime,
) -> Result<Role, ServiceError> {
    // No password is no attempt to guess one.
    let password = password.ok_or(refusal::NOT_FOUND_OR_REFUSED)?;
    let role = meeting.role_of(password);
    match meeting.control.attempt(now, role.is_some()) {
        Attempt::Locked => Err(refusal::CONTROL_LOCKED.into()),
        _ => role.ok_or_else(|| refusal::NOT_FOUND_OR_REFUSED.into()),
    }
}

fn create_web_socket_token(
    state: &mut State,
    control: Control,
    _: CreateWebSocketToken,
) -> Result<IssuedWebSocketToken, ServiceError> {
    let random = &mut state.random;
    let token = state.controls.open_socket(&control, state.now, random);
    Ok(IssuedWebSocketToken::new(token))
}

/// The run that a token controls.
fn run<'a>(state: &'a mut State, control: &Control) -> Result<&'a mut Run, ServiceError> {
    let meeting = state.meetings.get_mut(&control.conference);
    meeting.ok_or(refusal::NOT_FOUND_OR_REFUSED)?.running()
}

fn host_only(control: &Control) -> Result<(), ServiceError> {
    match control.role {
        Role::Host => Ok(()),
        Role::Guest => Err(refusal::GUESTS_MAY_NOT.into()),
    }
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

fn stop_meeting(state: &mut State, control: Control, _: StopMeeting) -> Result<(), ServiceError> {
    host_only(&control)?;
    state.stop(&control.conference);
    Ok(())
}
