//! Settings of the async transport.

use std::{sync::Arc, time::Duration};

use meeting_client::{
    Network,
    proxy::{ProxyEnvError, ProxySettings},
    tls::TrustStore,
};

use super::{CONNECT_TIMEOUT, LONGEST_TIMEOUT, MAX_REPLY_BYTES, ReqwestTransport};
use crate::{http_clients::OwnSettings, runtime_pools::RuntimePools};

/// The settings of a [`ReqwestTransport`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ReqwestTransportBuilder {
    trust: Option<TrustStore>,
    proxies: ProxySettings,
    connect_timeout: Duration,
    max_reply_bytes: usize,
    own: OwnSettings,
}

impl ReqwestTransportBuilder {
    pub(super) fn new() -> Self {
        Self {
            trust: None,
            proxies: ProxySettings::none(),
            connect_timeout: CONNECT_TIMEOUT,
            max_reply_bytes: MAX_REPLY_BYTES,
            own: OwnSettings::default(),
        }
    }

    /// Which certificates servers may show. Those of the public authorities by default.
    pub fn trust(mut self, trust: TrustStore) -> Self {
        self.trust = Some(trust);
        self
    }

    /// Which connections go through which proxy. None by default, whatever the environment says.
    ///
    /// To `https` a proxy opens a tunnel; requests to plain `http` it forwards, and sees. The time for
    /// opening a connection covers the proxy.
    pub fn proxy(mut self, proxies: impl Into<ProxySettings>) -> Self {
        self.proxies = proxies.into();
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

    /// Time limit for opening a connection, name lookup, proxy and TLS included. 5 seconds by default,
    /// 24 hours at most.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The largest reply body to accept, in bytes. 16 MiB by default.
    ///
    /// A larger one ends in [`TransportErrorKind::TooLarge`](crate::types::TransportErrorKind::TooLarge) as soon as that is known.
    pub fn max_reply_bytes(mut self, bytes: usize) -> Self {
        self.max_reply_bytes = bytes;
        self
    }

    /// Settings of reqwest of your own, such as keep-alive of TCP or a local address.
    ///
    /// They are applied first. Whatever this transport promises goes over them: no redirects, no repeats,
    /// no proxy of reqwest's, no unpacking, HTTP/1.1, certificates, and the time to connect. They do not
    /// hold for what goes through a [`proxy`](Self::proxy). reqwest is 0.13; settings that it does not take
    /// fail each request with [`TransportErrorKind::Request`](crate::types::TransportErrorKind::Request).
    ///
    /// ```
    /// use meeting_async::ReqwestTransport;
    /// use std::time::Duration;
    ///
    /// let transport = ReqwestTransport::builder()
    ///     .configure(|reqwest| reqwest.tcp_keepalive(Duration::from_secs(30)))
    ///     .build();
    /// # drop(transport);
    /// ```
    pub fn configure(
        mut self,
        configure: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.own = OwnSettings::new(configure);
        self
    }

    /// Makes the transport. Opens no connection yet, and may be called outside a runtime.
    #[must_use]
    pub fn build(self) -> ReqwestTransport {
        let network = Network::from(self.trust.unwrap_or_default()).proxy(self.proxies);
        let connect_timeout = self.connect_timeout.min(LONGEST_TIMEOUT);
        ReqwestTransport {
            pools: Arc::new(RuntimePools::new(network, connect_timeout, self.own)),
            max_reply_bytes: self.max_reply_bytes,
            origin: Arc::default(),
        }
    }
}
