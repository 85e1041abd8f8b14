//! The part of a call that gets a token.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use meeting_types::{OperationInfo, ServiceError, TransportError, TransportErrorKind};

use super::{Call, State, Step};
use crate::{
    Error,
    retry::Outcome,
    token::{Held, Ticket, Way},
};

/// The state of a fetch.
pub(super) struct Fetching {
    ticket: Ticket,
    old: Option<Arc<Held>>,
    way: Way,
    attempt: u32,
}

impl Fetching {
    pub(super) fn new(ticket: Ticket, old: Option<Arc<Held>>) -> Self {
        Self {
            ticket,
            old,
            way: Way::Renew,
            attempt: 1,
        }
    }

    pub(super) fn attempt(&self) -> u32 {
        self.attempt
    }

    fn is_old_good(&self, now: SystemTime) -> bool {
        self.old.as_ref().is_some_and(|old| old.is_good(now))
    }
}

impl Call<'_> {
    /// Whether the call can do without a new token. Then the fetch gets one try, and not all of the
    /// time: it must not spoil the call that happens to make it.
    fn can_do_without(&self, fetching: &Fetching, now: SystemTime) -> bool {
        self.operation.is_some() && fetching.is_old_good(now)
    }

    pub(super) fn fetch(
        &mut self,
        mut fetching: Fetching,
        now: SystemTime,
        left: Duration,
    ) -> Option<Step> {
        let old = fetching.old.as_deref();
        let fetch = self
            .tokens
            .and_then(|tokens| tokens.fetch(fetching.way, now, old));
        let Some(fetch) = fetch else {
            match fetching.way {
                Way::Renew => {
                    fetching.way = Way::Obtain;
                    self.state = State::Fetching(fetching);
                }
                Way::Obtain => {
                    let nothing = "there is nothing to get a token with";
                    let error = TransportError::new(TransportErrorKind::Other, nothing);
                    self.give_up(fetching, self.failed(error), now);
                }
            }
            return None;
        };
        match fetch.request {
            Ok(mut request) => {
                let time = if self.can_do_without(&fetching, now) {
                    left / 2
                } else {
                    left
                };
                self.state = State::Fetched(fetching, fetch.info, now);
                self.dress(&mut request, time);
                Some(Step::Send(request))
            }
            Err(error) => {
                self.go_on(fetching, error.into(), now);
                None
            }
        }
    }

    pub(super) fn fetched(
        &mut self,
        mut fetching: Fetching,
        info: &'static OperationInfo,
        sent_at: SystemTime,
        now: SystemTime,
        outcome: Result<http::Response<Bytes>, TransportError>,
    ) {
        let Some(tokens) = self.tokens else { return };
        let (error, delay) = match outcome {
            Ok(response) if response.status().is_success() => {
                // The token is at least as old as the request for it.
                match tokens.read(sent_at.min(now), info, response) {
                    Ok(held) => {
                        // It is used now, however short it lives.
                        self.state = match fetching.ticket.succeed(held) {
                            Some((held, generation)) => State::Holding(held, generation),
                            None => State::Ready,
                        };
                        return;
                    }
                    Err(error) => (error, None),
                }
            }
            Ok(response) => {
                let refusal = ServiceError::from_response(info.name, &response);
                let delay = self.judge_fetch(&fetching, info, &Outcome::Refused(&refusal));
                (Error::Service(refusal), delay)
            }
            Err(source) => {
                let delay = self.judge_fetch(&fetching, info, &Outcome::Failed(&source));
                let operation = info.name;
                (Error::Transport { operation, source }, delay)
            }
        };
        match delay {
            Some(delay) if !self.can_do_without(&fetching, now) => {
                fetching.attempt += 1;
                self.last = Some(Box::new(error));
                self.state = State::Pausing(delay, Box::new(State::Fetching(fetching)));
            }
            _ => self.go_on(fetching, error, now),
        }
    }

    fn judge_fetch(
        &mut self,
        fetching: &Fetching,
        info: &OperationInfo,
        outcome: &Outcome<'_>,
    ) -> Option<Duration> {
        let policy = self.config.policy();
        policy.judge(info.retry, fetching.attempt, outcome, self.random.f64())
    }

    /// Tries the next way, if it is worth it.
    fn go_on(&mut self, mut fetching: Fetching, error: Error, now: SystemTime) {
        let is_refused = match &error {
            Error::Service(refusal) => {
                !refusal.is_throttled() && !refusal.is_busy() && !refusal.is_server_fault()
            }
            Error::Request(_) => true,
            _ => false,
        };
        if fetching.way == Way::Renew && (is_refused || !self.can_do_without(&fetching, now)) {
            fetching.way = Way::Obtain;
            fetching.attempt = 1;
            self.last = Some(Box::new(error));
            self.state = State::Fetching(fetching);
        } else {
            self.give_up(fetching, error, now);
        }
    }

    /// Ends the fetch without a new token. While the old one is good the call goes on with it.
    fn give_up(&mut self, fetching: Fetching, error: Error, now: SystemTime) {
        if self.can_do_without(&fetching, now) {
            fetching.ticket.postpone(now);
            self.last = Some(Box::new(error));
            self.state = State::Ready;
            return;
        }
        if fetching.is_old_good(now) {
            fetching.ticket.postpone(now);
        }
        let error = Arc::new(error);
        fetching.ticket.fail(error.clone());
        self.state = State::Over(Err(Error::Token(error)));
    }
}
