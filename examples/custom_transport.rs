//! A transport of your own under both clients: `cargo run --example custom_transport`.
//!
//! `Counted` wraps any transport and prints each exchange. It is written once and works in both
//! worlds, because the trait is the same.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, SystemTime},
};

use anyhow::Result;
use async_trait::async_trait;
use bytes::Bytes;
use meeting_async::{
    ReqwestTransport,
    types::{
        Immediate, NonBlocking, Transport, TransportError,
        models::{Booking, MediaType},
        operations::{CreateAnonymousAuthRandom, CreateMeeting},
    },
};
use meeting_blocking::UreqTransport;
use meeting_sim::Simulator;

struct Counted<T> {
    inner: T,
    exchanges: AtomicU32,
}

impl<T> Counted<T> {
    fn new(inner: T) -> Self {
        Self {
            inner,
            exchanges: AtomicU32::new(0),
        }
    }
}

#[async_trait]
impl<T: Transport> Transport for Counted<T> {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        // The path alone: a query may hold what nobody should read.
        let line = format!("{} {}", request.method(), request.uri().path());
        let outcome = self.inner.send(request).await;
        let number = self.exchanges.fetch_add(1, Ordering::Relaxed) + 1;
        match &outcome {
            Ok(response) => println!("  {number}. {line} -> {}", response.status()),
            Err(error) => println!("  {number}. {line} -> {error}"),
        }
        outcome
    }

    async fn sleep(&self, delay: Duration) {
        self.inner.sleep(delay).await;
    }

    fn now(&self) -> SystemTime {
        self.inner.now()
    }
}

// It blocks no thread and needs no executor if what it wraps does not.
impl<T: NonBlocking> NonBlocking for Counted<T> {}
impl<T: Immediate> Immediate for Counted<T> {}

fn main() -> Result<()> {
    let sim = Simulator::start()?;
    let meeting = sim.create_meeting("Weekly");

    println!("blocking:");
    let client = meeting_blocking::Client::builder(sim.endpoint())
        .with_credentials_over(Counted::new(UreqTransport::new()), sim.app_credential());
    let booking = Booking::new([MediaType::Voice]).subject("Counted");
    let booked = client.send(&CreateMeeting::new(booking))?;
    println!(
        "  booked {}",
        booked
            .first()
            .map_or("nothing", |one| one.conference_id.as_str())
    );

    println!("async:");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = meeting_async::Client::builder(sim.endpoint())
            .anonymous_over(Counted::new(ReqwestTransport::new()));
        let operation =
            CreateAnonymousAuthRandom::new(meeting.conference_id, meeting.guest_password);
        println!("  {:?}", client.send(&operation).await?.random);
        Ok(())
    })
}
