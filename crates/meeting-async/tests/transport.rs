//! The reqwest transport over real sockets.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::time::Duration;

use meeting_async::{ReqwestTransport, TrustStore, types::Transport};
use meeting_testing::{scripted_server::ScriptedServer, transport_contract as contract};

fn make(setup: contract::Setup) -> ReqwestTransport {
    let mut builder = ReqwestTransport::builder();
    if let Some(trust) = setup.trust {
        builder = builder.trust(trust);
    }
    if let Some(proxies) = setup.proxies {
        builder = builder.proxy(proxies);
    }
    if let Some(timeout) = setup.connect_timeout {
        builder = builder.connect_timeout(timeout);
    }
    if let Some(bytes) = setup.max_reply_bytes {
        builder = builder.max_reply_bytes(bytes);
    }
    builder.build()
}

fn run(case: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(case);
}

meeting_testing::transport_contract!(run, make);

/// Building needs no runtime: a client is often a static or a field set up in `main`.
#[test]
fn builds_outside_a_runtime() {
    let _ = ReqwestTransport::builder()
        .trust(TrustStore::bundled())
        .build();
    let text = format!("{:?}", ReqwestTransport::default());
    assert!(text.contains("16777216"), "{text}");
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// Both runtimes live, and only one of them is driven at a time.
#[test]
fn one_transport_serves_two_runtimes() {
    let server = ScriptedServer::start((0..6).map(|_| contract::ok("here")));
    let transport = make(contract::Setup::default());
    let send = || {
        let request = contract::request(&contract::plain(&server));
        transport.send(contract::within(request, Duration::from_secs(2)))
    };
    let (first, second) = (runtime(), runtime());
    for runtime in [&first, &second, &first, &second] {
        assert_eq!(runtime.block_on(send()).unwrap().body(), "here");
    }
    assert_eq!(server.connections(), 2, "each runtime kept its own");
    drop(first);
    for runtime in [&second, &self::runtime()] {
        assert_eq!(runtime.block_on(send()).unwrap().body(), "here");
    }
    assert_eq!(server.connections(), 3);
}

/// Settings of one's own come first, so they cannot take back what is promised.
#[test]
fn settings_of_reqwest_go_below_what_is_promised() {
    let elsewhere = ScriptedServer::start([contract::ok("followed")]);
    let redirect = format!(
        "HTTP/1.1 302 X\r\nlocation: {}/\r\ncontent-length: 0\r\n\r\n",
        contract::plain(&elsewhere)
    );
    let server = ScriptedServer::start([meeting_testing::scripted_server::Step::Reply(
        redirect.into_bytes(),
    )]);
    let proxy = format!("http://127.0.0.1:{}", elsewhere.port());
    let transport = ReqwestTransport::builder()
        .configure(move |reqwest| {
            reqwest
                .user_agent("of the program")
                .redirect(reqwest::redirect::Policy::limited(5))
                .proxy(reqwest::Proxy::all(&proxy).unwrap())
        })
        .build();
    let request = contract::request(&contract::plain(&server));
    let response = runtime().block_on(transport.send(request)).unwrap();
    assert_eq!(response.status(), 302);
    assert!(elsewhere.requests().is_empty());
    assert!(server.requests()[0].contains("of the program"));
}

#[test]
fn settings_that_reqwest_does_not_take_are_an_error() {
    let transport = ReqwestTransport::builder()
        .configure(|reqwest| reqwest.user_agent("two\nlines"))
        .build();
    let request = contract::request("http://127.0.0.1:1");
    let error = runtime().block_on(transport.send(request)).unwrap_err();
    let kind = meeting_async::types::TransportErrorKind::Request;
    assert_eq!((error.kind(), error.is_not_sent()), (kind, true));
}
