//! The ureq transport and the channel without a runtime, through proxies.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use meeting_blocking::{
    ChannelEnd, ChannelError, ChannelOptions, EventStream, Heartbeats, Network, Subscription,
    UreqTransport,
};
use meeting_testing::{channel_contract::Shell, transport_contract::Setup};
use meeting_types::events::{ChannelAddress, Event};

fn make(setup: Setup) -> UreqTransport {
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

fn run(case: impl Future<Output = ()>) {
    let ready = pin!(case).poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(ready, Poll::Ready(()), "the transport waited");
}

struct OnThread(EventStream);

impl Shell for OnThread {
    fn connect(
        address: ChannelAddress,
        subscription: Subscription,
        network: impl Into<Network>,
        options: &ChannelOptions,
    ) -> Result<Self, ChannelError> {
        EventStream::connect(address, subscription, network, options).map(Self)
    }

    fn next(&mut self) -> Option<Result<Event, ChannelError>> {
        self.0.next()
    }

    fn end(&self) -> Option<&ChannelEnd> {
        self.0.end()
    }

    fn heartbeats(&self) -> Heartbeats {
        self.0.heartbeats()
    }

    fn shown(&self) -> String {
        format!("{:?} {:#?}", self.0, self.0)
    }
}

meeting_testing::proxy_contract!(run, make, OnThread);

mod foreign {
    use super::*;

    meeting_testing::proxy_contract!(foreign run, make, OnThread);
}
