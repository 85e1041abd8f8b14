//! Logins, and the life of access tokens.

use meeting_types::{
    AccountCredential, ServiceError, UserUuid,
    models::{ClientType, Login, TokenCreation},
    operations::{CheckToken, CreateAppIdToken, CreateToken, DeleteToken, UpdateToken},
};

use crate::{
    handlers::admit::Member,
    state::{State, errors, logins::sessions},
};

pub(crate) fn create_app_id_token(
    state: &mut State,
    (): (),
    login: CreateAppIdToken,
) -> Result<Login, ServiceError> {
    let user = state
        .directory
        .log_in_app(&login, state.now, &mut state.random)?;
    open(state, &user, login.client_type)
}

pub(crate) fn create_token(
    state: &mut State,
    (): (),
    login: CreateToken,
) -> Result<Login, ServiceError> {
    let given = AccountCredential::from_header(&login.authorization)
        .ok_or(errors::WRONG_ACCOUNT_PASSWORD)?;
    if *given.account() != login.account {
        return Err(errors::LOGIN_PARAMETER.with_message("`account` differs from the header"));
    }
    let user = state
        .directory
        .log_in_account(&given, state.now, &mut state.random)?;
    if login.token_creation == Some(TokenCreation::Skip) {
        return Ok(Login::new(""));
    }
    open(state, &user, login.client_type)
}

pub(crate) fn update_token(
    state: &mut State,
    (): (),
    update: UpdateToken,
) -> Result<Login, ServiceError> {
    let (user, client_type) = state.sessions.trade(&update.refresh_token, state.now)?;
    open(state, &user, client_type)
}

pub(crate) fn check_token(
    state: &mut State,
    (): (),
    check: CheckToken,
) -> Result<Login, ServiceError> {
    let user = state.user_of(&check.token)?;
    let session = state.sessions.find(&check.token, state.now)?;
    let mut login = if check.issue_new_token {
        let client_type = session.client_type();
        open(state, &user.uuid, client_type)?
    } else {
        sessions::reply(session, &user)
    };
    if check.include_user == Some(false) {
        login.user = None;
    }
    Ok(login)
}

pub(crate) fn delete_token(
    state: &mut State,
    caller: Member,
    _: DeleteToken,
) -> Result<(), ServiceError> {
    state.sessions.close(&caller.token);
    Ok(())
}

fn open(
    state: &mut State,
    user: &UserUuid,
    client_type: ClientType,
) -> Result<Login, ServiceError> {
    let user = state.directory.user(user).ok_or(errors::TOKEN_INVALID)?;
    let random = &mut state.random;
    Ok(state.sessions.open(user, client_type, state.now, random))
}
