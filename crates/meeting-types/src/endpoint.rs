//! Where the service is.

use std::{fmt, net::IpAddr, str::FromStr};

use http::{
    Uri,
    uri::{Authority, Parts, PathAndQuery, Scheme},
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Visitor},
};

use crate::authority::{AuthorityFault, HostPort};

/// Address of the service: scheme, host, port, and a path prefix if a gateway wants one.
///
/// The host is a DNS name, an IPv4 address of four decimal numbers, or an IPv6 address in brackets.
/// Spellings that programs read differently are refused, such as `127.1`, `0x7f.1`, a dot at the end
/// or `%61pi.example.com`. Letters outside ASCII are written in their `xn--` form. Host names are kept
/// in lower case and IPv6 addresses in their short form.
///
/// Only `https` is taken, because every call carries a secret. `http` is taken for the loopback
/// host, and for others by [`plain_http`](Self::plain_http). serde writes the text, and reads what parsing
/// takes.
///
/// ```
/// use meeting_types::Endpoint;
///
/// let endpoint: Endpoint = "https://api.meeting.huaweicloud.com".parse()?;
/// assert_eq!(endpoint, Endpoint::china());
/// assert!("http://api.example.com".parse::<Endpoint>().is_err());
/// assert!("http://127.0.0.1:8080".parse::<Endpoint>().is_ok());
/// assert!(Endpoint::try_from("https://127.1").is_err());
/// # Ok::<(), meeting_types::EndpointError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    scheme: Scheme,
    authority: Authority,
    prefix: String,
    /// Whether plain text was allowed by name, as opposed to a loopback host.
    allows_plain: bool,
}

/// Reason why a text is no endpoint. It never holds the text, which may have a password in it.
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
    /// Letters outside ASCII.
    #[error(
        "endpoint has letters outside ASCII: write the host in its `xn--` form, and encode the path"
    )]
    NotAscii,
    /// A host that is neither a DNS name nor an address in its usual form: other programs would take
    /// it for another host, or for none.
    #[error(
        "host of the endpoint is neither a DNS name nor an IP address in its usual form: write `name.example`, `192.0.2.1` or `[2001:db8::1]`"
    )]
    Host,
    /// A port that is missing behind its colon, zero, too large or no number.
    #[error("port of the endpoint must be a number from 1 to 65535")]
    Port,
    /// A path with a segment `.` or `..`, or with a character that must be encoded: transports would
    /// call another path than was meant.
    #[error(
        "path of the endpoint must have no `.` or `..` segments and no characters that need encoding"
    )]
    Path,
}

impl From<AuthorityFault> for EndpointError {
    fn from(fault: AuthorityFault) -> Self {
        match fault {
            AuthorityFault::UserInfo => Self::UserInfo,
            AuthorityFault::Host => Self::Host,
            AuthorityFault::Port => Self::Port,
        }
    }
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
            allows_plain: false,
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
        let url = url.trim();
        if url.contains(['?', '#']) {
            return Err(EndpointError::Query);
        }
        let (scheme, rest) = url.split_once("://").ok_or(EndpointError::NotAUrl)?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if scheme.is_empty() || authority.is_empty() {
            return Err(EndpointError::NotAUrl);
        }
        if authority.contains('@') {
            return Err(EndpointError::UserInfo);
        }
        if !url.is_ascii() {
            return Err(EndpointError::NotAscii);
        }
        let host_port = HostPort::read(authority)?;
        if !is_plain_path(path) {
            return Err(EndpointError::Path);
        }
        let is = |name: &str| scheme.eq_ignore_ascii_case(name);
        let plain = is("http") && (plain_allowed || is_loopback(&host_port.host));
        let scheme = match (is("https"), plain) {
            (true, _) => Scheme::HTTPS,
            (_, true) => Scheme::HTTP,
            _ => return Err(EndpointError::NotHttps),
        };
        // A host of so few characters, and a port, are always an authority.
        let authority = Authority::try_from(host_port.to_authority());
        Ok(Self {
            scheme,
            authority: authority.map_err(|_| EndpointError::NotAUrl)?,
            prefix: path.trim_end_matches('/').to_owned(),
            allows_plain: plain_allowed,
        })
    }

    /// Whether [`plain_http`](Self::plain_http) made it: tokens may travel in the clear to any host.
    ///
    /// False for `http` to a loopback host that was merely parsed. That allows nothing for the hosts
    /// that a response names, such as the one of the event channel.
    #[must_use]
    pub fn allows_plain(&self) -> bool {
        self.allows_plain
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

/// Whether every parser leaves a path as it is: nothing to encode, and no segment that means to go
/// up, encoded or not.
fn is_plain_path(path: &str) -> bool {
    let bytes = path.as_bytes();
    let is_plain = |(index, byte): (usize, &u8)| match byte {
        b'%' => {
            matches!(bytes.get(index + 1..index + 3), Some(hex) if hex.iter().all(u8::is_ascii_hexdigit))
        }
        byte => byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@".contains(byte),
    };
    let is_dots = |segment: &str| {
        let segment = segment.to_ascii_lowercase().replace("%2e", ".");
        matches!(&*segment, "." | "..")
    };
    bytes.iter().enumerate().all(is_plain) && !path.split('/').any(is_dots)
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

impl TryFrom<&str> for Endpoint {
    type Error = EndpointError;

    fn try_from(url: &str) -> Result<Self, EndpointError> {
        url.parse()
    }
}

impl TryFrom<String> for Endpoint {
    type Error = EndpointError;

    fn try_from(url: String) -> Result<Self, EndpointError> {
        url.parse()
    }
}

/// Writes its text.
impl Serialize for Endpoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads what parsing takes. So `http` is an error for other hosts than this machine, though
/// [`plain_http`](Endpoint::plain_http) made the endpoint that was written: no file decides that
/// tokens travel in the clear. Read a text and call `plain_http` where that is meant.
impl<'de> Deserialize<'de> for Endpoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Url;

        impl Visitor<'_> for Url {
            type Value = Endpoint;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the URL of an endpoint, as https://host[:port]")
            }

            // Unlike `invalid_value`, this does not print the text, which may have a password in it.
            fn visit_str<E: Error>(self, url: &str) -> Result<Endpoint, E> {
                url.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Url)
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
