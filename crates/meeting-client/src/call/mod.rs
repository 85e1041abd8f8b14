//! One call, as a machine without IO: it says what to do next and is told how that went.

mod acquire;
mod consult;
mod drive;
mod no_transport;
mod outcome;
mod request_id;
mod state;
mod trace;

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::header::{Entry, HeaderName};
use meeting_types::{
    Attempt, AuthorizationRef, Bulk, OperationInfo, RetryClass, Timeout, TransportError,
    TransportErrorKind, WriteRequest,
};
use tracing::Span;

pub(crate) use self::drive::complete;
pub use self::{drive::drive, no_transport::NoTransport};
use self::{
    request_id::RequestId,
    state::{Acquiring, State},
};
use crate::{
    CallOptions, Config, Consultation, Elapsed, Error, RetryPolicy,
    in_flight::Place,
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
    /// Ask this of the store that processes share the login through, and report the answer to
    /// [`Call::handle_consulted`]. It comes only from an engine that has a store.
    Consult(Consultation),
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
            Self::Consult(question) => write!(f, "Consult({question:?})"),
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
    span: Span,
    options: Option<&'a CallOptions>,
    /// For the requests that are under way at once.
    place: Option<Place>,
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
    /// Class of repeats, where the engine knows better than the operation.
    class: Option<RetryClass>,
    /// Number of times that the call waited for a token in vain.
    waits_in_vain: u32,
    /// Failure of the last attempt.
    last: Option<Box<Error>>,
    /// The first attempt that the service may have carried out.
    earlier: Option<Box<Error>>,
    state: State,
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        operation: &'a dyn WriteRequest,
        config: &'a Config,
        token: Option<Box<dyn CallToken + 'a>>,
    ) -> Self {
        Self::start(Some(operation), operation.request_info(), config, token)
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
        let request_id = RequestId::random(&mut random);
        Self {
            operation,
            info,
            config,
            span: trace::span(info, config.endpoint(), request_id.as_str()),
            options: None,
            place: None,
            token,
            request_id,
            random,
            elapsed: Elapsed::ZERO,
            seen: None,
            attempt: 1,
            replaced: false,
            sent_at: None,
            class: None,
            waits_in_vain: 0,
            last: None,
            earlier: None,
            state: State::Ready,
        }
    }

    /// Draws the waits from `seed`, so that a test or a simulation can repeat them.
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.random = fastrand::Rng::with_seed(seed);
        self
    }

    /// Takes settings for this call in place of those of the client.
    pub fn with_options(mut self, options: &'a CallOptions) -> Self {
        self.options = Some(options);
        self
    }

    fn policy(&self) -> RetryPolicy {
        let given = self.options.and_then(CallOptions::given_retry);
        given.unwrap_or(*self.config.policy())
    }

    /// The time that the call may take.
    fn allowed(&self) -> Duration {
        let given = self.options.and_then(CallOptions::given_deadline);
        given.unwrap_or(self.config.allowed())
    }

    /// Repeats the call as one of `class`, where the engine knows better than the operation.
    pub(crate) fn with_class(mut self, class: RetryClass) -> Self {
        self.class = Some(class);
        self
    }

    /// A number from 0 to 1 from the random numbers of the call.
    pub(crate) fn draw(&mut self) -> f64 {
        self.random.f64()
    }

    /// Time at which the operation was last sent.
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
        Elapsed::from(self.allowed())
    }

    /// Says what to do next. `now` is the wall clock, by which tokens live; how long the call may
    /// take is counted by how far it moves.
    ///
    /// To poll before the outcome of an exchange was reported ends the call. To poll while it sleeps
    /// does no harm.
    pub fn poll(&mut self, now: SystemTime) -> Action {
        let span = self.span.clone();
        let _entered = span.enter();
        let action = self.advance(now);
        if let Action::Done(result) = &action {
            self.report_end(result);
        }
        action
    }

    fn advance(&mut self, now: SystemTime) -> Action {
        let left = self.left(now);
        loop {
            let action = match std::mem::replace(&mut self.state, State::Taken) {
                State::Over(result) => return Action::Done(result),
                State::Taken => return self.misuse("the call is already over"),
                State::Consulting(consulting) => return self.consult(consulting, left),
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
                State::Exchanging | State::TokenRequested(..) => {
                    return self.misuse("the outcome of the exchange was not reported");
                }
                state if !self.has_place() => {
                    self.state = state;
                    let delay = BUSY_WAIT.min(left);
                    return Action::SleepUntil(self.elapsed + delay);
                }
                State::Ready | State::Waiting(_) => self.begin(now, left),
                State::Acquiring(acquiring, _) => self.request_token(acquiring, now, left),
            };
            if let Some(action) = action {
                // Only what is under way takes a place, or callers would wait for each other.
                if !matches!(action, Action::Send(_)) {
                    self.place = None;
                }
                return action;
            }
        }
    }

    /// Takes a place among the requests that may be under way at once.
    fn has_place(&mut self) -> bool {
        if self.place.is_none() {
            self.place = self.config.in_flight().enter();
        }
        self.place.is_some()
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
            Lease::Failed(error) => match self.wait_again(&error) {
                Some(until) => {
                    self.state = State::Waiting(until);
                    None
                }
                None => Some(Action::Done(Err(self.settle(Error::Token(error))))),
            },
            Lease::Busy | Lease::Acquire(_) if !has_waited && let Err(error) = self.check() => {
                Some(Action::Done(Err(error)))
            }
            Lease::Busy => {
                let delay = BUSY_WAIT.min(left);
                if !has_waited {
                    self.report_wait(
                        delay,
                        self.attempt,
                        "for a token that another call acquires",
                    );
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
        let operation = self.operation.map(|operation| operation.request_retry());
        self.class.or(operation).unwrap_or(self.info.retry)
    }

    /// Bad input is told before a login is spent on it.
    fn check(&self) -> Result<(), Error> {
        if let Some(operation) = self.operation {
            operation.validate_request()?;
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
        match operation.write_request(self.config.endpoint(), authorization) {
            Ok(mut request) => {
                self.state = State::Exchanging;
                self.sent_at = Some(now);
                trace::record_request(&self.span, &request);
                self.add_own_headers(&mut request);
                self.add_common(&mut request, self.info, self.attempt, left);
                Action::Send(request)
            }
            Err(error) => Action::Done(Err(error.into())),
        }
    }

    /// Adds the headers that the caller gave.
    fn add_own_headers(&self, request: &mut http::Request<Bytes>) {
        let Some(options) = self.options else { return };
        for (name, value) in options.headers() {
            let entry = request.headers_mut().entry(name);
            if let Entry::Vacant(entry) = entry {
                entry.insert(value.clone());
            }
        }
    }

    /// Adds what every request carries: headers, and facts for transports and their decorators.
    fn add_common(
        &self,
        request: &mut http::Request<Bytes>,
        info: &'static OperationInfo,
        attempt: u32,
        left: Duration,
    ) {
        let extensions = request.extensions_mut();
        extensions.insert(Timeout(self.config.allowed_for_attempt().min(left)));
        extensions.insert(info);
        extensions.insert(Attempt(attempt));
        if self.config.is_bulk() {
            extensions.insert(Bulk);
        }
        let given = self.options.map(CallOptions::headers);
        let headers = request.headers_mut();
        for (name, value) in self.config.headers() {
            if given.is_none_or(|given| !given.contains_key(name)) || !headers.contains_key(name) {
                headers.insert(name.clone(), value.clone());
            }
        }
        headers.insert(REQUEST_ID, self.request_id.header());
    }

    /// Takes the outcome of the request that [`poll`](Self::poll) asked to send.
    pub fn handle_response(
        &mut self,
        outcome: Result<http::Response<Bytes>, TransportError>,
        now: SystemTime,
    ) {
        let span = self.span.clone();
        let _entered = span.enter();
        self.left(now);
        self.place = None;
        match std::mem::replace(&mut self.state, State::Taken) {
            State::Exchanging => {
                let took = took(self.sent_at, now);
                self.report(self.info, self.attempt, took, &outcome);
                self.state = self.on_response(outcome, now);
            }
            State::TokenRequested(acquiring, info, sent_at) => {
                let took = took(Some(sent_at), now);
                self.report(info, acquiring.attempt, took, &outcome);
                self.on_token_response(acquiring, info, sent_at, outcome, now);
            }
            // Nothing was asked for.
            other => self.state = other,
        }
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
}

/// The time since `sent_at`, none where the clock was set back.
fn took(sent_at: Option<SystemTime>, now: SystemTime) -> Duration {
    let took = sent_at.and_then(|sent| now.duration_since(sent).ok());
    took.unwrap_or_default()
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
