//! The examples of the service's reference: every request can be built, every response keeps all its
//! values.
//!
//! `examples/` has one file for each documented example: its shape, with values that were made up.
//! The `note` of a file says where the reference disagrees with itself. What we do not take as the
//! example has it stands in `exceptions.rs` with the reason, and nothing else may differ.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod compare;
mod exceptions;

use std::{collections::BTreeSet, fs, path::Path};

use bytes::Bytes;
use compare::Differences;
use exceptions::EXCEPTIONS;
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri};
use meeting_types::{
    AccessToken, Authorization, ConferenceCredential, Endpoint, ServerOperation, every_operation,
    operations::*,
};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value as Json};

macro_rules! by_name {
    ($($operation:ident)*) => {
        /// The differences of one example, by the name of its operation.
        fn check_example(operation: &str, example: &Json) -> Differences {
            match operation {
                $(stringify!($operation) => check::<$operation>(example),)*
                other => panic!("there is no operation {other}"),
            }
        }
    };
}

every_operation! { by_name }

/// All examples, with the names of their operations.
fn examples() -> Vec<(String, Json)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page_examples/examples");
    let mut examples = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let example: Json = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert_eq!(example["operation"], name.as_str());
        examples.push((name, example));
    }
    examples.sort_by(|(one, _), (other, _)| one.cmp(other));
    examples
}

#[test]
fn every_documented_example_is_sent_and_read_as_it_stands() {
    let mut met = BTreeSet::new();
    let mut report = String::new();
    let examples = examples();
    assert_eq!(examples.len(), 135);
    for (operation, example) in &examples {
        for (place, difference) in check_example(operation, example).all() {
            let known = EXCEPTIONS
                .iter()
                .find(|exception| exception.operation == operation && exception.place == place);
            match known {
                Some(exception) => drop(met.insert((exception.operation, exception.place))),
                None => report += &format!("{operation}: {place}: {difference}\n"),
            }
        }
    }
    for exception in EXCEPTIONS {
        if !met.contains(&(exception.operation, exception.place)) {
            let (operation, place) = (exception.operation, exception.place);
            report += &format!("{operation}: {place}: is an exception without need\n");
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

#[test]
fn every_exception_has_a_reason_and_stands_once() {
    let mut seen = BTreeSet::new();
    for exception in EXCEPTIONS {
        assert!(
            seen.insert((exception.operation, exception.place)),
            "{}",
            exception.place
        );
        assert!(exception.reason.ends_with('.'), "{}", exception.reason);
    }
}

/// What an example that carries no credential, or one of another kind, is sent with.
trait Sample: Authorization {
    fn sample() -> Self;
}

impl Sample for () {
    fn sample() -> Self {}
}

impl Sample for AccessToken {
    fn sample() -> Self {
        Self::new("a token")
    }
}

impl Sample for ConferenceCredential {
    fn sample() -> Self {
        Self::new("910000001", "a token")
    }
}

fn check<O: ServerOperation>(example: &Json) -> Differences
where
    O::Authorization: Sample,
{
    let mut differences = Differences::default();
    check_request::<O>(&example["request"], &mut differences);
    check_reply::<O>(&example["response"], &mut differences);
    differences
}

fn check_request<O: ServerOperation>(example: &Json, differences: &mut Differences)
where
    O::Authorization: Sample,
{
    let documented = request_of(example);
    let operation = match O::from_request(&documented) {
        Ok(operation) => operation,
        Err(error) => return differences.add("request", error),
    };
    let credential = O::credential_of(&documented).unwrap_or_else(O::Authorization::sample);
    let written = match operation.to_request(&Endpoint::china(), &credential) {
        Ok(request) => request,
        Err(error) => return differences.add("request", error),
    };
    if written.method() != documented.method() {
        differences.add("method", written.method());
    }
    if written.uri().path() != documented.uri().path() {
        differences.add("path", written.uri().path());
    }
    differences.compare("query", &example["query"], &query_of(written.uri()));
    differences.compare("header", &headers_of(&documented), &headers_of(&written));
    differences.compare("body", &example["body"], &json_of(written.body()));
}

fn check_reply<O: ServerOperation>(example: &Json, differences: &mut Differences) {
    // Without a body the source shows none, or a success has none.
    let body = match &example["body"] {
        Json::Null => return,
        body => body,
    };
    let response = Response::builder()
        .status(u16::try_from(example["status"].as_u64().unwrap()).unwrap())
        .body(Bytes::from(body.to_string()))
        .unwrap();
    match O::read_response(response) {
        Ok(read) => {
            let written = O::write_response(read.value());
            differences.compare("reply", body, &json_of(written.body()));
        }
        Err(error) => differences.add("reply", error),
    }
}

/// The request of an example, as it would come in.
fn request_of(example: &Json) -> Request<Bytes> {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let query: Vec<String> = example["query"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value.as_str().unwrap())))
        .collect();
    // A placeholder that was left in a path stands for a value like any other.
    let path = example["path"].as_str().unwrap().replace(['{', '}'], "");
    let target = match query.is_empty() {
        true => path,
        false => format!("{path}?{}", query.join("&")),
    };
    let body = match &example["body"] {
        Json::Null => Bytes::new(),
        body => Bytes::from(body.to_string()),
    };
    let mut request = Request::new(body);
    *request.method_mut() = Method::try_from(example["method"].as_str().unwrap()).unwrap();
    *request.uri_mut() = Uri::try_from(target).unwrap();
    for (name, value) in example["headers"].as_object().unwrap() {
        let name = HeaderName::try_from(name.as_str()).unwrap();
        let value = HeaderValue::try_from(value.as_str().unwrap()).unwrap();
        request.headers_mut().insert(name, value);
    }
    request
}

fn query_of(uri: &Uri) -> Json {
    let mut query = Map::new();
    for part in uri.query().unwrap_or_default().split('&') {
        if let Some((name, value)) = part.split_once('=') {
            let [name, value] =
                [name, value].map(|text| percent_decode_str(text).decode_utf8().unwrap().into());
            query.insert(name, Json::String(value));
        }
    }
    query.into()
}

/// The headers, but for those that say nothing about the call.
fn headers_of(request: &Request<Bytes>) -> Json {
    let headers = request.headers().iter();
    let of_call = headers.filter(|(name, _)| !["accept", "content-type"].contains(&name.as_str()));
    let named = of_call.map(|(name, value)| {
        let value = Json::from(value.to_str().unwrap());
        (name.as_str().to_owned(), value)
    });
    named.collect::<Map<_, _>>().into()
}

fn json_of(body: &[u8]) -> Json {
    match body {
        [] => Json::Null,
        body => serde_json::from_slice(body).unwrap(),
    }
}
