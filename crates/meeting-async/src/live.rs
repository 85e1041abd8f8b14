//! The events of a meeting under control, over as many connections as it takes.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_util::Stream;
use meeting_client::{
    Error,
    channel::{Subscription, websocket},
    live::{Change, LiveMeeting, LiveOptions, Notice, Session, Todo},
};
use meeting_types::events::{EventKind, SubtitleSwitch};
use tokio::time::{Instant, Sleep, sleep, timeout};

use crate::{Control, EventStream};

/// The time to the next try to renew a token, after one that failed.
const PAUSE: Duration = Duration::from_secs(30);

/// A program that comes back after less than this is quick: what waits in the socket can wait until
/// it has taken what it was read before.
const QUICK: Duration = Duration::from_millis(100);

/// Something that is under way, and its result.
type UnderWay<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// The events of a meeting under control, as they happen, over as many connections as it takes.
///
/// [`Control::events`] opens it. It is a stream of [`Notice`]s, which are events for the most part.
/// An error is the last item. When the meeting ends, the event that says so is the last item (or
/// [`Notice::EndedInGap`], if that was missed), and no error follows.
///
/// - A connection that is lost is replaced, with a fresh token, after a wait that grows with each
///   failure: [`LiveOptions`] sets how patiently. The program is told of the gap, and that it is over.
/// - The control token is renewed, so that the session outlives the token's half hour without any
///   call.
/// - A program that is slow gets the state of the meeting in place of what it has missed:
///   [`Notice::Skipped`].
///
/// No task is spawned: all of this goes on while the stream is polled, so keep polling. Dropping it
/// closes the connection.
///
/// [`meeting`](Self::meeting) is what the notices have told so far, as a whole.
///
/// ```no_run
/// # async fn watch(control: meeting_async::Control) -> Result<(), meeting_async::Error> {
/// use meeting_async::Notice;
///
/// let mut events = control.events().await?;
/// while let Some(notice) = events.next().await {
///     match notice? {
///         Notice::Event(event) => println!("{}", event.kind),
///         other => eprintln!("{other}"),
///     }
///     println!("{} are there", events.meeting().participants().len());
/// }
/// # Ok(())
/// # }
/// ```
pub struct LiveEvents {
    session: Session,
    control: Control,
    started: Instant,
    stream: Option<EventStream>,
    /// When the channel was listened to last.
    read_at: Instant,
    opening: Option<UnderWay<EventStream>>,
    renewal: Option<UnderWay<()>>,
    renew_at: Instant,
    /// While there is no channel, which has a timer of its own.
    timer: Option<Pin<Box<Sleep>>>,
}

impl LiveEvents {
    pub(crate) fn new(stream: EventStream, control: Control, options: LiveOptions) -> Self {
        let started = Instant::now();
        let renew_in = control.renewal_due_in().unwrap_or(PAUSE);
        Self {
            session: Session::new(options),
            control,
            started,
            stream: Some(stream),
            read_at: started,
            opening: None,
            renewal: None,
            renew_at: later(started, renew_in),
            timer: None,
        }
    }

    /// The next notice; nothing once it is over.
    ///
    /// Cancel safe: when the future is dropped before it is ready, nothing is lost.
    pub async fn next(&mut self) -> Option<Result<Notice, Error>> {
        poll_fn(|context| self.poll_notice(context)).await
    }

    /// The meeting as the notices up to the last one tell it. It is
    /// [stale](LiveMeeting::is_stale) in a gap, and after one until all was told again.
    #[must_use]
    pub fn meeting(&self) -> &LiveMeeting {
        self.session.meeting()
    }

    /// What the last notice has changed in [`meeting`](Self::meeting).
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        self.session.changes()
    }

    /// Whether there is a connection that the service has accepted.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.stream.as_ref().is_some_and(EventStream::is_subscribed)
    }

    /// Asks for other kinds of events, on this connection and on each one after it. It is sent when the
    /// stream is polled next; the service then tells how everything is now of these kinds.
    pub fn subscribe(&mut self, kinds: impl IntoIterator<Item = EventKind>) {
        self.session.set_kinds(kinds.into_iter().collect());
    }

    /// Switches subtitles on or off for everybody in the meeting. It is sent when the stream is polled
    /// next, or once there is a connection again.
    pub fn switch_subtitles(&mut self, switch: SubtitleSwitch) {
        self.session.switch_subtitles(switch);
    }

    fn poll_notice(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Notice, Error>>> {
        loop {
            self.keep_alive(context);
            self.listen(context);
            if let Some(item) = self.session.tell() {
                return Poll::Ready(Some(item));
            }
            let now = self.started.elapsed();
            // The end of a renewal wakes this task.
            let renew_at = self.renewal.is_none().then_some(self.renew_at);
            let wake_at = match self.session.todo(now) {
                Todo::Stop => {
                    self.let_go();
                    return Poll::Ready(None);
                }
                // It became due just now, and the channel has used up the call to wake up.
                Todo::Listen if self.renewal.is_none() && Instant::now() >= self.renew_at => {
                    continue;
                }
                // The channel wakes this task, also when a renewal is due.
                Todo::Listen => return Poll::Pending,
                Todo::Wait(until) => {
                    let until = later(self.started, until);
                    Some(renew_at.map_or(until, |at| at.min(until)))
                }
                Todo::Connect { renew, within } => {
                    if self.connect(renew, within, context).is_ready() {
                        continue;
                    }
                    renew_at
                }
                // An engine of a later release than this crate wants what nobody here can do.
                _ => {
                    self.let_go();
                    return Poll::Ready(None);
                }
            };
            let Some(wake_at) = wake_at else {
                return Poll::Pending;
            };
            let timer = self
                .timer
                .get_or_insert_with(|| Box::pin(sleep(Duration::ZERO)));
            if timer.deadline() != wake_at {
                timer.as_mut().reset(wake_at);
            }
            ready!(timer.as_mut().poll(context));
        }
    }

    /// Takes in what has arrived.
    fn listen(&mut self, context: &mut Context<'_>) {
        let Some(stream) = &mut self.stream else {
            return;
        };
        let now = Instant::now();
        if self.session.has_more() && now.saturating_duration_since(self.read_at) < QUICK {
            return;
        }
        self.read_at = now;
        if let Some(token) = self.control.token()
            && let Some(kinds) = self.session.take_kinds()
        {
            stream.subscribe(Subscription::new(token, kinds));
        }
        if self.renewal.is_none() {
            stream.wake_at(self.renew_at);
        }
        for _ in 0..self.session.turn() {
            let Poll::Ready(item) = Pin::new(&mut *stream).poll_next(context) else {
                break;
            };
            let is_end = match &item {
                Some(Ok(_)) => false,
                Some(Err(error)) => error.is_end(),
                None => true,
            };
            let now = self.started.elapsed();
            if stream.is_subscribed() {
                self.session.subscribed(now);
            }
            self.session.received(item, now);
            if is_end {
                self.stream = None;
                return;
            }
        }
        if stream.is_subscribed() {
            self.session.subscribed(self.started.elapsed());
            if let Some(token) = self.control.token()
                && let Some(switch) = self.session.take_subtitles()
            {
                let id = self.control.conference_id().clone();
                stream.switch_subtitles(id, token, switch);
                // Being polled again, it is sent.
                context.waker().wake_by_ref();
            }
        }
    }

    /// Goes on with opening a channel. Ready when that has ended, in one way or the other.
    fn connect(&mut self, renew: bool, within: Duration, context: &mut Context<'_>) -> Poll<()> {
        let control = &self.control;
        let options = self.session.channel_options();
        let opening = self.opening.get_or_insert_with(|| {
            let (control, options) = (control.clone(), options.clone());
            let kinds = self.session.kinds().to_vec();
            Box::pin(async move {
                let open = async {
                    if renew {
                        control.renew().await?;
                    }
                    control.open_channel(kinds, &options).await
                };
                match timeout(within, open).await {
                    Ok(opened) => opened,
                    Err(_) => Err(websocket::not_open_in_time(within).into()),
                }
            })
        });
        let opened = ready!(opening.as_mut().poll(context));
        self.opening = None;
        let now = self.started.elapsed();
        match opened {
            Ok(stream) => {
                self.stream = Some(stream);
                self.timer = None;
                self.session.opened(now);
            }
            Err(error) => self.session.not_opened(error, now),
        }
        Poll::Ready(())
    }

    /// Renews the control token whenever that is due.
    ///
    /// A failure is not reported: the channel goes on without the token, and a call that needs it tells
    /// what is wrong.
    fn keep_alive(&mut self, context: &mut Context<'_>) {
        if self.renewal.is_none() && Instant::now() >= self.renew_at && !self.session.is_stopped() {
            // Some call may have renewed it since.
            match self.control.renewal_due_in() {
                Some(due) if !due.is_zero() => self.renew_in(due),
                _ => {
                    let control = self.control.clone();
                    self.renewal = Some(Box::pin(async move { control.renew().await }));
                }
            }
        }
        if let Some(renewal) = &mut self.renewal
            && let Poll::Ready(renewed) = renewal.as_mut().poll(context)
        {
            self.renewal = None;
            let due = self.control.renewal_due_in();
            self.renew_in(match renewed {
                Ok(()) => due.filter(|due| !due.is_zero()).unwrap_or(PAUSE),
                Err(_) => PAUSE,
            });
        }
    }

    fn renew_in(&mut self, due: Duration) {
        self.renew_at = later(Instant::now(), due);
    }

    fn let_go(&mut self) {
        self.stream = None;
        self.opening = None;
        self.renewal = None;
    }
}

impl Stream for LiveEvents {
    type Item = Result<Notice, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_notice(context)
    }
}

impl fmt::Debug for LiveEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveEvents")
            .field("stream", &self.stream)
            .field("meeting", self.meeting())
            .finish_non_exhaustive()
    }
}

/// `span` after `start`, or a point that never comes when no clock can represent it.
fn later(start: Instant, span: Duration) -> Instant {
    let never = Duration::from_secs(30 * 365 * 24 * 3600);
    start.checked_add(span).unwrap_or_else(|| start + never)
}
