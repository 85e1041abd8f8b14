//! The part of a call that acquires a token.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use meeting_types::{OperationInfo, ServiceError, TransportError, TransportErrorKind};

use super::{Action, Call, State};
use crate::{
    Error,
    retry::AttemptOutcome,
    token::{Acquire, Acquisition},
};

/// State of an acquisition.
pub(super) struct Acquiring {
    acquisition: Box<dyn Acquisition>,
    how: Acquire,
    attempt: u32,
}

impl Acquiring {
    pub(super) fn new(acquisition: Box<dyn Acquisition>) -> Self {
        Self {
            acquisition,
            how: Acquire::Renew,
            attempt: 1,
        }
    }

    pub(super) fn attempt(&self) -> u32 {
        self.attempt
    }
}

impl Call<'_> {
    /// Whether the call can do without a new token. Then the acquisition gets one attempt, and not
    /// all of the time: it must not spoil the call that happens to make it.
    fn can_do_without(&self, acquiring: &Acquiring, now: SystemTime) -> bool {
        self.operation.is_some() && acquiring.acquisition.is_old_good(now)
    }

    pub(super) fn request_token(
        &mut self,
        mut acquiring: Acquiring,
        now: SystemTime,
        left: Duration,
    ) -> Option<Action> {
        let Some(wanted) = acquiring.acquisition.request(acquiring.how, now) else {
            match acquiring.how {
                Acquire::Renew => {
                    acquiring.how = Acquire::LogIn;
                    self.state = State::Acquiring(acquiring, self.elapsed);
                }
                Acquire::LogIn => {
                    let nothing = "there is nothing to get a token with";
                    let error = TransportError::new(TransportErrorKind::Other, nothing);
                    self.abandon(acquiring, self.failed(error), now);
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
                self.add_common_headers(&mut request, time);
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
        let (error, delay) = match outcome {
            Ok(response) if response.status().is_success() => {
                let acquisition = &acquiring.acquisition;
                // The token is at least as old as the request for it.
                match acquisition.store(sent_at.min(now), info, response) {
                    Ok(()) => {
                        // It is used now, however short it lives.
                        let generation = acquisition.generation();
                        if let Some(token) = &mut self.token {
                            token.require_newer_than(generation);
                        }
                        self.state = State::Ready;
                        return;
                    }
                    Err(error) => (error, None),
                }
            }
            Ok(response) => {
                let refusal = ServiceError::from_response(info.name, &response);
                let refused = AttemptOutcome::Refused(&refusal);
                let delay = self.judge_acquisition(&acquiring, info, &refused);
                (Error::Service(refusal), delay)
            }
            Err(source) => {
                let failed = AttemptOutcome::Failed(&source);
                let delay = self.judge_acquisition(&acquiring, info, &failed);
                let operation = info.name;
                (Error::Transport { operation, source }, delay)
            }
        };
        match delay {
            Some(delay) if !self.can_do_without(&acquiring, now) => {
                acquiring.attempt += 1;
                self.last = Some(Box::new(error));
                self.state = State::Acquiring(acquiring, self.resume_after(delay));
            }
            _ => self.fall_back(acquiring, error, now),
        }
    }

    fn judge_acquisition(
        &mut self,
        acquiring: &Acquiring,
        info: &OperationInfo,
        outcome: &AttemptOutcome<'_>,
    ) -> Option<Duration> {
        let policy = self.config.policy();
        policy.judge(info.retry, acquiring.attempt, outcome, self.random.f64())
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
            self.last = Some(Box::new(error));
            self.state = State::Acquiring(acquiring, self.elapsed);
        } else {
            self.abandon(acquiring, error, now);
        }
    }

    /// Ends the acquisition without a new token. While the old one is good the call goes on with it.
    fn abandon(&mut self, acquiring: Acquiring, error: Error, now: SystemTime) {
        let acquisition = &acquiring.acquisition;
        if acquisition.is_old_good(now) {
            acquisition.postpone(now);
        }
        if self.can_do_without(&acquiring, now) {
            self.last = Some(Box::new(error));
            self.state = State::Ready;
            return;
        }
        let error = Arc::new(error);
        acquisition.fail(&error);
        self.state = State::Over(Err(Error::Token(error)));
    }
}
