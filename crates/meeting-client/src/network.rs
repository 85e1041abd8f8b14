//! Settings of connections, for transports and event channels alike.

use crate::{
    proxy::{Proxy, ProxySettings},
    tls::TrustStore,
};

/// Settings of connections: which certificates are trusted, and which proxies stand in between. Cheap
/// to clone.
///
/// A [`TrustStore`] converts into it, without a proxy.
///
/// ```
/// use meeting_client::{Network, proxy::Proxy, tls::TrustStore};
///
/// let proxy: Proxy = "http://proxy.example.com:3128".parse()?;
/// let network = Network::new().trust(TrustStore::default()).proxy(proxy);
/// # drop(network);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Network {
    trust: TrustStore,
    proxies: ProxySettings,
}

impl Network {
    /// The default trust, and no proxy.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Which certificates servers may show. It also holds for proxies that are spoken to over TLS.
    #[must_use]
    pub fn trust(mut self, trust: TrustStore) -> Self {
        self.trust = trust;
        self
    }

    /// Which connections go through which proxy.
    #[must_use]
    pub fn proxy(mut self, proxies: impl Into<ProxySettings>) -> Self {
        self.proxies = proxies.into();
        self
    }

    /// The certificates.
    #[must_use]
    pub fn trust_store(&self) -> &TrustStore {
        &self.trust
    }

    /// The proxies.
    #[must_use]
    pub fn proxies(&self) -> &ProxySettings {
        &self.proxies
    }

    /// The proxy for a connection to `host`; `None` where it goes straight there.
    #[must_use]
    pub fn proxy_for(&self, is_encrypted: bool, host: &str, port: u16) -> Option<&Proxy> {
        self.proxies.proxy_for(is_encrypted, host, port)
    }
}

impl From<TrustStore> for Network {
    fn from(trust: TrustStore) -> Self {
        Self::new().trust(trust)
    }
}

impl From<&TrustStore> for Network {
    fn from(trust: &TrustStore) -> Self {
        trust.clone().into()
    }
}

impl From<&Network> for Network {
    fn from(network: &Network) -> Self {
        network.clone()
    }
}
