//! The authorities that a store trusts.

use std::sync::Arc;

use rustls::{
    RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::{CertificateDer, pem::PemObject},
};

use super::TlsError;

/// The authorities that a store trusts.
#[derive(Clone)]
pub(super) enum Authorities {
    /// These. Among none, nobody is trusted but who is pinned.
    Listed(Arc<RootCertStore>),
    /// Those of the operating system, and these.
    #[cfg(feature = "system-trust")]
    System {
        verifier: Arc<dyn ServerCertVerifier>,
        extra: Vec<CertificateDer<'static>>,
    },
}

impl Authorities {
    pub(super) fn none() -> Self {
        Self::Listed(Arc::new(RootCertStore::empty()))
    }

    #[cfg(feature = "webpki-roots")]
    pub(super) fn bundled() -> Self {
        Self::Listed(Arc::new(RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        }))
    }

    #[cfg(feature = "system-trust")]
    pub(super) fn system(extra: Vec<CertificateDer<'static>>) -> Result<Self, TlsError> {
        use rustls_platform_verifier::Verifier;

        let provider = provider();
        #[cfg(not(target_os = "android"))]
        let verifier = Verifier::new_with_extra_roots(extra.iter().cloned(), provider);
        #[cfg(target_os = "android")]
        let verifier = if extra.is_empty() {
            Verifier::new(provider)
        } else {
            let reason = "authorities cannot be added to those of Android".to_owned();
            return Err(TlsError::System { reason });
        };
        let reason = |error: rustls::Error| error.to_string();
        let verifier = verifier.map_err(reason);
        let verifier = verifier.map_err(|reason| TlsError::System { reason })?;
        Ok(Self::System {
            verifier: Arc::new(verifier),
            extra,
        })
    }

    /// These, and those in `pem`.
    pub(super) fn and(&self, pem: &[u8]) -> Result<Self, TlsError> {
        match self {
            Self::Listed(roots) => {
                let mut roots = (**roots).clone();
                for_each(pem, |certificate| roots.add(certificate))?;
                Ok(Self::Listed(Arc::new(roots)))
            }
            #[cfg(feature = "system-trust")]
            Self::System { extra, .. } => {
                let mut extra = extra.clone();
                let mut fits = RootCertStore::empty();
                for_each(pem, |certificate| {
                    extra.push(certificate.clone());
                    fits.add(certificate)
                })?;
                Self::system(extra)
            }
        }
    }

    /// The usual verification; none where nobody is trusted.
    pub(super) fn verifier(&self) -> Option<Arc<dyn ServerCertVerifier>> {
        match self {
            Self::Listed(roots) => {
                let roots = Arc::clone(roots);
                // Fails only without an authority.
                let built = WebPkiServerVerifier::builder_with_provider(roots, provider()).build();
                built.ok().map(|verifier| verifier as _)
            }
            #[cfg(feature = "system-trust")]
            Self::System { verifier, .. } => Some(Arc::clone(verifier)),
        }
    }

    /// Number of those that are known by themselves, for `Debug`.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Listed(roots) => roots.len(),
            #[cfg(feature = "system-trust")]
            Self::System { extra, .. } => extra.len(),
        }
    }

    pub(super) fn is_system(&self) -> bool {
        !matches!(self, Self::Listed(_))
    }
}

/// The provider is named here and nowhere else. The process-wide default of rustls is never asked: it
/// panics as soon as two crates in one build enable different providers.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn for_each(
    pem: &[u8],
    mut take: impl FnMut(CertificateDer<'static>) -> Result<(), rustls::Error>,
) -> Result<(), TlsError> {
    let mut count = 0;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        count += 1;
        // rustls prints the offending line as a list of numbers, and that line may be part of
        // a private key in the same file: only the kind of mistake is passed on.
        let certificate = certificate.map_err(|_| TlsError::Pem { number: count })?;
        take(certificate).map_err(|error| TlsError::Authority {
            number: count,
            reason: error.to_string(),
        })?;
    }
    if count == 0 {
        return Err(TlsError::NoCertificate);
    }
    Ok(())
}
