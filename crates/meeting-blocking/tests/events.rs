//! The live channel without a runtime, against a server on real sockets.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{
    sync::mpsc,
    time::{Duration, Instant},
};

use meeting_blocking::{
    ChannelEnd, ChannelError, ChannelOptions, EventStream, Heartbeats, Network, Subscription,
    TrustStore,
};
use meeting_testing::channel_contract as contract;
use meeting_types::events::{ChannelAddress, Event};

struct OnThread(EventStream);

impl contract::Shell for OnThread {
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

meeting_testing::channel_contract!(OnThread);

const SHORT: Duration = Duration::from_millis(100);

fn connect(server: &contract::ChannelServer, options: &ChannelOptions) -> EventStream {
    let address = contract::address("ws", server.port());
    let subscription = Subscription::known(contract::TOKEN);
    EventStream::connect(address, subscription, TrustStore::bundled(), options).unwrap()
}

#[test]
fn waiting_can_be_limited() {
    let (go_on, wait) = mpsc::channel::<()>();
    let (sent, arrived) = mpsc::channel::<()>();
    let server = contract::ChannelServer::start(move |mut peer| {
        peer.accept();
        for event in [contract::speaker("p1"), contract::end()] {
            wait.recv().unwrap();
            peer.event(event);
            sent.send(()).unwrap();
        }
        peer.close();
    });
    let mut events = connect(&server, &contract::options());
    let start = Instant::now();
    assert_eq!(events.next_timeout(SHORT).unwrap(), None);
    assert!(start.elapsed() >= SHORT && start.elapsed() < SHORT + contract::SLACK);
    assert_eq!(events.next_timeout(Duration::ZERO).unwrap(), None);

    go_on.send(()).unwrap();
    arrived.recv().unwrap();
    // What has arrived is there without any wait.
    assert_eq!(
        events.next_timeout(Duration::ZERO).unwrap(),
        Some(contract::speaker("p1"))
    );
    assert_eq!(events.next_timeout(Duration::ZERO).unwrap(), None);

    go_on.send(()).unwrap();
    assert_eq!(
        events.next_timeout(Duration::MAX).unwrap(),
        Some(contract::end())
    );
    for _ in 0..2 {
        let error = events.next_timeout(SHORT).unwrap_err();
        assert_eq!(error.end(), Some(&ChannelEnd::MeetingEnded));
    }
    assert!(events.next().is_none());
}

#[test]
fn short_waits_keep_it_alive_as_well() {
    let server = contract::ChannelServer::start(|mut peer| {
        peer.accept();
        for _ in 0..3 {
            peer.read().unwrap();
        }
        peer.event(contract::end());
        peer.close();
    });
    let mut events = connect(&server, &contract::options().heartbeat_interval(SHORT));
    let start = Instant::now();
    let event = loop {
        match events.next_timeout(Duration::from_millis(5)).unwrap() {
            Some(event) => break event,
            None => assert!(start.elapsed() < SHORT * 3 + contract::SLACK),
        }
    };
    assert_eq!(event, contract::end());
    // The subscription is the first frame, and the first heartbeat comes at any part of the interval.
    assert!(start.elapsed() >= SHORT * 2 * 9 / 10);
}

#[test]
fn it_can_go_to_another_thread() {
    let server = contract::ChannelServer::start(|mut peer| {
        peer.accept();
        peer.event(contract::end());
        peer.close();
    });
    let events = connect(&server, &contract::options());
    let seen = std::thread::spawn(move || events.map(Result::unwrap).collect::<Vec<_>>());
    assert_eq!(seen.join().unwrap(), [contract::end()]);
}

#[test]
fn another_thread_can_end_a_wait() {
    fn shared<T: Send + Sync>(_: &T) {}
    let server = contract::ChannelServer::start(|mut peer| {
        peer.accept();
        peer.event(contract::speaker("p1"));
        while peer.read().is_some() {}
    });
    let mut events = connect(&server, &contract::options());
    shared(&events);
    assert_eq!(events.next().unwrap().unwrap(), contract::speaker("p1"));
    let closer = events.closer();
    let start = Instant::now();
    let waiting = std::thread::spawn(move || {
        assert!(events.next().is_none());
        let error = events.next_timeout(SHORT).unwrap_err();
        assert!(matches!(error, ChannelError::Over), "{error:?}");
        assert!(events.next().is_none());
    });
    std::thread::sleep(SHORT);
    assert!(!waiting.is_finished());
    closer.close();
    waiting.join().unwrap();
    assert!(start.elapsed() < SHORT + contract::SLACK);
}
