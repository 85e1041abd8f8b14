//! Certificates that are known beforehand.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::{
    pki_types::{CertificateDer, pem::PemObject},
    server::ParsedCertificate,
};
use sha2::{Digest, Sha256};

use super::TlsError;

/// Prefix of the digest of a public key, in the spelling of curl.
const OF_KEY: &str = "sha256//";

/// A certificate to expect: its SHA-256 fingerprint, or that of its public key.
///
/// A pin of the certificate ends with the certificate. A pin of the public key also fits the next
/// certificate, if the server keeps its key.
///
/// As text, the fingerprint of a certificate is hexadecimal, with or without colons, as
/// `openssl x509 -fingerprint -sha256` prints it. That of a public key is `sha256//` and base64, as
/// in `curl --pinnedpubkey`.
///
/// ```
/// use meeting_client::tls::Pin;
///
/// let key: Pin = "sha256//LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=".parse()?;
/// assert_eq!(key.to_string(), "sha256//LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=");
/// assert!("2C:26:B4".parse::<Pin>().is_err());
/// # Ok::<(), meeting_client::tls::TlsError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Pin {
    of: Pinned,
    digest: [u8; 32],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pinned {
    Certificate,
    PublicKey,
}

impl Pin {
    /// Pins the first certificate in `pem`. In the file that a server is set up with, that is the
    /// server's own.
    ///
    /// # Errors
    ///
    /// [`TlsError`] when `pem` is malformed or holds no certificate.
    pub fn from_pem(pem: &[u8]) -> Result<Self, TlsError> {
        let certificate = CertificateDer::pem_slice_iter(pem)
            .next()
            .ok_or(TlsError::NoCertificate)?
            .map_err(|_| TlsError::Pem { number: 1 })?;
        Ok(Self::of_certificate(&certificate))
    }

    pub(super) fn of_certificate(certificate: &CertificateDer<'_>) -> Self {
        Self {
            of: Pinned::Certificate,
            digest: Sha256::digest(certificate).into(),
        }
    }

    /// True when `certificate` is the one. `parsed` is the same one.
    pub(super) fn fits(
        &self,
        certificate: &CertificateDer<'_>,
        parsed: &ParsedCertificate<'_>,
    ) -> bool {
        let digest = match self.of {
            Pinned::Certificate => Sha256::digest(certificate),
            Pinned::PublicKey => Sha256::digest(parsed.subject_public_key_info()),
        };
        digest[..] == self.digest
    }
}

impl FromStr for Pin {
    type Err = TlsError;

    fn from_str(text: &str) -> Result<Self, TlsError> {
        let text = text.trim();
        let (of, digest) = match text.strip_prefix(OF_KEY) {
            Some(digest) => (Pinned::PublicKey, STANDARD.decode(digest).ok()),
            None => (Pinned::Certificate, bytes_of_hex(text)),
        };
        let digest = digest
            .and_then(|digest| digest.try_into().ok())
            .ok_or(TlsError::Pin)?;
        Ok(Self { of, digest })
    }
}

/// Reads pairs of hexadecimal digits, with a colon between all of them or none.
fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let digits = if text.contains(':') {
        let pairs: Vec<_> = text.split(':').collect();
        if pairs.iter().any(|pair| pair.len() != 2) {
            return None;
        }
        pairs.concat()
    } else {
        text.to_owned()
    };
    let nibbles: Option<Vec<_>> = digits.chars().map(|digit| digit.to_digit(16)).collect();
    let (pairs, rest) = nibbles.as_ref()?.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|[high, low]| u8::try_from(high * 16 + low).ok())
        .collect()
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.of {
            Pinned::PublicKey => {
                write!(f, "{OF_KEY}{}", STANDARD.encode(self.digest))
            }
            Pinned::Certificate => {
                for (index, byte) in self.digest.iter().enumerate() {
                    let colon = if index == 0 { "" } else { ":" };
                    write!(f, "{colon}{byte:02X}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pin({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

    #[test]
    fn fingerprints_are_read_in_all_usual_spellings() {
        let pin: Pin = HEX.parse().unwrap();
        let shown = pin.to_string();
        assert!(shown.starts_with("2C:26:B4:6B:"), "{shown}");
        assert_eq!(shown.parse::<Pin>().unwrap(), pin);
        assert_eq!(
            format!(" {}\n", HEX.to_uppercase()).parse::<Pin>().unwrap(),
            pin
        );
        // The same digest of something else is another pin.
        let key: Pin = "sha256//LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564="
            .parse()
            .unwrap();
        assert_eq!(key.digest, pin.digest);
        assert_ne!(key, pin);
        assert_eq!(key.to_string().parse::<Pin>().unwrap(), key);
    }

    #[test]
    fn other_texts_are_no_pins() {
        let odd = format!("{HEX}0");
        let long = format!("{HEX}00");
        let colons = format!("{}:{}", &HEX[..31], &HEX[31..]);
        let other = HEX.replace('2', "é");
        for text in [
            "",
            ":",
            "sha256//",
            "sha256//LCa0",
            "sha256//LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564",
            &HEX[2..],
            &odd,
            &long,
            &colons,
            &other,
        ] {
            let read = text.parse::<Pin>();
            assert!(matches!(read, Err(TlsError::Pin)), "{text}: {read:?}");
        }
    }

    #[test]
    fn the_digests_are_those_of_the_usual_tools() {
        // `openssl x509 -fingerprint -sha256`, and
        // `openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64`.
        let of_certificate: Pin = "1F:A4:11:FE:B5:CD:C4:C6:2E:56:DB:AD:3C:2F:77:CB:EE:64:22:F0:C0:44:89:34:10:AB:DB:70:1F:68:08:83".parse().unwrap();
        let of_key: Pin = "sha256//L/8gf19883C2lbjarkC0i3qfVcYFiqhfXGHtizS+0dA="
            .parse()
            .unwrap();
        let certificate = CertificateDer::from_pem_slice(PEM.as_bytes()).unwrap();
        let parsed = ParsedCertificate::try_from(&certificate).unwrap();
        assert!(of_certificate.fits(&certificate, &parsed));
        assert!(of_key.fits(&certificate, &parsed));
        assert!(
            !Pin {
                of: Pinned::Certificate,
                ..of_key
            }
            .fits(&certificate, &parsed)
        );
        assert!(
            !Pin {
                of: Pinned::PublicKey,
                ..of_certificate
            }
            .fits(&certificate, &parsed)
        );
        assert_eq!(Pin::from_pem(PEM.as_bytes()).unwrap(), of_certificate);
    }

    #[test]
    fn a_pin_needs_a_certificate() {
        assert!(matches!(
            Pin::from_pem(b"hello"),
            Err(TlsError::NoCertificate)
        ));
        let cut = &PEM.as_bytes()[..PEM.len() / 2];
        assert!(matches!(
            Pin::from_pem(cut),
            Err(TlsError::Pem { number: 1 })
        ));
    }

    const PEM: &str = "\
-----BEGIN CERTIFICATE-----
MIIBkzCCATmgAwIBAgIUMaaDFOqNbQwisLB56DAVUMLHQJ8wCgYIKoZIzj0EAwIw
HjEcMBoGA1UEAwwTbWVldGluZy5leGFtcGxlLmNvbTAgFw0yNjExMjIwNzM3MTda
GA8yMTI2MTAyOTA3MzcxN1owHjEcMBoGA1UEAwwTbWVldGluZy5leGFtcGxlLmNv
bTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCVqEXhrcRRnCodzy40yNIndSTUH
AjnySr80D9zLzVTu2zbeCCSx8byGrn6+QlqPPzj/nQ1dTAr94DD6iYdnWM+jUzBR
MB0GA1UdDgQWBBS3YuNcwp9MntAS5fPuB6jn4Y+pYTAfBgNVHSMEGDAWgBS3YuNc
wp9MntAS5fPuB6jn4Y+pYTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gA
MEUCIGXnod4kfR4srpht+Gx+ZfsQO3cia8ud0mTWpdXnQkmLAiEAwx647kxqpsCd
NA/Y5PIb3zFI5hed0VdvC2x+zDz4iMc=
-----END CERTIFICATE-----
";
}
