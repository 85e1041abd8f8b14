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
    Elapsed, Error, channel,
    follow::{Action, Change, Follower, LiveMeeting, LiveOptions, Notice},
};
use meeting_types::events::{EventKind, SubtitleSwitch};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::{Control, EventStream, events::instant, under_way::UnderWay};

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

    /// Changes that the last notice made in [`meeting`](Self::meeting).
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        self.follower.changes()
    }

    /// True when there is a connection that the service has accepted.
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
                    let control = self.control.engine().clone();
                    self.renewal
                        .begin(async move { control.keep_alive().await });
                }
                request @ (Action::Subscribe(_) | Action::SwitchSubtitles(_)) => {
                    let channel = self.stream.as_mut().map(EventStream::channel);
                    self.follower.ask(request, self.control.engine(), channel);
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
            let now = self.now();
            self.follower
                .handle_kept_alive(renewed, self.control.engine(), now);
        }
        if let Poll::Ready(opened) = self.opening.poll(context) {
            let opened = opened.map(|stream| {
                self.stream = Some(stream);
                self.timer = None;
            });
            let now = self.now();
            self.follower
                .handle_connected(opened, self.control.engine(), now);
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
        let opening = self.follower.opening(self.control.engine(), renew, within);
        let control = self.control.clone();
        self.opening.begin(async move {
            let (grant, options) = opening.grant().await?;
            control.open_channel(grant, &options).await
        });
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
