//! Values as Rust expressions, in the way a person would write them for a setter or for `new`.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    catalog::{Catalog, text_of},
    example_output::Uses,
    types,
};
use crate::codegen::{
    api::{Enum, Field, Format, Type},
    example::Example,
};

/// `Model::new(…).setter(…)` with these values, by the Rust name of the field.
pub(super) fn built(
    catalog: &Catalog<'_>,
    name: &str,
    fields: &[Field],
    values: &[(String, Example)],
    uses: &mut Uses,
) -> String {
    let value_of = |field: &Field| values.iter().find(|(name, _)| *name == field.name);
    let mut arguments = Vec::new();
    let mut setters = String::new();
    // Arguments in the order of the fields, setters in the order of the values.
    for field in fields.iter().filter(|field| field.required) {
        if let Some((_, value)) = value_of(field) {
            arguments.push(argument(catalog, field, value, uses));
        }
    }
    for (name, value) in values {
        let found = fields.iter().find(|field| field.name == *name);
        if let Some(field) = found.filter(|field| !field.required) {
            let value = argument(catalog, field, value, uses);
            setters.push_str(&format!(".{name}({value})"));
        }
    }
    format!("{name}::new({}){setters}", arguments.join(", "))
}

fn argument(catalog: &Catalog<'_>, field: &Field, value: &Example, uses: &mut Uses) -> String {
    let Type::List(item) = &field.value else {
        return of_type(catalog, &field.value, field.format, value, uses);
    };
    let joined: Vec<Example>;
    let items = match value {
        Example::List(items) => items.as_slice(),
        Example::Text(text) if field.format == Format::Comma => {
            joined = text.split(',').map(Example::text).collect();
            &joined
        }
        single => std::slice::from_ref(single),
    };
    let items: Vec<String> = items
        .iter()
        .map(|value| {
            let text = of_type(catalog, item, field.format, value, uses);
            // A number by itself would be an `i32`, which these cannot be made of.
            match **item {
                Type::U32 => format!("{text}_u32"),
                Type::U64 => format!("{text}_u64"),
                _ => text,
            }
        })
        .collect();
    format!("[{}]", items.join(", "))
}

fn of_type(
    catalog: &Catalog<'_>,
    kind: &Type,
    format: Format,
    value: &Example,
    uses: &mut Uses,
) -> String {
    match (kind, value) {
        (Type::Text, Example::Text(wire)) if format == Format::Base64 => {
            let decoded = STANDARD.decode(wire).ok();
            let text = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
            format!("{:?}", text.unwrap_or_else(|| wire.clone()))
        }
        (Type::Bool, value) => is_true(value).to_string(),
        (Type::Timestamp | Type::Date, value) => format!("{:?}.parse()?", moment(format, value)),
        (Type::Duration, Example::Int(number)) => span(format, *number, uses),
        (Type::Enum(name), value) => {
            uses.add(&format!("meeting_types::models::{name}"));
            let variants = catalog.enumeration(name);
            variants.map_or_else(|| "None".to_owned(), |it| variant(name, it, value))
        }
        (Type::Model(name), Example::Object(entries)) => {
            uses.add(&format!("meeting_types::models::{name}"));
            let Some(model) = catalog.model(name) else {
                return format!("{name}::new()");
            };
            let values: Vec<(String, Example)> = entries
                .iter()
                .filter_map(|(wire, value)| {
                    let field = model.fields.iter().find(|field| field.wire == *wire)?;
                    Some((field.name.clone(), value.clone()))
                })
                .collect();
            built(catalog, name, &model.fields, &values, uses)
        }
        (Type::Upload, _) => {
            uses.add("meeting_types::Upload");
            "Upload::new(\"picture.png\", \"image/png\", &b\"\\x89PNG\"[..])".to_owned()
        }
        (Type::Map, Example::Object(entries)) => {
            uses.add("std::collections::BTreeMap");
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("({key:?}.into(), {}.into())", literal(value)))
                .collect();
            format!("BTreeMap::from([{}])", entries.join(", "))
        }
        (_, value) => literal(value),
    }
}

/// A point in time as the library reads it from text, whatever the wire has.
fn moment(format: Format, value: &Example) -> String {
    let millis = match (format, value) {
        (Format::EpochSeconds, Example::Int(number)) => number * 1000,
        (_, Example::Int(number)) => *number,
        (Format::EpochMillisText, Example::Text(text)) => match text.parse() {
            Ok(number) => number,
            Err(_) => return text.clone(),
        },
        (_, Example::Text(text)) => return text.clone(),
        _ => 0,
    };
    utc_minute(millis)
}

/// Milliseconds since 1970 as `yyyy-MM-dd HH:mm`; the start of 1970 for what no calendar has.
fn utc_minute(millis: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(millis).unwrap_or_default();
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

fn span(format: Format, number: i64, uses: &mut Uses) -> String {
    uses.add("std::time::Duration");
    match format {
        Format::Minutes if number > 1 => format!("Duration::from_secs({number} * 60)"),
        Format::Minutes => format!("Duration::from_secs({})", number * 60),
        Format::Millis => format!("Duration::from_millis({number})"),
        _ => format!("Duration::from_secs({number})"),
    }
}

fn is_true(value: &Example) -> bool {
    match value {
        Example::Bool(value) => *value,
        Example::Int(number) => *number != 0,
        Example::Text(text) => ["1", "Y", "YES", "true"].contains(&text.as_str()),
        _ => false,
    }
}

fn variant(name: &str, enumeration: &Enum, value: &Example) -> String {
    let wire = match value {
        Example::Text(text) => text.clone(),
        Example::Int(number) => number.to_string(),
        _ => String::new(),
    };
    let variants = enumeration.variants.iter();
    let found = variants
        .clone()
        .find(|variant| text_of(&variant.literal) == wire);
    found.map_or_else(
        || format!("{name}::from({})", literal(value)),
        |variant| format!("{name}::{}", variant.name),
    )
}

fn literal(value: &Example) -> String {
    match value {
        Example::Null => "None".to_owned(),
        Example::Bool(value) => value.to_string(),
        Example::Int(value) => value.to_string(),
        Example::Float(value) => format!("{value:?}"),
        Example::Text(text) => format!("{text:?}"),
        Example::List(_) | Example::Object(_) => "Default::default()".to_owned(),
    }
}

/// The two arguments of an `assert_eq!` that `place` holds the value.
pub(super) fn compared(
    catalog: &Catalog<'_>,
    place: &str,
    field: &Field,
    is_option: bool,
    value: &Example,
    uses: &mut Uses,
) -> String {
    let expected = of_type(catalog, &field.value, field.format, value, uses);
    match (&field.value, is_option) {
        (Type::Text, true) => format!("{place}.as_deref(), Some({expected})"),
        (Type::Text, false) => format!("{place}, {expected}"),
        (Type::Named(named), false) if types::is_secret(named) => {
            format!("{place}.expose(), {expected}")
        }
        (Type::Named(named), false) if types::is_id(named) => {
            format!("{place}.as_str(), {expected}")
        }
        (Type::Named(_), false) => format!("{place}, {expected}.into()"),
        (Type::Named(named), true) if !named.clone => {
            format!("{place}.as_ref().map(|it| it.expose()), Some({expected})")
        }
        (Type::Named(_), true) => format!("{place}, Some({expected}.into())"),
        (_, true) => format!("{place}, Some({expected})"),
        (_, false) => format!("{place}, {expected}"),
    }
}
