//! One call, as a machine without IO: it says what to do next and is told how that went.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{HeaderValue, header::HeaderName};
use meeting_types::{
    Carried, OperationInfo, Retry, ServiceError, Timeout, Transport, TransportError, schema::Model,
    write_request,
};

use crate::{
    Config, Error,
    retry::Outcome,
    token::{BUSY_WAIT, Held, Lease, Ticket, TokenSource},
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What to do next.
#[derive(Debug)]
pub(crate) enum Step {
    /// Send this and report the outcome to [`Call::answer`].
    Send(http::Request<Bytes>),
    /// Let this time pass and ask again.
    Wait(Duration),
    /// The call is over.
    Done(Result<http::Response<Bytes>, Error>),
}

/// One call: its tries, its token, its deadline. Not generic over the operation.
pub(crate) struct Call<'a> {
    operation: &'a dyn Model,
    info: &'static OperationInfo,
    config: &'a Config,
    tokens: Option<&'a dyn TokenSource>,
    request_id: HeaderValue,
    random: fastrand::Rng,
    started: Option<SystemTime>,
    attempt: u32,
    /// A refused token is replaced once.
    replaced: bool,
    waiting_for: Option<u64>,
    last: Option<Box<Error>>,
    state: State,
}

enum State {
    /// Ready for a try.
    Ready,
    /// A wait comes before the next try.
    Pausing(Duration, Box<State>),
    /// The request is under way, with the token of this generation.
    Exchanging(Option<u64>),
    /// A token must be fetched.
    Fetching(Fetching),
    /// A request for a token is under way.
    Exchanged(Fetching, &'static OperationInfo),
    /// Over.
    Over(Result<http::Response<Bytes>, Error>),
    /// The result was taken.
    Taken,
}

struct Fetching {
    ticket: Ticket,
    old: Option<Arc<Held>>,
    way: u32,
    attempt: u32,
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        operation: &'a dyn Model,
        info: &'static OperationInfo,
        config: &'a Config,
        tokens: Option<&'a dyn TokenSource>,
    ) -> Self {
        let mut id = uuid::Uuid::encode_buffer();
        let id = uuid::Uuid::new_v4().hyphenated().encode_lower(&mut id);
        Self {
            operation,
            info,
            config,
            tokens,
            // A UUID is ASCII.
            request_id: HeaderValue::from_str(id).unwrap_or_else(|_| HeaderValue::from_static("0")),
            random: fastrand::Rng::new(),
            started: None,
            attempt: 1,
            replaced: false,
            waiting_for: None,
            last: None,
            state: State::Ready,
        }
    }

    /// Draws the waits from `seed`, so that a test can tell them.
    #[cfg(test)]
    pub(crate) fn with_seed(mut self, seed: u64) -> Self {
        self.random = fastrand::Rng::with_seed(seed);
        self
    }

    fn left(&mut self, now: SystemTime) -> Duration {
        let started = *self.started.get_or_insert(now);
        let passed = now.duration_since(started).unwrap_or_default();
        self.config.allowed().saturating_sub(passed)
    }

    /// Says what to do next.
    pub(crate) fn next(&mut self, now: SystemTime) -> Step {
        let left = self.left(now);
        loop {
            match std::mem::replace(&mut self.state, State::Taken) {
                State::Over(result) => return Step::Done(result),
                State::Taken => return Step::Done(Err(self.out_of_time())),
                _ if left.is_zero() => return Step::Done(Err(self.out_of_time())),
                State::Pausing(delay, then) => {
                    // A wait that outlasts the call is not begun.
                    if delay >= left {
                        return Step::Done(Err(self.out_of_time()));
                    }
                    self.state = *then;
                    return Step::Wait(delay);
                }
                State::Ready => match self.begin(now, left) {
                    Some(step) => return step,
                    None => continue,
                },
                State::Fetching(fetching) => match self.fetch(fetching, now, left) {
                    Some(step) => return step,
                    None => continue,
                },
                // The caller lost the outcome of an exchange; the call cannot go on without it.
                State::Exchanging(_) | State::Exchanged(..) => {
                    let lost = TransportError::new(
                        meeting_types::TransportErrorKind::Other,
                        "the outcome of the exchange was not reported",
                    );
                    return Step::Done(Err(self.failed(lost)));
                }
            }
        }
    }

    fn begin(&mut self, now: SystemTime, left: Duration) -> Option<Step> {
        let Some(tokens) = self.tokens else {
            return Some(self.send(Carried::Nothing, None, left));
        };
        match tokens.store().lease(now, &mut self.waiting_for) {
            Lease::Have(held, generation) => {
                Some(self.send(held.carried(), Some(generation), left))
            }
            Lease::Busy => {
                self.state = State::Ready;
                Some(Step::Wait(BUSY_WAIT.min(left)))
            }
            Lease::Failed(error) => Some(Step::Done(Err(Error::Token(error)))),
            Lease::Fetch(ticket, old) => {
                // Bad input is told before a login is spent on it.
                let checked = Carried::Nothing;
                if let Err(error) =
                    write_request(self.operation, self.info, self.config.endpoint(), checked)
                {
                    return Some(Step::Done(Err(error.into())));
                }
                self.state = State::Fetching(Fetching {
                    ticket,
                    old,
                    way: 0,
                    attempt: 1,
                });
                None
            }
        }
    }

    fn send(&mut self, carried: Carried<'_>, generation: Option<u64>, left: Duration) -> Step {
        match write_request(self.operation, self.info, self.config.endpoint(), carried) {
            Ok(request) => {
                self.state = State::Exchanging(generation);
                Step::Send(self.dressed(request, left))
            }
            Err(error) => Step::Done(Err(error.into())),
        }
    }

    /// Adds what every request carries.
    fn dressed(&self, mut request: http::Request<Bytes>, left: Duration) -> http::Request<Bytes> {
        let timeout = Timeout(self.config.allowed_for_attempt().min(left));
        request.extensions_mut().insert(timeout);
        let headers = request.headers_mut();
        for (name, value) in self.config.headers() {
            headers.insert(name.clone(), value.clone());
        }
        headers.insert(REQUEST_ID, self.request_id.clone());
        request
    }

    fn fetch(&mut self, fetching: Fetching, now: SystemTime, left: Duration) -> Option<Step> {
        let fetch = self
            .tokens
            .and_then(|tokens| tokens.fetch(fetching.way, now, fetching.old.as_deref()));
        let Some(fetch) = fetch else {
            // A token that cannot be renewed: what it was refused with is the answer.
            let error = self
                .last
                .take()
                .map_or_else(|| self.out_of_time(), |last| *last);
            self.give_up(fetching, error, now);
            return None;
        };
        match fetch.request {
            Ok(request) => {
                self.state = State::Exchanged(fetching, fetch.info);
                Some(Step::Send(self.dressed(request, left)))
            }
            Err(error) => {
                self.give_up(fetching, error.into(), now);
                None
            }
        }
    }

    /// Ends the fetch without a new token. While the old one is good the call goes on with it.
    fn give_up(&mut self, fetching: Fetching, error: Error, now: SystemTime) {
        self.state = if fetching
            .old
            .as_ref()
            .is_some_and(|old| now < old.expires_at)
        {
            fetching.ticket.postpone(now);
            State::Ready
        } else {
            let error = Arc::new(error);
            fetching.ticket.fail(error.clone());
            State::Over(Err(Error::Token(error)))
        };
    }

    /// Takes the outcome of what [`next`](Self::next) asked to send.
    pub(crate) fn answer(
        &mut self,
        now: SystemTime,
        outcome: Result<http::Response<Bytes>, TransportError>,
    ) {
        match std::mem::replace(&mut self.state, State::Taken) {
            State::Exchanging(generation) => self.state = self.judged(generation, outcome),
            State::Exchanged(fetching, info) => self.fetched(fetching, info, now, outcome),
            // Nothing was asked for.
            other => self.state = other,
        }
    }

    fn judged(
        &mut self,
        generation: Option<u64>,
        outcome: Result<http::Response<Bytes>, TransportError>,
    ) -> State {
        let response = match outcome {
            Err(error) => {
                let verdict = Outcome::Failed(&error);
                let delay = self.config.policy().judge(
                    self.info.retry,
                    self.attempt,
                    &verdict,
                    self.random.f64(),
                );
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
        let delay = self.config.policy().judge(
            self.info.retry,
            self.attempt,
            &Outcome::Refused(&refusal),
            self.random.f64(),
        );
        match delay {
            Some(delay) => self.again(delay, Error::Service(refusal)),
            None => State::Over(Ok(response)),
        }
    }

    fn again(&mut self, delay: Duration, error: Error) -> State {
        self.attempt += 1;
        self.last = Some(Box::new(error));
        State::Pausing(delay, Box::new(State::Ready))
    }

    fn fetched(
        &mut self,
        mut fetching: Fetching,
        info: &'static OperationInfo,
        now: SystemTime,
        outcome: Result<http::Response<Bytes>, TransportError>,
    ) {
        let Some(tokens) = self.tokens else { return };
        let (error, delay) = match outcome {
            Ok(response) if response.status().is_success() => {
                match tokens.read(now, info, response) {
                    Ok(held) => {
                        fetching.ticket.succeed(held);
                        self.state = State::Ready;
                        return;
                    }
                    Err(error) => (error, None),
                }
            }
            Ok(response) => {
                let refusal = ServiceError::from_response(info.name, &response);
                let verdict = Outcome::Refused(&refusal);
                let delay = self.judge_fetch(info.retry, &fetching, &verdict);
                (Error::Service(refusal), delay)
            }
            Err(error) => {
                let verdict = Outcome::Failed(&error);
                let delay = self.judge_fetch(info.retry, &fetching, &verdict);
                (
                    Error::Transport {
                        operation: info.name,
                        source: error,
                    },
                    delay,
                )
            }
        };
        if let Some(delay) = delay {
            fetching.attempt += 1;
            self.last = Some(Box::new(error));
            self.state = State::Pausing(delay, Box::new(State::Fetching(fetching)));
            return;
        }
        let next_way = fetching.way + 1;
        if tokens
            .fetch(next_way, now, fetching.old.as_deref())
            .is_some()
        {
            fetching.way = next_way;
            fetching.attempt = 1;
            self.state = State::Fetching(fetching);
        } else {
            self.give_up(fetching, error, now);
        }
    }

    fn judge_fetch(
        &mut self,
        class: Retry,
        fetching: &Fetching,
        outcome: &Outcome<'_>,
    ) -> Option<Duration> {
        self.config
            .policy()
            .judge(class, fetching.attempt, outcome, self.random.f64())
    }

    fn failed(&self, source: TransportError) -> Error {
        Error::Transport {
            operation: self.info.name,
            source,
        }
    }

    fn out_of_time(&mut self) -> Error {
        Error::Deadline {
            operation: self.info.name,
            allowed: self.config.allowed(),
            last: self.last.take(),
        }
    }
}

/// Runs a call over a transport.
pub(crate) async fn drive(
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
