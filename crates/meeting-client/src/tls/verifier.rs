//! Verifies what servers show, hosts that are bare addresses included.

use std::{net::IpAddr, sync::Arc};

use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore,
    SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor,
    },
    crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};

use super::{
    Pin,
    addresses::{Expectations, Expected},
    refusal::{AddressRefused, Why},
};

/// The usual verification, with another name or with pins where an address is the host.
///
/// It decides which name is verified, or which certificate is the right one. All else is up to
/// rustls, among it the proof that the server has the key of its certificate.
#[derive(Clone, Debug)]
pub(super) struct Verifier {
    /// None where no authority is trusted.
    pub(super) usual: Option<Arc<dyn ServerCertVerifier>>,
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
            return Err(AddressRefused::error(address, certificate, Why::NotPinned));
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
        let verify = |host: &ServerName<'_>| match &self.usual {
            Some(usual) => usual.verify_server_cert(certificate, intermediates, host, ocsp, now),
            None => Err(CertificateError::UnknownIssuer.into()),
        };
        let ServerName::IpAddress(address) = host else {
            return verify(host);
        };
        let address = IpAddr::from(*address);
        match self.expectations.of(address) {
            Some(Expected::Name(name)) => verify(&ServerName::DnsName(name.borrow())),
            Some(Expected::Pinned(pins)) => self.verify_pinned(address, pins, certificate, now),
            None => verify(host).map_err(|error| match Why::of(&error) {
                Some(why) => AddressRefused::error(address, certificate, why),
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
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }

    fn root_hint_subjects(&self) -> Option<&[DistinguishedName]> {
        self.usual.as_ref()?.root_hint_subjects()
    }
}
