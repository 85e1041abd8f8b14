//! What a transport promises about bytes that belong to no request of its own.

use std::{
    net::{Ipv4Addr, TcpListener},
    thread,
    time::{Duration, Instant},
};

use http::StatusCode;
use meeting_types::{Transport, TransportErrorKind as Kind};

use super::{
    SHORT, SLACK, ScriptedServer, Setup, Step, failed, ok, plain, reply, request, trusting, within,
};
use crate::authority::authority;

const UNASKED: [&[u8]; 5] = [
    b"HTTP/1.1 408 Request Time-out\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfake",
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nfake\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nfake",
    b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
];

/// A reply, and later something that nobody asked for.
fn then_unasked(unasked: &[u8], close: bool) -> Step {
    Step::Unasked {
        reply: b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\none".to_vec(),
        delay: Duration::from_millis(30),
        unasked: unasked.to_vec(),
        close,
    }
}

/// The thread sleeps: an async runtime is not driven, so nobody sees the bytes come.
pub async fn a_response_that_was_there_before_its_request_answers_nothing<T: Transport>(
    make: fn(Setup) -> T,
) {
    let authority = authority(&["localhost"], false);
    for unasked in UNASKED {
        for close in [false, true] {
            let steps = || [then_unasked(unasked, close), ok("two")];
            let plainly = ScriptedServer::start(steps());
            let encrypted = ScriptedServer::start_tls(authority.server.clone(), steps());
            for (server, base) in [
                (&plainly, plain(&plainly)),
                (
                    &encrypted,
                    format!("https://localhost:{}", encrypted.port()),
                ),
            ] {
                let transport = make(trusting(&authority.pem));
                for body in ["one", "two"] {
                    let response = transport.send(request(&base)).await.unwrap();
                    assert_eq!(response.body(), body, "{}", unasked.escape_ascii());
                    thread::sleep(Duration::from_millis(100));
                }
                assert_eq!(server.connections(), 2);
                assert_eq!(server.requests().len(), 2);
            }
        }
    }
}

/// The server gave the connection up while the request was on its way.
pub async fn a_408_that_ends_a_used_connection_is_not_sent<T: Transport>(make: fn(Setup) -> T) {
    for head in [
        "HTTP/1.1 408 Request Time-out\r\nConnection: close\r\n",
        "HTTP/1.1 408 Request Time-out\r\nconnection: Keep-Alive, CLOSE\r\n",
    ] {
        let timed_out = format!("{head}content-length: 0\r\n\r\n");
        let server = ScriptedServer::start([
            ok("one"),
            Step::ReplyThenClose(timed_out.into_bytes()),
            ok("two"),
        ]);
        let transport = make(Setup::default());
        let response = transport.send(request(&plain(&server))).await.unwrap();
        assert_eq!(response.body(), "one");
        transport.sleep(Duration::from_millis(20)).await;
        let error = failed(transport.send(request(&plain(&server))).await);
        assert_eq!(error.kind(), Kind::Io, "{error:?}");
        assert!(error.is_not_sent());
        assert!(error.to_string().contains("408"), "{error}");
        let response = transport.send(request(&plain(&server))).await.unwrap();
        assert_eq!(response.body(), "two");
        assert_eq!(server.connections(), 2);
    }
}

/// On a new connection nothing has idled, and without `close` the connection goes on.
pub async fn any_other_408_is_an_answer<T: Transport>(make: fn(Setup) -> T) {
    let closing = b"HTTP/1.1 408 X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".to_vec();
    let staying = b"HTTP/1.1 408 X\r\ncontent-length: 0\r\n\r\n";
    let server = ScriptedServer::start([
        Step::ReplyThenClose(closing),
        ok("one"),
        reply(staying),
        ok("two"),
    ]);
    let transport = make(Setup::default());
    for status in [408, 200, 408, 200] {
        let response = transport.send(request(&plain(&server))).await.unwrap();
        assert_eq!(response.status(), StatusCode::from_u16(status).unwrap());
        transport.sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(server.connections(), 2);
}

/// The time of the exchange may end before that of connecting does.
pub async fn time_that_runs_out_while_connecting_is_not_sent<T: Transport>(make: fn(Setup) -> T) {
    // It takes connections and says nothing, so that the handshake of TLS does not end.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    for connect_timeout in [SHORT * 10, SHORT] {
        let transport = make(Setup {
            connect_timeout: Some(connect_timeout),
            ..Setup::default()
        });
        let start = Instant::now();
        let base = format!("https://127.0.0.1:{port}");
        let error = failed(transport.send(within(request(&base), SHORT)).await);
        assert_eq!(error.kind(), Kind::Timeout, "{error:?}");
        assert!(error.is_not_sent());
        assert!(start.elapsed() >= SHORT && start.elapsed() < SHORT + SLACK);
    }
}
