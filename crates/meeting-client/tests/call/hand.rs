//! Does by hand what the actions of a call say.

use std::{
    cell::Cell,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{Request, Response};
use meeting_client::{
    Action, Call, Config, Elapsed, Engine, Error, LoggedIn, LoginCredentials, NoTransport,
};

use crate::support::{Asked, Outcome, app, asked, config, logged_in, start, with};

/// A clock that moves when it is told to.
pub(crate) struct Clock(Cell<SystemTime>);

impl Clock {
    pub(crate) fn new() -> Self {
        Self(Cell::new(start()))
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.0.get()
    }

    pub(crate) fn set(&self, now: SystemTime) {
        self.0.set(now);
    }

    pub(crate) fn pass(&self, span: Duration) {
        self.set(self.now() + span);
    }

    pub(crate) fn set_back(&self, span: Duration) {
        self.set(self.now() - span);
    }

    pub(crate) fn hand<'a>(&'a self, call: Call<'a>) -> Hand<'a> {
        Hand { call, clock: self }
    }
}

/// A call, and the clock that it is run by. Each method does the one action that it is named after.
pub(crate) struct Hand<'a> {
    call: Call<'a>,
    clock: &'a Clock,
}

impl Hand<'_> {
    pub(crate) fn next(&mut self) -> Action {
        self.call.poll(self.clock.now())
    }

    /// How long it is until this point of the call.
    pub(crate) fn until(&self, point: Elapsed) -> Duration {
        point.since(self.call.elapsed())
    }

    #[track_caller]
    pub(crate) fn sends(&mut self) -> Request<Bytes> {
        match self.next() {
            Action::Send(request) => request,
            step => panic!("expected a request, got {step:?}"),
        }
    }

    /// What it sends asks for.
    #[track_caller]
    pub(crate) fn asks(&mut self) -> Asked {
        asked(&self.sends())
    }

    /// Lets the time pass that it wants to wait.
    #[track_caller]
    pub(crate) fn waits(&mut self) -> Duration {
        match self.next() {
            Action::SleepUntil(until) => {
                let delay = self.until(until);
                self.clock.pass(delay);
                delay
            }
            step => panic!("expected a wait, got {step:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn ends(&mut self) -> Result<Response<Bytes>, Error> {
        match self.next() {
            Action::Done(result) => result,
            step => panic!("expected the end, got {step:?}"),
        }
    }

    pub(crate) fn gets(&mut self, outcome: Outcome) {
        self.call.handle_response(outcome, self.clock.now());
    }

    /// Logs in, as the first thing it does.
    #[track_caller]
    pub(crate) fn logs_in(&mut self, name: &str, seconds: u64) {
        let login = self.asks();
        assert_eq!(login.operation, "CreateAppIdToken");
        assert_eq!(login.token, None);
        self.gets(logged_in(name, seconds));
    }

    /// Runs `operation` with the token of this name, to a good end.
    #[track_caller]
    pub(crate) fn succeeds(&mut self, operation: &'static str, token: &str) {
        assert_eq!(self.asks(), with(operation, token));
        self.gets(crate::support::no_meetings());
        assert_eq!(self.ends().unwrap().status(), 200);
    }
}

/// An engine of an application, that sends nothing by itself.
pub(crate) fn engine() -> Engine<LoggedIn> {
    engine_of(config(), app())
}

pub(crate) fn engine_of(config: Config, credentials: LoginCredentials) -> Engine<LoggedIn> {
    Engine::logged_in(config, Arc::new(NoTransport), credentials)
}

/// An engine that holds the token of this name, good for `seconds` from now on.
pub(crate) fn engine_with(clock: &Clock, token: &str, seconds: u64) -> Engine<LoggedIn> {
    let engine = engine();
    let search = meeting_types::operations::SearchMeetings::new();
    let mut call = clock.hand(engine.call(&search));
    call.logs_in(token, seconds);
    call.succeeds("SearchMeetings", token);
    drop(call);
    engine
}
