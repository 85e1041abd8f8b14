//! Whole numbers with more digits than 64 bits hold.
//!
//! The JSON reader makes a float of them, which keeps 16 digits or so. Where they are an id that the
//! service left without quotes, all of them count: put in quotes, they are read as they stand.

use std::borrow::Cow;

use serde_json::Value as Json;

/// Length of the shortest number that 64 bits do not hold: `-9223372036854775809` or
/// `18446744073709551616`.
const LONG: usize = 20;

/// Reads JSON text as a tree that keeps all digits of whole numbers: those that 64 bits do not hold
/// are texts in it.
pub(crate) fn parse_tree(text: &str) -> serde_json::Result<Json> {
    match quoted(text) {
        Cow::Borrowed(text) => serde_json::from_str(text),
        // What is wrong with a text is told by its own places.
        Cow::Owned(quoted) => serde_json::from_str(&quoted).or_else(|_| serde_json::from_str(text)),
    }
}

/// The JSON text with quotes around whole numbers that 64 bits do not hold. Borrowed where there are
/// none.
pub(crate) fn quoted(text: &str) -> Cow<'_, str> {
    if !has_long_run(text.as_bytes()) {
        return text.into();
    }
    let mut copy = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'"' => at = end_of_text(text.as_bytes(), at),
            b'-' | b'0'..=b'9' => {
                let start = at;
                let is_number =
                    |c: char| matches!(c, '-' | '+' | '.' | 'e' | 'E') || c.is_ascii_digit();
                let rest = &text[start..];
                at += rest.find(|c| !is_number(c)).unwrap_or(rest.len());
                let number = &text[start..at];
                if is_long(number) {
                    copy.extend([&text[copied..start], "\"", number, "\""]);
                    copied = at;
                }
            }
            _ => at += 1,
        }
    }
    if copied == 0 {
        return text.into();
    }
    copy.push_str(&text[copied..]);
    copy.into()
}

/// Whether there are so many digits in a row that a number could be too long. Looks at few of the
/// bytes of a text that has none.
fn has_long_run(text: &[u8]) -> bool {
    // One digit less, where there is a sign.
    const RUN: usize = LONG - 1;
    let mut end = RUN;
    while end <= text.len() {
        let run = &text[end - RUN..end];
        match run.iter().rposition(|byte| !byte.is_ascii_digit()) {
            None => return true,
            Some(other) => end += other + 1,
        }
    }
    false
}

/// The place behind a text that begins with the quote at `start`.
fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    loop {
        match bytes.get(at) {
            None => return bytes.len(),
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

fn is_long(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    number.len() >= LONG
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && number.parse::<u64>().is_err()
        && number.parse::<i64>().is_err()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{parse_tree, quoted};

    #[test]
    fn whole_numbers_beyond_64_bits_keep_their_digits() {
        for (text, expected) in [
            ("18446744073709551616", r#""18446744073709551616""#),
            ("-9223372036854775809", r#""-9223372036854775809""#),
            (
                r#"{"a":[1,123456789012345678901234567890],"b":"c"}"#,
                r#"{"a":[1,"123456789012345678901234567890"],"b":"c"}"#,
            ),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        for text in [
            "18446744073709551615",
            "-9223372036854775808",
            // A float in the eyes of whoever wrote it.
            "123456789012345678901234567890.0",
            "1.23456789012345678901234567890",
            "12345678901234567890123e5",
            "1e30",
            r#"{"12345678901234567890123":"12345678901234567890123"}"#,
            r#"["\"12345678901234567890123", "\\", "é12345678901234567890123"]"#,
            "",
            r#""12345678901234567890123"#,
        ] {
            assert_eq!(quoted(text), text);
        }
    }

    #[test]
    fn a_fault_is_told_by_the_places_of_the_text() {
        let text = r#"{"a": 123456789012345678901234567890, "b": }"#;
        let plain = serde_json::from_str::<serde_json::Value>(text).unwrap_err();
        let error = parse_tree(text).unwrap_err();
        assert_eq!(
            (error.line(), error.column()),
            (plain.line(), plain.column())
        );
    }

    proptest! {
        #[test]
        fn a_number_is_found_wherever_it_stands(
            before in "[a-z0-9\"\\\\é]{0,30}",
            digits in "-?[1-9][0-9]{0,40}",
            after in "[a-z0-9\"\\\\é]{0,30}",
        ) {
            let text = format!("[{},{digits},{}]", json!(before), json!(after));
            let is_long = digits.parse::<i64>().is_err() && digits.parse::<u64>().is_err();
            let number = serde_json::from_str(&digits).unwrap();
            let expected = if is_long { json!(digits) } else { number };
            prop_assert_eq!(parse_tree(&text).unwrap(), json!([before, expected, after]));
        }
    }
}
