//! When to connect again, when to stop, and what the program is told on the way.

use std::{borrow::Cow, mem, time::Duration};

use meeting_types::{
    TransportError, TransportErrorKind,
    events::{Event, EventKind, SubtitleSwitch},
};

use super::{Change, LiveMeeting, LiveOptions, Notice, inbox::Inbox};
use crate::{
    Error,
    channel::{ChannelError, ChannelOptions, CloseReason, FrameFault, Outcome},
    retry::backoff,
};

/// How often in a row the service may refuse a token, each time a new one.
const REFUSALS: u32 = 3;

/// How many items are taken in at a time, at most.
const TURN: usize = 128;

/// What the driver of a [`Session`] is to do, once [`Session::tell`] has nothing to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Todo {
    /// Listen on the channel.
    Listen,
    /// Open a channel, then tell [`Session::opened`] or [`Session::not_opened`].
    Connect {
        /// Whether to renew the control token first: the service refused the last connection.
        renew: bool,
        /// How long it may take.
        within: Duration,
    },
    /// Let time pass until then.
    Wait(Duration),
    /// Let go of everything: it is over.
    Stop,
}

/// The decisions of following one meeting over as many connections as it takes.
///
/// It does no IO and has no clock. `now` is the time since the start, by a clock that never jumps.
/// The driver tells it what happens on the channel, takes what there is to be told from
/// [`tell`](Self::tell), and does what [`todo`](Self::todo) says when there is nothing.
///
/// It begins with a channel that is open.
#[derive(Debug)]
pub struct Session {
    options: LiveOptions,
    inbox: Inbox,
    link: Link,
    /// The gap that has been told of and is not over.
    gap: Option<Gap>,
    /// How many connections in a row were lost early or did not open.
    failures: u32,
    /// How many tokens in a row were refused.
    refusals: u32,
    /// Why it is over, until that is told.
    error: Option<Box<Error>>,
    subtitles: Option<Box<SubtitleSwitch>>,
    /// Whether the channel that is open, or opens now, was not asked for the kinds.
    new_kinds: bool,
    /// What was asked for before, in case the service refuses the kinds.
    old_kinds: Option<Box<Cow<'static, [EventKind]>>>,
    random: fastrand::Rng,
}

#[derive(Clone, Copy, Debug)]
enum Link {
    Open { since: Duration },
    Waiting { until: Duration },
    Connecting,
    Over,
}

#[derive(Clone, Copy, Debug)]
struct Gap {
    since: Duration,
    attempts: u32,
}

/// What a failure means.
enum Verdict {
    /// It may pass.
    Passing,
    /// The service did not take the token. A new one may do.
    Refused,
    /// The meeting is over.
    NotRunning,
    /// The next try would fail the same way.
    Lasting,
}

impl Session {
    /// A session whose first channel has just opened.
    #[must_use]
    pub fn new(options: LiveOptions) -> Self {
        Self {
            inbox: Inbox::new(options.buffer),
            link: Link::Open {
                since: Duration::ZERO,
            },
            gap: None,
            failures: 0,
            refusals: 0,
            error: None,
            subtitles: None,
            new_kinds: false,
            old_kinds: None,
            random: fastrand::Rng::new(),
            options,
        }
    }

    /// Draws the same waits in every run.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.random = fastrand::Rng::with_seed(seed);
        self
    }

    /// Takes in an item of the channel. Only an error that ends it, or nothing, ends it.
    pub fn received(&mut self, item: Option<Result<Event, ChannelError>>, now: Duration) {
        if self.is_stopped() {
            return;
        }
        match item {
            Some(Ok(event)) => {
                self.subscribed(now);
                self.inbox.push(Notice::Event(Box::new(event)));
            }
            Some(Err(ChannelError::Frame(fault))) => self.fault(fault),
            Some(Err(ChannelError::Ended(outcome))) => self.lost(outcome, now),
            Some(Err(error)) => self.stop(Some(error.into())),
            None => self.lost(Outcome::MeetingEnded, now),
        }
    }

    fn fault(&mut self, fault: FrameFault) {
        if matches!(fault, FrameFault::SubscriptionRefused { .. })
            && let Some(old) = self.old_kinds.take()
        {
            // Every later connection would be refused.
            self.options.kinds = *old;
        }
        self.inbox.push(Notice::Fault(fault));
    }

    /// Takes in that the service has accepted the subscription. It may be told more than once.
    pub fn subscribed(&mut self, now: Duration) {
        if self.is_stopped() {
            return;
        }
        self.refusals = 0;
        if let Some(gap) = self.gap.take() {
            self.inbox.push(Notice::Resumed {
                after: now.saturating_sub(gap.since),
                attempts: gap.attempts,
            });
        }
    }

    /// Takes in that a channel is open.
    pub fn opened(&mut self, now: Duration) {
        if !self.is_stopped() {
            self.link = Link::Open { since: now };
        }
    }

    /// Takes in that no channel could be opened.
    pub fn not_opened(&mut self, error: Error, now: Duration) {
        if self.is_stopped() {
            return;
        }
        self.failures = self.failures.saturating_add(1);
        match verdict(&error) {
            Verdict::NotRunning => {
                self.inbox.push(Notice::EndedInGap);
                self.stop(None);
            }
            Verdict::Lasting => self.stop(Some(error)),
            Verdict::Passing => self.again(error, now),
            Verdict::Refused => self.refused(error, now),
        }
    }

    fn lost(&mut self, outcome: Outcome, now: Duration) {
        let Link::Open { since } = self.link else {
            return;
        };
        if outcome == Outcome::MeetingEnded {
            return self.stop(None);
        }
        let lasted = now.saturating_sub(since);
        let was_accepted = self.gap.is_none();
        self.failures = if was_accepted && lasted > self.options.backoff_cap {
            1
        } else {
            self.failures.saturating_add(1)
        };
        if self.gap.is_none() {
            self.gap = Some(Gap {
                since: now,
                attempts: 0,
            });
            self.inbox.push(Notice::Gap {
                cause: outcome.clone(),
            });
        }
        // A connection that broke off says nothing about the token.
        let is_refused = matches!(
            outcome,
            Outcome::SubscriptionRefused { .. } | Outcome::TokenRefused(CloseReason::Closed { .. })
        );
        let error = ChannelError::Ended(outcome).into();
        if is_refused {
            self.refused(error, now);
        } else {
            self.again(error, now);
        }
    }

    fn refused(&mut self, error: Error, now: Duration) {
        self.refusals += 1;
        if self.refusals >= REFUSALS {
            self.stop(Some(error));
        } else {
            self.again(error, now);
        }
    }

    /// Waits for the next try, unless there is no time left for it.
    fn again(&mut self, error: Error, now: Duration) {
        let Some(gap) = self.gap else {
            return self.stop(Some(error));
        };
        let options = &self.options;
        let drawn = backoff(
            options.backoff_base,
            options.backoff_cap,
            self.failures,
            self.random.f64(),
        );
        let asked = error.service().and_then(|error| error.retry_after());
        let until = now
            .saturating_add(drawn)
            .saturating_add(asked.unwrap_or_default());
        if until >= gap.since.saturating_add(options.give_up_after) {
            let gave_up = ChannelError::GaveUp {
                after: now.saturating_sub(gap.since),
                attempts: gap.attempts,
                last: Box::new(error),
            };
            self.stop(Some(gave_up.into()));
        } else {
            self.link = Link::Waiting { until };
        }
    }

    fn stop(&mut self, error: Option<Error>) {
        self.link = Link::Over;
        self.error = error.map(Box::new);
    }

    /// The next thing to tell; an error is the last one. Nothing when there is nothing now: see
    /// [`todo`](Self::todo).
    pub fn tell(&mut self) -> Option<Result<Notice, Error>> {
        if let Some(notice) = self.inbox.pop() {
            return Some(Ok(notice));
        }
        if self.is_stopped() {
            self.inbox.settle();
        }
        self.error.take().map(|error| Err(*error))
    }

    /// How many items of the channel the driver is to take in at a time, before the program gets its
    /// turn: no more than fit, so that a program that takes each loses none. When something waits
    /// already, the program is late, and it is time to see what has come since.
    #[must_use]
    pub fn turn(&self) -> usize {
        if self.has_more() {
            return TURN;
        }
        // An item may bring the end of a gap with it.
        TURN.min(self.inbox.room().saturating_sub(1)).max(1)
    }

    /// Whether something waits to be told.
    #[must_use]
    pub fn has_more(&self) -> bool {
        !self.inbox.is_empty() || self.error.is_some()
    }

    /// What to do now.
    pub fn todo(&mut self, now: Duration) -> Todo {
        match self.link {
            Link::Open { .. } => Todo::Listen,
            Link::Waiting { until } if now < until => Todo::Wait(until),
            Link::Waiting { .. } => {
                self.link = Link::Connecting;
                self.new_kinds = false;
                if let Some(gap) = &mut self.gap {
                    gap.attempts = gap.attempts.saturating_add(1);
                }
                self.connect(now)
            }
            Link::Connecting => self.connect(now),
            Link::Over => Todo::Stop,
        }
    }

    fn connect(&self, now: Duration) -> Todo {
        let since = self.gap.map_or(now, |gap| gap.since);
        let end = since.saturating_add(self.options.give_up_after);
        Todo::Connect {
            renew: self.refusals > 0,
            within: end.saturating_sub(now),
        }
    }

    /// Whether nothing more will happen. Something may still wait to be told.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        matches!(self.link, Link::Over)
    }

    /// The meeting as the notices up to the last one tell it.
    #[must_use]
    pub fn meeting(&self) -> &LiveMeeting {
        self.inbox.meeting()
    }

    /// What the last notice has changed in [`meeting`](Self::meeting).
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        self.inbox.changes()
    }

    /// What to subscribe to.
    #[must_use]
    pub fn kinds(&self) -> &[EventKind] {
        &self.options.kinds
    }

    /// Subscribes to these kinds on each connection from now on, and on the one that is open: see
    /// [`take_kinds`](Self::take_kinds). Should the service refuse, those before count again.
    pub fn set_kinds(&mut self, kinds: Vec<EventKind>) {
        let old = mem::replace(&mut self.options.kinds, kinds.into());
        self.old_kinds = Some(Box::new(old));
        self.new_kinds = true;
    }

    /// The kinds that the channel is to be asked for, if it was opened with others.
    pub fn take_kinds(&mut self) -> Option<Vec<EventKind>> {
        mem::take(&mut self.new_kinds).then(|| self.options.kinds.to_vec())
    }

    /// Keeps a switch of subtitles until a channel can carry it. A later one takes its place.
    pub fn switch_subtitles(&mut self, switch: SubtitleSwitch) {
        self.subtitles = Some(Box::new(switch));
    }

    /// The switch of subtitles that waits for a channel that is open and subscribed.
    pub fn take_subtitles(&mut self) -> Option<SubtitleSwitch> {
        self.subtitles.take().map(|switch| *switch)
    }

    /// How patient each connection is.
    #[must_use]
    pub fn channel_options(&self) -> &ChannelOptions {
        &self.options.channel
    }
}

fn verdict(error: &Error) -> Verdict {
    match error {
        Error::Token(error) => verdict(error),
        Error::Repeated { error, .. } => verdict(error),
        Error::Service(refusal) if refusal.is_not_running() => Verdict::NotRunning,
        Error::Service(refusal) => passing_if(
            refusal.is_throttled()
                || refusal.is_busy()
                || refusal.is_server_fault()
                || refusal.status().is_server_error(),
        ),
        Error::Transport { source, .. } => passing_if(is_passing(source)),
        // Half a reply, or the page of some gateway: the service is on its way down or up.
        Error::Response(_) | Error::Deadline { .. } => Verdict::Passing,
        Error::Channel(ChannelError::Connect(source)) => passing_if(is_passing(source)),
        Error::Channel(ChannelError::Refused {
            status: 400 | 401 | 403,
        }) => Verdict::Refused,
        // Any other status is that of a gateway whose service is on its way down or up.
        Error::Channel(ChannelError::Refused { .. }) => Verdict::Passing,
        Error::Channel(_) | Error::Request(_) | Error::List(_) => Verdict::Lasting,
    }
}

fn passing_if(passing: bool) -> Verdict {
    if passing {
        Verdict::Passing
    } else {
        Verdict::Lasting
    }
}

fn is_passing(error: &TransportError) -> bool {
    matches!(
        error.kind(),
        TransportErrorKind::Connect | TransportErrorKind::Timeout | TransportErrorKind::Io
    )
}
