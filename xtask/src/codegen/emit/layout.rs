//! The few rules of rustfmt (default configuration) that generated code meets.

/// The longest line.
pub(super) const WIDTH: usize = 100;
/// The longest list of arguments, array or chain that stays on one line.
const SHORT: usize = 60;
/// The longest list of fields of a struct literal that stays on one line.
const SHORT_LITERAL: usize = 18;

/// The length of a text in columns.
pub(super) fn columns(text: &str) -> usize {
    text.chars().count()
}

/// A function head, with its arguments below each other when they do not fit.
pub(super) fn function(indent: usize, name: &str, arguments: &[String], result: &str) -> String {
    let margin = " ".repeat(indent);
    let one_line = format!("{margin}{name}({}) -> {result} {{\n", arguments.join(", "));
    // The line break is no column.
    if columns(&one_line) - 1 <= WIDTH {
        return one_line;
    }
    let arguments: String = arguments
        .iter()
        .map(|argument| format!("{margin}    {argument},\n"))
        .collect();
    format!("{margin}{name}(\n{arguments}{margin}) -> {result} {{\n")
}

/// A call or an array: `open` and `close` around items.
pub(super) fn listed(indent: usize, open: &str, items: &[String], close: &str) -> String {
    let one_line = items.join(", ");
    if columns(&one_line) <= SHORT {
        return format!("{open}{one_line}{close}");
    }
    let margin = " ".repeat(indent);
    let items: String = items
        .iter()
        .map(|item| format!("{margin}    {item},\n"))
        .collect();
    format!("{open}\n{items}{margin}{close}")
}

/// The struct literal that a constructor ends with. Fields are `name` or `name: value`.
pub(super) fn struct_literal(indent: usize, fields: &[String]) -> String {
    let margin = " ".repeat(indent);
    if fields.is_empty() {
        return format!("{margin}Self {{}}\n");
    }
    let one_line = fields.join(", ");
    if columns(&one_line) <= SHORT_LITERAL {
        return format!("{margin}Self {{ {one_line} }}\n");
    }
    let fields: String = fields
        .iter()
        .map(|field| format!("{margin}    {field},\n"))
        .collect();
    format!("{margin}Self {{\n{fields}{margin}}}\n")
}

/// A chain of calls as the value of a field.
pub(super) fn chain(indent: usize, subject: &str, calls: &[&str]) -> String {
    let one_line = format!("{subject}{}", calls.concat());
    if columns(&one_line) <= SHORT {
        return one_line;
    }
    let margin = " ".repeat(indent + 4);
    let calls: String = calls
        .iter()
        .map(|call| format!("\n{margin}{call}"))
        .collect();
    format!("{subject}{calls}")
}

/// `name: "text",` in a struct literal. rustfmt never moves a text, however long it is.
pub(super) fn text_field(indent: usize, name: &str, text: &str) -> String {
    format!("{}{name}: {text:?},\n", " ".repeat(indent))
}
