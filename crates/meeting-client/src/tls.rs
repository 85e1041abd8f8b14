//! Which certificates a server may show, defined once for the async client, the blocking client
//! and the live channel.
//!
//! Verification cannot be switched off. A program that has to reach a server with a private
//! certificate names the authority that signed it: [`TrustStore::from_pem`]. One that has to reach
//! a bare address says which name to verify there, [`TrustStore::verify_as`], or which certificate
//! to expect, [`TrustStore::pin`].

mod addresses;
#[cfg(test)]
mod handshakes;
mod pin;
mod refusal;
mod verifier;

use std::{error::Error as StdError, fmt, io, iter, net::IpAddr, sync::Arc};

use rustls::{
    CertificateError, ClientConfig, RootCertStore,
    client::WebPkiServerVerifier,
    pki_types::{CertificateDer, DnsName, InvalidDnsNameError, ServerName, pem::PemObject},
};

pub use self::{addresses::Addresses, pin::Pin, refusal::AddressRefused};
use self::{
    addresses::{Expectations, Expected},
    verifier::Verifier,
};

/// Which certificates a connection trusts. Cheap to clone.
///
/// A certificate has to come from a trusted authority, be valid today, and be for the host of the
/// URL.
///
/// # Bare addresses
///
/// The service names some hosts by their address alone (`wsURL`, `siteUrl`, `middleEndUrl`), and
/// their certificates are for names. Verification cannot be switched off for them; say what to
/// expect instead:
///
/// ```
/// use meeting_client::tls::{Addresses, TrustStore};
///
/// // At every bare address, a certificate for this name, from a trusted authority.
/// let trust = TrustStore::bundled().verify_as(Addresses::All, "meeting.example.com")?;
/// // At this one, a certificate with this fingerprint, whoever signed it.
/// let trust = trust.pin(
///     std::net::Ipv4Addr::new(192, 0, 2, 1),
///     "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae".parse()?,
/// );
/// # Ok::<(), meeting_client::tls::TlsError>(())
/// ```
///
/// What is said about one address goes before what is said about all. A name and pins for the same
/// addresses replace each other; pins add up.
#[derive(Clone)]
pub struct TrustStore {
    roots: Arc<RootCertStore>,
    expectations: Arc<Expectations>,
    config: Arc<ClientConfig>,
}

impl TrustStore {
    /// Trusts the public authorities in Mozilla's list, compiled into the program. The default.
    ///
    /// The authorities installed on the machine are not consulted.
    #[must_use]
    pub fn bundled() -> Self {
        let roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        Self::new(Arc::new(roots), Arc::default())
    }

    /// Trusts the authorities in `pem` and no others, the public ones included.
    ///
    /// `pem` holds one or more `CERTIFICATE` blocks. Text and blocks of another kind between them
    /// are skipped.
    ///
    /// # Errors
    ///
    /// [`TlsError`] when `pem` is malformed, holds no certificate, or holds one that cannot serve
    /// as an authority.
    pub fn from_pem(pem: &[u8]) -> Result<Self, TlsError> {
        let roots = read_authorities(pem, RootCertStore::empty())?;
        Ok(Self::new(Arc::new(roots), Arc::default()))
    }

    /// Trusts the authorities in `pem` as well, for all hosts.
    ///
    /// # Errors
    ///
    /// As for [`from_pem`](Self::from_pem).
    pub fn and_pem(self, pem: &[u8]) -> Result<Self, TlsError> {
        let roots = read_authorities(pem, (*self.roots).clone())?;
        Ok(Self::new(Arc::new(roots), self.expectations))
    }

    /// Expects a certificate for `name` where the host is one of `addresses`. The authorities are
    /// the same as for other hosts.
    ///
    /// The connection still goes to the address, and its `host` header says the address. The name
    /// goes out in the TLS handshake (SNI), so that a server with several certificates shows the
    /// right one.
    ///
    /// # Errors
    ///
    /// [`TlsError::Name`] when `name` is no DNS name.
    pub fn verify_as(self, addresses: impl Into<Addresses>, name: &str) -> Result<Self, TlsError> {
        let name = DnsName::try_from_str(name).map_err(|_| TlsError::Name)?;
        Ok(self.expect(|expectations| expectations.name(addresses.into(), name.to_owned())))
    }

    /// Expects the certificate that `pin` tells where the host is one of `addresses`, whoever signed
    /// it and whatever it is for. No other one is taken there; with several pins, one of them.
    ///
    /// The dates of the certificate still count, and the server has to prove that it has the key.
    /// No name goes out in the TLS handshake: a server with several certificates shows the one that
    /// it has for clients without SNI.
    #[must_use]
    pub fn pin(self, addresses: impl Into<Addresses>, pin: Pin) -> Self {
        self.expect(|expectations| expectations.pin(addresses.into(), pin))
    }

    fn expect(self, say: impl FnOnce(&mut Expectations)) -> Self {
        let mut expectations = (*self.expectations).clone();
        say(&mut expectations);
        Self::new(self.roots, Arc::new(expectations))
    }

    fn new(roots: Arc<RootCertStore>, expectations: Arc<Expectations>) -> Self {
        // The provider is named here and nowhere else. The process-wide default of rustls is never
        // asked: it panics as soon as two crates in one build enable different providers.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let algorithms = provider.signature_verification_algorithms;
        #[expect(
            clippy::expect_used,
            reason = "fails only without an authority, and all stores have some"
        )]
        let usual =
            WebPkiServerVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(&provider))
                .build()
                .expect("there are authorities");
        let verifier = Verifier {
            usual,
            expectations: Arc::clone(&expectations),
            algorithms,
        };
        #[expect(
            clippy::expect_used,
            reason = "fails only for a provider without a cipher suite for TLS 1.2 or 1.3"
        )]
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring serves TLS 1.2 and 1.3")
            // rustls calls any verifier but its own dangerous. This one hands every certificate
            // on to it, save pinned ones.
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        // No ALPN: HTTP/1.1 is all that either transport speaks, and a WebSocket needs it as well.
        Self {
            roots,
            expectations,
            config: Arc::new(config),
        }
    }

    /// The rustls configuration: TLS 1.2 and 1.3, ring, no client certificate.
    ///
    /// Built once; each call hands out the same one, and with it the same session cache. It
    /// verifies bare addresses as this store says, by itself.
    #[must_use]
    pub fn client_config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.config)
    }

    /// The name that the certificate of `address` has to be for, if one was given.
    #[must_use]
    pub fn name_of(&self, address: IpAddr) -> Option<&str> {
        match self.expectations.of(address)? {
            Expected::Name(name) => Some(name.as_ref()),
            Expected::Pinned(_) => None,
        }
    }

    /// The host to name in the handshake of a connection to `host`, a name or an address without
    /// brackets: `host` itself, or the name that it is verified as.
    ///
    /// # Errors
    ///
    /// When `host` is neither a DNS name nor an address.
    pub fn server_name(&self, host: &str) -> Result<ServerName<'static>, InvalidDnsNameError> {
        let address = host.parse().ok();
        let name = address.and_then(|address| self.name_of(address));
        ServerName::try_from(name.unwrap_or(host)).map(|name| name.to_owned())
    }
}

fn read_authorities(pem: &[u8], mut roots: RootCertStore) -> Result<RootCertStore, TlsError> {
    let before = roots.len();
    for (index, certificate) in CertificateDer::pem_slice_iter(pem).enumerate() {
        // rustls prints the offending line as a list of numbers, and that line may be part of
        // a private key in the same file: only the kind of mistake is passed on.
        let certificate = certificate.map_err(|_| TlsError::Pem { number: index + 1 })?;
        roots
            .add(certificate)
            .map_err(|source| TlsError::Authority {
                number: index + 1,
                source,
            })?;
    }
    if roots.len() == before {
        return Err(TlsError::NoCertificate);
    }
    Ok(roots)
}

impl Default for TrustStore {
    fn default() -> Self {
        Self::bundled()
    }
}

impl fmt::Debug for TrustStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustStore")
            .field("authorities", &self.roots.len())
            .field("addresses", &self.expectations)
            .finish_non_exhaustive()
    }
}

/// Why a [`TrustStore`] or a [`Pin`] could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The text holds no `CERTIFICATE` block.
    #[error("no certificate found: expected a block that starts with -----BEGIN CERTIFICATE-----")]
    NoCertificate,
    /// The text breaks the PEM format: a missing end line, or bad base64.
    #[error("malformed PEM at or before certificate {number}")]
    Pem {
        /// Which certificate of the text was being read, from 1.
        number: usize,
    },
    /// A block is not an X.509 certificate that can serve as an authority.
    #[error("certificate {number} cannot serve as an authority")]
    Authority {
        /// Which certificate of the text it is, from 1.
        number: usize,
        /// Fault of the certificate.
        source: rustls::Error,
    },
    /// The name to be verified is no name.
    #[error("not a DNS name: expected one such as meeting.example.com")]
    Name,
    /// The text is no fingerprint.
    #[error(
        "not a pin: expected the SHA-256 fingerprint of a certificate, 64 hexadecimal digits, or sha256// and base64 for that of a public key"
    )]
    Pin,
}

/// Tells whether TLS itself is what failed, anywhere in `error` or among its causes.
///
/// A connection that merely broke during a handshake is no TLS failure.
#[must_use]
pub fn is_tls_failure(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|cause| cause.is::<rustls::Error>())
}

/// `error` and everything beneath it, down to the root.
///
/// Unlike a walk along [`source`](StdError::source) it looks inside [`io::Error`], whose `source`
/// skips the very error that it wraps.
pub fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    iter::successors(Some(error), |&error| {
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        }
    })
}

/// Error to report for a failure of a socket: the [`AddressRefused`] in it, or else the failure.
///
/// Around the former stands nothing that people would want to read.
#[must_use]
pub fn explain(
    error: impl Into<Box<dyn StdError + Send + Sync>>,
) -> Box<dyn StdError + Send + Sync> {
    let error = error.into();
    let refused = causes(&*error).find_map(|cause| match cause.downcast_ref()? {
        rustls::Error::InvalidCertificate(CertificateError::Other(reason)) => {
            reason.0.downcast_ref::<AddressRefused>()
        }
        _ => None,
    });
    match refused {
        Some(refused) => Box::new(refused.clone()),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn authority() -> String {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::default();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.self_signed(&key).unwrap().pem()
    }

    #[test]
    fn bundled_holds_the_public_authorities() {
        let store = TrustStore::bundled();
        assert!(store.roots.len() > 50, "{store:?}");
    }

    #[test]
    fn pem_holds_only_what_was_given() {
        let two = format!("a remark\n{}\n{}", authority(), authority());
        let store = TrustStore::from_pem(two.as_bytes()).unwrap();
        assert_eq!(store.roots.len(), 2);
        assert_eq!(
            format!("{store:?}"),
            "TrustStore { authorities: 2, addresses: {}, .. }"
        );
    }

    #[test]
    fn bad_pem_is_told_apart() {
        for nothing in ["", "hello", "-----BEGIN X-----\nAAAA\n-----END X-----\n"] {
            assert!(matches!(
                TrustStore::from_pem(nothing.as_bytes()),
                Err(TlsError::NoCertificate)
            ));
        }
        let good = authority();
        let cut = &good[..good.len() / 2];
        assert!(matches!(
            TrustStore::from_pem(format!("{good}{cut}").as_bytes()),
            Err(TlsError::Pem { number: 2 })
        ));
        let block = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let error = TrustStore::from_pem(block.as_bytes()).unwrap_err();
        assert!(matches!(error, TlsError::Authority { number: 1, .. }));
        assert_eq!(
            error.to_string(),
            "certificate 1 cannot serve as an authority"
        );
    }

    #[test]
    fn authorities_and_what_is_said_about_addresses_add_up() {
        let address = IpAddr::from([192, 0, 2, 1]);
        let store = TrustStore::from_pem(authority().as_bytes())
            .and_then(|store| store.verify_as(address, "meeting.example.com"))
            .and_then(|store| store.and_pem(authority().as_bytes()))
            .and_then(|store| store.verify_as(Addresses::All, "example.com"))
            .unwrap();
        assert_eq!(store.roots.len(), 2);
        assert_eq!(store.name_of(address), Some("meeting.example.com"));
        assert_eq!(store.name_of([192, 0, 2, 2].into()), Some("example.com"));
        assert_eq!(
            format!("{store:?}"),
            "TrustStore { authorities: 2, addresses: {\
             One(192.0.2.1): Name(DnsName(\"meeting.example.com\")), \
             All: Name(DnsName(\"example.com\"))}, .. }"
        );
        assert!(matches!(
            store.and_pem(b"hello"),
            Err(TlsError::NoCertificate)
        ));
    }

    #[test]
    fn a_handshake_names_what_is_verified() {
        let store = TrustStore::bundled()
            .verify_as(Ipv4Addr::LOCALHOST, "meeting.example.com")
            .unwrap();
        for (host, named) in [
            ("127.0.0.1", "meeting.example.com"),
            ("::ffff:127.0.0.1", "meeting.example.com"),
            ("::1", "::1"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(store.server_name(host).unwrap().to_str(), named);
        }
        assert!(store.server_name("no host").is_err());
    }

    #[test]
    fn only_dns_names_are_verified() {
        for name in ["", "192.0.2.1", "::1", "*.example.com", "no name", "a:443"] {
            let store = TrustStore::bundled().verify_as(Addresses::All, name);
            assert!(matches!(store, Err(TlsError::Name)), "{name}");
        }
    }

    #[test]
    fn one_configuration_is_shared() {
        let store = TrustStore::default();
        assert!(Arc::ptr_eq(
            &store.client_config(),
            &store.clone().client_config()
        ));
    }

    #[test]
    fn a_tls_failure_is_found_inside_io_errors() {
        let inner = io::Error::new(io::ErrorKind::InvalidData, rustls::Error::DecryptError);
        let outer = io::Error::other(inner);
        assert!(is_tls_failure(&outer));
        assert!(!is_tls_failure(&io::Error::other("reset")));
    }
}
