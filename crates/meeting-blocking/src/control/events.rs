//! The event channel of a meeting under control.

use std::time::Duration;

use meeting_client::{ChannelGrant, Error, channel::ChannelOptions, follow::LiveOptions};
use meeting_types::{ConferenceToken, events::EventKind};

use super::Control;
use crate::{EventStream, LiveEvents, block_on::block_on};

impl Control {
    /// Opens the event channel of the meeting and subscribes to every kind of event that has a type.
    /// Before the first changes, the service sends how everything is now. A connection that is lost is
    /// replaced.
    ///
    /// ```no_run
    /// # fn watch(control: meeting_blocking::Control) -> Result<(), Box<dyn std::error::Error>> {
    /// for notice in control.events()? {
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
    pub fn events(&self) -> Result<LiveEvents, Error> {
        self.events_with(LiveOptions::new())
    }

    /// Opens the event channel with settings of your own: what to subscribe to, how patiently to
    /// connect again.
    ///
    /// # Errors
    ///
    /// As for [`events`](Self::events).
    pub fn events_with(&self, options: LiveOptions) -> Result<LiveEvents, Error> {
        let ticket = self.ticket(options.kinds.iter().cloned())?;
        let events = self.open_channel(ticket, &options.channel)?;
        Ok(LiveEvents::new(events, self.clone(), options))
    }

    /// The same session for one step of a loop that repeats by itself: each call makes one attempt, in
    /// at most this time.
    pub(crate) fn attempt_within(&self, left: Duration) -> Self {
        let control = self.control.within(left).single_attempt();
        Self::new(control, self.trust.clone())
    }

    pub(crate) fn ticket(
        &self,
        kinds: impl IntoIterator<Item = EventKind>,
    ) -> Result<ChannelGrant, Error> {
        block_on(self.control.channel(kinds))
    }

    pub(crate) fn open_channel(
        &self,
        ticket: ChannelGrant,
        options: &ChannelOptions,
    ) -> Result<EventStream, Error> {
        Ok(EventStream::connect(
            ticket.address,
            ticket.subscription,
            &self.trust,
            options,
        )?)
    }

    pub(crate) fn keep_alive(&self) -> Result<(), Error> {
        block_on(self.control.keep_alive())
    }

    pub(crate) fn token(&self) -> Option<ConferenceToken> {
        self.control.token()
    }
}
