//! State machine of one WebSocket connection.

use std::{
    collections::VecDeque,
    time::{Duration, SystemTime},
};

use meeting_types::{
    ConferenceId, ConferenceToken, SecretText, Timestamp,
    events::{ClientFrame, Event, EventPayload, Sequence, Sequences, ServerFrame, SubtitleSwitch},
    models::ConferenceState,
};

use super::{
    ChannelEnd, ChannelOptions, CloseReason, FrameFault, Subscription, fault::Missed,
    tap::SeenFrame,
};
use crate::Elapsed;

/// The shortest interval between heartbeats: one of nothing would send them without end.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(1);

/// The time that reading what has arrived may take.
const BACKLOG: Duration = Duration::from_secs(1);

/// One frame that came over the WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Frame<'a> {
    /// A text frame.
    Text(&'a str),
    /// A binary frame.
    Binary(&'a [u8]),
    /// A ping. Answering it is left to the WebSocket library.
    Ping,
    /// A pong.
    Pong,
}

/// Next action of the driver of a [`Channel`].
///
/// A driver that meets one it does not know is older than this crate, and has to end the channel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Send this text frame.
    Send(SecretText),
    /// The service took a subscription: this is no event, and comes before the events that it
    /// brings.
    Subscribed,
    /// Hand this event to the program.
    Event(Box<Event>),
    /// Tell the program that a frame could not be read.
    Fault {
        /// The fault.
        fault: FrameFault,
        /// The events that may be lost by it.
        missed: Missed,
    },
    /// Read on. When nothing came until then, call [`Channel::handle_timeout`].
    SleepUntil(Elapsed),
    /// Drop the connection: the channel has ended.
    Finished(ChannelEnd),
}

/// Figures of the heartbeats of a channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Heartbeats {
    /// Number of heartbeats that were sent.
    pub sent: u64,
    /// Number of heartbeats that were answered.
    pub answered: u64,
    /// Round trip of the last answer, if its sequence was the one that was sent.
    pub last_round_trip: Option<Duration>,
}

/// State machine of one WebSocket connection, from the upgrade to its end.
///
/// Tell it what happens: [`handle_frame`](Self::handle_frame),
/// [`handle_closed`](Self::handle_closed), [`handle_timeout`](Self::handle_timeout). After each, do
/// what [`poll`](Self::poll) says until it says [`Action::SleepUntil`] or [`Action::Finished`].
///
/// # Time
///
/// `now` is the time since the connection opened, by a clock that never jumps. It is no wall clock,
/// because one that is set forward by three minutes would end a healthy channel. The wall clock is
/// read once, to number the frames.
///
/// # Signs of life
///
/// Only text frames count: pings and pongs may come from a gateway whose backend is gone. Once the
/// service has answered one heartbeat, a later one that stays unanswered ends the channel when no
/// text frame came for 1.5 intervals, or for [`silence_limit`](ChannelOptions::silence_limit) where
/// that is shorter. The first heartbeat goes out at a random part of the interval, so that channels
/// that opened together do not beat together.
#[derive(Debug)]
pub struct Channel {
    options: ChannelOptions,
    opened_at: Timestamp,
    sequences: Sequences,
    random: fastrand::Rng,
    /// Actions to be done, oldest first.
    queue: VecDeque<Action>,
    end: Option<Box<ChannelEnd>>,
    /// True once the service has shown that it took the subscription.
    subscribed: bool,
    /// True once the service has answered the first subscription.
    answered: bool,
    /// True once a frame other than pings came.
    addressed: bool,
    /// Time of the last text frame.
    last_heard: Elapsed,
    next_heartbeat: Elapsed,
    heartbeats: Heartbeats,
    /// The last heartbeat, until it is answered.
    pending: Option<(Sequence, Elapsed)>,
    /// Time of the first heartbeat after the last text frame.
    unanswered_since: Option<Elapsed>,
    /// Time of the first frame that came after the deadline and did not move it.
    overdue_since: Option<Elapsed>,
}

impl Channel {
    /// The channel over a connection that has just opened, at the time `clock`.
    #[must_use]
    pub fn opened(subscription: Subscription, options: &ChannelOptions, clock: SystemTime) -> Self {
        let mut channel = Self {
            opened_at: clock.into(),
            sequences: Sequences::new(),
            random: fastrand::Rng::new(),
            queue: VecDeque::new(),
            end: None,
            subscribed: false,
            answered: false,
            addressed: false,
            last_heard: Elapsed::ZERO,
            next_heartbeat: Elapsed::ZERO,
            heartbeats: Heartbeats::default(),
            pending: None,
            unanswered_since: None,
            overdue_since: None,
            options: options.clone(),
        };
        channel.draw_first_heartbeat();
        let sequence = channel.sequence(Elapsed::ZERO);
        channel.send(&subscription.into_frame(sequence));
        channel
    }

    /// The same channel, which draws the same times in every run. To be called first.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.random = fastrand::Rng::with_seed(seed);
        self.draw_first_heartbeat();
        self
    }

    fn draw_first_heartbeat(&mut self) {
        // Not at once: the subscription goes first.
        let part = 0.1 + 0.9 * self.random.f64();
        self.next_heartbeat = Elapsed::ZERO + self.interval().mul_f64(part);
    }

    /// Next action at the time `now`. Heartbeats that are due are among them; an end is not decided
    /// here, because a driver that comes late may not have read yet what has arrived.
    pub fn poll(&mut self, now: Elapsed) -> Action {
        if let Some(action) = self.queue.pop_front() {
            return action;
        }
        // Thousands of channels are idle nearly always, and need no room for what is not there.
        self.queue = VecDeque::new();
        if let Some(end) = self.end() {
            return Action::Finished(end.clone());
        }
        // A service that never pauses must not keep the heartbeats from going out.
        if now >= self.next_heartbeat {
            return self.heartbeat(now);
        }
        Action::SleepUntil(self.deadline().min(self.next_heartbeat))
    }

    /// Takes in a frame.
    pub fn handle_frame(&mut self, frame: Frame<'_>, now: Elapsed) {
        if self.end.is_some() {
            return;
        }
        match frame {
            Frame::Text(text) => {
                self.options.tap.see(SeenFrame::Received(text));
                self.addressed = true;
                self.last_heard = now;
                self.unanswered_since = None;
                self.read(text, now);
            }
            Frame::Binary(bytes) => {
                self.addressed = true;
                let bytes = bytes.len();
                self.fault(FrameFault::Binary { bytes }, Missed::Unknown);
            }
            Frame::Ping | Frame::Pong => {}
        }
        // A peer that never pauses, and says nothing that counts, must not keep the channel from
        // ending. A backlog is no such peer: it is read in no time.
        if now < self.deadline() {
            self.overdue_since = None;
        } else if now.since(*self.overdue_since.get_or_insert(now)) >= BACKLOG {
            self.handle_timeout(now);
        }
    }

    /// Takes in that the connection is at its end.
    pub fn handle_closed(&mut self, reason: CloseReason) {
        // A service that refuses a token hangs up. What it said otherwise is no word on the token.
        let hung_up = matches!(reason, CloseReason::Closed { .. } | CloseReason::Broken(_));
        self.finish(if hung_up && !self.addressed {
            ChannelEnd::TokenRefused(reason)
        } else {
            ChannelEnd::Closed(reason)
        });
    }

    /// Takes in that the driver does not know an action. The channel ends with an error that says so.
    pub fn handle_outdated(&mut self) {
        self.queue.clear();
        self.finish(ChannelEnd::Outdated);
    }

    /// Takes in that it is `now` and everything that has arrived was taken in. Call it when an
    /// [`Action::SleepUntil`] is over; calling it more often does no harm.
    pub fn handle_timeout(&mut self, now: Elapsed) {
        if self.end.is_some() || now < self.deadline() {
            return;
        }
        if !self.subscribed && now >= self.ack_deadline() {
            self.finish(ChannelEnd::SubscriptionUnanswered {
                waited: self.options.ack_timeout,
            });
        } else {
            let silent_for = now.since(self.last_heard);
            self.finish(ChannelEnd::Lost { silent_for });
        }
    }

    /// Asks for other kinds of events, in place of those that were asked for before.
    ///
    /// The service sends how everything is now of all these kinds. Should it refuse, that is
    /// reported as [`FrameFault::SubscriptionRefused`], and what was asked for before stands.
    pub fn subscribe(&mut self, subscription: Subscription, now: Elapsed) {
        if self.end.is_none() {
            let sequence = self.sequence(now);
            self.send(&subscription.into_frame(sequence));
        }
    }

    /// Switches subtitles on or off for everybody in the meeting. When they are on, what people say
    /// arrives as events of kind
    /// [`RealTimeSubtitle`](meeting_types::events::EventKind::RealTimeSubtitle), if the subscription
    /// asks for them.
    pub fn switch_subtitles(
        &mut self,
        conference_id: ConferenceId,
        token: ConferenceToken,
        switch: SubtitleSwitch,
        now: Elapsed,
    ) {
        if self.end.is_none() {
            let sequence = self.sequence(now);
            self.send(&ClientFrame::Subtitles {
                sequence,
                token,
                conference_id,
                switch,
            });
        }
    }

    /// End of the channel, once it has ended.
    #[must_use]
    pub fn end(&self) -> Option<&ChannelEnd> {
        self.end.as_deref()
    }

    /// True once the service has shown that it took the subscription.
    #[must_use]
    pub fn is_subscribed(&self) -> bool {
        self.subscribed
    }

    /// Figures of the heartbeats.
    #[must_use]
    pub fn heartbeats(&self) -> Heartbeats {
        self.heartbeats
    }

    fn interval(&self) -> Duration {
        self.options.heartbeat_interval.max(SHORTEST_INTERVAL)
    }

    fn heartbeat(&mut self, now: Elapsed) -> Action {
        let sequence = self.sequence(now);
        let text = ClientFrame::HeartBeat {
            sequence: sequence.clone(),
        }
        .to_text();
        self.options.tap.see(SeenFrame::Sent(text.expose()));
        self.heartbeats.sent += 1;
        self.pending = Some((sequence, now));
        self.unanswered_since.get_or_insert(now);
        // Those that beat together by chance do not go on so.
        let part = 0.9 + 0.1 * self.random.f64();
        let next = self.interval().mul_f64(part).max(SHORTEST_INTERVAL);
        self.next_heartbeat = now + next;
        Action::Send(text)
    }

    /// Time at which the channel ends, unless something comes before.
    fn deadline(&self) -> Elapsed {
        let limit = self.options.silence_limit;
        let mut deadline = self.last_heard + limit;
        if let Some(sent) = self.unanswered_since
            && self.heartbeats.answered > 0
        {
            // The service gets half an interval, also for one that went out late.
            let half = self.interval() / 2;
            let overdue = (self.last_heard + self.interval() + half).max(sent + half);
            deadline = deadline.min(overdue);
        }
        if self.subscribed {
            deadline
        } else {
            deadline.min(self.ack_deadline())
        }
    }

    fn ack_deadline(&self) -> Elapsed {
        Elapsed::ZERO + self.options.ack_timeout
    }

    fn read(&mut self, text: &str, now: Elapsed) {
        let limit = self.options.max_frame_bytes;
        if text.len() > limit {
            let bytes = text.len();
            return self.fault(FrameFault::TooLong { bytes, limit }, Missed::of(text));
        }
        match ServerFrame::parse(text) {
            Ok(ServerFrame::Ack { code: 0, .. }) => {
                self.subscribed = true;
                self.answered = true;
                self.queue.push_back(Action::Subscribed);
            }
            // Only a later subscription can be meant. The channel goes on with what it has.
            Ok(ServerFrame::Ack { code, .. }) if self.answered => {
                self.fault(FrameFault::SubscriptionRefused { code }, Missed::Nothing);
            }
            Ok(ServerFrame::Ack {
                code, description, ..
            }) => self.finish(ChannelEnd::SubscriptionRefused { code, description }),
            Ok(ServerFrame::HeartBeat { sequence }) => {
                self.heartbeats.answered += 1;
                if let Some((_, sent)) = self.pending.take_if(|(pending, _)| *pending == sequence) {
                    self.heartbeats.last_round_trip = Some(now.since(sent));
                }
            }
            Ok(ServerFrame::Event(event)) => {
                // Nothing is pushed to whom the subscription was refused: an answer that is late
                // or was lost is no reason to end a channel that works.
                if !self.subscribed {
                    self.subscribed = true;
                    self.queue.push_back(Action::Subscribed);
                }
                let over = is_end(&event);
                self.queue.push_back(Action::Event(event));
                if over {
                    self.finish(ChannelEnd::MeetingEnded);
                }
            }
            // A later version of the types may know other frames.
            Ok(_) => {}
            Err(error) => self.fault(error.into(), Missed::of(text)),
        }
    }

    fn fault(&mut self, fault: FrameFault, missed: Missed) {
        self.queue.push_back(Action::Fault { fault, missed });
    }

    fn finish(&mut self, end: ChannelEnd) {
        // What came first holds: a close that follows the end of the meeting changes nothing.
        self.end.get_or_insert(Box::new(end));
    }

    fn send(&mut self, frame: &ClientFrame) {
        let text = frame.to_text();
        self.options.tap.see(SeenFrame::Sent(text.expose()));
        self.queue.push_back(Action::Send(text));
    }

    fn sequence(&mut self, now: Elapsed) -> Sequence {
        let elapsed = i64::try_from(now.as_duration().as_millis()).unwrap_or(i64::MAX);
        let millis = self.opened_at.as_millis().saturating_add(elapsed);
        self.sequences.next(Timestamp::from_millis(millis))
    }
}

fn is_end(event: &Event) -> bool {
    match &event.payload {
        EventPayload::ConferenceDynamicInfo(info) => info.state == Some(ConferenceState::Ended),
        _ => false,
    }
}
