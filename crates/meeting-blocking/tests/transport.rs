//! The ureq transport over real sockets.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use meeting_blocking::UreqTransport;
use meeting_testing::transport_contract as contract;

fn make(setup: contract::Setup) -> UreqTransport {
    let mut builder = UreqTransport::builder();
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

/// Polls once. An `Immediate` transport is ready then, and this is where it shows.
fn run(case: impl Future<Output = ()>) {
    let ready = pin!(case).poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(ready, Poll::Ready(()), "the transport waited");
}

meeting_testing::transport_contract!(run, make);

#[test]
fn says_nothing_secret() {
    assert_eq!(
        format!("{:?}", UreqTransport::default()),
        "UreqTransport { max_reply_bytes: 16777216, .. }"
    );
}
