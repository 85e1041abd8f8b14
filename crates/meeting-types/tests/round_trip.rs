//! Every operation and every response survives the way to the wire and back, says no more than what is
//! set, and takes any garbage without a panic.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{
    fmt::{Debug, Write as _},
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri};
use meeting_testing::{Filler, RandomChoices, Sample, Tape};
use meeting_types::every_operation;
use meeting_types::{
    Endpoint, ServerOperation, ServiceError,
    models::{ConferenceTokenGrant, Login},
    operations::*,
    schema::{Empty, Model, Place, Value, WireValue},
};
use serde_json::{Value as Json, json};

macro_rules! properties {
    ($($operation:ident)*) => {
        /// One test for each operation, by its name.
        #[allow(non_snake_case, reason = "the operations are named like types")]
        mod survives_the_round_trip {
            $(#[test]
            fn $operation() {
                super::Tape::for_all(4, super::check::<super::$operation>);
            })*
        }

        const LISTED: &[&str] = &[$(stringify!($operation)),*];
    };
}

every_operation! { properties }

#[test]
fn no_operation_is_forgotten() {
    let all: Vec<&str> = ALL.iter().map(|info| info.name).collect();
    assert_eq!(LISTED, all);
}

fn check<O>(tape: Tape)
where
    O: ServerOperation + Empty + PartialEq + Hash,
    O::Authorization: Sample + PartialEq + Debug,
    O::Output: Value + Empty + PartialEq + Hash,
{
    let mut filler = Filler::new(RandomChoices::new(tape, None));
    let mut operation = O::empty();
    filler.operation(&mut operation, O::INFO);
    let credential = O::Authorization::sample(filler.choices());
    let mut reply = O::Output::empty();
    filler.output(&mut reply, &O::Output::KIND);
    let mut tape = filler.into_choices().into_tape();

    let endpoint = match tape.below(2) {
        0 => Endpoint::china(),
        _ => "https://gateway.example.com/a/prefix".parse().unwrap(),
    };
    let request = operation.to_request(&endpoint, &credential).unwrap();
    let read = O::from_request(&request).unwrap();
    assert!(read == operation, "{read:?} is not {operation:?}");
    assert_eq!(format!("{read:?}"), format!("{operation:?}"));
    assert_eq!(hashed(&read), hashed(&operation));
    assert_eq!(O::credential_of(&request), Some(credential));
    says_what_is_set(&operation, &request);

    let response = O::write_response(&reply);
    agrees(&reply, &json_or_null(response.body()));
    let read = O::read_response(response.clone()).unwrap().into_value();
    assert!(read == reply, "{read:?} is not {reply:?}");
    assert_eq!(format!("{read:?}"), format!("{reply:?}"));
    assert_eq!(hashed(&read), hashed(&reply));

    for _ in 0..4 {
        survives_garbage::<O>(&request, &response, &mut tape);
    }
}

fn hashed(value: &impl Hash) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(value)
}

#[test]
fn models_are_serde_types_too() {
    let text = r#"{"accessToken":"cnr","expireTime":1604018425,"user":{"name":"Ada","status":0}}"#;
    let login: Login = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&login).unwrap(), text);
    // By way of a tree, and as leniently as a response.
    let tree = json!({ "accessToken": "cnr", "expireTime": "1604018425", "user": [{ "name": "Ada", "status": "0" }] });
    assert_eq!(serde_json::from_value::<Login>(tree).unwrap(), login);

    let error = |text| {
        serde_json::from_str::<ConferenceTokenGrant>(text)
            .unwrap_err()
            .to_string()
    };
    assert!(error(r#"{"data": {}}"#).starts_with("`data.token` is missing or unusable"));
    assert!(error("null").starts_with("not a value of this kind"));
}

fn json_or_null(body: &Bytes) -> Json {
    if body.is_empty() {
        return Json::Null;
    }
    serde_json::from_slice(body).unwrap()
}

/// The body has the fields that are set, and nothing else. The query and the headers have as many
/// parameters as are set, not counting the constant ones.
fn says_what_is_set(operation: &dyn Model, request: &Request<Bytes>) {
    let fields = operation.shape().fields;
    let is_form = fields.iter().any(|field| field.place == Place::Part);
    let body = if is_form {
        Json::Null
    } else {
        json_or_null(request.body())
    };
    let whole = operation
        .slots()
        .find(|(field, _)| field.place == Place::WholeBody);
    match whole {
        Some((_, slot)) if slot.is_set() => agrees(slot, &body),
        None if fields.iter().any(|field| field.place == Place::Body) => {
            object_agrees(operation, &body);
        }
        _ => assert_eq!(body, Json::Null),
    }
    let query = request.uri().query().unwrap_or_default();
    for (field, slot) in operation.slots() {
        let is_set = slot.is_set();
        match field.place {
            Place::Query => {
                let start = format!("{}=", field.wire);
                let found = query.split('&').any(|part| part.starts_with(&start));
                assert_eq!(found, is_set, "{query}");
            }
            Place::Header => {
                assert_eq!(request.headers().contains_key(field.wire), is_set);
            }
            _ => {}
        }
    }
}

/// Whether JSON says the same as a slot.
fn agrees(slot: &dyn Value, json: &Json) {
    emit_agrees(&slot.write(meeting_types::schema::Format::Plain), json);
}

fn object_agrees(model: &dyn Model, json: &Json) {
    let object = json.as_object().unwrap();
    let mut expected = 0;
    for (field, slot) in model.slots() {
        if field.place == Place::Body && slot.is_set() {
            expected += 1;
            emit_agrees(&slot.write(field.format), &object[field.wire]);
        }
    }
    assert_eq!(object.len(), expected, "{json}");
}

fn emit_agrees(emit: &WireValue<'_>, json: &Json) {
    match emit {
        WireValue::Absent => assert_eq!(json, &Json::Null),
        WireValue::Bool(value) => assert_eq!(json, value),
        WireValue::Int(number) => assert_eq!(json, number),
        WireValue::Float(number) => assert_eq!(json, number),
        WireValue::Text(text) => assert_eq!(json, &**text),
        WireValue::Object(model) => object_agrees(*model, json),
        WireValue::List(list) => {
            let items = json.as_array().unwrap();
            assert_eq!(items.len(), list.len());
            for (index, json) in items.iter().enumerate() {
                agrees(list.get(index).unwrap(), json);
            }
        }
        WireValue::Map(map) => assert_eq!(json, &serde_json::to_value(map).unwrap()),
        WireValue::File(_) | WireValue::Json(_) => panic!("no JSON of a model"),
    }
}

/// Reads spoilt copies of a request and a response. Any outcome will do that is not a panic.
fn survives_garbage<O>(request: &Request<Bytes>, response: &Response<Bytes>, tape: &mut Tape)
where
    O: ServerOperation,
    O::Output: Debug,
{
    let mut spoilt = Response::new(spoil(response.body(), tape));
    *spoilt.status_mut() = tape.one_of(&[
        StatusCode::OK,
        StatusCode::OK,
        StatusCode::BAD_REQUEST,
        StatusCode::FOUND,
    ]);
    spoil_headers(spoilt.headers_mut(), tape);
    let error = ServiceError::from_response("", &spoilt);
    let mut log = format!("{error} {error:?}");
    match O::read_response(spoilt) {
        Ok(answer) => write!(log, "{answer:?}").unwrap(),
        Err(error) => write!(log, "{error} {error:?}").unwrap(),
    }

    let mut spoilt = Request::new(spoil(request.body(), tape));
    let target = request.uri().path_and_query().unwrap().as_str();
    let target = spoil(&Bytes::copy_from_slice(target.as_bytes()), tape);
    *spoilt.uri_mut() = Uri::from_maybe_shared(target).unwrap_or_default();
    *spoilt.headers_mut() = request.headers().clone();
    spoil_headers(spoilt.headers_mut(), tape);
    let _ = O::credential_of(&spoilt).is_some();
    match O::from_request(&spoilt) {
        Ok(operation) => write!(log, "{operation:?}").unwrap(),
        Err(error) => write!(log, "{error} {error:?}").unwrap(),
    }
    // One line for each, whatever came in.
    assert!(!log.contains(['\n', '\r', '\0']), "{log}");
}

/// Cuts, flips, repeats and inserts.
fn spoil(bytes: &Bytes, tape: &mut Tape) -> Bytes {
    const ODD: &[&[u8]] = &[
        b"null",
        b"{",
        b"}",
        b"[",
        b"]",
        b"\"",
        b",",
        b":",
        b"-",
        b"1e999",
        b"-0.0",
        b"\\u0000",
        b"\\ud800",
        b"99999999999999999999",
        b"-9223372036854775809",
        b"\xff",
        b"\xef\xbb\xbf",
        b"true",
        b"\"NaN\"",
        b"%",
        b"%ff",
        b"?",
        b"&",
        b"..",
        b"/",
        b"\"code\":1,",
        b"Basic ",
        b"\"2026-02-30\"",
        b"\"99999-01-01 00:00\"",
    ];
    let mut spoilt = bytes.to_vec();
    for _ in 0..tape.below(4) + 1 {
        let at = tape.below(spoilt.len() + 1);
        match tape.below(5) {
            0 => spoilt.truncate(at),
            1 if at < spoilt.len() => spoilt[at] ^= 1 << tape.below(8),
            2 => {
                let end = at + tape.below(spoilt.len() - at + 1);
                spoilt.drain(at..end);
            }
            3 => {
                let tail = spoilt[at..].to_vec();
                spoilt.extend(tail);
            }
            _ => {
                let odd = tape.one_of(ODD);
                spoilt.splice(at..at, odd.iter().copied());
            }
        }
    }
    spoilt.into()
}

fn spoil_headers(headers: &mut HeaderMap, tape: &mut Tape) {
    for value in headers.values_mut() {
        let spoilt = spoil(&Bytes::copy_from_slice(value.as_bytes()), tape);
        if let Ok(spoilt) = HeaderValue::from_maybe_shared(spoilt) {
            *value = spoilt;
        }
    }
    for name in ["x-request-id", "retry-after", "x-access-token"] {
        let noise = [(), (), ()].map(|()| tape.draw().to_be_bytes()).concat();
        if let Ok(noise) = HeaderValue::from_maybe_shared(noise) {
            headers.insert(name, noise);
        }
    }
}
