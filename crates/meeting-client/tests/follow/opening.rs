//! The next channel of a followed meeting gets its tokens and its connection within one span of time.

use std::{
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use bytes::Bytes;
use meeting_client::{
    Config, Control, Engine, RetryBudget,
    channel::ChannelOptions,
    follow::{Follower, LiveOptions},
};
use meeting_types::{
    Endpoint, Operation, Timeout, Transport, TransportError, operations::CreateConfToken,
};

/// Runs a future that never waits.
fn ready<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}

const SECOND: Duration = Duration::from_secs(1);

/// Service each of whose exchanges takes 3 s.
struct Slow {
    now: Mutex<SystemTime>,
    /// The time that each exchange was given.
    given: Mutex<Vec<Duration>>,
    is_busy: bool,
}

#[async_trait]
impl Transport for Slow {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let given = request.extensions().get::<Timeout>().unwrap().0;
        self.given.lock().unwrap().push(given);
        *self.now.lock().unwrap() += SECOND * 3;
        let is_control = request.uri().path() == CreateConfToken::INFO.path;
        let is_first = self.given.lock().unwrap().len() == 1;
        if self.is_busy && !is_first {
            let mut busy = http::Response::new(Bytes::new());
            *busy.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
            return Ok(busy);
        }
        let body = if is_control {
            r#"{"data": {"token": "stb", "confTokenExpireTime": 1800, "wsURL": "wss://192.0.2.1"}}"#
        } else {
            r#"{"webSocketToken": "cnr"}"#
        };
        Ok(http::Response::new(body.into()))
    }

    async fn sleep(&self, delay: Duration) {
        *self.now.lock().unwrap() += delay;
    }

    fn now(&self) -> SystemTime {
        *self.now.lock().unwrap()
    }
}

fn control(is_busy: bool) -> (Control, Arc<Slow>, RetryBudget) {
    let slow = Arc::new(Slow {
        now: Mutex::new(SystemTime::UNIX_EPOCH + SECOND * 1_800_000_000),
        given: Mutex::default(),
        is_busy,
    });
    let budget = RetryBudget::new(50);
    let config = Config::new(Endpoint::china()).retry_budget(budget.clone());
    let engine = Engine::anonymous(config, slow.clone());
    let control = ready(engine.control("900000001", "246813")).unwrap();
    slow.given.lock().unwrap().clear();
    slow.given.lock().unwrap().push(Duration::ZERO);
    (control, slow, budget)
}

fn follower() -> Follower {
    let channel = ChannelOptions::new().connect_timeout(SECOND * 8);
    Follower::new(LiveOptions::new().channel(channel), None)
}

#[test]
fn each_step_gets_the_time_that_those_before_have_left() {
    let (control, slow, _) = control(false);
    let opening = follower().opening(&control, true, SECOND * 9);
    let (_, options) = ready(opening.grant()).unwrap();
    assert_eq!(slow.given.lock().unwrap()[1..], [SECOND * 9, SECOND * 6]);
    assert_eq!(options.connect_timeout, SECOND * 3);

    // With time enough, the settings hold.
    let opening = follower().opening(&control, false, SECOND * 60);
    let (_, options) = ready(opening.grant()).unwrap();
    assert_eq!(options.connect_timeout, SECOND * 8);
}

#[test]
fn without_time_nothing_is_asked() {
    let (control, slow, _) = control(false);
    let opening = follower().opening(&control, false, Duration::ZERO);
    let error = ready(opening.grant()).unwrap_err();
    assert!(error.is_deadline(), "{error}");
    assert_eq!(slow.given.lock().unwrap().len(), 1);
}

#[test]
fn a_step_that_fails_is_not_repeated_here() {
    let (control, slow, budget) = control(true);
    for renew in [true, false] {
        let opening = follower().opening(&control, renew, SECOND * 60);
        let error = ready(opening.grant()).unwrap_err();
        assert_eq!(error.service().unwrap().status(), 503);
    }
    assert_eq!(slow.given.lock().unwrap().len(), 1 + 2);
    assert_eq!(budget.left(), Some(50));
}
