//! What all requests have in common: ids, limits, unknown paths, faults on demand, TLS, the end.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::{net::TcpStream, time::Duration};

use bytes::Bytes;
use http::StatusCode;
use meeting_sim::Simulator;
use meeting_types::{
    ServiceError,
    operations::{CreateMeeting, SearchMeetings, ShowMeetingDetail},
};
use support::{bad, call, log_in, over_tls, raw, refused, send};

fn get(path: &str) -> http::Request<Bytes> {
    http::Request::get(path).body(Bytes::new()).unwrap()
}

fn json(response: &http::Response<Bytes>) -> serde_json::Value {
    serde_json::from_slice(response.body()).unwrap()
}

#[test]
fn an_unknown_path_or_method_is_answered_by_the_gateway() {
    let sim = Simulator::start().unwrap();
    for request in [
        get("/"),
        get("/v1/nothing/here"),
        get("/v1/usg/acs/auth/account"),
        http::Request::head("/v1/mmc/management/conferences")
            .body(Bytes::new())
            .unwrap(),
        http::Request::patch("/v1/usg/acs/token")
            .body(Bytes::new())
            .unwrap(),
    ] {
        let answer = send(&sim, &request);
        assert_eq!(answer.status(), 404, "{}", request.uri());
        if request.method() != http::Method::HEAD {
            assert_eq!(json(&answer)["error_code"], "APIG.0101");
            assert!(json(&answer)["error_msg"].is_string());
        }
    }
    assert_eq!(sim.request_count::<SearchMeetings>(), 0);
}

#[test]
fn a_request_id_is_echoed_or_made() {
    let sim = Simulator::start().unwrap();
    let mut request = get("/v1/nothing/here");
    request
        .headers_mut()
        .insert("X-Request-ID", "my-own-id".parse().unwrap());
    assert_eq!(send(&sim, &request).headers()["x-request-id"], "my-own-id");
    let first = send(&sim, &get("/v1/nothing/here"));
    let second = send(&sim, &get("/v1/mmc/management/conferences"));
    let (first, second) = (
        &first.headers()["x-request-id"],
        &second.headers()["x-request-id"],
    );
    assert_eq!(first.len(), 32);
    assert_ne!(first, second);
    let ids: Vec<_> = sim.requests().into_iter().map(|r| r.request_id).collect();
    assert_eq!(ids[0], "my-own-id");
    assert_eq!(ids[2], second.to_str().unwrap());
}

#[test]
fn a_body_has_a_limit() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let mut request = http::Request::post("/v1/mmc/management/conferences")
        .body(Bytes::from(vec![b' '; 12 * 1024 * 1024 + 1]))
        .unwrap();
    let header = token.expose().parse().unwrap();
    request.headers_mut().insert("X-Access-Token", header);
    let answer = send(&sim, &request);
    assert_eq!(answer.status(), 413);
    assert_eq!(json(&answer)["error_code"], "APIG.0201");

    *request.body_mut() = Bytes::new();
    let answer = send(&sim, &request);
    assert_eq!(
        json(&answer)["error_code"],
        "MMC.111072057",
        "no body at all"
    );
    *request.body_mut() = Bytes::from_static(b"[1, 2");
    assert_eq!(json(&send(&sim, &request))["error_code"], "MMC.111071061");
}

#[test]
fn a_test_can_throttle() {
    let sim = Simulator::builder()
        .retry_after(Duration::from_secs(3))
        .start()
        .unwrap();
    let token = log_in(&sim);
    sim.faults().throttle_next(2);
    for _ in 0..2 {
        let error = call(&sim, &SearchMeetings::new(), &token).unwrap_err();
        assert_eq!(error.status(), 429);
        assert_eq!(error.code(), "APIG.0308");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
        assert!(error.is_throttled());
    }
    call(&sim, &SearchMeetings::new(), &token).unwrap();
}

#[test]
fn a_test_can_make_one_operation_fail() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let broken = |code| ServiceError::new(StatusCode::INTERNAL_SERVER_ERROR, code, "broken");
    sim.fail_next::<SearchMeetings>(broken("MMC.111070003"));
    sim.fail_next::<SearchMeetings>(broken("MMC.111070100"));
    let detail = ShowMeetingDetail::new("123456789");
    assert_eq!(refused(call(&sim, &detail, &token)), bad("MMC.111070005"));
    let search = || call(&sim, &SearchMeetings::new(), &token);
    assert_eq!(refused(search()), (500, "MMC.111070003".to_owned()));
    assert_eq!(refused(search()), (500, "MMC.111070100".to_owned()));
    search().unwrap();
}

#[test]
fn requests_are_counted_and_kept_without_secrets() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let meeting = sim.create_meeting("Weekly");
    let control = support::control(&sim, &meeting);
    let _live = support::Live::open(&sim, &control);
    assert_eq!(sim.request_count::<SearchMeetings>(), 0);
    call(&sim, &SearchMeetings::new().search_key("Weekly"), &token).unwrap();
    sim.faults().throttle_next(1);
    let _ = call(&sim, &SearchMeetings::new(), &token);
    assert_eq!(sim.request_count::<SearchMeetings>(), 2, "refusals count");
    assert_eq!(sim.request_count::<CreateMeeting>(), 0);

    let records = sim.requests();
    assert_eq!(records.len(), sim.total_requests());
    let search = records
        .iter()
        .find(|r| r.operation == Some("SearchMeetings"))
        .unwrap();
    assert_eq!(search.query, "searchKey=Weekly");
    assert_eq!(search.status, 200);
    assert_eq!(
        records.last().unwrap().error_code.as_deref(),
        Some("APIG.0308")
    );
    let everything = format!("{records:?} {sim:?}")
        + &records.iter().map(ToString::to_string).collect::<String>();
    for secret in [
        token.expose(),
        control.token.expose(),
        meeting.host_password.expose(),
        meeting.guest_password.expose(),
        "signature",
        "tmpToken=cnr",
    ] {
        assert!(!everything.contains(secret), "{secret}");
    }
    assert!(everything.contains("tmpToken=***"));
    assert!(!format!("{meeting:?}").contains(meeting.host_password.expose()));
}

#[test]
fn tls_is_trusted_by_its_own_authority_alone() {
    let sim = Simulator::builder().tls(true).start().unwrap();
    assert_eq!(sim.endpoint().scheme(), "https");
    call(&sim, &SearchMeetings::new(), &log_in(&sim)).unwrap();

    let other = Simulator::builder().tls(true).start().unwrap();
    let connect = || TcpStream::connect(sim.address()).unwrap();
    let pem = sim.ca_pem().unwrap();
    assert!(over_tls(connect(), pem, "127.0.0.1").is_ok());
    assert!(over_tls(connect(), pem, "localhost").is_ok());
    assert!(over_tls(connect(), pem, "example.com").is_err());
    assert!(over_tls(connect(), other.ca_pem().unwrap(), "127.0.0.1").is_err());
    // Someone who speaks no TLS gets no answer and does no harm.
    let mut plain = connect();
    std::io::Write::write_all(&mut plain, b"GET / HTTP/1.1\r\n\r\n").unwrap();
    call(&sim, &SearchMeetings::new(), &log_in(&sim)).unwrap();
}

#[test]
fn the_address_of_the_websocket_can_be_one_that_no_certificate_names() {
    let sim = Simulator::builder()
        .tls(true)
        .foreign_web_socket_host(true)
        .start()
        .unwrap();
    assert_eq!(sim.endpoint().host(), "localhost");
    let meeting = sim.create_meeting("Weekly");
    let ask = meeting_types::operations::CreateConfToken::new(meeting.conference_id)
        .password(meeting.host_password);
    let grant = call(&sim, &ask, &()).unwrap();
    assert_eq!(
        grant.data.web_socket_url.unwrap(),
        format!("wss://{}", sim.address())
    );
    let stream = TcpStream::connect(sim.address()).unwrap();
    assert!(over_tls(stream, sim.ca_pem().unwrap(), "127.0.0.1").is_err());
}

#[test]
fn dropping_frees_the_port() {
    let sim = Simulator::start().unwrap();
    let address = sim.address();
    let idle = TcpStream::connect(address).unwrap();
    call(&sim, &SearchMeetings::new(), &log_in(&sim)).unwrap();
    drop(sim);
    assert!(TcpStream::connect(address).is_err());
    drop(idle);
    let again = Simulator::builder().port(address.port()).start();
    assert!(again.is_ok(), "{again:?}");
    let taken = Simulator::builder().port(address.port()).start();
    assert!(taken.is_err());
}

#[test]
fn it_lives_inside_a_runtime_as_well() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let sim = Simulator::start().unwrap();
        assert_eq!(
            raw(&sim, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").status(),
            404
        );
        drop(sim);
    });
}

#[test]
fn a_seed_repeats_everything() {
    let meeting = |seed| {
        let sim = Simulator::builder().seed(seed).start().unwrap();
        sim.create_meeting("Weekly")
    };
    assert_eq!(meeting(7), meeting(7));
    assert_ne!(meeting(7), meeting(8));
}

#[test]
fn garbage_does_no_harm() {
    let sim = Simulator::start().unwrap();
    for garbage in [
        &b"\x00\xff\xfe\r\n\r\n"[..],
        b"GET /v1/usg/%zz HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"POST /v2/usg/acs/auth/appauth HTTP/1.1\r\nConnection: close\r\nAuthorization: \xff\r\nContent-Length: 2\r\n\r\n\xff\xfe",
        b"GET /cms/open/websocket/confctl/increment/conn HTTP/1.1\r\nConnection: close\r\n\r\n",
    ] {
        let answer = raw(&sim, garbage);
        assert!(answer.status().is_client_error(), "{}", answer.status());
    }
    call(&sim, &SearchMeetings::new(), &log_in(&sim)).unwrap();
}
