//! Certificates for servers of tests.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "these are tests; each name says what is promised"
)]

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ResolvesServerCert, ResolvesServerCertUsingSni, WebPkiClientVerifier},
    sign::{CertifiedKey, SingleCertAndKey},
};

/// An authority made for one test, and a server certificate that it signed.
pub struct Authority {
    pub pem: String,
    pub server: ServerConfig,
    /// The certificate of the server.
    pub certificate: rcgen::Certificate,
    key: KeyPair,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate for `names`, valid or not.
pub fn authority(names: &[&str], expired: bool) -> Authority {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pem = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);

    let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    if expired {
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    }
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    let presents = certified(certificate.der(), &key);
    Authority {
        pem,
        server: server(Arc::new(SingleCertAndKey::from(presents))),
        certificate,
        key,
        issuer,
    }
}

impl Authority {
    /// A server that has a certificate for clients that tell it `name`, and none for others.
    pub fn server_by_name(&self, name: &str) -> ServerConfig {
        let mut by_name = ResolvesServerCertUsingSni::new();
        let presents = certified(self.certificate.der(), &self.key);
        by_name.add(name, presents).unwrap();
        server(Arc::new(by_name))
    }

    /// A certificate for a client, and its key, as PEM.
    pub fn client(&self) -> (String, String) {
        let mut params = CertificateParams::new(["client.example".to_owned()]).unwrap();
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    /// A server that lets in whoever shows a certificate of this authority.
    pub fn server_for_clients(&self) -> ServerConfig {
        let mut roots = rustls::RootCertStore::empty();
        let pem = self.pem.as_bytes();
        roots
            .add(CertificateDer::from_pem_slice(pem).unwrap())
            .unwrap();
        let provider: Arc<_> = ring::default_provider().into();
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
        let presents = certified(self.certificate.der(), &self.key);
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier.build().unwrap())
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(presents)))
    }

    /// The key of the server's certificate.
    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// A server that shows the certificate and does not have its key.
    pub fn impostor(&self) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let presents = certified(self.certificate.der(), &key);
        server(Arc::new(SingleCertAndKey::from(presents)))
    }
}

/// Whether they belong together is not looked at.
fn certified(certificate: &CertificateDer<'static>, key: &KeyPair) -> CertifiedKey {
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let key = ring::sign::any_supported_type(&key).unwrap();
    CertifiedKey::new(vec![certificate.clone()], key)
}

fn server(presents: Arc<dyn ResolvesServerCert>) -> ServerConfig {
    ServerConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(presents)
}
