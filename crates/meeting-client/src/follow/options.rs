//! Settings of following a meeting.

use std::{borrow::Cow, time::Duration};

use meeting_types::events::EventKind;

use crate::channel::{ChannelOptions, KNOWN};

/// Settings of following a meeting: kinds of events, and what happens when the connection is lost.
///
/// ```
/// use meeting_client::follow::LiveOptions;
/// use meeting_types::events::EventKind;
/// use std::{borrow::Cow, time::Duration};
///
/// let options = LiveOptions::new()
///     .kinds([EventKind::ConferenceDynamicInfo, EventKind::Participants])
///     .give_up_after(Duration::from_secs(3600));
/// assert_eq!(options.buffer, 1024);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LiveOptions {
    /// Kinds of events to subscribe to. Every kind that has a type, unless set. One without a type
    /// arrives as [`EventPayload::Other`](meeting_types::events::EventPayload::Other).
    ///
    /// Without [`EventKind::ConferenceDynamicInfo`] the end of the meeting is found out only when the
    /// service closes the connection.
    pub kinds: Cow<'static, [EventKind]>,
    /// Settings of each connection.
    pub channel: ChannelOptions,
    /// The bound of the first wait before a new connection. 500 ms unless set. Each wait is drawn
    /// between zero and its bound, and the bound doubles with each failure.
    pub backoff_base: Duration,
    /// The bound that no wait exceeds. 30 seconds unless set. A connection that lasted longer than
    /// this starts the waits anew.
    pub backoff_cap: Duration,
    /// Longest gap before the events end with an error. 10 minutes unless set. With
    /// [`Duration::ZERO`] the first loss is the end.
    pub give_up_after: Duration,
    /// Number of notices that may wait for a program that is slow to take them. 1024 unless set, at
    /// least one. What is more is folded into the state of the meeting and reported as
    /// [`Notice::Skipped`](super::Notice::Skipped).
    pub buffer: usize,
}

impl Default for LiveOptions {
    fn default() -> Self {
        Self {
            kinds: KNOWN.into(),
            channel: ChannelOptions::new(),
            backoff_base: Duration::from_millis(500),
            backoff_cap: Duration::from_secs(30),
            give_up_after: Duration::from_secs(600),
            buffer: 1024,
        }
    }
}

impl LiveOptions {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`kinds`](Self::kinds).
    #[must_use]
    pub fn kinds(mut self, kinds: impl IntoIterator<Item = EventKind>) -> Self {
        self.kinds = kinds.into_iter().collect();
        self
    }

    /// Sets [`channel`](Self::channel).
    #[must_use]
    pub fn channel(mut self, channel: ChannelOptions) -> Self {
        self.channel = channel;
        self
    }

    /// Sets [`backoff_base`](Self::backoff_base) and [`backoff_cap`](Self::backoff_cap).
    #[must_use]
    pub fn backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.backoff_base = base;
        self.backoff_cap = cap;
        self
    }

    /// Sets [`give_up_after`](Self::give_up_after).
    #[must_use]
    pub fn give_up_after(mut self, give_up_after: Duration) -> Self {
        self.give_up_after = give_up_after;
        self
    }

    /// Sets [`buffer`](Self::buffer).
    #[must_use]
    pub fn buffer(mut self, buffer: usize) -> Self {
        self.buffer = buffer;
        self
    }
}
