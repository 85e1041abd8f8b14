//! The access token of a client: login, refresh, login again.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use meeting_types::{
    AccessToken, AccountCredential, AppCredential, AuthorizationRef, Endpoint, Operation,
    OperationInfo, RefreshToken, RequestError, ServiceError, Timestamp,
    models::Login,
    operations::{CreateAppIdToken, CreateToken, UpdateToken},
};

use crate::{
    Error,
    token::{
        Acquire, Secret, StoredToken, TokenRequest, TokenSource, TokenStore, after_or_now, lifetime,
    },
};

/// How long the signature of an App ID login is good. The token lives much longer.
const SIGNATURE_LIFETIME: Duration = Duration::from_secs(600);

/// The least lifetime of an access token, for a reply that does not state one.
const DOCUMENTED_LIFETIME: Duration = Duration::from_secs(12 * 3600);

/// A lifetime above this is a point in time that was sent in its place, or nonsense.
const LONGEST_LIFETIME: Duration = Duration::from_secs(31 * 24 * 3600);

/// With what a client logs in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum LoginCredentials {
    /// An application, with its key.
    App(AppCredential),
    /// A user, with account and password.
    Account(AccountCredential),
    /// An access token that was had elsewhere. It is neither renewed nor replaced.
    Token(AccessToken),
}

impl From<AppCredential> for LoginCredentials {
    fn from(app: AppCredential) -> Self {
        Self::App(app)
    }
}

impl From<AccountCredential> for LoginCredentials {
    fn from(account: AccountCredential) -> Self {
        Self::Account(account)
    }
}

impl From<AccessToken> for LoginCredentials {
    fn from(token: AccessToken) -> Self {
        Self::Token(token)
    }
}

/// The access token that all calls of a client share.
#[derive(Debug)]
pub(crate) struct LoginSource {
    credentials: LoginCredentials,
    endpoint: Endpoint,
    store: Arc<TokenStore<LoginTokens>>,
}

/// What a login brings.
#[derive(Clone, Debug)]
pub(crate) struct LoginTokens {
    access: AccessToken,
    /// What renews it without a login, and until when.
    refresh: Option<(RefreshToken, SystemTime)>,
}

impl Secret for LoginTokens {
    fn authorization(&self) -> AuthorizationRef<'_> {
        AuthorizationRef::Access(&self.access)
    }
}

impl LoginSource {
    pub(crate) fn new(credentials: LoginCredentials, endpoint: Endpoint) -> Self {
        let store = match &credentials {
            LoginCredentials::Token(token) => {
                // It is used until the service refuses it.
                TokenStore::with(StoredToken::for_ever(LoginTokens {
                    access: token.clone(),
                    refresh: None,
                }))
            }
            _ => TokenStore::default(),
        };
        Self {
            credentials,
            endpoint,
            store: Arc::new(store),
        }
    }

    fn is_fixed(&self) -> bool {
        matches!(self.credentials, LoginCredentials::Token(_))
    }

    /// Takes the token out, so that it can be ended, if there is one that is good. What comes back
    /// knows this token alone.
    pub(crate) fn abandon(&self, now: SystemTime) -> Option<Self> {
        // A token that cannot be replaced stays: the service says best that it is over.
        let token = if self.is_fixed() {
            self.store.current(now)
        } else {
            self.store.take()
        };
        let token = token.filter(|token| token.is_good(now))?;
        let credentials = LoginCredentials::Token(token.secret.access.clone());
        Some(Self::new(credentials, self.endpoint.clone()))
    }

    fn login(&self, now: SystemTime) -> Option<TokenRequest> {
        match &self.credentials {
            LoginCredentials::App(app) => {
                let expires_at = Timestamp::from(after_or_now(now, SIGNATURE_LIFETIME));
                let nonce = uuid::Uuid::new_v4().to_string();
                Some(self.request_by(app.login(expires_at, nonce)))
            }
            LoginCredentials::Account(account) => Some(self.request_by(account.login())),
            LoginCredentials::Token(_) => None,
        }
    }

    fn request_by<O: Operation<Authorization = ()>>(
        &self,
        operation: Result<O, RequestError>,
    ) -> TokenRequest {
        TokenRequest {
            info: O::INFO,
            request: operation.and_then(|operation| operation.to_request(&self.endpoint, &())),
        }
    }
}

impl TokenSource for LoginSource {
    type Secret = LoginTokens;

    fn store(&self) -> &Arc<TokenStore<LoginTokens>> {
        &self.store
    }

    fn request(
        &self,
        how: Acquire,
        now: SystemTime,
        stored: Option<&StoredToken<LoginTokens>>,
    ) -> Option<TokenRequest> {
        match how {
            Acquire::Renew => {
                let (token, until) = stored?.secret.refresh.as_ref()?;
                (now < *until).then(|| self.request_by(Ok(UpdateToken::new(token.clone()))))
            }
            Acquire::LogIn => self.login(now),
        }
    }

    fn read(
        &self,
        now: SystemTime,
        info: &OperationInfo,
        response: http::Response<Bytes>,
        draw: f64,
    ) -> Result<StoredToken<LoginTokens>, Error> {
        let login = if info.name == UpdateToken::INFO.name {
            UpdateToken::read_response(response)
        } else if info.name == CreateToken::INFO.name {
            CreateToken::read_response(response)
        } else {
            CreateAppIdToken::read_response(response)
        };
        Ok(stored(login?.into_value(), now, draw))
    }

    fn is_refused(&self, error: &ServiceError) -> bool {
        !self.is_fixed() && error.is_token_expired()
    }

    fn refuses_credentials(&self, error: &ServiceError) -> bool {
        let is_passing = error.is_throttled() || error.is_busy() || error.is_server_fault();
        !is_passing && error.status() != http::StatusCode::REQUEST_TIMEOUT
    }
}

/// How long the token is good, by what the reply states.
fn stored(login: Login, now: SystemTime, draw: f64) -> StoredToken<LoginTokens> {
    // Both by the service's clock, so a wrong local clock does no harm.
    let span = |from: Timestamp, to: Timestamp| {
        let millis = to.as_millis().checked_sub(from.as_millis())?;
        u64::try_from(millis).ok().map(Duration::from_millis)
    };
    let between = login
        .created_at
        .zip(login.expires_at)
        .and_then(|(from, to)| span(from, to));
    let lifetime = lifetime(
        [login.valid_for, between],
        DOCUMENTED_LIFETIME,
        LONGEST_LIFETIME,
    );
    let refresh = login.refresh_token.map(|token| {
        let until = after_or_now(now, login.refresh_valid_for.unwrap_or(lifetime));
        (token, until)
    });
    let tokens = LoginTokens {
        access: login.access_token,
        refresh,
    };
    StoredToken::new(tokens, now, lifetime, draw)
}
