//! The gateway's limits: how many requests it lets through, and how it tells.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use bytes::Bytes;
use meeting_sim::Simulator;
use meeting_types::{
    LimitScope, RateLimit,
    operations::{CreateMeeting, SearchMeetings},
};
use support::{log_in, send};

const SECOND: Duration = Duration::from_secs(1);

/// A search that asks for the state of its limits.
fn search(sim: &Simulator, token: &str) -> http::Response<Bytes> {
    let request = http::Request::get("/v1/mmc/management/conferences")
        .header("X-Access-Token", token)
        .header("X-Apig-Mode", "debug");
    send(sim, &request.body(Bytes::new()).unwrap())
}

fn told(response: &http::Response<Bytes>, header: &str) -> Option<String> {
    let value = response.headers().get(header)?;
    Some(value.to_str().unwrap().to_owned())
}

#[test]
fn an_operation_is_refused_beyond_its_limit_until_the_span_is_over() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim).expose().to_owned();
    sim.limit::<SearchMeetings>(3, SECOND * 60);
    for left in ["2", "1", "0"] {
        let response = search(&sim, &token);
        assert_eq!(response.status(), 200);
        assert_eq!(
            told(&response, "x-apig-ratelimit-api"),
            Some(format!("remain:{left},limit:3,time:1 minute"))
        );
    }
    for _ in 0..2 {
        let refused = search(&sim, &token);
        assert_eq!(refused.status(), 429);
        let body: serde_json::Value = serde_json::from_slice(refused.body()).unwrap();
        assert_eq!(body["error_code"], "APIG.0308");
        let text = body["error_msg"].as_str().unwrap();
        assert!(
            text.contains("policy api over ratelimit,limit:3,time:1 minute"),
            "{text}"
        );
        assert_eq!(refused.headers().get("retry-after"), None);
        // As a client reads it.
        let read = RateLimit::read(&refused);
        let of_refusal = read.iter().find(|limit| limit.is_refusal).unwrap();
        assert_eq!(of_refusal.scope, LimitScope::Operation);
        assert_eq!(of_refusal.limit, Some((3, SECOND * 60)));
    }
    assert_eq!(sim.request_count::<SearchMeetings>(), 5);

    // Others are not limited.
    sim.advance(SECOND * 59);
    assert_eq!(search(&sim, &token).status(), 429);
    log_in(&sim);
    sim.advance(SECOND);
    assert_eq!(search(&sim, &token).status(), 200);
}

#[test]
fn never_more_pass_in_any_span() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim).expose().to_owned();
    sim.limit::<SearchMeetings>(2, SECOND * 60);
    assert_eq!(search(&sim, &token).status(), 200);
    sim.advance(SECOND * 50);
    assert_eq!(search(&sim, &token).status(), 200);
    sim.advance(SECOND * 10);
    // The first is a minute old, the second is not.
    assert_eq!(search(&sim, &token).status(), 200);
    assert_eq!(search(&sim, &token).status(), 429);
}

#[test]
fn a_limit_of_all_counts_every_request() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim).expose().to_owned();
    sim.limit_all(4, SECOND * 10);
    sim.limit::<SearchMeetings>(1, SECOND);
    assert_eq!(search(&sim, &token).status(), 200);
    // Refused by its own limit, so it does not count for the other one.
    let refused = search(&sim, &token);
    assert_eq!(refused.status(), 429);
    assert_eq!(
        told(&refused, "x-apig-ratelimit-ip"),
        Some("remain:3,limit:4,time:10 second".to_owned())
    );
    let unknown = http::Request::get("/v1/nothing")
        .body(Bytes::new())
        .unwrap();
    for _ in 0..3 {
        assert_eq!(send(&sim, &unknown).status(), 404);
    }
    let refused = send(&sim, &unknown);
    assert_eq!(refused.status(), 429);
    let text = String::from_utf8_lossy(refused.body());
    assert!(
        text.contains("policy ip over ratelimit,limit:4,time:10 second"),
        "{text}"
    );
    // Nobody asked for the headers.
    assert_eq!(told(&refused, "x-apig-ratelimit-ip"), None);

    sim.lift_limits();
    assert_eq!(send(&sim, &unknown).status(), 404);
}

#[test]
fn a_limit_of_nothing_refuses_all_and_a_new_limit_begins_anew() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim).expose().to_owned();
    sim.limit::<SearchMeetings>(0, SECOND);
    assert_eq!(search(&sim, &token).status(), 429);
    sim.limit::<SearchMeetings>(1, Duration::from_millis(500));
    let response = search(&sim, &token);
    assert_eq!(
        told(&response, "x-apig-ratelimit-api"),
        Some("remain:0,limit:1,time:1 second".to_owned())
    );
    sim.limit::<CreateMeeting>(1, SECOND * 86_400 * 2);
    let create = http::Request::post("/v1/mmc/management/conferences")
        .header("X-Apig-Mode", "debug")
        .body(Bytes::new())
        .unwrap();
    assert_eq!(
        told(&send(&sim, &create), "x-apig-ratelimit-api"),
        Some("remain:0,limit:1,time:2 day".to_owned())
    );
}
