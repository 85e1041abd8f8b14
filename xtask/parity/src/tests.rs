//! What the comparison must notice, and what it must not.

use bytes::Bytes;
use http::Request;
use serde_json::json;

use crate::{
    compare::{self, Difference, Kind},
    differences::{Listed, without_indexes},
    wire::Wire,
};

fn ours(target: &str, content_type: &str, body: &str) -> Request<Bytes> {
    Request::post(format!("https://api.example.com{target}"))
        .header("content-type", content_type)
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .expect("a request")
}

fn official(target: &str, content_type: &str, body: &str) -> Wire {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let wire = json!({
        "method": "POST",
        "target": target,
        "headers": [["Content-Type", content_type], ["User-Agent", "x"], ["Host", "x"]],
        "body": STANDARD.encode(body),
    });
    serde_json::from_value(wire).expect("what the script writes")
}

/// Where two requests differ that should be the same but for target and body.
fn places(theirs: (&str, &str), ours_are: (&str, &str)) -> Vec<String> {
    let json = "application/json";
    let theirs = official(theirs.0, json, theirs.1);
    let found = compare::requests(&theirs, &ours(ours_are.0, json, ours_are.1));
    let found = found.expect("two requests");
    found.into_iter().map(|found| found.at).collect()
}

#[test]
fn orders_and_white_space_do_not_matter() {
    let theirs = ("/a?b=1&c=2&b=0", r#"{"x": "\u00e9", "y": [1]}"#);
    let same = ("/a?c=2&b=0&b=1", r#"{"y":[1],"x":"é"}"#);
    assert_eq!(places(theirs, same), [""; 0]);
}

#[test]
fn everything_else_does() {
    let theirs = ("/a/b?c=x%20y&d=~&e=1&e=2", r#"{"x":1,"y":[{"z":"1"}]}"#);
    let found = |target, body| places(theirs, (target, body));
    assert_eq!(found("/a/B?c=x%20y&d=~&e=1&e=2", theirs.1), ["path"]);
    assert_eq!(found("/a/%62?c=x%20y&d=~&e=1&e=2", theirs.1), ["raw path"]);
    assert_eq!(found("/a/b?c=x+y&d=~&e=1&e=2", theirs.1), ["raw query c"]);
    assert_eq!(found("/a/b?c=x%2By&d=~&e=1&e=2", theirs.1), ["query c"]);
    assert_eq!(
        found("/a/b?c=x%20y&D=~&e=1&e=2", theirs.1),
        ["query D", "query d"]
    );
    assert_eq!(found("/a/b?c=x%20y&d=~&e=1", theirs.1), ["query e"]);
    for (body, at) in [
        (r#"{"x":1.0,"y":[{"z":"1"}]}"#, "body x"),
        (r#"{"x":"1","y":[{"z":"1"}]}"#, "body x"),
        (r#"{"x":true,"y":[{"z":"1"}]}"#, "body x"),
        (r#"{"x":1,"y":[{"z":"1"},null]}"#, "body y[1]"),
        (r#"{"x":1,"y":[{"z":"1","":[]}]}"#, "body y[0]."),
    ] {
        assert_eq!(found(theirs.0, body), [at]);
    }
    assert_eq!(places(("/", "{}"), ("/", "")), ["body", "body "]);
}

#[test]
fn forms_are_compared_by_part() {
    let form = |boundary: &str, name: &str, content: &str| {
        let body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: image/png\r\n\r\n{content}\r\n--{boundary}--\r\n"
        );
        (format!("multipart/form-data; boundary={boundary}"), body)
    };
    let (kind, body) = form("one", "a", "--x");
    let theirs = official("/", &kind, &body);
    let found = |(kind, body): (String, String)| {
        let found = compare::requests(&theirs, &ours("/", &kind, &body)).expect("two forms");
        found.into_iter().map(|found| found.at).collect::<Vec<_>>()
    };
    assert_eq!(found(form("another", "a", "--x")), [""; 0]);
    assert_eq!(found(form("one", "b", "--x")), ["part file filename"]);
    assert_eq!(found(form("one", "a", "--y")), ["part file content"]);
    let (kind, body) = form("one", "a", "x");
    let cut = ours("/", &kind, &body[..body.len() - 11]);
    assert!(compare::requests(&theirs, &cut).is_err());
}

#[test]
fn what_is_listed_must_be_met() {
    let text = r#"
        skipped = []
        digits = []
        [[difference]]
        operations = ["A", "B"]
        kind = "other-value"
        at = "body guests[].phones[*].x"
        ours = "1"
        reason = "a test"
    "#;
    let mut listed: Listed = toml::from_str(text).expect("a list");
    listed.forget();
    let mut difference = Difference {
        kind: Kind::OtherValue,
        at: "body guests[10].phones[\"a]\\\"b\"].x".to_owned(),
        official: Some("2".to_owned()),
        ours: Some("1".to_owned()),
    };
    assert!(!listed.has("C", None, &difference));
    assert_eq!(listed.stale().len(), 2);
    assert!(listed.has("A", None, &difference));
    assert_eq!(
        listed.stale(),
        ["B  body guests[].phones[*].x  (OtherValue)"]
    );
    difference.ours = Some("3".to_owned());
    assert!(!listed.has("B", None, &difference));
    assert_eq!(listed.stale().len(), 1);
}

#[test]
fn places_lose_their_indexes() {
    assert_eq!(without_indexes("query a"), "query a");
    assert_eq!(without_indexes("body [0].a[12][3].b"), "body [].a[][].b");
    assert_eq!(without_indexes("body a[\"b.c\"].d"), "body a[*].d");
}
