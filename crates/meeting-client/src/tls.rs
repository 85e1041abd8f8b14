//! Which certificates a server may show, defined once for the async client, the blocking client
//! and the live channel.
//!
//! Verification cannot be switched off. A program that has to reach a server with a private
//! certificate names the authority that signed it: [`TrustStore::from_pem`]. One that has to reach
//! a bare address says which name to verify there, [`TrustStore::verify_as`], or which certificate
//! to expect, [`TrustStore::pin`].

mod addresses;
mod authorities;
mod client_certificate;
mod error;
#[cfg(test)]
mod handshakes;
mod pin;
mod refusal;
mod verifier;

use std::{error::Error as StdError, fmt, io, iter, net::IpAddr, sync::Arc};

use rustls::{
    CertificateError, ClientConfig,
    pki_types::{DnsName, InvalidDnsNameError, ServerName},
};

pub use self::{
    addresses::Addresses, client_certificate::ClientCertificate, error::TlsError, pin::Pin,
    refusal::AddressRefused,
};
use self::{
    addresses::{Expectations, Expected},
    authorities::{Authorities, provider},
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
    authorities: Authorities,
    expectations: Arc<Expectations>,
    shown: Option<ClientCertificate>,
    config: Arc<ClientConfig>,
    /// Without a client certificate.
    proxy_config: Arc<ClientConfig>,
}

impl TrustStore {
    /// Trusts the public authorities in Mozilla's list, compiled into the program by the feature
    /// `webpki-roots`. The default.
    ///
    /// The authorities installed on the machine are not consulted.
    #[cfg(feature = "webpki-roots")]
    #[must_use]
    pub fn bundled() -> Self {
        Self::new(Authorities::bundled(), Arc::default(), None)
    }

    /// Trusts what the operating system trusts (feature `system-trust`): the authorities that the machine
    /// was given, a company's own among them.
    ///
    /// On Windows, macOS, iOS and Android the system verifies; elsewhere its files of authorities are read
    /// now, and once. `SSL_CERT_FILE` and `SSL_CERT_DIR` name others there.
    ///
    /// # Errors
    ///
    /// [`TlsError::System`] when the system has no authority, or cannot be asked.
    #[cfg(feature = "system-trust")]
    pub fn system() -> Result<Self, TlsError> {
        Ok(Self::new(
            Authorities::system(Vec::new())?,
            Arc::default(),
            None,
        ))
    }

    /// Trusts no authority: what is not [pinned](Self::pin) is refused.
    #[must_use]
    pub fn empty() -> Self {
        Self::new(Authorities::none(), Arc::default(), None)
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
        Self::empty().and_pem(pem)
    }

    /// Trusts the authorities in `pem` as well, for all hosts.
    ///
    /// # Errors
    ///
    /// As for [`from_pem`](Self::from_pem). On Android, those of the system cannot be added to.
    pub fn and_pem(self, pem: &[u8]) -> Result<Self, TlsError> {
        let authorities = self.authorities.and(pem)?;
        Ok(Self::new(authorities, self.expectations, self.shown))
    }

    /// Shows this certificate to servers that ask for one (mutual TLS). Proxies are never shown it.
    #[must_use]
    pub fn client_certificate(self, certificate: ClientCertificate) -> Self {
        Self::new(self.authorities, self.expectations, Some(certificate))
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
        Self::new(self.authorities, Arc::new(expectations), self.shown)
    }

    fn new(
        authorities: Authorities,
        expectations: Arc<Expectations>,
        shown: Option<ClientCertificate>,
    ) -> Self {
        let verifier = Verifier {
            usual: authorities.verifier(),
            expectations: Arc::clone(&expectations),
            algorithms: provider().signature_verification_algorithms,
        };
        let proxy_config = config(verifier.clone(), None);
        let config = match &shown {
            None => Arc::clone(&proxy_config),
            Some(certificate) => config(verifier, Some(certificate)),
        };
        Self {
            authorities,
            expectations,
            shown,
            config,
            proxy_config,
        }
    }

    /// The rustls configuration: TLS 1.2 and 1.3, ring.
    ///
    /// Built once; each call hands out the same one, and with it the same session cache. It
    /// verifies bare addresses as this store says, by itself.
    pub(crate) fn client_config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.config)
    }

    /// The same for a proxy that is spoken to over TLS. It shows no client certificate.
    pub(crate) fn proxy_config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.proxy_config)
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
    pub(crate) fn server_name(
        &self,
        host: &str,
    ) -> Result<ServerName<'static>, InvalidDnsNameError> {
        let address = host.parse().ok();
        let name = address.and_then(|address| self.name_of(address));
        ServerName::try_from(name.unwrap_or(host)).map(|name| name.to_owned())
    }
}

fn config(verifier: Verifier, shown: Option<&ClientCertificate>) -> Arc<ClientConfig> {
    #[expect(
        clippy::expect_used,
        reason = "fails only for a provider without a cipher suite for TLS 1.2 or 1.3"
    )]
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("ring serves TLS 1.2 and 1.3")
        // rustls calls any verifier but its own dangerous. This one hands every certificate
        // on to it, save pinned ones.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    // No ALPN: HTTP/1.1 is all that either transport speaks, and a WebSocket needs it as well.
    Arc::new(match shown {
        None => config.with_no_client_auth(),
        Some(certificate) => config.with_client_cert_resolver(certificate.resolver()),
    })
}

/// Mozilla's list, or nobody where the feature `webpki-roots` is off.
impl Default for TrustStore {
    fn default() -> Self {
        #[cfg(feature = "webpki-roots")]
        return Self::bundled();
        #[cfg(not(feature = "webpki-roots"))]
        Self::empty()
    }
}

impl fmt::Debug for TrustStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("TrustStore");
        if self.authorities.is_system() {
            f.field("system", &true);
        }
        f.field("authorities", &self.authorities.count())
            .field("addresses", &self.expectations);
        if let Some(shown) = &self.shown {
            f.field("client_certificate", shown);
        }
        f.finish_non_exhaustive()
    }
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
        assert!(store.authorities.count() > 50, "{store:?}");
    }

    #[test]
    fn pem_holds_only_what_was_given() {
        let two = format!("a remark\n{}\n{}", authority(), authority());
        let store = TrustStore::from_pem(two.as_bytes()).unwrap();
        assert_eq!(store.authorities.count(), 2);
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
            "certificate 1 cannot serve as an authority: invalid peer certificate: BadEncoding"
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
        assert_eq!(store.authorities.count(), 2);
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
