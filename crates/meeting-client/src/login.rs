//! The access token of a client: login, refresh, login again.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use meeting_types::{
    AccessToken, AccountCredential, AppCredential, AuthorizationRef, Endpoint, Operation,
    OperationInfo, RefreshToken, RequestError, SavedLogin, ServiceError, Timestamp,
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
    /// A login from an earlier run, and what logs in when it is over.
    Saved(SavedLogin, Option<Box<LoginCredentials>>),
}

impl LoginCredentials {
    /// Begins with a login from an earlier run, which is used and renewed like one of this run. These
    /// credentials log in when that is over.
    ///
    /// ```
    /// use meeting_client::LoginCredentials;
    /// use meeting_types::{AppCredential, SavedLogin};
    ///
    /// fn credentials(saved: Option<SavedLogin>) -> LoginCredentials {
    ///     let app = LoginCredentials::from(AppCredential::new("app id", "app key"));
    ///     match saved {
    ///         Some(login) => app.resuming(login),
    ///         None => app,
    ///     }
    /// }
    /// # drop(credentials(None));
    /// ```
    #[must_use]
    pub fn resuming(self, login: SavedLogin) -> Self {
        let credentials = match self {
            Self::Saved(_, credentials) => credentials,
            other => Some(Box::new(other)),
        };
        Self::Saved(login, credentials)
    }

    /// What logs in.
    fn last_resort(&self) -> Option<&Self> {
        match self {
            Self::App(_) | Self::Account(_) => Some(self),
            Self::Saved(_, credentials) => credentials.as_deref()?.last_resort(),
            Self::Token(_) => None,
        }
    }
}

/// A login from an earlier run. When it is over and cannot be renewed, calls fail.
impl From<SavedLogin> for LoginCredentials {
    fn from(login: SavedLogin) -> Self {
        Self::Saved(login, None)
    }
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
            LoginCredentials::Saved(login, _) => TokenStore::with(resumed(login)),
            LoginCredentials::App(_) | LoginCredentials::Account(_) => TokenStore::default(),
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

    /// The login that a program may keep. Of a token that was had elsewhere nobody knows how long it
    /// lives.
    pub(crate) fn saved(&self) -> Option<SavedLogin> {
        let token = self.store.last().filter(|token| !token.is_refused())?;
        if self.is_fixed() {
            return None;
        }
        let (issued_at, expires_at) = token.life();
        let lifetime = expires_at.duration_since(issued_at).unwrap_or_default();
        let tokens = &token.secret;
        let login = SavedLogin::new(tokens.access.clone(), issued_at.into(), lifetime);
        Some(match &tokens.refresh {
            Some((refresh, until)) => login.refresh(refresh.clone(), (*until).into()),
            None => login,
        })
    }

    fn login(&self, now: SystemTime) -> Option<TokenRequest> {
        match self.credentials.last_resort()? {
            LoginCredentials::App(app) => {
                let expires_at = Timestamp::from(after_or_now(now, SIGNATURE_LIFETIME));
                let nonce = uuid::Uuid::new_v4().to_string();
                Some(self.request_by(app.login(expires_at, nonce)))
            }
            LoginCredentials::Account(account) => Some(self.request_by(account.login())),
            LoginCredentials::Token(_) | LoginCredentials::Saved(..) => None,
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
                // Whoever can log in does not ask what renews a token that was refused.
                let can_log_in = self.credentials.last_resort().is_some();
                let stored = stored.filter(|token| !token.is_refused() || !can_log_in)?;
                let (token, until) = stored.secret.refresh.as_ref()?;
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

/// The tokens of a login from an earlier run.
fn resumed(login: &SavedLogin) -> StoredToken<LoginTokens> {
    let refresh_end = login.refresh_expires_at.map(SystemTime::from);
    let tokens = LoginTokens {
        access: login.access_token.clone(),
        refresh: login.refresh_token.clone().zip(refresh_end),
    };
    let (issued_at, expires_at) = (login.issued_at.into(), login.expires_at.into());
    StoredToken::resumed(tokens, issued_at, expires_at, fastrand::f64())
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
