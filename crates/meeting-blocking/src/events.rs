//! The live channel without a runtime.

use std::{
    fmt,
    io::{self, Read, Write},
    time::{Duration, Instant, SystemTime},
};

use meeting_client::{
    Elapsed, Network,
    channel::{
        Action, Channel, ChannelEnd, ChannelError, ChannelOptions, Connection, Heartbeats,
        Subscription, upgrade::Upgrade, websocket,
    },
};
use meeting_types::{
    ConferenceId, ConferenceToken,
    events::{ChannelAddress, Event, SubtitleSwitch},
};

use crate::{
    Closer,
    closer::soon,
    socket::{self, Stream, Target},
};

/// Number of bytes that are read at a time.
const CHUNK: usize = 4096;

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
/// use meeting_blocking::{ChannelOptions, EventStream, Subscription, TrustStore};
///
/// let subscription = Subscription::known(token);
/// let trust = TrustStore::bundled();
/// let options = ChannelOptions::default();
/// for event in EventStream::connect(address, subscription, &trust, &options)? {
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
/// tungstenite hands every frame that is received to the `log` crate at trace level, and the meeting's
/// passwords are among what the service sends. Keep its target below `trace` where logs are kept. It
/// never sees the tokens: what is sent is written by this crate.
pub struct EventStream {
    /// `None` once the channel has ended.
    socket: Option<Stream>,
    connection: Connection,
    opened: Instant,
    closer: Closer,
}

/// Outcome of a wait.
pub(crate) enum Waited {
    /// An action of the channel that is no business of the socket; the end once.
    Item(Action),
    /// The channel ended before.
    Over,
    TimeUp,
}

impl EventStream {
    /// Connects and subscribes. The answer to the subscription is awaited with the first event.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Connect`] and [`ChannelError::Refused`]. The token in `address` is spent
    /// either way.
    pub fn connect(
        address: ChannelAddress,
        subscription: Subscription,
        network: impl Into<Network>,
        options: &ChannelOptions,
    ) -> Result<Self, ChannelError> {
        let deadline = Instant::now().checked_add(options.connect_timeout);
        let target = Target {
            host: address.host(),
            port: address.port(),
            secure: address.is_tls(),
        };
        let stream =
            socket::open(target, &network.into(), deadline).map_err(ChannelError::Connect)?;
        let (socket, tail) = upgrade(stream, address, options)?;
        Ok(Self {
            socket: Some(socket),
            connection: Connection::opened(tail, subscription, options, SystemTime::now()),
            opened: Instant::now(),
            closer: Closer::default(),
        })
    }

    /// The next event; nothing if `timeout` passes first.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Frame`] for a frame that could not be read; the next call goes on.
    /// [`ChannelError::Ended`] once the channel has ended, also with the meeting, and from then on;
    /// [`ChannelError::Over`] once a [`Closer`] has closed it.
    pub fn next_timeout(&mut self, timeout: Duration) -> Result<Option<Event>, ChannelError> {
        let limit = Instant::now().checked_add(timeout);
        loop {
            return match self.wait(limit) {
                Waited::Item(Action::Event(event)) => Ok(Some(*event)),
                Waited::Item(Action::Fault { fault, .. }) => Err(ChannelError::Frame(fault)),
                Waited::Item(Action::Finished(end)) => Err(ChannelError::Ended(end)),
                Waited::Item(_) => continue,
                Waited::TimeUp => Ok(None),
                Waited::Over => Err(match self.end() {
                    Some(end) => ChannelError::Ended(end.clone()),
                    None => ChannelError::Over,
                }),
            };
        }
    }

    /// A handle that ends the events from another thread.
    #[must_use]
    pub fn closer(&self) -> Closer {
        self.closer.hand_out()
    }

    /// Lets this handle end the events.
    pub(crate) fn close_by(&mut self, closer: Closer) {
        self.closer = closer;
    }

    /// Asks for other kinds of events, in place of those that were asked for before. It is sent with
    /// the next wait for an event.
    ///
    /// The service sends how everything is now of all these kinds. Should it refuse, that is
    /// reported as [`FrameFault::SubscriptionRefused`](crate::FrameFault::SubscriptionRefused), and
    /// what was asked for before stands.
    pub fn subscribe(&mut self, subscription: Subscription) {
        let (channel, now) = self.channel();
        channel.subscribe(subscription, now);
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
        let (channel, now) = self.channel();
        channel.switch_subtitles(conference_id.into(), token.into(), switch, now);
    }

    /// True once the service has shown that it took the subscription.
    #[must_use]
    pub fn is_subscribed(&self) -> bool {
        self.connection.channel().is_subscribed()
    }

    /// End of the channel, once it has ended.
    #[must_use]
    pub fn end(&self) -> Option<&ChannelEnd> {
        self.connection.channel().end()
    }

    /// Figures of the heartbeats.
    #[must_use]
    pub fn heartbeats(&self) -> Heartbeats {
        self.connection.channel().heartbeats()
    }

    /// The state machine of the channel, and the time by its clock.
    pub(crate) fn channel(&mut self) -> (&mut Channel, Elapsed) {
        let now = self.now();
        (self.connection.channel_mut(), now)
    }

    fn now(&self) -> Elapsed {
        self.opened.elapsed().into()
    }

    /// Waits for the next item until `limit`, or for ever.
    pub(crate) fn wait(&mut self, limit: Option<Instant>) -> Waited {
        let mut time_up = false;
        loop {
            if self.closer.is_closed() {
                self.socket = None;
                return Waited::Over;
            }
            let until = match self.connection.poll(self.now()) {
                Action::SleepUntil(_) if time_up => return Waited::TimeUp,
                Action::SleepUntil(until) => until,
                Action::Finished(end) => return self.let_go(end),
                item @ (Action::Subscribed | Action::Event(_) | Action::Fault { .. }) => {
                    return Waited::Item(item);
                }
                _ => {
                    self.connection.channel_mut().handle_outdated();
                    continue;
                }
            };
            let is_unwritten = self.write();
            let Some(socket) = &mut self.socket else {
                return Waited::Over;
            };
            // Reading goes before the timer: a program that comes late gets what has arrived,
            // before it is told that time is up.
            let due = sooner(instant(self.opened, until), limit);
            let piece = self.closer.piece(due);
            // A peer that does not read is offered the rest again soon, and is read meanwhile.
            let piece = if is_unwritten { soon(piece) } else { piece };
            let mut chunk = [0; CHUNK];
            match socket.read_until(&mut chunk, piece) {
                Err(error) if is_no_news(&error) => {
                    let now = self.now();
                    self.connection.handle_timeout(now);
                }
                read => self
                    .connection
                    .handle_read(read.map(|count| &chunk[..count])),
            }
            time_up = limit.is_some_and(|limit| limit <= Instant::now());
        }
    }

    /// Writes as much as the socket takes at once. True when something is left.
    fn write(&mut self) -> bool {
        let Some(socket) = &mut self.socket else {
            return false;
        };
        if self.connection.outgoing().is_empty() && !socket.is_unflushed() {
            return false;
        }
        match socket.write_now(self.connection.outgoing()) {
            Ok(written) => {
                self.connection.handle_written(written);
                !self.connection.outgoing().is_empty() || socket.is_unflushed()
            }
            Err(_) => {
                self.connection.handle_not_writable();
                false
            }
        }
    }

    /// Drops the socket; the first time, tells why.
    fn let_go(&mut self, end: ChannelEnd) -> Waited {
        // The answer to a close. The service need not get it.
        self.write();
        match self.socket.take() {
            Some(_) => Waited::Item(Action::Finished(end)),
            None => Waited::Over,
        }
    }
}

impl Iterator for EventStream {
    type Item = Result<Event, ChannelError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            return match self.wait(None) {
                Waited::Item(Action::Event(event)) => Some(Ok(*event)),
                Waited::Item(Action::Fault { fault, .. }) => Some(Err(ChannelError::Frame(fault))),
                Waited::Item(Action::Finished(ChannelEnd::MeetingEnded)) => None,
                Waited::Item(Action::Finished(end)) => Some(Err(ChannelError::Ended(end))),
                Waited::Item(_) => continue,
                Waited::Over | Waited::TimeUp => None,
            };
        }
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("end", &self.end())
            .field("heartbeats", &self.heartbeats())
            .finish_non_exhaustive()
    }
}

/// Upgrades the connection, and returns what came behind the response.
fn upgrade(
    mut stream: Stream,
    address: ChannelAddress,
    options: &ChannelOptions,
) -> Result<(Stream, Vec<u8>), ChannelError> {
    let failed = |error: io::Error| match error.kind() {
        // The socket says so when its deadline has passed.
        io::ErrorKind::TimedOut => websocket::not_open_in_time(options.connect_timeout),
        _ => websocket::upgrade_failed(error),
    };
    let (mut upgrade, request) = Upgrade::start(address)?;
    stream.write_all(&request).map_err(failed)?;
    stream.flush().map_err(failed)?;
    let mut bytes = [0; 1024];
    loop {
        let read = stream.read(&mut bytes).map_err(failed)?;
        if let Some(tail) = upgrade.handle_read(&bytes[..read])? {
            return Ok((stream, tail));
        }
    }
}

pub(crate) fn sooner(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    one.into_iter().chain(other).min()
}

/// The point `elapsed` after `start`; none when no clock can represent it, as it never comes.
pub(crate) fn instant(start: Instant, elapsed: Elapsed) -> Option<Instant> {
    start.checked_add(elapsed.as_duration())
}

fn is_no_news(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}
