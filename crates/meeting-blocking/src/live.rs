//! The events of a meeting under control, over as many connections as it takes.

use std::{
    fmt,
    time::{Duration, Instant},
};

use meeting_client::{
    Elapsed, Error,
    channel::{self, ChannelEnd, ChannelError},
    follow::{Action, Change, Follower, LiveMeeting, LiveOptions, Notice},
};
use meeting_types::events::{EventKind, SubtitleSwitch};

use crate::{
    Closer, Control, EventStream,
    block_on::block_on,
    events::{Waited, instant, sooner},
};

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
    follower: Follower,
    control: Control,
    started: Instant,
    stream: Option<EventStream>,
    closer: Closer,
}

/// Outcome of a wait.
enum Step {
    Item(Result<Notice, Error>),
    Over,
    TimeUp,
}

impl LiveEvents {
    pub(crate) fn new(mut stream: EventStream, control: Control, options: LiveOptions) -> Self {
        let closer = Closer::default();
        stream.close_by(closer.clone());
        Self {
            follower: Follower::new(options, control.renewal_due_in()),
            control,
            started: Instant::now(),
            stream: Some(stream),
            closer,
        }
    }

    /// A handle that ends the events from another thread.
    #[must_use]
    pub fn closer(&self) -> Closer {
        self.closer.hand_out()
    }

    /// The next notice; nothing if `timeout` passes first. A call on the way, to renew the token or to
    /// connect again, may take longer, at most the time that it has by itself.
    ///
    /// # Errors
    ///
    /// The error that ends it. From then on, or once a [`Closer`] has closed it,
    /// [`ChannelError::Over`]; after the end of the meeting
    /// [`ChannelError::Ended`] with [`ChannelEnd::MeetingEnded`].
    pub fn next_timeout(&mut self, timeout: Duration) -> Result<Option<Notice>, Error> {
        match self.wait(Instant::now().checked_add(timeout)) {
            Step::Item(item) => item.map(Some),
            Step::TimeUp => Ok(None),
            Step::Over if self.follower.meeting().is_over() => {
                Err(ChannelError::Ended(ChannelEnd::MeetingEnded).into())
            }
            Step::Over => Err(ChannelError::Over.into()),
        }
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

    /// Asks for other kinds of events, on this connection and on each one after it. It is sent with the
    /// next wait for a notice; the service then tells how everything is now of these kinds.
    pub fn subscribe(&mut self, kinds: impl IntoIterator<Item = EventKind>) {
        self.follower.subscribe(kinds.into_iter().collect());
    }

    /// Switches subtitles on or off for everybody in the meeting. It is sent with the next wait for a
    /// notice, or once there is a connection again.
    pub fn switch_subtitles(&mut self, switch: SubtitleSwitch) {
        self.follower.switch_subtitles(switch);
    }

    /// Waits until `limit`, or for ever.
    fn wait(&mut self, limit: Option<Instant>) -> Step {
        loop {
            if self.closer.is_closed() {
                self.stream = None;
                return Step::Over;
            }
            match self.follower.poll(self.now()) {
                Action::Notice(notice) => return Step::Item(Ok(*notice)),
                Action::Failed(error) => return Step::Item(Err(*error)),
                Action::Read { max, until } => {
                    self.read(max, sooner(instant(self.started, until), limit));
                }
                Action::SleepUntil(until) => {
                    self.closer
                        .sleep(sooner(instant(self.started, until), limit));
                }
                Action::Connect { renew, within } => self.connect(renew, within),
                Action::RenewToken => {
                    let renewed = block_on(self.control.engine().keep_alive());
                    let now = self.now();
                    self.follower
                        .handle_kept_alive(renewed, self.control.engine(), now);
                    continue;
                }
                request @ (Action::Subscribe(_) | Action::SwitchSubtitles(_)) => {
                    let channel = self.stream.as_mut().map(EventStream::channel);
                    self.follower.ask(request, self.control.engine(), channel);
                    continue;
                }
                Action::Finished => {
                    self.stream = None;
                    return Step::Over;
                }
                _ => self.follower.handle_outdated(),
            }
            if limit.is_some_and(|limit| limit <= Instant::now()) && !self.follower.has_more() {
                return Step::TimeUp;
            }
        }
    }

    fn now(&self) -> Elapsed {
        self.started.elapsed().into()
    }

    /// Takes in what is there, or waits for the first item until `until`.
    fn read(&mut self, max: usize, until: Option<Instant>) {
        let mut until = until;
        for _ in 0..max {
            let Some(stream) = &mut self.stream else {
                return;
            };
            let Waited::Item(item) = stream.wait(until) else {
                return;
            };
            if let channel::Action::Finished(_) = item {
                self.stream = None;
            }
            self.follower.handle_channel(item, self.now());
            until = Some(Instant::now());
        }
    }

    fn connect(&mut self, renew: bool, within: Duration) {
        let opening = self.follower.opening(self.control.engine(), renew, within);
        let opened = block_on(opening.grant())
            .and_then(|(grant, options)| self.control.open_channel(grant, &options));
        let opened = opened.map(|mut stream| {
            stream.close_by(self.closer.clone());
            self.stream = Some(stream);
        });
        let now = self.now();
        self.follower
            .handle_connected(opened, self.control.engine(), now);
    }
}

impl Iterator for LiveEvents {
    type Item = Result<Notice, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.wait(None) {
            Step::Item(item) => Some(item),
            Step::Over | Step::TimeUp => None,
        }
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
