//! Verifies what servers show, hosts that are bare addresses included.

use std::{fmt, iter, net::IpAddr, sync::Arc};

use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError, RootCertStore,
    SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor,
    },
    crypto::WebPkiSupportedAlgorithms,
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};

use super::{
    Pin,
    addresses::{Expectations, Expected},
};

/// How many of the names in a certificate an error lists.
const NAMES_SHOWN: usize = 5;

/// The usual verification, with another name or with pins where an address is the host.
///
/// It decides which name is verified, or which certificate is the right one. All else is up to
/// rustls, among it the proof that the server has the key of its certificate.
#[derive(Debug)]
pub(super) struct Verifier {
    pub(super) usual: Arc<WebPkiServerVerifier>,
    pub(super) expectations: Arc<Expectations>,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    fn verify_pinned(
        &self,
        address: IpAddr,
        pins: &[Pin],
        certificate: &CertificateDer<'_>,
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let parsed = ParsedCertificate::try_from(certificate)?;
        if !pins.iter().any(|pin| pin.fits(certificate, &parsed)) {
            return Err(refused(address, certificate, Why::NotPinned));
        }
        // The dates count all the same, and no public function tells them. Verification without
        // any authority looks at the certificate by itself first, which includes the dates, and
        // then finds nobody who signed it. A certificate that could be an authority fails under
        // `Other`, behind the dates as well.
        let nobody = RootCertStore::empty();
        let algorithms = self.algorithms.all;
        match verify_server_cert_signed_by_trust_anchor(&parsed, &nobody, &[], now, algorithms) {
            Ok(())
            | Err(Error::InvalidCertificate(
                CertificateError::UnknownIssuer | CertificateError::Other(_),
            )) => Ok(ServerCertVerified::assertion()),
            Err(error) => Err(error),
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verify = |host: &ServerName<'_>| {
            self.usual
                .verify_server_cert(certificate, intermediates, host, ocsp, now)
        };
        let ServerName::IpAddress(address) = host else {
            return verify(host);
        };
        let address = IpAddr::from(*address);
        match self.expectations.of(address) {
            Some(Expected::Name(name)) => verify(&ServerName::DnsName(name.borrow())),
            Some(Expected::Pinned(pins)) => self.verify_pinned(address, pins, certificate, now),
            None => verify(host).map_err(|error| match Why::of(&error) {
                Some(why) => refused(address, certificate, why),
                None => error,
            }),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }

    fn root_hint_subjects(&self) -> Option<&[DistinguishedName]> {
        self.usual.root_hint_subjects()
    }
}

fn refused(address: IpAddr, certificate: &CertificateDer<'_>, why: Why) -> Error {
    let refusal = AddressRefused {
        address,
        fingerprint: Pin::of_certificate(certificate),
        why,
    };
    CertificateError::Other(OtherError(Arc::new(refusal))).into()
}

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
enum Why {
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
    /// What there is to say about a failure that a name or a pin would cure.
    fn of(error: &Error) -> Option<Self> {
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

/// Names in a certificate, as rustls lists them: `DnsName("example.com")`.
struct Names<'a>(&'a [String]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("no name at all");
        }
        let bare = |name: &'_ String| {
            name.strip_prefix("DnsName(\"")
                .and_then(|name| name.strip_suffix("\")"))
                .unwrap_or(name)
                .to_owned()
        };
        let mut shown: Vec<_> = self.0.iter().take(NAMES_SHOWN).map(bare).collect();
        match self.0.len() - shown.len() {
            0 => {}
            more => shown.extend(iter::once(format!("{more} more"))),
        }
        f.write_str(&shown.join(", "))
    }
}
