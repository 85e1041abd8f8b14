//! Tests of a trust store on the certificates of bare addresses, in handshakes in memory.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, PublicKeyData};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, Error, ServerConfig, ServerConnection,
    SupportedProtocolVersion,
    crypto::ring,
    pki_types::{PrivateKeyDer, ServerName},
    sign::{CertifiedKey, SingleCertAndKey},
    version,
};

use sha2::{Digest, Sha256};

use super::{AddressRefused, Addresses, Pin, TrustStore, explain};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

/// A certificate that signed itself, and what a server needs to show it.
struct SelfSigned {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

fn self_signed(key: KeyPair, change: impl FnOnce(&mut CertificateParams)) -> SelfSigned {
    let mut params = CertificateParams::new(["meeting.example.com".to_owned()]).unwrap();
    change(&mut params);
    let certificate = params.self_signed(&key).unwrap();
    SelfSigned { certificate, key }
}

impl SelfSigned {
    fn server(&self, versions: &[&'static SupportedProtocolVersion]) -> Arc<ServerConfig> {
        let key = PrivateKeyDer::Pkcs8(self.key.serialize_der().into());
        let key = ring::sign::any_supported_type(&key).unwrap();
        let chain = vec![self.certificate.der().clone()];
        // It does not look whether they belong together.
        let presents = SingleCertAndKey::from(CertifiedKey::new(chain, key));
        ServerConfig::builder_with_provider(ring::default_provider().into())
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(presents))
            .into()
    }

    fn pin(&self) -> Pin {
        Pin::of_certificate(self.certificate.der())
    }

    /// Trusted as an authority, which it can be for itself alone.
    fn trusted(&self) -> TrustStore {
        TrustStore::from_pem(self.certificate.pem().as_bytes()).unwrap()
    }
}

fn plain() -> SelfSigned {
    self_signed(KeyPair::generate().unwrap(), |_| {})
}

/// A handshake in memory: what the client makes of it.
fn shake_hands(
    config: Arc<ClientConfig>,
    host: ServerName<'static>,
    server: Arc<ServerConfig>,
) -> Result<(), Error> {
    let mut client = ClientConnection::new(config, host).unwrap();
    let mut server = ServerConnection::new(server).unwrap();
    while client.is_handshaking() {
        let mut wire = Vec::new();
        client.write_tls(&mut wire).unwrap();
        server.read_tls(&mut wire.as_slice()).unwrap();
        server.process_new_packets().unwrap();
        let mut wire = Vec::new();
        server.write_tls(&mut wire).unwrap();
        client.read_tls(&mut wire.as_slice()).unwrap();
        client.process_new_packets()?;
    }
    Ok(())
}

fn reach(trust: &TrustStore, address: IpAddr, server: &SelfSigned) -> Result<(), String> {
    let server = server.server(rustls::ALL_VERSIONS);
    let host = ServerName::IpAddress(address.into());
    shake_hands(trust.client_config(), host, server)
        .map_err(|error| explain(io::Error::other(error)).to_string())
}

#[test]
fn the_configuration_knows_the_name_by_itself() {
    let server = plain();
    let name = "meeting.example.com";
    let trust = server.trusted().verify_as(HERE, name).unwrap();
    reach(&trust, HERE, &server).unwrap();
    let error = reach(&trust, ELSEWHERE, &server).unwrap_err();
    assert!(
        error.contains("192.0.2.2 is for meeting.example.com"),
        "{error}"
    );
    let wrong = server.trusted().verify_as(HERE, "example.com").unwrap();
    let error = reach(&wrong, HERE, &server).unwrap_err();
    assert!(error.contains("\"example.com\""), "{error}");
}

#[test]
fn what_is_said_about_one_address_goes_before_all() {
    let (one, other) = (plain(), plain());
    let trust = one
        .trusted()
        .pin(Addresses::All, one.pin())
        .pin(HERE, other.pin());
    reach(&trust, HERE, &other).unwrap();
    reach(&trust, ELSEWHERE, &one).unwrap();
    reach(&trust, HERE, &one).unwrap_err();
    reach(&trust, ELSEWHERE, &other).unwrap_err();
}

#[test]
fn names_and_pins_replace_each_other_and_pins_add_up() {
    let (one, other) = (plain(), plain());
    let name = "meeting.example.com";
    for which in [Addresses::All, HERE.into()] {
        let named = one.trusted().verify_as(which, name).unwrap();
        let pinned = named.clone().pin(which, other.pin());
        reach(&named, HERE, &one).unwrap();
        reach(&pinned, HERE, &one).unwrap_err();
        reach(&pinned, HERE, &other).unwrap();
        let both = pinned.clone().pin(which, one.pin());
        reach(&both, HERE, &one).unwrap();
        reach(&both, HERE, &other).unwrap();
        let named = both.verify_as(which, name).unwrap();
        reach(&named, HERE, &one).unwrap();
        reach(&named, HERE, &other).unwrap_err();
    }
}

#[test]
fn an_ipv4_address_inside_of_ipv6_is_the_same() {
    let server = plain();
    let mapped: IpAddr = Ipv4Addr::new(192, 0, 2, 1).to_ipv6_mapped().into();
    let public = TrustStore::bundled();
    for (said, reached) in [(HERE, mapped), (mapped, HERE)] {
        let trust = public.clone().pin(said, server.pin());
        reach(&trust, reached, &server).unwrap();
    }
    let six = Ipv6Addr::LOCALHOST;
    reach(&public.clone().pin(six, server.pin()), six.into(), &server).unwrap();
    reach(&public.pin(six, server.pin()), HERE, &server).unwrap_err();
}

#[test]
fn a_pin_serves_both_versions_of_tls() {
    let server = plain();
    let trust = TrustStore::bundled().pin(HERE, server.pin());
    for version in [&version::TLS12, &version::TLS13] {
        let host = ServerName::IpAddress(HERE.into());
        let server = server.server(&[version]);
        shake_hands(trust.client_config(), host, server).unwrap();
    }
}

#[test]
fn a_pin_wants_the_key_in_both_versions_of_tls() {
    let impostor = SelfSigned {
        key: KeyPair::generate().unwrap(),
        ..plain()
    };
    let trust = TrustStore::bundled().pin(HERE, impostor.pin());
    for version in [&version::TLS12, &version::TLS13] {
        let host = ServerName::IpAddress(HERE.into());
        let shaken = shake_hands(trust.client_config(), host, impostor.server(&[version]));
        let refusal = Error::InvalidCertificate(CertificateError::BadSignature);
        assert_eq!(shaken, Err(refusal));
    }
}

#[test]
fn a_pinned_public_key_fits_the_next_certificate() {
    let key = KeyPair::generate().unwrap();
    let again = KeyPair::from_pem(&key.serialize_pem()).unwrap();
    let digest = Sha256::digest(key.subject_public_key_info());
    let pin: Pin = format!("sha256//{}", STANDARD.encode(digest))
        .parse()
        .unwrap();
    let trust = TrustStore::bundled().pin(HERE, pin);
    reach(&trust, HERE, &self_signed(key, |_| {})).unwrap();
    let next = self_signed(again, |params| params.serial_number = Some(2.into()));
    reach(&trust, HERE, &next).unwrap();
    reach(&trust, HERE, &plain()).unwrap_err();
}

/// openssl makes such ones unless told otherwise.
#[test]
fn a_certificate_that_could_be_an_authority_can_be_pinned() {
    let authority = |params: &mut CertificateParams| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    };
    let server = self_signed(KeyPair::generate().unwrap(), authority);
    let public = TrustStore::bundled();
    let error = reach(&public, HERE, &server).unwrap_err();
    assert!(error.contains("cannot be verified"), "{error}");
    assert!(error.contains("`TrustStore::pin`"), "{error}");
    reach(&public.pin(HERE, server.pin()), HERE, &server).unwrap();
}

#[test]
fn the_dates_of_a_pinned_certificate_count() {
    let past = rcgen::date_time_ymd(2020, 1, 1);
    let future = rcgen::date_time_ymd(4000, 1, 1);
    let plain = IsCa::NoCa;
    let authority = IsCa::Ca(BasicConstraints::Unconstrained);
    for is_ca in [plain, authority] {
        for (expired, said) in [(true, "expired"), (false, "not valid yet")] {
            let server = self_signed(KeyPair::generate().unwrap(), |params| {
                params.is_ca = is_ca;
                if expired {
                    params.not_after = past;
                } else {
                    params.not_before = future;
                }
            });
            let trust = TrustStore::bundled().pin(HERE, server.pin());
            let error = reach(&trust, HERE, &server).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}

#[test]
fn what_a_refusal_says_has_an_end() {
    let many = (0..9).map(|number| format!("a{number}.example.com"));
    let names: Vec<_> = many.chain(["192.0.2.7".to_owned()]).collect();
    let shown = |names: &[String]| {
        let change = |params: &mut CertificateParams| {
            let named = CertificateParams::new(names).unwrap();
            params.subject_alt_names = named.subject_alt_names;
        };
        let server = self_signed(KeyPair::generate().unwrap(), change);
        reach(&server.trusted(), HERE, &server).unwrap_err()
    };
    let error = shown(&names);
    let list = "for a0.example.com, a1.example.com, a2.example.com, a3.example.com, \
                a4.example.com, 5 more, not";
    assert!(error.contains(list), "{error}");
    let error = shown(&names[9..]);
    assert!(error.contains("for 192.0.2.7, not"), "{error}");
    let error = shown(&[]);
    assert!(error.contains("for no name at all, not"), "{error}");
}

#[test]
fn a_refusal_is_found_and_told_alone() {
    let server = plain();
    let host = ServerName::IpAddress(HERE.into());
    let config = TrustStore::bundled().client_config();
    let error = shake_hands(config, host, server.server(rustls::ALL_VERSIONS)).unwrap_err();
    let told = explain(io::Error::other(io::Error::other(error)));
    let refused = told.downcast_ref::<AddressRefused>().unwrap();
    assert_eq!(
        (refused.address(), refused.certificate()),
        (HERE, server.pin())
    );
    assert!(told.source().is_none());
    let other = explain(io::Error::other(Error::DecryptError));
    assert!(other.is::<io::Error>());
}
