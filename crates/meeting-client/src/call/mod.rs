//! One call, as a machine without IO: it says what to do next and is told how that went.

mod acquire;
mod drive;
mod no_transport;
mod request_id;

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::header::HeaderName;
use meeting_types::{
    AuthorizationRef, OperationInfo, RetryClass, ServiceError, Timeout, TransportError,
    TransportErrorKind, WriteRequest,
};

use self::{acquire::Acquiring, request_id::RequestId};
pub use self::{drive::drive, no_transport::NoTransport};
use crate::{
    Config, Elapsed, Error,
    retry::AttemptOutcome,
    token::{BUSY_WAIT, CallToken, Lease},
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Next action of a [`Call`].
///
/// A loop that meets one it does not know is older than this crate, and has to give the call up.
#[non_exhaustive]
pub enum Action {
    /// Send this request and report the outcome to [`Call::handle_response`]. Its extensions hold
    /// the [`Timeout`] by which the exchange must be over.
    Send(http::Request<Bytes>),
    /// Poll again at this point, counted as [`Call::elapsed`] does.
    SleepUntil(Elapsed),
    /// The call is over: any response that came, refusals included, or why none did.
    Done(Result<http::Response<Bytes>, Error>),
}

/// Prints neither headers nor query nor body: any of them may hold a secret.
impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(request) => {
                write!(f, "Send({} {})", request.method(), request.uri().path())
            }
            Self::SleepUntil(until) => write!(f, "SleepUntil({:?})", until.as_duration()),
            Self::Done(Ok(response)) => write!(f, "Done({})", response.status().as_u16()),
            Self::Done(Err(error)) => write!(f, "Done({error:?})"),
        }
    }
}

/// State machine of one call: its attempts, its token, its deadline. It does no IO.
///
/// Clients run it with [`drive`]. A program with a loop of its own takes it from
/// [`Engine::call`](crate::Engine::call) and does what each [`Action`] says:
///
/// ```
/// use std::{sync::Arc, thread, time::SystemTime};
///
/// use meeting_client::{Action, Config, Engine, NoTransport};
/// use meeting_types::{AppCredential, Endpoint, Operation, operations::SearchMeetings};
/// # use meeting_types::{TransportError, operations::CreateAppIdToken};
/// # fn exchange(request: http::Request<bytes::Bytes>)
/// #     -> Result<http::Response<bytes::Bytes>, TransportError> {
/// #     let login = request.uri().path() == CreateAppIdToken::INFO.path;
/// #     let body = if login { r#"{"accessToken": "a"}"# } else { r#"{"count": 0, "data": []}"# };
/// #     Ok(http::Response::new(body.into()))
/// # }
///
/// let app = AppCredential::new("demo-app", "demo-key");
/// let config = Config::new(Endpoint::china());
/// let engine = Engine::logged_in(config, Arc::new(NoTransport), app.into());
///
/// let search = SearchMeetings::new();
/// let mut call = engine.call(&search);
/// let response = loop {
///     match call.poll(SystemTime::now()) {
///         // The first request is the login.
///         Action::Send(request) => {
///             let outcome = exchange(request);
///             call.handle_response(outcome, SystemTime::now());
///         }
///         Action::SleepUntil(until) => thread::sleep(until.since(call.elapsed())),
///         Action::Done(result) => break result?,
///         // An action of a later release.
///         action => return Err(format!("{action:?} is not known here").into()),
///     }
/// };
/// let meetings = SearchMeetings::read_response(response)?.into_value();
/// assert!(meetings.data.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Dropping it abandons the call. A login that was under way is then left to the next caller.
#[must_use = "it does nothing until its actions are done"]
pub struct Call<'a> {
    /// The operation to run; `None` when the call only renews a token.
    operation: Option<&'a dyn WriteRequest>,
    info: &'static OperationInfo,
    config: &'a Config,
    token: Option<Box<dyn CallToken + 'a>>,
    request_id: RequestId,
    random: fastrand::Rng,
    /// The time that passed until the clock was last seen.
    elapsed: Elapsed,
    seen: Option<SystemTime>,
    attempt: u32,
    /// A refused token is replaced once.
    replaced: bool,
    sent_at: Option<SystemTime>,
    last: Option<Box<Error>>,
    state: State,
}

enum State {
    /// Ready for an attempt.
    Ready,
    /// Ready for an attempt from this point on.
    Waiting(Elapsed),
    /// The request is under way.
    Exchanging,
    /// A token must be acquired, from this point on.
    Acquiring(Acquiring, Elapsed),
    /// A request for a token is under way since that time.
    TokenRequested(Acquiring, &'static OperationInfo, SystemTime),
    /// Over.
    Over(Result<http::Response<Bytes>, Error>),
    /// The result was taken.
    Taken,
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        operation: &'a dyn WriteRequest,
        config: &'a Config,
        token: Option<Box<dyn CallToken + 'a>>,
    ) -> Self {
        Self::start(Some(operation), operation.info(), config, token)
    }

    /// Gets a token that came after the one of `generation`, and ends. `info` names it in errors.
    pub(crate) fn renewal(
        info: &'static OperationInfo,
        config: &'a Config,
        mut token: Box<dyn CallToken + 'a>,
        generation: u64,
    ) -> Self {
        token.require_newer_than(generation);
        Self::start(None, info, config, Some(token))
    }

    fn start(
        operation: Option<&'a dyn WriteRequest>,
        info: &'static OperationInfo,
        config: &'a Config,
        token: Option<Box<dyn CallToken + 'a>>,
    ) -> Self {
        let mut random = fastrand::Rng::new();
        Self {
            operation,
            info,
            config,
            token,
            request_id: RequestId::random(&mut random),
            random,
            elapsed: Elapsed::ZERO,
            seen: None,
            attempt: 1,
            replaced: false,
            sent_at: None,
            last: None,
            state: State::Ready,
        }
    }

    /// Draws the waits from `seed`, so that a test or a simulation can repeat them.
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.random = fastrand::Rng::with_seed(seed);
        self
    }

    /// When the operation was last sent.
    pub(crate) fn sent_at(&self) -> Option<SystemTime> {
        self.sent_at
    }

    /// The time since the first poll, when it was last polled or told of a response.
    #[must_use]
    pub fn elapsed(&self) -> Elapsed {
        self.elapsed
    }

    /// Sees the clock, and tells what is left of the time. A clock that is set back takes nothing
    /// away and adds nothing.
    fn left(&mut self, now: SystemTime) -> Duration {
        let passed = self.seen.map(|seen| now.duration_since(seen));
        self.seen = Some(now);
        if let Some(Ok(passed)) = passed {
            self.elapsed = self.elapsed + passed;
        }
        self.deadline().since(self.elapsed)
    }

    fn deadline(&self) -> Elapsed {
        Elapsed::from(self.config.allowed())
    }

    /// Says what to do next. `now` is the wall clock, by which tokens live; how long the call may
    /// take is counted by how far it moves.
    ///
    /// To poll before the outcome of an exchange was reported ends the call. To poll while it sleeps
    /// does no harm.
    pub fn poll(&mut self, now: SystemTime) -> Action {
        let left = self.left(now);
        loop {
            let action = match std::mem::replace(&mut self.state, State::Taken) {
                State::Over(result) => return Action::Done(result),
                State::Taken => return self.misuse("the call is already over"),
                _ if left.is_zero() => return Action::Done(Err(self.out_of_time())),
                State::Waiting(until) | State::Acquiring(_, until) if until >= self.deadline() => {
                    // A wait that outlasts the call is not begun.
                    return Action::Done(Err(self.out_of_time()));
                }
                State::Waiting(until) if until > self.elapsed => {
                    self.state = State::Waiting(until);
                    return Action::SleepUntil(until);
                }
                State::Acquiring(acquiring, until) if until > self.elapsed => {
                    self.state = State::Acquiring(acquiring, until);
                    return Action::SleepUntil(until);
                }
                State::Ready | State::Waiting(_) => self.begin(now, left),
                State::Acquiring(acquiring, _) => self.request_token(acquiring, now, left),
                State::Exchanging | State::TokenRequested(..) => {
                    return self.misuse("the outcome of the exchange was not reported");
                }
            };
            if let Some(action) = action {
                return action;
            }
        }
    }

    fn begin(&mut self, now: SystemTime, left: Duration) -> Option<Action> {
        let Some(mut token) = self.token.take() else {
            return Some(self.send(AuthorizationRef::Nothing, now, left));
        };
        let action = self.begin_with(&mut *token, now, left);
        self.token = Some(token);
        action
    }

    fn begin_with(
        &mut self,
        token: &mut (dyn CallToken + 'a),
        now: SystemTime,
        left: Duration,
    ) -> Option<Action> {
        let has_waited = token.is_waiting();
        match token.lease(now, left) {
            Lease::Ready(authorization) => Some(self.send(authorization, now, left)),
            Lease::Failed(error) => Some(Action::Done(Err(Error::Token(error)))),
            Lease::Busy | Lease::Acquire(_) if !has_waited && let Err(error) = self.check() => {
                Some(Action::Done(Err(error)))
            }
            Lease::Busy => {
                let delay = BUSY_WAIT.min(left);
                if !has_waited {
                    self.report_wait(delay, "for a token that another call acquires");
                }
                self.state = State::Ready;
                Some(Action::SleepUntil(self.elapsed + delay))
            }
            Lease::Acquire(acquisition) => {
                self.state = State::Acquiring(Acquiring::new(acquisition), self.elapsed);
                None
            }
        }
    }

    fn retry(&self) -> RetryClass {
        let operation = self.operation.map(|operation| operation.retry());
        operation.unwrap_or(self.info.retry)
    }

    /// Bad input is told before a login is spent on it.
    fn check(&self) -> Result<(), Error> {
        if let Some(operation) = self.operation {
            operation.validate()?;
        }
        Ok(())
    }

    fn send(
        &mut self,
        authorization: AuthorizationRef<'_>,
        now: SystemTime,
        left: Duration,
    ) -> Action {
        let Some(operation) = self.operation else {
            // There is a new token, which is all that was wanted.
            return Action::Done(Ok(http::Response::default()));
        };
        match operation.write(self.config.endpoint(), authorization) {
            Ok(mut request) => {
                self.state = State::Exchanging;
                self.sent_at = Some(now);
                self.add_common_headers(&mut request, left);
                Action::Send(request)
            }
            Err(error) => Action::Done(Err(error.into())),
        }
    }

    /// Adds what every request carries.
    fn add_common_headers(&self, request: &mut http::Request<Bytes>, left: Duration) {
        let timeout = Timeout(self.config.allowed_for_attempt().min(left));
        request.extensions_mut().insert(timeout);
        let headers = request.headers_mut();
        for (name, value) in self.config.headers() {
            headers.insert(name.clone(), value.clone());
        }
        headers.insert(REQUEST_ID, self.request_id.header());
    }

    fn report_wait(&self, delay: Duration, reason: &'static str) {
        tracing::debug!(
            operation = self.info.name,
            attempt = self.attempt,
            delay = ?delay,
            request_id = self.request_id.as_str(),
            "waits {reason}"
        );
    }

    /// The point at which the next attempt begins.
    fn resume_after(&self, delay: Duration) -> Elapsed {
        let until = self.elapsed + delay;
        if until < self.deadline() {
            self.report_wait(delay, "before another attempt");
        }
        until
    }

    /// Takes the outcome of the request that [`poll`](Self::poll) asked to send.
    pub fn handle_response(
        &mut self,
        outcome: Result<http::Response<Bytes>, TransportError>,
        now: SystemTime,
    ) {
        self.left(now);
        match std::mem::replace(&mut self.state, State::Taken) {
            State::Exchanging => {
                self.report(self.info, self.attempt, &outcome);
                self.state = self.on_response(outcome);
            }
            State::TokenRequested(acquiring, info, sent_at) => {
                self.report(info, acquiring.attempt(), &outcome);
                self.on_token_response(acquiring, info, sent_at, outcome, now);
            }
            // Nothing was asked for.
            other => self.state = other,
        }
    }

    /// Tells the log how an attempt went. Headers, queries and bodies stay out of it.
    fn report(
        &self,
        info: &OperationInfo,
        attempt: u32,
        outcome: &Result<http::Response<Bytes>, TransportError>,
    ) {
        match outcome {
            Ok(response) => tracing::debug!(
                operation = info.name,
                attempt,
                status = response.status().as_u16(),
                request_id = self.request_id.as_str(),
                "answered"
            ),
            Err(error) => tracing::debug!(
                operation = info.name,
                attempt,
                error = ?error.kind(),
                not_sent = error.is_not_sent(),
                request_id = self.request_id.as_str(),
                "no answer"
            ),
        }
    }

    fn on_response(&mut self, outcome: Result<http::Response<Bytes>, TransportError>) -> State {
        let response = match outcome {
            Err(error) => {
                let delay = self.judge(&AttemptOutcome::Failed(&error));
                let error = self.failed(error);
                return match delay {
                    Some(delay) => self.again(delay, error),
                    None => State::Over(Err(error)),
                };
            }
            Ok(response) => response,
        };
        if !response.status().is_client_error() && !response.status().is_server_error() {
            return State::Over(Ok(response));
        }
        let refusal = ServiceError::from_response(self.info.name, &response);
        if let (Some(token), false) = (&mut self.token, self.replaced)
            && token.discard_if_refused(&refusal)
        {
            self.replaced = true;
            self.last = Some(Box::new(Error::Service(refusal)));
            return State::Ready;
        }
        match self.judge(&AttemptOutcome::Refused(&refusal)) {
            Some(delay) => self.again(delay, Error::Service(refusal)),
            None => State::Over(Ok(response)),
        }
    }

    fn judge(&mut self, outcome: &AttemptOutcome<'_>) -> Option<Duration> {
        let policy = self.config.policy();
        policy.judge(self.retry(), self.attempt, outcome, self.random.f64())
    }

    fn again(&mut self, delay: Duration, error: Error) -> State {
        self.attempt += 1;
        self.last = Some(Box::new(error));
        State::Waiting(self.resume_after(delay))
    }

    fn failed(&self, source: TransportError) -> Error {
        Error::Transport {
            operation: self.info.name,
            source,
        }
    }

    fn misuse(&self, reason: &'static str) -> Action {
        let error = TransportError::new(TransportErrorKind::Other, reason);
        Action::Done(Err(self.failed(error)))
    }

    fn out_of_time(&mut self) -> Error {
        Error::Deadline {
            operation: self.info.name,
            allowed: self.config.allowed(),
            last: self.last.take(),
        }
    }
}

/// Prints no parameter and no token.
impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.info.name)
            .field("request_id", &self.request_id)
            .field("attempt", &self.attempt)
            .field("elapsed", &self.elapsed.as_duration())
            .finish_non_exhaustive()
    }
}
