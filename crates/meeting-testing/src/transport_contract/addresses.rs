//! The part of the contract that concerns hosts that are bare addresses.

use std::{
    error::Error as _,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use meeting_client::tls::{AddressRefused, Addresses, Pin, TrustStore};
use meeting_types::{Transport, TransportError, TransportErrorKind as Kind};

use super::{Setup, failed, ok, request};
use crate::{
    authority::{Authority, authority},
    scripted_server::ScriptedServer,
};

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
const NAME: &str = "meeting.example.com";

fn with(trust: TrustStore) -> Setup {
    Setup {
        trust: Some(trust),
        ..Setup::default()
    }
}

/// A certificate for names that nobody here connects to, and a store that trusts who signed it.
fn named() -> (Authority, TrustStore) {
    let authority = authority(&[NAME, "*.meeting.example.com"], false);
    let trust = TrustStore::from_pem(authority.pem.as_bytes()).unwrap();
    (authority, trust)
}

fn pin(authority: &Authority) -> Pin {
    Pin::from_pem(authority.certificate.pem().as_bytes()).unwrap()
}

fn by_address(server: &ScriptedServer) -> String {
    format!("https://{}", server.address())
}

async fn is_refused<T: Transport>(
    make: fn(Setup) -> T,
    trust: &TrustStore,
    server: &ScriptedServer,
    url: &str,
) -> TransportError {
    let error = failed(make(with(trust.clone())).send(request(url)).await);
    assert_eq!(error.kind(), Kind::Tls, "{error:?}");
    assert!(error.is_not_sent());
    assert!(server.requests().is_empty());
    error
}

pub async fn an_address_that_no_certificate_names_is_refused<T: Transport>(make: fn(Setup) -> T) {
    for address in [V4, V6] {
        let (authority, trust) = named();
        let shown = pin(&authority);
        let server = ScriptedServer::start_tls_at(address, authority.server, [ok("pinned")]);
        let url = by_address(&server);
        let error = is_refused(make, &trust, &server, &url).await;
        assert_eq!(
            error.to_string(),
            format!(
                "TLS failed: certificate of {address} is for meeting.example.com, \
                 *.meeting.example.com, not for the address: say which name to expect there \
                 (`TrustStore::verify_as`), or pin the certificate (`TrustStore::pin`); its SHA-256 \
                 fingerprint is {shown}"
            )
        );
        // What it says is what cures it.
        let refused = error.source().unwrap().downcast_ref::<AddressRefused>();
        let refused = refused.unwrap();
        let trust = trust.pin(refused.address(), refused.certificate());
        let response = make(with(trust)).send(request(&url)).await.unwrap();
        assert_eq!(response.body(), "pinned");
    }
}

pub async fn an_address_of_a_private_authority_is_refused<T: Transport>(make: fn(Setup) -> T) {
    let authority = authority(&["127.0.0.1"], false);
    let server = ScriptedServer::start_tls(authority.server, [ok("trusted")]);
    let public = TrustStore::bundled();
    let url = by_address(&server);
    let error = is_refused(make, &public, &server, &url).await.to_string();
    for said in [
        "of 127.0.0.1",
        "no authority",
        "::from_pem",
        "::pin",
        "SHA-256",
    ] {
        assert!(error.contains(said), "{error}");
    }
    let trust = public.and_pem(authority.pem.as_bytes()).unwrap();
    let response = make(with(trust)).send(request(&url)).await.unwrap();
    assert_eq!(response.body(), "trusted");
}

pub async fn addresses_are_verified_as_a_name<T: Transport>(make: fn(Setup) -> T) {
    for address in [V4, V6] {
        for which in [Addresses::All, address.into()] {
            let (authority, trust) = named();
            // It needs to be told the name.
            let config = authority.server_by_name(NAME);
            let server = ScriptedServer::start_tls_at(address, config, [ok("1"), ok("2")]);
            let transport = make(with(trust.verify_as(which, NAME).unwrap()));
            for body in ["1", "2"] {
                let url = by_address(&server);
                let response = transport.send(request(&url)).await.unwrap();
                assert_eq!(response.body(), body);
            }
            assert_eq!(server.connections(), 1);
            let host = format!("host: {}\r\n", server.address());
            for sent in server.requests() {
                assert!(sent.to_ascii_lowercase().contains(&host), "{sent}");
            }
        }
    }
}

pub async fn one_name_serves_many_addresses<T: Transport>(make: fn(Setup) -> T) {
    let (authority, trust) = named();
    let transport = make(with(trust.verify_as(Addresses::All, NAME).unwrap()));
    let config = authority.server_by_name(NAME);
    let four = ScriptedServer::start_tls_at(V4, config.clone(), [ok("four"), ok("four")]);
    let six = ScriptedServer::start_tls_at(V6, config, [ok("six"), ok("six")]);
    for _ in 0..2 {
        for (server, body) in [(&four, "four"), (&six, "six")] {
            let response = transport.send(request(&by_address(server))).await.unwrap();
            assert_eq!(response.body(), body);
        }
    }
    assert_eq!((four.connections(), six.connections()), (1, 1));
}

pub async fn an_address_verified_as_another_name_is_refused<T: Transport>(make: fn(Setup) -> T) {
    let (authority, trust) = named();
    let server = ScriptedServer::start_tls(authority.server, []);
    let trust = trust.verify_as(V4, "meeting.example.org").unwrap();
    let error = is_refused(make, &trust, &server, &by_address(&server)).await;
    let error = error.to_string();
    for said in ["meeting.example.org", "meeting.example.com"] {
        assert!(error.contains(said), "{error}");
    }
    // The authorities count as they do for other hosts.
    let public = TrustStore::bundled().verify_as(V4, NAME).unwrap();
    is_refused(make, &public, &server, &by_address(&server)).await;
}

pub async fn a_name_for_addresses_changes_nothing_for_others<T: Transport>(make: fn(Setup) -> T) {
    let (authority, trust) = named();
    let server = ScriptedServer::start_tls(authority.server, []);
    let by_name = format!("https://localhost:{}", server.port());
    for (trust, url) in [
        (trust.clone().verify_as(Addresses::All, NAME), by_name),
        (trust.verify_as(V6, NAME), by_address(&server)),
    ] {
        is_refused(make, &trust.unwrap(), &server, &url).await;
    }
}

pub async fn a_pinned_certificate_is_taken<T: Transport>(make: fn(Setup) -> T) {
    for address in [V4, V6] {
        for which in [Addresses::All, address.into()] {
            let (authority, _) = named();
            let (other, _) = named();
            // None of the public authorities signed it. One of several pins is enough.
            let trust = TrustStore::bundled()
                .pin(which, pin(&authority))
                .pin(which, pin(&other));
            let server = ScriptedServer::start_tls_at(address, authority.server, [ok("pinned")]);
            let transport = make(with(trust));
            let response = transport.send(request(&by_address(&server))).await.unwrap();
            assert_eq!(response.body(), "pinned");
        }
    }
}

pub async fn another_certificate_than_the_pinned_is_refused<T: Transport>(make: fn(Setup) -> T) {
    let expected = pin(&named().0);
    // An authority that is trusted signed it, and for the very address.
    let authority = authority(&["127.0.0.1"], false);
    let trust = TrustStore::from_pem(authority.pem.as_bytes()).unwrap();
    let shown = pin(&authority).to_string();
    let server = ScriptedServer::start_tls(authority.server, []);
    let error = is_refused(
        make,
        &trust.pin(V4, expected),
        &server,
        &by_address(&server),
    )
    .await;
    let error = error.to_string();
    for said in ["of 127.0.0.1", "not pinned", "::pin", &shown] {
        assert!(error.contains(said), "{error}");
    }
}

pub async fn a_pin_for_one_address_does_not_help_another<T: Transport>(make: fn(Setup) -> T) {
    let (authority, trust) = named();
    let pin = pin(&authority);
    let server = ScriptedServer::start_tls(authority.server, []);
    let by_name = format!("https://localhost:{}", server.port());
    for (trust, url) in [
        (trust.clone().pin(V6, pin), by_address(&server)),
        (trust.pin(Addresses::All, pin), by_name),
    ] {
        is_refused(make, &trust, &server, &url).await;
    }
}

pub async fn a_pinned_certificate_without_its_key_is_refused<T: Transport>(make: fn(Setup) -> T) {
    let (authority, trust) = named();
    let server = ScriptedServer::start_tls(authority.impostor(), []);
    let trust = trust.pin(V4, pin(&authority));
    let error = is_refused(make, &trust, &server, &by_address(&server)).await;
    assert!(error.to_string().contains("BadSignature"), "{error}");
}

pub async fn an_expired_certificate_is_refused_at_addresses<T: Transport>(make: fn(Setup) -> T) {
    let authority = authority(&[NAME], true);
    let trust = TrustStore::from_pem(authority.pem.as_bytes()).unwrap();
    let pin = pin(&authority);
    let server = ScriptedServer::start_tls(authority.server, []);
    for trust in [
        trust.clone(),
        trust.clone().verify_as(V4, NAME).unwrap(),
        trust.pin(V4, pin),
    ] {
        let error = is_refused(make, &trust, &server, &by_address(&server)).await;
        assert!(error.to_string().contains("expired"), "{error}");
    }
}
