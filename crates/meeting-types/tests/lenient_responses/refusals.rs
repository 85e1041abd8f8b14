//! Refusals, in all shapes that they come in.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Response, StatusCode};
use meeting_types::{
    AccountCredential, CarriedSecrets, ConferenceCredential, Endpoint, Operation as _,
    ServiceError,
    operations::{
        CheckToken, CreateAnonymousAuthRandom, CreateConfToken, CreateMeeting,
        CreateWebSocketToken, MuteMeeting, StartMeeting, StopMeeting,
    },
};
use serde_json::{Value, json};

use crate::{fault, missing, refusal, response, value};

#[test]
fn every_documented_shape_is_understood() {
    for body in [
        json!({ "error_code": "MMC.111072005", "error_msg": "not running" }),
        json!({ "error_code": "MMC.111072005", "error_msg": "not running", "request_id": "r-1" }),
        json!({ "errorCode": "MMC.111072005", "errorMsg": "not running" }),
        json!({ "errorCode": "MMC.111072005", "errorMessage": "not running" }),
        json!({ "code": "MMC.111072005", "message": "not running" }),
        json!({ "returnCode": "MMC.111072005", "returnDesc": "not running" }),
        // This key has a space at its end in every edition of its page.
        json!({ "returnCode": "MMC.111072005", "returnDesc ": "not running" }),
        json!({ "error": { "error_code": "MMC.111072005", "error_msg": "not running" } }),
        json!({ "status": 400, "error": { "code": "MMC.111072005", "message": "not running" } }),
        json!([{ "error_code": "MMC.111072005", "error_msg": "not running" }]),
    ] {
        let error = refusal::<MuteMeeting>(response(400, body.to_string()));
        assert_eq!(
            (error.code(), error.message()),
            ("MMC.111072005", "not running"),
            "{body}"
        );
        assert_eq!(
            (error.operation(), error.status().as_u16()),
            ("MuteMeeting", 400)
        );
        assert!(error.is_not_running());
    }
    // A number without its prefix.
    let body = json!({ "returnCode": 111_072_005, "returnDesc": "not running" });
    assert!(refusal::<MuteMeeting>(response(200, body.to_string())).is_not_running());
}

#[test]
fn a_refusal_in_a_good_response_is_a_refusal() {
    for body in [
        json!({ "returnCode": 1, "returnDesc": "no" }),
        json!({ "error_code": "1", "error_msg": "no", "random": "135" }),
        json!({ "errorCode": "1", "errorMsg": "no" }),
        json!({ "code": 1, "message": "no" }),
        json!({ "filler": "x".repeat(5000), "random": "135", "returnCode": 1, "returnDesc": "no" }),
    ] {
        let error = refusal::<CreateAnonymousAuthRandom>(response(200, body.to_string()));
        assert_eq!((error.code(), error.message()), ("1", "no"));
        assert_eq!(error.status(), 200);
        // The same for calls that answer a list, or nothing.
        refusal::<CreateMeeting>(response(200, body.to_string()));
        refusal::<StopMeeting>(response(200, body.to_string()));
    }
}

#[test]
fn a_good_verdict_is_no_refusal() {
    for verdict in [
        json!({ "returnCode": 0, "returnDesc": "SUCCESS" }),
        json!({ "returnCode": "000000", "returnDesc": "" }),
        json!({ "error_code": "", "error_msg": "" }),
        json!({ "error_code": null, "error_msg": null }),
        json!({ "code": 200, "message": "OK" }),
        // Half a pair; a pair that belongs to a part.
        json!({ "code": "0755" }),
        json!({ "area": { "code": "0755", "message": "Shenzhen" } }),
    ] {
        let mut body = verdict;
        body["random"] = "135".into();
        value::<CreateAnonymousAuthRandom>(&body);
        value::<StopMeeting>(&body);
    }
}

#[test]
fn one_deployment_wraps_its_values() {
    let wrapped = |data: Value| json!({ "returnCode": 0, "returnDesc": "", "data": data });
    let token = value::<CreateWebSocketToken>(&wrapped(json!({ "webSocketToken": "cnr" })));
    assert_eq!(token.token.expose(), "cnr");
    let meetings = value::<CreateMeeting>(&wrapped(json!([{ "conferenceID": "9" }])));
    assert_eq!(meetings[0].conference_id.as_str(), "9");
    // No field of this one is required, and some responses have a `data` of their own.
    let started = value::<StartMeeting>(&wrapped(json!({ "regionIP": "192.0.2.17" })));
    assert_eq!(started.region_ip.as_deref(), Some("192.0.2.17"));
    let token = value::<CreateConfToken>(&wrapped(json!({ "token": "cnr" })));
    assert_eq!(token.data.token.expose(), "cnr");
    let token = value::<CreateConfToken>(&wrapped(json!({ "data": { "token": "cnr" } })));
    assert_eq!(token.data.token.expose(), "cnr");

    let fault = fault::<CreateWebSocketToken>;
    assert_eq!(
        fault(wrapped(json!({})).to_string()),
        missing("data.webSocketToken")
    );
    assert_eq!(
        fault(wrapped(json!(null)).to_string()),
        missing("webSocketToken")
    );
    // Also without a verdict beside it, and under another key.
    for key in ["data", "result"] {
        let token = value::<CreateWebSocketToken>(&json!({ key: { "webSocketToken": "cnr" } }));
        assert_eq!(token.token.expose(), "cnr");
    }
}

#[test]
fn a_body_without_a_code_has_the_status_for_one() {
    for (body, message) in [
        ("", ""),
        ("  ", ""),
        ("{}", ""),
        ("null", "null"),
        ("upstream connect error\n", "upstream connect error"),
        (r#"{"error_msg": "no"}"#, "no"),
        // Pages and broken JSON say nothing to anybody, and may say too much.
        ("<html>Bad gateway</html>", ""),
        (r#"{"accessToken": "cnr"#, ""),
        ("\u{feff}{\"accessToken\": \"cnr", ""),
        (r#"[{"accessToken": "cnr"}"#, ""),
    ] {
        let error = refusal::<CheckToken>(response(502, body));
        assert_eq!((error.code(), error.message()), ("502", message), "{body}");
        assert!(error.is_server_fault());
    }
    let error = refusal::<CheckToken>(response(999, "odd"));
    assert_eq!((error.code(), error.message()), ("999", "odd"));
}

#[test]
fn an_ill_formed_refusal_is_understood() {
    let refused = |body: Vec<u8>, message: &str| {
        let error = refusal::<StopMeeting>(response(400, body));
        assert_eq!((error.code(), error.message()), ("MMC.111072005", message));
    };
    for (text, message) in [
        (r"party \ud83d", "party \u{fffd}"),
        (r"\ude00 first", "\u{fffd} first"),
        ("line\n\tline", "line\n\tline"),
        (r"it\'s C:\data", r"it's C:\data"),
    ] {
        for frame in [
            r#"{"error_code":"MMC.111072005","error_msg":"?"}"#,
            r#"{"error":{"code":"MMC.111072005","message":"?"}}"#,
        ] {
            refused(frame.replace('?', text).into(), message);
        }
        // The same in a good response.
        let body = r#"{"error_code":"MMC.111072005","error_msg":"?"}"#.replace('?', text);
        let error = refusal::<StopMeeting>(response(200, body));
        assert_eq!((error.code(), error.message()), ("MMC.111072005", message));
    }
    // In keys that nobody reads, and around it all.
    let plain = r#"{"error_code":"MMC.111072005","error_msg":"no","x":?}"#;
    for value in [
        "NaN",
        "1e999",
        "01",
        "\"\t\"",
        "\"\\ud83d\"",
        "'y'",
        "[1,]",
        "None",
    ] {
        refused(plain.replace('?', value).into(), "no");
    }
    for around in [
        ")]}',\n?",
        "\u{feff}\u{feff}?\0\0",
        "for(;;);?",
        "?;",
        "?<!-- gw3 -->",
    ] {
        let plain = plain.replace('?', "1");
        refused(around.replace('?', &plain).into(), "no");
    }
    let wide = plain.replace('?', "1");
    refused(
        wide.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "no",
    );
    let latin = b"{\"error_code\":\"MMC.111072005\",\"error_msg\":\"caf\xe9\"}";
    refused(latin.to_vec(), "caf\u{fffd}");
}

#[test]
fn a_message_is_text_for_people() {
    let message = |body: Vec<u8>| {
        let error = refusal::<CheckToken>(response(503, body));
        assert_eq!(error.code(), "503");
        error.message().to_owned()
    };
    assert_eq!(message("\u{feff}\0upstream\0\r\n".into()), "upstream");
    assert_eq!(message(b"caf\xe9".to_vec()), "caf\u{fffd}");
    let wide = "busy".encode_utf16().flat_map(u16::to_be_bytes);
    assert_eq!(message(wide.collect()), "busy");
    // JSON without a message is none, whatever stands before it.
    for secret in [
        ")]}',\n{\"accessToken\":\"cnr\"}",
        ")]}',\n{\"accessToken\":\"cnr",
        "for(;;); { \"accessToken\": \"cnr\" }",
        "\0{\"accessToken\":\"cnr\"}",
        "{\"accessToken\":\"cnr \\ud83d\"}",
    ] {
        assert_eq!(message(secret.into()), "", "{secret}");
    }
}

#[test]
fn what_the_service_says_is_kept_short_and_on_one_line() {
    let body = json!({
        "error_code": format!("MMC\n{}", "1".repeat(5000)),
        "error_msg": format!("can't say \"why\"\r\n{}", "会".repeat(5000)),
        "request_id": "r\n1",
    });
    let error = refusal::<StopMeeting>(response(400, body.to_string()));
    assert_eq!(error.code().chars().count(), 128);
    assert_eq!(error.message().chars().count(), 1024);
    let shown = error.to_string();
    assert!(
        shown.starts_with("StopMeeting refused with status 400, code MMC\\n1111"),
        "{shown}"
    );
    assert!(shown.contains(": can't say \"why\"\\r\\n会会"), "{shown}");
    assert!(shown.ends_with(" (request id r\\n1)"), "{shown}");
}

#[test]
fn the_request_id_comes_from_the_headers_first() {
    let body = r#"{"error_code": "1", "request_id": "in-body"}"#;
    let mut reply = response(400, body);
    let id = |reply: &Response<Bytes>| {
        let error = refusal::<StopMeeting>(reply.clone());
        error.request_id().map(str::to_owned)
    };
    assert_eq!(id(&reply).as_deref(), Some("in-body"));
    reply
        .headers_mut()
        .insert("requestid", "in-header".parse().unwrap());
    assert_eq!(id(&reply).as_deref(), Some("in-header"));
    reply
        .headers_mut()
        .insert("x-request-id", "in-x-header".parse().unwrap());
    assert_eq!(id(&reply).as_deref(), Some("in-x-header"));
    // Beside the error, not inside it.
    let nested = r#"{"request_id": "outside", "error": {"code": "1", "message": "no"}}"#;
    assert_eq!(id(&response(400, nested)).as_deref(), Some("outside"));
}

#[test]
fn retry_after_is_read_in_seconds() {
    for (text, meant) in [
        ("5", Some(5)),
        (" 120 ", Some(120)),
        ("0", Some(0)),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("99999999999999999999999", Some(u64::MAX)),
        // A date needs a clock.
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ] {
        let mut reply = response(429, "");
        reply
            .headers_mut()
            .insert("retry-after", text.parse().unwrap());
        let error = refusal::<StopMeeting>(reply);
        assert!(error.is_throttled());
        assert_eq!(
            error.retry_after(),
            meant.map(Duration::from_secs),
            "{text}"
        );
    }
}

/// A refusal whose `Retry-After` says this, in a response with this `Date`.
fn asking(text: &str, date: Option<&str>) -> ServiceError {
    let mut reply = response(429, "");
    let headers = reply.headers_mut();
    headers.insert("retry-after", text.parse().unwrap());
    if let Some(date) = date {
        headers.insert("date", date.parse().unwrap());
    }
    refusal::<StopMeeting>(reply)
}

#[test]
fn a_date_in_retry_after_is_measured_from_the_date_of_the_response() {
    let sent = "Fri, 20 Nov 2026 10:00:00 GMT";
    for (text, meant) in [
        ("Fri, 20 Nov 2026 10:00:03 GMT", Some(3)),
        ("Friday, 20-Nov-26 10:01:00 GMT", Some(60)),
        ("Fri Nov 20 11:00:00 2026", Some(3600)),
        ("Tue Dec  1 10:00:00 2026", Some(11 * 24 * 3600)),
        // It has passed.
        ("Fri, 20 Nov 2026 09:59:59 GMT", Some(0)),
        ("Fri, 31 Nov 2026 10:00:00 GMT", None),
        ("Fri, 20 Nov 2026 24:00:00 GMT", None),
        ("Fri, 20 Nov 2026 10:00:00 CST", None),
        ("Friday, 20-Nov-2026 10:00:00 GMT", None),
    ] {
        let error = asking(text, Some(sent));
        assert_eq!(
            error.retry_after(),
            meant.map(Duration::from_secs),
            "{text}"
        );
        assert!(error.asks_to_wait(), "{text}");
    }
}

#[test]
fn a_date_without_a_date_beside_it_is_measured_by_the_clock_of_the_caller() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_168_800);
    for date in [None, Some("yesterday")] {
        let error = asking("Fri, 20 Nov 2026 10:00:03 GMT", date);
        assert_eq!(error.retry_after(), None);
        assert_eq!(error.retry_after_at(now), Some(Duration::from_secs(3)));
        let later = now + Duration::from_secs(4);
        assert_eq!(error.retry_after_at(later), Some(Duration::ZERO));
    }
    let error = asking("soon", None);
    assert_eq!(error.retry_after_at(now), None);
    assert!(error.asks_to_wait());
}

#[test]
fn a_gateway_that_answers_with_the_request_repeats_no_secret_of_it() {
    let account = AccountCredential::new("alice", "hush-password");
    let china = Endpoint::china();
    let login = account.login().unwrap().to_request(&china, &()).unwrap();
    let control = ConferenceCredential::new("900825541", "hush-control-token");
    let stop = StopMeeting::new().to_request(&china, &control).unwrap();
    let random = CreateAnonymousAuthRandom::new("900825541", "hush-guest");
    let random = random.to_request(&china, &()).unwrap();
    for request in [login, stop, random] {
        let mut text = format!("no such page {}", request.uri());
        for (name, value) in request.headers() {
            text.push_str(&format!(" {name}: {}", value.to_str().unwrap()));
        }
        text.push_str(" alice:hush-password hush-control-token");
        let mut reply = response(400, text);
        let id = request
            .headers()
            .values()
            .find(|value| value.is_sensitive());
        reply
            .headers_mut()
            .insert("x-request-id", id.unwrap().clone());
        let refused = refusal::<StopMeeting>(reply);
        let shown = |error: &ServiceError| format!("{error} {error:?}");
        let plain = shown(&refused);
        let carried = CarriedSecrets::of(&request);
        let masked = shown(&carried.mask(refused));
        let secrets = request
            .headers()
            .values()
            .filter(|value| value.is_sensitive());
        for secret in secrets {
            let secret = secret.to_str().unwrap();
            assert!(
                plain.contains(secret) && !masked.contains(secret),
                "{masked}"
            );
        }
        assert!(masked.contains("no such page"), "{masked}");
        assert!(!format!("{carried:?}").contains("hush"));
    }
}

#[test]
fn a_refusal_makes_the_round_trip() {
    let written = ServiceError::new(StatusCode::BAD_REQUEST, "MMC.111072005", "nicht \"so\"")
        .with_retry_after(Duration::from_secs(3));
    let read = ServiceError::from_response("", &written.to_response());
    assert_eq!(read, written);
}
