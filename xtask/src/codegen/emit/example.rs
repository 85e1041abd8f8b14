//! The example on the page of an operation: builds the request, reads a response, uses its value.
//!
//! It is a doctest: it compiles, and what it asserts is true. rustfmt breaks its lines afterwards.

use std::collections::BTreeSet;

use super::{
    catalog::Catalog,
    example_output::{self, Uses},
    expression,
    obedience::Subject,
    plausible,
};
use crate::codegen::{
    api::{Auth, Field, Operation, Place},
    example::Example,
    spec::Method,
};

/// The longest line of an example: the marker of the comment and the margin take the rest.
const WIDTH: usize = 96;

/// The fenced code, and nothing behind it.
pub(super) fn text(catalog: &Catalog<'_>, operation: &Operation) -> String {
    let mut uses = Uses(BTreeSet::from([
        "meeting_types::Endpoint".to_owned(),
        "meeting_types::Operation".to_owned(),
        "meeting_types::http".to_owned(),
        format!("meeting_types::operations::{}", operation.name),
    ]));
    let request = request(catalog, operation, &mut uses);
    let response = response(catalog, operation, &mut uses);
    let (standard, own): (Vec<&String>, Vec<&String>) =
        uses.0.iter().partition(|path| path.starts_with("std::"));
    let mut lines: Vec<String> = standard.iter().map(|path| format!("use {path};")).collect();
    lines.push(use_line(&own));
    format!(
        "# Example\n\n```\n{}\n\n{request}\n{response}# Ok::<(), Box<dyn std::error::Error>>(())\n```",
        lines.join("\n")
    )
}

/// One `use` for all paths, with those of one module in braces of their own.
fn use_line(paths: &[&String]) -> String {
    let mut items: Vec<String> = Vec::new();
    for module in ["models::", "operations::"] {
        let names: Vec<&str> = paths
            .iter()
            .filter_map(|path| path.strip_prefix("meeting_types::")?.strip_prefix(module))
            .collect();
        match names.as_slice() {
            [] => {}
            [name] => items.push(format!("{module}{name}")),
            names => items.push(format!("{module}{{{}}}", names.join(", "))),
        }
    }
    let mut names: Vec<String> = paths
        .iter()
        .filter_map(|path| path.strip_prefix("meeting_types::"))
        .filter(|path| !path.contains("::"))
        .map(str::to_owned)
        .collect();
    names.extend(items);
    format!("use meeting_types::{{{}}};", names.join(", "))
}

/// The lines that build the request.
fn request(catalog: &Catalog<'_>, operation: &Operation, uses: &mut Uses) -> String {
    let (binding, credential) = match operation.auth {
        Auth::None => ("", "&()"),
        Auth::AccessToken => {
            uses.add("meeting_types::AccessToken");
            ("let token = AccessToken::new(\"cnr0123\");\n", "&token")
        }
        Auth::ConferenceToken => {
            uses.add("meeting_types::ConferenceCredential");
            (
                "let control = ConferenceCredential::new(\"900825541\", \"cnr0123\");\n",
                "&control",
            )
        }
    };
    let values = request_values(catalog, operation);
    let built = match &operation.examples.built_by {
        Some(built) => {
            let (name, _) = built.split_once("::").unwrap_or((built, ""));
            uses.add(&format!("meeting_types::{name}"));
            built.clone()
        }
        None => expression::built(catalog, &operation.name, &operation.fields, &values, uses),
    };
    let send = format!("to_request(&Endpoint::international(), {credential})?");
    let statement = if built.chars().count() + send.len() + 16 < WIDTH {
        format!("let request = {built}.{send};\n")
    } else {
        format!("let operation = {built};\nlet request = operation.{send};\n")
    };
    let check = check(operation, &values);
    format!("{binding}{statement}{check}")
}

/// The line that looks at the request: at the part of it that the parameters fill in.
fn check(operation: &Operation, values: &[(String, Example)]) -> String {
    /// Length of the longest expression that fits into one line with the code around it.
    const SHORT: usize = 35;
    let is_in_path = operation.path.contains('{');
    if !is_in_path && let Some(query) = query(operation, values).filter(|it| it.len() <= SHORT) {
        return format!("assert_eq!(request.uri().query(), Some({query:?}));\n");
    }
    match path(operation, values) {
        Some(path) if is_in_path || path.len() <= SHORT => {
            format!("assert_eq!(request.uri().path(), {path:?});\n")
        }
        _ => format!(
            "assert_eq!(request.method(), {:?});\n",
            operation.method.as_str()
        ),
    }
}

/// The query, as far as nothing in it needs an escape and there is one.
fn query(operation: &Operation, values: &[(String, Example)]) -> Option<String> {
    if operation
        .constants
        .iter()
        .any(|it| it.place == Place::Query)
    {
        return None;
    }
    let mut pairs = Vec::new();
    if operation.auth == Auth::ConferenceToken {
        pairs.push("conferenceID=900825541".to_owned());
    }
    for field in operation
        .fields
        .iter()
        .filter(|it| it.place == Place::Query)
    {
        if let Some((_, value)) = values.iter().find(|(name, _)| *name == field.name) {
            pairs.push(format!("{}={}", field.wire, unescaped(value)?));
        }
    }
    (!pairs.is_empty()).then(|| pairs.join("&"))
}

/// A text or a number that travels in a URL as it is.
fn unescaped(value: &Example) -> Option<String> {
    let text = match value {
        Example::Text(text) => text.clone(),
        Example::Int(number) => number.to_string(),
        _ => return None,
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    text.chars().all(is_plain).then_some(text)
}

/// The values of the parameters that the example sets, by the Rust name of the field.
fn request_values(catalog: &Catalog<'_>, operation: &Operation) -> Vec<(String, Example)> {
    let written = &operation.examples.request;
    let given = |field: &Field| written.iter().find(|(name, _)| *name == field.name);
    let mut values: Vec<(String, Example)> = operation
        .fields
        .iter()
        .filter_map(|field| match given(field) {
            Some((_, value)) => Some((field.name.clone(), value.clone())),
            None if field.required => {
                let value = plausible::value(catalog, &operation.name, field, 0);
                Some((field.name.clone(), value))
            }
            None => None,
        })
        .collect();
    let subject = Subject {
        catalog,
        name: &operation.name,
        fields: &operation.fields,
        key: |field| &field.name,
    };
    subject.obey(&operation.rules, &mut values, 0);
    // A change that changes nothing would be no example.
    let in_body = |field: &&Field| matches!(field.place, Place::Body | Place::WholeBody);
    let changes = operation.method != Method::Get && operation.method != Method::Delete;
    let says_nothing = !operation
        .fields
        .iter()
        .any(|field| in_body(&field) && values.iter().any(|(name, _)| *name == field.name));
    if changes && says_nothing {
        let candidates = operation.fields.iter().filter(in_body);
        let best = candidates.max_by_key(|field| plausible::request_usefulness(catalog, field));
        if let Some(field) = best {
            let value = plausible::value(catalog, &operation.name, field, 0);
            values.push((field.name.clone(), value));
        }
    }
    values
}

/// The path with its parameters filled in; `None` where one of them needs an escape.
fn path(operation: &Operation, values: &[(String, Example)]) -> Option<String> {
    let mut path = operation.path.clone();
    for field in &operation.fields {
        if field.place != Place::Path {
            continue;
        }
        let (_, value) = values.iter().find(|(name, _)| *name == field.name)?;
        let text = unescaped(value)?;
        path = path.replace(&format!("{{{}}}", field.wire), &text);
    }
    Some(path)
}

/// The lines that read a response and use its value.
fn response(catalog: &Catalog<'_>, operation: &Operation, uses: &mut Uses) -> String {
    let name = &operation.name;
    let Some(kind) = &operation.reply else {
        return format!(
            "\n// The service answers with nothing but the status.\n\
             let response = {name}::read_response(http::Response::new(\"\".into()))?;\n\
             assert_eq!(response.status(), 200);\n"
        );
    };
    let example = match &operation.examples.response {
        Some(example) => example.clone(),
        None => plausible::response(catalog, operation, kind),
    };
    let json = example.json(WIDTH - 16);
    let reading = format!("{name}::read_response(response)?.into_value()");
    let used = example_output::used(catalog, operation, kind, &example, uses);
    let body = if !json.contains('\n') && json.len() < WIDTH - 55 {
        format!("let response = http::Response::new(r#\"{json}\"#.into());\n")
    } else {
        format!("let body = r#\"{json}\"#;\nlet response = http::Response::new(body.into());\n")
    };
    format!("\n{body}let output = {reading};\n{used}")
}
