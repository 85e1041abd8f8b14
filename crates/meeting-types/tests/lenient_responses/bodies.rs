//! Whole bodies: empty, cut short, too deep, or no JSON at all.

use meeting_types::{
    Operation, ResponseFault,
    operations::{
        CreateAnonymousAuthRandom, CreateConfToken, ShowMeetingDetail, StartMeeting, StopMeeting,
    },
};

use crate::{fault, read, refusal, response, unreadable};

#[test]
fn a_byte_order_mark_is_skipped() {
    let good = "\u{feff}{\"random\": \"135\"}";
    assert!(read::<CreateAnonymousAuthRandom>(good).is_ok());
    let bad = "\u{feff}{\"error_code\": \"MMC.111072005\", \"error_msg\": \"CONF_NOT_RUNNING\"}";
    for status in [200, 400] {
        let error = refusal::<StopMeeting>(response(status, bad));
        assert_eq!(
            (error.code(), error.message()),
            ("MMC.111072005", "CONF_NOT_RUNNING")
        );
    }
}

#[test]
fn nothing_where_something_is_expected_fails() {
    for empty in ["", "  \r\n", "\u{feff}"] {
        assert_eq!(fault::<StartMeeting>(empty), ResponseFault::Empty);
    }
    let error = unreadable::<StartMeeting>(response(204, ""));
    assert_eq!(error.fault(), &ResponseFault::Empty);
}

#[test]
fn where_nothing_is_expected_anything_will_do() {
    for body in ["", "{}", "null", "[]", "OK", "{\"unknown\": true}", "{cut"] {
        assert!(read::<StopMeeting>(body).is_ok(), "{body}");
    }
    assert!(StopMeeting::read_response(response(204, "")).is_ok());
    // Except a page of somebody else: the call may never have reached the service.
    assert_eq!(
        fault::<StopMeeting>("<html>Please log in</html>"),
        ResponseFault::Html
    );
}

#[test]
fn pages_for_people_are_recognised() {
    for page in [
        &b"<!DOCTYPE html><html></html>"[..],
        b"\r\n <html><body>Bad gateway</body></html>",
        b"<html>\xb5\xc7\xc2\xbc</html>",
    ] {
        let mut response = response(200, page.to_vec());
        let kind = "text/html".parse().unwrap();
        response.headers_mut().insert("content-type", kind);
        let error = unreadable::<StartMeeting>(response);
        assert_eq!(error.fault(), &ResponseFault::Html);
        assert_eq!(error.content_type(), Some("text/html"));
        assert!(
            error.to_string().contains("is a proxy in the way?"),
            "{error}"
        );
    }
}

#[test]
fn what_is_cut_short_or_no_json_fails() {
    let whole = r#"{"siteUrl": "https://192.0.2.17/", "random": "135792468013579", "n": [1, {}]}"#;
    for end in 1..whole.len() {
        let fault = fault::<CreateAnonymousAuthRandom>(&whole[..end]);
        assert!(matches!(fault, ResponseFault::NotJson(_)), "{fault:?}");
        // It says where, and shows nothing of the text.
        let text = fault.to_string();
        assert!(text.contains("line 1") && !text.contains("135"), "{text}");
    }
    for odd in [
        "OK",
        "{'it's': 1}",
        "{\"random\": 1}}",
        "{\"random\": 1} {}",
        "NaN",
    ] {
        let fault = fault::<CreateAnonymousAuthRandom>(odd);
        assert!(matches!(fault, ResponseFault::NotJson(_)), "{odd}");
    }
}

#[test]
fn deep_nesting_fails_and_does_not_crash() {
    for open in ["[", "{\"data\":", "{\"unknown\":", "{\"data\":["] {
        let deep = open.repeat(100_000);
        let fault = fault::<ShowMeetingDetail>(deep.clone());
        assert!(matches!(fault, ResponseFault::NotJson(_)), "{fault:?}");
        let error = refusal::<ShowMeetingDetail>(response(400, deep));
        assert_eq!((error.code(), error.message()), ("400", ""));
    }
    let deep = format!(
        "{{\"data\": {{\"token\": \"cnr\"}}, \"unknown\": {}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    // What is skipped may be as deep as it likes.
    assert!(read::<CreateConfToken>(deep).is_ok());
}

#[test]
fn redirects_are_not_followed() {
    for status in [301, 302, 304, 307, 308] {
        let mut response = response(status, "");
        let elsewhere = "https://elsewhere.example.com/".parse().unwrap();
        response.headers_mut().insert("location", elsewhere);
        assert_eq!(
            unreadable::<StopMeeting>(response).fault(),
            &ResponseFault::Redirect
        );
    }
}
