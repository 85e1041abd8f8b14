//! Control of one running meeting: its token, kept alive, and its calls.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use meeting_types::{
    ConferenceCredential, ConferenceId, ConferenceToken, CorpId, Operation, OperationInfo,
    Password, Response, ServiceError, Timestamp, WebSocketToken,
    events::{ChannelAddress, EventKind},
    models::{ConferenceTokenGrant, ParticipantRole},
    operations::{CreateConfToken, CreateWebSocketToken},
};

use crate::{
    Anonymous, Config, Engine, Error,
    call::{Call, drive},
    channel::{ChannelError, Subscription},
    token::{Fetch, Held, HeldSecret, TokenSource, TokenStore, Way, lifetime},
};

/// The documented lifetime of a control token, for a reply that does not state one.
const DOCUMENTED_LIFETIME: Duration = Duration::from_secs(30 * 60);

/// A lifetime above this is a point in time that was sent in its place.
const LONGEST_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// What came with the control token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Grant {
    /// The rights that the token gives.
    pub role: Option<ParticipantRole>,
    /// Where the event channel is, such as `wss://203.0.113.7:443`.
    pub web_socket_url: Option<String>,
    /// The end of the token by the service's clock.
    pub expires_at: Option<Timestamp>,
    /// The enterprise that the meeting belongs to.
    pub corp_id: Option<CorpId>,
    /// The events that the service offers.
    pub supported_events: Vec<EventKind>,
}

/// The engine of a control session. The sessions of `meeting-async` and `meeting-blocking` are thin
/// shells over it.
///
/// The control token is renewed in the last tenth of its life by whichever call comes then, and
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

impl Control {
    /// Opens control of a running meeting with a password of it.
    pub(crate) async fn open(
        engine: Engine<Anonymous>,
        conference_id: ConferenceId,
        password: Password,
    ) -> Result<Self, Error> {
        let mut source = ConferenceSource {
            conference_id,
            password,
            config: engine.shared_config(),
            store: Arc::default(),
        };
        let operation = source.request(None);
        let mut call = engine.call(&operation);
        let reply = drive(engine.transport(), &mut call).await?;
        let asked_at = call.sent_at().unwrap_or_else(|| engine.now());
        let held = source.read(asked_at, CreateConfToken::INFO, reply)?;
        source.store = Arc::new(TokenStore::with(held));
        Ok(Self {
            engine,
            source: Arc::new(source),
        })
    }

    /// The meeting.
    #[must_use]
    pub fn conference_id(&self) -> &ConferenceId {
        &self.source.conference_id
    }

    /// What came with the control token, if there is a token now.
    #[must_use]
    pub fn grant(&self) -> Option<Arc<Grant>> {
        match &self.source.store.current(self.engine.now())?.secret {
            HeldSecret::Conference(_, grant) => Some(grant.clone()),
            HeldSecret::Access(_) => None,
        }
    }

    /// The control token, if there is one now.
    #[must_use]
    pub fn token(&self) -> Option<ConferenceToken> {
        match &self.source.store.current(self.engine.now())?.secret {
            HeldSecret::Conference(credential, _) => Some(credential.token.clone()),
            HeldSecret::Access(_) => None,
        }
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
        Ok(self.response(operation).await?.into_value())
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
        Ok(O::read_response(self.raw(operation).await?)?)
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
        Call::new(operation, self.engine.config(), Some(&*self.source))
    }

    /// Renews the control token now, or waits for another caller that does it already.
    ///
    /// # Errors
    ///
    /// [`Error`], by phase. While the old token is good, calls go on with it.
    pub async fn renew(&self) -> Result<(), Error> {
        let generation = self.source.store.generation();
        let config = self.engine.config();
        let mut call = Call::renewal(CreateConfToken::INFO, config, &*self.source, generation);
        drive(self.engine.transport(), &mut call).await?;
        Ok(())
    }

    /// Renews the control token if that is due. Some call may have done it.
    ///
    /// # Errors
    ///
    /// [`Error`], by phase. While the old token is good, calls go on with it.
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

    /// How long it is until the token wants to be renewed; nothing when there is no token.
    #[must_use]
    pub fn renewal_due_in(&self) -> Option<Duration> {
        self.source.store.renewal_due_in(self.engine.now())
    }

    /// Takes a token for one event connection. It is good for a minute.
    ///
    /// # Errors
    ///
    /// [`Error`], by phase.
    pub async fn web_socket_token(&self) -> Result<WebSocketToken, Error> {
        Ok(self.issued_token().await?.0)
    }

    /// Takes a token for one event connection, and tells with which control token.
    async fn issued_token(&self) -> Result<(WebSocketToken, Option<Arc<Held>>), Error> {
        let operation = CreateWebSocketToken::new();
        let mut call = self.call(&operation);
        let reply = drive(self.engine.transport(), &mut call).await?;
        // The minute begins before the reply arrives.
        let asked_at = call.sent_at().unwrap_or_else(|| self.engine.now());
        let issued = CreateWebSocketToken::read_response(reply)?.into_value();
        Ok((issued.token.with_issued_at(asked_at), call.into_held()))
    }
}

/// The way to the event channel of a meeting, and what to ask for there.
#[derive(Debug)]
#[non_exhaustive]
pub struct ChannelTicket {
    /// Where to connect, with the token for one connection.
    pub address: ChannelAddress,
    /// What to subscribe to, with the control token.
    pub subscription: Subscription,
}

impl Control {
    /// Takes all that opening one event channel needs. It is good for a minute.
    ///
    /// # Errors
    ///
    /// [`Error`], by phase; [`Error::Channel`] when the address of the channel cannot be used.
    pub async fn channel(
        &self,
        kinds: impl IntoIterator<Item = EventKind>,
    ) -> Result<ChannelTicket, Error> {
        let (token, held) = self.issued_token().await?;
        // The one that was accepted just now. Meanwhile another call may have discarded it.
        let Some(HeldSecret::Conference(credential, grant)) =
            held.as_deref().map(|held| &held.secret)
        else {
            return Err(ChannelError::NoAddress.into());
        };
        let url = grant
            .web_socket_url
            .as_deref()
            .ok_or(ChannelError::NoAddress)?;
        let id = self.conference_id();
        // Whoever allowed plain HTTP by name has allowed this as well. An endpoint on this machine
        // needs no such permission, and gives none: the channel may be anywhere.
        let address = if self.engine.config().endpoint().allows_plain() {
            ChannelAddress::allow_plain_ws(url, id, token)
        } else {
            ChannelAddress::new(url, id, token)
        };
        let control_token = credential.token.clone();
        Ok(ChannelTicket {
            address: address.map_err(ChannelError::Address)?,
            subscription: Subscription::new(control_token, kinds),
        })
    }
}

/// The control token that all calls of a session share.
#[derive(Debug)]
struct ConferenceSource {
    conference_id: ConferenceId,
    password: Password,
    config: Arc<Config>,
    store: Arc<TokenStore>,
}

impl ConferenceSource {
    /// Asks for a token. The current one goes along to be kept alive; should the service have
    /// forgotten it, the password gets a new one by the same request.
    fn request(&self, current: Option<&ConferenceToken>) -> CreateConfToken {
        let mut operation =
            CreateConfToken::new(self.conference_id.clone()).password(self.password.clone());
        operation.keep_alive = current.cloned();
        operation
    }
}

impl TokenSource for ConferenceSource {
    fn store(&self) -> &Arc<TokenStore> {
        &self.store
    }

    fn fetch(&self, way: Way, now: SystemTime, held: Option<&Held>) -> Option<Fetch> {
        let current = match held
            .filter(|held| held.is_good(now))
            .map(|held| &held.secret)
        {
            Some(HeldSecret::Conference(credential, _)) => Some(&credential.token),
            _ => None,
        };
        // The same request does both, so there is but one way.
        (way == Way::Obtain).then(|| Fetch {
            info: CreateConfToken::INFO,
            request: self
                .request(current)
                .to_request(self.config.endpoint(), &()),
        })
    }

    fn read(
        &self,
        now: SystemTime,
        _: &OperationInfo,
        reply: http::Response<Bytes>,
    ) -> Result<Held, Error> {
        let ConferenceTokenGrant { data, .. } = CreateConfToken::read_response(reply)?.into_value();
        let lifetime = lifetime([data.valid_for], DOCUMENTED_LIFETIME, LONGEST_LIFETIME);
        let grant = Grant {
            role: data.role,
            web_socket_url: data.web_socket_url,
            expires_at: data.expires_at,
            corp_id: data.corp_id,
            supported_events: data
                .supported_events
                .iter()
                .map(|kind| EventKind::from(kind.as_str()))
                .collect(),
        };
        let credential = ConferenceCredential::new(self.conference_id.clone(), data.token);
        Ok(Held::new(
            HeldSecret::Conference(credential, Arc::new(grant)),
            now,
            lifetime,
        ))
    }

    fn is_refused(&self, error: &ServiceError) -> bool {
        // The service also says of a control token what it says of an access token.
        error.is_conference_token_refused()
            || error.is_token_expired()
            || error.status() == http::StatusCode::UNAUTHORIZED
    }
}
