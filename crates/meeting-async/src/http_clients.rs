//! The clients of reqwest that a transport is made of.

use std::{
    collections::{HashMap, hash_map::Entry},
    fmt,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use http::{HeaderValue, header::HOST};
use meeting_client::{Network, proxy::Forward, tls::TrustStore, unversioned};
use reqwest::{Client, ClientBuilder, redirect, retry};

use crate::proxied_client::ProxiedClient;

/// A connection that idled longer is not reused: servers and firewalls forget them silently.
const MAX_IDLE: Duration = Duration::from_secs(30);

/// One client for nearly everything, and one for each address that is verified as a name.
///
/// reqwest tells the server the host of the URL in the TLS handshake, and an address cannot be told
/// there. So the name stands in the URL; which address it leads to is a setting of the client.
pub(crate) struct HttpClients {
    usual: Client,
    named: Mutex<HashMap<IpAddr, Client>>,
    /// Made when the first request goes through a proxy.
    proxied: OnceLock<ProxiedClient>,
    network: Network,
    connect_timeout: Duration,
    own: OwnSettings,
}

/// Settings of reqwest that the program makes by itself.
#[derive(Clone, Default)]
pub(crate) struct OwnSettings(Option<Arc<Configure>>);

type Configure = dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync;

impl OwnSettings {
    pub(crate) fn new(
        configure: impl Fn(ClientBuilder) -> ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        Self(Some(Arc::new(configure)))
    }
}

impl fmt::Debug for OwnSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Some(..)" } else { "None" })
    }
}

impl HttpClients {
    pub(crate) fn new(
        network: Network,
        connect_timeout: Duration,
        own: OwnSettings,
    ) -> reqwest::Result<Self> {
        Ok(Self {
            usual: client(network.trust_store(), connect_timeout, &own, None)?,
            named: Mutex::default(),
            proxied: OnceLock::new(),
            network,
            connect_timeout,
            own,
        })
    }

    /// The client for a request that goes through a proxy, and the proxy if it is to forward the request.
    pub(crate) fn proxied(
        &self,
        request: &reqwest::Request,
    ) -> Option<(ProxiedClient, Option<Forward>)> {
        if self.network.proxies().is_none() {
            return None;
        }
        let url = request.url();
        let secure = url.scheme() == "https";
        let port = url.port_or_known_default()?;
        let proxy = self.network.proxy_for(secure, url.host_str()?, port)?;
        let client = self.proxied.get_or_init(|| {
            ProxiedClient::new(self.network.clone(), self.connect_timeout, MAX_IDLE)
        });
        Some((client.clone(), (!secure).then(|| Forward::by(proxy))))
    }

    /// The client for a request that goes straight to its host. Where that needs it, the host of the request becomes a name.
    pub(crate) fn choose(&self, request: &mut reqwest::Request) -> Client {
        self.choose_named(request)
            .unwrap_or_else(|| self.usual.clone())
    }

    fn choose_named(&self, request: &mut reqwest::Request) -> Option<Client> {
        let url = request.url();
        let host = url.host_str().filter(|_| url.scheme() == "https")?;
        let address = host.trim_matches(['[', ']']).parse().ok()?;
        let name = self.network.trust_store().name_of(address)?;
        let mut named_url = url.clone();
        named_url.set_host(Some(name)).ok()?;
        // Some odd names are addresses to URLs. They would lead elsewhere; without them the name is
        // still verified, and only not told.
        if !named_url.host_str()?.eq_ignore_ascii_case(name) {
            return None;
        }
        // What the server would be told without the name.
        let told = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let told = HeaderValue::try_from(told).ok()?;
        *request.url_mut() = named_url;
        request.headers_mut().entry(HOST).or_insert(told);

        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        let client = match named.entry(address) {
            Entry::Occupied(client) => client.into_mut(),
            Entry::Vacant(place) => {
                let trust = self.network.trust_store();
                let named = Some((name, address));
                // Built before with the same settings, but for the name.
                place.insert(client(trust, self.connect_timeout, &self.own, named).ok()?)
            }
        };
        Some(client.clone())
    }
}

/// A client, for which a name may lead to an address without a lookup.
fn client(
    trust: &TrustStore,
    connect_timeout: Duration,
    own: &OwnSettings,
    named: Option<(&str, IpAddr)>,
) -> reqwest::Result<Client> {
    let client = match &own.0 {
        Some(configure) => configure(Client::builder()),
        None => Client::builder(),
    };
    // What the documentation promises goes over what the program wants.
    let mut client = client
        // reqwest wants the configuration by value; the copy shares verifier and session cache.
        .tls_backend_preconfigured((*unversioned::client_config(trust)).clone())
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(MAX_IDLE)
        .tcp_nodelay(true)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy()
        // Heads that browsers read are read. The blocking transport sets the same switches.
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        // The features behind these may be on because of another crate in the program.
        .http1_only()
        .no_hickory_dns()
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate();
    if let Some((name, address)) = named {
        // The port is that of the URL.
        client = client.resolve(name, SocketAddr::new(address, 0));
    }
    client.build()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "these are tests")]

    use meeting_client::tls::Addresses;

    use super::*;

    /// The URL and the `host` header, as the client gets them.
    fn chosen(name: &str, url: &str) -> (String, Option<String>) {
        let trust = TrustStore::bundled();
        let trust = trust.verify_as(Addresses::All, name).unwrap();
        let clients =
            HttpClients::new(trust.into(), Duration::from_secs(1), OwnSettings::default()).unwrap();
        let mut request = reqwest::Request::new(http::Method::GET, url.parse().unwrap());
        let _ = clients.choose(&mut request);
        let host = request.headers().get(HOST);
        let host = host.map(|host| host.to_str().unwrap().to_owned());
        (request.url().to_string(), host)
    }

    #[test]
    fn the_name_stands_for_the_address_in_the_url() {
        for (url, named, host) in [
            (
                "https://192.0.2.1/a?b",
                "https://example.com/a?b",
                "192.0.2.1",
            ),
            (
                "https://192.0.2.1:8443/",
                "https://example.com:8443/",
                "192.0.2.1:8443",
            ),
            ("https://[::1]:443/", "https://example.com/", "[::1]"),
        ] {
            let expected = (named.to_owned(), Some(host.to_owned()));
            assert_eq!(chosen("Example.com", url), expected);
        }
    }

    #[test]
    fn other_urls_stay_as_they_are() {
        for (name, url) in [
            ("example.com", "http://192.0.2.1/"),
            ("example.com", "https://example.org/"),
            // To a URL, this name is an address.
            ("0x7f000001", "https://192.0.2.1/"),
        ] {
            assert_eq!(chosen(name, url), (url.to_owned(), None));
        }
    }
}
