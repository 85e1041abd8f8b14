//! The reqwest transport and the channel over tokio, through proxies.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use meeting_async::{
    ChannelEnd, ChannelError, ChannelOptions, EventStream, Heartbeats, Network, ReqwestTransport,
    Subscription,
};
use meeting_testing::{channel_contract::Shell, transport_contract::Setup};
use meeting_types::events::{ChannelAddress, Event};
use tokio::runtime::{Builder, Runtime};

fn make(setup: Setup) -> ReqwestTransport {
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

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn run(case: impl Future<Output = ()>) {
    runtime().block_on(case);
}

struct OnTokio {
    stream: EventStream,
    runtime: Runtime,
}

impl Shell for OnTokio {
    fn connect(
        address: ChannelAddress,
        subscription: Subscription,
        network: impl Into<Network>,
        options: &ChannelOptions,
    ) -> Result<Self, ChannelError> {
        let runtime = runtime();
        let connecting = EventStream::connect(address, subscription, network, options);
        let stream = runtime.block_on(connecting)?;
        Ok(Self { stream, runtime })
    }

    fn next(&mut self) -> Option<Result<Event, ChannelError>> {
        self.runtime.block_on(self.stream.next())
    }

    fn end(&self) -> Option<&ChannelEnd> {
        self.stream.end()
    }

    fn heartbeats(&self) -> Heartbeats {
        self.stream.heartbeats()
    }

    fn shown(&self) -> String {
        format!("{:?} {:#?}", self.stream, self.stream)
    }
}

meeting_testing::proxy_contract!(run, make, OnTokio);

mod foreign {
    use super::*;

    meeting_testing::proxy_contract!(foreign run, make, OnTokio);
}
