//! The client before a gateway that limits requests.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::time::Duration;

use meeting_async::{
    Client, LocalPacer, RetryPolicy,
    types::{LimitScope, operations::SearchMeetings},
};
use meeting_sim::Simulator;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_call_beyond_the_limit_is_refused_and_the_client_knows_the_limit() {
    let sim = Simulator::start().unwrap();
    let client = Client::builder(sim.endpoint())
        .config(|config| config.retry(RetryPolicy::never()))
        .pace(LocalPacer::new())
        .with_credentials(sim.app_credential());
    sim.limit::<SearchMeetings>(2, MINUTE);
    for _ in 0..2 {
        client.send(&SearchMeetings::new()).await.unwrap();
    }
    assert!(client.limits().is_empty());
    let error = client.send(&SearchMeetings::new()).await.unwrap_err();
    assert!(error.is_throttled(), "{error}");
    let known = client.limits();
    assert_eq!(known.len(), 1);
    assert_eq!(known[0].operation, "SearchMeetings");
    assert_eq!(known[0].limit.scope, LimitScope::Operation);
    assert_eq!(known[0].limit.limit, Some((2, MINUTE)));

    sim.advance(MINUTE);
    client.send(&SearchMeetings::new()).await.unwrap();
}

#[tokio::test]
async fn a_call_that_was_turned_away_is_repeated() {
    let sim = Simulator::start().unwrap();
    let client = Client::with_credentials(sim.endpoint(), sim.app_credential()).with_retry(
        RetryPolicy::default()
            .max_attempts(100)
            .backoff(Duration::from_millis(20), Duration::from_millis(100)),
    );
    sim.limit_all(3, Duration::from_millis(500));
    // A login and 7 searches: three spans at least.
    for _ in 0..7 {
        client.send(&SearchMeetings::new()).await.unwrap();
    }
    let refused = sim
        .requests()
        .iter()
        .filter(|request| request.status == 429)
        .count();
    assert!(refused >= 2, "{refused}");
}
