//! The events of a meeting under control.

use std::time::{Duration, Instant};

use meeting_client::{
    channel::{ChannelError, Outcome},
    live::{Change, LiveMeeting},
};
use meeting_types::events::Event;

use crate::{Control, Events};

/// The time to the next try to renew a token, after one that failed.
const PAUSE: Duration = Duration::from_secs(30);

/// The events of a meeting under control, as they happen, with the control token kept alive.
///
/// [`Control::events`] opens it. It is an iterator like [`Events`], with the same items; it renews the
/// control token as well, so that the session outlives the token's half hour without any call. Both go
/// on while it waits for events. Dropping it closes the connection.
///
/// [`meeting`](Self::meeting) is what the events have told so far, as a whole.
#[derive(Debug)]
pub struct LiveEvents {
    events: Events,
    meeting: LiveMeeting,
    changes: Vec<Change>,
    control: Control,
    /// No renewal is tried before.
    paused_until: Instant,
}

impl LiveEvents {
    pub(crate) fn new(events: Events, control: Control) -> Self {
        Self {
            events,
            meeting: LiveMeeting::new(),
            changes: Vec::new(),
            control,
            paused_until: Instant::now(),
        }
    }

    /// The next event; nothing if `timeout` passes first. A renewal of the token on the way may take
    /// longer, at most the time that each call has.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Frame`] for a frame that could not be read; the next call goes on.
    /// [`ChannelError::Ended`] once the channel has ended, also with the meeting, and from then on.
    pub fn next_timeout(&mut self, timeout: Duration) -> Result<Option<Event>, ChannelError> {
        let begun = Instant::now();
        loop {
            let left = timeout.saturating_sub(begun.elapsed());
            let due = self.due_in();
            let event = self.events.next_timeout(left.min(due));
            self.take_in(event.as_ref().map(Option::as_ref));
            if let Some(event) = event? {
                return Ok(Some(event));
            }
            if left <= due {
                return Ok(None);
            }
            self.renew();
        }
    }

    /// The meeting as the events up to the last one tell it. It is stale once the channel has ended
    /// before the meeting.
    #[must_use]
    pub fn meeting(&self) -> &LiveMeeting {
        &self.meeting
    }

    /// What the last event has changed in [`meeting`](Self::meeting).
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// How the channel ended, if it has.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        self.events.outcome()
    }

    /// Notes what waiting has brought.
    fn take_in(&mut self, brought: Result<Option<&Event>, &ChannelError>) {
        match brought {
            Ok(Some(event)) => self.changes = self.meeting.apply(event),
            Ok(None) => self.changes.clear(),
            Err(ChannelError::Ended(Outcome::MeetingEnded)) => self.changes.clear(),
            Err(error) => {
                self.changes.clear();
                if error.is_end() {
                    self.meeting.gap();
                }
            }
        }
    }

    fn due_in(&self) -> Duration {
        let pause = self.paused_until.saturating_duration_since(Instant::now());
        self.control.renewal_due_in().unwrap_or(PAUSE).max(pause)
    }

    /// A failure is not reported: the channel goes on without the token, and a call that needs it tells
    /// what is wrong.
    fn renew(&mut self) {
        if self.control.renew().is_err() {
            self.paused_until = Instant::now() + PAUSE;
        }
    }
}

impl Iterator for LiveEvents {
    type Item = Result<Event, ChannelError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.events.outcome().is_some() {
                // Whatever it has left to say, then nothing.
                let item = self.events.next();
                match &item {
                    Some(item) => self.take_in(item.as_ref().map(Some)),
                    None => self.changes.clear(),
                }
                return item;
            }
            let event = self.events.next_timeout(self.due_in());
            self.take_in(event.as_ref().map(Option::as_ref));
            match event {
                Ok(Some(event)) => return Some(Ok(event)),
                Ok(None) => self.renew(),
                Err(ChannelError::Ended(Outcome::MeetingEnded)) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
