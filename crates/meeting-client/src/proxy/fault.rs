//! Faults of a proxy that opens no connection.

use std::{error::Error as StdError, fmt, io, time::Duration};

use http::StatusCode;
use meeting_types::{TransportError, TransportErrorKind};

use super::Proxy;

/// A proxy that did not open the connection. It names the proxy by host and port, never its credentials.
///
/// It is the `source` of a [`TransportError`] of the kind
/// [`Proxy`](meeting_types::TransportErrorKind::Proxy).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyError {
    proxy: String,
    fault: ProxyFault,
}

/// Fault of a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyFault {
    /// It cannot be reached: name lookup or TCP. The text is the report of the system.
    Unreachable(String),
    /// Its own TLS failed, such as for a certificate that the trust store does not take.
    Tls(String),
    /// It asks for credentials, by status 407; to a tunnel also by 401, as `tinyproxy` does when it does
    /// not take those that it was given.
    CredentialsWanted {
        /// True when it was given some, and did not take them.
        refused: bool,
        /// The schemes that it offers, such as `Negotiate`. Only `Basic` is spoken.
        schemes: Vec<String>,
    },
    /// It answered with this status.
    Refused(StatusCode),
    /// It did not answer in this time.
    Silent(Duration),
    /// It closed the connection before it answered.
    Closed,
    /// Its answer is no HTTP.
    Unreadable,
}

impl ProxyError {
    /// An error of this proxy.
    #[must_use]
    pub fn new(proxy: &Proxy, fault: ProxyFault) -> Self {
        Self {
            proxy: proxy.authority(),
            fault,
        }
    }

    /// A socket that failed between this side and the proxy, before the proxy had answered.
    #[must_use]
    pub fn of_socket(proxy: &Proxy, error: &io::Error, waited: Duration) -> Self {
        let fault = match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => ProxyFault::Silent(waited),
            _ => ProxyFault::Closed,
        };
        Self::new(proxy, fault)
    }

    /// The proxy in `error` or among its causes, where that is what failed.
    #[must_use]
    pub fn find<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            // An IO error hides the error that it wraps from `source`.
            let wrapped = error
                .downcast_ref::<io::Error>()
                .and_then(io::Error::get_ref);
            next = match wrapped {
                Some(wrapped) => Some(wrapped),
                None => error.source(),
            };
        }
        None
    }

    /// Host and port of the proxy.
    #[must_use]
    pub fn proxy(&self) -> &str {
        &self.proxy
    }

    /// Fault.
    #[must_use]
    pub fn fault(&self) -> &ProxyFault {
        &self.fault
    }

    /// True when another attempt may go better without anybody changing anything.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match &self.fault {
            ProxyFault::Unreachable(_) | ProxyFault::Silent(_) | ProxyFault::Closed => true,
            ProxyFault::Refused(status) => {
                status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS
            }
            ProxyFault::Tls(_) | ProxyFault::CredentialsWanted { .. } | ProxyFault::Unreadable => {
                false
            }
        }
    }

    /// True when another attempt may go better after `error`. One of a proxy that does not say what was
    /// wrong, such as that of a foreign transport, may.
    pub(crate) fn may_pass_in(error: &TransportError) -> bool {
        Self::find(error).is_none_or(Self::may_pass)
    }

    /// The error of an exchange that did not happen for it. Its request was not sent.
    #[must_use]
    pub fn into_transport_error(self) -> TransportError {
        TransportError::new(TransportErrorKind::Proxy, self).with_not_sent(true)
    }
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "proxy {} ", self.proxy)?;
        match &self.fault {
            ProxyFault::Unreachable(report) => write!(f, "cannot be reached: {report}"),
            ProxyFault::Tls(report) => write!(f, "failed at its own TLS: {report}"),
            ProxyFault::CredentialsWanted { refused, schemes } => {
                f.write_str(if *refused {
                    "does not take the credentials that it was given"
                } else {
                    "asks for credentials, and there are none"
                })?;
                if !schemes.is_empty() && !schemes.iter().any(|it| it.eq_ignore_ascii_case("basic"))
                {
                    let offered = schemes.join(", ");
                    write!(f, "; it offers {offered}, and only Basic is spoken")?;
                }
                Ok(())
            }
            ProxyFault::Refused(status) => {
                write!(f, "refused the connection with status {}", status.as_u16())
            }
            ProxyFault::Silent(waited) => write!(f, "did not answer within {waited:.1?}"),
            ProxyFault::Closed => f.write_str("closed the connection before it answered"),
            ProxyFault::Unreadable => f.write_str("answered with something that is no HTTP"),
        }
    }
}

impl StdError for ProxyError {}
