//! Lays out the code in doc comments, which rustfmt leaves alone.

use anyhow::{Result, bail};

use super::Files;

const FENCE: &str = "/// ```";
/// Prefix of a line in a doc comment that is compiled and not shown.
const HIDDEN: &str = "# ";
/// The same line in the meantime.
const HIDDEN_COMMENT: &str = "//# ";
/// The columns that the marker of a comment takes; the margin inside of a function is as wide.
const MARGIN: &str = "    ";

/// The files with the code of their doc comments as `format` leaves it.
///
/// `format` is called once, with all the code as the bodies of functions.
pub(crate) fn formatted(
    files: &Files,
    format: impl FnOnce(&str) -> Result<String>,
) -> Result<Files> {
    let mut source = String::new();
    let mut wanted = 0;
    for block in files.values().flat_map(|text| blocks(text)) {
        wanted += 1;
        source.push_str(&function(wanted, &block));
    }
    let bodies = bodies(&format(&source)?);
    if bodies.len() != wanted {
        bail!("rustfmt moved the functions that hold the code of doc comments");
    }
    let mut bodies = bodies.into_iter();
    let files = files
        .iter()
        .map(|(path, text)| {
            let mut out = String::new();
            let mut in_code = false;
            for line in text.lines() {
                let is_fence = line == FENCE;
                if is_fence && !in_code {
                    out.push_str(&format!("{line}\n"));
                    out.push_str(&bodies.next().unwrap_or_default());
                }
                if is_fence {
                    in_code = !in_code;
                }
                if !in_code {
                    out.push_str(&format!("{line}\n"));
                }
            }
            (path.clone(), out)
        })
        .collect();
    Ok(files)
}

/// The code of each fence, without the markers.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Option<String> = None;
    for line in text.lines() {
        if line == FENCE {
            match block.take() {
                Some(code) => blocks.push(code),
                None => block = Some(String::new()),
            }
        } else if let Some(code) = &mut block {
            let line = line.strip_prefix("///").unwrap_or(line);
            code.push_str(line.strip_prefix(' ').unwrap_or(line));
            code.push('\n');
        }
    }
    blocks
}

fn function(number: usize, code: &str) -> String {
    let mut text = format!("fn example_{number}() {{\n");
    for line in code.lines() {
        match line.strip_prefix(HIDDEN) {
            Some(hidden) => text.push_str(&format!("{MARGIN}{HIDDEN_COMMENT}{hidden}\n")),
            None if line.is_empty() => text.push('\n'),
            None => text.push_str(&format!("{MARGIN}{line}\n")),
        }
    }
    text.push_str("}\n");
    text
}

/// The bodies of the functions, as lines of doc comments.
fn bodies(formatted: &str) -> Vec<String> {
    let mut bodies = Vec::new();
    let mut body: Option<String> = None;
    for line in formatted.lines() {
        if line.starts_with("fn example_") {
            body = Some(String::new());
        } else if line == "}" {
            bodies.extend(body.take());
        } else if let Some(text) = &mut body {
            let line = line.strip_prefix(MARGIN).unwrap_or(line);
            match line.strip_prefix(HIDDEN_COMMENT) {
                Some(hidden) => text.push_str(&format!("/// {HIDDEN}{hidden}\n")),
                None if line.is_empty() => text.push_str("///\n"),
                None => text.push_str(&format!("/// {line}\n")),
            }
        }
    }
    bodies
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_replaced_and_everything_else_stays() {
        let text = "/// Text.\n///\n/// ```\n/// let  a = r#\"x\n///   y\"#;\n///\n/// b\n/// # c\n/// ```\n/// - more\nstruct A;\n";
        let files = Files::from([("a.rs".to_owned(), text.to_owned())]);
        let same = formatted(&files, |source| Ok(source.to_owned())).expect("nothing moves");
        assert_eq!(same, files);
        let tidied = formatted(&files, |source| Ok(source.replace("let  a", "let a")));
        let tidied = tidied.expect("nothing moves");
        assert_eq!(tidied["a.rs"], text.replace("let  a", "let a"));
    }

    #[test]
    fn code_that_goes_astray_is_an_error() {
        let text = "/// ```\n/// a\n/// ```\n";
        let files = Files::from([("a.rs".to_owned(), text.to_owned())]);
        assert!(formatted(&files, |_| Ok(String::new())).is_err());
    }
}
