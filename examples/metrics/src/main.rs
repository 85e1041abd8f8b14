//! Metrics per operation: `cargo run --package example-metrics`.
//!
//! Each call has a span of `tracing`, with the field names of OpenTelemetry's conventions for HTTP
//! clients. [`Metrics`] counts the spans and sums their durations by operation. It serves the async and
//! the blocking client at once. All of it runs against the simulator, on this machine.

mod metrics;

use std::time::{Duration, SystemTime};

use anyhow::Result;
use async_trait::async_trait;
use bytes::Bytes;
use meeting_async::{
    ReqwestTransport,
    types::{
        Attempt, NonBlocking, OperationInfo, Transport, TransportError, TransportErrorKind,
        models::{Booking, MediaType},
        operations::{CancelMeeting, CreateMeeting, SearchMeetings},
    },
};
use meeting_sim::Simulator;
use metrics::Metrics;
use tracing_subscriber::{layer::SubscriberExt as _, registry};

/// Transport that loses the first attempt of each search, so that there is a repeat to count.
struct LosesSearches(ReqwestTransport);

#[async_trait]
impl Transport for LosesSearches {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let extensions = request.extensions();
        let operation = extensions.get::<&'static OperationInfo>();
        let is_search = operation.is_some_and(|info| info.name == "SearchMeetings");
        if is_search && extensions.get() == Some(&Attempt(1)) {
            return Err(TransportError::new(TransportErrorKind::Io, "it was lost"));
        }
        self.0.send(request).await
    }

    async fn sleep(&self, delay: Duration) {
        self.0.sleep(delay).await;
    }

    fn now(&self) -> SystemTime {
        self.0.now()
    }
}

impl NonBlocking for LosesSearches {}

fn blocking_calls(sim: &Simulator) -> Result<()> {
    let client = meeting_blocking::Client::with_credentials(sim.endpoint(), sim.app_credential());
    for subject in ["Daily", "Weekly"] {
        let booking = Booking::new([MediaType::Voice]).subject(subject);
        client.send(&CreateMeeting::new(booking))?;
    }
    // There is no such meeting: a refusal is an answer, and counts as an error.
    let refused = client.send(&CancelMeeting::new("900000000"));
    anyhow::ensure!(refused.is_err_and(|error| error.is_not_found()));
    Ok(())
}

async fn async_calls(sim: &Simulator) -> Result<()> {
    let client = meeting_async::Client::builder(sim.endpoint())
        .with_credentials_over(LosesSearches(ReqwestTransport::new()), sim.app_credential());
    for _ in 0..3 {
        client.send(&SearchMeetings::new()).await?;
    }
    Ok(())
}

/// Makes some calls with both clients, and returns their figures.
fn measured() -> Result<Metrics> {
    let metrics = Metrics::default();
    let subscriber = registry().with(metrics.clone());
    // A program would set it for all threads: `tracing::subscriber::set_global_default`.
    tracing::subscriber::with_default(subscriber, || {
        let sim = Simulator::start()?;
        blocking_calls(&sim)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async_calls(&sim))
    })?;
    Ok(metrics)
}

fn main() -> Result<()> {
    print!("{}", measured()?);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "these are tests")]

    use super::*;

    #[test]
    fn calls_repeats_and_refusals_of_both_clients_are_counted_by_operation() {
        let metrics = measured().unwrap();
        let figures = metrics.figures();
        let names: Vec<_> = figures.keys().map(String::as_str).collect();
        assert_eq!(names, ["CancelMeeting", "CreateMeeting", "SearchMeetings"]);

        assert_eq!(figures["CreateMeeting"].calls, 2);
        assert!(figures["CreateMeeting"].errors.is_empty());
        assert!(figures["CreateMeeting"].total >= figures["CreateMeeting"].longest);
        assert_eq!(figures["SearchMeetings"].calls, 3);
        assert_eq!(figures["SearchMeetings"].repeats, 3);
        let refused = &figures["CancelMeeting"].errors;
        assert_eq!(refused.iter().next(), Some((&"400".to_owned(), &1)));

        let table = metrics.to_string();
        assert_eq!(table.lines().count(), 4, "{table}");
        assert!(table.contains("1 x 400"), "{table}");
    }
}
