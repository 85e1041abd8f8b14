//! Control of one running meeting: its token, kept alive, and its calls.

#[cfg(feature = "live")]
mod channel;
mod grant;
mod source;

#[cfg(feature = "live")]
use std::time::SystemTime;
use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use meeting_types::{
    ConferenceCredential, ConferenceId, ConferenceToken, Operation, Password, Response, RetryClass,
    WebSocketToken,
    operations::{CreateConfToken, CreateWebSocketToken},
};

#[cfg(feature = "live")]
pub use self::channel::ChannelGrant;
pub use self::grant::Grant;
use self::source::{ConferenceSource, ControlToken};
use crate::{
    Anonymous, CallOptions, Engine, Error, RetryPolicy,
    call::{Call, complete, drive},
    token::{TokenSource as _, TokenStore, TokenUse},
};

/// The engine of a control session. The sessions of `meeting-async` and `meeting-blocking` are thin
/// shells over it.
///
/// The control token is renewed in the last quarter of its life by whichever call comes then, and
/// replaced once when the service refuses it.
///
/// It runs the operations of its meeting:
///
/// ```
/// # use meeting_client::{Control, Error};
/// # use meeting_types::operations::StopMeeting;
/// async fn stop(control: Control) -> Result<(), Error> {
///     control.send(&StopMeeting::new()).await?;
///     Ok(())
/// }
/// ```
///
/// and no others:
///
/// ```compile_fail,E0271
/// # use meeting_client::{Control, Error};
/// # use meeting_types::operations::SearchMeetings;
/// async fn look_around(control: Control) -> Result<(), Error> {
///     control.send(&SearchMeetings::new()).await?;
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Control {
    engine: Engine<Anonymous>,
    source: Arc<ConferenceSource>,
}

impl<A: 'static> Engine<A> {
    /// Opens control of a running meeting with a password of it: the host's, or a guest's for fewer
    /// rights.
    ///
    /// # Errors
    ///
    /// [`Error`] when no response came, the service refused, or the response cannot be read; the
    /// service refuses when the meeting is not running.
    pub async fn control(
        &self,
        conference_id: impl Into<ConferenceId>,
        password: impl Into<Password>,
    ) -> Result<Control, Error> {
        Control::open(self.without_login(), conference_id.into(), password.into()).await
    }

    /// Control of a running meeting by a control token that the program already has. Nothing is sent.
    ///
    /// The token is neither renewed nor replaced, and nobody knows what came with it: the event channel
    /// needs an address, which comes in return for a password only.
    ///
    /// ```
    /// # use meeting_client::{Anonymous, Engine, Error};
    /// use meeting_types::{ConferenceCredential, operations::StopMeeting};
    ///
    /// # async fn stop(engine: Engine<Anonymous>) -> Result<(), Error> {
    /// let control = engine.control_by_token(ConferenceCredential::new("900825541", "cnr0123"));
    /// control.send(&StopMeeting::new()).await
    /// # }
    /// ```
    #[must_use]
    pub fn control_by_token(&self, credential: ConferenceCredential) -> Control {
        Control::by_token(self.without_login(), credential)
    }
}

impl Control {
    /// Opens control of a running meeting with a password of it.
    async fn open(
        engine: Engine<Anonymous>,
        conference_id: ConferenceId,
        password: Password,
    ) -> Result<Self, Error> {
        let operation = source::opening(&conference_id, &password, None);
        let mut call = engine.call(&operation).with_class(RetryClass::Idempotent);
        let granted = complete::<CreateConfToken>(engine.transport(), &mut call).await?;
        let asked_at = call.sent_at().unwrap_or_else(|| engine.now());
        let draw = call.draw();
        drop(call);
        let token = source::stored(&conference_id, asked_at, granted.into_value(), draw);
        let source = ConferenceSource {
            conference_id,
            password: Some(password),
            config: engine.shared_config(),
            store: Arc::new(TokenStore::with(token)),
        };
        Ok(Self {
            engine,
            source: Arc::new(source),
        })
    }

    /// Control by a token that the program already has.
    fn by_token(engine: Engine<Anonymous>, credential: ConferenceCredential) -> Self {
        let source = ConferenceSource {
            conference_id: credential.conference_id.clone(),
            password: None,
            config: engine.shared_config(),
            store: Arc::new(TokenStore::with(source::of_unknown_life(credential))),
        };
        Self {
            engine,
            source: Arc::new(source),
        }
    }

    /// The meeting.
    #[must_use]
    pub fn conference_id(&self) -> &ConferenceId {
        &self.source.conference_id
    }

    /// Description of the control token, if there is a token now.
    #[must_use]
    pub fn grant(&self) -> Option<Arc<Grant>> {
        Some(self.current()?.grant)
    }

    /// The control token, if there is one now.
    #[must_use]
    pub fn token(&self) -> Option<ConferenceToken> {
        Some(self.current()?.credential.token)
    }

    fn current(&self) -> Option<ControlToken> {
        let token = self.source.store.current(self.engine.now())?;
        Some(token.secret.clone())
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
        Ok(self.response(operation).await?.into_value())
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
        complete::<O>(self.engine.transport(), &mut self.call(operation)).await
    }

    /// Runs an operation with settings of its own, and returns the whole response.
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
        let mut call = self.call(operation).with_options(options);
        complete::<O>(self.engine.transport(), &mut call).await
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
        drive(self.engine.transport(), &mut self.call(operation)).await
    }

    /// The call that runs an operation, for a program with a loop of its own.
    pub fn call<'a, O>(&'a self, operation: &'a O) -> Call<'a>
    where
        O: Operation<Authorization = ConferenceCredential>,
    {
        let token = TokenUse::new(self.source.clone());
        Call::new(operation, self.engine.config(), Some(Box::new(token)))
    }

    /// Renews the control token now, or waits for another caller that does it already.
    ///
    /// # Errors
    ///
    /// [`Error`] when no response came, the service refused, or the response cannot be read. While the
    /// old token is good, calls go on with it.
    pub async fn renew(&self) -> Result<(), Error> {
        let generation = self.source.store().generation();
        let token = Box::new(TokenUse::new(self.source.clone()));
        let config = self.engine.config();
        let mut call = Call::renewal(CreateConfToken::INFO, config, token, generation);
        drive(self.engine.transport(), &mut call).await?;
        Ok(())
    }

    /// Renews the control token if that is due. Some call may have done it.
    ///
    /// # Errors
    ///
    /// [`Error`] when no response came, the service refused, or the response cannot be read. While the
    /// old token is good, calls go on with it.
    pub async fn keep_alive(&self) -> Result<(), Error> {
        match self.renewal_due_in() {
            Some(due) if !due.is_zero() => Ok(()),
            _ => self.renew().await,
        }
    }

    /// The same session, each call of which gets at most this time.
    #[must_use]
    pub fn within(&self, left: Duration) -> Self {
        let deadline = self.engine.config().allowed().min(left);
        Self {
            engine: self.engine.with_deadline(deadline),
            source: self.source.clone(),
        }
    }

    /// The same session, each call of which makes one attempt, the request for a token included. It
    /// pays nothing from the retry budget: for a loop that repeats by itself.
    #[must_use]
    pub fn single_attempt(&self) -> Self {
        Self {
            engine: self.engine.with_retry(RetryPolicy::never()),
            source: self.source.clone(),
        }
    }

    /// The time, by the transport.
    #[cfg(feature = "live")]
    pub(crate) fn now(&self) -> SystemTime {
        self.engine.now()
    }

    /// Time until the token wants to be renewed; `None` when there is no token.
    #[must_use]
    pub fn renewal_due_in(&self) -> Option<Duration> {
        self.source.store.renewal_due_in(self.engine.now())
    }

    /// Takes a token for one event connection. It is good for a minute.
    ///
    /// # Errors
    ///
    /// [`Error`] when no response came, the service refused, or the response cannot be read.
    pub async fn web_socket_token(&self) -> Result<WebSocketToken, Error> {
        Ok(self.issued_token().await?.0)
    }

    /// Takes a token for one event connection, and tells with which control token.
    async fn issued_token(&self) -> Result<(WebSocketToken, Option<ControlToken>), Error> {
        let operation = CreateWebSocketToken::new();
        let mut token = TokenUse::new(self.source.clone());
        let config = self.engine.config();
        // One that nobody uses is over in a minute.
        let mut call = Call::new(&operation, config, Some(Box::new(&mut token)))
            .with_class(RetryClass::Idempotent);
        let transport = self.engine.transport();
        let issued = complete::<CreateWebSocketToken>(transport, &mut call).await?;
        // The minute begins before the response arrives.
        let asked_at = call.sent_at().unwrap_or_else(|| self.engine.now());
        drop(call);
        let issued = issued.into_value().token.with_issued_at(asked_at);
        Ok((issued, token.used().cloned()))
    }
}
