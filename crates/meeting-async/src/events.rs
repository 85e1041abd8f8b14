//! The live channel over tokio.

use std::{
    fmt,
    future::poll_fn,
    io,
    mem::MaybeUninit,
    pin::Pin,
    task::{Context, Poll, ready},
    time::{Duration, SystemTime},
};

use futures_util::Stream;
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
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    time::{Instant, Sleep, sleep_until, timeout_at},
};

use crate::dial::{self, Socket, Target};

/// Number of bytes that are read at a time, onto the stack.
const CHUNK: usize = 4096;
/// Longer times to connect are cut to this.
const FOR_EVER: Duration = Duration::from_secs(24 * 60 * 60);

/// The events of a running meeting, as they happen.
///
/// A stream of events. An error is the last item, with one exception: a frame that could not be
/// read ([`ChannelError::Frame`]) is reported, and the stream goes on. When the meeting ends, the
/// event that says so is the last item, and no error follows.
///
/// No task is spawned: heartbeats go out while the stream is polled, so keep polling. Dropping the
/// stream closes the connection.
///
/// ```no_run
/// # async fn watch(
/// #     address: meeting_types::events::ChannelAddress,
/// #     token: meeting_types::ConferenceToken,
/// # ) -> Result<(), meeting_async::ChannelError> {
/// use meeting_async::{ChannelOptions, EventStream, Subscription, TrustStore};
///
/// let subscription = Subscription::known(token);
/// let trust = TrustStore::bundled();
/// let options = ChannelOptions::default();
/// let mut events = EventStream::connect(address, subscription, &trust, &options).await?;
/// while let Some(event) = events.next().await {
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
    socket: Option<Box<dyn Socket>>,
    connection: Connection,
    opened: Instant,
    timer: Pin<Box<Sleep>>,
    /// Time at which the program wants to be woken for reasons of its own.
    wake_at: Option<Instant>,
    unflushed: bool,
}

impl EventStream {
    /// Connects and subscribes. The answer to the subscription is awaited by the stream.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Connect`] and [`ChannelError::Refused`]. The token in `address` is spent
    /// either way.
    pub async fn connect(
        address: ChannelAddress,
        subscription: Subscription,
        network: impl Into<Network>,
        options: &ChannelOptions,
    ) -> Result<Self, ChannelError> {
        let network = network.into();
        let allowed = options.connect_timeout;
        let now = Instant::now();
        let deadline = now.checked_add(allowed).unwrap_or(now + FOR_EVER);
        // Each step knows the deadline, and says at which one it came.
        let (socket, tail) = timeout_at(deadline, open(address, &network, deadline))
            .await
            .map_err(|_| websocket::not_open_in_time(allowed))??;
        let opened = Instant::now();
        Ok(Self {
            socket: Some(socket),
            connection: Connection::opened(tail, subscription, options, SystemTime::now()),
            opened,
            // Set before the first wait.
            timer: Box::pin(sleep_until(opened)),
            wake_at: None,
            unflushed: false,
        })
    }

    /// The next event; nothing once the channel has ended.
    ///
    /// Cancel safe: when the future is dropped before it is ready, no event is lost.
    pub async fn next(&mut self) -> Option<Result<Event, ChannelError>> {
        poll_fn(|context| self.poll_event(context)).await
    }

    /// Asks for other kinds of events, in place of those that were asked for before. It is sent when
    /// the stream is polled next.
    ///
    /// The service sends how everything is now of all these kinds. Should it refuse, that is
    /// reported as [`FrameFault::SubscriptionRefused`](crate::FrameFault::SubscriptionRefused), and
    /// what was asked for before stands.
    pub fn subscribe(&mut self, subscription: Subscription) {
        let (channel, now) = self.channel();
        channel.subscribe(subscription, now);
    }

    /// Switches subtitles on or off for everybody in the meeting. It is sent when the stream is polled
    /// next. What people say arrives as events, if the subscription asks for
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

    /// Wakes the task that polls the stream at this time as well. So it takes one timer for both.
    pub(crate) fn wake_at(&mut self, wake_at: Option<Instant>) {
        self.wake_at = wake_at;
    }

    /// The state machine of the channel, and the time by its clock.
    pub(crate) fn channel(&mut self) -> (&mut Channel, Elapsed) {
        let now = self.now();
        (self.connection.channel_mut(), now)
    }

    fn now(&self) -> Elapsed {
        self.opened.elapsed().into()
    }

    fn poll_event(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Event, ChannelError>>> {
        loop {
            return Poll::Ready(match ready!(self.poll_item(context)) {
                Some(Action::Event(event)) => Some(Ok(*event)),
                Some(Action::Fault { fault, .. }) => Some(Err(ChannelError::Frame(fault))),
                Some(Action::Finished(ChannelEnd::MeetingEnded)) | None => None,
                Some(Action::Finished(end)) => Some(Err(ChannelError::Ended(end))),
                Some(_) => continue,
            });
        }
    }

    /// The next action of the channel that is no business of the socket; the end once.
    pub(crate) fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Action>> {
        loop {
            let until = match self.connection.poll(self.now()) {
                Action::SleepUntil(until) => until,
                Action::Finished(end) => {
                    let is_first = self.let_go(context);
                    return Poll::Ready(is_first.then_some(Action::Finished(end)));
                }
                item @ (Action::Subscribed | Action::Event(_) | Action::Fault { .. }) => {
                    return Poll::Ready(Some(item));
                }
                _ => {
                    self.connection.channel_mut().handle_outdated();
                    continue;
                }
            };
            let Some(socket) = &mut self.socket else {
                return Poll::Ready(None);
            };
            if write(socket, &mut self.connection, &mut self.unflushed, context).is_err() {
                self.connection.handle_not_writable();
                self.unflushed = false;
            }
            // Reading goes before the timer: a program that comes late gets what has arrived,
            // before it is told that time is up.
            let mut chunk = [const { MaybeUninit::uninit() }; CHUNK];
            let mut chunk = ReadBuf::uninit(&mut chunk);
            if let Poll::Ready(read) = Pin::new(socket).poll_read(context, &mut chunk) {
                self.connection.handle_read(read.map(|()| chunk.filled()));
                continue;
            }
            let until = instant(self.opened, until);
            let Some(wake_at) = until.into_iter().chain(self.wake_at).min() else {
                return Poll::Pending;
            };
            if self.timer.deadline() != wake_at {
                self.timer.as_mut().reset(wake_at);
            }
            ready!(self.timer.as_mut().poll(context));
            // It was said once; whoever polls may say it again.
            self.wake_at = None;
            self.connection.handle_timeout(self.now());
        }
    }

    /// Drops the socket. False when that was done before.
    fn let_go(&mut self, context: &mut Context<'_>) -> bool {
        let Some(mut socket) = self.socket.take() else {
            return false;
        };
        // The answer to a close. The service need not get it.
        let _ = write(
            &mut socket,
            &mut self.connection,
            &mut self.unflushed,
            context,
        );
        true
    }
}

impl Stream for EventStream {
    type Item = Result<Event, ChannelError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_event(context)
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

/// Writes as much as the socket takes at once. An error when it takes no more, ever.
fn write(
    socket: &mut Box<dyn Socket>,
    connection: &mut Connection,
    unflushed: &mut bool,
    context: &mut Context<'_>,
) -> io::Result<()> {
    while !connection.outgoing().is_empty() {
        match Pin::new(&mut *socket).poll_write(context, connection.outgoing()) {
            Poll::Ready(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
            Poll::Ready(Ok(written)) => connection.handle_written(written),
            Poll::Ready(Err(error)) => return Err(error),
            Poll::Pending => return Ok(()),
        }
        *unflushed = true;
    }
    if *unflushed && let Poll::Ready(flushed) = Pin::new(socket).poll_flush(context) {
        *unflushed = false;
        return flushed;
    }
    Ok(())
}

/// Opens the socket up to the upgrade, and returns what came behind the response.
async fn open(
    address: ChannelAddress,
    network: &Network,
    deadline: Instant,
) -> Result<(Box<dyn Socket>, Vec<u8>), ChannelError> {
    let target = Target {
        host: address.host(),
        port: address.port(),
        secure: address.is_tls(),
    };
    let opened = dial::open(target, network, deadline).await;
    upgrade(opened.map_err(ChannelError::Connect)?, address).await
}

async fn upgrade(
    mut socket: Box<dyn Socket>,
    address: ChannelAddress,
) -> Result<(Box<dyn Socket>, Vec<u8>), ChannelError> {
    let failed = |error: io::Error| websocket::upgrade_failed(error);
    let (mut upgrade, request) = Upgrade::start(address)?;
    socket.write_all(&request).await.map_err(failed)?;
    socket.flush().await.map_err(failed)?;
    let mut bytes = [0; 1024];
    loop {
        let read = socket.read(&mut bytes).await.map_err(failed)?;
        if let Some(tail) = upgrade.handle_read(&bytes[..read])? {
            return Ok((socket, tail));
        }
    }
}

/// The point `elapsed` after `start`; none when no clock can represent it, as it never comes.
pub(crate) fn instant(start: Instant, elapsed: Elapsed) -> Option<Instant> {
    start.checked_add(elapsed.as_duration())
}
