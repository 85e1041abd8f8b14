//! Certificates and keys that are given, and the store of the operating system.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use meeting_client::tls::{ClientCertificate, TlsError, TrustStore};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};

fn authority() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

#[test]
fn a_client_certificate_is_read_with_its_key() {
    let (chain, key) = authority();
    let (issuer, other_key) = authority();
    for (chain, key, expected) in [
        (format!("{key}{chain}"), format!("{key}{chain}"), Ok(1)),
        (format!("a remark\n{chain}{issuer}"), key.clone(), Ok(2)),
        (issuer.clone() + &chain, key.clone(), Err("is not that of")),
        (chain.clone(), other_key, Err("is not that of")),
        (key.clone(), key.clone(), Err("no certificate found")),
        (chain.clone(), chain.clone(), Err("no private key found")),
        (
            chain.clone(),
            key.replace("PRIVATE", "ENCRYPTED PRIVATE"),
            Err("encrypted"),
        ),
        (
            chain.clone(),
            key.replace("MI", "hush"),
            Err("malformed private key"),
        ),
        (
            chain.clone(),
            key[..key.len() / 2].to_owned(),
            Err("malformed private key"),
        ),
        (
            chain[..chain.len() / 2].to_owned(),
            key.clone(),
            Err("malformed PEM"),
        ),
    ] {
        let read = ClientCertificate::from_pem_parts(chain.as_bytes(), key.as_bytes());
        let said = format!("{read:?} {:#?}", read.as_ref().map(|_| ()));
        assert!(
            !key.lines()
                .any(|line| line.len() > 40 && said.contains(line)),
            "{said}"
        );
        match (read, expected) {
            (Ok(read), Ok(count)) => {
                let shown = format!("ClientCertificate {{ certificates: {count}, .. }}");
                assert_eq!(format!("{read:?}"), shown);
                let store = TrustStore::empty().client_certificate(read);
                assert!(format!("{store:?}").contains(&shown));
            }
            (Err(error), Err(expected)) => {
                assert!(error.to_string().contains(expected), "{error}");
            }
            (read, expected) => panic!("{read:?}, {expected:?}"),
        }
    }
}

#[test]
fn an_authority_that_is_none_is_told() {
    let bad = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    let error = TrustStore::from_pem(bad.as_bytes()).unwrap_err();
    assert!(
        matches!(error, TlsError::Authority { number: 1, .. }),
        "{error:?}"
    );
}

/// On Linux the variable `SSL_CERT_FILE` names the store; it is read by a run of this test of its own.
#[cfg(all(target_os = "linux", feature = "system-trust"))]
#[test]
fn the_store_of_the_system_is_read() {
    const ROLE: &str = "MEETING_TEST_OF_SYSTEM_TRUST";
    if let Ok(role) = std::env::var(ROLE) {
        let store = TrustStore::system();
        match role.as_str() {
            "none" => {
                let error = store.unwrap_err();
                assert!(matches!(error, TlsError::System { .. }), "{error:?}");
            }
            _ => {
                let (other, _) = authority();
                let store = store.unwrap().and_pem(other.as_bytes()).unwrap();
                let shown = format!("{store:?}");
                assert!(shown.contains("system: true, authorities: 1"), "{shown}");
            }
        }
        return;
    }
    let file = std::env::temp_dir().join(format!("meeting-trust-{}.pem", std::process::id()));
    for (role, text) in [("one", authority().0), ("none", String::new())] {
        std::fs::write(&file, text).unwrap();
        let run = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_store_of_the_system_is_read", "--nocapture"])
            .env(ROLE, role)
            .env("SSL_CERT_FILE", &file)
            .env_remove("SSL_CERT_DIR")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(run.status.success(), "{role}: {said}");
    }
    std::fs::remove_file(file).unwrap();
}
