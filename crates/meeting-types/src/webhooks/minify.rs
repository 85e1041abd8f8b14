//! JSON without insignificant white space.

use std::borrow::Cow;

/// `json` without the white space between its tokens. Everything else stays as it is: the order of
/// keys, the spelling of numbers, the escapes in strings. Borrowed if there is nothing to remove.
///
/// `json` must be valid JSON. Then a quote opens or closes a string unless it follows a backslash
/// inside one.
pub(super) fn minified(json: &str) -> Cow<'_, str> {
    let mut compact = String::new();
    let mut kept_to = 0;
    let (mut in_string, mut escaped) = (false, false);
    for (at, byte) in json.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b' ' | b'\t' | b'\n' | b'\r' if !in_string => {
                // All these bytes are ASCII, so that each cut is on the border of a character.
                compact.push_str(&json[kept_to..at]);
                kept_to = at + 1;
            }
            _ => {}
        }
    }
    if kept_to == 0 {
        return Cow::Borrowed(json);
    }
    compact.push_str(&json[kept_to..]);
    Cow::Owned(compact)
}
