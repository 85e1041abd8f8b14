//! The live channel over tokio, against a server on real sockets.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{thread, time::Duration};

use futures_util::{FutureExt, Stream, StreamExt};
use meeting_async::{
    ChannelEnd, ChannelError, ChannelOptions, EventStream, Heartbeats, Network, Subscription,
    TrustStore,
};
use meeting_testing::channel_contract as contract;
use meeting_types::events::{ChannelAddress, Event};
use tokio::{
    runtime::{Builder, Runtime},
    time::sleep,
};

struct OnTokio {
    stream: EventStream,
    runtime: Runtime,
}

impl contract::Shell for OnTokio {
    fn connect(
        address: ChannelAddress,
        subscription: Subscription,
        network: impl Into<Network>,
        options: &ChannelOptions,
    ) -> Result<Self, ChannelError> {
        let runtime = current_thread();
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

meeting_testing::channel_contract!(OnTokio);

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

async fn connect(server: &contract::ChannelServer) -> EventStream {
    let address = contract::address("ws", server.port());
    let subscription = Subscription::known(contract::TOKEN);
    let trust = TrustStore::bundled();
    EventStream::connect(address, subscription, &trust, &contract::options())
        .await
        .unwrap()
}

#[test]
fn waiting_can_be_given_up_without_loss() {
    const COUNT: usize = 300;
    let server = contract::ChannelServer::start(|mut peer| {
        peer.accept();
        for number in 0..COUNT {
            peer.event(contract::speaker(&number.to_string()));
            thread::sleep(Duration::from_micros(500));
        }
        peer.event(contract::end());
        peer.close();
    });
    current_thread().block_on(async {
        let mut events = connect(&server).await;
        let mut seen = Vec::new();
        let mut given_up = 0;
        loop {
            // Polled once and dropped.
            match events.next().now_or_never() {
                Some(Some(event)) => seen.push(event.unwrap()),
                Some(None) => break,
                None => {
                    given_up += 1;
                    sleep(Duration::from_millis(1)).await;
                }
            }
        }
        assert!(given_up > 0);
        let mut expected: Vec<_> = (0..COUNT)
            .map(|number| contract::speaker(&number.to_string()))
            .collect();
        expected.push(contract::end());
        assert_eq!(seen, expected);
    });
}

#[test]
fn it_is_a_stream() {
    fn check<T>(stream: T) -> T
    where
        T: Stream<Item = Result<Event, ChannelError>> + Send + Unpin + 'static,
    {
        stream
    }
    let server = contract::ChannelServer::start(|mut peer| {
        peer.accept();
        peer.event(contract::speaker("p1"));
        peer.event(contract::end());
        peer.close();
    });
    current_thread().block_on(async {
        let events: Vec<_> = check(connect(&server).await)
            .map(Result::unwrap)
            .collect()
            .await;
        assert_eq!(events, [contract::speaker("p1"), contract::end()]);
    });
}

#[test]
fn it_runs_on_a_task_of_its_own() {
    let server = contract::ChannelServer::start(|mut peer| {
        peer.accept();
        peer.event(contract::end());
        peer.close();
    });
    current_thread().block_on(async {
        let mut events = connect(&server).await;
        let task = tokio::spawn(async move {
            events.next().await.unwrap().unwrap();
            events.next().await.is_none()
        });
        assert!(task.await.unwrap());
    });
}
