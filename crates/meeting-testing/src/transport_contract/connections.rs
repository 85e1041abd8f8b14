//! What a transport promises about connections: they are used again while they are good, and one
//! transport serves several hosts and never mixes them.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use meeting_types::Transport;

use super::{ScriptedServer, Setup, Step, ok, plain, reply, request, within};

pub async fn connections_are_reused<T: Transport>(make: fn(Setup) -> T) {
    let server = ScriptedServer::start([ok("one"), ok("two"), ok("three")]);
    let transport = make(Setup::default());
    // The second has another timeout than the first.
    for (body, limit) in [("one", 30), ("two", 20), ("three", 30)] {
        let request = within(request(&plain(&server)), Duration::from_secs(limit));
        assert_eq!(transport.send(request).await.unwrap().body(), body);
        // reqwest returns a connection to its pool on another task.
        transport.sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(server.connections(), 1);
}

pub async fn a_connection_that_the_server_closed_is_not_reused<T: Transport>(make: fn(Setup) -> T) {
    // No `connection: close`: the client has to notice.
    let first = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\none".to_vec();
    let server = ScriptedServer::start([Step::ReplyThenClose(first), ok("two")]);
    let transport = make(Setup::default());
    for body in ["one", "two"] {
        let response = transport.send(request(&plain(&server))).await.unwrap();
        assert_eq!(response.body(), body);
        transport.sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(server.connections(), 2);
}

pub async fn unasked_bytes_poison_a_connection<T: Transport>(make: fn(Setup) -> T) {
    let first = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\noneHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfake";
    let server = ScriptedServer::start([reply(first), ok("two")]);
    let transport = make(Setup::default());
    for body in ["one", "two"] {
        let response = transport.send(request(&plain(&server))).await.unwrap();
        assert_eq!(response.body(), body);
        transport.sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(server.connections(), 2);
}

/// A request with credentials of its own.
fn request_for(base: &str, name: &str) -> Request<Bytes> {
    Request::builder()
        .uri(format!("{base}/v1/{name}?nonce=nonce-{name}"))
        .header("x-access-token", format!("token-{name}"))
        .body(Bytes::new())
        .unwrap()
}

/// What a request says that it is for.
fn hosts(request: &str) -> Vec<&str> {
    let lines = request.lines().filter_map(|line| line.split_once(": "));
    lines
        .filter(|(name, _)| name.eq_ignore_ascii_case("host"))
        .map(|(_, value)| value)
        .collect()
}

pub async fn hosts_are_never_mixed<T: Transport>(make: fn(Setup) -> T) {
    let names = ["first", "second", "third"];
    let servers = names.map(|name| ScriptedServer::start((0..3).map(|_| ok(name))));
    let transport = make(Setup::default());
    for _ in 0..3 {
        for (server, name) in servers.iter().zip(names) {
            let response = transport.send(request_for(&plain(server), name)).await;
            assert_eq!(response.unwrap().body(), name);
            // reqwest returns a connection to its pool on another task.
            transport.sleep(Duration::from_millis(20)).await;
        }
    }
    for (server, name) in servers.iter().zip(names) {
        assert_eq!(server.connections(), 1, "{name}");
        let requests = server.requests();
        assert_eq!(requests.len(), 3, "{name}");
        for request in requests {
            let line = format!("GET /v1/{name}?nonce=nonce-{name} HTTP/1.1\r\n");
            assert!(request.starts_with(&line), "{request}");
            assert_eq!(hosts(&request), [format!("127.0.0.1:{}", server.port())]);
            assert!(request.contains(&format!("token-{name}")), "{request}");
            for other in names.iter().filter(|other| **other != name) {
                assert!(!request.contains(other), "{request}");
            }
        }
    }
}

/// Two names may lead to one address, and still be two hosts: a certificate is good for a name.
pub async fn two_names_of_one_address_are_two_hosts<T: Transport>(make: fn(Setup) -> T) {
    let server = ScriptedServer::start((0..4).map(|_| ok("here")));
    let transport = make(Setup::default());
    let names = ["127.0.0.1", "localhost"];
    for name in [names, names].concat() {
        let base = format!("http://{name}:{}", server.port());
        transport.send(request_for(&base, "call")).await.unwrap();
        transport.sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(server.connections(), 2);
    let requests = server.requests();
    for (request, name) in requests.iter().zip([names, names].concat()) {
        assert_eq!(hosts(request), [format!("{name}:{}", server.port())]);
    }
}

/// Who sets the header `host` means it.
pub async fn a_host_header_of_the_caller_is_kept<T: Transport>(make: fn(Setup) -> T) {
    let server = ScriptedServer::start((0..2).map(|_| ok("here")));
    let transport = make(Setup::default());
    for _ in 0..2 {
        let mut request = request_for(&plain(&server), "call");
        let name = "api.example.com".parse().unwrap();
        request.headers_mut().insert("host", name);
        transport.send(request).await.unwrap();
    }
    for request in server.requests() {
        assert_eq!(hosts(&request), ["api.example.com"]);
    }
}
