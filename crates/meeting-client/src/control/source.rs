//! The control token that the calls of a session share, and how it is acquired.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use meeting_types::{
    AuthorizationRef, ConferenceCredential, ConferenceId, ConferenceToken, Operation as _,
    OperationInfo, Password, ServiceError, events::EventKind, models::ConferenceTokenGrant,
    operations::CreateConfToken,
};

use super::Grant;
use crate::{
    Config, Error,
    token::{Acquire, Secret, StoredToken, TokenRequest, TokenSource, TokenStore, lifetime},
};

/// The documented lifetime of a control token, for a response that does not state one.
const DOCUMENTED_LIFETIME: Duration = Duration::from_secs(30 * 60);

/// A lifetime above this is a point in time that was sent in its place.
const LONGEST_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// A control token, and what came with it.
#[derive(Clone, Debug)]
pub(super) struct ControlToken {
    pub(super) credential: ConferenceCredential,
    pub(super) grant: Arc<Grant>,
}

impl Secret for ControlToken {
    fn authorization(&self) -> AuthorizationRef<'_> {
        AuthorizationRef::Conference(&self.credential)
    }
}

/// The control token of one meeting.
#[derive(Debug)]
pub(super) struct ConferenceSource {
    pub(super) conference_id: ConferenceId,
    /// Password that gets a new token; a session by a token alone has none.
    pub(super) password: Option<Password>,
    pub(super) config: Arc<Config>,
    pub(super) store: Arc<TokenStore<ControlToken>>,
}

/// Asks for a control token. The current one goes along to be kept alive; should the service have
/// forgotten it, the password gets a new one by the same request.
pub(super) fn opening(
    id: &ConferenceId,
    password: &Password,
    current: Option<&ConferenceToken>,
) -> CreateConfToken {
    let mut operation = CreateConfToken::new(id.clone()).password(password.clone());
    operation.keep_alive = current.cloned();
    operation
}

/// The token that came in response to [`opening`], which was sent at `now`.
pub(super) fn stored(
    id: &ConferenceId,
    now: SystemTime,
    granted: ConferenceTokenGrant,
    draw: f64,
) -> StoredToken<ControlToken> {
    let data = granted.data;
    let lifetime = lifetime([data.valid_for], DOCUMENTED_LIFETIME, LONGEST_LIFETIME);
    let grant = Grant {
        role: data.role,
        web_socket_url: data.web_socket_url,
        expires_at: data.expires_at,
        corp_id: data.corp_id,
        supported_events: data
            .supported_events
            .iter()
            .map(|kind| EventKind::from(kind.as_str()))
            .collect(),
    };
    let token = ControlToken {
        credential: ConferenceCredential::new(id.clone(), data.token),
        grant: Arc::new(grant),
    };
    StoredToken::new(token, now, lifetime, draw)
}

/// A control token of which nothing else is known. It is used until the service refuses it.
pub(super) fn of_unknown_life(credential: ConferenceCredential) -> StoredToken<ControlToken> {
    let token = ControlToken {
        credential,
        grant: Arc::default(),
    };
    StoredToken::for_ever(token)
}

impl TokenSource for ConferenceSource {
    type Secret = ControlToken;

    fn store(&self) -> &Arc<TokenStore<ControlToken>> {
        &self.store
    }

    fn request(
        &self,
        how: Acquire,
        now: SystemTime,
        stored: Option<&StoredToken<ControlToken>>,
    ) -> Option<TokenRequest> {
        let current = stored
            .filter(|token| token.is_good(now))
            .map(|token| &token.secret.credential.token);
        // The same request renews and logs in, so there is but one.
        let password = self.password.as_ref().filter(|_| how == Acquire::LogIn)?;
        Some(TokenRequest {
            info: CreateConfToken::INFO,
            request: opening(&self.conference_id, password, current)
                .to_request(self.config.endpoint(), &()),
        })
    }

    fn read(
        &self,
        now: SystemTime,
        _: &OperationInfo,
        response: http::Response<Bytes>,
        draw: f64,
    ) -> Result<StoredToken<ControlToken>, Error> {
        let granted = CreateConfToken::read_response(response)?.into_value();
        Ok(stored(&self.conference_id, now, granted, draw))
    }

    fn is_refused(&self, error: &ServiceError) -> bool {
        // The service also says of a control token what it says of an access token.
        self.password.is_some()
            && (error.is_conference_token_refused()
                || error.is_token_expired()
                || error.status() == http::StatusCode::UNAUTHORIZED)
    }

    fn refuses_credentials(&self, error: &ServiceError) -> bool {
        // A meeting that is not running may run in a moment.
        error.is_conference_token_refused() || error.is_wrong_password() || error.is_locked()
    }
}
