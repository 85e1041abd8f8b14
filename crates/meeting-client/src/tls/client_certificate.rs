//! The certificate that this side shows.

use std::{fmt, sync::Arc};

use rustls::{
    client::ResolvesClientCert,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::{CertifiedKey, SingleCertAndKey},
};

use super::TlsError;

/// A certificate with its key, to be shown to servers that ask for one (mutual TLS). Cheap to clone.
///
/// [`TrustStore::client_certificate`](super::TrustStore::client_certificate) takes it. `Debug` does not
/// show the key.
///
/// ```no_run
/// use meeting_client::tls::{ClientCertificate, TrustStore};
///
/// let certificate = ClientCertificate::from_pem(&std::fs::read("client.pem")?)?;
/// let trust = TrustStore::from_pem(&std::fs::read("company-ca.pem")?)?;
/// let trust = trust.client_certificate(certificate);
/// # drop(trust);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct ClientCertificate {
    chain: usize,
    shown: Arc<SingleCertAndKey>,
}

impl ClientCertificate {
    /// Reads the certificate, those that lead from it to its authority, and the key, in any order of
    /// blocks but with the certificate itself first among its like.
    ///
    /// The key is PKCS #8, PKCS #1 (`RSA PRIVATE KEY`) or SEC 1 (`EC PRIVATE KEY`): RSA of 2048 bits and
    /// more, ECDSA over P-256 or P-384, Ed25519. It is not encrypted.
    ///
    /// # Errors
    ///
    /// [`TlsError`] when a part is missing or malformed, when the key is encrypted or of another kind,
    /// or when it is not that of the certificate.
    pub fn from_pem(pem: &[u8]) -> Result<Self, TlsError> {
        Self::from_pem_parts(pem, pem)
    }

    /// The same, with the certificates and the key in two texts.
    ///
    /// # Errors
    ///
    /// As for [`from_pem`](Self::from_pem).
    pub fn from_pem_parts(chain: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let certificates = CertificateDer::pem_slice_iter(chain).enumerate();
        // As for authorities: the line at fault may be part of the key.
        let certificates = certificates.map(|(index, certificate)| {
            certificate.map_err(|_| TlsError::Pem { number: index + 1 })
        });
        let certificates = certificates.collect::<Result<Vec<_>, _>>()?;
        if certificates.is_empty() {
            return Err(TlsError::NoCertificate);
        }
        let begins = |block: &[u8]| key.windows(block.len()).any(|piece| piece == block);
        let key = match PrivateKeyDer::from_pem_slice(key) {
            Ok(key) => key,
            Err(_) if begins(b"-----BEGIN ENCRYPTED PRIVATE KEY-----") => {
                return Err(TlsError::EncryptedKey);
            }
            Err(_) if begins(b"PRIVATE KEY-----") => return Err(TlsError::Key),
            Err(_) => return Err(TlsError::NoKey),
        };
        let chain = certificates.len();
        let key = ring::sign::any_supported_type(&key).map_err(|_| TlsError::Key)?;
        let certified = CertifiedKey::new(certificates, key);
        certified.keys_match().map_err(|_| TlsError::OtherKey)?;
        Ok(Self {
            chain,
            shown: Arc::new(certified.into()),
        })
    }

    pub(super) fn resolver(&self) -> Arc<dyn ResolvesClientCert> {
        Arc::clone(&self.shown) as _
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCertificate")
            .field("certificates", &self.chain)
            .finish_non_exhaustive()
    }
}
