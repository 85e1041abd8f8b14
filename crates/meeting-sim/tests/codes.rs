//! The simulator refuses with codes that `meeting-types` can explain.

use meeting_types::ErrorCode;

#[test]
fn every_code_that_is_sent_is_in_the_table() {
    let source = include_str!("../src/state/errors.rs");
    // Every other part is inside quotes; no text of that file holds a quote.
    let codes: Vec<&str> = source
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|text| looks_like_a_code(text))
        .collect();
    let constants = source.matches(": Refusal =").count();
    assert_eq!(codes.len(), constants, "each refusal has a code");
    for code in codes {
        let known = ErrorCode::lookup(code).unwrap_or_else(|| panic!("{code} is not in the table"));
        assert_eq!(known.code(), code, "spelled as in the table");
    }
}

/// Whether `text` is capitals, a full stop and digits.
fn looks_like_a_code(text: &str) -> bool {
    text.split_once('.').is_some_and(|(prefix, number)| {
        !prefix.is_empty()
            && prefix.bytes().all(|byte| byte.is_ascii_uppercase())
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}
