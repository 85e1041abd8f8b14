//! The events of a meeting under control, over as many connections as it takes.

use std::{
    fmt, thread,
    time::{Duration, Instant},
};

use meeting_client::{
    Error,
    channel::{ChannelError, Outcome, Subscription},
    live::{Change, LiveMeeting, LiveOptions, Notice, Session, Todo},
};
use meeting_types::events::{EventKind, SubtitleSwitch};

use crate::{Control, Events};

/// The time to the next try to renew a token, after one that failed.
const PAUSE: Duration = Duration::from_secs(30);

/// A program that comes back after less than this is quick: what waits in the socket can wait longer.
const QUICK: Duration = Duration::from_millis(100);

/// The events of a meeting under control, as they happen, over as many connections as it takes.
///
/// [`Control::events`] opens it. It is an iterator of [`Notice`]s, which are events for the most part.
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
/// No thread is started: all of this goes on while the program waits for the next notice, so do not
/// let more than two minutes pass in between. Dropping it closes the connection.
///
/// [`meeting`](Self::meeting) is what the notices have told so far, as a whole.
///
/// ```no_run
/// # fn watch(control: meeting_blocking::Control) -> Result<(), meeting_blocking::Error> {
/// use meeting_blocking::Notice;
///
/// let mut events = control.events()?;
/// while let Some(notice) = events.next() {
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
    events: Option<Events>,
    /// When the socket was read last.
    read_at: Instant,
    /// No renewal is tried before.
    paused_until: Instant,
}

/// What waiting has brought.
enum Step {
    Item(Result<Notice, Error>),
    TimeUp,
    Over,
}

impl LiveEvents {
    pub(crate) fn new(events: Events, control: Control, options: LiveOptions) -> Self {
        let now = Instant::now();
        Self {
            session: Session::new(options),
            control,
            started: now,
            events: Some(events),
            read_at: now,
            paused_until: now,
        }
    }

    /// The next notice; nothing if `timeout` passes first. A call on the way, to renew the token or to
    /// connect again, may take longer, at most the time that it has by itself.
    ///
    /// # Errors
    ///
    /// What ends it. From then on [`ChannelError::Over`], and after the end of the meeting
    /// [`ChannelError::Ended`] with [`Outcome::MeetingEnded`].
    pub fn next_timeout(&mut self, timeout: Duration) -> Result<Option<Notice>, Error> {
        match self.advance(Instant::now().checked_add(timeout)) {
            Step::Item(item) => item.map(Some),
            Step::TimeUp => Ok(None),
            Step::Over if self.session.meeting().is_over() => {
                Err(ChannelError::Ended(Outcome::MeetingEnded).into())
            }
            Step::Over => Err(ChannelError::Over.into()),
        }
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
        self.events.as_ref().is_some_and(Events::is_subscribed)
    }

    /// Asks for other kinds of events, on this connection and on each one after it. It is sent with the
    /// next wait for a notice; the service then tells how everything is now of these kinds.
    pub fn subscribe(&mut self, kinds: impl IntoIterator<Item = EventKind>) {
        self.session.set_kinds(kinds.into_iter().collect());
    }

    /// Switches subtitles on or off for everybody in the meeting. It is sent with the next wait for a
    /// notice, or once there is a connection again.
    pub fn switch_subtitles(&mut self, switch: SubtitleSwitch) {
        self.session.switch_subtitles(switch);
    }

    /// Waits until `limit`, or for ever.
    fn advance(&mut self, limit: Option<Instant>) -> Step {
        // Whoever comes late may be about to be cut off by the service: see what there is.
        if self.read_at.elapsed() > QUICK {
            for _ in 0..self.session.turn() {
                if !self.listen(Duration::ZERO) {
                    break;
                }
            }
        }
        loop {
            if self.renewal_due_in().is_zero() {
                self.renew();
            }
            if let Some(item) = self.session.tell() {
                return Step::Item(item);
            }
            let now = self.started.elapsed();
            let todo = self.session.todo(now);
            if todo == Todo::Stop {
                self.events = None;
                return Step::Over;
            }
            let left = limit.map(|limit| limit.saturating_duration_since(Instant::now()));
            let wait = left.unwrap_or(Duration::MAX).min(self.renewal_due_in());
            match todo {
                Todo::Connect { renew, within } => self.connect(renew, within),
                Todo::Wait(until) => thread::sleep(wait.min(until.saturating_sub(now))),
                _ => {
                    if self.listen(wait) {
                        continue;
                    }
                }
            }
            if limit.is_some_and(|limit| limit <= Instant::now()) && !self.session.has_more() {
                return Step::TimeUp;
            }
        }
    }

    /// Takes in the next item of the channel. False when nothing happens within `wait`.
    fn listen(&mut self, wait: Duration) -> bool {
        let Some(events) = &mut self.events else {
            return false;
        };
        let was_subscribed = events.is_subscribed();
        if let Some(token) = self.control.token() {
            if let Some(kinds) = self.session.take_kinds() {
                events.subscribe(Subscription::new(token.clone(), kinds));
            }
            if was_subscribed && let Some(switch) = self.session.take_subtitles() {
                events.switch_subtitles(self.control.conference_id().clone(), token, switch);
            }
        }
        let item = events.next_news(wait);
        let is_subscribed = events.is_subscribed();
        self.read_at = Instant::now();
        let now = self.started.elapsed();
        if is_subscribed {
            self.session.subscribed(now);
        }
        match item {
            Ok(None) => is_subscribed && !was_subscribed,
            Ok(Some(event)) => {
                self.session.received(Some(Ok(event)), now);
                true
            }
            Err(error) => {
                if error.is_end() {
                    self.events = None;
                }
                self.session.received(Some(Err(error)), now);
                true
            }
        }
    }

    fn connect(&mut self, renew: bool, within: Duration) {
        let opened = self.open(renew, within);
        let now = self.started.elapsed();
        match opened {
            Ok(events) => {
                self.events = Some(events);
                self.session.opened(now);
            }
            Err(error) => self.session.not_opened(error, now),
        }
    }

    fn open(&self, renew: bool, within: Duration) -> Result<Events, Error> {
        let begun = Instant::now();
        if renew {
            self.control.within(within).renew()?;
        }
        let kinds = self.session.kinds().iter().cloned();
        let left = || within.saturating_sub(begun.elapsed());
        let ticket = self.control.within(left()).ticket(kinds)?;
        let mut options = self.session.channel_options().clone();
        options.connect_timeout = options.connect_timeout.min(left());
        self.control.open_channel(ticket, &options)
    }

    /// Without a channel there is nothing to be kept alive: opening one renews the token if need be.
    fn renewal_due_in(&self) -> Duration {
        if self.events.is_none() {
            return Duration::MAX;
        }
        let pause = self.paused_until.saturating_duration_since(Instant::now());
        self.control.renewal_due_in().unwrap_or_default().max(pause)
    }

    /// A failure is not reported: the channel goes on without the token, and a call that needs it tells
    /// what is wrong.
    fn renew(&mut self) {
        let renewed = self.control.renew();
        // A token that is due at once would be renewed without end.
        if renewed.is_err() || self.renewal_due_in().is_zero() {
            self.paused_until = Instant::now() + PAUSE;
        }
    }
}

impl Iterator for LiveEvents {
    type Item = Result<Notice, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.advance(None) {
            Step::Item(item) => Some(item),
            Step::Over | Step::TimeUp => None,
        }
    }
}

impl fmt::Debug for LiveEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveEvents")
            .field("events", &self.events)
            .field("meeting", self.meeting())
            .finish_non_exhaustive()
    }
}
