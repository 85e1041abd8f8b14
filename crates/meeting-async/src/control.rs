//! Control of one running meeting.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use meeting_client::{
    CallOptions, Error, Grant, Network, channel::ChannelOptions, follow::LiveOptions,
};
use meeting_types::{
    ConferenceCredential, ConferenceId, ConferenceToken, Operation, Response, events::EventKind,
};

use crate::{EventStream, LiveEvents};

/// Control of one running meeting: every operation that carries a control token.
///
/// The token is renewed in the last quarter of its half hour by whichever call comes then; clones
/// share it. When the service has forgotten it, the password gets a new one.
///
/// ```no_run
/// # async fn mute_all(client: meeting_async::Client) -> Result<(), meeting_async::Error> {
/// use meeting_types::operations::{MuteMeeting, StopMeeting};
///
/// let control = client.control("900825541", "123456").await?;
/// control.send(&MuteMeeting::new(true)).await?;
/// control.send(&StopMeeting::new()).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Control {
    control: meeting_client::Control,
    network: Network,
}

impl Control {
    pub(crate) fn new(control: meeting_client::Control, network: Network) -> Self {
        Self { control, network }
    }

    /// The meeting.
    #[must_use]
    pub fn conference_id(&self) -> &ConferenceId {
        self.control.conference_id()
    }

    /// What came with the control token: the role, the address of the event channel. Nothing while
    /// there is no token.
    #[must_use]
    pub fn grant(&self) -> Option<Arc<Grant>> {
        self.control.grant()
    }

    /// Runs an operation and returns its value.
    ///
    /// # Errors
    ///
    /// [`Error`], by phase.
    pub async fn send<O>(&self, operation: &O) -> Result<O::Output, Error>
    where
        O: Operation<Authorization = ConferenceCredential>,
    {
        self.control.send(operation).await
    }

    /// Runs an operation and returns the whole reply.
    ///
    /// # Errors
    ///
    /// [`Error`], by phase.
    pub async fn response<O>(&self, operation: &O) -> Result<Response<O::Output>, Error>
    where
        O: Operation<Authorization = ConferenceCredential>,
    {
        self.control.response(operation).await
    }

    /// Runs an operation with settings of its own: deadline, retries, headers. Returns the whole
    /// response.
    ///
    /// # Errors
    ///
    /// As for [`response`](Self::response).
    pub async fn response_with<O>(
        &self,
        operation: &O,
        options: &CallOptions,
    ) -> Result<Response<O::Output>, Error>
    where
        O: Operation<Authorization = ConferenceCredential>,
    {
        self.control.response_with(operation, options).await
    }

    /// Runs an operation and returns what came, refusals included.
    ///
    /// # Errors
    ///
    /// [`Error`] when no reply came.
    pub async fn raw<O>(&self, operation: &O) -> Result<http::Response<Bytes>, Error>
    where
        O: Operation<Authorization = ConferenceCredential>,
    {
        self.control.raw(operation).await
    }

    /// Renews the control token now. Calls do this by themselves; a session that makes no calls for
    /// half an hour can be kept alive with it.
    ///
    /// # Errors
    ///
    /// [`Error`], by phase. While the old token is good, calls go on with it.
    pub async fn renew(&self) -> Result<(), Error> {
        self.control.renew().await
    }

    /// How long it is until the token wants to be renewed; nothing while there is no token.
    #[must_use]
    pub fn renewal_due_in(&self) -> Option<Duration> {
        self.control.renewal_due_in()
    }

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
        Self::new(self.control.single_attempt(), self.network.clone())
    }

    pub(crate) async fn open_channel(
        &self,
        kinds: impl IntoIterator<Item = EventKind>,
        options: &ChannelOptions,
    ) -> Result<EventStream, Error> {
        let ticket = self.control.channel(kinds).await?;
        Ok(
            EventStream::connect(ticket.address, ticket.subscription, &self.network, options)
                .await?,
        )
    }

    pub(crate) async fn keep_alive(&self) -> Result<(), Error> {
        self.control.keep_alive().await
    }

    pub(crate) fn token(&self) -> Option<ConferenceToken> {
        self.control.token()
    }
}
