//! The live channel without a runtime.

use std::{
    fmt,
    io::{self, Read, Write},
    time::{Duration, Instant, SystemTime},
};

use meeting_client::{
    channel::{
        Channel, ChannelError, ChannelOptions, CloseReason, FrameFault, Heartbeats, Outcome,
        Output, Subscription, upgrade::Upgrade, websocket,
    },
    tls::TrustStore,
};
use meeting_types::{
    ConferenceId, ConferenceToken, SecretText,
    events::{ChannelAddress, Event, SubtitleSwitch},
};
use tungstenite::{Error, WebSocket, protocol::Role};

use crate::socket::{self, Stream};

/// How long a frame may take to go out before reading goes on. What is left goes out later.
const WRITE_SLICE: Duration = Duration::from_secs(1);

/// How long a read lasts at least, so that a program that comes late gets what has arrived.
const READ_SLICE: Duration = Duration::from_millis(1);

/// The events of a running meeting, as they happen.
///
/// An iterator of events that waits for each. An error is the last item, with one exception: a
/// frame that could not be read ([`ChannelError::Frame`]) is reported, and the iterator goes on.
/// When the meeting ends, the event that says so is the last item, and no error follows.
///
/// No thread is started: heartbeats go out while the program waits for the next event, so do not
/// let more than two minutes pass in between. Dropping the value closes the connection.
///
/// ```no_run
/// # fn watch(
/// #     address: meeting_types::events::ChannelAddress,
/// #     token: meeting_types::ConferenceToken,
/// # ) -> Result<(), meeting_blocking::ChannelError> {
/// use meeting_blocking::{ChannelOptions, Events, Subscription, TrustStore};
///
/// let subscription = Subscription::known(token);
/// let trust = TrustStore::bundled();
/// let options = ChannelOptions::default();
/// for event in Events::connect(address, subscription, &trust, &options)? {
///     match event {
///         Ok(event) => println!("{}", event.kind),
///         Err(error) => eprintln!("{error}"),
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Logs
///
/// tungstenite hands every frame to the `log` crate at trace level, the token in the subscription
/// included. Keep its target below `trace` where logs are kept.
pub struct Events {
    /// Nothing once the channel has ended.
    socket: Option<WebSocket<Patient>>,
    channel: Channel,
    opened: Instant,
    unflushed: bool,
}

/// What waiting has brought.
enum Step {
    Event(Box<Event>),
    Fault(FrameFault),
    /// The channel ended just now.
    End(Outcome),
    /// The channel ended before.
    Over,
    TimeUp,
}

impl Events {
    /// Connects and subscribes. The answer to the subscription is awaited with the first event.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Connect`] and [`ChannelError::Refused`]. The token in `address` is spent
    /// either way.
    pub fn connect(
        address: ChannelAddress,
        subscription: Subscription,
        trust: &TrustStore,
        options: &ChannelOptions,
    ) -> Result<Self, ChannelError> {
        let deadline = Instant::now().checked_add(options.connect_timeout);
        let trust = address.is_tls().then_some(trust);
        let stream = socket::open(address.host(), address.port(), trust, deadline)
            .map_err(ChannelError::Connect)?;
        let socket = upgrade(Patient(stream), address, options)?;
        Ok(Self {
            socket: Some(socket),
            channel: Channel::opened(subscription, options, SystemTime::now()),
            opened: Instant::now(),
            unflushed: false,
        })
    }

    /// The next event; nothing if `timeout` passes first.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Frame`] for a frame that could not be read; the next call goes on.
    /// [`ChannelError::Ended`] once the channel has ended, also with the meeting, and from then on.
    pub fn next_timeout(&mut self, timeout: Duration) -> Result<Option<Event>, ChannelError> {
        self.wait(timeout, false)
    }

    /// The same, but it also returns as soon as the service has accepted the subscription.
    pub(crate) fn next_news(&mut self, timeout: Duration) -> Result<Option<Event>, ChannelError> {
        self.wait(timeout, true)
    }

    fn wait(&mut self, timeout: Duration, news: bool) -> Result<Option<Event>, ChannelError> {
        match self.advance(Instant::now().checked_add(timeout), news) {
            Step::Event(event) => Ok(Some(*event)),
            Step::TimeUp => Ok(None),
            Step::Fault(fault) => Err(ChannelError::Frame(fault)),
            Step::End(outcome) => Err(ChannelError::Ended(outcome)),
            Step::Over => match self.channel.outcome() {
                Some(outcome) => Err(ChannelError::Ended(outcome.clone())),
                None => Ok(None),
            },
        }
    }

    /// Asks for other kinds of events, in place of those that were asked for before. It is sent with
    /// the next wait for an event.
    ///
    /// The service sends how everything is now of all these kinds. Should it refuse, that is
    /// reported as [`FrameFault::SubscriptionRefused`](crate::FrameFault::SubscriptionRefused), and
    /// what was asked for before stands.
    pub fn subscribe(&mut self, subscription: Subscription) {
        self.channel.subscribe(subscription, self.opened.elapsed());
    }

    /// Switches subtitles on or off for everybody in the meeting. It is sent with the next wait for an
    /// event. What people say arrives as events, if the subscription asks for
    /// [`RealTimeSubtitle`](meeting_types::events::EventKind::RealTimeSubtitle).
    pub fn switch_subtitles(
        &mut self,
        conference_id: impl Into<ConferenceId>,
        token: impl Into<ConferenceToken>,
        switch: SubtitleSwitch,
    ) {
        let now = self.opened.elapsed();
        self.channel
            .switch_subtitles(conference_id.into(), token.into(), switch, now);
    }

    /// Whether the service has shown that it took the subscription.
    #[must_use]
    pub fn is_subscribed(&self) -> bool {
        self.channel.is_subscribed()
    }

    /// How the channel ended, if it has.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        self.channel.outcome()
    }

    /// How the heartbeats fare.
    #[must_use]
    pub fn heartbeats(&self) -> Heartbeats {
        self.channel.heartbeats()
    }

    /// Waits until `limit`, or for ever; with `news` also until the subscription is accepted.
    fn advance(&mut self, limit: Option<Instant>, news: bool) -> Step {
        let news = news && !self.channel.is_subscribed();
        let mut time_up = false;
        loop {
            let wait = match self.channel.poll() {
                Output::Send(text) => {
                    self.send(&text, limit);
                    continue;
                }
                Output::Event(event) => return Step::Event(event),
                Output::Fault(fault) => return Step::Fault(fault),
                Output::Finished(outcome) => return self.end(outcome),
                Output::Wait(_) if time_up => return Step::TimeUp,
                Output::Wait(until) => until,
                // An engine of a later release than this crate.
                _ => {
                    let outdated = "the engine wants what this client does not know: update it";
                    let outdated = CloseReason::Broken(outdated.to_owned());
                    return self.end(Outcome::Closed(outdated));
                }
            };
            if self.unflushed {
                self.write(limit, WebSocket::flush);
            }
            let Some(socket) = &mut self.socket else {
                return Step::Over;
            };
            // Reading goes before the timer: a program that comes late gets what has arrived,
            // before it is told that time is up.
            let due = sooner(self.opened.checked_add(wait), limit);
            let least = Instant::now() + READ_SLICE;
            let stream = &mut socket.get_mut().0;
            stream.set_deadline(due.map(|due| due.max(least)));
            let read = socket.read();
            let now = self.opened.elapsed();
            if would_block(&read) {
                self.channel.tick(now);
            } else {
                websocket::take_in(&mut self.channel, read, now);
            }
            time_up = limit.is_some_and(|limit| limit <= Instant::now())
                || news && self.channel.is_subscribed();
        }
    }

    fn send(&mut self, text: &SecretText, limit: Option<Instant>) {
        let frame = websocket::frame(text);
        self.write(limit, |socket| socket.send(frame));
    }

    /// Writes for a while. What the socket does not take at once stays with tungstenite.
    fn write(
        &mut self,
        limit: Option<Instant>,
        write: impl FnOnce(&mut WebSocket<Patient>) -> Result<(), Error>,
    ) {
        if let Some(socket) = &mut self.socket {
            let deadline = sooner(Instant::now().checked_add(WRITE_SLICE), limit);
            socket.get_mut().0.set_deadline(deadline);
            // A write that fails is no end yet: the service may have said its last word before it
            // closed. Reading tells.
            self.unflushed = would_block(&write(socket));
        }
    }

    /// Drops the socket; the first time, tells why.
    fn end(&mut self, outcome: Outcome) -> Step {
        // tungstenite has the answer to a close ready. The service need not get it.
        self.write(Some(Instant::now() + READ_SLICE), WebSocket::flush);
        match self.socket.take() {
            Some(_) => Step::End(outcome),
            None => Step::Over,
        }
    }
}

impl Iterator for Events {
    type Item = Result<Event, ChannelError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.advance(None, false) {
            Step::Event(event) => Some(Ok(*event)),
            Step::Fault(fault) => Some(Err(ChannelError::Frame(fault))),
            Step::End(Outcome::MeetingEnded) | Step::Over | Step::TimeUp => None,
            Step::End(outcome) => Some(Err(ChannelError::Ended(outcome))),
        }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The buffers hold credentials.
        f.debug_struct("Events")
            .field("outcome", &self.channel.outcome())
            .field("heartbeats", &self.channel.heartbeats())
            .finish_non_exhaustive()
    }
}

fn upgrade(
    mut stream: Patient,
    address: ChannelAddress,
    options: &ChannelOptions,
) -> Result<WebSocket<Patient>, ChannelError> {
    let failed = |error: io::Error| match error.kind() {
        // The socket says that it would block when its deadline has passed.
        io::ErrorKind::WouldBlock => websocket::not_open_in_time(options.connect_timeout),
        _ => websocket::upgrade_failed(error.into()),
    };
    let (mut upgrade, request) = Upgrade::start(address)?;
    stream.write_all(&request).map_err(failed)?;
    stream.flush().map_err(failed)?;
    let mut bytes = [0; 1024];
    let tail = loop {
        let read = stream.read(&mut bytes).map_err(failed)?;
        if let Some(tail) = upgrade.received(&bytes[..read])? {
            break tail;
        }
    };
    let config = websocket::config(options);
    Ok(WebSocket::from_partially_read(
        stream,
        tail,
        Role::Client,
        Some(config),
    ))
}

fn sooner(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    one.into_iter().chain(other).min()
}

fn would_block<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock)
}

/// A connection that says it would block when its deadline has passed: tungstenite then keeps what
/// it has, and goes on with it the next time.
struct Patient(Stream);

fn patient<T>(result: io::Result<T>) -> io::Result<T> {
    result.map_err(|error| match error.kind() {
        io::ErrorKind::TimedOut => io::ErrorKind::WouldBlock.into(),
        _ => error,
    })
}

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        patient(self.0.read(buffer))
    }
}

impl Write for Patient {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        patient(self.0.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        patient(self.0.flush())
    }
}
