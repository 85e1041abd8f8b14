//! Requests whose text is no documented form of any value.

use meeting_types::{
    Bytes, OperationInfo,
    http::{HeaderName, HeaderValue, Request},
    schema::{Format, Kind, Model, Place},
};
use serde_json::{Value as Json, json};

use crate::{
    copy,
    slots::{self, Key, Slot},
};

/// A request that is broken in one place.
pub(crate) struct Fault {
    pub(crate) request: Request<Bytes>,
    /// The parameter that must be named.
    pub(crate) path: String,
    /// The fault in words.
    pub(crate) what: String,
}

/// All such faults of a request.
pub(crate) fn faults(
    operation: &dyn Model,
    info: &OperationInfo,
    request: &Request<Bytes>,
) -> Vec<Fault> {
    let mut all = Vec::new();
    let mut add = |request: Request<Bytes>, path: &str, what: String| {
        all.push(Fault {
            request,
            path: path.to_owned(),
            what,
        });
    };
    for slot in slots::of(operation) {
        let path = &*slot.path;
        match slot.place {
            Place::Body | Place::WholeBody => {
                // An item of a list that is one text has no JSON of its own.
                if slot.is_item && slot.field.format == Format::Comma {
                    continue;
                }
                for bad in json_of_no_form(&slot) {
                    let what = format!("`{path}` with {bad}");
                    add(with_json(request, &slot.json, Some(bad)), path, what);
                }
                if !slot.is_item && slot.field.required && !slot.json.is_empty() {
                    let without = with_json(request, &slot.json, None);
                    add(without, path, format!("no `{path}`"));
                }
                if slot.is_item || slot.field.required && !slot.json.is_empty() {
                    let null = with_json(request, &slot.json, Some(Json::Null));
                    add(null, path, format!("`{path}` with null"));
                }
            }
            Place::Query if !slot.is_item => {
                let wire = slot.field.wire;
                for bad in texts_of_no_form(&slot) {
                    let what = format!("`{path}` with {bad:?}");
                    add(with_query(request, wire, &[bad]), path, what);
                }
                // Half of a character.
                let half = with_query(request, wire, &["%E5%BC"]);
                add(half, path, format!("`{path}` that is no UTF-8"));
                if slot.field.item().is_none() {
                    let twice = with_query(request, wire, &["1", "1"]);
                    add(twice, path, format!("`{path}` twice"));
                }
                if slot.field.required {
                    add(with_query(request, wire, &[]), path, format!("no `{path}`"));
                }
            }
            Place::Header => {
                let name = HeaderName::try_from(slot.field.wire).unwrap();
                let mut latin = copy(request);
                latin
                    .headers_mut()
                    .insert(&name, HeaderValue::from_bytes(b"caf\xe9").unwrap());
                add(latin, path, format!("`{path}` that is no ASCII"));
                let mut twice = copy(request);
                twice
                    .headers_mut()
                    .append(&name, HeaderValue::from_static("1"));
                add(twice, path, format!("`{path}` twice"));
                if slot.field.required {
                    let mut without = copy(request);
                    without.headers_mut().remove(&name);
                    add(without, path, format!("no `{path}`"));
                }
            }
            Place::Path => {
                for bad in ["%ff", "%E5%BC", "%0A", "%20"] {
                    let placed = with_path(request, info, slot.field.wire, bad);
                    add(placed, path, format!("`{path}` with {bad}"));
                }
            }
            Place::Part if slot.field.required => {
                let mut without = copy(request);
                *without.body_mut() = Bytes::from_static(b"--a--\r\n");
                add(without, path, format!("no `{path}`"));
            }
            _ => {}
        }
    }
    let fields = operation.shape().fields;
    let has_json = fields
        .iter()
        .any(|field| matches!(field.place, Place::Body | Place::WholeBody));
    if has_json && !request.body().is_empty() {
        for bad in [
            &b"{"[..],
            b"{}}",
            b"\xff\xfe",
            b"{\"a\":\"\xff\"}",
            b"nothing",
            b"5",
            b"[]",
            b"\"{}\"",
        ] {
            let is_list = fields
                .iter()
                .any(|field| field.place == Place::WholeBody && field.item().is_some());
            if is_list && bad == b"[]" {
                continue;
            }
            let mut broken = copy(request);
            *broken.body_mut() = Bytes::from_static(bad);
            add(broken, "body", format!("body {bad:?}"));
        }
    }
    all
}

/// JSON that is no documented form of a value of this kind.
fn json_of_no_form(slot: &Slot) -> Vec<Json> {
    let field = &slot.field;
    let huge = || serde_json::from_str("123456789012345678901234567890").unwrap();
    let mut bad = match field.kind.revealed() {
        Kind::Text if field.format == Format::Base64 => vec![json!(true), json!({}), json!("%")],
        Kind::Text => vec![
            json!(true),
            json!(1.5),
            json!(1e30),
            json!({}),
            json!({"a": 1}),
        ],
        Kind::Enum(shape) if shape.is_text => vec![json!(5), json!(true), json!(1.5), json!({})],
        Kind::Enum(_) | Kind::Int | Kind::Duration => vec![
            json!("many"),
            json!("1.5"),
            json!(1.5),
            json!("+1"),
            json!(" 1"),
            json!("1e3"),
            json!(1e30),
            huge(),
            json!(true),
            json!({}),
        ],
        Kind::Bool => vec![
            json!("perhaps"),
            json!(2),
            json!("2"),
            json!(1.5),
            json!({}),
            json!("TRUE"),
        ],
        Kind::Float => vec![json!("much"), json!("NaN"), json!(true), json!({})],
        Kind::Time | Kind::Date => vec![
            json!("28.12.2026 09:00"),
            json!("2026-02-30 09:00"),
            json!("2026-02-30"),
            json!("soon"),
            json!(1.5),
            json!(true),
            json!({}),
        ],
        Kind::List(_) if field.format == Format::Comma => {
            vec![json!(["a"]), json!({}), json!("a,,b")]
        }
        Kind::List(_) => vec![
            json!({}),
            json!({"a": 1}),
            json!("a"),
            json!(5),
            json!(true),
        ],
        Kind::Object(_) => vec![json!("a"), json!(5), json!(true), json!([])],
        Kind::Map => vec![json!("a"), json!(5), json!([])],
        _ => Vec::new(),
    };
    if field.kind.item().is_none() && field.kind.object().is_none() {
        bad.push(json!([]));
        bad.push(json!(["1"]));
    }
    bad
}

/// Texts that are no documented form of a value of this kind, as they stand in a URL.
fn texts_of_no_form(slot: &Slot) -> Vec<&'static str> {
    let field = &slot.field;
    match field.item().map_or(field.kind, |item| item.kind).revealed() {
        Kind::Enum(shape) if !shape.is_text => vec!["many", "1.5", "%2B1", "1e3"],
        Kind::Int | Kind::Duration => {
            vec![
                "many",
                "1.5",
                "%2B1",
                "+1",
                "1e3",
                "123456789012345678901234567890",
            ]
        }
        Kind::Bool => vec!["perhaps", "2", "TRUE"],
        Kind::Float => vec!["much", "NaN"],
        Kind::Time | Kind::Date => vec!["28.12.2026+09%3A00", "2026-02-30", "soon"],
        _ => Vec::new(),
    }
}

/// The request with another value, or none, at a place in its JSON.
fn with_json(request: &Request<Bytes>, keys: &[Key], value: Option<Json>) -> Request<Bytes> {
    let mut json: Json = serde_json::from_slice(request.body()).unwrap();
    let Some((last, way)) = keys.split_last() else {
        let mut changed = copy(request);
        *changed.body_mut() = value.unwrap().to_string().into();
        return changed;
    };
    let mut inside = &mut json;
    for key in way {
        inside = match key {
            Key::Field(wire) => &mut inside[wire],
            Key::Item(index) => &mut inside[index],
        };
    }
    match (last, value) {
        (Key::Field(wire), Some(value)) => inside[wire] = value,
        (Key::Item(index), Some(value)) => inside[index] = value,
        (Key::Field(wire), None) => drop(inside.as_object_mut().unwrap().remove(*wire)),
        (Key::Item(index), None) => drop(inside.as_array_mut().unwrap().remove(*index)),
    }
    let mut changed = copy(request);
    *changed.body_mut() = json.to_string().into();
    changed
}

/// The request with other values of a parameter of the query, which are encoded already.
fn with_query(request: &Request<Bytes>, wire: &str, values: &[&str]) -> Request<Bytes> {
    let query = request.uri().query().unwrap_or_default();
    let start = format!("{wire}=");
    let others = query.split('&').filter(|part| !part.starts_with(&start));
    let these = values.iter().map(|value| format!("{wire}={value}"));
    let parts: Vec<String> = others.map(str::to_owned).chain(these).collect();
    let uri = format!(
        "https://a.example{}?{}",
        request.uri().path(),
        parts.join("&")
    );
    let mut changed = copy(request);
    *changed.uri_mut() = uri.parse().unwrap();
    changed
}

/// The request with another value of a parameter of the path, which is encoded already.
fn with_path(
    request: &Request<Bytes>,
    info: &OperationInfo,
    wire: &str,
    value: &str,
) -> Request<Bytes> {
    let placeholder = format!("{{{wire}}}");
    let path = request.uri().path().split('/').zip(info.path.split('/'));
    let path: Vec<&str> = path
        .map(|(part, template)| if template == placeholder { value } else { part })
        .collect();
    let query = request
        .uri()
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let mut changed = copy(request);
    *changed.uri_mut() = format!("https://a.example{}{query}", path.join("/"))
        .parse()
        .unwrap();
    changed
}
