//! The part of a call that acquires a token.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use meeting_types::{
    CarriedSecrets, Operation as _, OperationInfo, RetryClass, ServiceError, TransportError,
    TransportErrorKind, operations::CreateAppIdToken,
};

use super::{
    Action, Call,
    outcome::by_clock,
    state::{Acquiring, State},
};
use crate::{Elapsed, Error, retry::AttemptOutcome, token::Acquire};

impl Call<'_> {
    /// True when the call can do without a new token. Then the acquisition gets one attempt, and not
    /// all of the time: it must not spoil the call that happens to make it.
    pub(super) fn can_do_without(&self, acquiring: &Acquiring, now: SystemTime) -> bool {
        self.operation.is_some() && acquiring.acquisition.is_old_good(now)
    }

    pub(super) fn request_token(
        &mut self,
        mut acquiring: Acquiring,
        now: SystemTime,
        left: Duration,
    ) -> Option<Action> {
        if !acquiring.is_claimed && acquiring.acquisition.link().is_some() {
            self.claim(acquiring, now, left);
            return None;
        }
        let Some(wanted) = acquiring.acquisition.request(acquiring.how, now) else {
            match acquiring.how {
                Acquire::Renew => {
                    acquiring.how = Acquire::LogIn;
                    self.state = State::Acquiring(acquiring, self.elapsed);
                }
                Acquire::LogIn => {
                    let error = match self.last.take().map(|last| *last) {
                        // The renewal failed, and there are no credentials to log in with.
                        Some(Error::Token(error)) => error,
                        _ => {
                            let nothing = "there is nothing to get a token with";
                            let error = TransportError::new(TransportErrorKind::Other, nothing);
                            Arc::new(self.failed(error))
                        }
                    };
                    self.abandon(acquiring, error, now);
                }
            }
            return None;
        };
        match wanted.request {
            Ok(mut request) => {
                let time = if self.can_do_without(&acquiring, now) {
                    left / 2
                } else {
                    left
                };
                self.add_common(&mut request, wanted.info, acquiring.attempt, time);
                acquiring.carried = CarriedSecrets::of(&request);
                self.state = State::TokenRequested(acquiring, wanted.info, now);
                Some(Action::Send(request))
            }
            Err(error) => {
                self.fall_back(acquiring, error.into(), now);
                None
            }
        }
    }

    pub(super) fn on_token_response(
        &mut self,
        mut acquiring: Acquiring,
        info: &'static OperationInfo,
        sent_at: SystemTime,
        outcome: Result<http::Response<Bytes>, TransportError>,
        now: SystemTime,
    ) {
        let (error, until) = match outcome {
            Ok(response) if response.status().is_success() => {
                let acquisition = &acquiring.acquisition;
                let draw = self.random.f64();
                // The token is at least as old as the request for it.
                let number = acquiring.number;
                match acquisition.store(sent_at.min(now), info, response, draw, number) {
                    Ok(saved) => {
                        self.config.budget().earn();
                        self.use_new_token(&acquiring);
                        if let (Some(number), Some(saved)) = (number, saved) {
                            self.put(&acquiring, number, saved, now);
                        }
                        return;
                    }
                    Err(Error::Service(refusal)) => {
                        (Error::Service(acquiring.carried.mask(refusal)), None)
                    }
                    Err(error) => (error, None),
                }
            }
            Ok(response) => {
                let is_signed = info.name == CreateAppIdToken::INFO.name;
                if is_signed
                    && !acquiring.is_corrected
                    && (acquiring.acquisition).corrects_clock(&response, sent_at, now)
                {
                    acquiring.is_corrected = true;
                    self.state = State::Acquiring(acquiring, self.elapsed);
                    return;
                }
                let refusal = ServiceError::from_response(info.name, &response);
                let refusal = acquiring.carried.mask(by_clock(refusal, now));
                let refused = AttemptOutcome::Refused(&refusal);
                let until = self.plan_acquisition(&acquiring, &refused, now);
                (Error::Service(refusal), until)
            }
            Err(source) => {
                let failed = AttemptOutcome::Failed(&source);
                let until = self.plan_acquisition(&acquiring, &failed, now);
                let operation = info.name;
                (Error::Transport { operation, source }, until)
            }
        };
        match until {
            Some(until) => {
                acquiring.attempt += 1;
                self.last = Some(Box::new(Error::Token(Arc::new(error))));
                self.state = State::Acquiring(acquiring, until);
            }
            None => self.fall_back(acquiring, error, now),
        }
    }

    /// The point of the next attempt, if there is to be one.
    ///
    /// A request for a token is made again whatever the operation is of its own: the worst is that a
    /// token stays behind which nobody uses.
    fn plan_acquisition(
        &mut self,
        acquiring: &Acquiring,
        outcome: &AttemptOutcome<'_>,
        now: SystemTime,
    ) -> Option<Elapsed> {
        if self.can_do_without(acquiring, now) {
            return None;
        }
        self.plan(RetryClass::Idempotent, acquiring.attempt, outcome)
    }

    /// Logs in where the renewal failed, if that is worth it.
    fn fall_back(&mut self, mut acquiring: Acquiring, error: Error, now: SystemTime) {
        let is_refused = match &error {
            Error::Service(refusal) => {
                !refusal.is_throttled() && !refusal.is_busy() && !refusal.is_server_fault()
            }
            Error::Request(_) => true,
            _ => false,
        };
        let can_do_without = self.can_do_without(&acquiring, now);
        if acquiring.how == Acquire::Renew && (is_refused || !can_do_without) {
            acquiring.how = Acquire::LogIn;
            acquiring.attempt = 1;
            self.last = Some(Box::new(Error::Token(Arc::new(error))));
            self.state = State::Acquiring(acquiring, self.elapsed);
        } else {
            self.abandon(acquiring, Arc::new(error), now);
        }
    }

    /// Goes on with the token that was stored, however short it lives.
    pub(super) fn use_new_token(&mut self, acquiring: &Acquiring) {
        let generation = acquiring.acquisition.generation();
        if let Some(token) = &mut self.token {
            token.require_newer_than(generation);
        }
        self.state = State::Ready;
    }

    /// Ends the acquisition without a new token. While the old one is good the call goes on with it.
    pub(super) fn abandon(&mut self, acquiring: Acquiring, error: Arc<Error>, now: SystemTime) {
        let acquisition = &acquiring.acquisition;
        if acquisition.is_old_good(now) {
            acquisition.postpone(now);
        }
        let can_do_without = self.can_do_without(&acquiring, now);
        let rest = acquisition.fail(&error, now);
        let tells = acquiring.number.map(|number| (number, rest, error.clone()));
        if can_do_without {
            self.last = Some(Box::new(Error::Token(error)));
            self.state = State::Ready;
        } else {
            let error = self.settle(Error::Token(error));
            self.state = State::Over(Err(error));
        }
        if let Some((number, rest, error)) = tells {
            self.give_back(&acquiring, number, rest, &error, now);
        }
    }
}
