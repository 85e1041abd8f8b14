//! The reqwest transport over real sockets.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use meeting_async::{ReqwestTransport, TrustStore};
use meeting_testing::transport_contract as contract;

fn make(setup: contract::Setup) -> ReqwestTransport {
    let mut builder = ReqwestTransport::builder();
    if let Some(trust) = setup.trust {
        builder = builder.trust(trust);
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
