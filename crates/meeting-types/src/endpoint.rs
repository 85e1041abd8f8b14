//! Where the service is.

use std::{fmt, net::IpAddr, str::FromStr};

use http::{
    Uri,
    uri::{Authority, Parts, PathAndQuery, Scheme},
};

/// The address of the service: scheme, host, port, and a path prefix if a gateway wants one.
///
/// Only `https` is taken, because every call carries a secret. `http` is taken for the loopback
/// host, and for others by [`plain_http`](Self::plain_http).
///
/// ```
/// use meeting_types::Endpoint;
///
/// let endpoint: Endpoint = "https://api.meeting.huaweicloud.com".parse()?;
/// assert_eq!(endpoint, Endpoint::china());
/// assert!("http://api.example.com".parse::<Endpoint>().is_err());
/// assert!("http://127.0.0.1:8080".parse::<Endpoint>().is_ok());
/// # Ok::<(), meeting_types::EndpointError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    scheme: Scheme,
    authority: Authority,
    prefix: String,
}

/// Why a text is no endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// Not a URL with a scheme and a host.
    #[error("endpoint is not a URL: write it as `https://host[:port]`")]
    NotAUrl,
    /// Neither `https` nor allowed to be `http`.
    #[error(
        "endpoint is not https: a token would travel in the clear; use https, or `Endpoint::plain_http` if that is meant"
    )]
    NotHttps,
    /// A name and password before the host.
    #[error("endpoint must not contain a user name or password")]
    UserInfo,
    /// A query or a fragment behind the path.
    #[error("endpoint must not contain a query or a fragment")]
    Query,
}

impl Endpoint {
    /// The service in mainland China, `https://api.meeting.huaweicloud.com`.
    #[must_use]
    pub fn china() -> Self {
        Self::known("api.meeting.huaweicloud.com")
    }

    /// The international service, `https://api-intl.meeting.huaweicloud.com`.
    #[must_use]
    pub fn international() -> Self {
        Self::known("api-intl.meeting.huaweicloud.com")
    }

    fn known(host: &'static str) -> Self {
        Self {
            scheme: Scheme::HTTPS,
            authority: Authority::from_static(host),
            prefix: String::new(),
        }
    }

    /// Reads an endpoint that may be `http` on any host. Tokens and passwords then travel in the
    /// clear.
    ///
    /// # Errors
    ///
    /// As for parsing, save [`EndpointError::NotHttps`] for `http`.
    pub fn plain_http(url: &str) -> Result<Self, EndpointError> {
        Self::read(url, true)
    }

    fn read(url: &str, plain_allowed: bool) -> Result<Self, EndpointError> {
        if url.contains('#') {
            return Err(EndpointError::Query);
        }
        let uri: Uri = url.trim().parse().map_err(|_| EndpointError::NotAUrl)?;
        let Parts {
            scheme: Some(scheme),
            authority: Some(authority),
            path_and_query,
            ..
        } = uri.into_parts()
        else {
            return Err(EndpointError::NotAUrl);
        };
        if authority.host().is_empty() {
            return Err(EndpointError::NotAUrl);
        }
        if authority.as_str().contains('@') {
            return Err(EndpointError::UserInfo);
        }
        let says_port = authority.as_str().len() > authority.host().len();
        if says_port && authority.port_u16().is_none() {
            return Err(EndpointError::NotAUrl);
        }
        let path = path_and_query.as_ref();
        if path.is_some_and(|path| path.query().is_some()) {
            return Err(EndpointError::Query);
        }
        let plain = scheme == Scheme::HTTP && (plain_allowed || is_loopback(authority.host()));
        if scheme != Scheme::HTTPS && !plain {
            return Err(EndpointError::NotHttps);
        }
        let prefix = path
            .map_or("", PathAndQuery::path)
            .trim_end_matches('/')
            .to_owned();
        Ok(Self {
            scheme,
            authority,
            prefix,
        })
    }

    /// `https` or `http`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.scheme.as_str()
    }

    /// The host name or address, without the port.
    #[must_use]
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// What stands before the path of each operation; empty for the service itself.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) fn uri(&self, path_and_query: PathAndQuery) -> Uri {
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(path_and_query);
        // All three parts are present and valid, which is all that `from_parts` asks for.
        Uri::from_parts(parts).unwrap_or_default()
    }
}

/// Whether a host is this machine: `localhost`, 127.0.0.0/8 or `[::1]`.
#[must_use]
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(url: &str) -> Result<Self, EndpointError> {
        Self::read(url, false)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.prefix)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({self})")
    }
}
