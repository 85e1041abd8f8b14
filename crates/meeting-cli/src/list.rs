//! `meeting operations` and `meeting describe`.

use std::fmt::Write as _;

use meeting_types::{
    AuthKind, OperationInfo, RetryClass,
    schema::{Field, Format, Model, Place, Value, WireInput},
};
use serde_json::json;

use crate::{
    arguments::{Describe, Operations},
    failure::Failure,
    input::{holds_secret, place_name},
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
    let mut operation = (entry.make)();
    let mut rows = Vec::new();
    describe_fields(operation.model_mut(), "", 0, &mut rows);
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

fn describe_fields(model: &mut dyn Model, at: &str, depth: usize, rows: &mut Vec<[String; 4]>) {
    for (index, field) in model.shape().fields.iter().enumerate() {
        let slot = model.slot_mut(index);
        if field.place == Place::WholeBody && slot.begin_object().is_some() {
            // Its fields are given like those of the operation.
            if let Some(inside) = slot.begin_object() {
                describe_fields(inside, at, depth, rows);
            }
            slot.clear();
            continue;
        }
        let star = if field.required { "*" } else { "" };
        let secret = holds_secret(slot, field.format);
        rows.push([
            format!("{at}{}{star}", field.wire),
            place_name(field.place).to_owned(),
            kind(slot, field.format),
            limits(slot, field, secret),
        ]);
        if depth < DEEPEST {
            describe_inside(slot, &format!("{at}{}", field.wire), depth, rows);
        }
        slot.clear();
    }
}

fn describe_inside(slot: &mut dyn Value, at: &str, depth: usize, rows: &mut Vec<[String; 4]>) {
    if let Some(list) = slot.begin_list() {
        describe_inside(list.push_default(), &format!("{at}[]"), depth, rows);
    } else if let Some(model) = slot.begin_object() {
        describe_fields(model, &format!("{at}."), depth + 1, rows);
    }
}

fn limits(slot: &mut dyn Value, field: &Field, secret: bool) -> String {
    let mut parts = Vec::new();
    let counted = |kind: &str| {
        if kind.starts_with("text") {
            " characters"
        } else {
            ""
        }
    };
    let (unit, each) = match slot.begin_list() {
        Some(list) => (
            " items",
            counted(&kind_by_trying(list.push_default(), field.format)),
        ),
        None => (counted(&kind_by_trying(slot, field.format)), ""),
    };
    if secret {
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
    if !slot.known().is_empty() {
        parts.push(format!("known: {}", slot.known().join(", ")));
    }
    parts.join(", ")
}

/// What a slot takes, in words. Found by trying; the slot is empty afterwards.
pub(crate) fn kind(slot: &mut dyn Value, format: Format) -> String {
    let kind = kind_by_trying(slot, format);
    slot.clear();
    kind
}

fn kind_by_trying(slot: &mut dyn Value, format: Format) -> String {
    if let Some(list) = slot.begin_list() {
        let item = kind_by_trying(list.push_default(), format);
        return match format {
            Format::Comma => format!("list, joined by commas, of {item}"),
            _ => format!("list of {item}"),
        };
    }
    if slot.begin_object().is_some() {
        return "object".to_owned();
    }
    if slot.begin_map().is_some() {
        return "object with free keys".to_owned();
    }
    if slot.upload().is_some() {
        return "file".to_owned();
    }
    let mut takes = |text| slot.read(WireInput::Text(text), format);
    match format {
        Format::UtcMinute => "time yyyy-MM-dd HH:mm, UTC",
        Format::UtcSecond => "time yyyy-MM-dd HH:mm:ss, UTC",
        Format::Iso => "time yyyy-MM-ddTHH:mm:ss.SSSZ",
        Format::EpochMillis | Format::EpochMillisText => "time, ms since 1970",
        Format::EpochSeconds => "time, s since 1970",
        Format::Seconds => "seconds",
        Format::Minutes => "minutes",
        Format::Millis => "milliseconds",
        Format::Base64 => "text in Base64",
        _ if takes("neither yes nor no") => "text",
        _ if takes("yes") => "true or false",
        _ if takes("0.5") => "number",
        _ if takes("2026-01-31") => "date yyyy-MM-dd",
        _ => "whole number",
    }
    .to_owned()
}
