//! Getting control of a running meeting.

use meeting_types::{
    AuthRandom, ConferenceId, Password, SecretText, ServiceError, Timestamp,
    models::{
        AnonymousAuthRandom, ConferenceAuthRandom, ConferenceMode, ConferenceTokenGrant,
        ConferenceTokenInfo, IssuedWebSocketToken, ParticipantRole,
    },
    operations::{
        CreateAnonymousAuthRandom, CreateAuthRandom, CreateConfToken, CreateWebSocketToken,
    },
};

use crate::{
    handlers::admit::Member,
    state::{
        State,
        booking::meetings::{Meeting, Role},
        errors,
        feed::OFFERED,
        logins::{control_tokens::ControlToken, lockout::Attempt},
    },
};

pub(crate) fn create_anonymous_auth_random(
    state: &mut State,
    (): (),
    ask: CreateAnonymousAuthRandom,
) -> Result<AnonymousAuthRandom, ServiceError> {
    state.meeting_for_joining(&ask.conference_id, &ask.password)?;
    let random = AuthRandom::new(state.random.digits(15));
    let site = format!("{}/conferences", state.settings.endpoint);
    Ok(AnonymousAuthRandom::new(random).site_url(site))
}

pub(crate) fn create_auth_random(
    state: &mut State,
    _: Member,
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
                .ok_or(errors::NO_SUCH_CONFERENCE)?;
            if !free(meeting) {
                return Err(errors::PASSWORD_REQUIRED.into());
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

pub(crate) fn create_conf_token(
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
    let meeting = state.meetings.get(id).ok_or(errors::NO_SUCH_CONFERENCE)?;
    let mut info = ConferenceTokenInfo::new(control.token.clone())
        .role(match control.role {
            Role::Host => ParticipantRole::Host,
            Role::Guest => ParticipantRole::Guest,
        })
        .web_socket_url(state.settings.web_socket_url.as_str())
        .expires_at(Timestamp::from(control.expires))
        .valid_for(state.control_tokens.lifetime)
        .scheduler_uuid(meeting.scheduler.clone())
        .corp_id(meeting.corp_id.clone())
        .supported_events(OFFERED.iter().map(|kind| kind.as_str()));
    let random = &mut state.random;
    info.web_socket_token = Some(state.control_tokens.open_socket(&control, now, random));
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
) -> Option<ControlToken> {
    let run = state.meetings.get(id)?.run()?.uuid.clone();
    let lifetime = state.control_tokens.lifetime;
    let control = state.control_tokens.find(id, token, state.now)?;
    if control.run != run {
        return None;
    }
    control.expires = state.now + lifetime;
    Some(control.clone())
}

/// Makes a token for whoever knows a password.
fn open_control(
    state: &mut State,
    id: &ConferenceId,
    password: Option<&Password>,
) -> Result<ControlToken, ServiceError> {
    let meeting = state.meetings.get_mut(id);
    let meeting = meeting.ok_or(errors::NOT_FOUND_OR_REFUSED)?;
    let role = check_for_control(meeting, password, state.now)?;
    let run = meeting.running()?.uuid.clone();
    Ok(state
        .control_tokens
        .open(id, &run, role, state.now, &mut state.random))
}

/// Whom a password lets control a meeting.
pub(super) fn check_for_control(
    meeting: &mut Meeting,
    password: Option<&Password>,
    now: std::time::SystemTime,
) -> Result<Role, ServiceError> {
    // No password is no attempt to guess one.
    let password = password.ok_or(errors::NOT_FOUND_OR_REFUSED)?;
    let role = meeting.role_of(password);
    match meeting.control.attempt(now, role.is_some()) {
        Attempt::Locked => Err(errors::CONTROL_LOCKED.into()),
        _ => role.ok_or_else(|| errors::NOT_FOUND_OR_REFUSED.into()),
    }
}

pub(crate) fn create_web_socket_token(
    state: &mut State,
    control: ControlToken,
    _: CreateWebSocketToken,
) -> Result<IssuedWebSocketToken, ServiceError> {
    let random = &mut state.random;
    let token = state
        .control_tokens
        .open_socket(&control, state.now, random);
    Ok(IssuedWebSocketToken::new(token))
}
