//! The sentences behind a field's description: where it goes, its limits, its default.

use crate::codegen::{
    api::{Bounded, Field, Format, Limits, Place, Type},
    spec::Characters,
};

pub(super) fn sentences(field: &Field) -> String {
    let mut sentences = Vec::new();
    sentences.extend(location(field));
    sentences.extend(limits(&field.limits, unit(field), ""));
    sentences.extend(limits(&field.item_limits, "", " each"));
    sentences.extend(field.characters.map(|characters| match characters {
        Characters::Word => "ASCII letters, digits and `_` only.".to_owned(),
        Characters::Code => "ASCII letters, digits, `_` and `-` only.".to_owned(),
        Characters::Account => {
            "ASCII letters, digits and `_ . @ -` only, and not digits alone.".to_owned()
        }
        Characters::Name => {
            "Chinese characters, ASCII letters, digits, spaces and `- _ ( ) .` only.".to_owned()
        }
    }));
    if field.multiline {
        sentences.push("Line breaks are allowed.".to_owned());
    }
    sentences.extend(field.default.as_ref().map(|default| match field.preset {
        true => format!("Default {default}, which is sent unless it is set."),
        false => format!("Default {default}."),
    }));
    if field.deprecated {
        sentences.push("Deprecated by the service.".to_owned());
    }
    sentences.join(" ")
}

/// Where the field travels and how it is spelt there; nothing when that goes without saying.
fn location(field: &Field) -> Option<String> {
    let wire = &field.wire;
    let spelling = spelling(field);
    let place = match field.place {
        Place::Path => format!("Path `{wire}`"),
        Place::Query => format!("Query `{wire}`"),
        Place::Header => format!("Header `{wire}`"),
        Place::Body if spelling.is_none() && field.name == *wire => return None,
        Place::Body => format!("Wire name `{wire}`"),
        Place::WholeBody => "The whole body".to_owned(),
        Place::Part => format!("Part `{wire}`"),
    };
    Some(match spelling {
        Some(spelling) => format!("{place}, {spelling}."),
        None => format!("{place}."),
    })
}

fn spelling(field: &Field) -> Option<&'static str> {
    let spelling = match field.format {
        Format::Plain if field.value == Type::Date => "`yyyy-MM-dd`",
        Format::Plain => return None,
        Format::Bit => "0 or 1",
        Format::BitText => "`\"0\"` or `\"1\"`",
        Format::YesNo => "`Y` or `N`",
        Format::YesNoWord => "`YES` or `NO`",
        Format::EpochMillis => "milliseconds since 1970",
        Format::EpochMillisText => "milliseconds since 1970, as text",
        Format::EpochSeconds => "seconds since 1970",
        Format::UtcMinute => "`yyyy-MM-dd HH:mm` in UTC",
        Format::UtcSecond => "`yyyy-MM-dd HH:mm:ss` in UTC",
        Format::Iso => "ISO 8601",
        Format::Seconds => "in seconds",
        Format::Minutes => "in minutes",
        Format::Millis => "in milliseconds",
        Format::IntText => "the number as text",
        Format::Comma => "joined by commas",
        Format::Base64 => "in Base64",
    };
    Some(spelling)
}

/// What the numbers of a range count.
fn unit(field: &Field) -> &'static str {
    match (&field.value, field.format) {
        (Type::Duration, Format::Minutes) => " minutes",
        (Type::Duration, Format::Millis) => " milliseconds",
        (Type::Duration, _) => " seconds",
        _ => "",
    }
}

fn limits(limits: &Limits, unit: &str, each: &str) -> Option<String> {
    let unit = match limits.of {
        Bounded::Nothing => return None,
        Bounded::Characters => " characters",
        Bounded::Number => unit,
        Bounded::Items => " items",
    };
    let of_one = |number: i64| {
        if number == 1 {
            unit.trim_end_matches('s')
        } else {
            unit
        }
    };
    // Nobody needs to be told that a text cannot have less than no characters.
    let min = limits
        .min
        .filter(|min| *min > 0 || limits.of == Bounded::Number);
    let span = match (min, limits.max) {
        (Some(min), Some(max)) if min == max => format!("Exactly {min}{}", of_one(min)),
        (Some(min), Some(max)) => format!("{min} to {max}{unit}"),
        (Some(min), None) => format!("At least {min}{}", of_one(min)),
        (None, Some(max)) => format!("At most {max}{}", of_one(max)),
        (None, None) => return None,
    };
    Some(format!("{span}{each}."))
}
