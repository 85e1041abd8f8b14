//! Consequences of an outcome for a call: another attempt, another token, or the end.

use std::time::SystemTime;

use bytes::Bytes;
use meeting_types::{
    AuthorizationRef, CarriedSecrets, OperationError, RetryClass, ServiceError, TransportError,
};

use super::{Call, state::State};
use crate::{Elapsed, Error, retry::AttemptOutcome};

impl Call<'_> {
    /// The point at which to ask again for a token that another call could not get. That call may have
    /// had fewer attempts than this one has.
    pub(super) fn wait_again(&mut self, error: &Error) -> Option<Elapsed> {
        let outcome = match error {
            Error::Service(refusal) => AttemptOutcome::Refused(refusal),
            Error::Transport { source, .. } => AttemptOutcome::Failed(source),
            _ => return None,
        };
        self.waits_in_vain += 1;
        let (attempt, draw) = (self.waits_in_vain, self.random.f64());
        let delay = self
            .policy()
            .judge(RetryClass::Idempotent, attempt, &outcome, draw)?;
        Some(self.elapsed + delay)
    }

    /// The point of the next attempt after this outcome, if there is to be one.
    pub(super) fn plan(
        &mut self,
        class: RetryClass,
        attempt: u32,
        outcome: &AttemptOutcome<'_>,
    ) -> Option<Elapsed> {
        let draw = self.random.f64();
        let delay = self.policy().judge(class, attempt, outcome, draw)?;
        let until = self.elapsed + delay;
        // A wait that outlasts the call is not begun, and costs nothing.
        if until < self.deadline() {
            if !self.config.budget().pay(outcome) {
                self.report_no_budget(attempt);
                return None;
            }
            self.report_wait(delay, attempt + 1, "before another attempt");
        }
        Some(until)
    }

    pub(super) fn on_response(
        &mut self,
        outcome: Result<http::Response<Bytes>, TransportError>,
        now: SystemTime,
    ) -> State {
        let (class, attempt) = (self.retry(), self.attempt);
        let mut response = match outcome {
            Err(error) => {
                let until = self.plan(class, attempt, &AttemptOutcome::Failed(&error));
                let error = self.failed(error);
                return match until {
                    Some(until) => self.again(until, error),
                    None => State::Over(Err(self.settle(error))),
                };
            }
            Ok(response) => response,
        };
        let name = self.info.name;
        if !response.status().is_client_error() && !response.status().is_server_error() {
            self.config.budget().earn();
            if let Some(token) = &self.token {
                token.accepted(name, self.replaced, now);
            }
            return State::Over(Ok(response));
        }
        // Whoever reads the response later does not show them either.
        response.extensions_mut().insert(self.carried());
        let refusal = by_clock(ServiceError::from_response(name, &response), now);
        if !refusal.is_throttled() && !refusal.status().is_server_error() {
            self.config.budget().earn();
        }
        if let Some(token) = &self.token
            && token.refused(&refusal, name, self.replaced, now)
        {
            self.replaced = true;
            self.last = Some(Box::new(Error::Service(refusal)));
            return State::Ready;
        }
        match self.plan(class, attempt, &AttemptOutcome::Refused(&refusal)) {
            Some(until) => self.again(until, Error::Service(refusal)),
            None => State::Over(Ok(response)),
        }
    }

    fn again(&mut self, until: Elapsed, error: Error) -> State {
        self.attempt += 1;
        let error = Box::new(error);
        let is_first = self.earlier.is_none() && self.retry() != RetryClass::Read;
        if is_first && error.may_have_been_done() {
            self.last = None;
            self.earlier = Some(error);
        } else {
            self.last = Some(error);
        }
        State::Waiting(until)
    }

    /// The error that ends the call. It keeps an earlier attempt that may have been done, where the
    /// last one does not say so by itself.
    pub(super) fn settle(&mut self, error: Error) -> Error {
        match self.earlier.take() {
            Some(earlier) if !error.may_have_been_done() => Error::Repeated {
                error: Box::new(error),
                earlier,
            },
            _ => error,
        }
    }

    /// The error of a response that was not good, after the call has ended with it.
    pub(crate) fn conclude(&mut self, error: OperationError) -> Error {
        let error = match (error, self.seen) {
            (OperationError::Service(refusal), Some(now)) => {
                Error::Service(self.carried().mask(by_clock(refusal, now)))
            }
            (error, _) => error.into(),
        };
        self.settle(error)
    }

    /// The secrets that the operation was sent with.
    fn carried(&self) -> CarriedSecrets {
        let token = self.token.as_ref();
        let authorization = token.map_or(AuthorizationRef::Nothing, |it| it.authorization());
        let operation = self.operation.map(|operation| {
            let request = operation.write_request(self.config.endpoint(), authorization);
            request.map(|request| CarriedSecrets::of(&request))
        });
        // What cannot be written was not sent.
        operation.and_then(Result::ok).unwrap_or_default()
    }

    pub(super) fn out_of_time(&mut self) -> Error {
        let last = self.last.take().or_else(|| self.earlier.take());
        let error = Error::Deadline {
            operation: self.info.name,
            allowed: self.allowed(),
            last,
        };
        self.settle(error)
    }
}

/// A refusal whose date of another attempt is a span, by the clock of this side.
pub(super) fn by_clock(refusal: ServiceError, now: SystemTime) -> ServiceError {
    match refusal.retry_after_at(now) {
        Some(delay) => refusal.with_retry_after(delay),
        None => refusal,
    }
}
