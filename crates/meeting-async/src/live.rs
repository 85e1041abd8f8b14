//! The events of a meeting under control, over as many connections as it takes.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_util::Stream;
use meeting_client::{
    Elapsed, Error,
    channel::{self, Subscription, websocket},
    follow::{Action, Change, Follower, LiveMeeting, LiveOptions, Notice},
};
use meeting_types::events::{EventKind, SubtitleSwitch};
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use crate::{Control, EventStream, events::instant};

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
    follower: Follower,
    control: Control,
    started: Instant,
    stream: Option<EventStream>,
    opening: UnderWay<EventStream>,
    renewal: UnderWay<()>,
    /// While there is no channel, which has a timer of its own.
    timer: Option<Pin<Box<Sleep>>>,
}

impl LiveEvents {
    pub(crate) fn new(stream: EventStream, control: Control, options: LiveOptions) -> Self {
        Self {
            follower: Follower::new(options, control.renewal_due_in()),
            control,
            started: Instant::now(),
            stream: Some(stream),
            opening: UnderWay::default(),
            renewal: UnderWay::default(),
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
        self.follower.meeting()
    }

    /// What the last notice has changed in [`meeting`](Self::meeting).
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        self.follower.changes()
    }

    /// Whether there is a connection that the service has accepted.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.follower.is_connected()
    }

    /// Asks for other kinds of events, on this connection and on each one after it. It is sent when the
    /// stream is polled next; the service then tells how everything is now of these kinds.
    pub fn subscribe(&mut self, kinds: impl IntoIterator<Item = EventKind>) {
        self.follower.subscribe(kinds.into_iter().collect());
    }

    /// Switches subtitles on or off for everybody in the meeting. It is sent when the stream is polled
    /// next, or once there is a connection again.
    pub fn switch_subtitles(&mut self, switch: SubtitleSwitch) {
        self.follower.switch_subtitles(switch);
    }

    fn poll_notice(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Notice, Error>>> {
        loop {
            self.go_on(context);
            match self.follower.poll(self.now()) {
                Action::Notice(notice) => return Poll::Ready(Some(Ok(*notice))),
                Action::Failed(error) => return Poll::Ready(Some(Err(*error))),
                Action::Read { max, until } => ready!(self.read(max, until, context)),
                Action::SleepUntil(until) => ready!(self.sleep(until, context)),
                Action::Connect { renew, within } => self.connect(renew, within),
                Action::RenewToken => {
                    let control = self.control.clone();
                    self.renewal
                        .begin(async move { control.keep_alive().await });
                }
                request @ (Action::Subscribe(_) | Action::SwitchSubtitles(_)) => {
                    self.request(request);
                }
                Action::Finished => {
                    self.stream = None;
                    self.opening = UnderWay::default();
                    self.renewal = UnderWay::default();
                    return Poll::Ready(None);
                }
                _ => self.follower.handle_outdated(),
            }
        }
    }

    fn now(&self) -> Elapsed {
        self.started.elapsed().into()
    }

    /// Goes on with what is under way.
    fn go_on(&mut self, context: &mut Context<'_>) {
        if let Poll::Ready(renewed) = self.renewal.poll(context) {
            let due_in = self.control.renewal_due_in();
            let now = self.now();
            self.follower.handle_renewed(renewed.is_ok(), due_in, now);
        }
        if let Poll::Ready(opened) = self.opening.poll(context) {
            let now = self.now();
            match opened {
                Ok(stream) => {
                    self.stream = Some(stream);
                    self.timer = None;
                    let due_in = self.control.renewal_due_in();
                    self.follower.handle_opened(due_in, now);
                }
                Err(error) => self.follower.handle_not_opened(error, now),
            }
        }
    }

    /// Takes in what has arrived; pending when there is nothing and it is not yet `until`.
    fn read(&mut self, max: usize, until: Elapsed, context: &mut Context<'_>) -> Poll<()> {
        let wake_at = instant(self.started, until);
        for taken in 0..max {
            let Some(stream) = &mut self.stream else {
                break;
            };
            stream.wake_at(wake_at);
            let Poll::Ready(item) = stream.poll_item(context) else {
                if taken == 0 && self.now() < until {
                    return Poll::Pending;
                }
                break;
            };
            if let None | Some(channel::Action::Finished(_)) = item {
                self.stream = None;
            }
            if let Some(item) = item {
                self.follower.handle_channel(item, self.now());
            }
        }
        Poll::Ready(())
    }

    fn sleep(&mut self, until: Elapsed, context: &mut Context<'_>) -> Poll<()> {
        let Some(until) = instant(self.started, until) else {
            return Poll::Pending;
        };
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(until)));
        if timer.deadline() != until {
            timer.as_mut().reset(until);
        }
        timer.as_mut().poll(context)
    }

    fn connect(&mut self, renew: bool, within: Duration) {
        let control = self.control.single_attempt();
        let options = self.follower.channel_options().clone();
        let kinds = self.follower.kinds().to_vec();
        self.opening.begin(async move {
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
        });
    }

    /// Asks the channel for something, with the token of now.
    fn request(&mut self, request: Action) {
        match (&mut self.stream, self.control.token(), request) {
            (Some(stream), Some(token), Action::Subscribe(kinds)) => {
                stream.subscribe(Subscription::new(token, kinds));
            }
            (Some(stream), Some(token), Action::SwitchSubtitles(switch)) => {
                let id = self.control.conference_id().clone();
                stream.switch_subtitles(id, token, switch);
            }
            (_, _, request) => self.follower.handle_no_token(request),
        }
    }
}

/// A future that is under way, or none.
///
/// In a mutex that nobody locks, because futures are `Send` and seldom `Sync`.
struct UnderWay<T>(Mutex<Option<Running<T>>>);

type Running<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

impl<T> UnderWay<T> {
    fn begin(&mut self, future: impl Future<Output = Result<T, Error>> + Send + 'static) {
        *self.slot() = Some(Box::pin(future));
    }

    /// Goes on with it. Pending when there is none.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<T, Error>> {
        let slot = self.slot();
        let Some(running) = slot else {
            return Poll::Pending;
        };
        let result = ready!(running.as_mut().poll(context));
        *slot = None;
        Poll::Ready(result)
    }

    fn slot(&mut self) -> &mut Option<Running<T>> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Default for UnderWay<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
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
