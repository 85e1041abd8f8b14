//! A body that is no UTF-8 text: the error names the encoding or the charset that the response states.

use http::{HeaderValue, Response};
use meeting_types::{
    Bytes, Operation, ResponseFault,
    operations::{CreateAnonymousAuthRandom, StartMeeting, StopMeeting},
};

use crate::{refusal, response, unreadable};

/// What gzip makes of `{}`.
const GZIP: &[u8] =
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00";
/// `{"random": "135", "subject": "周会"}` in GBK.
const GBK: &[u8] = b"{\"random\": \"135\", \"subject\": \"\xd6\xdc\xbb\xe1\"}";
/// `{}` in UTF-16: without a mark this is valid UTF-8.
const UTF_16: &[u8] = b"{\0}\0";

fn with(status: u16, body: &[u8], name: &'static str, value: &str) -> Response<Bytes> {
    let mut response = response(status, body.to_vec());
    let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
    response.headers_mut().append(name, value);
    response
}

#[test]
fn a_content_encoding_is_named() {
    for (stated, named) in [
        ("gzip", "gzip"),
        ("br", "br"),
        ("deflate", "deflate"),
        ("zstd", "zstd"),
        ("X-GZIP", "X-GZIP"),
        ("gzip, identity,br", "gzip, br"),
        ("made-up", "made-up"),
    ] {
        let fault = ResponseFault::ContentEncoding(named.to_owned());
        for body in [
            GZIP,
            b"\x78\x9c\xab\xae\x05\x00",
            b"\x28\xb5\x2f\xfd",
            b"x\0",
        ] {
            let reply = || with(200, body, "content-encoding", stated);
            let error = unreadable::<CreateAnonymousAuthRandom>(reply());
            assert_eq!(error.fault(), &fault);
            let text = error.to_string();
            assert!(
                text.contains(&format!("content encoding {named},")),
                "{text}"
            );
            // It could hold a refusal.
            assert_eq!(unreadable::<StopMeeting>(reply()).fault(), &fault);
        }
        for status in [400, 401, 403, 429, 500, 502] {
            let error = refusal::<StartMeeting>(with(status, GZIP, "content-encoding", stated));
            assert_eq!(error.body_fault(), Some(&fault));
            assert_eq!(error.code(), status.to_string());
            assert_eq!(error.message(), "", "no rubbish");
            let text = error.to_string();
            assert!(
                text.contains(&format!("content encoding {named},")),
                "{text}"
            );
        }
    }
    let mut twice = with(200, GZIP, "content-encoding", "gzip");
    let second = HeaderValue::from_static("br");
    twice.headers_mut().append("content-encoding", second);
    assert_eq!(
        unreadable::<StartMeeting>(twice).fault(),
        &ResponseFault::ContentEncoding("gzip, br".to_owned())
    );
}

#[test]
fn a_charset_is_named() {
    for (stated, named) in [
        ("application/json;charset=GBK", "GBK"),
        ("application/json; charset=gb2312", "gb2312"),
        ("application/json; Charset = \"gb18030\"", "gb18030"),
        ("text/plain; format=flowed; charset='big5'", "big5"),
        ("application/json; charset=iso-8859-1", "iso-8859-1"),
        ("application/json; charset=utf-16le", "utf-16le"),
    ] {
        let fault = ResponseFault::Charset(named.to_owned());
        for body in [GBK, UTF_16, b"\xff\xfe{\0}\0", b"caf\xe9"] {
            let reply = || with(200, body, "content-type", stated);
            let error = unreadable::<CreateAnonymousAuthRandom>(reply());
            assert_eq!(error.fault(), &fault);
            let text = error.to_string();
            assert!(text.contains(&format!("in charset {named} ")), "{text}");
            assert_eq!(unreadable::<StopMeeting>(reply()).fault(), &fault);
        }
        for status in [400, 403, 500] {
            let body = b"{\"error_code\":\"MMC.111072005\",\"error_msg\":\"\xd6\xdc\xbb\xe1\"}";
            let error = refusal::<StartMeeting>(with(status, body, "content-type", stated));
            assert_eq!(error.body_fault(), Some(&fault));
            let text = error.to_string();
            assert!(text.contains(&format!("in charset {named} ")), "{text}");
        }
    }
}

#[test]
fn text_is_read_whatever_is_stated_about_it() {
    let text = b"{\"random\": \"135\"}";
    for (name, value) in [
        ("content-encoding", "gzip"),
        ("content-encoding", "identity"),
        ("content-encoding", ""),
        ("content-type", "application/json; charset=GBK"),
        ("content-type", "application/json; charset=utf8"),
        ("content-type", "application/json; charset"),
    ] {
        let reply = CreateAnonymousAuthRandom::read_response(with(200, text, name, value));
        assert_eq!(reply.unwrap().value().random.expose(), "135", "{value}");
        assert!(StopMeeting::read_response(with(204, b"", name, value)).is_ok());
        let error = refusal::<StopMeeting>(with(500, b"try later", name, value));
        assert_eq!((error.message(), error.body_fault()), ("try later", None));
    }
    // An encoding that leaves text, which is no JSON.
    let error = unreadable::<StartMeeting>(with(200, b"e30=", "content-encoding", "base64"));
    let fault = ResponseFault::ContentEncoding("base64".to_owned());
    assert_eq!(error.fault(), &fault);
}

#[test]
fn without_a_statement_the_symptom_is_all_there_is() {
    for (name, value) in [
        ("content-type", "application/json"),
        ("content-type", "application/json; charset=UTF-8"),
        ("content-encoding", "identity"),
    ] {
        let error = unreadable::<StartMeeting>(with(200, GZIP, name, value));
        assert_eq!(error.fault(), &ResponseFault::NotUtf8);
        let error = refusal::<StartMeeting>(with(502, GZIP, name, value));
        assert_eq!(error.body_fault(), None);
    }
}

#[test]
fn a_page_for_people_stays_one() {
    let page = b"<html>\xb5\xc7\xc2\xbc</html>";
    let kind = "text/html; charset=gb2312";
    let error = unreadable::<StartMeeting>(with(200, page, "content-type", kind));
    assert_eq!(error.fault(), &ResponseFault::Html);
}

#[test]
fn what_a_stranger_states_stays_short_and_on_one_line() {
    let long = "g".repeat(5000);
    let error = unreadable::<StartMeeting>(with(200, GZIP, "content-encoding", &long));
    assert!(error.to_string().len() < 300, "{error}");
    let odd = "g\tz\u{9b}31m";
    let error = unreadable::<StartMeeting>(with(200, GZIP, "content-encoding", odd));
    assert!(!error.to_string().contains(char::is_control), "{error}");
}
