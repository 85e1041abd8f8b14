//! The events of a meeting under control.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_util::Stream;
use meeting_client::{
    Error,
    channel::{ChannelError, Outcome},
    live::{Change, LiveMeeting},
};
use meeting_types::events::Event;
use tokio::time::sleep;

use crate::{Control, EventStream};

/// The time to the next try to renew a token, after one that failed.
const PAUSE: Duration = Duration::from_secs(30);

/// The events of a meeting under control, as they happen, with the control token kept alive.
///
/// [`Control::events`] opens it. It is a stream like [`EventStream`], with the same items; it renews
/// the control token as well, so that the session outlives the token's half hour without any call.
/// Both go on while the stream is polled. Dropping it closes the connection.
///
/// [`meeting`](Self::meeting) is what the events have told so far, as a whole.
pub struct LiveEvents {
    events: EventStream,
    meeting: LiveMeeting,
    changes: Vec<Change>,
    renewal: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl LiveEvents {
    pub(crate) fn new(events: EventStream, control: Control) -> Self {
        Self {
            events,
            meeting: LiveMeeting::new(),
            changes: Vec::new(),
            renewal: Box::pin(keep_alive(control)),
        }
    }

    /// The next event; nothing once the channel has ended.
    ///
    /// Cancel safe: when the future is dropped before it is ready, no event is lost.
    pub async fn next(&mut self) -> Option<Result<Event, ChannelError>> {
        poll_fn(|context| self.poll_event(context)).await
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

    fn poll_event(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Event, ChannelError>>> {
        // It never ends; polling it keeps the token alive.
        let _ = self.renewal.as_mut().poll(context);
        let item = ready!(Pin::new(&mut self.events).poll_next(context));
        self.changes.clear();
        match &item {
            Some(Ok(event)) => self.changes = self.meeting.apply(event),
            Some(Err(error)) if error.is_end() => self.meeting.gap(),
            _ => {}
        }
        Poll::Ready(item)
    }
}

impl Stream for LiveEvents {
    type Item = Result<Event, ChannelError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_event(context)
    }
}

impl fmt::Debug for LiveEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveEvents")
            .field("events", &self.events)
            .field("meeting", &self.meeting)
            .finish_non_exhaustive()
    }
}

/// Renews the control token whenever that is due, for ever.
///
/// A failure is not reported: the channel goes on without the token, and a call that needs it tells
/// what is wrong.
async fn keep_alive(control: Control) {
    loop {
        sleep(control.renewal_due_in().unwrap_or(PAUSE)).await;
        let renewed: Result<(), Error> = Box::pin(control.renew()).await;
        if renewed.is_err() {
            sleep(PAUSE).await;
        }
    }
}
