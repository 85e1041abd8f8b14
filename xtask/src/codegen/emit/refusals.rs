//! The table of an operation's documented refusals: what each means, and the question to ask.

use crate::codegen::{api::Operation, error_codes::Table};

/// Classes that no question of `ServiceError` asks for.
const WITHOUT_QUESTION: [&str; 3] = ["call-ended", "call-failed", "other"];

/// The part of the page, or nothing when the reference prints no refusal.
pub(super) fn section(operation: &Operation, codes: &Table<'_>) -> Option<String> {
    if operation.errors.is_empty() {
        return None;
    }
    let mut text = "# Refusals\n\n\
        The reference prints these; there can be others.\n\n\
        | Code | Status | Meaning | Question to the error |\n\
        | --- | --- | --- | --- |"
        .to_owned();
    for error in &operation.errors {
        let (class, gist) = codes.meaning(&error.code).unwrap_or(("other", ""));
        let question = if WITHOUT_QUESTION.contains(&class) {
            "none".to_owned()
        } else {
            let method = format!("is_{}", class.replace('-', "_"));
            format!("[`{method}`](crate::ServiceError::{method})")
        };
        text.push_str(&format!(
            "\n| `{}` | {} | {} | {question} |",
            error.code,
            error.status,
            gist.replace('|', "\\|"),
        ));
    }
    Some(text)
}
