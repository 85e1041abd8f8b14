//! State machine that follows a meeting over reconnects.

use std::{mem, time::Duration};

use meeting_types::events::{Event, EventKind, SubtitleSwitch};

use super::{
    Change, LiveMeeting, LiveOptions, Notice,
    account::Account,
    buffer::Buffer,
    is_unread,
    renewal::Renewal,
    verdict::{Verdict, asked_wait, verdict, verdict_of_end},
};
use crate::{
    Elapsed, Error,
    channel::{self, ChannelEnd, ChannelError, ChannelOptions, FrameFault, KNOWN, Missed},
    retry::backoff,
};

/// Number of tokens in a row that the service may refuse, each time a new one.
const REFUSALS: u32 = 3;

/// Largest number of items that are taken in at a time.
const TURN: usize = 128;

/// A program that comes back after less than this is quick: what waits in the socket can wait until
/// it has taken what was read before.
const QUICK: Duration = Duration::from_millis(100);

/// A connection that worked longer than this may break off by an accident that looks like a breach of
/// the protocol.
const LONG: Duration = Duration::from_secs(30);

/// Kinds that the service tells in full to every connection that asks for them.
const ALWAYS_TOLD: [EventKind; 3] = [
    EventKind::ConferenceBasicInfo,
    EventKind::ConferenceDynamicInfo,
    EventKind::Participants,
];

/// Next action of the driver of a [`Follower`].
///
/// A driver that meets one it does not know is older than this crate, and calls
/// [`Follower::handle_outdated`].
#[derive(Debug)]
#[non_exhaustive]
pub enum Action {
    /// Tell the program.
    Notice(Box<Notice>),
    /// Tell the program this error. It is the last item.
    Failed(Box<Error>),
    /// Subscribe to these kinds on the channel that is open, with the control token:
    /// [`Follower::ask`] does. When there is no token, call [`Follower::handle_no_token`].
    Subscribe(Vec<EventKind>),
    /// Switch subtitles on the channel that is open, with the control token: [`Follower::ask`] does.
    /// When there is no token, call [`Follower::handle_no_token`].
    SwitchSubtitles(SubtitleSwitch),
    /// Renew the control token, unless some call has done so, and call
    /// [`Follower::handle_renewed`]. The channel may be read meanwhile.
    RenewToken,
    /// Take in what is there on the channel, with [`Follower::handle_channel`] for each item, at
    /// most `max` of them. When there is nothing, wait for the first, at most until `until`.
    Read {
        /// Number of items that may be taken in before the next poll.
        max: usize,
        /// End of the wait for the first.
        until: Elapsed,
    },
    /// Open a channel that asks for [`Follower::kinds`], with the tokens of
    /// [`Follower::opening`], then call [`Follower::handle_opened`] or
    /// [`Follower::handle_not_opened`].
    Connect {
        /// True when the control token is to be renewed first: the service refused the last connection.
        renew: bool,
        /// Time limit for all of it.
        within: Duration,
    },
    /// Let time pass until then, or until what is under way has ended.
    SleepUntil(Elapsed),
    /// Let go of everything: it is over.
    Finished,
}

/// State machine that follows one meeting over as many connections as it takes.
///
/// It does no IO and has no clock. `now` is the time since the start, by a clock that never jumps.
/// The driver does what [`poll`](Self::poll) says and tells what came of it. It begins with a channel
/// that is open.
#[derive(Debug)]
pub struct Follower {
    options: LiveOptions,
    buffer: Buffer,
    link: Link,
    /// The gap that has been told of and is not over.
    gap: Option<Gap>,
    /// The time without a connection that was of use.
    trouble: Option<Gap>,
    /// Number of connections in a row that were of no use or did not open.
    failures: u32,
    /// Number of tokens in a row that were refused.
    refusals: u32,
    /// Why it is over, until that is told.
    error: Option<Box<Error>>,
    renewal: Renewal,
    /// Time at which the channel was last read.
    read_at: Elapsed,
    /// True when the channel was read since the last notice.
    was_read: bool,
    subtitles: Option<Box<SubtitleSwitch>>,
    /// True when the channel that is open, or opens now, was not asked for the kinds.
    new_kinds: bool,
    /// Kinds asked for before, in case the service refuses the new ones.
    old_kinds: Option<Box<[EventKind]>>,
    account: Account,
    random: fastrand::Rng,
}

#[derive(Clone, Copy, Debug)]
enum Link {
    Open { since: Elapsed, accepted: bool },
    Waiting { until: Elapsed },
    Connecting,
    Over,
}

#[derive(Clone, Copy, Debug)]
struct Gap {
    since: Elapsed,
    attempts: u32,
}

impl Follower {
    /// A follower whose first channel has just opened. `due_in` is how long it is until the control
    /// token wants to be renewed; `None` when there is no token.
    #[must_use]
    pub fn new(options: LiveOptions, due_in: Option<Duration>) -> Self {
        Self {
            buffer: Buffer::new(options.buffer),
            link: Link::Open {
                since: Elapsed::ZERO,
                accepted: false,
            },
            gap: None,
            trouble: None,
            failures: 0,
            refusals: 0,
            error: None,
            renewal: Renewal::due(due_in, Elapsed::ZERO),
            read_at: Elapsed::ZERO,
            was_read: false,
            subtitles: None,
            new_kinds: false,
            old_kinds: None,
            account: Account::default(),
            random: fastrand::Rng::new(),
            options,
        }
    }

    /// The same follower, which draws the same waits in every run.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.random = fastrand::Rng::with_seed(seed);
        self
    }

    /// Next action at the time `now`.
    pub fn poll(&mut self, now: Elapsed) -> Action {
        if let Link::Open { accepted, .. } = self.link {
            if self.renewal.start(now) {
                return Action::RenewToken;
            }
            if let Some(request) = self.request(accepted, now) {
                return request;
            }
            // A slow program is about to be told what was: see first what has come since.
            let is_slow = !self.was_read && now.since(self.read_at) >= QUICK;
            if is_slow && self.has_more() {
                return self.read(now, now);
            }
        }
        if let Some(notice) = self.buffer.pop() {
            self.was_read = false;
            return Action::Notice(Box::new(notice));
        }
        match self.link {
            Link::Open { .. } => {
                let until = self.renewal.next().min(self.account.next());
                self.read(now, until)
            }
            Link::Waiting { until } if now < until => Action::SleepUntil(until),
            Link::Waiting { .. } => self.connect(now),
            Link::Connecting => Action::SleepUntil(Elapsed::NEVER),
            Link::Over => {
                self.buffer.clear_changes();
                self.error.take().map_or(Action::Finished, Action::Failed)
            }
        }
    }

    /// Request to the channel, if there is one and a token for it.
    fn request(&mut self, accepted: bool, now: Elapsed) -> Option<Action> {
        if self.renewal.is_needed() {
            return None;
        }
        let asks_anew = self.account.take_due(now);
        if mem::take(&mut self.new_kinds) || asks_anew {
            return Some(Action::Subscribe(self.options.kinds.to_vec()));
        }
        if !accepted {
            return None;
        }
        let switch = self.subtitles.take()?;
        Some(Action::SwitchSubtitles(*switch))
    }

    /// At most as many items as fit, so that a program that takes each loses none. When something
    /// waits already, the program is late, and it is time to see what has come since.
    fn read(&mut self, now: Elapsed, until: Elapsed) -> Action {
        self.read_at = now;
        self.was_read = true;
        let max = if self.has_more() {
            TURN
        } else {
            // An item may bring the end of a gap with it.
            TURN.min(self.buffer.room().saturating_sub(1)).max(1)
        };
        Action::Read { max, until }
    }

    fn connect(&mut self, now: Elapsed) -> Action {
        self.link = Link::Connecting;
        self.new_kinds = false;
        for gap in [&mut self.gap, &mut self.trouble].into_iter().flatten() {
            gap.attempts = gap.attempts.saturating_add(1);
        }
        let since = self.trouble.map_or(now, |trouble| trouble.since);
        Action::Connect {
            renew: self.refusals > 0,
            within: (since + self.options.give_up_after).since(now),
        }
    }

    /// Takes in an item of the channel.
    pub fn handle_channel(&mut self, item: channel::Action, now: Elapsed) {
        if !matches!(self.link, Link::Open { .. }) {
            return;
        }
        self.read_at = now;
        match item {
            channel::Action::Subscribed => self.subscribed(now),
            channel::Action::Event(event) => self.event(event, now),
            channel::Action::Fault { fault, missed } => self.fault(fault, missed, now),
            channel::Action::Finished(end) => self.lost(end, now),
            // The rest is between the channel and its driver.
            _ => {}
        }
    }

    fn event(&mut self, event: Box<Event>, now: Elapsed) {
        self.subscribed(now);
        if is_unread(&event) {
            self.account.ask(self.options.backoff_cap, now);
        }
        self.buffer.push(Notice::Event(event));
    }

    fn fault(&mut self, fault: FrameFault, missed: Missed, now: Elapsed) {
        if matches!(fault, FrameFault::SubscriptionRefused { .. })
            && let Some(old) = self.old_kinds.take()
        {
            // Every later connection would be refused.
            self.options.kinds = old.into_vec().into();
        }
        let missed = match missed {
            Missed::Nothing => Vec::new(),
            Missed::Kind(kind) => vec![kind],
            Missed::Unknown => self.options.kinds.to_vec(),
        };
        if missed.iter().any(|kind| KNOWN.contains(kind)) {
            self.account.ask(self.options.backoff_cap, now);
        }
        self.buffer.push_missed(Notice::Fault(fault), missed);
    }

    /// Takes in that the service has accepted the subscription. It may be told more than once.
    fn subscribed(&mut self, now: Elapsed) {
        if let Link::Open { accepted, .. } = &mut self.link {
            *accepted = true;
        }
        self.refusals = 0;
        if let Some(gap) = self.gap.take() {
            self.buffer.push(Notice::Resumed {
                after: now.since(gap.since),
                attempts: gap.attempts,
            });
        }
    }

    /// Takes in that a channel is open, and how long it is until the control token wants to be
    /// renewed; `None` when there is no token.
    pub fn handle_opened(&mut self, due_in: Option<Duration>, now: Elapsed) {
        if !matches!(self.link, Link::Connecting) {
            return;
        }
        self.link = Link::Open {
            since: now,
            accepted: false,
        };
        self.renewal = Renewal::due(due_in, now);
        // The service tells everything to a new connection.
        self.account.forget();
        self.read_at = now;
    }

    /// Takes in that no channel could be opened.
    pub fn handle_not_opened(&mut self, error: Error, now: Elapsed) {
        if !matches!(self.link, Link::Connecting) {
            return;
        }
        if let Some(after) = error.turn_after() {
            return self.wait_for_turn(after, now);
        }
        self.failures = self.failures.saturating_add(1);
        match verdict(&error) {
            Verdict::NotRunning => {
                self.buffer.push(Notice::EndedInGap);
                self.stop(None);
            }
            Verdict::Lasting => self.stop(Some(error)),
            Verdict::Passing => self.again(error, now),
            Verdict::Refused => self.refused(error, now),
        }
    }

    /// Takes in that the renewal has ended, and how long it is until the next is due; `None` when
    /// there is no token.
    ///
    /// A failure is not told to the program: the channel goes on without the token, and a call that
    /// needs it tells what is wrong.
    pub fn handle_renewed(&mut self, renewed: bool, due_in: Option<Duration>, now: Elapsed) {
        self.renewal.end(renewed, due_in, now);
    }

    /// Returns a request that could not be sent for want of a control token. [`poll`](Self::poll) gives
    /// it out again once there is a token.
    pub fn handle_no_token(&mut self, request: Action) {
        match request {
            Action::Subscribe(_) => self.new_kinds = true,
            Action::SwitchSubtitles(switch) => {
                self.subtitles.get_or_insert(Box::new(switch));
            }
            _ => return,
        }
        self.renewal.need();
    }

    /// Takes in that the driver does not know an action. It ends with an error that says so.
    pub fn handle_outdated(&mut self) {
        self.stop(Some(ChannelError::Ended(ChannelEnd::Outdated).into()));
    }

    fn lost(&mut self, end: ChannelEnd, now: Elapsed) {
        let Link::Open { since, accepted } = self.link else {
            return;
        };
        if end == ChannelEnd::MeetingEnded {
            return self.stop(None);
        }
        // Opening is no progress: a connection that always breaks right after it would be opened for
        // ever.
        let options = &self.options;
        let short = options.backoff_cap.min(options.give_up_after);
        let was_of_use = accepted && now.since(since) > short;
        let loss = Gap {
            since: now,
            attempts: 0,
        };
        if was_of_use || self.trouble.is_none() {
            self.trouble = Some(loss);
        }
        self.failures = if was_of_use {
            1
        } else {
            self.failures.saturating_add(1)
        };
        if self.gap.is_none() {
            self.gap = Some(loss);
            let asked = |kind: &EventKind| options.kinds.contains(kind);
            let missed = ALWAYS_TOLD.into_iter().filter(asked).collect();
            let cause = end.clone();
            self.buffer.push_missed(Notice::Gap { cause }, missed);
        }
        let worked_long = accepted && now.since(since) > LONG.max(short);
        let verdict = verdict_of_end(&end, worked_long);
        let error = ChannelError::Ended(end).into();
        match verdict {
            Verdict::Refused => self.refused(error, now),
            Verdict::Lasting => self.stop(Some(error)),
            _ => self.again(error, now),
        }
    }

    fn refused(&mut self, error: Error, now: Elapsed) {
        self.refusals += 1;
        if self.refusals >= REFUSALS {
            self.stop(Some(error));
        } else {
            self.again(error, now);
        }
    }

    /// Waits for the turn of a call that was not sent for its pace. That is no failure, and takes nothing
    /// off the time after which the program is told that there is no channel.
    fn wait_for_turn(&mut self, after: Duration, now: Elapsed) {
        if let Some(trouble) = &mut self.trouble {
            trouble.since = trouble.since + after;
        }
        self.link = Link::Waiting { until: now + after };
    }

    /// Waits for the next attempt, unless there is no time left for it.
    fn again(&mut self, error: Error, now: Elapsed) {
        let Some(trouble) = self.trouble else {
            return self.stop(Some(error));
        };
        let options = &self.options;
        let drawn = backoff(
            options.backoff_base,
            options.backoff_cap,
            self.failures,
            self.random.f64(),
        );
        let until = now + drawn + asked_wait(&error).unwrap_or_default();
        if until >= trouble.since + options.give_up_after {
            let gave_up = Error::GaveUp {
                after: now.since(trouble.since),
                attempts: trouble.attempts,
                last: Box::new(error),
            };
            self.stop(Some(gave_up));
        } else {
            self.link = Link::Waiting { until };
        }
    }

    fn stop(&mut self, error: Option<Error>) {
        self.link = Link::Over;
        self.error = error.map(Box::new);
    }

    /// True when something waits to be told.
    #[must_use]
    pub fn has_more(&self) -> bool {
        !self.buffer.is_empty() || self.error.is_some()
    }

    /// True when there is a channel that the service has accepted.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        matches!(self.link, Link::Open { accepted: true, .. })
    }

    /// True when nothing more will happen. Something may still wait to be told.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        matches!(self.link, Link::Over)
    }

    /// The meeting as the notices up to the last one tell it.
    #[must_use]
    pub fn meeting(&self) -> &LiveMeeting {
        self.buffer.meeting()
    }

    /// The changes that the last notice made in [`meeting`](Self::meeting).
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        self.buffer.changes()
    }

    /// The kinds to subscribe to.
    #[must_use]
    pub fn kinds(&self) -> &[EventKind] {
        &self.options.kinds
    }

    /// Subscribes to these kinds on each connection from now on, and on the one that is open. Should
    /// the service refuse, those before count again.
    pub fn subscribe(&mut self, kinds: Vec<EventKind>) {
        let old = mem::replace(&mut self.options.kinds, kinds.into());
        self.old_kinds = Some(old.into());
        self.new_kinds = true;
    }

    /// Keeps a switch of subtitles until a channel can carry it. A later one takes its place.
    pub fn switch_subtitles(&mut self, switch: SubtitleSwitch) {
        self.subtitles = Some(Box::new(switch));
    }

    /// Settings of each connection.
    #[must_use]
    pub fn channel_options(&self) -> &ChannelOptions {
        &self.options.channel
    }
}
