//! Control of one running meeting.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use meeting_client::{
    CallOptions, ChannelGrant, Error, Grant, Network, channel::ChannelOptions, follow::LiveOptions,
};
use meeting_types::{
    ConferenceCredential, ConferenceId, ConferenceToken, Operation, Response, events::EventKind,
};

use crate::{EventStream, LiveEvents, block_on::block_on};

/// Control of one running meeting: every operation that carries a control token.
///
/// The token is renewed in the last quarter of its half hour by whichever call comes then; clones
/// share it. When the service has forgotten it, the password gets a new one.
///
/// ```no_run
/// # fn mute_all(client: meeting_blocking::Client) -> Result<(), meeting_blocking::Error> {
/// use meeting_types::operations::{MuteMeeting, StopMeeting};
///
/// let control = client.control("900825541", "123456")?;
/// control.send(&MuteMeeting::new(true))?;
/// control.send(&StopMeeting::new())?;
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
    pub fn send<O>(&self, operation: &O) -> Result<O::Output, Error>
    where
        O: Operation<Authorization = ConferenceCredential>,
    {
        block_on(self.control.send(operation))
    }

    /// Runs an operation and returns the whole reply.
    ///
    /// # Errors
    ///
    /// [`Error`], by phase.
    pub fn response<O>(&self, operation: &O) -> Result<Response<O::Output>, Error>
    where
        O: Operation<Authorization = ConferenceCredential>,
    {
        block_on(self.control.response(operation))
    }

    /// Runs an operation with settings of its own: deadline, retries, headers. Returns the whole
    /// response.
    ///
    /// # Errors
    ///
    /// As for [`response`](Self::response).
    pub fn response_with<O>(
        &self,
        operation: &O,
        options: &CallOptions,
    ) -> Result<Response<O::Output>, Error>
    where
        O: Operation<Authorization = ConferenceCredential>,
    {
        block_on(self.control.response_with(operation, options))
    }

    /// Runs an operation and returns what came, refusals included.
    ///
    /// # Errors
    ///
    /// [`Error`] when no reply came.
    pub fn raw<O>(&self, operation: &O) -> Result<http::Response<Bytes>, Error>
    where
        O: Operation<Authorization = ConferenceCredential>,
    {
        block_on(self.control.raw(operation))
    }

    /// Renews the control token now. Calls do this by themselves; a session that makes no calls for
    /// half an hour can be kept alive with it.
    ///
    /// # Errors
    ///
    /// [`Error`], by phase. While the old token is good, calls go on with it.
    pub fn renew(&self) -> Result<(), Error> {
        block_on(self.control.renew())
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
        Self::new(control, self.network.clone())
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
            &self.network,
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
