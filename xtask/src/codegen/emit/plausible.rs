//! Plausible values: what a field may hold in an example, by its type, format, limits and name.
//!
//! Everything is as it stands on the wire, and everything is made up: names of nobody, numbers and
//! addresses that are set aside for documentation.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{catalog::Catalog, obedience::Subject, types};
use crate::codegen::{
    api::{Bounded, Enum, Field, Format, Limits, Model, Operation, Paging, Type},
    example::Example,
    spec::Characters,
};

/// Most optional fields of an object that are shown.
const SHOWN: usize = 2;
/// Depth of nested objects below which only required fields are shown.
const DEEPEST: usize = 2;

/// A value for a field of `owner`, which is a model or an operation.
pub(super) fn value(catalog: &Catalog<'_>, owner: &str, field: &Field, depth: usize) -> Example {
    match &field.value {
        Type::List(item) => {
            let value = of_type(catalog, owner, field, item, field.item_limits, depth);
            match (field.format, value) {
                (Format::Comma, value) => value,
                (_, value) => {
                    let least = match field.limits.of {
                        Bounded::Items => field.limits.min.unwrap_or(1).max(1),
                        _ => 1,
                    };
                    let least = usize::try_from(least).unwrap_or(1);
                    Example::List(vec![value; least])
                }
            }
        }
        kind => of_type(catalog, owner, field, kind, field.limits, depth),
    }
}

/// A response of this type to an operation.
pub(super) fn response(catalog: &Catalog<'_>, operation: &Operation, kind: &Type) -> Example {
    if let Some(paging) = &operation.paging {
        return match &paging.inside {
            Some(inside) => with(catalog, kind, &inside.name, |_, kind| {
                page(catalog, paging, kind)
            }),
            None => page(catalog, paging, kind),
        };
    }
    of_response(catalog, kind)
}

fn of_response(catalog: &Catalog<'_>, kind: &Type) -> Example {
    match kind {
        Type::Model(name) => match catalog.model(name) {
            Some(model) => object(catalog, name, model, 0),
            None => Example::Null,
        },
        Type::List(item) => Example::List(vec![of_response(catalog, item)]),
        Type::Map => Example::Object(vec![("key".to_owned(), Example::text("value"))]),
        _ => Example::text("demo"),
    }
}

/// The count, and a list of one item.
fn page(catalog: &Catalog<'_>, paging: &Paging, kind: &Type) -> Example {
    let mut page = with(catalog, kind, &paging.items.name, |name, kind| match kind {
        Type::List(item) => match &**item {
            Type::Model(name) => {
                let model = catalog.model(name);
                let item = model.map(|model| object(catalog, name, model, 1));
                Example::List(item.into_iter().collect())
            }
            _ => Example::List(vec![Example::text(name)]),
        },
        _ => Example::Null,
    });
    let count = paging.count.as_ref().and_then(|(count, _)| {
        let Type::Model(name) = kind else { return None };
        let mut fields = catalog.model(name)?.fields.iter();
        fields.find(|field| field.name == count.name)
    });
    if let (Some(count), Example::Object(entries)) = (count, &mut page) {
        entries.retain(|(wire, _)| *wire != count.wire);
        entries.insert(0, (count.wire.clone(), Example::Int(1)));
    }
    page
}

/// An object with its required fields, and with a value for the field `name`.
fn with(
    catalog: &Catalog<'_>,
    kind: &Type,
    name: &str,
    value_of: impl Fn(&str, &Type) -> Example,
) -> Example {
    let Type::Model(owner) = kind else {
        return Example::Null;
    };
    let fields = catalog
        .model(owner)
        .into_iter()
        .flat_map(|model| &model.fields);
    let entries = fields.filter_map(|field| {
        if field.name == name {
            Some((field.wire.clone(), value_of(owner, &field.value)))
        } else if field.required {
            Some((field.wire.clone(), value(catalog, owner, field, 1)))
        } else {
            None
        }
    });
    Example::Object(entries.collect())
}

fn of_type(
    catalog: &Catalog<'_>,
    owner: &str,
    field: &Field,
    kind: &Type,
    limits: Limits,
    depth: usize,
) -> Example {
    match kind {
        Type::Text if field.format == Format::Base64 => {
            Example::text(STANDARD.encode(text(owner, field)))
        }
        Type::Text => Example::text(fitting(text(owner, field), field, limits)),
        Type::Named(named) if named.name == "TimeZoneId" => Example::Int(56),
        Type::Named(named) => {
            Example::text(fitting(named_text(named.name, owner, field), field, limits))
        }
        Type::Bool => truth(field.format),
        Type::I32 | Type::I64 | Type::U32 | Type::U64 => {
            Example::Int(within(number(field), limits))
        }
        Type::F64 => Example::Float(
            limits
                .max
                .map_or(12.5, |max| if max < 13 { 0.5 } else { 12.5 }),
        ),
        Type::Timestamp => time(field),
        Type::Date => Example::text(if is_end(field) {
            "2026-11-30"
        } else {
            "2026-11-22"
        }),
        Type::Duration => duration(field),
        Type::Upload => Example::text("picture.png"),
        Type::Map => Example::Object(vec![("id".to_owned(), Example::text("4711"))]),
        Type::Enum(name) => catalog.enumeration(name).map_or(Example::Null, first_value),
        Type::List(item) => of_type(catalog, owner, field, item, limits, depth),
        Type::Model(name) => match catalog.model(name) {
            Some(model) => object(catalog, name, model, depth + 1),
            None => Example::Null,
        },
    }
}

/// An object with its required fields, and with the most useful ones as long as it is not deep
/// inside of others. The most useful one comes first.
fn object(catalog: &Catalog<'_>, name: &str, model: &Model, depth: usize) -> Example {
    let mut fields: Vec<&Field> = model.fields.iter().collect();
    fields.sort_by_key(|field| std::cmp::Reverse(usefulness(catalog, field, depth)));
    let required = fields.iter().filter(|field| field.required).count();
    let mut room = SHOWN.saturating_sub(if depth == 0 { 0 } else { required });
    if depth > DEEPEST {
        room = 0;
    }
    let mut entries = Vec::new();
    for field in fields {
        if !field.required {
            if room == 0 || usefulness(catalog, field, depth) < 0 {
                continue;
            }
            room -= 1;
        }
        entries.push((field.wire.clone(), value(catalog, name, field, depth)));
    }
    if model.in_request {
        let subject = Subject {
            catalog,
            name,
            fields: &model.fields,
            key: |field| &field.wire,
        };
        subject.obey(&model.rules, &mut entries, depth);
    }
    Example::Object(entries)
}

/// The more useful a field is to whoever reads a response, the greater.
fn usefulness(catalog: &Catalog<'_>, field: &Field, depth: usize) -> i32 {
    if field.deprecated {
        return -1;
    }
    let name = field.name.as_str();
    let has = |part: &str| name.contains(part);
    let is_model = |kind: &Type| match kind {
        Type::Model(name) => catalog.model(name).is_some(),
        _ => false,
    };
    match &field.value {
        Type::List(item) if is_model(item) => {
            if depth == 0 {
                5
            } else {
                -1
            }
        }
        Type::List(_) => 2,
        Type::Model(_) => {
            if depth == 0 {
                4
            } else {
                -1
            }
        }
        Type::Map | Type::Upload => -1,
        Type::Named(named) if types::is_secret(named) => 7,
        Type::Named(named) if types::is_id(named) => 6,
        Type::Named(_) => 2,
        Type::Text if field.format == Format::Base64 => -1,
        Type::Text if has("english") || has("desc") => 0,
        Type::Text if has("subject") || name == "name" => 8,
        Type::Text if has("name") => 7,
        Type::Text if name == "id" || has("url") => 5,
        Type::Text => 1,
        Type::Enum(_) if has("state") || has("status") => 5,
        Type::Enum(_) => 3,
        Type::Timestamp => 4,
        Type::Date => 3,
        Type::Bool => 2,
        _ if has("count") || has("total") => 4,
        _ if has("offset") || has("limit") => -1,
        _ => 3,
    }
}

/// The more useful a field is to whoever shows a change, the greater.
pub(super) fn request_usefulness(catalog: &Catalog<'_>, field: &Field) -> i32 {
    match &field.value {
        // What takes a whole object to say makes a long example.
        Type::Model(_) | Type::List(_) | Type::Map => 0,
        _ => usefulness(catalog, field, 1),
    }
}

/// Texts by words in the name of the field; the first that fits counts.
const TEXTS: [(&[&str], &str); 20] = [
    (&["email", "mail"], "ann@example.com"),
    (&["sn", "serial"], "TE20A0042"),
    (&["ip", "address"], "203.0.113.7"),
    (&["host", "domain"], "meeting.example.com"),
    (&["url", "uri", "link"], "https://meeting.example.com/demo"),
    (
        &["phone", "mobile", "number", "contact", "called"],
        "+991112345678",
    ),
    (&["language", "lang"], "en-US"),
    (&["country"], "chinaPR"),
    (&["start", "since", "begin"], "2026-11-01"),
    (&["end", "until"], "2026-11-30"),
    (&["time", "date"], "2026-11-22 08:30"),
    (&["subject", "topic"], "Weekly"),
    (&["title"], "Engineer"),
    (&["dept", "department"], "Sales"),
    (&["corp"], "Example Ltd"),
    (&["id", "ids", "uuid"], "8a7f3c1e"),
    (&["code"], "48213"),
    (&["version"], "1.2.0"),
    (&["message"], "success"),
    (
        &["desc", "description", "remark", "note"],
        "On the second floor",
    ),
];

/// Names by a word in the name of their owner.
const NAMES: [(&[&str], &str); 7] = [
    (
        &[
            "User",
            "Admin",
            "Contact",
            "Participant",
            "Attend",
            "Member",
        ],
        "Ann",
    ),
    (&["Device", "Vmr"], "Blue room"),
    (&["Depart", "Dept"], "Sales"),
    (
        &["Signage", "Material", "Program", "Publication", "Asset"],
        "Welcome",
    ),
    (&["Layout"], "Side by side"),
    (&["App"], "Room booking"),
    (&["Corp"], "Example Ltd"),
];

fn text(owner: &str, field: &Field) -> &'static str {
    let name = field.name.as_str();
    let is_word = |text: &&str| name.split('_').any(|word| word == *text);
    if is_word(&"name") && is_word(&"file") {
        return "minutes.pdf";
    }
    if name == "code" && owner.ends_with("Output") {
        return "0";
    }
    let mut texts = TEXTS.iter();
    if let Some((_, text)) = texts.find(|(words, _)| words.iter().any(&is_word)) {
        return text;
    }
    if is_word(&"name") {
        let inside = [
            ("device", "Blue room"),
            ("room", "Blue room"),
            ("vmr", "Blue room"),
        ];
        if let Some((_, text)) = inside.iter().find(|(word, _)| is_word(word)) {
            return text;
        }
        let mut names = NAMES.iter();
        let named = names.find(|(parts, _)| parts.iter().any(|part| owner.contains(part)));
        return named.map_or("Ann", |(_, text)| text);
    }
    if is_word(&"user") || is_word(&"account") {
        "ann"
    } else if is_word(&"device") || is_word(&"devices") || is_word(&"model") {
        "TE20"
    } else {
        "demo"
    }
}

fn named_text(kind: &str, owner: &str, field: &Field) -> &'static str {
    let has = |part: &str| field.name.contains(part);
    match kind {
        "ConferenceId" => "900825541",
        "ConferenceUuid" => "6f1c2d4e5a6b47c8",
        "VmrConferenceId" => "951380684",
        "VmrId" => "5e1d7a90",
        "ParticipantId" if has("source") => "3f6b",
        "ParticipantId" => "3f6a",
        "UserId" | "AccountId" => "ann",
        "UserUuid" => "9d3b1c7e",
        "CorpId" => "617204",
        "AppId" => "demo_app",
        "DeptId" => "4711",
        "AccessToken" | "ConferenceToken" | "RefreshToken" | "WebSocketToken" => "cnr0123",
        "AuthRandom" => "128736471829374",
        "JoinUrl" => "https://meeting.example.com/#/j/900825541",
        "LoginSignature" => "HMAC-SHA256 signature=5f3a",
        "Password" if has("old") => "Old-secret-1",
        "Password" if has("new") => "New-secret-2",
        "Password"
            if ["User", "Admin", "ResetPwd"]
                .iter()
                .any(|it| owner.contains(it)) =>
        {
            "New-secret-2"
        }
        "Password" => "246813",
        "Country" => "chinaPR",
        _ if has("url") => "https://meeting.example.com/f/8a7f3c1e",
        _ if has("code") => "482913",
        _ if has("key") => "demo-key",
        _ => "demo-secret",
    }
}

/// The text of the characters that the field takes, no longer and no shorter than the limits say.
fn fitting(text: &str, field: &Field, limits: Limits) -> String {
    // Letters and digits are taken everywhere.
    let is_taken = |c: &char| {
        let is_word = field.characters == Some(Characters::Word) && *c == '_';
        field.characters.is_none() || c.is_ascii_alphanumeric() || is_word
    };
    let text: String = text.chars().filter(is_taken).collect();
    if limits.of != Bounded::Characters {
        return text;
    }
    let bound = |bound: Option<i64>| bound.and_then(|bound| usize::try_from(bound).ok());
    let (min, max) = (bound(limits.min), bound(limits.max));
    let repeated = text.chars().cycle();
    let length = text.chars().count().max(min.unwrap_or(0));
    repeated.take(length.min(max.unwrap_or(length))).collect()
}

fn truth(format: Format) -> Example {
    match format {
        Format::Bit => Example::Int(1),
        Format::BitText => Example::text("1"),
        Format::YesNo => Example::text("Y"),
        Format::YesNoWord => Example::text("YES"),
        _ => Example::Bool(true),
    }
}

fn number(field: &Field) -> i64 {
    let has = |part: &str| field.name.contains(part);
    if has("time_zone") {
        56
    } else if has("return_code") {
        0
    } else if has("count") || has("total") {
        1
    } else if has("offset") {
        0
    } else if has("limit") {
        20
    } else {
        3
    }
}

fn within(number: i64, limits: Limits) -> i64 {
    if limits.of != Bounded::Number {
        return number;
    }
    let number = limits.min.map_or(number, |min| number.max(min));
    limits.max.map_or(number, |max| number.min(max))
}

/// Whether a point in time is one at which something ends.
fn is_end(field: &Field) -> bool {
    let words = [
        "end", "ends", "until", "ended", "stop", "expire", "expires", "left",
    ];
    field.name.split('_').any(|word| words.contains(&word))
}

/// Half past eight in the morning, or an hour later; the bounds of a search are a month apart.
fn time(field: &Field) -> Example {
    let bound = match field.name.as_str() {
        "since" => Some((1_793_491_200, "2026-11-01")),
        "until" => Some((1_796_083_200, "2026-12-01")),
        _ => None,
    };
    if let Some((seconds, day)) = bound {
        return match field.format {
            Format::EpochMillis => Example::Int(seconds * 1000),
            Format::EpochMillisText => Example::text((seconds * 1000).to_string()),
            Format::EpochSeconds => Example::Int(seconds),
            _ => Example::text(format!("{day} 00:00")),
        };
    }
    const START: i64 = 1_795_336_200;
    let seconds = if is_end(field) { START + 3600 } else { START };
    let hour = if is_end(field) { 9 } else { 8 };
    match field.format {
        Format::EpochMillis => Example::Int(seconds * 1000),
        Format::EpochMillisText => Example::text((seconds * 1000).to_string()),
        Format::EpochSeconds => Example::Int(seconds),
        Format::UtcSecond => Example::text(format!("2026-11-22 0{hour}:30:00")),
        Format::Iso => Example::text(format!("2026-11-22T0{hour}:30:00.000Z")),
        _ => Example::text(format!("2026-11-22 0{hour}:30")),
    }
}

fn duration(field: &Field) -> Example {
    let value = match field.format {
        Format::Minutes => 60,
        Format::Millis => 1500,
        _ => 3600,
    };
    Example::Int(within(value, field.limits))
}

/// The first value that means something.
fn first_value(enumeration: &Enum) -> Example {
    let says_little = |name: &str| ["Other", "Unknown", "None", "Unspecified"].contains(&name);
    let mut variants = enumeration.variants.iter();
    let Some(first) = variants.clone().next() else {
        return Example::Null;
    };
    let variant = variants
        .find(|variant| !says_little(&variant.name))
        .unwrap_or(first);
    super::catalog::wire_value(&variant.literal)
}
