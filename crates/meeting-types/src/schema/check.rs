//! Refuses bad input before anything is sent. No message holds the value.

use std::fmt::{self, Write as _};

use super::{Field, Format, List, Model, Place, Value, WireValue};

/// What is wrong with a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// Nothing, or nothing but blanks.
    Blank,
    /// A line break or another control character.
    ControlCharacter,
    /// A header cannot carry this character.
    NotAscii,
    /// A space at the beginning or the end of a header, where it would be lost.
    OuterSpace,
    /// A comma inside an item of a list whose items travel joined by commas.
    Comma,
    /// `.` or `..` alone in a path, where they mean another place, encoded or not.
    DotSegment,
    /// More characters than the service takes.
    TooLong {
        /// The limit, in characters.
        max: i64,
    },
    /// Fewer characters than the service wants.
    TooShort {
        /// The limit, in characters.
        min: i64,
    },
    /// A number or a number of items outside its range.
    OutOfRange {
        /// The least value.
        min: i64,
        /// The greatest value.
        max: i64,
    },
    /// Not a number that JSON can carry.
    NotFinite,
    /// Absent, or in a form that cannot be read. Only met when a request is read.
    Missing,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("must not be blank"),
            Self::ControlCharacter => f.write_str("must not contain control characters"),
            Self::NotAscii => f.write_str("must be ASCII, because it travels in a header"),
            Self::OuterSpace => {
                f.write_str("must not begin or end with a space, because a header would lose it")
            }
            Self::Comma => f.write_str("must not contain a comma, because commas join the list"),
            Self::DotSegment => {
                f.write_str("must not be `.` or `..`, because in a path they mean another place")
            }
            Self::TooLong { max } => write!(f, "must have at most {max} characters"),
            Self::TooShort { min } => write!(f, "must have at least {min} characters"),
            Self::OutOfRange { min, max: i64::MAX } => write!(f, "must be at least {min}"),
            Self::OutOfRange { min: i64::MIN, max } => write!(f, "must be at most {max}"),
            Self::OutOfRange { min, max } => write!(f, "must be from {min} to {max}"),
            Self::NotFinite => f.write_str("must be a finite number"),
            Self::Missing => f.write_str("is missing or unusable"),
        }
    }
}

/// Checks a path, query or header parameter. A failure says where inside it the fault is.
pub(crate) fn check_parameter(
    field: &Field,
    slot: &dyn Value,
    emit: &WireValue<'_>,
) -> Result<(), (String, Problem)> {
    if matches!(field.format, Format::Comma | Format::IntText) {
        check_value(field, &to_check(field, slot))
    } else {
        check_value(field, emit)
    }
}

/// What a slot is checked by: the list or number, where it travels as one text.
fn to_check<'a>(field: &Field, slot: &'a dyn Value) -> WireValue<'a> {
    match field.format {
        Format::Comma | Format::IntText => slot.write(Format::Plain),
        format => slot.write(format),
    }
}

/// Checks the body fields of a model, and all that is inside them.
pub(crate) fn check_body(model: &dyn Model) -> Result<(), (String, Problem)> {
    for (index, field) in model.shape().fields.iter().enumerate() {
        let slot = model.slot(index);
        let travels = field.required || slot.is_set();
        if travels && is_body(field.place) {
            check_value(field, &to_check(field, slot))
                .map_err(|(inside, problem)| (path_of(field, &inside), problem))?;
        }
    }
    Ok(())
}

/// The way to a fault inside a field. A body as a whole has no name on the wire.
fn path_of(field: &Field, inside: &str) -> String {
    match (field.place, inside.strip_prefix('.')) {
        (Place::WholeBody, Some(inside)) => inside.to_owned(),
        _ => format!("{}{inside}", field.wire),
    }
}

fn is_body(place: Place) -> bool {
    matches!(place, Place::Body | Place::WholeBody | Place::Part)
}

/// Checks one value; a failure says where inside it the fault is.
fn check_value(field: &Field, emit: &WireValue<'_>) -> Result<(), (String, Problem)> {
    let here = |problem| (String::new(), problem);
    match emit {
        WireValue::Absent | WireValue::Bool(_) => Ok(()),
        WireValue::Int(number) => check_range(field, *number).map_err(here),
        WireValue::Float(number) => check_float(field, *number).map_err(here),
        WireValue::Text(text) => check_text(field, text).map_err(here),
        WireValue::Object(model) => {
            check_body(*model).map_err(|(inside, problem)| (format!(".{inside}"), problem))
        }
        WireValue::Upload(upload) => upload.check(),
        WireValue::Map(map) => {
            let entry_field = Field {
                min: i64::MIN,
                max: i64::MAX,
                required: false,
                ..*field
            };
            for (key, value) in *map {
                for text in [key, value] {
                    check_text(&entry_field, text)
                        .map_err(|problem| (format!(".{}", printable(key)), problem))?;
                }
            }
            Ok(())
        }
        WireValue::List(list) => {
            // Joined by commas, no items are no text.
            if list.is_empty() && field.format == Format::Comma {
                return Err(here(Problem::Blank));
            }
            check_count(field, *list).map_err(here)?;
            // The limits of a list count its items; those of its items stand apart.
            let item_field = Field {
                min: field.item_min,
                max: field.item_max,
                required: true,
                ..*field
            };
            let mut index = 0;
            while let Some(item) = list.get(index) {
                check_item(&item_field, &item.write(field.format))
                    .map_err(|(inside, problem)| (format!("[{index}]{inside}"), problem))?;
                index += 1;
            }
            Ok(())
        }
    }
}

fn check_item(field: &Field, emit: &WireValue<'_>) -> Result<(), (String, Problem)> {
    match emit {
        WireValue::Text(text) if field.format == Format::Comma && text.contains(',') => {
            Err((String::new(), Problem::Comma))
        }
        emit => check_value(field, emit),
    }
}

/// Checks one text.
pub(crate) fn check_text(field: &Field, text: &str) -> Result<(), Problem> {
    if !is_plain(text) {
        check_characters(field, text)?;
    }
    if field.place == Place::Path && matches!(text, "." | "..") {
        return Err(Problem::DotSegment);
    }
    // A text has at least as many bytes as characters, so most need no counting.
    let bytes = i64::try_from(text.len()).unwrap_or(i64::MAX);
    let chars = || i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    if bytes > field.max && chars() > field.max {
        return Err(Problem::TooLong { max: field.max });
    }
    if field.min > 1 && !text.is_empty() && chars() < field.min {
        return Err(Problem::TooShort { min: field.min });
    }
    Ok(())
}

/// Whether a text is as most are: printable ASCII with no space around it, which may stand anywhere.
fn is_plain(text: &str) -> bool {
    let is_printable = |byte: &u8| matches!(byte, b' '..=b'~');
    match text.as_bytes() {
        [] | [b' ', ..] | [.., b' '] => false,
        bytes => bytes.iter().all(is_printable),
    }
}

/// Checks which characters a text consists of.
fn check_characters(field: &Field, text: &str) -> Result<(), Problem> {
    let in_body = is_body(field.place);
    if (field.required || !in_body || field.min > 0) && text.trim().is_empty() {
        return Err(Problem::Blank);
    }
    let forbidden =
        |c: char| c.is_control() && !(field.multiline && matches!(c, '\n' | '\r' | '\t'));
    if text.chars().any(forbidden) {
        return Err(Problem::ControlCharacter);
    }
    if field.place != Place::Header {
        Ok(())
    } else if !text.is_ascii() {
        Err(Problem::NotAscii)
    } else if text.starts_with(' ') || text.ends_with(' ') {
        Err(Problem::OuterSpace)
    } else {
        Ok(())
    }
}

fn check_range(field: &Field, number: i64) -> Result<(), Problem> {
    if (field.min..=field.max).contains(&number) {
        Ok(())
    } else {
        Err(Problem::OutOfRange {
            min: field.min,
            max: field.max,
        })
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "limits of float fields are small"
)]
fn check_float(field: &Field, number: f64) -> Result<(), Problem> {
    if !number.is_finite() {
        Err(Problem::NotFinite)
    } else if (field.min as f64..=field.max as f64).contains(&number) {
        Ok(())
    } else {
        Err(Problem::OutOfRange {
            min: field.min,
            max: field.max,
        })
    }
}

fn check_count(field: &Field, list: &dyn List) -> Result<(), Problem> {
    check_range(field, i64::try_from(list.len()).unwrap_or(i64::MAX)).map_err(|_| {
        Problem::OutOfRange {
            min: field.min.max(0),
            max: field.max,
        }
    })
}

/// A key as it may stand in a message.
fn printable(key: &str) -> String {
    let mut shown = String::new();
    for c in key.chars().take(32) {
        let _ = write!(shown, "{}", c.escape_debug());
    }
    shown
}
