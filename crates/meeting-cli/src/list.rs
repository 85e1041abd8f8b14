//! `meeting operations` and `meeting describe`.

use std::fmt::Write as _;

use meeting_types::{
    AuthKind, OperationInfo, RetryClass,
    schema::{EnumShape, Field, Format, Kind, Place, Shape},
};
use serde_json::json;

use crate::{
    arguments::{Describe, Operations},
    failure::Failure,
    input::place_name,
    registry,
};

/// How deep `describe` looks into objects.
const DEEPEST: usize = 4;

pub(crate) fn operations(arguments: &Operations) -> Result<String, Failure> {
    let word = arguments.word.as_deref().unwrap_or("").to_lowercase();
    let all = registry::all();
    let found: Vec<_> = all
        .iter()
        .map(|entry| entry.info)
        .filter(|info| {
            let texts = [
                info.name,
                info.path,
                info.group,
                info.subgroup,
                info.summary,
            ];
            texts.iter().any(|text| text.to_lowercase().contains(&word))
        })
        .collect();
    if arguments.json {
        let objects: Vec<_> = found.iter().map(|info| as_json(info)).collect();
        let json = serde_json::to_string_pretty(&objects)
            .map_err(|error| Failure::usage(error.to_string()))?;
        return Ok(json + "\n");
    }
    if found.is_empty() {
        let message = format!("no operation has `{word}` in its name, path, group or summary");
        return Err(Failure::usage(message));
    }
    let width =
        |of: fn(&OperationInfo) -> usize| found.iter().map(|info| of(info)).max().unwrap_or(0);
    let name = width(|info| info.name.len());
    let method = width(|info| info.method.as_str().len());
    let path = width(|info| info.path.len());
    let mut text = String::new();
    for info in found {
        // Writing to memory cannot fail.
        let _ = writeln!(
            text,
            "{:name$}  {:method$}  {:path$}  {}",
            info.name,
            info.method.as_str(),
            info.path,
            auth_name(info.auth),
        );
    }
    Ok(text)
}

fn as_json(info: &OperationInfo) -> serde_json::Value {
    json!({
        "name": info.name,
        "method": info.method.as_str(),
        "path": info.path,
        "group": info.group,
        "subgroup": info.subgroup,
        "auth": auth_name(info.auth),
        "retry": match info.retry {
            RetryClass::Read => "read",
            RetryClass::Idempotent => "idempotent",
            _ => "once",
        },
        "summary": info.summary,
        "reference": info.reference.map(|page| page.url()),
    })
}

fn auth_name(auth: AuthKind) -> &'static str {
    match auth {
        AuthKind::AccessToken => "access-token",
        AuthKind::ConferenceToken => "conference-token",
        _ => "none",
    }
}

pub(crate) fn describe(arguments: &Describe) -> Result<String, Failure> {
    let entry = registry::find(&arguments.name)?;
    let info = entry.info;
    let operation = (entry.make)();
    let mut rows = Vec::new();
    describe_fields(operation.model().shape(), "", 0, &mut rows);
    let carries = match info.auth {
        AuthKind::AccessToken => "an access token: the program logs in",
        AuthKind::ConferenceToken => "a control token of a meeting: --conference ID",
        _ => "nothing",
    };
    let repeat = match info.retry {
        RetryClass::Read => "only reads",
        RetryClass::Idempotent => "changes nothing more the second time",
        _ => "not safe: a second call acts once more",
    };
    let mut text = format!(
        "{}\n{}\n\n  call       {} {}\n  carries    {carries}\n  repeating  {repeat}\n",
        info.name, info.summary, info.method, info.path
    );
    if entry.fetch_all.is_some() {
        text += "  list       in parts; --all fetches all of them\n";
    }
    if let Some(page) = info.reference {
        let _ = writeln!(text, "  reference  {}", page.url());
    }
    if rows.is_empty() {
        return Ok(text + "\nIt has no parameters.\n");
    }
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let (wire, place, kind) = (width(0), width(1), width(2));
    text += "\nParameters (* must be given; other values than those known are sent as they are):\n";
    for [name, in_place, of_kind, limits] in &rows {
        let line = format!("  {name:wire$}  {in_place:place$}  {of_kind:kind$}  {limits}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    Ok(text)
}

fn describe_fields(shape: &Shape, at: &str, depth: usize, rows: &mut Vec<[String; 4]>) {
    for field in shape.fields {
        if let (Place::WholeBody, Some(inside)) = (field.place, field.kind.object()) {
            // Its fields are given like those of the operation.
            describe_fields(inside, at, depth, rows);
            continue;
        }
        let star = if field.required { "*" } else { "" };
        rows.push([
            format!("{at}{}{star}", field.wire),
            place_name(field.place).to_owned(),
            kind(&field.kind, field.format),
            limits(field),
        ]);
        if depth < DEEPEST {
            describe_inside(&field.kind, &format!("{at}{}", field.wire), depth, rows);
        }
    }
}

fn describe_inside(kind: &Kind, at: &str, depth: usize, rows: &mut Vec<[String; 4]>) {
    match kind {
        Kind::List(item) => describe_inside(item, &format!("{at}[]"), depth, rows),
        Kind::Object(shape) => describe_fields(shape, &format!("{at}."), depth + 1, rows),
        _ => {}
    }
}

fn limits(field: &Field) -> String {
    let mut parts = Vec::new();
    let characters = |kind: &Kind| match kind.revealed() {
        Kind::Text => " characters",
        _ => "",
    };
    let (unit, each) = match &field.kind {
        Kind::List(item) => (" items", characters(item)),
        kind => (characters(kind), ""),
    };
    let scalar = field.kind.item().unwrap_or(&field.kind);
    if scalar.is_secret() {
        parts.push("secret".to_owned());
    }
    match (field.min, field.max) {
        (i64::MIN, i64::MAX) => {}
        (i64::MIN, max) => parts.push(format!("at most {max}{unit}")),
        (min, i64::MAX) => parts.push(format!("at least {min}{unit}")),
        (min, max) => parts.push(format!("{min} to {max}{unit}")),
    }
    match (field.item_min, field.item_max) {
        (i64::MIN, i64::MAX) => {}
        (i64::MIN, max) => parts.push(format!("each at most {max}{each}")),
        (min, i64::MAX) => parts.push(format!("each at least {min}{each}")),
        (min, max) => parts.push(format!("each {min} to {max}{each}")),
    }
    if field.multiline {
        parts.push("may have line breaks".to_owned());
    }
    if let Kind::Enum(shape) = scalar {
        let known = shape.known.iter().map(|(wire, name)| match shape.is_text {
            true => (*wire).to_owned(),
            false => format!("{wire} {name}"),
        });
        parts.push(format!("known: {}", known.collect::<Vec<_>>().join(", ")));
    }
    parts.join(", ")
}

/// Type of a slot, in words.
pub(crate) fn kind(kind: &Kind, format: Format) -> String {
    let word = match (kind.revealed(), format) {
        (Kind::List(item), Format::Comma) => {
            return format!(
                "list, joined by commas, of {}",
                self::kind(item, Format::Plain)
            );
        }
        (Kind::List(item), format) => return format!("list of {}", self::kind(item, format)),
        (Kind::Object(_), _) => "object",
        (Kind::Map, _) => "object with free keys",
        (Kind::File, _) => "file",
        (Kind::Json, _) => "JSON",
        (Kind::Nothing, _) => "nothing",
        (_, Format::UtcMinute) => "time yyyy-MM-dd HH:mm, UTC",
        (_, Format::UtcSecond) => "time yyyy-MM-dd HH:mm:ss, UTC",
        (_, Format::Iso) => "time yyyy-MM-ddTHH:mm:ss.SSSZ",
        (_, Format::EpochMillis | Format::EpochMillisText) => "time, ms since 1970",
        (_, Format::EpochSeconds) => "time, s since 1970",
        (_, Format::Seconds) => "seconds",
        (_, Format::Minutes) => "minutes",
        (_, Format::Millis | Format::MillisText) => "milliseconds",
        (_, Format::Base64) => "text in Base64",
        (Kind::Bool, _) => "true or false",
        (Kind::Float, _) => "number",
        (Kind::Date, _) => "date yyyy-MM-dd",
        (Kind::Int, _) | (Kind::Enum(EnumShape { is_text: false, .. }), _) => "whole number",
        (Kind::Time, _) => "time",
        (Kind::Duration, _) => "seconds",
        (Kind::Text | Kind::Enum(_) | Kind::Secret(_), _) => "text",
    };
    word.to_owned()
}
