//! The event channel of a meeting under control.

use meeting_client::{Error, channel::ChannelOptions, follow::LiveOptions};
use meeting_types::{ConferenceToken, events::EventKind};

use super::Control;
use crate::{EventStream, LiveEvents};

impl Control {
    /// Opens the event channel of the meeting and subscribes to every kind of event that has a type.
    /// Before the first changes, the service sends how everything is now. A connection that is lost is
    /// replaced.
    ///
    /// ```no_run
    /// # async fn watch(control: meeting_async::Control) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut events = control.events().await?;
    /// while let Some(notice) = events.next().await {
    ///     println!("{}", notice?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error`], by phase; [`Error::Channel`] when the channel does not open. This first connection is
    /// tried once. Whether the service takes the subscription is told by the first item.
    pub async fn events(&self) -> Result<LiveEvents, Error> {
        self.events_with(LiveOptions::new()).await
    }

    /// Opens the event channel with settings of your own: what to subscribe to, how patiently to
    /// connect again.
    ///
    /// # Errors
    ///
    /// As for [`events`](Self::events).
    pub async fn events_with(&self, options: LiveOptions) -> Result<LiveEvents, Error> {
        let kinds = options.kinds.iter().cloned();
        // Opening needs much room for a moment, and a task keeps the room of its greatest moment.
        let events = Box::pin(self.open_channel(kinds, &options.channel)).await?;
        Ok(LiveEvents::new(events, self.clone(), options))
    }

    /// The same session for a loop that repeats by itself: each call makes one attempt.
    pub(crate) fn single_attempt(&self) -> Self {
        Self::new(self.control.single_attempt(), self.trust.clone())
    }

    pub(crate) async fn open_channel(
        &self,
        kinds: impl IntoIterator<Item = EventKind>,
        options: &ChannelOptions,
    ) -> Result<EventStream, Error> {
        let ticket = self.control.channel(kinds).await?;
        Ok(EventStream::connect(ticket.address, ticket.subscription, &self.trust, options).await?)
    }

    pub(crate) async fn keep_alive(&self) -> Result<(), Error> {
        self.control.keep_alive().await
    }

    pub(crate) fn token(&self) -> Option<ConferenceToken> {
        self.control.token()
    }
}
