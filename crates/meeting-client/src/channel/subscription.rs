//! Subscription and settings of an event channel.

use std::time::Duration;

use meeting_types::{
    ConferenceId, ConferenceToken,
    events::{ClientFrame, EventKind, Sequence},
};

use super::tap::{SeenFrame, Tap};

/// Every kind of push that [`EventPayload`](meeting_types::events::EventPayload) has a type for.
pub const KNOWN: &[EventKind] = &[
    EventKind::ConferenceBasicInfo,
    EventKind::ConferenceDynamicInfo,
    EventKind::Participants,
    EventKind::Attendees,
    EventKind::SpeakerChange,
    EventKind::InviteResult,
    EventKind::RealTimeSubtitle,
    EventKind::WaitingList,
    EventKind::InterpreterGroup,
    EventKind::NetworkCondition,
];

/// Kinds of events to subscribe to, with the token that allows it.
///
/// Without [`EventKind::ConferenceDynamicInfo`] the end of a meeting looks like any other close.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    kinds: Vec<EventKind>,
    token: ConferenceToken,
    conference_id: Option<ConferenceId>,
}

impl Subscription {
    /// Asks for `kinds`.
    pub fn new(
        token: impl Into<ConferenceToken>,
        kinds: impl IntoIterator<Item = EventKind>,
    ) -> Self {
        Self {
            kinds: kinds.into_iter().collect(),
            token: token.into(),
            conference_id: None,
        }
    }

    /// Asks for every kind that [`EventPayload`](meeting_types::events::EventPayload) has a type for.
    pub fn known(token: impl Into<ConferenceToken>) -> Self {
        Self::new(token, KNOWN.iter().cloned())
    }

    /// Names the meeting in the subscription. The reference asks for it; programs that work with the
    /// service leave it out, and so does this one unless told otherwise.
    #[must_use]
    pub fn naming(mut self, conference_id: impl Into<ConferenceId>) -> Self {
        self.conference_id = Some(conference_id.into());
        self
    }

    /// Kinds of events.
    #[must_use]
    pub fn kinds(&self) -> &[EventKind] {
        &self.kinds
    }

    pub(super) fn into_frame(self, sequence: Sequence) -> ClientFrame {
        ClientFrame::Subscribe {
            sequence,
            kinds: self.kinds,
            token: self.token,
            conference_id: self.conference_id,
        }
    }
}

/// Time limits and size limits of an event channel.
///
/// ```
/// use meeting_client::channel::ChannelOptions;
/// use std::time::Duration;
///
/// let options = ChannelOptions::new().connect_timeout(Duration::from_secs(3));
/// assert_eq!(options.heartbeat_interval, Duration::from_secs(60));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelOptions {
    /// Time limit for opening the connection: name lookup, TCP, TLS and upgrade together.
    /// 10 seconds unless set.
    pub connect_timeout: Duration,
    /// Time limit for the answer to the subscription. 10 seconds unless set.
    pub ack_timeout: Duration,
    /// The time between heartbeats. 60 seconds unless set, as the service advises; it closes the
    /// channel after 180 seconds without one. At least a millisecond.
    pub heartbeat_interval: Duration,
    /// Time limit for silence of the service, heartbeat answers included. 180 seconds unless
    /// set. Pings are nothing. Once the service has answered a heartbeat, 1.5 times
    /// [`heartbeat_interval`](Self::heartbeat_interval) is the limit where that is shorter.
    pub silence_limit: Duration,
    /// The longest frame that is read, in bytes. A longer one is reported and skipped. 16 MiB unless
    /// set, as for responses: a push of all participants of a large meeting is long. A frame four
    /// times as long breaks the connection, before it fills the memory.
    pub max_frame_bytes: usize,
    pub(super) tap: Tap,
}

impl Default for ChannelOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            ack_timeout: Duration::from_secs(10),
            heartbeat_interval: Duration::from_secs(60),
            silence_limit: Duration::from_secs(180),
            max_frame_bytes: 16 << 20,
            tap: Tap::default(),
        }
    }
}

macro_rules! options {
    ($($field:ident: $type:ty;)*) => {
        impl ChannelOptions {
            $(
                #[doc = concat!("Sets [`", stringify!($field), "`](Self::", stringify!($field), ").")]
                #[must_use]
                pub fn $field(mut self, $field: $type) -> Self {
                    self.$field = $field;
                    self
                }
            )*
        }
    };
}

options! {
    connect_timeout: Duration;
    ack_timeout: Duration;
    heartbeat_interval: Duration;
    silence_limit: Duration;
    max_frame_bytes: usize;
}

impl ChannelOptions {
    /// Calls `see` with each text frame that is sent or received, on the thread that drives the
    /// channel, before anything else is done with it. Use it to record what the service says.
    ///
    /// Frames hold secrets, and nothing is masked: see [`SeenFrame`].
    ///
    /// ```
    /// use meeting_client::channel::{ChannelOptions, SeenFrame};
    ///
    /// let options = ChannelOptions::new().tap(|frame| match frame {
    ///     SeenFrame::Received(text) => println!("{} bytes came", text.len()),
    ///     _ => {}
    /// });
    /// # drop(options);
    /// ```
    #[must_use]
    pub fn tap(mut self, see: impl Fn(SeenFrame<'_>) + Send + Sync + 'static) -> Self {
        self.tap = Tap::new(see);
        self
    }

    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The length, in bytes, at which a WebSocket library should break the connection.
    ///
    /// It lies above [`max_frame_bytes`](Self::max_frame_bytes), because a library that meets its
    /// limit cannot go on, and a long frame alone should not end a channel.
    #[must_use]
    pub fn breaking_frame_bytes(&self) -> usize {
        self.max_frame_bytes.saturating_mul(4)
    }
}
