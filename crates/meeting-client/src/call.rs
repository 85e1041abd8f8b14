//! One call, as a machine without IO: it says what to do next and is told how that went.

mod fetching;
mod manual;
mod request_id;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::header::HeaderName;
use meeting_types::{
    AuthorizationRef, OperationInfo, RetryClass, ServiceError, Timeout, Transport, TransportError,
    TransportErrorKind, WriteRequest,
};

use self::fetching::Fetching;
pub use self::manual::NoTransport;
use self::request_id::RequestId;
use crate::{
    Config, Error,
    retry::Outcome,
    token::{Asking, BUSY_WAIT, Held, Lease, TokenSource},
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Next action of a [`Call`].
///
/// A loop that meets one it does not know is older than this crate, and has to give the call up.
#[non_exhaustive]
pub enum Step {
    /// Send this request and report the outcome to [`Call::answer`]. Its extensions hold the
    /// [`Timeout`] by which the exchange must be over.
    Send(http::Request<Bytes>),
    /// Let this time pass and ask again.
    Wait(Duration),
    /// The call is over: any reply that came, refusals included, or why none did.
    Done(Result<http::Response<Bytes>, Error>),
}

/// Prints neither headers nor query nor body: any of them may hold a secret.
impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(request) => {
                write!(f, "Send({} {})", request.method(), request.uri().path())
            }
            Self::Wait(delay) => write!(f, "Wait({delay:?})"),
            Self::Done(Ok(response)) => write!(f, "Done({})", response.status().as_u16()),
            Self::Done(Err(error)) => write!(f, "Done({error:?})"),
        }
    }
}

/// One call as a machine without IO: its tries, its token, its deadline.
///
/// Clients run it with [`drive`]. A program with a loop of its own takes it from
/// [`Engine::call`](crate::Engine::call) and does what each [`Step`] says:
///
/// ```
/// use std::{sync::Arc, thread, time::SystemTime};
///
/// use meeting_client::{Config, Engine, NoTransport, Step};
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
///     match call.next(SystemTime::now()) {
///         // The first request is the login.
///         Step::Send(request) => {
///             let outcome = exchange(request);
///             call.answer(SystemTime::now(), outcome);
///         }
///         Step::Wait(delay) => thread::sleep(delay),
///         Step::Done(result) => break result?,
///         // A step of a later release.
///         step => return Err(format!("{step:?} is not known here").into()),
///     }
/// };
/// let meetings = SearchMeetings::read_response(response)?.into_value();
/// assert!(meetings.data.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Dropping it abandons the call. A login that was under way is then left to the next caller.
#[must_use = "it does nothing until its steps are done"]
pub struct Call<'a> {
    /// The operation to run; `None` when the call only renews a token.
    operation: Option<&'a dyn WriteRequest>,
    info: &'static OperationInfo,
    config: &'a Config,
    tokens: Option<&'a dyn TokenSource>,
    request_id: RequestId,
    random: fastrand::Rng,
    /// The time that passed until the clock was last seen.
    spent: Duration,
    seen: Option<SystemTime>,
    attempt: u32,
    /// A refused token is replaced once.
    replaced: bool,
    asking: Asking,
    sent_at: Option<SystemTime>,
    /// What the operation was last sent with.
    sent_with: Option<Arc<Held>>,
    last: Option<Box<Error>>,
    state: State,
}

enum State {
    /// Ready for a try.
    Ready,
    /// Ready for a try with the token that was just fetched.
    Holding(Arc<Held>, u64),
    /// A wait comes first.
    Pausing(Duration, Box<State>),
    /// The request is under way, with the token of this generation.
    Exchanging(Option<u64>),
    /// A token must be fetched.
    Fetching(Fetching),
    /// A request for a token is under way since that time.
    Fetched(Fetching, &'static OperationInfo, SystemTime),
    /// Over.
    Over(Result<http::Response<Bytes>, Error>),
    /// The result was taken.
    Taken,
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        operation: &'a dyn WriteRequest,
        config: &'a Config,
        tokens: Option<&'a dyn TokenSource>,
    ) -> Self {
        Self::start(Some(operation), operation.info(), config, tokens)
    }

    /// Gets a token that came after the one of `generation`, and ends. `info` names it in errors.
    pub(crate) fn renewal(
        info: &'static OperationInfo,
        config: &'a Config,
        tokens: &'a dyn TokenSource,
        generation: u64,
    ) -> Self {
        let mut call = Self::start(None, info, config, Some(tokens));
        call.asking.newer_than = Some(generation);
        call
    }

    fn start(
        operation: Option<&'a dyn WriteRequest>,
        info: &'static OperationInfo,
        config: &'a Config,
        tokens: Option<&'a dyn TokenSource>,
    ) -> Self {
        let mut random = fastrand::Rng::new();
        Self {
            operation,
            info,
            config,
            tokens,
            request_id: RequestId::random(&mut random),
            random,
            spent: Duration::ZERO,
            seen: None,
            attempt: 1,
            replaced: false,
            asking: Asking::default(),
            sent_at: None,
            sent_with: None,
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

    /// The token that the operation was last sent with.
    pub(crate) fn into_held(self) -> Option<Arc<Held>> {
        self.sent_with
    }

    /// What is left of the time. A clock that is set back takes nothing away and adds nothing.
    fn left(&mut self, now: SystemTime) -> Duration {
        let passed = self.seen.map(|seen| now.duration_since(seen));
        self.seen = Some(now);
        if let Some(Ok(passed)) = passed {
            self.spent = self.spent.saturating_add(passed);
        }
        self.config.allowed().saturating_sub(self.spent)
    }

    /// Says what to do next, by the wall clock.
    ///
    /// To ask again before the outcome of an exchange was reported ends the call.
    pub fn next(&mut self, now: SystemTime) -> Step {
        let left = self.left(now);
        loop {
            let step = match std::mem::replace(&mut self.state, State::Taken) {
                State::Over(result) => return Step::Done(result),
                State::Taken => return self.lost("the call is already over"),
                _ if left.is_zero() => return Step::Done(Err(self.out_of_time())),
                State::Pausing(delay, then) => {
                    // A wait that outlasts the call is not begun.
                    if delay >= left {
                        return Step::Done(Err(self.out_of_time()));
                    }
                    self.state = *then;
                    Some(self.wait(delay, "before another try"))
                }
                State::Ready => self.begin(now, left),
                State::Holding(held, generation) => {
                    let step = self.send(held.by_ref(), Some(generation), now, left);
                    self.sent_with = Some(held);
                    Some(step)
                }
                State::Fetching(fetching) => self.fetch(fetching, now, left),
                State::Exchanging(_) | State::Fetched(..) => {
                    return self.lost("the outcome of the exchange was not reported");
                }
            };
            if let Some(step) = step {
                return step;
            }
        }
    }

    fn begin(&mut self, now: SystemTime, left: Duration) -> Option<Step> {
        let Some(tokens) = self.tokens else {
            return Some(self.send(AuthorizationRef::Nothing, None, now, left));
        };
        let waited = self.asking.is_waiting();
        let lease = tokens.store().lease(now, left, &mut self.asking);
        let may_need_a_login = matches!(lease, Lease::Busy | Lease::Fetch(..));
        if may_need_a_login
            && !waited
            && let Err(error) = self.check()
        {
            return Some(Step::Done(Err(error)));
        }
        match lease {
            Lease::Have(held, generation) => {
                self.state = State::Holding(held, generation);
                None
            }
            Lease::Busy => {
                self.state = State::Ready;
                let delay = BUSY_WAIT.min(left);
                if waited {
                    return Some(Step::Wait(delay));
                }
                Some(self.wait(delay, "for a token that another call fetches"))
            }
            Lease::Failed(error) => Some(Step::Done(Err(Error::Token(error)))),
            Lease::Fetch(ticket, old) => {
                self.state = State::Fetching(Fetching::new(ticket, old));
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
        by_ref: AuthorizationRef<'_>,
        generation: Option<u64>,
        now: SystemTime,
        left: Duration,
    ) -> Step {
        let Some(operation) = self.operation else {
            // There is a new token, which is all that was wanted.
            return Step::Done(Ok(http::Response::default()));
        };
        match operation.write(self.config.endpoint(), by_ref) {
            Ok(mut request) => {
                self.state = State::Exchanging(generation);
                self.sent_at = Some(now);
                self.dress(&mut request, left);
                Step::Send(request)
            }
            Err(error) => Step::Done(Err(error.into())),
        }
    }

    /// Adds what every request carries.
    fn dress(&self, request: &mut http::Request<Bytes>, left: Duration) {
        let timeout = Timeout(self.config.allowed_for_attempt().min(left));
        request.extensions_mut().insert(timeout);
        let headers = request.headers_mut();
        for (name, value) in self.config.headers() {
            headers.insert(name.clone(), value.clone());
        }
        headers.insert(REQUEST_ID, self.request_id.header());
    }

    fn wait(&self, delay: Duration, reason: &'static str) -> Step {
        tracing::debug!(
            operation = self.info.name,
            attempt = self.attempt,
            delay = ?delay,
            request_id = self.request_id.as_str(),
            "waits {reason}"
        );
        Step::Wait(delay)
    }

    /// Takes the outcome of what [`next`](Self::next) asked to send.
    pub fn answer(
        &mut self,
        now: SystemTime,
        outcome: Result<http::Response<Bytes>, TransportError>,
    ) {
        self.left(now);
        match std::mem::replace(&mut self.state, State::Taken) {
            State::Exchanging(generation) => {
                self.report(self.info, self.attempt, &outcome);
                self.state = self.judged(generation, outcome);
            }
            State::Fetched(fetching, info, sent_at) => {
                self.report(info, fetching.attempt(), &outcome);
                self.fetched(fetching, info, sent_at, now, outcome);
            }
            // Nothing was asked for.
            other => self.state = other,
        }
    }

    /// Tells the log how a try went. Headers, queries and bodies stay out of it.
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

    fn judged(
        &mut self,
        generation: Option<u64>,
        outcome: Result<http::Response<Bytes>, TransportError>,
    ) -> State {
        let response = match outcome {
            Err(error) => {
                let delay = self.judge(&Outcome::Failed(&error));
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
        if let (Some(tokens), Some(generation), false) = (self.tokens, generation, self.replaced)
            && tokens.is_refused(&refusal)
        {
            tokens.store().discard(generation);
            self.replaced = true;
            self.last = Some(Box::new(Error::Service(refusal)));
            return State::Ready;
        }
        match self.judge(&Outcome::Refused(&refusal)) {
            Some(delay) => self.again(delay, Error::Service(refusal)),
            None => State::Over(Ok(response)),
        }
    }

    fn judge(&mut self, outcome: &Outcome<'_>) -> Option<Duration> {
        let policy = self.config.policy();
        policy.judge(self.retry(), self.attempt, outcome, self.random.f64())
    }

    fn again(&mut self, delay: Duration, error: Error) -> State {
        self.attempt += 1;
        self.last = Some(Box::new(error));
        State::Pausing(delay, Box::new(State::Ready))
    }

    fn failed(&self, source: TransportError) -> Error {
        Error::Transport {
            operation: self.info.name,
            source,
        }
    }

    fn lost(&self, reason: &'static str) -> Step {
        let error = TransportError::new(TransportErrorKind::Other, reason);
        Step::Done(Err(self.failed(error)))
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
            .field("spent", &self.spent)
            .finish_non_exhaustive()
    }
}

/// Runs a call over a transport.
///
/// # Errors
///
/// [`Error`] when no reply came.
pub async fn drive(
    transport: &dyn Transport,
    call: &mut Call<'_>,
) -> Result<http::Response<Bytes>, Error> {
    loop {
        match call.next(transport.now()) {
            Step::Send(request) => {
                let outcome = transport.send(request).await;
                call.answer(transport.now(), outcome);
            }
            Step::Wait(delay) => transport.sleep(delay).await,
            Step::Done(result) => return result,
        }
    }
}
