//! The serde attribute of a field.

use crate::codegen::api::{Field, Format, Type};

/// What a derive needs to know of a field that is in the JSON object, or in the query.
pub(super) fn of(field: &Field, in_request: bool) -> String {
    let mut parts = Vec::new();
    if field.wire != field.name {
        parts.push(format!("rename = {:?}", field.wire));
    }
    parts.extend(field.also.iter().map(|also| format!("alias = {also:?}")));
    let optional = field.is_option(in_request);
    if !field.required {
        let is_empty = match field.value {
            _ if optional => "Option::is_none",
            Type::Map => "BTreeMap::is_empty",
            _ => "Vec::is_empty",
        };
        parts.push(format!("default, skip_serializing_if = {is_empty:?}"));
    }
    if let Some(module) = spelling(field) {
        let option = if optional { "::option" } else { "" };
        parts.push(format!("with = \"crate::wire::{module}{option}\""));
    }
    written(&parts)
}

/// What it needs to know of one that travels elsewhere and is set by hand.
pub(super) fn elsewhere(field: &Field) -> String {
    let default = match field.value {
        _ if !field.required => "",
        Type::Named(_) => ", default = \"crate::call::unset\"",
        Type::Enum(_) => ", default = \"crate::call::unset_enum\"",
        _ => "",
    };
    written(&[format!("skip{default}")])
}

fn written(parts: &[String]) -> String {
    if parts.is_empty() {
        String::new()
    } else {
        format!("    #[serde({})]\n", parts.join(", "))
    }
}

/// The module of `yardstick/src/wire.rs` that knows how the value is spelt, unless JSON does.
pub(super) fn spelling(field: &Field) -> Option<&'static str> {
    Some(match field.format {
        Format::Plain => return None,
        Format::Bit => "bit",
        Format::BitText => "bit_text",
        Format::YesNo => "yes_no",
        Format::YesNoWord => "yes_no_word",
        Format::EpochMillis => "epoch_millis",
        Format::EpochMillisText => "epoch_millis_text",
        Format::EpochSeconds => "epoch_seconds",
        Format::UtcMinute => "utc_minute",
        Format::UtcSecond => "utc_second",
        Format::Iso => "iso",
        Format::Seconds => "seconds",
        Format::Minutes => "minutes",
        Format::Millis => "millis",
        Format::IntText => "int_text",
        Format::Comma => "comma",
        Format::Base64 => "base64",
    })
}
