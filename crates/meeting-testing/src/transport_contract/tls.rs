//! The part of the contract that concerns TLS.

use std::{
    net::{Ipv4Addr, TcpListener},
    time::{Duration, Instant},
};

use meeting_client::tls::{ClientCertificate, Pin, TrustStore};
use meeting_types::{Transport, TransportErrorKind as Kind};

use super::{SHORT, SLACK, Setup, failed, ok, request};
use crate::{
    authority::{Authority, authority},
    scripted_server::{ScriptedServer, Step},
};

pub(super) fn trusting(pem: &str) -> Setup {
    Setup {
        trust: Some(TrustStore::from_pem(pem.as_bytes()).unwrap()),
        ..Setup::default()
    }
}

pub async fn tls_with_a_trusted_authority<T: Transport>(make: fn(Setup) -> T) {
    let authority = authority(&["localhost", "127.0.0.1"], false);
    let large = "x".repeat(300_000);
    let server = ScriptedServer::start_tls(authority.server, [ok("one"), ok(&large), ok("three")]);
    let transport = make(trusting(&authority.pem));
    let base = format!("https://localhost:{}", server.port());
    for body in ["one", &large] {
        let response = transport.send(request(&base)).await.unwrap();
        assert!(response.body() == body.as_bytes());
        transport.sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(server.connections(), 1);
    // A name in the certificate may be an address.
    let base = format!("https://127.0.0.1:{}", server.port());
    let response = transport.send(request(&base)).await.unwrap();
    assert_eq!(response.body(), "three");
}

async fn tls_refused<T: Transport>(transport: T, server: &ScriptedServer) {
    let base = format!("https://localhost:{}", server.port());
    let error = failed(transport.send(request(&base)).await);
    assert_eq!(error.kind(), Kind::Tls, "{error:?}");
    assert!(error.is_not_sent());
    assert!(error.to_string().contains("certificate"), "{error}");
    assert!(server.requests().is_empty());
}

pub async fn tls_with_an_unknown_authority<T: Transport>(make: fn(Setup) -> T) {
    let server = ScriptedServer::start_tls(authority(&["localhost"], false).server, [ok("never")]);
    // The public authorities did not sign it, and neither did another private one.
    tls_refused(make(Setup::default()), &server).await;
    tls_refused(
        make(trusting(&authority(&["localhost"], false).pem)),
        &server,
    )
    .await;
}

pub async fn tls_with_a_wrong_name<T: Transport>(make: fn(Setup) -> T) {
    let authority = authority(&["meeting.example.com"], false);
    let server = ScriptedServer::start_tls(authority.server, [ok("never")]);
    tls_refused(make(trusting(&authority.pem)), &server).await;
}

pub async fn tls_with_an_expired_certificate<T: Transport>(make: fn(Setup) -> T) {
    let authority = authority(&["localhost"], true);
    let server = ScriptedServer::start_tls(authority.server, [ok("never")]);
    tls_refused(make(trusting(&authority.pem)), &server).await;
}

pub async fn tls_to_a_server_without_it<T: Transport>(make: fn(Setup) -> T) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let base = format!(
        "https://127.0.0.1:{}",
        listener.local_addr().unwrap().port()
    );
    let server = std::thread::spawn(move || {
        use std::io::Write;
        let (mut tcp, _) = listener.accept().unwrap();
        tcp.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        tcp
    });
    let error = failed(make(Setup::default()).send(request(&base)).await);
    assert_eq!(error.kind(), Kind::Tls, "{error:?}");
    assert!(error.is_not_sent());
    server.join().unwrap();
}

/// The connection opens, but the handshake never comes to an end.
pub async fn connecting_times_out<T: Transport>(make: fn(Setup) -> T) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let base = format!(
        "https://127.0.0.1:{}",
        listener.local_addr().unwrap().port()
    );
    let transport = make(Setup {
        connect_timeout: Some(SHORT),
        ..Setup::default()
    });
    let start = Instant::now();
    let error = failed(transport.send(request(&base)).await);
    assert_eq!(error.kind(), Kind::Timeout, "{error:?}");
    assert!(error.is_not_sent());
    assert!(start.elapsed() >= SHORT && start.elapsed() < SHORT + SLACK);
}

/// A body without a length ends with the connection, so over TLS the end has to be signed.
pub async fn tls_cut_short_is_an_error<T: Transport>(make: fn(Setup) -> T) {
    let authority = authority(&["localhost"], false);
    let bytes = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\npart of it".to_vec();
    // The scripted server closes the socket without a word of TLS.
    let server = ScriptedServer::start_tls(authority.server, [Step::ReplyThenClose(bytes)]);
    let base = format!("https://localhost:{}", server.port());
    let error = failed(make(trusting(&authority.pem)).send(request(&base)).await);
    assert_eq!(error.kind(), Kind::Io, "{error:?}");
    assert!(!error.is_not_sent());
}

fn client_certificate(authority: &Authority) -> ClientCertificate {
    let (chain, key) = authority.client();
    ClientCertificate::from_pem(format!("{key}{chain}").as_bytes()).unwrap()
}

pub async fn a_client_certificate_lets_in<T: Transport>(make: fn(Setup) -> T) {
    let authority = authority(&["localhost", "127.0.0.1"], false);
    let server = ScriptedServer::start_tls(authority.server_for_clients(), [ok("in"), ok("in")]);
    let trust = TrustStore::from_pem(authority.pem.as_bytes()).unwrap();
    let trust = trust.client_certificate(client_certificate(&authority));
    // It is kept by whatever is said after it.
    let trust = trust.and_pem(authority.pem.as_bytes()).unwrap();
    for host in ["localhost", "127.0.0.1"] {
        let transport = make(Setup {
            trust: Some(trust.clone()),
            ..Setup::default()
        });
        let base = format!("https://{host}:{}", server.port());
        assert_eq!(transport.send(request(&base)).await.unwrap().body(), "in");
    }
}

/// Over TLS 1.3 the server says so only after the handshake, when the request may be on its way.
pub async fn without_a_client_certificate_nobody_gets_in<T: Transport>(make: fn(Setup) -> T) {
    let authority = authority(&["localhost"], false);
    let other = self::authority(&["localhost"], false);
    let server = ScriptedServer::start_tls(authority.server_for_clients(), [ok("never")]);
    let trust = TrustStore::from_pem(authority.pem.as_bytes()).unwrap();
    let foreign = trust.clone().client_certificate(client_certificate(&other));
    for trust in [trust, foreign] {
        let transport = make(Setup {
            trust: Some(trust),
            ..Setup::default()
        });
        let base = format!("https://localhost:{}", server.port());
        let error = failed(transport.send(request(&base)).await);
        assert_eq!(error.kind(), Kind::Tls, "{error:?}");
        assert!(server.requests().is_empty());
    }
}

/// Who trusts nobody is let in nowhere, but by a pin.
pub async fn an_empty_store_trusts_nobody<T: Transport>(make: fn(Setup) -> T) {
    let authority = authority(&["localhost"], false);
    let server = ScriptedServer::start_tls(authority.server.clone(), [ok("pinned")]);
    let pin = Pin::from_pem(authority.certificate.pem().as_bytes()).unwrap();
    let trust = TrustStore::empty().pin(Ipv4Addr::LOCALHOST, pin);
    let transport = make(Setup {
        trust: Some(trust),
        ..Setup::default()
    });
    let base = format!("https://127.0.0.1:{}", server.port());
    assert_eq!(
        transport.send(request(&base)).await.unwrap().body(),
        "pinned"
    );
    tls_refused(transport, &ScriptedServer::start_tls(authority.server, [])).await;
}
