//! Text from outside inside of errors: cut, and on one line.

use std::fmt::{self, Write as _};

/// The longest code and request id that is kept, in characters.
pub(super) const LONGEST_ID: usize = 128;

/// Text from outside on one line: line breaks and whatever else does not print are escaped, quotes
/// are not.
pub(super) struct OneLine<'a>(pub(super) &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '"' | '\'' | '\\' => f.write_char(c),
            c => write!(f, "{}", c.escape_debug()),
        })
    }
}

/// The end of a message: the id under which the service logged the call, if it gave one.
pub(super) fn write_request_id(f: &mut fmt::Formatter<'_>, id: Option<&str>) -> fmt::Result {
    match id {
        Some(id) => write!(f, " (request id {})", OneLine(id)),
        None => Ok(()),
    }
}

/// The first `longest` characters of a text.
pub(super) fn shortened(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}
