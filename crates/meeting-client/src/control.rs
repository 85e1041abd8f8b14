//! Control of one running meeting: its token, kept alive, and its calls.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use meeting_types::{
    Answer, ConferenceCredential, ConferenceId, ConferenceToken, CorpId, Endpoint, Operation,
    OperationInfo, Password, ServiceError, Timestamp, WebSocketToken,
    models::{ConferenceTokenGrant, ParticipantRole},
    operations::{CreateConfToken, CreateWebSocketToken},
};

use crate::{
    Anonymous, Engine, Error,
    token::{Fetch, Held, HeldSecret, Lease, TokenSource, TokenStore},
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
    /// The events that the service offers, by their wire names.
    pub supported_events: Vec<String>,
}

/// The engine of a control session. The sessions of `meeting-async` and `meeting-blocking` are thin
/// shells over it.
///
/// The control token is renewed in the last tenth of its life by whichever call comes then, and
/// replaced once when the service refuses it.
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
        let source = Arc::new(ConferenceSource {
            conference_id,
            password,
            endpoint: engine.config().endpoint().clone(),
            store: Arc::default(),
        });
        let control = Self { engine, source };
        control.renew().await?;
        Ok(control)
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
    pub async fn send<O>(&self, operation: &O) -> Result<O::Reply, Error>
    where
        O: Operation<Credential = ConferenceCredential>,
    {
        Ok(self.answer(operation).await?.into_value())
    }

    /// Runs an operation and returns the whole reply.
    ///
    /// # Errors
    ///
    /// [`Error`], by phase.
    pub async fn answer<O>(&self, operation: &O) -> Result<Answer<O::Reply>, Error>
    where
        O: Operation<Credential = ConferenceCredential>,
    {
        Ok(O::read_reply(self.raw(operation).await?)?)
    }

    /// Runs an operation and returns what came, refusals included.
    ///
    /// # Errors
    ///
    /// [`Error`] when no reply came.
    pub async fn raw<O>(&self, operation: &O) -> Result<http::Response<Bytes>, Error>
    where
        O: Operation<Credential = ConferenceCredential>,
    {
        self.engine
            .exchange(operation, O::INFO, Some(&*self.source))
            .await
    }

    /// Renews the control token now.
    ///
    /// # Errors
    ///
    /// [`Error`], by phase. While the old token is good, calls go on with it.
    pub async fn renew(&self) -> Result<(), Error> {
        let store = &self.source.store;
        store.renew_from(self.engine.now());
        let Lease::Fetch(ticket, old) = store.lease(self.engine.now(), &mut None) else {
            // Another caller renews it already.
            return Ok(());
        };
        let operation = self.source.request(old.as_deref(), self.engine.now());
        let reply = self
            .engine
            .exchange(&operation, CreateConfToken::INFO, None)
            .await?;
        ticket.succeed(
            self.source
                .read(self.engine.now(), CreateConfToken::INFO, reply)?,
        );
        Ok(())
    }

    /// How long it is until the token wants to be renewed; nothing when there is no token.
    #[must_use]
    pub fn renewal_due_in(&self) -> Option<Duration> {
        let at = self.source.store.renew_at()?;
        Some(at.duration_since(self.engine.now()).unwrap_or_default())
    }

    /// Takes a token for one event connection. It is good for a minute.
    ///
    /// # Errors
    ///
    /// [`Error`], by phase.
    pub async fn web_socket_token(&self) -> Result<WebSocketToken, Error> {
        // The minute begins before the reply arrives.
        let asked_at = self.engine.now();
        let issued = self.send(&CreateWebSocketToken::new()).await?;
        Ok(issued.token.with_issued_at(asked_at))
    }
}

/// The control token that all calls of a session share.
#[derive(Debug)]
struct ConferenceSource {
    conference_id: ConferenceId,
    password: Password,
    endpoint: Endpoint,
    store: Arc<TokenStore>,
}

impl ConferenceSource {
    /// Asks for a token. The current one goes along to be kept alive; should the service have
    /// forgotten it, the password gets a new one by the same request.
    fn request(&self, held: Option<&Held>, now: SystemTime) -> CreateConfToken {
        let operation =
            CreateConfToken::new(self.conference_id.clone()).password(self.password.clone());
        match held.map(|held| (&held.secret, held.expires_at)) {
            Some((HeldSecret::Conference(credential, _), end)) if now < end => {
                operation.keep_alive(credential.token.clone())
            }
            _ => operation,
        }
    }
}

impl TokenSource for ConferenceSource {
    fn store(&self) -> &Arc<TokenStore> {
        &self.store
    }

    fn fetch(&self, way: u32, now: SystemTime, held: Option<&Held>) -> Option<Fetch> {
        (way == 0).then(|| Fetch {
            info: CreateConfToken::INFO,
            request: self.request(held, now).to_request(&self.endpoint, &()),
        })
    }

    fn read(
        &self,
        now: SystemTime,
        _: &OperationInfo,
        reply: http::Response<Bytes>,
    ) -> Result<Held, Error> {
        let ConferenceTokenGrant { data, .. } = CreateConfToken::read_reply(reply)?.into_value();
        let lifetime = data
            .valid_for
            .filter(|lifetime| (1..LONGEST_LIFETIME.as_secs()).contains(&lifetime.as_secs()))
            .unwrap_or(DOCUMENTED_LIFETIME);
        let grant = Grant {
            role: data.role,
            web_socket_url: data.web_socket_url,
            expires_at: data.expires_at,
            corp_id: data.corp_id,
            supported_events: data.supported_events,
        };
        let credential = ConferenceCredential::new(self.conference_id.clone(), data.token);
        Ok(Held::new(
            HeldSecret::Conference(credential, Arc::new(grant)),
            now,
            lifetime,
        ))
    }

    fn is_refused(&self, error: &ServiceError) -> bool {
        error.is_conference_token_refused() || error.status() == http::StatusCode::UNAUTHORIZED
    }
}
