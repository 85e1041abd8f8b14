//! The access token of a client: login, refresh, login again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use meeting_types::{
    AccessToken, AccountCredential, AppCredential, AuthorizationRef, Claimant, Endpoint, LoginKey,
    LoginStore, Operation, OperationInfo, ProxyCredential, RefreshToken, RequestError, RetryAfter,
    SavedLogin, ServiceError, Timestamp, UserId,
    models::Login,
    operations::{CreateAppIdToken, CreateProxyToken, CreateToken, UpdateToken},
};

use crate::{
    Error, OnStoreLoss,
    login_store::StoreLink,
    token::{
        Acquire, Secret, StoredToken, TokenRequest, TokenSource, TokenStore, after_or_now, lifetime,
    },
};

/// Life of the signature of an App ID login. The token lives much longer.
const SIGNATURE_LIFETIME: Duration = Duration::from_secs(600);

/// A clock that is off by less is not to blame for a refusal.
const LEAST_CORRECTION: Duration = Duration::from_secs(60);

/// The code of a login whose signature is past its time.
const SIGNATURE_TOO_OLD: &str = "USG.206010057";

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
    /// A user whose account WeLink or a service of the enterprise keeps.
    Proxy(ProxyCredential),
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

    /// Credentials that log in.
    fn last_resort(&self) -> Option<&Self> {
        match self {
            Self::App(_) | Self::Account(_) | Self::Proxy(_) => Some(self),
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

impl From<ProxyCredential> for LoginCredentials {
    fn from(user: ProxyCredential) -> Self {
        Self::Proxy(user)
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
    link: Option<StoreLink>,
    /// By how many milliseconds the clock of the service is ahead of this one, where that matters.
    ahead: AtomicI64,
    /// True once a credential that counts once has counted.
    is_spent: AtomicBool,
}

/// Tokens of a login.
#[derive(Clone, Debug)]
pub(crate) struct LoginTokens {
    access: AccessToken,
    /// Refresh token, which renews it without a login, and its end.
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
            LoginCredentials::Saved(login, _) => TokenStore::with(resumed(login, fastrand::f64())),
            LoginCredentials::App(_)
            | LoginCredentials::Account(_)
            | LoginCredentials::Proxy(_) => TokenStore::default(),
        };
        Self {
            credentials,
            endpoint,
            store: Arc::new(store),
            link: None,
            ahead: AtomicI64::new(0),
            is_spent: AtomicBool::new(false),
        }
    }

    /// The same credentials, with a login that processes share through `store`. A token that was had
    /// elsewhere is not shared: nothing replaces it.
    pub(crate) fn over_store(&self, store: Arc<dyn LoginStore>, on_loss: OnStoreLoss) -> Self {
        let id = uuid::Uuid::new_v4().to_string();
        let claimant = match self.credentials.last_resort() {
            Some(LoginCredentials::App(app)) => Some(Claimant::of_app(&self.endpoint, app, id)),
            Some(LoginCredentials::Account(account)) => {
                Some(Claimant::of_account(&self.endpoint, account, id))
            }
            Some(LoginCredentials::Proxy(user)) => Claimant::of_proxy(&self.endpoint, user, id),
            _ => None,
        };
        Self {
            link: claimant.map(|claimant| StoreLink::new(store, claimant, on_loss)),
            ..Self::new(self.credentials.clone(), self.endpoint.clone())
        }
    }

    /// The login of another user of the same application; `None` for other credentials.
    pub(crate) fn of_user(&self, user: &UserId) -> Option<Self> {
        let LoginCredentials::App(app) = self.credentials.last_resort()? else {
            return None;
        };
        let credentials = app.clone().user_id(user).into();
        let login = Self::new(credentials, self.endpoint.clone());
        let login = match &self.link {
            Some(link) => login.over_store(link.store(), link.on_loss()),
            None => login,
        };
        let ahead = self.ahead.load(Ordering::Relaxed);
        login.ahead.store(ahead, Ordering::Relaxed);
        Some(login)
    }

    /// Under which name the clients of the account share a pace: all users of an application do.
    pub(crate) fn pace_key(&self) -> LoginKey {
        let endpoint = &self.endpoint;
        let key = match self.credentials.last_resort() {
            Some(LoginCredentials::App(app)) => Some(LoginKey::of_application(endpoint, app)),
            Some(LoginCredentials::Account(account)) => {
                Some(*Claimant::of_account(endpoint, account, "").key())
            }
            Some(LoginCredentials::Proxy(user)) => {
                Claimant::of_proxy(endpoint, user, "").map(|claimant| *claimant.key())
            }
            _ => None,
        };
        key.unwrap_or_else(|| LoginKey::named(endpoint, "token"))
    }

    /// True when the credentials log in, also a second time.
    fn can_log_in(&self) -> bool {
        self.credentials.last_resort().is_some() && !self.is_spent.load(Ordering::Relaxed)
    }

    /// The store that processes share the login through, if they do.
    pub(crate) fn link(&self) -> Option<&StoreLink> {
        self.link.as_ref()
    }

    /// Forgets the token in this process. The store keeps it for the others.
    pub(crate) fn let_go(&self) {
        self.store.take();
    }

    /// The number, in the store that processes share, of the last token.
    pub(crate) fn shared_number(&self) -> u64 {
        self.store.last().map_or(0, |token| token.shared_number())
    }

    /// Source that ends the token of a saved login.
    pub(crate) fn ender_of(&self, login: &SavedLogin) -> Self {
        let credentials = LoginCredentials::Token(login.access_token.clone());
        Self::new(credentials, self.endpoint.clone())
    }

    /// The clock of the service when this one shows `now`, as far as that is known.
    fn by_service(&self, now: SystemTime) -> Timestamp {
        let now = Timestamp::from(now);
        let millis = now
            .as_millis()
            .saturating_add(self.ahead.load(Ordering::Relaxed));
        Timestamp::from_millis(millis)
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
        (!self.is_fixed()).then(|| saved(&token))
    }

    fn login(&self, now: SystemTime) -> Option<TokenRequest> {
        match self.credentials.last_resort()? {
            LoginCredentials::App(app) => {
                let expires_at = self.by_service(now).saturating_add(SIGNATURE_LIFETIME);
                let nonce = uuid::Uuid::new_v4().to_string();
                Some(self.request_by(app.login(expires_at, nonce)))
            }
            LoginCredentials::Account(account) => Some(self.request_by(account.login())),
            LoginCredentials::Proxy(_) if !self.can_log_in() => None,
            LoginCredentials::Proxy(user) => Some(self.request_by(user.login())),
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
                // Among processes that share the login one renewal spares all of them that.
                let can_log_in = self.can_log_in() && self.link.is_none();
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
        } else if info.name == CreateProxyToken::INFO.name {
            let login = CreateProxyToken::read_response(response);
            if let (Ok(_), Some(LoginCredentials::Proxy(user))) =
                (&login, self.credentials.last_resort())
            {
                self.is_spent.store(user.is_single_use(), Ordering::Relaxed);
            }
            login
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

    fn link(&self) -> Option<&StoreLink> {
        self.link.as_ref()
    }

    fn to_saved(&self, token: &StoredToken<LoginTokens>) -> Option<SavedLogin> {
        Some(saved(token))
    }

    fn of_saved(&self, login: &SavedLogin, draw: f64) -> Option<StoredToken<LoginTokens>> {
        Some(resumed(login, draw))
    }

    fn corrects_clock(
        &self,
        response: &http::Response<Bytes>,
        sent_at: SystemTime,
        now: SystemTime,
    ) -> bool {
        let Some(date) = RetryAfter::sent_at(response.headers()).map(Timestamp::from) else {
            return false;
        };
        let refusal = ServiceError::from_response(CreateAppIdToken::INFO.name, response);
        let signed_until = self.by_service(sent_at).saturating_add(SIGNATURE_LIFETIME);
        let ahead = date
            .as_millis()
            .saturating_sub(Timestamp::from(now).as_millis());
        let change = ahead.abs_diff(self.ahead.load(Ordering::Relaxed));
        let is_too_old = refusal.code() == SIGNATURE_TOO_OLD || date >= signed_until;
        let corrects = is_too_old && Duration::from_millis(change) >= LEAST_CORRECTION;
        if corrects {
            self.ahead.store(ahead, Ordering::Relaxed);
        }
        corrects
    }
}

/// The tokens as a program keeps them.
fn saved(token: &StoredToken<LoginTokens>) -> SavedLogin {
    let (issued_at, expires_at) = token.life();
    let lifetime = expires_at.duration_since(issued_at).unwrap_or_default();
    let tokens = &token.secret;
    let login = SavedLogin::new(tokens.access.clone(), issued_at.into(), lifetime);
    match &tokens.refresh {
        Some((refresh, until)) => login.refresh(refresh.clone(), (*until).into()),
        None => login,
    }
}

/// The tokens of a login from an earlier run, or from a store. `draw` says when they are renewed.
fn resumed(login: &SavedLogin, draw: f64) -> StoredToken<LoginTokens> {
    let refresh_end = login.refresh_expires_at.map(SystemTime::from);
    let tokens = LoginTokens {
        access: login.access_token.clone(),
        refresh: login.refresh_token.clone().zip(refresh_end),
    };
    let (issued_at, expires_at) = (login.issued_at.into(), login.expires_at.into());
    StoredToken::resumed(tokens, issued_at, expires_at, draw)
}

/// Token with its life, by what the response states.
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
