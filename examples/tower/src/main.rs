//! Layers of tower under a client: `cargo run --package example-tower`.
//!
//! [`ServiceTransport`] makes a transport of any `tower::Service<http::Request<Bytes>>`, so that
//! layers which a program has already serve the client as well: here a limit of requests at a time, a
//! header on each request, and a timeout. All of it runs against the simulator, on this machine.

mod service;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use anyhow::Result;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::try_join_all;
use http::{HeaderValue, Request, Response};
use meeting_async::{
    Client, ReqwestTransport,
    types::{
        NonBlocking, Transport, TransportError,
        models::{Booking, MediaType},
        operations::CreateMeeting,
    },
};
use meeting_sim::Simulator;
use service::{RequestService, ServiceTransport, TransportService};
use tower::ServiceBuilder;

/// The transport below the layers, which watches what they do.
#[derive(Default)]
struct Observed {
    inner: ReqwestTransport,
    running: AtomicUsize,
    most: AtomicUsize,
    with_header: AtomicUsize,
    /// Time that each exchange takes longer.
    slowness: Duration,
}

#[async_trait]
impl Transport for Observed {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let running = self.running.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(running, Ordering::Relaxed);
        if request.headers().contains_key("x-team") {
            self.with_header.fetch_add(1, Ordering::Relaxed);
        }
        self.inner.sleep(self.slowness).await;
        let outcome = self.inner.send(request).await;
        self.running.fetch_sub(1, Ordering::Relaxed);
        outcome
    }

    async fn sleep(&self, delay: Duration) {
        self.inner.sleep(delay).await;
    }

    fn now(&self) -> SystemTime {
        self.inner.now()
    }
}

impl NonBlocking for Observed {}

/// The stack: outermost layer first.
fn layered(
    observed: Arc<Observed>,
    timeout: Duration,
) -> ServiceTransport<impl RequestService, Observed> {
    let service = ServiceBuilder::new()
        .concurrency_limit(4)
        .map_request(|mut request: Request<Bytes>| {
            let team = HeaderValue::from_static("rooms");
            request.headers_mut().insert("x-team", team);
            request
        })
        .timeout(timeout)
        .service(TransportService(Arc::clone(&observed)));
    ServiceTransport {
        service,
        clock: observed,
    }
}

/// Books 20 meetings at once through the layers.
async fn book(observed: &Arc<Observed>) -> Result<usize> {
    let sim = Simulator::start()?;
    let transport = layered(Arc::clone(observed), Duration::from_secs(5));
    let client =
        Client::builder(sim.endpoint()).with_credentials_over(transport, sim.app_credential());
    let bookings = (0..20).map(|number| {
        let client = client.clone();
        async move {
            let booking = Booking::new([MediaType::Voice]).subject(format!("Room {number}"));
            client.send(&CreateMeeting::new(booking)).await
        }
    });
    Ok(try_join_all(bookings).await?.len())
}

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let observed = Arc::default();
    let booked = runtime.block_on(book(&observed))?;
    println!("{booked} meetings booked at once");
    println!("{:?} requests at a time, at most", observed.most);
    println!("{:?} requests had the header", observed.with_header);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "these are tests")]

    use super::*;

    fn run<F: Future>(future: F) -> F::Output {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(future)
    }

    #[test]
    fn the_layers_limit_mark_and_pass_on_every_request() {
        let observed = Arc::default();
        assert_eq!(run(book(&observed)).unwrap(), 20);
        assert_eq!(observed.most.load(Ordering::Relaxed), 4);
        // The login is a request as well.
        assert_eq!(observed.with_header.load(Ordering::Relaxed), 21);
    }

    #[test]
    fn a_timeout_of_a_layer_is_a_timeout_of_the_call_and_repeats_no_booking() {
        let sim = Simulator::start().unwrap();
        let observed = Arc::new(Observed {
            slowness: Duration::from_secs(60),
            ..Observed::default()
        });
        let transport = layered(Arc::clone(&observed), Duration::from_millis(50));
        let client = Client::builder(sim.endpoint()).anonymous_over(transport);
        let request = Request::post("/v1/mmc/management/conferences").body(Bytes::new());
        let once = meeting_async::types::RetryClass::Once;
        let error = run(client.request(request.unwrap(), once)).unwrap_err();
        assert!(error.may_have_been_done(), "{error}");
        assert!(error.to_string().contains("timed out"), "{error}");
        assert_eq!(observed.with_header.load(Ordering::Relaxed), 1);
    }
}
