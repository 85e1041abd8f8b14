//! The three calls that everything else begins with: the exact request that goes out, and the
//! documented response that comes back, with values of our own.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use bytes::Bytes;
use http::{Request, Response};
use meeting_types::{
    AccessToken, AuthKind, ConferenceCredential, Endpoint, Operation, RetryClass,
    models::ConferenceMode,
    operations::{CreateAnonymousAuthRandom, CreateAuthRandom, CreateWebSocketToken},
};

/// The headers of a request by name, each with whether logs must hide it.
fn headers(request: &Request<Bytes>) -> Vec<(&str, &str, bool)> {
    let mut headers: Vec<_> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap(), value.is_sensitive()))
        .collect();
    headers.sort_unstable();
    headers
}

/// A response with status 200 and the headers of the documented one.
fn reply(request_id: (&str, &str), body: &'static str) -> Response<Bytes> {
    Response::builder()
        .header("Content-Type", "application/json;charset=UTF-8")
        .header("Expires", "0")
        .header("http_proxy_id", "5a0c2f8e1b7d4e63a9f0")
        .header(request_id.0, request_id.1)
        .body(Bytes::from_static(body.as_bytes()))
        .unwrap()
}

#[test]
fn an_anonymous_user_asks_for_a_random() {
    let request = CreateAnonymousAuthRandom::new("912345678", "246810")
        .to_request(&Endpoint::china(), &())
        .unwrap();
    assert_eq!(request.method(), "GET");
    assert_eq!(
        request.uri(),
        "https://api.meeting.huaweicloud.com/v1/mmc/management/conferences/anonymous/auth?conferenceID=912345678",
    );
    assert_eq!(
        headers(&request),
        [
            ("accept", "application/json", false),
            ("x-password", "246810", true),
        ],
    );
    assert!(request.body().is_empty());

    let answer = CreateAnonymousAuthRandom::read_response(reply(
        ("X-Request-Id", "0f8b4c7d2a6e4915b3d7c1e09a5f6b82"),
        r#"{
            "siteUrl": "https://192.0.2.17:443/conferences",
            "random": "135792468013579"
        }"#,
    ))
    .unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(
        answer.request_id(),
        Some("0f8b4c7d2a6e4915b3d7c1e09a5f6b82")
    );
    assert_eq!(answer.headers()["http_proxy_id"], "5a0c2f8e1b7d4e63a9f0");
    assert!(answer.body().starts_with(b"{\n"));
    assert_eq!(answer.value().random.expose(), "135792468013579");
    assert_eq!(
        answer.into_value().site_url.as_deref(),
        Some("https://192.0.2.17:443/conferences"),
    );
}

#[test]
fn a_join_page_asks_for_a_random() {
    let token = AccessToken::new("cnrAccess0123456789");
    let bare = CreateAuthRandom::new("912345678")
        .to_request(&Endpoint::international(), &token)
        .unwrap();
    assert_eq!(bare.method(), "GET");
    assert_eq!(
        bare.uri(),
        "https://api-intl.meeting.huaweicloud.com/v2/mms/ncms/conferences/auth/random?conf_id=912345678",
    );
    assert_eq!(
        headers(&bare),
        [
            ("accept", "application/json", false),
            ("x-access-token", "cnrAccess0123456789", true),
        ],
    );
    assert!(bare.body().is_empty());

    let full = CreateAuthRandom::new("912345678")
        .guest_waiting_page(true)
        .password("246810")
        .to_request(&Endpoint::international(), &token)
        .unwrap();
    assert_eq!(
        full.uri().query(),
        Some("conf_id=912345678&guest_waiting=1")
    );
    assert_eq!(
        headers(&full),
        [
            ("accept", "application/json", false),
            ("x-access-token", "cnrAccess0123456789", true),
            ("x-password", "246810", true),
        ],
    );

    // This response names its request id twice, once without the dash and the X.
    let answer = CreateAuthRandom::read_response(reply(
        ("Requestid", "3c1a77e0-5b2d-4f08-9e4c-61d8a0b7f352"),
        r#"{
            "random": "975318642097531",
            "subject": "李的会议",
            "conf_mode": "RTC",
            "webinar": false,
            "need_password": false,
            "support_applets": true
        }"#,
    ))
    .unwrap();
    assert_eq!(
        answer.request_id(),
        Some("3c1a77e0-5b2d-4f08-9e4c-61d8a0b7f352")
    );
    let random = answer.into_value();
    assert_eq!(random.random.expose(), "975318642097531");
    assert_eq!(random.subject.as_deref(), Some("李的会议"));
    assert_eq!(random.conference_mode, Some(ConferenceMode::Rtc));
    assert_eq!(
        (random.webinar, random.need_password, random.support_applets),
        (Some(false), Some(false), Some(true)),
    );
}

#[test]
fn a_controller_asks_for_a_web_socket_token() {
    let control = ConferenceCredential::new("912345678", "cnrControl0123456789");
    let request = CreateWebSocketToken::new()
        .to_request(&Endpoint::china(), &control)
        .unwrap();
    // The page describes a GET; the PUT of its sample is a slip.
    assert_eq!(request.method(), "GET");
    assert_eq!(
        request.uri(),
        "https://api.meeting.huaweicloud.com/v1/mmc/control/conferences/wsToken?conferenceID=912345678",
    );
    assert_eq!(
        headers(&request),
        [
            ("accept", "application/json", false),
            ("x-conference-authorization", "cnrControl0123456789", true),
        ],
    );
    assert!(request.body().is_empty());

    let answer = CreateWebSocketToken::read_response(reply(
        ("X-Request-Id", "b71d3e9054f24c0c8a6e2d1f7b9c0a35"),
        r#"{ "webSocketToken": "cnr2f6d81b0c4e95a7738d0e61f" }"#,
    ))
    .unwrap();
    assert_eq!(
        answer.request_id(),
        Some("b71d3e9054f24c0c8a6e2d1f7b9c0a35")
    );
    assert_eq!(
        answer.into_value().token.expose(),
        "cnr2f6d81b0c4e95a7738d0e61f"
    );
}

#[test]
fn none_of_the_three_is_a_mere_read() {
    for (info, auth) in [
        (CreateAnonymousAuthRandom::INFO, AuthKind::None),
        (CreateAuthRandom::INFO, AuthKind::AccessToken),
        (CreateWebSocketToken::INFO, AuthKind::ConferenceToken),
    ] {
        // Each mints something, although it is a GET.
        assert_eq!(
            (info.retry, info.auth),
            (RetryClass::Once, auth),
            "{}",
            info.name
        );
    }
}

#[test]
fn a_gateway_may_put_a_prefix_before_the_path() {
    let gateway: Endpoint = "https://gateway.example.com:8443/meeting/".parse().unwrap();
    let request = CreateAnonymousAuthRandom::new("912345678", "246810")
        .to_request(&gateway, &())
        .unwrap();
    assert_eq!(
        request.uri(),
        "https://gateway.example.com:8443/meeting/v1/mmc/management/conferences/anonymous/auth?conferenceID=912345678",
    );
}
