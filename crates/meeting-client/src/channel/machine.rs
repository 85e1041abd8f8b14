//! The state machine of one connection.

use std::{
    collections::VecDeque,
    time::{Duration, SystemTime},
};

use meeting_types::{
    ConferenceId, ConferenceToken, SecretText, Timestamp,
    events::{ClientFrame, Event, EventPayload, Sequence, Sequences, ServerFrame, SubtitleSwitch},
    models::ConferenceState,
};

use super::{ChannelOptions, CloseReason, FrameFault, Outcome, Subscription};

/// What came over the WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message<'a> {
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
pub enum Output {
    /// Send this text frame.
    Send(SecretText),
    /// Hand this event to the program.
    Event(Box<Event>),
    /// Tell the program that a frame could not be read.
    Fault(FrameFault),
    /// Read on. When nothing comes until then, counted from the opening, call [`Channel::tick`].
    Wait(Duration),
    /// Drop the connection: the channel has ended.
    Finished(Outcome),
}

/// How the heartbeats fare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Heartbeats {
    /// How many were sent.
    pub sent: u64,
    /// How many were answered.
    pub answered: u64,
    /// How long the last answer took, if its sequence was the one that was sent.
    pub last_round_trip: Option<Duration>,
}

/// The decisions of one WebSocket connection, from the upgrade to its end.
///
/// Give it what happens: [`received`](Self::received), [`closed`](Self::closed),
/// [`tick`](Self::tick). After each, take what is to be done from [`poll`](Self::poll) until it
/// says [`Output::Wait`] or [`Output::Finished`].
///
/// # Time
///
/// `now` is the time since the connection opened, by a clock that never jumps. It is a plain
/// [`Duration`], so that tests need no clock; and it is no wall clock, because a wall clock that is
/// set forward by three minutes would end a healthy channel. The wall clock is read once, to number
/// the frames.
#[derive(Debug)]
pub struct Channel {
    options: ChannelOptions,
    opened_at: Timestamp,
    sequences: Sequences,
    /// What is to be done, oldest first.
    queue: VecDeque<Output>,
    outcome: Option<Box<Outcome>>,
    /// Whether the service has shown that it took the subscription.
    subscribed: bool,
    /// Whether the service has answered the first subscription.
    answered: bool,
    /// Whether any frame came, as opposed to pings.
    addressed: bool,
    last_heard: Duration,
    next_heartbeat: Duration,
    heartbeats: Heartbeats,
    /// The last heartbeat, until it is answered.
    pending: Option<(Sequence, Duration)>,
}

impl Channel {
    /// The channel over a connection that has just opened, at the time `clock`.
    #[must_use]
    pub fn opened(subscription: Subscription, options: &ChannelOptions, clock: SystemTime) -> Self {
        let mut channel = Self {
            opened_at: clock.into(),
            sequences: Sequences::new(),
            queue: VecDeque::new(),
            outcome: None,
            subscribed: false,
            answered: false,
            addressed: false,
            last_heard: Duration::ZERO,
            next_heartbeat: options.heartbeat_interval,
            heartbeats: Heartbeats::default(),
            pending: None,
            options: options.clone(),
        };
        let sequence = channel.sequence(Duration::ZERO);
        channel.send(&subscription.into_frame(sequence));
        channel
    }

    /// Takes in a message.
    pub fn received(&mut self, message: Message<'_>, now: Duration) {
        if self.outcome.is_some() {
            return;
        }
        self.last_heard = now;
        match message {
            Message::Text(text) => {
                self.addressed = true;
                self.read(text, now);
            }
            Message::Binary(bytes) => {
                self.addressed = true;
                self.queue
                    .push_back(Output::Fault(FrameFault::Binary { bytes: bytes.len() }));
            }
            Message::Ping | Message::Pong => {}
        }
        // A service that never pauses must not keep the heartbeats from going out.
        self.tick(now);
    }

    /// Takes in that the connection is at its end.
    pub fn closed(&mut self, reason: CloseReason) {
        let outcome = if self.addressed {
            Outcome::Closed(reason)
        } else {
            Outcome::TokenRefused(reason)
        };
        self.finish(outcome);
    }

    /// Takes in that it is `now` and nothing came. Call it when a [`Output::Wait`] is over; calling
    /// it more often does no harm.
    pub fn tick(&mut self, now: Duration) {
        if self.outcome.is_some() {
            return;
        }
        let silent_for = now.saturating_sub(self.last_heard);
        if !self.subscribed && now >= self.options.ack_timeout {
            self.finish(Outcome::SubscriptionUnanswered {
                waited: self.options.ack_timeout,
            });
        } else if silent_for >= self.options.silence_limit {
            self.finish(Outcome::Lost { silent_for });
        } else if now >= self.next_heartbeat {
            let sequence = self.sequence(now);
            self.send(&ClientFrame::HeartBeat {
                sequence: sequence.clone(),
            });
            self.heartbeats.sent += 1;
            self.pending = Some((sequence, now));
            // An interval of nothing would have this loop send heartbeats for ever.
            let interval = self
                .options
                .heartbeat_interval
                .max(Duration::from_millis(1));
            self.next_heartbeat = now.saturating_add(interval);
        }
    }

    /// Asks for other kinds of events, in place of those that were asked for before.
    ///
    /// The service sends how everything is now of all these kinds. Should it refuse, that is
    /// reported as [`FrameFault::SubscriptionRefused`], and what was asked for before stands.
    pub fn subscribe(&mut self, subscription: Subscription, now: Duration) {
        if self.outcome.is_none() {
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
        now: Duration,
    ) {
        if self.outcome.is_none() {
            let sequence = self.sequence(now);
            self.send(&ClientFrame::Subtitles {
                sequence,
                token,
                conference_id,
                switch,
            });
        }
    }

    /// What to do next.
    pub fn poll(&mut self) -> Output {
        if let Some(output) = self.queue.pop_front() {
            return output;
        }
        // Thousands of channels are idle nearly always, and need no room for what is not there.
        self.queue = VecDeque::new();
        match self.outcome() {
            Some(outcome) => Output::Finished(outcome.clone()),
            None => Output::Wait(self.deadline()),
        }
    }

    /// How the channel ended, if it has.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_deref()
    }

    /// Whether the service has shown that it took the subscription.
    #[must_use]
    pub fn is_subscribed(&self) -> bool {
        self.subscribed
    }

    /// How the heartbeats fare.
    #[must_use]
    pub fn heartbeats(&self) -> Heartbeats {
        self.heartbeats
    }

    fn deadline(&self) -> Duration {
        let silence = self.last_heard.saturating_add(self.options.silence_limit);
        let next = silence.min(self.next_heartbeat);
        if self.subscribed {
            next
        } else {
            next.min(self.options.ack_timeout)
        }
    }

    fn read(&mut self, text: &str, now: Duration) {
        let limit = self.options.max_frame_bytes;
        if text.len() > limit {
            let fault = FrameFault::TooLong {
                bytes: text.len(),
                limit,
            };
            return self.queue.push_back(Output::Fault(fault));
        }
        match ServerFrame::parse(text) {
            Ok(ServerFrame::Ack { code: 0, .. }) => {
                self.subscribed = true;
                self.answered = true;
            }
            // Only a later subscription can be meant. The channel goes on with what it has.
            Ok(ServerFrame::Ack { code, .. }) if self.answered => {
                let fault = FrameFault::SubscriptionRefused { code };
                self.queue.push_back(Output::Fault(fault));
            }
            Ok(ServerFrame::Ack {
                code, description, ..
            }) => self.finish(Outcome::SubscriptionRefused { code, description }),
            Ok(ServerFrame::HeartBeat { sequence }) => {
                self.heartbeats.answered += 1;
                if let Some((_, sent)) = self.pending.take_if(|(pending, _)| *pending == sequence) {
                    self.heartbeats.last_round_trip = Some(now.saturating_sub(sent));
                }
            }
            Ok(ServerFrame::Event(event)) => {
                // Nothing is pushed to whom the subscription was refused: an answer that is late
                // or was lost is no reason to end a channel that works.
                self.subscribed = true;
                let over = is_end(&event);
                self.queue.push_back(Output::Event(event));
                if over {
                    self.finish(Outcome::MeetingEnded);
                }
            }
            // A later version of the types may know other frames.
            Ok(_) => {}
            Err(error) => self.queue.push_back(Output::Fault(error.into())),
        }
    }

    fn finish(&mut self, outcome: Outcome) {
        // What came first holds: a close that follows the end of the meeting changes nothing.
        self.outcome.get_or_insert(Box::new(outcome));
    }

    fn send(&mut self, frame: &ClientFrame) {
        self.queue.push_back(Output::Send(frame.to_text()));
    }

    fn sequence(&mut self, now: Duration) -> Sequence {
        let elapsed = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
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
