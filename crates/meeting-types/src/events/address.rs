//! Where a live channel connects to, once.

use std::{fmt, time::SystemTime};

use http::{
    Uri,
    uri::{Authority, Parts},
};
use percent_encoding::utf8_percent_encode;
use zeroize::Zeroizing;

use crate::{
    ConferenceId, SecretText, WebSocketToken,
    authority::{AuthorityFault, HostPort},
    endpoint::is_loopback,
    request::ESCAPED,
};

/// What stands behind the address that the service hands out.
const PATH: &str = "/cms/open/websocket/confctl/increment/conn";

/// Address of one WebSocket connection, with the token that opens it.
///
/// The host is a DNS name or an IP address in its usual form, as for [`Endpoint`](crate::Endpoint).
///
/// Making one takes the token away, and connecting takes the address away: the service takes a
/// token once. A second connection with the same token does not compile:
///
/// ```compile_fail,E0382
/// use meeting_types::{ConferenceId, WebSocketToken, events::ChannelAddress};
///
/// let token = WebSocketToken::new("cnr0123");
/// let id = ConferenceId::new("900487914");
/// let first = ChannelAddress::new("wss://192.0.2.1:443", &id, token);
/// let second = ChannelAddress::new("wss://192.0.2.1:443", &id, token);
/// ```
///
/// Only `wss` is taken, because the token travels in the address. `ws` is taken for the loopback
/// host, and for others by [`allow_plain_ws`](Self::allow_plain_ws). `Debug` and `Display` print
/// everything but the token.
///
/// ```
/// use meeting_types::{ConferenceId, WebSocketToken, events::ChannelAddress};
///
/// let id = ConferenceId::new("900487914");
/// let address = ChannelAddress::new("wss://192.0.2.1", &id, WebSocketToken::new("cnr0123"))?;
/// assert_eq!(address.host(), "192.0.2.1");
/// assert_eq!(address.port(), 443);
/// assert!(!address.to_string().contains("cnr0123"));
/// # Ok::<(), meeting_types::events::ChannelAddressError>(())
/// ```
pub struct ChannelAddress {
    is_tls: bool,
    authority: Authority,
    port: u16,
    prefix: String,
    conference_id: ConferenceId,
    token: WebSocketToken,
}

/// Reason why a text is no address of a live channel. The token is spent with the attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelAddressError {
    /// Not a URL with a scheme and a host.
    #[error("WebSocket address is not a URL: expected `wss://host[:port]`")]
    NotAUrl,
    /// Neither `wss` nor allowed to be `ws`.
    #[error(
        "WebSocket address is not wss: the token would travel in the clear; use wss, or `ChannelAddress::allow_plain_ws` if that is meant"
    )]
    NotWss,
    /// A name and password before the host.
    #[error("WebSocket address must not contain a user name or password")]
    UserInfo,
    /// A query or a fragment behind the path.
    #[error("WebSocket address must not contain a query or a fragment")]
    Query,
    /// A host that is neither a DNS name nor an address in its usual form.
    #[error(
        "host of the WebSocket address is neither a DNS name nor an IP address in its usual form"
    )]
    Host,
    /// A port that is missing behind its colon, zero, too large or no number.
    #[error("port of the WebSocket address must be a number from 1 to 65535")]
    Port,
    /// A conference id or a token without any text.
    #[error("conference id and token must not be blank")]
    Blank,
}

impl From<AuthorityFault> for ChannelAddressError {
    fn from(fault: AuthorityFault) -> Self {
        match fault {
            AuthorityFault::UserInfo => Self::UserInfo,
            AuthorityFault::Host => Self::Host,
            AuthorityFault::Port => Self::Port,
        }
    }
}

impl ChannelAddress {
    /// The address of the channel of the meeting `conference_id`, at the `wsURL` that came with
    /// the control token.
    ///
    /// # Errors
    ///
    /// [`ChannelAddressError`] when `ws_url` is no `wss` URL, or has parts that do not belong there.
    pub fn new(
        ws_url: &str,
        conference_id: &ConferenceId,
        token: WebSocketToken,
    ) -> Result<Self, ChannelAddressError> {
        Self::read(ws_url, conference_id, token, false)
    }

    /// As [`new`](Self::new), and takes `ws` for any host. Tokens and passwords then travel in the
    /// clear.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new), save [`ChannelAddressError::NotWss`] for `ws`.
    pub fn allow_plain_ws(
        ws_url: &str,
        conference_id: &ConferenceId,
        token: WebSocketToken,
    ) -> Result<Self, ChannelAddressError> {
        Self::read(ws_url, conference_id, token, true)
    }

    fn read(
        ws_url: &str,
        conference_id: &ConferenceId,
        token: WebSocketToken,
        plain_allowed: bool,
    ) -> Result<Self, ChannelAddressError> {
        if ws_url.contains('#') {
            return Err(ChannelAddressError::Query);
        }
        let uri: Uri = ws_url
            .trim()
            .parse()
            .map_err(|_| ChannelAddressError::NotAUrl)?;
        let Parts {
            scheme: Some(scheme),
            authority: Some(authority),
            path_and_query: Some(path),
            ..
        } = uri.into_parts()
        else {
            return Err(ChannelAddressError::NotAUrl);
        };
        if authority.as_str().contains('@') {
            return Err(ChannelAddressError::UserInfo);
        }
        if path.query().is_some() {
            return Err(ChannelAddressError::Query);
        }
        let host_port = HostPort::read(authority.as_str())?;
        let is = |name: &str| scheme.as_str().eq_ignore_ascii_case(name);
        let is_tls = is("wss");
        let is_plain = is("ws") && (plain_allowed || is_loopback(&host_port.host));
        if !is_tls && !is_plain {
            return Err(ChannelAddressError::NotWss);
        }
        let port = host_port.port.unwrap_or(if is_tls { 443 } else { 80 });
        let authority = Authority::try_from(host_port.to_authority())
            .map_err(|_| ChannelAddressError::NotAUrl)?;
        let is_blank = |text: &str| text.trim().is_empty();
        if is_blank(conference_id.as_str()) || is_blank(token.expose()) {
            return Err(ChannelAddressError::Blank);
        }
        Ok(Self {
            is_tls,
            port,
            prefix: path.path().trim_end_matches('/').to_owned(),
            authority,
            conference_id: conference_id.clone(),
            token,
        })
    }

    /// The whole address, token included. Take care where it goes.
    #[must_use]
    pub fn uri(&self) -> SecretText {
        let token = Zeroizing::new(utf8_percent_encode(self.token.expose(), ESCAPED).to_string());
        SecretText::new(self.with_token(&token))
    }

    fn with_token(&self, token: &str) -> String {
        let scheme = if self.is_tls { "wss" } else { "ws" };
        let (authority, prefix) = (&self.authority, &self.prefix);
        let id = utf8_percent_encode(self.conference_id.as_str(), ESCAPED);
        format!("{scheme}://{authority}{prefix}{PATH}?confID={id}&tmpToken={token}")
    }

    /// The host name or address, without the port. An IPv6 address stands in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// The port; 443 for `wss` and 80 for `ws` if the address names none.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the connection is encrypted.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// The meeting.
    #[must_use]
    pub fn conference_id(&self) -> &ConferenceId {
        &self.conference_id
    }

    /// Whether the minute of the token is over at `now`. False while it is not known when it was
    /// issued.
    #[must_use]
    pub fn is_expired(&self, now: SystemTime) -> bool {
        self.token.is_expired(now)
    }
}

impl fmt::Display for ChannelAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_token("***"))
    }
}

impl fmt::Debug for ChannelAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChannelAddress({self})")
    }
}
