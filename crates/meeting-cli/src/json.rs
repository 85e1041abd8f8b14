//! JSON as it came, spaced anew. Values are not read: long numbers keep their digits, keys their
//! order.

/// Spaces JSON: with line breaks for people, without for programs. The text must be valid.
pub(crate) fn spaced(json: &str, pretty: bool) -> String {
    let mut out = String::with_capacity(json.len());
    let mut depth = 0_usize;
    let mut in_text = false;
    let mut escaped = false;
    let mut chars = json.chars().filter(|c| *c != '\u{feff}').peekable();
    let break_line = |out: &mut String, depth: usize| {
        if pretty {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        }
    };
    while let Some(c) = chars.next() {
        if in_text {
            // A terminal would obey them, and JSON allows some of them bare.
            if c.is_control() {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            } else {
                out.push(c);
            }
            in_text = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            ' ' | '\t' | '\r' | '\n' => {}
            '{' | '[' => {
                out.push(c);
                while chars.next_if(|c| c.is_ascii_whitespace()).is_some() {}
                if let Some(end) = chars.next_if(|c| matches!(c, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    break_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                break_line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                break_line(&mut out, depth);
            }
            ':' => out.push_str(if pretty { ": " } else { ":" }),
            c => {
                in_text = c == '"';
                out.push(c);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::spaced;

    const JSON: &str =
        "{ \"b\" : [ ] ,\n\"a\":[1,{\"x\":\"y, \\\"{z\u{9b}\"}],\"n\":12345678901234567890.10}";

    #[test]
    fn compact_has_no_spaces_and_keeps_order_and_digits() {
        assert_eq!(
            spaced(JSON, false),
            "{\"b\":[],\"a\":[1,{\"x\":\"y, \\\"{z\\u009b\"}],\"n\":12345678901234567890.10}"
        );
    }

    #[test]
    fn pretty_is_what_serde_json_calls_pretty() {
        let json = r#"{"a":[1,{"x":"y, \"{z"}],"b":[],"c":{}}"#;
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(
            spaced(json, true),
            serde_json::to_string_pretty(&value).unwrap()
        );
    }
}
