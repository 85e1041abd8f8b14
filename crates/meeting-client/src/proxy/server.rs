//! One proxy: where it is, and what it is given as credentials.

use std::{fmt, str::FromStr, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use meeting_types::{Endpoint, EndpointError, Password};
use percent_encoding::percent_decode_str;

/// Address of an HTTP proxy, with the credentials for it. Cheap to clone.
///
/// It is read from a URL: `http://host:port`, or `https://host:port` for a proxy that is spoken to over
/// TLS. Without a scheme it is `http`, without a port that of the scheme, 80 or 443. A name and a
/// password may stand before the host, percent-encoded; no output ever shows the password.
///
/// ```
/// use meeting_client::proxy::Proxy;
///
/// let proxy: Proxy = "http://ann:p%40ss@proxy.example.com:3128".parse()?;
/// assert_eq!(proxy.to_string(), "http://proxy.example.com:3128");
/// let same = "proxy.example.com:3128".parse::<Proxy>()?.credentials("ann", "p@ss")?;
/// assert_eq!(proxy, same);
/// assert!("socks5://proxy.example.com".parse::<Proxy>().is_err());
/// # Ok::<(), meeting_client::proxy::ProxyUrlError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy(Arc<Server>);

#[derive(Clone, PartialEq, Eq)]
struct Server {
    is_tls: bool,
    /// An IPv6 address stands in brackets.
    host: String,
    port: u16,
    credentials: Option<Credentials>,
}

#[derive(Clone, PartialEq, Eq)]
struct Credentials {
    name: String,
    password: Password,
}

/// Reason why a text is no proxy. It never holds the text, which may have a password in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyUrlError {
    /// No URL with a host.
    #[error("not the URL of a proxy: write it as `http://host:port`")]
    NotAUrl,
    /// Another scheme than `http` and `https`.
    #[error("a proxy must be `http` or `https`: others, such as SOCKS, are not spoken")]
    Scheme,
    /// A host that is neither a DNS name nor an address in its usual form.
    #[error("host of the proxy is neither a DNS name nor an IP address in its usual form")]
    Host,
    /// A port that is no number from 1 to 65535.
    #[error("port of the proxy must be a number from 1 to 65535")]
    Port,
    /// Something behind host and port.
    #[error("the URL of a proxy must end behind its host and port")]
    Path,
    /// A name or a password that cannot be sent: a colon in the name, control characters, or an escape
    /// that is no text.
    #[error(
        "name and password for the proxy must be UTF-8, percent-encoded, without control characters, and the name without a colon"
    )]
    Credentials,
}

impl Proxy {
    /// Gives the proxy these credentials, by the Basic scheme. They travel in the clear unless the proxy
    /// is `https`.
    ///
    /// # Errors
    ///
    /// [`ProxyUrlError::Credentials`] for a colon in the name, or a control character.
    pub fn credentials(
        self,
        name: impl Into<String>,
        password: impl Into<Password>,
    ) -> Result<Self, ProxyUrlError> {
        let (name, password) = (name.into(), password.into());
        let is_odd = |text: &str| text.chars().any(char::is_control);
        if name.contains(':') || is_odd(&name) || is_odd(password.expose()) {
            return Err(ProxyUrlError::Credentials);
        }
        let mut server = Arc::unwrap_or_clone(self.0);
        server.credentials = Some(Credentials { name, password });
        Ok(Self(Arc::new(server)))
    }

    /// True when the proxy itself is spoken to over TLS.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.0.is_tls
    }

    /// Name or address of the proxy. An IPv6 address stands in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.0.host
    }

    /// Port of the proxy.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.0.port
    }

    /// True when there are credentials for it.
    #[must_use]
    pub fn has_credentials(&self) -> bool {
        self.0.credentials.is_some()
    }

    /// `host:port`, which errors name.
    pub(super) fn authority(&self) -> String {
        format!("{}:{}", self.0.host, self.0.port)
    }

    /// Value of the header that carries the credentials. A secret.
    pub(super) fn authorization(&self) -> Option<String> {
        let Credentials { name, password } = self.0.credentials.as_ref()?;
        let pair = format!("{name}:{}", password.expose());
        Some(format!("Basic {}", STANDARD.encode(pair)))
    }
}

impl FromStr for Proxy {
    type Err = ProxyUrlError;

    fn from_str(url: &str) -> Result<Self, ProxyUrlError> {
        let url = url.trim();
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let is_tls = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return Err(ProxyUrlError::Scheme),
        };
        let (before, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        // A password with an `@` that nobody encoded is still a password.
        let (user_info, authority) = match before.rsplit_once('@') {
            Some((user_info, authority)) => (Some(user_info), authority),
            None => (None, before),
        };
        if !matches!(path, "" | "/") {
            return Err(ProxyUrlError::Path);
        }
        let scheme = if is_tls { "https" } else { "http" };
        // The rules for the host of an endpoint are right for that of a proxy.
        let address = Endpoint::plain_http(&format!("{scheme}://{authority}"));
        let address = address.map_err(|error| match error {
            EndpointError::NotAUrl => ProxyUrlError::NotAUrl,
            EndpointError::Port => ProxyUrlError::Port,
            _ => ProxyUrlError::Host,
        })?;
        let host = address.host().to_owned();
        let port = address
            .to_string()
            .rsplit_once(':')
            .and_then(|(_, port)| port.parse().ok());
        let server = Server {
            is_tls,
            host,
            port: port.unwrap_or(if is_tls { 443 } else { 80 }),
            credentials: None,
        };
        let proxy = Self(Arc::new(server));
        let Some(user_info) = user_info else {
            return Ok(proxy);
        };
        let (name, password) = user_info.split_once(':').unwrap_or((user_info, ""));
        let decoded = |text| {
            let decoded = percent_decode_str(text).decode_utf8();
            decoded.map_err(|_| ProxyUrlError::Credentials)
        };
        proxy.credentials(decoded(name)?, &*decoded(password)?)
    }
}

impl TryFrom<&str> for Proxy {
    type Error = ProxyUrlError;

    fn try_from(url: &str) -> Result<Self, ProxyUrlError> {
        url.parse()
    }
}

/// The URL without the credentials.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.0.is_tls { "https" } else { "http" };
        write!(f, "{scheme}://{}:{}", self.0.host, self.0.port)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let with = if self.has_credentials() {
            ", with credentials"
        } else {
            ""
        };
        write!(f, "Proxy({self}{with})")
    }
}
