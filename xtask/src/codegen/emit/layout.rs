//! What rustfmt leaves as it is: the width of doc comments and of rows inside of macros.

/// The longest line.
pub(super) const WIDTH: usize = 100;

/// The length of a text in columns.
pub(super) fn columns(text: &str) -> usize {
    text.chars().count()
}

/// `name: "text",` in a struct literal.
pub(super) fn text_field(indent: usize, name: &str, text: &str) -> String {
    format!("{}{name}: {text:?},\n", " ".repeat(indent))
}
