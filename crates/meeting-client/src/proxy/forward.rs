//! Requests to plain `http` that a proxy forwards.

use std::error::Error as _;

use http::{HeaderMap, HeaderValue, StatusCode, header::PROXY_AUTHENTICATE};
use meeting_types::{TransportError, TransportErrorKind};

use super::{Proxy, ProxyError, ProxyFault, tunnel};

/// Requests that a proxy forwards, for a transport that writes them: those to plain `http`.
///
/// They are written with their whole URL, and carry the credentials for the proxy in a header. The proxy
/// sees all that is in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward(Proxy);

impl Forward {
    /// Requests that this proxy forwards.
    #[must_use]
    pub fn by(proxy: &Proxy) -> Self {
        Self(proxy.clone())
    }

    /// The proxy.
    #[must_use]
    pub fn proxy(&self) -> &Proxy {
        &self.0
    }

    /// Value of the header `Proxy-Authorization`, if there are credentials. A secret.
    #[must_use]
    pub fn authorization(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::try_from(self.0.authorization()?).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The error in a response that the proxy gave in its own name: status 407.
    #[must_use]
    pub fn refusal(&self, status: StatusCode, headers: &HeaderMap) -> Option<TransportError> {
        if status != StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return None;
        }
        let offers = headers.get_all(PROXY_AUTHENTICATE).iter();
        let offers = offers.filter_map(|offer| tunnel::scheme(offer.to_str().ok()?));
        let fault = ProxyFault::CredentialsWanted {
            refused: self.0.has_credentials(),
            schemes: offers.take(5).collect(),
        };
        Some(ProxyError::new(&self.0, fault).into_transport_error())
    }

    /// The error of an exchange with the proxy, which it names.
    ///
    /// A response that is no HTTP is a fault of the proxy, which answers for services that speak none. A
    /// connection that broke, or an answer that did not come, may be the service's just as well.
    #[must_use]
    pub fn explain(&self, error: TransportError) -> TransportError {
        let (kind, not_sent) = (error.kind(), error.is_not_sent());
        let explained = match kind {
            TransportErrorKind::Response => {
                ProxyError::new(&self.0, ProxyFault::Unreadable).into_transport_error()
            }
            TransportErrorKind::Timeout | TransportErrorKind::Io => {
                let report = error.source().map_or_else(String::new, ToString::to_string);
                let proxy = self.0.authority();
                TransportError::new(kind, format!("{report}, from proxy {proxy} that forwards"))
            }
            _ => return error,
        };
        explained.with_not_sent(not_sent)
    }
}
