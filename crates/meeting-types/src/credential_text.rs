//! Checks of keys and passwords: texts that decide a login and may never travel themselves.

use crate::{Problem, RequestError};

/// Checks one text of a credential.
///
/// A key that was read from a file with its line end, or pasted with a blank, still signs: the
/// service then says no more than that the signature is wrong.
pub(crate) fn check(text: &str) -> Result<(), Problem> {
    if text.trim().is_empty() {
        Err(Problem::Blank)
    } else if text.chars().any(is_unseen) {
        Err(Problem::ControlCharacter)
    } else if text.trim().len() < text.len() {
        Err(Problem::OuterSpace)
    } else {
        Ok(())
    }
}

/// Checks `text`, the parameter of this name. The error never holds the text.
pub(crate) fn check_parameter(
    operation: &'static str,
    parameter: &'static str,
    text: &str,
) -> Result<(), RequestError> {
    check(text).map_err(|problem| RequestError::new(operation, parameter, problem))
}

/// Whether nobody sees the character: control characters, and what editors leave behind, such as the
/// mark at the beginning of a file or a space of no width.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}
