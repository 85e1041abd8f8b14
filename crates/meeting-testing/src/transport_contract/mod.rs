//! What a transport promises, as tests over real sockets. Both transports run all of it.
//!
//! [`transport_contract!`](crate::transport_contract!) with `(run, make)` defines one test for each case,
//! where `make` is a `fn(Setup) -> impl Transport` and `run` drives a future to its end.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "these are tests; each name says what is promised"
)]

use std::{
    error::Error as StdError,
    net::{Ipv4Addr, TcpListener},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use meeting_client::{
    proxy::ProxySettings,
    tls::{TrustStore, causes},
};
use meeting_types::{Timeout, Transport, TransportError, TransportErrorKind as Kind};

mod addresses;
mod cases;
mod connections;
mod heads;
mod idle;
mod tls;
mod uploads;

use crate::scripted_server::{ScriptedServer, Step};

pub use addresses::*;
pub use connections::*;
pub use heads::*;
pub use idle::*;
pub use tls::*;
pub use uploads::*;

/// How a case wants its transport. What is `None` stays at the default.
#[derive(Default)]
pub struct Setup {
    pub trust: Option<TrustStore>,
    pub proxies: Option<ProxySettings>,
    pub connect_timeout: Option<Duration>,
    pub max_reply_bytes: Option<usize>,
}

/// What a loaded machine may add to a wait.
const SLACK: Duration = Duration::from_secs(3);
const SHORT: Duration = Duration::from_millis(300);
const QUERY_SECRET: &str = "query-secret-5183";
const HEADER_SECRET: &str = "header-secret-9921";

/// A request that carries a secret in each place where real ones do.
pub fn request(base: &str) -> Request<Bytes> {
    Request::builder()
        .uri(format!("{base}/v1/usg/acs/auth?nonce={QUERY_SECRET}"))
        .header("x-access-token", HEADER_SECRET)
        .body(Bytes::new())
        .unwrap()
}

pub fn within(mut request: Request<Bytes>, limit: Duration) -> Request<Bytes> {
    request.extensions_mut().insert(Timeout(limit));
    request
}

pub fn plain(server: &ScriptedServer) -> String {
    format!("http://127.0.0.1:{}", server.port())
}

/// The failure, after a look for secrets in everything that it says.
fn failed(result: Result<Response<Bytes>, TransportError>) -> TransportError {
    let error = result.unwrap_err();
    let mut said = format!("{error}\n{error:?}\n{error:#?}");
    for cause in causes(&error) {
        said.push_str(&format!("\n{cause}\n{cause:?}"));
    }
    let mut source = error.source();
    while let Some(cause) = source {
        said.push_str(&format!("\n{cause}\n{cause:?}"));
        source = cause.source();
    }
    for secret in [QUERY_SECRET, HEADER_SECRET, "nonce"] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
    error
}

pub fn ok(body: &str) -> Step {
    let length = body.len();
    Step::Reply(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes())
}

fn reply(bytes: &[u8]) -> Step {
    Step::Reply(bytes.to_vec())
}

pub async fn normal_reply<T: Transport>(make: fn(Setup) -> T) {
    let server = ScriptedServer::start([reply(
        b"HTTP/1.1 200 OK\r\nx-request-id: abc\r\ncontent-length: 5\r\n\r\nhello",
    )]);
    let response = make(Setup::default())
        .send(request(&plain(&server)))
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["x-request-id"], "abc");
    assert_eq!(response.body(), "hello");
    assert!(response.extensions().is_empty());
    let sent = server.requests().remove(0);
    let line = format!("GET /v1/usg/acs/auth?nonce={QUERY_SECRET} HTTP/1.1\r\n");
    assert!(sent.starts_with(&line), "{sent}");
    assert!(sent.contains(HEADER_SECRET), "{sent}");
}

/// Both libraries add headers of their own. These are all that may.
pub async fn only_the_expected_headers_are_sent<T: Transport>(make: fn(Setup) -> T) {
    let cases = [
        (Method::GET, "", vec!["accept", "host"]),
        (Method::DELETE, "", vec!["accept", "host"]),
        (Method::POST, "", vec!["accept", "content-length", "host"]),
        (Method::PUT, "", vec!["accept", "content-length", "host"]),
        (Method::POST, "{}", vec!["accept", "content-length", "host"]),
        (
            Method::DELETE,
            "{}",
            vec!["accept", "content-length", "host"],
        ),
    ];
    for (method, body, expected) in cases {
        let server = ScriptedServer::start([ok("")]);
        let request = Request::builder()
            .method(&method)
            .uri(plain(&server))
            .body(Bytes::from(body))
            .unwrap();
        make(Setup::default()).send(request).await.unwrap();
        let sent = server.requests().remove(0);
        let (head, sent_body) = sent.split_once("\r\n\r\n").unwrap();
        let mut names: Vec<_> = head
            .lines()
            .skip(1)
            .map(|line| line.split_once(':').unwrap().0.to_ascii_lowercase())
            .collect();
        names.sort();
        assert_eq!(names, expected, "{method} {body:?}");
        assert_eq!(sent_body, body);
    }
}

pub async fn no_reason_phrase<T: Transport>(make: fn(Setup) -> T) {
    for line in ["HTTP/1.1 200 ", "HTTP/1.1 200"] {
        let text = format!("{line}\r\ncontent-length: 2\r\n\r\nok");
        let server = ScriptedServer::start([Step::Reply(text.into_bytes())]);
        let response = make(Setup::default())
            .send(request(&plain(&server)))
            .await
            .unwrap();
        assert_eq!(response.body(), "ok");
    }
}

pub async fn bodies_of_every_framing<T: Transport>(make: fn(Setup) -> T) {
    let cases: [(&[u8], &str); 4] = [
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            "abcde",
        ),
        (b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nto the end", "to the end"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", ""),
        (b"HTTP/1.0 200 OK\r\n\r\nold", "old"),
    ];
    for (bytes, body) in cases {
        let server = ScriptedServer::start([Step::ReplyThenClose(bytes.to_vec())]);
        let response = make(Setup::default())
            .send(request(&plain(&server)))
            .await
            .unwrap();
        assert_eq!(response.body(), body);
    }
}

pub async fn large_bodies_both_ways<T: Transport>(make: fn(Setup) -> T) {
    let body = "0123456789abcdef".repeat(100_000);
    let server = ScriptedServer::start([ok(&body)]);
    let request = Request::post(plain(&server))
        .body(Bytes::from(body.clone()))
        .unwrap();
    let response = make(Setup::default()).send(request).await.unwrap();
    assert!(response.body() == body.as_bytes());
    assert!(server.requests()[0].ends_with(&body));
}

pub async fn head_has_no_body<T: Transport>(make: fn(Setup) -> T) {
    let server = ScriptedServer::start([reply(
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n",
    )]);
    let mut request = request(&plain(&server));
    *request.method_mut() = Method::HEAD;
    let response = make(Setup::default()).send(request).await.unwrap();
    assert!(response.body().is_empty());
}

pub async fn header_values_may_be_any_bytes<T: Transport>(make: fn(Setup) -> T) {
    let server = ScriptedServer::start([reply(
        b"HTTP/1.1 200 OK\r\nx-name: caf\xe9\r\nserver: \xe4\xb8\xad\r\ncontent-length: 0\r\n\r\n",
    )]);
    let mut request = request(&plain(&server));
    for name in ["x-name", "user-agent", "accept-language"] {
        let value = HeaderValue::from_bytes(b"caf\xe9").unwrap();
        request.headers_mut().insert(name, value);
    }
    let response = make(Setup::default()).send(request).await.unwrap();
    assert_eq!(response.headers()["x-name"].as_bytes(), b"caf\xe9");
    assert_eq!(response.headers()["server"].as_bytes(), b"\xe4\xb8\xad");
    assert_eq!(server.requests()[0].matches("caf\u{e9}\r\n").count(), 3);

    // ureq refuses these two where reqwest sends them. Neither may panic.
    for name in ["authorization", "content-type"] {
        let server = ScriptedServer::start([ok("")]);
        let mut request = self::request(&plain(&server));
        let value = HeaderValue::from_bytes(b"caf\xe9").unwrap();
        request.headers_mut().insert(name, value);
        if let Err(error) = make(Setup::default()).send(request).await {
            assert_eq!(error.kind(), Kind::Request);
            assert!(error.is_not_sent());
        }
    }
}

pub async fn statuses_are_answers<T: Transport>(make: fn(Setup) -> T) {
    for status in [400, 401, 404, 429, 500, 503] {
        let text = format!("HTTP/1.1 {status} X\r\ncontent-length: 4\r\n\r\noops");
        let server = ScriptedServer::start([Step::Reply(text.into_bytes())]);
        let response = make(Setup::default())
            .send(request(&plain(&server)))
            .await
            .unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.body(), "oops");
        assert_eq!(server.requests().len(), 1);
    }
}

pub async fn redirects_are_answers<T: Transport>(make: fn(Setup) -> T) {
    for status in [301, 302, 303, 307, 308] {
        let text = format!(
            "HTTP/1.1 {status} X\r\nlocation: /elsewhere\r\ncontent-length: 5\r\n\r\nmoved"
        );
        let server = ScriptedServer::start([Step::Reply(text.into_bytes()), ok("followed")]);
        let response = make(Setup::default())
            .send(request(&plain(&server)))
            .await
            .unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["location"], "/elsewhere");
        assert_eq!(response.body(), "moved");
        assert_eq!(server.requests().len(), 1);
    }
}

pub async fn a_truncated_body_fails<T: Transport>(make: fn(Setup) -> T) {
    let cases: [&[u8]; 4] = [
        b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel",
        b"HTTP/1.1 200 OK\r\ncontent-le",
        b"",
    ];
    for bytes in cases {
        let server = ScriptedServer::start([Step::ReplyThenClose(bytes.to_vec())]);
        let start = Instant::now();
        let error = failed(make(Setup::default()).send(request(&plain(&server))).await);
        assert_eq!(error.kind(), Kind::Io, "{error:?}");
        assert!(!error.is_not_sent());
        assert!(start.elapsed() < SLACK);
        assert_eq!(server.requests().len(), 1, "never sent twice");
    }
}

pub async fn an_announced_length_over_the_limit_is_refused<T: Transport>(make: fn(Setup) -> T) {
    // Nothing follows: only the announcement can be the reason.
    for length in ["101", "18446744073709551615"] {
        let text = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
        let server = ScriptedServer::start([Step::Reply(text.into_bytes())]);
        let setup = Setup {
            max_reply_bytes: Some(100),
            ..Setup::default()
        };
        let start = Instant::now();
        let error = failed(make(setup).send(request(&plain(&server))).await);
        // The largest number of all means "no length" to hyper, which refuses the reply itself.
        assert!(
            error.kind() == Kind::TooLarge || (length.len() > 3 && error.kind() == Kind::Response),
            "{error:?}"
        );
        assert!(!error.is_not_sent());
        assert!(start.elapsed() < SLACK);
    }
}

pub async fn a_chunked_body_over_the_limit_is_cut_off<T: Transport>(make: fn(Setup) -> T) {
    let server = ScriptedServer::start([Step::Endless {
        head: b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(),
        piece: b"a\r\n0123456789\r\n".to_vec(),
        pause: Duration::ZERO,
    }]);
    let setup = Setup {
        max_reply_bytes: Some(10_000),
        ..Setup::default()
    };
    let error = failed(make(setup).send(request(&plain(&server))).await);
    assert_eq!(error.kind(), Kind::TooLarge, "{error:?}");
    assert!(!error.is_not_sent());
}

pub async fn a_body_of_exactly_the_limit_passes<T: Transport>(make: fn(Setup) -> T) {
    let chunked: &[u8] =
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\n012345\r\n4\r\n6789\r\n0\r\n\r\n";
    let server = ScriptedServer::start([ok("0123456789"), reply(chunked)]);
    let transport = make(Setup {
        max_reply_bytes: Some(10),
        ..Setup::default()
    });
    for _ in 0..2 {
        let response = transport.send(request(&plain(&server))).await.unwrap();
        assert_eq!(response.body(), "0123456789");
    }
}

pub async fn an_endless_header_is_cut_off<T: Transport>(make: fn(Setup) -> T) {
    let cases: [(&[u8], &[u8]); 2] = [
        (b"HTTP/1.1 200 OK\r\n", b"x-filler: abcdefghij\r\n"),
        (b"HTTP/1.1 200 OK\r\nx-filler: ", &[b'a'; 1000]),
    ];
    for (head, piece) in cases {
        let server = ScriptedServer::start([Step::Endless {
            head: head.to_vec(),
            piece: piece.to_vec(),
            pause: Duration::ZERO,
        }]);
        let error = failed(make(Setup::default()).send(request(&plain(&server))).await);
        assert_eq!(error.kind(), Kind::TooLarge, "{error:?}");
        assert!(!error.is_not_sent());
    }
}

pub async fn silence_times_out<T: Transport>(make: fn(Setup) -> T) {
    let server = ScriptedServer::start([Step::Silence]);
    let start = Instant::now();
    let error = failed(
        make(Setup::default())
            .send(within(request(&plain(&server)), SHORT))
            .await,
    );
    assert_eq!(error.kind(), Kind::Timeout, "{error:?}");
    assert!(!error.is_not_sent());
    assert!(start.elapsed() >= SHORT && start.elapsed() < SHORT + SLACK);
}

/// Each byte arrives in time; the whole does not.
pub async fn dripping_times_out<T: Transport>(make: fn(Setup) -> T) {
    let cases: [(&[u8], &[u8]); 3] = [
        (b"HTTP/1.1 200 OK\r\nx-filler: ", b"a"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", b"a"),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            b"1\r\na\r\n",
        ),
    ];
    for (head, piece) in cases {
        let server = ScriptedServer::start([Step::Endless {
            head: head.to_vec(),
            piece: piece.to_vec(),
            pause: Duration::from_millis(20),
        }]);
        let start = Instant::now();
        let error = failed(
            make(Setup::default())
                .send(within(request(&plain(&server)), SHORT))
                .await,
        );
        assert_eq!(error.kind(), Kind::Timeout, "{error:?}");
        assert!(!error.is_not_sent());
        assert!(start.elapsed() >= SHORT && start.elapsed() < SHORT + SLACK);
    }
}

/// The steps of an exchange share its time: waiting for the header leaves less for the body.
pub async fn the_steps_share_one_timeout<T: Transport>(make: fn(Setup) -> T) {
    let server = ScriptedServer::start([Step::Late {
        delay: Duration::from_millis(1200),
        bytes: b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello".to_vec(),
    }]);
    let limit = Duration::from_millis(1500);
    let start = Instant::now();
    let error = failed(
        make(Setup::default())
            .send(within(request(&plain(&server)), limit))
            .await,
    );
    assert_eq!(error.kind(), Kind::Timeout, "{error:?}");
    // The body would get 1500 ms of its own otherwise, and 2700 ms in all.
    assert!(start.elapsed() >= limit && start.elapsed() < Duration::from_millis(2500));
}

pub async fn extreme_timeouts_are_fine<T: Transport>(make: fn(Setup) -> T) {
    let server = ScriptedServer::start([ok("never asked")]);
    let transport = make(Setup {
        connect_timeout: Some(Duration::MAX),
        ..Setup::default()
    });
    let error = failed(
        transport
            .send(within(request(&plain(&server)), Duration::ZERO))
            .await,
    );
    assert_eq!(error.kind(), Kind::Timeout);
    assert!(error.is_not_sent());
    assert!(server.requests().is_empty());
    transport
        .send(within(request(&plain(&server)), Duration::MAX))
        .await
        .unwrap();
}

pub async fn a_refused_connection_is_not_sent<T: Transport>(make: fn(Setup) -> T) {
    // A port that was free a moment ago.
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .unwrap()
        .port();
    for scheme in ["http", "https"] {
        let base = format!("{scheme}://127.0.0.1:{port}");
        let error = failed(make(Setup::default()).send(request(&base)).await);
        assert_eq!(error.kind(), Kind::Connect, "{error:?}");
        assert!(error.is_not_sent());
        assert!(error.to_string().contains("refused"), "{error}");
    }
}

pub async fn an_unusable_uri_is_not_sent<T: Transport>(make: fn(Setup) -> T) {
    for base in ["", "ftp://127.0.0.1:1"] {
        let error = failed(make(Setup::default()).send(request(base)).await);
        assert_eq!(error.kind(), Kind::Request, "{error:?}");
        assert!(error.is_not_sent());
    }
}

pub async fn sleep_lets_time_pass<T: Transport>(make: fn(Setup) -> T) {
    let start = Instant::now();
    make(Setup::default())
        .sleep(Duration::from_millis(50))
        .await;
    assert!(start.elapsed() >= Duration::from_millis(50));
}
