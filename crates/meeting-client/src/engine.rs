//! The engine of a client: what both worlds run.

mod login;

use std::{
    fmt,
    marker::PhantomData,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use meeting_types::{
    AccessToken, AuthKind, Authorization, LoginKey, Operation, Pacer, RawRequest, Response,
    RetryClass, SavedLogin, Transport,
};

use crate::{
    CallOptions, Config, Error, LoginCredentials, RetryPolicy,
    call::{Call, complete, drive},
    login::LoginSource,
    pace::{KnownLimit, KnownLimits, Paced},
    token::{CallToken, TokenUse},
    users::UserLogins,
};

/// A client that has no login. It runs operations that need none.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Anonymous;

/// A client that has a login.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct LoggedIn;

/// Says which credentials a client can add to a call.
///
/// Calls under conference control are made through a control session, which no client is.
#[diagnostic::on_unimplemented(
    message = "this client cannot carry the `{C}` that the operation needs",
    note = "operations with an access token need a client with a login",
    note = "operations under conference control are sent through a control session: `client.control(..)`"
)]
pub trait CanAuthorize<C: Authorization>: sealed::Sealed + Send + Sync + 'static {}

impl CanAuthorize<()> for Anonymous {}
impl CanAuthorize<()> for LoggedIn {}
impl CanAuthorize<AccessToken> for LoggedIn {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Anonymous {}
    impl Sealed for super::LoggedIn {}
}

/// Runs operations over a transport. The clients of `meeting-async` and `meeting-blocking` are thin
/// shells over it.
///
/// Clones share the transport and the login.
///
/// An engine with a login runs what needs one, and what needs nothing:
///
/// ```
/// # use meeting_client::{Engine, Error, LoggedIn};
/// # use meeting_types::operations::{CreateAnonymousAuthRandom, SearchMeetings};
/// async fn look_around(engine: Engine<LoggedIn>) -> Result<(), Error> {
///     engine.send(&SearchMeetings::new()).await?;
///     engine.send(&CreateAnonymousAuthRandom::new("900825541", "123456")).await?;
///     Ok(())
/// }
/// ```
///
/// Without a login the first of the two does not compile:
///
/// ```compile_fail,E0277
/// # use meeting_client::{Anonymous, Engine, Error};
/// # use meeting_types::operations::SearchMeetings;
/// async fn look_around(engine: Engine<Anonymous>) -> Result<(), Error> {
///     engine.send(&SearchMeetings::new()).await?;
///     Ok(())
/// }
/// ```
///
/// Nor does an operation under conference control, whatever the engine. It is sent through a
/// [`Control`](crate::Control):
///
/// ```compile_fail,E0277
/// # use meeting_client::{Engine, Error, LoggedIn};
/// # use meeting_types::operations::StopMeeting;
/// async fn stop(engine: Engine<LoggedIn>) -> Result<(), Error> {
///     engine.send(&StopMeeting::new()).await?;
///     Ok(())
/// }
/// ```
pub struct Engine<A> {
    transport: Arc<dyn Transport>,
    config: Arc<Config>,
    login: Option<Arc<LoginSource>>,
    users: Option<Arc<UserLogins>>,
    limits: Option<Arc<KnownLimits>>,
    access: PhantomData<fn() -> A>,
}

impl Engine<Anonymous> {
    /// An engine without a login.
    pub fn anonymous(config: Config, transport: Arc<dyn Transport>) -> Self {
        Self {
            transport,
            config: Arc::new(config),
            login: None,
            users: None,
            limits: None,
            access: PhantomData,
        }
    }
}

impl Engine<LoggedIn> {
    /// An engine that logs in by itself, when the first call needs it.
    pub fn logged_in(
        config: Config,
        transport: Arc<dyn Transport>,
        credentials: LoginCredentials,
    ) -> Self {
        let login = LoginSource::new(credentials, config.endpoint().clone());
        let users = UserLogins::at_most(config.users());
        Self {
            transport,
            config: Arc::new(config),
            login: Some(Arc::new(login)),
            users: Some(Arc::new(users)),
            limits: None,
            access: PhantomData,
        }
    }

    /// The login, to be kept for the next run of the program; `None` before the first one, and for a
    /// token that was had elsewhere. [`LoginCredentials::resuming`] takes it back.
    #[must_use]
    pub fn saved_login(&self) -> Option<SavedLogin> {
        self.login.as_ref()?.saved()
    }
}

impl<A: 'static> Engine<A> {
    pub(crate) fn shared_config(&self) -> Arc<Config> {
        Arc::clone(&self.config)
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// An engine that gives each call this much time. It shares all else with this one.
    #[must_use]
    pub fn with_deadline(&self, deadline: Duration) -> Self {
        self.with(Config::clone(&self.config).deadline(deadline))
    }

    /// An engine that repeats failed calls by this policy. It shares all else with this one.
    #[must_use]
    pub fn with_retry(&self, policy: RetryPolicy) -> Self {
        self.with(Config::clone(&self.config).retry(policy))
    }

    /// An engine whose calls are bulk work: a [pacer](Self::with_pacer) lets them go when nothing else
    /// wants to. It shares all else with this one.
    #[must_use]
    pub fn bulk(&self) -> Self {
        self.with(Config::clone(&self.config).bulk())
    }

    /// An engine whose requests, logins included, keep the pace that `pacer` gives to all clients of
    /// the same application or account. It shares all else with this one.
    #[must_use]
    pub fn with_pacer(&self, pacer: Arc<dyn Pacer>) -> Self {
        let account = match &self.login {
            Some(login) => login.pace_key(),
            None => LoginKey::named(self.config.endpoint(), "anonymous"),
        };
        let paced = Paced::new(self.transport.clone(), pacer, account);
        Self {
            limits: Some(paced.known_limits()),
            transport: Arc::new(paced),
            ..self.clone()
        }
    }

    /// The limits that responses told of, by operation. Without a [pacer](Self::with_pacer) nobody
    /// looks for them.
    ///
    /// The gateway is documented to tell them only to requests that carry the header
    /// `X-Apig-Mode: debug`, which [`CallOptions::header`] adds, and in refusals.
    #[must_use]
    pub fn limits(&self) -> Vec<KnownLimit> {
        self.limits.as_ref().map_or_else(Vec::new, |it| it.list())
    }

    fn with(&self, config: Config) -> Self {
        Self {
            config: Arc::new(config),
            ..self.clone()
        }
    }

    pub(crate) fn transport(&self) -> &dyn Transport {
        &*self.transport
    }

    /// The time, by the transport.
    pub(crate) fn now(&self) -> SystemTime {
        self.transport.now()
    }

    /// Runs an operation and returns its value.
    ///
    /// # Errors
    ///
    /// [`Error`] when no response came, the service refused, or the response cannot be read.
    pub async fn send<O: Operation>(&self, operation: &O) -> Result<O::Output, Error>
    where
        A: CanAuthorize<O::Authorization>,
    {
        Ok(self.response(operation).await?.into_value())
    }

    /// Runs an operation and returns the whole reply.
    ///
    /// # Errors
    ///
    /// [`Error`] when no response came, the service refused, or the response cannot be read.
    pub async fn response<O: Operation>(&self, operation: &O) -> Result<Response<O::Output>, Error>
    where
        A: CanAuthorize<O::Authorization>,
    {
        complete::<O>(&*self.transport, &mut self.call(operation)).await
    }

    /// Runs an operation with settings of its own, and returns the whole response.
    ///
    /// # Errors
    ///
    /// As for [`response`](Self::response).
    pub async fn response_with<O: Operation>(
        &self,
        operation: &O,
        options: &CallOptions,
    ) -> Result<Response<O::Output>, Error>
    where
        A: CanAuthorize<O::Authorization>,
    {
        let mut call = self.call(operation).with_options(options);
        complete::<O>(&*self.transport, &mut call).await
    }

    /// Runs an operation and returns what came, refusals included.
    ///
    /// # Errors
    ///
    /// [`Error`] when no reply came.
    pub async fn raw<O: Operation>(&self, operation: &O) -> Result<http::Response<Bytes>, Error>
    where
        A: CanAuthorize<O::Authorization>,
    {
        drive(&*self.transport, &mut self.call(operation)).await
    }

    /// Sends a request that the caller wrote, and returns the response as it came.
    ///
    /// Login, retries, deadline and trust are those of any call. The URL is a path and a query; the
    /// endpoint names the host. The access token of the login is added, unless the request carries a
    /// credential of its own. `retry` says what a second request does.
    ///
    /// # Errors
    ///
    /// [`Error`] when the URL names a host, no response came, or the service refused.
    pub async fn request(
        &self,
        request: http::Request<Bytes>,
        retry: RetryClass,
    ) -> Result<http::Response<Bytes>, Error> {
        let raw = RawRequest::new(request, retry);
        let login = self.login.as_ref().filter(|_| !raw.has_credential());
        let mut call = Call::new(&raw, &self.config, login.map(|login| token_of(login) as _));
        let response = drive(&*self.transport, &mut call).await?;
        RawRequest::read_response(response).map_err(|error| call.conclude(error))
    }

    /// The call that runs an operation, for a program with a loop of its own.
    pub fn call<'a, O: Operation>(&'a self, operation: &'a O) -> Call<'a>
    where
        A: CanAuthorize<O::Authorization>,
    {
        let login = match O::INFO.auth {
            AuthKind::AccessToken => self.login.as_ref(),
            _ => None,
        };
        Call::new(
            operation,
            &self.config,
            login.map(|login| token_of(login) as _),
        )
    }

    pub(crate) fn without_login(&self) -> Engine<Anonymous> {
        Engine {
            transport: self.transport.clone(),
            config: self.config.clone(),
            login: None,
            users: None,
            limits: self.limits.clone(),
            access: PhantomData,
        }
    }
}

/// The access token, for one call.
fn token_of(login: &Arc<LoginSource>) -> Box<dyn CallToken> {
    Box::new(TokenUse::new(login.clone()))
}

impl<A> Clone for Engine<A> {
    fn clone(&self) -> Self {
        Self {
            transport: self.transport.clone(),
            config: self.config.clone(),
            login: self.login.clone(),
            users: self.users.clone(),
            limits: self.limits.clone(),
            access: PhantomData,
        }
    }
}

impl<A> fmt::Debug for Engine<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("config", &self.config)
            .field("login", &self.login.is_some())
            .finish_non_exhaustive()
    }
}
