//! Documented forms of values: the measure of a server that reads requests.

use super::{Format, Kind, Value, WireInput, WireValue};

/// Judgement on a value of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// It is in a documented form.
    Fits,
    /// It says that there is no value.
    Absent,
    /// It is there, and in no documented form.
    Unreadable,
}

/// Judges `input`, of which a slot has `taken` a value or not.
pub(crate) fn reading(
    kind: &Kind,
    format: Format,
    input: WireInput<'_>,
    slot: &dyn Value,
    taken: bool,
) -> Reading {
    match input {
        WireInput::Null => Reading::Absent,
        // Samples of the reference leave out a value by an empty text, also where it is no text.
        WireInput::Text("") if !taken => Reading::Absent,
        input if taken && fits(kind, format, input, slot) => Reading::Fits,
        _ => Reading::Unreadable,
    }
}

/// Whether `input` is a documented form of the value that a slot read from it.
fn fits(kind: &Kind, format: Format, input: WireInput<'_>, slot: &dyn Value) -> bool {
    let digits = |text: &str| text.parse::<i64>().is_ok() && !text.starts_with('+');
    match (kind.revealed(), input) {
        (Kind::Nothing | Kind::Json, _) => true,
        (Kind::List(item), WireInput::Text(text)) if format == Format::Comma => {
            comma_fits(item, text, slot)
        }
        // A query and a form hold one item of a list as they hold the list.
        (Kind::List(item), input) => {
            item_of(slot, 1, 0).is_some_and(|slot| fits(item, format, input, slot))
        }
        (Kind::Bool, WireInput::Bool(_)) => format == Format::Plain,
        // Some samples of the reference send a boolean as text.
        (Kind::Bool, WireInput::Text(text)) => match format {
            Format::Plain => matches!(text, "true" | "false"),
            Format::Bit => matches!(text, "0" | "1"),
            _ => same_text(slot, format, text),
        },
        (Kind::Bool, WireInput::Int(number)) => {
            matches!(format, Format::Bit | Format::BitText) && matches!(number, 0 | 1)
        }
        (Kind::Int | Kind::Duration, WireInput::Int(_)) => true,
        (Kind::Int | Kind::Duration, WireInput::Text(text)) => digits(text),
        (Kind::Float, WireInput::Int(_) | WireInput::Float(_)) => true,
        (Kind::Float, WireInput::Text(text)) => text.trim() == text,
        (Kind::Time, WireInput::Int(_)) => is_count(format),
        (Kind::Time, WireInput::Text(text)) if is_count(format) => digits(text),
        (Kind::Time, WireInput::Text(text)) if format == Format::Iso => text.contains('T'),
        (Kind::Enum(shape), WireInput::Int(_)) => !shape.is_text,
        (Kind::Enum(shape), WireInput::Text(text)) => shape.is_text || digits(text),
        (Kind::Time | Kind::Date, WireInput::Text(text)) => same_text(slot, format, text),
        (Kind::Text, WireInput::Text(_)) => true,
        // Ids of digits stand without quotes in some samples.
        (Kind::Text, WireInput::Int(_)) => format == Format::Plain,
        _ => false,
    }
}

/// Whether a slot writes the text that it was read from.
fn same_text(slot: &dyn Value, format: Format, text: &str) -> bool {
    matches!(slot.write(format), WireValue::Text(written) if written == text)
}

fn is_count(format: Format) -> bool {
    matches!(
        format,
        Format::EpochMillis | Format::EpochMillisText | Format::EpochSeconds
    )
}

/// The item at `index` of a list that must hold `count` of them.
fn item_of(slot: &dyn Value, count: usize, index: usize) -> Option<&dyn Value> {
    let list = slot.as_list().filter(|list| list.len() == count)?;
    list.get(index)
}

fn comma_fits(item: &Kind, text: &str, slot: &dyn Value) -> bool {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    parts.iter().enumerate().all(|(index, part)| {
        !part.is_empty()
            && item_of(slot, parts.len(), index)
                .is_some_and(|slot| fits(item, Format::Plain, WireInput::Text(part), slot))
    })
}

/// The documented form, in words.
pub(crate) fn expected(kind: &Kind, format: Format) -> &'static str {
    match (kind.revealed(), format) {
        (Kind::List(_), Format::Comma) => "a text, joined by commas",
        (Kind::List(_), _) => "a list",
        (Kind::Bool, Format::Bit) => "0 or 1",
        (Kind::Bool, Format::BitText) => "\"0\" or \"1\"",
        (Kind::Bool, Format::YesNo) => "\"Y\" or \"N\"",
        (Kind::Bool, Format::YesNoWord) => "\"YES\" or \"NO\"",
        (Kind::Bool, _) => "true or false",
        (Kind::Time, Format::EpochMillis | Format::EpochMillisText) => "milliseconds since 1970",
        (Kind::Time, Format::EpochSeconds) => "seconds since 1970",
        (Kind::Time, Format::UtcSecond) => "`yyyy-MM-dd HH:mm:ss`",
        (Kind::Time, Format::Iso) => "a time in ISO 8601",
        (Kind::Time, _) => "`yyyy-MM-dd HH:mm`",
        (Kind::Date, _) => "`yyyy-MM-dd`",
        (Kind::Duration, Format::Minutes) => "a whole number of minutes",
        (Kind::Duration, Format::Millis | Format::MillisText) => "a whole number of milliseconds",
        (Kind::Duration, _) => "a whole number of seconds",
        (Kind::Int, _) => "a whole number",
        (Kind::Float, _) => "a number",
        (Kind::Enum(shape), _) if !shape.is_text => "a whole number",
        (Kind::Text, Format::Base64) => "a text in Base64",
        (Kind::Text | Kind::Enum(_) | Kind::Secret(_), _) => "a text",
        (Kind::Object(_), _) => "an object",
        (Kind::Map, _) => "an object of texts",
        (Kind::File, _) => "a file",
        (Kind::Json, _) => "JSON that fits its type",
        (Kind::Nothing, _) => "nothing",
    }
}
