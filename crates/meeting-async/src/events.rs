//! The live channel over tokio.

use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::{Duration, SystemTime},
};

use futures_util::{Sink, Stream};
use meeting_client::{
    channel::{
        Channel, ChannelError, ChannelOptions, CloseReason, Heartbeats, Outcome, Output,
        Subscription, upgrade::Upgrade, websocket,
    },
    tls::TrustStore,
};
use meeting_types::{
    ConferenceId, ConferenceToken, TransportErrorKind,
    events::{ChannelAddress, Event, SubtitleSwitch},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, lookup_host},
    time::{Instant, Sleep, sleep, timeout, timeout_at},
};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::protocol::{Message as Frame, Role},
};

/// A socket, encrypted or not.
trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Socket for T {}

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
/// tungstenite hands every frame to the `log` crate at trace level, the token in the subscription
/// included. Keep its target below `trace` where logs are kept.
pub struct EventStream {
    /// Nothing once the channel has ended.
    socket: Option<WebSocketStream<Box<dyn Socket>>>,
    channel: Channel,
    opened: Instant,
    timer: Pin<Box<Sleep>>,
    /// When the program wants to be woken for reasons of its own.
    wake_at: Option<Instant>,
    outbox: VecDeque<Frame>,
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
        trust: &TrustStore,
        options: &ChannelOptions,
    ) -> Result<Self, ChannelError> {
        let socket = timeout(options.connect_timeout, open(address, trust, options))
            .await
            .map_err(|_| websocket::not_open_in_time(options.connect_timeout))??;
        let opened = Instant::now();
        Ok(Self {
            socket: Some(socket),
            channel: Channel::opened(subscription, options, SystemTime::now()),
            opened,
            // Set before the first wait.
            timer: Box::pin(sleep(Duration::MAX)),
            wake_at: None,
            outbox: VecDeque::new(),
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
        self.channel.subscribe(subscription, self.opened.elapsed());
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

    /// Wakes the task that polls the stream at this time as well. So it takes one timer for both.
    pub(crate) fn wake_at(&mut self, wake_at: Instant) {
        self.wake_at = Some(wake_at);
    }

    fn poll_event(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Event, ChannelError>>> {
        loop {
            let wait = match self.channel.poll() {
                Output::Send(text) => {
                    self.outbox.push_back(websocket::frame(&text));
                    continue;
                }
                Output::Event(event) => return Poll::Ready(Some(Ok(*event))),
                Output::Fault(fault) => {
                    return Poll::Ready(Some(Err(ChannelError::Frame(fault))));
                }
                Output::Finished(outcome) => return Poll::Ready(self.end(outcome, context)),
                Output::Wait(until) => until,
                // An engine of a later release than this crate.
                _ => {
                    let outdated = "the engine wants what this client does not know: update it";
                    let outdated = CloseReason::Broken(outdated.to_owned());
                    return Poll::Ready(self.end(Outcome::Closed(outdated), context));
                }
            };
            let Some(socket) = &mut self.socket else {
                return Poll::Ready(None);
            };
            let mut socket = Pin::new(socket);
            if !write(
                socket.as_mut(),
                &mut self.outbox,
                &mut self.unflushed,
                context,
            ) {
                // What could not be written is no end yet: the service may have said its last word
                // before it closed. Reading tells.
                self.outbox.clear();
                self.unflushed = false;
            }
            if self.outbox.is_empty() {
                // It is empty nearly always, and there may be thousands of it.
                self.outbox = VecDeque::new();
            }
            // Reading goes before the timer: a program that comes late gets what has arrived,
            // before it is told that time is up.
            if let Poll::Ready(read) = socket.poll_next(context) {
                let read = read.unwrap_or(Ok(Frame::Close(None)));
                websocket::take_in(&mut self.channel, read, self.opened.elapsed());
                continue;
            }
            let deadline = self.opened.checked_add(wait).unwrap_or_else(|| after(wait));
            let wake_at = self
                .wake_at
                .map_or(deadline, |wake_at| wake_at.min(deadline));
            if self.timer.deadline() != wake_at {
                self.timer.as_mut().reset(wake_at);
            }
            ready!(self.timer.as_mut().poll(context));
            // It was said once; whoever polls may say it again.
            self.wake_at = None;
            self.channel.tick(self.opened.elapsed());
        }
    }

    /// Drops the socket; the first time, tells why.
    fn end(
        &mut self,
        outcome: Outcome,
        context: &mut Context<'_>,
    ) -> Option<Result<Event, ChannelError>> {
        let mut socket = self.socket.take()?;
        // tungstenite has the answer to a close ready. The service need not get it.
        let _ = Pin::new(&mut socket).poll_flush(context);
        match outcome {
            Outcome::MeetingEnded => None,
            outcome => Some(Err(ChannelError::Ended(outcome))),
        }
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
        // The outbox may hold the token.
        f.debug_struct("EventStream")
            .field("outcome", &self.channel.outcome())
            .field("heartbeats", &self.channel.heartbeats())
            .finish_non_exhaustive()
    }
}

/// Writes as much as the socket takes. False when it takes no more, ever.
fn write(
    mut socket: Pin<&mut WebSocketStream<Box<dyn Socket>>>,
    outbox: &mut VecDeque<Frame>,
    unflushed: &mut bool,
    context: &mut Context<'_>,
) -> bool {
    while !outbox.is_empty() {
        match socket.as_mut().poll_ready(context) {
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(_)) => return false,
            Poll::Pending => return true,
        }
        if let Some(frame) = outbox.pop_front() {
            if socket.as_mut().start_send(frame).is_err() {
                return false;
            }
            *unflushed = true;
        }
    }
    if *unflushed {
        match socket.poll_flush(context) {
            Poll::Ready(Ok(())) => {
                *unflushed = false;
                // Most channels send next to nothing, and there may be many of them.
                outbox.shrink_to_fit();
            }
            Poll::Ready(Err(_)) => return false,
            Poll::Pending => {}
        }
    }
    true
}

async fn open(
    address: ChannelAddress,
    trust: &TrustStore,
    options: &ChannelOptions,
) -> Result<WebSocketStream<Box<dyn Socket>>, ChannelError> {
    // An IPv6 address stands in brackets.
    let host = address.host().trim_matches(['[', ']']).to_owned();
    let deadline = after(options.connect_timeout);
    let tcp = connect_any(&host, address.port(), deadline)
        .await
        .map_err(websocket::not_open_io)?;
    let socket: Box<dyn Socket> = if address.is_tls() {
        let name = trust
            .server_name(&host)
            .map_err(|error| websocket::not_open(TransportErrorKind::Request, error))?;
        let tls = TlsConnector::from(trust.client_config());
        let stream = tls.connect(name, tcp).await;
        Box::new(stream.map_err(websocket::not_open_io)?)
    } else {
        Box::new(tcp)
    };
    upgrade(socket, address, options).await
}

async fn upgrade(
    mut socket: Box<dyn Socket>,
    address: ChannelAddress,
    options: &ChannelOptions,
) -> Result<WebSocketStream<Box<dyn Socket>>, ChannelError> {
    let failed = |error: io::Error| websocket::upgrade_failed(error.into());
    let (mut upgrade, request) = Upgrade::start(address)?;
    socket.write_all(&request).await.map_err(failed)?;
    socket.flush().await.map_err(failed)?;
    let mut bytes = [0; 1024];
    let tail = loop {
        let read = socket.read(&mut bytes).await.map_err(failed)?;
        if let Some(tail) = upgrade.received(&bytes[..read])? {
            break tail;
        }
    };
    let config = websocket::config(options);
    Ok(WebSocketStream::from_partially_read(socket, tail, Role::Client, Some(config)).await)
}

/// Connects to the first address that answers. While others remain, an address gets half of the
/// time that is left.
async fn connect_any(host: &str, port: u16, deadline: Instant) -> io::Result<TcpStream> {
    let addresses: Vec<_> = lookup_host((host, port)).await?.collect();
    let mut last = io::Error::other("the host name has no address");
    for (index, address) in addresses.iter().enumerate() {
        let now = Instant::now();
        let share = if index + 1 == addresses.len() {
            deadline
        } else {
            now + deadline.saturating_duration_since(now) / 2
        };
        match timeout_at(share, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => {
                // A heartbeat would wait for an acknowledgement otherwise.
                tcp.set_nodelay(true)?;
                return Ok(tcp);
            }
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(last)
}

/// The time after `delay`, or one that never comes when no clock can represent it.
fn after(delay: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(delay)
        .unwrap_or_else(|| now + Duration::from_secs(30 * 365 * 24 * 3600))
}
