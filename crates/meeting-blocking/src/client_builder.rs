//! Settings of the blocking client.

use std::sync::Arc;

use meeting_client::{
    Anonymous, Config, Engine, LoggedIn, LoginCredentials, Network, OnStoreLoss, Sharing,
    proxy::{ProxyEnvError, ProxySettings},
};
use meeting_types::{Immediate, LoginStore, Pacer, Transport};

use crate::{Client, TrustStore, UreqTransport};

/// Settings of a [`Client`].
#[derive(Debug)]
pub struct ClientBuilder {
    config: Config,
    network: Network,
    #[cfg(feature = "gzip")]
    gzip: bool,
    sharing: Sharing,
}

impl ClientBuilder {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            config,
            network: Network::new(),
            #[cfg(feature = "gzip")]
            gzip: false,
            sharing: Sharing::default(),
        }
    }

    /// The store through which processes share one login. More than 64 processes that each log in end
    /// each other's tokens for ever; over a store they log in once. The default is none.
    ///
    /// `store` is `FileLogins` for the processes of one machine (feature `file-logins`), one of the crate
    /// `meeting-redis` for those of many, or a [`LoginStore`] of your own.
    ///
    /// ```
    /// use meeting_blocking::{Client, MemoryLogins};
    ///
    /// # let sim = meeting_sim::Simulator::start()?;
    /// let logins = MemoryLogins::new();
    /// let client = Client::builder(sim.endpoint())
    ///     .store(logins)
    ///     .with_credentials(sim.app_credential());
    /// # drop(client);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn store(mut self, store: impl LoginStore + Immediate + 'static) -> Self {
        self.sharing.set_logins(Arc::new(store));
        self
    }

    /// The pace that requests keep, logins included: below the limits of the service, among all clients
    /// of the same application or account. A call waits for its turn within its deadline. The default
    /// is none.
    ///
    /// `pacer` is a [`LocalPacer`](crate::LocalPacer) for one process, one of the crate `meeting-redis`
    /// for many, or a [`Pacer`] of your own.
    #[must_use]
    pub fn pace(mut self, pacer: impl Pacer + Immediate + 'static) -> Self {
        self.sharing.set_pacer(Arc::new(pacer));
        self
    }

    /// Choice for a client that needs a login while the store is away.
    #[must_use]
    pub fn on_store_loss(mut self, choice: OnStoreLoss) -> Self {
        self.sharing.set_on_store_loss(choice);
        self
    }

    /// Changes the settings that hold for all calls: deadline, retries, language.
    #[must_use]
    pub fn config(mut self, change: impl FnOnce(Config) -> Config) -> Self {
        self.config = change(self.config);
        self
    }

    /// Which certificates the service may show, also for event channels. The default is Mozilla's
    /// list of CAs.
    ///
    /// Event channels, and some hosts that replies name, are bare addresses, which the certificates
    /// of CAs do not name. [`TrustStore::verify_as`] and [`TrustStore::pin`] say what to expect there.
    #[must_use]
    pub fn trust(mut self, trust: TrustStore) -> Self {
        self.network = self.network.trust(trust);
        self
    }

    /// Asks the service for responses packed by gzip, for large lists over slow lines. The limit of 16 MiB
    /// holds for the packed and for the unpacked response. Off by default.
    ///
    /// A transport of your own is not touched: [`Gzip`](crate::Gzip) goes around it.
    #[cfg(feature = "gzip")]
    #[must_use]
    pub fn compressed_replies(mut self) -> Self {
        self.gzip = true;
        self
    }

    /// Which connections go through which proxy, event channels included. None by default, whatever the
    /// environment says.
    ///
    /// The default transport takes it as well; one of your own has its own settings.
    ///
    /// ```
    /// use meeting_blocking::{Client, proxy::Proxy, types::Endpoint};
    ///
    /// let proxy: Proxy = "http://name:password@proxy.example.com:3128".parse()?;
    /// let client = Client::builder(Endpoint::international()).proxy(proxy);
    /// # drop(client);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn proxy(mut self, proxies: impl Into<ProxySettings>) -> Self {
        self.network = self.network.proxy(proxies);
        self
    }

    /// Takes the proxies that the environment names: [`ProxySettings::from_env`].
    ///
    /// # Errors
    ///
    /// [`ProxyEnvError`] for a variable that cannot be read.
    pub fn proxy_from_env(self) -> Result<Self, ProxyEnvError> {
        Ok(self.proxy(ProxySettings::from_env()?))
    }

    /// A client without a login.
    #[must_use]
    pub fn anonymous(self) -> Client<Anonymous> {
        let transport = transport(&self.network);
        #[cfg(feature = "gzip")]
        if self.gzip {
            return self.anonymous_over(meeting_client::Gzip::new(transport));
        }
        self.anonymous_over(transport)
    }

    /// A client that logs in with `credentials` when the first call needs it.
    pub fn with_credentials(self, credentials: impl Into<LoginCredentials>) -> Client<LoggedIn> {
        let transport = transport(&self.network);
        #[cfg(feature = "gzip")]
        if self.gzip {
            return self.with_credentials_over(meeting_client::Gzip::new(transport), credentials);
        }
        self.with_credentials_over(transport, credentials)
    }

    /// A client without a login, over a transport of your own.
    pub fn anonymous_over(
        self,
        transport: impl Transport + Immediate + 'static,
    ) -> Client<Anonymous> {
        let engine = Engine::anonymous(self.config, Arc::new(transport));
        Client::over(self.sharing.anonymous(engine), self.network)
    }

    /// A client that logs in with `credentials`, over a transport of your own.
    pub fn with_credentials_over(
        self,
        transport: impl Transport + Immediate + 'static,
        credentials: impl Into<LoginCredentials>,
    ) -> Client<LoggedIn> {
        let engine = Engine::logged_in(self.config, Arc::new(transport), credentials.into());
        Client::over(self.sharing.logged_in(engine), self.network)
    }
}

/// The transport that a client has when none is given.
pub(crate) fn transport(network: &Network) -> UreqTransport {
    UreqTransport::builder()
        .trust(network.trust_store().clone())
        .proxy(network.proxies().clone())
        .build()
}
