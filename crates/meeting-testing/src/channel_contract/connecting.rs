//! The part of the contract that concerns opening the connection.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use meeting_client::{
    channel::{ChannelError, Subscription},
    tls::{ClientCertificate, TrustStore},
};
use meeting_types::{TransportErrorKind as Kind, events::EventKind};
use rustls::ServerConnection;

use super::{
    SHORT, SLACK, Shell, TOKEN, address, connect_with, greet, meeting_ends, next_event, no_secret,
    options, speaker,
};
use crate::{authority::authority, channel_server::ChannelServer};

pub(super) fn connect_fails<S: Shell>(result: Result<S, ChannelError>) -> ChannelError {
    let Err(error) = result else {
        panic!("connected")
    };
    no_secret(&format!("{error} {error:?} {error:#?}"));
    error
}

pub(super) fn kind(error: &ChannelError) -> Kind {
    match error {
        ChannelError::Connect(error) => error.kind(),
        other => panic!("{other:?}"),
    }
}

fn connect_tls<S: Shell>(server: &ChannelServer, trust: &TrustStore) -> Result<S, ChannelError> {
    let kinds = [EventKind::SpeakerChange, EventKind::ConferenceDynamicInfo];
    let address = address("wss", server.port());
    S::connect(address, Subscription::new(TOKEN, kinds), trust, &options())
}

pub fn tls_with_a_trusted_authority<S: Shell>() {
    let authority = authority(&["localhost"], false);
    let trust = TrustStore::from_pem(authority.pem.as_bytes()).unwrap();
    let server = ChannelServer::start_tls(authority.server, greet);
    let mut shell: S = connect_tls(&server, &trust).unwrap();
    assert_eq!(next_event(&mut shell), speaker("p1"));
    assert_eq!(next_event(&mut shell), speaker("p2"));
    meeting_ends(&mut shell);
}

pub fn tls_that_cannot_be_trusted<S: Shell>() {
    let other = authority(&["localhost"], false);
    for (names, expired, trusted) in [
        (["localhost"], false, false),
        (["example.com"], false, true),
        (["localhost"], true, true),
    ] {
        let authority = authority(&names, expired);
        let pem = if trusted { &authority.pem } else { &other.pem };
        let trust = TrustStore::from_pem(pem.as_bytes()).unwrap();
        let server = ChannelServer::start_tls(authority.server, |_| panic!("connected"));
        let error = connect_fails(connect_tls::<S>(&server, &trust));
        assert_eq!(kind(&error), Kind::Tls, "{error:?}");
        assert!(error.to_string().contains("certificate"), "{error}");
    }
}

/// The handshake goes well, and what follows is no TLS. An alert that a server sends late, because it
/// turns the client down, arrives at this place too.
pub fn tls_that_breaks_down<S: Shell>() {
    let authority = authority(&["localhost"], false);
    let trust = TrustStore::from_pem(authority.pem.as_bytes()).unwrap();
    let server = ChannelServer::raw(|mut tcp| {
        let mut tls = ServerConnection::new(Arc::new(authority.server)).unwrap();
        while tls.is_handshaking() {
            tls.complete_io(&mut tcp).unwrap();
        }
        tcp.write_all(&[0xff; 64]).unwrap();
        // Until the client has gone: closing at once would reset the connection.
        let _ = tcp.read_to_end(&mut Vec::new());
    });
    let error = connect_fails(connect_tls::<S>(&server, &trust));
    assert_eq!(kind(&error), Kind::Tls, "{error:?}");
}

pub fn a_client_certificate_lets_in<S: Shell>() {
    let authority = authority(&["localhost"], false);
    let trust = TrustStore::from_pem(authority.pem.as_bytes()).unwrap();
    let (chain, key) = authority.client();
    let certificate = ClientCertificate::from_pem_parts(chain.as_bytes(), key.as_bytes());
    let known = trust.clone().client_certificate(certificate.unwrap());
    let server = ChannelServer::start_tls(authority.server_for_clients(), greet);
    let mut shell: S = connect_tls(&server, &known).unwrap();
    assert_eq!(next_event(&mut shell), speaker("p1"));
    assert_eq!(next_event(&mut shell), speaker("p2"));
    meeting_ends(&mut shell);

    let config = authority.server_for_clients();
    let server = ChannelServer::start_tls(config, |_| panic!("connected"));
    let error = connect_fails(connect_tls::<S>(&server, &trust));
    assert_eq!(kind(&error), Kind::Tls, "{error:?}");
}

fn answer_upgrade(answer: &'static [u8]) -> ChannelServer {
    ChannelServer::raw(move |mut tcp| {
        let mut request = Vec::new();
        let mut byte = [0];
        while !request.ends_with(b"\r\n\r\n") {
            tcp.read_exact(&mut byte).unwrap();
            request.push(byte[0]);
        }
        tcp.write_all(answer).unwrap();
    })
}

pub fn a_refused_upgrade_tells_the_status<S: Shell>() {
    for (answer, status, wait) in [
        (
            &b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n"[..],
            403,
            None,
        ),
        (
            b"HTTP/1.1 503 \r\nRetry-After: 7\r\ncontent-length: 4\r\n\r\nbusy",
            503,
            Some(Duration::from_secs(7)),
        ),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", 200, None),
    ] {
        let server = answer_upgrade(answer);
        let error = connect_fails(connect_with::<S>(&server, &options()));
        let told = matches!(error, ChannelError::Refused { status: told, retry_after } if told == status && retry_after == wait);
        assert!(told, "{error:?}");
    }
}

pub fn something_else_than_a_channel_fails<S: Shell>() {
    for answer in [
        &b"SSH-2.0-OpenSSH\r\n\r\n"[..],
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"",
    ] {
        let server = answer_upgrade(answer);
        let error = connect_fails(connect_with::<S>(&server, &options()));
        assert_eq!(kind(&error), Kind::Io, "{error:?}");
    }
}

pub fn nobody_there_fails<S: Shell>() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let trust = TrustStore::bundled();
    let subscription = Subscription::known(TOKEN);
    let result = S::connect(address("ws", port), subscription, &trust, &options());
    assert_eq!(kind(&connect_fails(result)), Kind::Connect);
}

pub fn connecting_takes_no_longer_than_allowed<S: Shell>() {
    for scheme in ["ws", "wss"] {
        let (done, wait) = mpsc::channel::<()>();
        let server = ChannelServer::raw(move |_tcp| {
            let _ = wait.recv();
        });
        let start = Instant::now();
        let address = address(scheme, server.port());
        let result = S::connect(
            address,
            Subscription::known(TOKEN),
            TrustStore::bundled(),
            &options().connect_timeout(SHORT),
        );
        let error = connect_fails(result);
        assert_eq!(kind(&error), Kind::Timeout, "{error:?}");
        assert!(start.elapsed() >= SHORT && start.elapsed() < SHORT + SLACK);
        drop(done);
    }
}
