//! Which certificates a server may show, defined once for the async client, the blocking client
//! and the live channel.
//!
//! Verification cannot be switched off. A program that has to reach a server with a private
//! certificate names the authority that signed it: [`TrustStore::from_pem`].

use std::{error::Error as StdError, fmt, io, iter, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

/// The certificate authorities that a connection trusts. Cheap to clone.
///
/// ```
/// use meeting_client::tls::TrustStore;
///
/// let public = TrustStore::bundled();
/// assert!(TrustStore::from_pem(b"not a certificate").is_err());
/// # let _ = public;
/// ```
#[derive(Clone)]
pub struct TrustStore {
    config: Arc<ClientConfig>,
    authorities: usize,
    origin: &'static str,
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
        Self::new(roots, "bundled")
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
        let mut roots = RootCertStore::empty();
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
        if roots.is_empty() {
            return Err(TlsError::NoCertificate);
        }
        Ok(Self::new(roots, "pem"))
    }

    fn new(roots: RootCertStore, origin: &'static str) -> Self {
        let authorities = roots.len();
        // The provider is named here and nowhere else. The process-wide default of rustls is never
        // asked: it panics as soon as two crates in one build enable different providers.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        #[expect(
            clippy::expect_used,
            reason = "fails only for a provider without a cipher suite for TLS 1.2 or 1.3"
        )]
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring serves TLS 1.2 and 1.3")
            // A pinned certificate, or another name to verify for a given address, becomes a
            // `ServerCertVerifier` that wraps the usual one, and goes in at this line. Both
            // transports and the live channel take this very configuration, so none of them
            // needs to know. (What such a verifier cannot change is the name in SNI: for that
            // the blocking connector has a place of its own, and reqwest has `resolve`.)
            .with_root_certificates(roots)
            .with_no_client_auth();
        // No ALPN: HTTP/1.1 is all that either transport speaks, and a WebSocket needs it as well.
        Self {
            config: Arc::new(config),
            authorities,
            origin,
        }
    }

    /// The rustls configuration: TLS 1.2 and 1.3, ring, no client certificate.
    ///
    /// Built once; each call hands out the same one, and with it the same session cache.
    #[must_use]
    pub fn client_config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.config)
    }
}

impl Default for TrustStore {
    fn default() -> Self {
        Self::bundled()
    }
}

impl fmt::Debug for TrustStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustStore")
            .field("origin", &self.origin)
            .field("authorities", &self.authorities)
            .finish_non_exhaustive()
    }
}

/// Why a [`TrustStore`] could not be read from PEM.
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
        /// What is wrong with it.
        source: rustls::Error,
    },
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

#[cfg(test)]
mod tests {
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
        assert!(store.authorities > 50, "{store:?}");
    }

    #[test]
    fn pem_holds_only_what_was_given() {
        let two = format!("a remark\n{}\n{}", authority(), authority());
        let store = TrustStore::from_pem(two.as_bytes()).unwrap();
        assert_eq!(store.authorities, 2);
        assert_eq!(
            format!("{store:?}"),
            "TrustStore { origin: \"pem\", authorities: 2, .. }"
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
