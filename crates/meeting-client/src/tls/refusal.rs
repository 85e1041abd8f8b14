//! Error for the certificate of a bare address that is refused.

use std::{fmt, iter, net::IpAddr, sync::Arc};

use rustls::{CertificateError, Error, OtherError, pki_types::CertificateDer};

use super::Pin;

/// Number of names in a certificate that an error lists.
const NAMES_SHOWN: usize = 5;

/// Why a connection to a bare address was refused, and what can be done about it.
///
/// It is the `source` of a [`TransportError`](meeting_types::TransportError) of the kind `Tls`.
#[derive(Clone, Debug)]
pub struct AddressRefused {
    address: IpAddr,
    fingerprint: Pin,
    why: Why,
}

#[derive(Clone, Debug)]
pub(super) enum Why {
    /// The certificate is for these names.
    OtherNames(Vec<String>),
    /// No authority that is trusted signed it.
    UnknownIssuer,
    /// It could be an authority, which the certificate of a server must not: so are many that
    /// people sign themselves.
    Unusual(String),
    NotPinned,
}

impl Why {
    /// Refusal that explains a failure which a name or a pin would cure.
    pub(super) fn of(error: &Error) -> Option<Self> {
        let Error::InvalidCertificate(error) = error else {
            return None;
        };
        match error {
            CertificateError::NotValidForNameContext { presented, .. } => {
                Some(Self::OtherNames(presented.clone()))
            }
            CertificateError::NotValidForName => Some(Self::OtherNames(Vec::new())),
            CertificateError::UnknownIssuer => Some(Self::UnknownIssuer),
            CertificateError::Other(error) => Some(Self::Unusual(error.to_string())),
            _ => None,
        }
    }
}

impl AddressRefused {
    /// The refusal, as rustls takes it.
    pub(super) fn error(address: IpAddr, certificate: &CertificateDer<'_>, why: Why) -> Error {
        let refused = Self {
            address,
            fingerprint: Pin::of_certificate(certificate),
            why,
        };
        CertificateError::Other(OtherError(Arc::new(refused))).into()
    }

    /// The address.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// The certificate that the server showed. Before you pin it, learn by another way whether it
    /// is the right one.
    #[must_use]
    pub fn certificate(&self) -> Pin {
        self.fingerprint
    }
}

impl fmt::Display for AddressRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.address;
        write!(f, "certificate of {address} ")?;
        match &self.why {
            Why::OtherNames(names) => write!(
                f,
                "is for {}, not for the address: say which name to expect there \
                 (`TrustStore::verify_as`), or pin the certificate (`TrustStore::pin`)",
                Names(names)
            ),
            Why::UnknownIssuer => f.write_str(
                "is from no authority that is trusted: trust its authority \
                 (`TrustStore::from_pem`, `and_pem`), or pin the certificate (`TrustStore::pin`)",
            ),
            Why::Unusual(error) => write!(
                f,
                "cannot be verified ({error}): pin it (`TrustStore::pin`) if it is the right one",
            ),
            Why::NotPinned => f.write_str(
                "is not pinned for the address: if the server has a new one, pin that as well \
                 (`TrustStore::pin`)",
            ),
        }?;
        write!(f, "; its SHA-256 fingerprint is {}", self.fingerprint)
    }
}

impl std::error::Error for AddressRefused {}

/// Names in a certificate, which rustls lists as `DnsName("example.com")`.
struct Names<'a>(&'a [String]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("no name at all");
        }
        let bare = |name: &String| {
            let inner = |kind| name.strip_prefix(kind)?.strip_suffix(')');
            match inner("DnsName(").or_else(|| inner("IpAddress(")) {
                Some(inner) => inner.trim_matches('"').to_owned(),
                None => name.clone(),
            }
        };
        let mut shown: Vec<_> = self.0.iter().take(NAMES_SHOWN).map(bare).collect();
        match self.0.len() - shown.len() {
            0 => {}
            more => shown.extend(iter::once(format!("{more} more"))),
        }
        f.write_str(&shown.join(", "))
    }
}
