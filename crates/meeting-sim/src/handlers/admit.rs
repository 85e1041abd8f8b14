//! Who calls an operation, as the type of an argument: checked before the handler runs.

use std::sync::Arc;

use bytes::Bytes;
use meeting_types::{AccessToken, Authorization, ConferenceCredential, CorpId, ServiceError};

use crate::state::{
    State, booking::meetings::Role, corp::people::User, errors,
    logins::control_tokens::ControlToken,
};

/// Checks a credential.
pub(crate) trait Authenticate: Authorization {
    /// Who gave it.
    type Caller;

    fn authenticate(
        given: Option<Self>,
        request: &http::Request<Bytes>,
        state: &mut State,
    ) -> Result<Self::Caller, ServiceError>;
}

/// Checks whether somebody whose credential is good may call.
pub(crate) trait Admit<C>: Sized {
    fn admit(caller: C, state: &State) -> Result<Self, ServiceError>;
}

/// Anybody whose credential is good.
impl<C> Admit<C> for C {
    fn admit(caller: C, _: &State) -> Result<Self, ServiceError> {
        Ok(caller)
    }
}

/// Somebody who is logged in.
pub(crate) struct Member {
    pub(crate) token: AccessToken,
    pub(crate) user: Arc<User>,
}

/// An administrator of an enterprise.
pub(crate) struct CorpAdmin {
    pub(crate) user: Arc<User>,
    pub(crate) corp_id: CorpId,
}

/// The host of a running meeting, by the token for its control.
pub(crate) struct Host(pub(crate) ControlToken);

impl Admit<Member> for CorpAdmin {
    fn admit(caller: Member, _: &State) -> Result<Self, ServiceError> {
        if !caller.user.is_admin() {
            return Err(errors::ILLEGAL_REQUEST.into());
        }
        Ok(Self {
            corp_id: caller.user.corp_id.clone(),
            user: caller.user,
        })
    }
}

impl Admit<ControlToken> for Host {
    fn admit(caller: ControlToken, _: &State) -> Result<Self, ServiceError> {
        match caller.role {
            Role::Host => Ok(Self(caller)),
            Role::Guest => Err(errors::GUESTS_MAY_NOT.into()),
        }
    }
}

impl Authenticate for () {
    type Caller = ();

    fn authenticate(
        _: Option<Self>,
        _: &http::Request<Bytes>,
        _: &mut State,
    ) -> Result<(), ServiceError> {
        Ok(())
    }
}

impl Authenticate for AccessToken {
    type Caller = Member;

    fn authenticate(
        given: Option<Self>,
        _: &http::Request<Bytes>,
        state: &mut State,
    ) -> Result<Member, ServiceError> {
        let token = given.ok_or(errors::TOKEN_INVALID)?;
        let user = state.user_of(&token)?;
        Ok(Member { token, user })
    }
}

impl Authenticate for ConferenceCredential {
    type Caller = ControlToken;

    fn authenticate(
        given: Option<Self>,
        request: &http::Request<Bytes>,
        state: &mut State,
    ) -> Result<ControlToken, ServiceError> {
        let given = given.ok_or_else(|| {
            let query = request.uri().query().unwrap_or_default();
            if !request.headers().contains_key("x-conference-authorization") {
                ServiceError::from(errors::CONTROL_TOKEN_MISSING)
            } else if query.contains("conferenceID=") {
                errors::NOT_FOUND_OR_REFUSED.into()
            } else {
                errors::PARAMETER.with_message("`conferenceID` is missing")
            }
        })?;
        state.control_of(&given)
    }
}
