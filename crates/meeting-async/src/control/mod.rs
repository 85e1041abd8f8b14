//! Control of one running meeting.

#[cfg(feature = "live")]
mod events;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use meeting_client::{CallOptions, Error, Grant, Network};
use meeting_types::{ConferenceCredential, ConferenceId, Operation, Response};

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
    #[cfg_attr(
        not(feature = "live"),
        expect(
            dead_code,
            reason = "only event channels open connections of their own"
        )
    )]
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

    /// Description of the control token: the role, the address of the event channel. `None` while
    /// there is no token.
    #[must_use]
    pub fn grant(&self) -> Option<Arc<Grant>> {
        self.control.grant()
    }

    /// Runs an operation and returns its value.
    ///
    /// # Errors
    ///
    /// [`Error`] when no response came, the service refused, or the response cannot be read.
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
    /// [`Error`] when no response came, the service refused, or the response cannot be read.
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
    /// [`Error`] when no response came, the service refused, or the response cannot be read. While the
    /// old token is good, calls go on with it.
    pub async fn renew(&self) -> Result<(), Error> {
        self.control.renew().await
    }

    /// Time until the token wants to be renewed; `None` while there is no token.
    #[must_use]
    pub fn renewal_due_in(&self) -> Option<Duration> {
        self.control.renewal_due_in()
    }
}
