//! A service in memory: a function from requests to replies, and a clock that sleeping moves.

use std::{
    collections::VecDeque,
    pin::pin,
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant, SystemTime},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use meeting_client::{Anonymous, Control, Engine, LoggedIn};
use meeting_types::{AccessToken, Immediate, NonBlocking, Transport, TransportError};

use crate::support::{Asked, Outcome, app, asked, config, ok, start};

type Reply = dyn Fn(&Request<Bytes>) -> Outcome + Send + Sync;

pub(crate) struct Memory {
    now: Mutex<SystemTime>,
    sent: Mutex<Vec<(SystemTime, Request<Bytes>)>>,
    sleeps: AtomicUsize,
    /// How long a reply takes.
    delay: Mutex<Duration>,
    /// Whether sleeping moves the clock.
    moves: bool,
    reply: Box<Reply>,
}

impl Memory {
    pub(crate) fn new(
        reply: impl Fn(&Request<Bytes>) -> Outcome + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self::of(reply, true))
    }

    /// Time stands still however long anybody sleeps: for threads, which sleep as often as they get
    /// to run. `reply` is told how often that was.
    pub(crate) fn of_threads(
        reply: impl Fn(&Request<Bytes>, &dyn Fn() -> usize) -> Outcome + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new_cyclic(|memory: &Weak<Self>| {
            let memory = memory.clone();
            let sleeps = move || memory.upgrade().map_or(0, |memory| memory.sleeps());
            Self::of(move |request| reply(request, &sleeps), false)
        })
    }

    fn of(reply: impl Fn(&Request<Bytes>) -> Outcome + Send + Sync + 'static, moves: bool) -> Self {
        Self {
            now: Mutex::new(start()),
            sent: Mutex::default(),
            sleeps: AtomicUsize::new(0),
            delay: Mutex::default(),
            moves,
            reply: Box::new(reply),
        }
    }

    /// Answers with each of `replies` in turn.
    pub(crate) fn script<const N: usize>(replies: [Outcome; N]) -> Arc<Self> {
        let replies = Mutex::new(replies.into_iter().collect::<VecDeque<_>>());
        Self::new(move |request| {
            let reply = replies.lock().unwrap().pop_front();
            reply.unwrap_or_else(|| panic!("no reply to {:?}", asked(request)))
        })
    }

    pub(crate) fn pass(&self, span: Duration) {
        *self.now.lock().unwrap() += span;
    }

    pub(crate) fn set_back(&self, span: Duration) {
        *self.now.lock().unwrap() -= span;
    }

    /// From now on a reply takes this long.
    pub(crate) fn be_slow(&self, delay: Duration) {
        *self.delay.lock().unwrap() = delay;
    }

    /// What was asked for since this was last called.
    pub(crate) fn take_asked(&self) -> Vec<Asked> {
        self.take_sent()
            .iter()
            .map(|(_, request)| asked(request))
            .collect()
    }

    /// The requests since this was last called, and when each one came.
    pub(crate) fn take_sent(&self) -> Vec<(SystemTime, Request<Bytes>)> {
        std::mem::take(&mut *self.sent.lock().unwrap())
    }

    /// How often anybody slept.
    pub(crate) fn sleeps(&self) -> usize {
        self.sleeps.load(Ordering::SeqCst)
    }

    pub(crate) fn logged_in(self: &Arc<Self>) -> Engine<LoggedIn> {
        Engine::logged_in(config(), self.clone(), app())
    }

    pub(crate) fn with_token(self: &Arc<Self>, token: AccessToken) -> Engine<LoggedIn> {
        Engine::logged_in(config(), self.clone(), token.into())
    }

    pub(crate) fn anonymous(self: &Arc<Self>) -> Engine<Anonymous> {
        Engine::anonymous(config(), self.clone())
    }

    /// Opens control; the service must answer that first.
    pub(crate) fn control(self: &Arc<Self>) -> Control {
        let control = ready(self.anonymous().control("900825541", "hush-host")).unwrap();
        self.take_sent();
        control
    }
}

#[async_trait]
impl Transport for Memory {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let reply = (self.reply)(&request);
        self.sent.lock().unwrap().push((self.now(), request));
        self.pass(*self.delay.lock().unwrap());
        reply
    }

    async fn sleep(&self, delay: Duration) {
        self.sleeps.fetch_add(1, Ordering::SeqCst);
        if self.moves {
            self.pass(delay);
        } else {
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn now(&self) -> SystemTime {
        *self.now.lock().unwrap()
    }
}

impl NonBlocking for Memory {}
impl Immediate for Memory {}

/// Over such a transport every future is ready at once.
#[track_caller]
pub(crate) fn ready<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits for something"),
    }
}

/// Lets real time pass until something happens in another thread. It gives up after a while, so
/// that a test fails rather than hangs.
pub(crate) fn until(happens: impl Fn() -> bool) {
    let begun = Instant::now();
    while !happens() && begun.elapsed() < Duration::from_secs(10) {
        thread::sleep(Duration::from_millis(1));
    }
}

/// A control token.
pub(crate) fn control_opened(name: &str, seconds: u64) -> Outcome {
    ok(format!(
        r#"{{"data": {{"token": "hush-{name}", "confTokenExpireTime": {seconds}, "role": 1,
            "wsURL": "wss://203.0.113.7:443", "tmpWsToken": "hush-first-socket"}}}}"#
    ))
}
