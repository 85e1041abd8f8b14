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
