//! JSON without insignificant white space.

use std::borrow::Cow;

/// `json` without the white space between its tokens. Everything else stays as it is: the order of
/// keys, the spelling of numbers, the escapes in strings. Borrowed if there is nothing to remove.
///
/// A quote opens or closes a string unless it follows a backslash inside one. In text that is not
/// valid JSON it may be otherwise: what is signed and read has to be the result then, not `json`.
pub(super) fn minified(json: &[u8]) -> Cow<'_, [u8]> {
    let mut compact = Vec::new();
    let mut kept_to = 0;
    let (mut in_string, mut escaped) = (false, false);
    for (at, byte) in json.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b' ' | b'\t' | b'\n' | b'\r' if !in_string => {
                compact.extend_from_slice(&json[kept_to..at]);
                kept_to = at + 1;
            }
            _ => {}
        }
    }
    if kept_to == 0 {
        return Cow::Borrowed(json);
    }
    compact.extend_from_slice(&json[kept_to..]);
    Cow::Owned(compact)
}
