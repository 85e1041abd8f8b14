//! The async and the blocking client, as one trait that is called from a thread.

use std::{net::SocketAddr, time::Duration};

use anyhow::Result;
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use meeting_client::{
    CanAuthorize, Config, Error, LoggedIn, LoginCredentials,
    channel::ChannelError,
    follow::{LiveMeeting, LiveOptions, Notice},
};
use meeting_types::{
    ConferenceCredential, ConferenceId, Endpoint, Immediate, NonBlocking, Operation, Password,
    Transport, TransportError,
};
use tokio::runtime::{Builder, Runtime};

/// Where a client goes, and how.
pub(crate) struct Setup {
    /// The proxy.
    pub(crate) proxy: SocketAddr,
    /// The simulator behind it, whose event channels must be reached through the proxy too.
    pub(crate) sim: SocketAddr,
    pub(crate) credentials: LoginCredentials,
    pub(crate) configure: fn(Config) -> Config,
}

impl Setup {
    fn endpoint(&self) -> Result<Endpoint> {
        Ok(Endpoint::plain_http(&format!("http://{}", self.proxy))?)
    }

    fn over<T>(&self, transport: T) -> Redirected<T> {
        Redirected {
            transport,
            from: format!("ws://{}", self.sim),
            to: format!("ws://{}", self.proxy),
        }
    }
}

/// What following a meeting brought.
#[derive(Debug)]
pub(crate) enum Told {
    Notice(Notice),
    /// Nothing within the time.
    Nothing,
    /// The last item came before.
    Over,
    Failed(Error),
}

/// A client, driven from a thread.
pub(crate) trait Client: Sized {
    const NAME: &'static str;
    type Control;
    type Events;

    fn new(setup: &Setup) -> Result<Self>;
    fn send<O: Operation>(&self, operation: &O) -> Result<O::Output, Error>
    where
        LoggedIn: CanAuthorize<O::Authorization>;
    fn log_out(&self) -> Result<(), Error>;
    fn control(&self, id: &ConferenceId, password: &Password) -> Result<Self::Control, Error>;
    fn command<O>(&self, control: &Self::Control, operation: &O) -> Result<O::Output, Error>
    where
        O: Operation<Authorization = ConferenceCredential>;
    fn events(&self, control: &Self::Control, options: LiveOptions) -> Result<Self::Events, Error>;
    fn next(&self, events: &mut Self::Events, within: Duration) -> Told;
    fn meeting(events: &Self::Events) -> &LiveMeeting;
}

/// The async client on a runtime of one thread.
pub(crate) struct OnTokio {
    client: meeting_async::Client,
    runtime: Runtime,
}

impl Client for OnTokio {
    const NAME: &'static str = "async";
    type Control = meeting_async::Control;
    type Events = meeting_async::LiveEvents;

    fn new(setup: &Setup) -> Result<Self> {
        let transport = setup.over(meeting_async::ReqwestTransport::new());
        let builder = meeting_async::Client::builder(setup.endpoint()?).config(setup.configure);
        Ok(Self {
            client: builder.with_credentials_over(transport, setup.credentials.clone()),
            runtime: Builder::new_current_thread().enable_all().build()?,
        })
    }

    fn send<O: Operation>(&self, operation: &O) -> Result<O::Output, Error>
    where
        LoggedIn: CanAuthorize<O::Authorization>,
    {
        self.runtime.block_on(self.client.send(operation))
    }

    fn log_out(&self) -> Result<(), Error> {
        self.runtime.block_on(self.client.log_out())
    }

    fn control(&self, id: &ConferenceId, password: &Password) -> Result<Self::Control, Error> {
        let control = self.client.control(id.clone(), password.clone());
        self.runtime.block_on(control)
    }

    fn command<O>(&self, control: &Self::Control, operation: &O) -> Result<O::Output, Error>
    where
        O: Operation<Authorization = ConferenceCredential>,
    {
        self.runtime.block_on(control.send(operation))
    }

    fn events(&self, control: &Self::Control, options: LiveOptions) -> Result<Self::Events, Error> {
        self.runtime.block_on(control.events_with(options))
    }

    fn next(&self, events: &mut Self::Events, within: Duration) -> Told {
        self.runtime.block_on(async {
            match tokio::time::timeout(within, events.next()).await {
                Ok(Some(Ok(notice))) => Told::Notice(notice),
                Ok(Some(Err(error))) => Told::Failed(error),
                Ok(None) => Told::Over,
                Err(_) => Told::Nothing,
            }
        })
    }

    fn meeting(events: &Self::Events) -> &LiveMeeting {
        events.meeting()
    }
}

/// The blocking client.
pub(crate) struct OnThread(meeting_blocking::Client);

impl Client for OnThread {
    const NAME: &'static str = "blocking";
    type Control = meeting_blocking::Control;
    type Events = meeting_blocking::LiveEvents;

    fn new(setup: &Setup) -> Result<Self> {
        let transport = setup.over(meeting_blocking::UreqTransport::new());
        let builder = meeting_blocking::Client::builder(setup.endpoint()?).config(setup.configure);
        Ok(Self(builder.with_credentials_over(
            transport,
            setup.credentials.clone(),
        )))
    }

    fn send<O: Operation>(&self, operation: &O) -> Result<O::Output, Error>
    where
        LoggedIn: CanAuthorize<O::Authorization>,
    {
        self.0.send(operation)
    }

    fn log_out(&self) -> Result<(), Error> {
        self.0.log_out()
    }

    fn control(&self, id: &ConferenceId, password: &Password) -> Result<Self::Control, Error> {
        self.0.control(id.clone(), password.clone())
    }

    fn command<O>(&self, control: &Self::Control, operation: &O) -> Result<O::Output, Error>
    where
        O: Operation<Authorization = ConferenceCredential>,
    {
        control.send(operation)
    }

    fn events(&self, control: &Self::Control, options: LiveOptions) -> Result<Self::Events, Error> {
        control.events_with(options)
    }

    fn next(&self, events: &mut Self::Events, within: Duration) -> Told {
        match events.next_timeout(within) {
            Ok(Some(notice)) => Told::Notice(notice),
            Ok(None) => Told::Nothing,
            Err(Error::Channel(ChannelError::Over)) => Told::Over,
            Err(_) if events.meeting().is_over() => Told::Over,
            Err(error) => Told::Failed(error),
        }
    }

    fn meeting(events: &Self::Events) -> &LiveMeeting {
        events.meeting()
    }
}

/// Names the proxy where a response names the simulator, so that event channels meet the faults too.
struct Redirected<T> {
    transport: T,
    from: String,
    to: String,
}

#[async_trait]
impl<T: Transport> Transport for Redirected<T> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let response = self.transport.send(request).await?;
        Ok(response.map(|body| match std::str::from_utf8(&body) {
            Ok(text) if text.contains(&self.from) => text.replace(&self.from, &self.to).into(),
            _ => body,
        }))
    }

    async fn sleep(&self, delay: Duration) {
        self.transport.sleep(delay).await;
    }
}

impl<T: NonBlocking> NonBlocking for Redirected<T> {}
impl<T: Immediate> Immediate for Redirected<T> {}
