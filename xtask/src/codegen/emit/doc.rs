//! Doc comments, wrapped at 100 columns without tearing code or links apart.

use super::layout::WIDTH;

/// Writes `text` as a comment: `marker` is `///` or `//!`.
///
/// Blank lines separate paragraphs, `- ` begins an item of a list, and lines of a table or of code
/// stay as they are. Everything else is flowed anew.
pub(super) fn write(out: &mut String, indent: usize, marker: &str, text: &str) {
    let margin = " ".repeat(indent);
    let width = WIDTH - indent - marker.len() - 1;
    for line in wrap(text, width) {
        let space = if line.is_empty() { "" } else { " " };
        out.push_str(&format!("{margin}{marker}{space}{line}\n"));
    }
}

enum Block {
    Paragraph(String),
    Item(String),
    Verbatim(String),
    Blank,
}

/// The lines of `text` at `width` columns.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for block in blocks(text) {
        match block {
            Block::Paragraph(text) => fill(&mut lines, &text, "", "", width),
            Block::Item(text) => fill(&mut lines, &text, "- ", "  ", width),
            Block::Verbatim(line) => lines.push(line),
            Block::Blank => lines.push(String::new()),
        }
    }
    lines
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut in_code = false;
    for line in text.trim().lines() {
        let is_fence = line.starts_with("```");
        if in_code || is_fence {
            in_code ^= is_fence;
            blocks.push(Block::Verbatim(line.to_owned()));
            continue;
        }
        let line = line.trim();
        match blocks.last_mut() {
            Some(Block::Blank) if line.is_empty() => {}
            _ if line.is_empty() => blocks.push(Block::Blank),
            _ if line.starts_with(['|', '#']) => blocks.push(Block::Verbatim(line.to_owned())),
            _ if line.starts_with("- ") => blocks.push(Block::Item(line[2..].to_owned())),
            Some(Block::Paragraph(text) | Block::Item(text)) => {
                text.push(' ');
                text.push_str(line);
            }
            _ => blocks.push(Block::Paragraph(line.to_owned())),
        }
    }
    blocks
}

fn fill(lines: &mut Vec<String>, text: &str, first: &str, rest: &str, width: usize) {
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in words(text) {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::replace(&mut line, rest.to_owned()));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(&word);
        is_empty = false;
    }
    lines.push(line);
}

/// Splits at blanks, but keeps code spans and links whole, and keeps what would mean something else
/// at the start of a line with the word before it.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let unit = unit_length(rest, c);
        if c.is_whitespace() {
            finish(&mut words, &mut word);
        } else {
            word.push_str(&rest[..unit]);
        }
        rest = &rest[unit..];
    }
    finish(&mut words, &mut word);
    words
}

/// The text in pieces: a code span or a link each, or a single character.
pub(super) fn units(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let (unit, after) = rest.split_at(unit_length(rest, first));
        rest = after;
        Some(unit)
    })
}

/// The bytes that must stay together at the start of `rest`.
fn unit_length(rest: &str, first: char) -> usize {
    let closed_by = |closing: char| rest[1..].find(closing).map(|index| index + 2);
    match first {
        '`' => closed_by('`').unwrap_or(1),
        '[' => {
            let Some(label) = closed_by(']') else {
                return 1;
            };
            let target = &rest[label..];
            let target_length = if target.starts_with('(') {
                target.find(')').map_or(0, |end| end + 1)
            } else {
                0
            };
            label + target_length
        }
        _ => first.len_utf8(),
    }
}

fn finish(words: &mut Vec<String>, word: &mut String) {
    if word.is_empty() {
        return;
    }
    let word = std::mem::take(word);
    match words.last_mut() {
        Some(last) if changes_meaning_at_line_start(&word) => {
            last.push(' ');
            last.push_str(&word);
        }
        _ => words.push(word),
    }
}

fn changes_meaning_at_line_start(word: &str) -> bool {
    let is_list_number = || {
        let digits = word.trim_end_matches(['.', ')']);
        digits.len() < word.len() && digits.chars().all(|c| c.is_ascii_digit())
    };
    matches!(word, "-" | "+" | "*" | "·" | "=")
        || word.starts_with(['#', '>', '|'])
        || is_list_number()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_flow_and_lists_hang() {
        let text = "One two\nthree four.\n\n\n- first item that wraps\n- second";
        assert_eq!(
            wrap(text, 15),
            [
                "One two three",
                "four.",
                "",
                "- first item",
                "  that wraps",
                "- second"
            ]
        );
    }

    #[test]
    fn code_and_links_stay_whole() {
        let text = "Read `a b c d` or [the page](https://example.com/a page) now";
        let lines = wrap(text, 12);
        assert_eq!(
            lines,
            [
                "Read",
                "`a b c d` or",
                "[the page](https://example.com/a page)",
                "now"
            ]
        );
    }

    #[test]
    fn code_between_fences_is_left_alone() {
        let text = "Read:\n\n```\nlet a = 1;\n\n    # hidden and longer than that\n```";
        assert_eq!(
            wrap(text, 10),
            [
                "Read:",
                "",
                "```",
                "let a = 1;",
                "",
                "    # hidden and longer than that",
                "```"
            ]
        );
    }

    #[test]
    fn nothing_turns_into_markup_at_the_start_of_a_line() {
        assert_eq!(wrap("Either 0 or 1. Then", 11), ["Either 0", "or 1. Then"]);
        assert_eq!(wrap("alpha - beta", 7), ["alpha -", "beta"]);
        assert_eq!(wrap("alpha # beta", 7), ["alpha #", "beta"]);
    }

    #[test]
    fn an_open_backtick_does_not_swallow_the_text() {
        assert_eq!(wrap("a ` b c d", 5), ["a ` b", "c d"]);
    }
}
