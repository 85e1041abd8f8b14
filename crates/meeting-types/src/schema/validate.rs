//! Checks of a request before it is written: each field by its limits, then the rules that span
//! fields. No message holds a value.

use std::fmt::{self, Write as _};

use super::{Characters, Field, Format, List, Model, Place, RuleKind, WireValue};

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
    /// White space at the beginning or the end of a header, where it would be lost, or of a
    /// credential, where it was never meant.
    OuterSpace,
    /// A colon in an account: a colon separates the account from the password.
    Colon,
    /// A comma inside an item of a list whose items travel joined by commas.
    Comma,
    /// A text that is neither a DNS name nor an IP address where a host is wanted.
    NotAHost,
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
    /// Characters that the service does not take in this text.
    OtherCharacters {
        /// Those that it takes.
        allowed: Characters,
    },
    /// Not a number that JSON can carry.
    NotFinite,
    /// Absent, though it is required. Only met when a request is read.
    Missing,
    /// Present in a form that the service does not document. Only met when a request is read.
    Unreadable {
        /// The form that is documented.
        expected: &'static str,
    },
    /// Given more than once. Only met when a request is read.
    Repeated,
    /// Not set, though another field needs it.
    Needed {
        /// The other field; empty where it is always needed.
        with: &'static str,
        /// The reason.
        why: &'static str,
    },
    /// Set, though another field excludes it.
    Excluded {
        /// The other field.
        by: &'static str,
        /// The reason.
        why: &'static str,
    },
    /// None of several fields is set, and one is needed.
    OneNeeded {
        /// The fields.
        of: &'static [&'static str],
        /// The reason.
        why: &'static str,
    },
    /// Not after, or not greater than, another field.
    NotAfter {
        /// The other field.
        other: &'static str,
        /// The reason.
        why: &'static str,
    },
    /// A parameter that the operation has already: set its own field.
    Known,
    /// A URL with a host, or no path. The endpoint names the host.
    Host,
    /// No such place in this request.
    NoPlace,
    /// A value of a serde type that JSON cannot carry.
    NotJson,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("must not be blank"),
            Self::ControlCharacter => {
                f.write_str("must not contain control characters or line breaks")
            }
            Self::NotAscii => f.write_str("must be ASCII, because it travels in a header"),
            Self::OuterSpace => f.write_str("must not begin or end with white space"),
            Self::Colon => {
                f.write_str("must not contain a colon, because one separates it from the password")
            }
            Self::Comma => f.write_str("must not contain a comma, because commas join the list"),
            Self::NotAHost => {
                f.write_str("must be a host name or an IP address, without scheme, port and path")
            }
            Self::DotSegment => {
                f.write_str("must not be `.` or `..`, because in a path they mean another place")
            }
            Self::TooLong { max } => write!(f, "must have at most {max} characters"),
            Self::TooShort { min } => write!(f, "must have at least {min} characters"),
            Self::OutOfRange { min, max: i64::MAX } => write!(f, "must be at least {min}"),
            Self::OutOfRange { min: i64::MIN, max } => write!(f, "must be at most {max}"),
            Self::OutOfRange { min, max } => write!(f, "must be from {min} to {max}"),
            Self::OtherCharacters { allowed } => {
                write!(f, "must consist of {}", allowed.description())
            }
            Self::NotFinite => f.write_str("must be a finite number"),
            Self::Missing => f.write_str("is missing"),
            Self::Unreadable { expected } => write!(f, "is not readable: {expected} is expected"),
            Self::Repeated => f.write_str("is given more than once"),
            Self::Needed { with: "", why } => write!(f, "must be set: {why}"),
            Self::Needed { with, why } => write!(f, "must be set, because of `{with}`: {why}"),
            Self::Excluded { by: "", why } => write!(f, "must not be set: {why}"),
            Self::Excluded { by, why } => write!(f, "does not go together with `{by}`: {why}"),
            Self::OneNeeded { of, why } => {
                write!(
                    f,
                    "or another one of `{}` must be set: {why}",
                    of.join("`, `")
                )
            }
            Self::NotAfter { other, why } => write!(f, "must be after `{other}`: {why}"),
            Self::Known => f.write_str("is a parameter of the operation: set its own field"),
            Self::NotJson => f.write_str("cannot be written as JSON"),
            Self::Host => f.write_str("must be a path and a query: the endpoint names the host"),
            Self::NoPlace => f.write_str("has no place in this request"),
        }
    }
}

/// A fault and the path to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unfit {
    /// Wire names, from the outermost object: `attendees[2].name`.
    pub(crate) path: String,
    pub(crate) problem: Problem,
}

impl Unfit {
    pub(crate) fn new(path: impl Into<String>, problem: Problem) -> Self {
        Self {
            path: path.into(),
            problem,
        }
    }

    fn here(problem: Problem) -> Self {
        Self::new("", problem)
    }

    /// The same fault, seen from the object around it.
    fn inside(mut self, step: &str) -> Self {
        let is_index = self.path.is_empty() || self.path.starts_with('[');
        let dot = if is_index { "" } else { "." };
        self.path = format!("{step}{dot}{}", self.path);
        self
    }
}

/// Checks all fields of a model and its rules, and all that is inside it.
pub(crate) fn check_model(model: &dyn Model, guards: bool) -> Result<(), Unfit> {
    for (field, slot) in model.slots() {
        let travels = field.required || slot.is_set();
        if travels && field.place != Place::Rest {
            let value = slot.write(checked_in(field.format));
            check_value(field, &value, guards).map_err(|unfit| match field.place {
                // A body as a whole has no name on the wire.
                Place::WholeBody if !unfit.path.is_empty() => unfit,
                _ => unfit.inside(field.wire),
            })?;
        }
    }
    for rule in model.shape().rules {
        if guards || rule.kind == RuleKind::Service {
            rule.check(model)?;
        }
    }
    Ok(())
}

/// The format in which a value is checked: lists item by item, numbers by their range and texts by
/// their own characters, though they travel as another text.
fn checked_in(format: Format) -> Format {
    match format {
        Format::Comma | Format::IntText | Format::Base64 => Format::Plain,
        format => format,
    }
}

/// Checks one value; a failure says where inside it the fault is.
fn check_value(field: &Field, value: &WireValue<'_>, guards: bool) -> Result<(), Unfit> {
    let here = Unfit::here;
    match value {
        WireValue::Absent | WireValue::Bool(_) => Ok(()),
        WireValue::Json(text) if text.is_empty() => Err(here(Problem::NotJson)),
        WireValue::Json(_) => Ok(()),
        WireValue::Int(number) => check_range(field, *number).map_err(here),
        WireValue::Float(number) => check_float(field, *number).map_err(here),
        WireValue::Text(text) => check_text(field, text).map_err(here),
        WireValue::Object(model) => check_model(*model, guards),
        WireValue::File(file) => file.check(),
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
                        .map_err(|problem| Unfit::new(printable(key), problem))?;
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
            let item_field = field.item().unwrap_or(*field);
            let mut index = 0;
            while let Some(item) = list.get(index) {
                check_item(&item_field, &item.write(checked_in(field.format)), guards)
                    .map_err(|unfit| unfit.inside(&format!("[{index}]")))?;
                index += 1;
            }
            Ok(())
        }
    }
}

fn check_item(field: &Field, value: &WireValue<'_>, guards: bool) -> Result<(), Unfit> {
    match value {
        WireValue::Text(text) if field.format == Format::Comma && text.contains(',') => {
            Err(Unfit::here(Problem::Comma))
        }
        value => check_value(field, value, guards),
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
    if let Some(allowed) = field.characters
        && !allowed.allow(text)
    {
        return Err(Problem::OtherCharacters { allowed });
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
    // Outside a body no text at all is a value only where the limits say so: a text to search for,
    // say. A path would lose a segment.
    let may_be_blank = match field.place {
        Place::Path => false,
        Place::Query | Place::Header => field.min == 0,
        _ => field.min <= 0,
    };
    if (field.required || !may_be_blank) && text.trim().is_empty() {
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
