//! The event channel of a meeting under control.

use meeting_client::{ChannelGrant, Error, channel::ChannelOptions, follow::LiveOptions};

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
    /// [`Error`] when no response came, the service refused, or the response cannot be read;
    /// [`Error::Channel`] when the channel does not open. This first connection is tried once. Whether
    /// the service takes the subscription is told by the first item.
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
        let open = async {
            let grant = self.control.channel(options.kinds.iter().cloned()).await?;
            self.open_channel(grant, &options.channel).await
        };
        // Opening needs much room for a moment, and a task keeps the room of its greatest moment.
        let events = Box::pin(open).await?;
        Ok(LiveEvents::new(events, self.clone(), options))
    }

    pub(crate) async fn open_channel(
        &self,
        grant: ChannelGrant,
        options: &ChannelOptions,
    ) -> Result<EventStream, Error> {
        Ok(EventStream::connect(grant.address, grant.subscription, &self.network, options).await?)
    }

    pub(crate) fn engine(&self) -> &meeting_client::Control {
        &self.control
    }
}
