//! Errors of certificates and keys that are given.

/// Reason why a [`TrustStore`](super::TrustStore), a [`ClientCertificate`](super::ClientCertificate) or a
/// [`Pin`](super::Pin) could not be made. It never holds a key.
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
    #[error("certificate {number} cannot serve as an authority: {reason}")]
    Authority {
        /// Which certificate of the text it is, from 1.
        number: usize,
        /// Fault of the certificate.
        reason: String,
    },
    /// The text holds no private key.
    #[error("no private key found: expected a block such as -----BEGIN PRIVATE KEY-----")]
    NoKey,
    /// The private key is encrypted.
    #[error("the private key is encrypted: decrypt it first, such as with `openssl pkey`")]
    EncryptedKey,
    /// The private key is malformed, or of a kind that is not supported.
    #[error("malformed private key, or none of RSA, ECDSA over P-256 or P-384, or Ed25519")]
    Key,
    /// The private key is not that of the first certificate.
    #[error("the private key is not that of the certificate, which has to come first")]
    OtherKey,
    /// The authorities of the operating system cannot be used.
    #[error("the trust store of the operating system cannot be used: {reason}")]
    System {
        /// Text of the system.
        reason: String,
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
