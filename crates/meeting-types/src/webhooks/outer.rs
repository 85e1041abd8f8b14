//! Splitter of a notification that is not well-formed JSON.
//!
//! It finds the bytes of each value of the outermost object without reading them, so that the
//! signature can be checked over what came. Mending comes after that.

use crate::schema::stray;

/// The keys of the outermost object, each with the bytes of its value. Nothing when there is no
/// object, when it has no end, or when more follows it.
pub(super) fn entries(body: &[u8]) -> Option<Vec<(String, &[u8])>> {
    let mut cursor = Cursor { body, at: 0 };
    let mut entries = Vec::new();
    cursor.skip_space();
    cursor.take(b'{')?;
    loop {
        cursor.skip_space();
        if cursor.take(b'}').is_some() {
            break;
        }
        let key = cursor.text()?;
        let key = serde_json::from_slice(key)
            .unwrap_or_else(|_| String::from_utf8_lossy(key).into_owned());
        cursor.skip_space();
        cursor.take(b':')?;
        cursor.skip_space();
        entries.push((key, cursor.value()?));
        cursor.skip_space();
        if cursor.take(b',').is_none() && cursor.peek() != Some(b'}') {
            return None;
        }
    }
    cursor.skip_space();
    cursor.peek().is_none().then_some(entries)
}

struct Cursor<'a> {
    body: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<u8> {
        self.body.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            self.at += match byte {
                b' ' | b'\t' | b'\n' | b'\r' => 1,
                _ => match stray(&self.body[self.at..]) {
                    0 => break,
                    count => count,
                },
            };
        }
    }

    /// A text with its quotes. A quote ends it unless it follows a backslash.
    fn text(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        self.take(b'"')?;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        self.body.get(start..self.at)
    }

    /// A value. Inside of objects and lists, brackets that are not in a text are counted.
    fn value(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.text()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b'}' if depth == 0 => break,
                _ if depth == 0 && self.is_at_space() => break,
                _ => self.at += 1,
            }
        }
        let value = self.body.get(start..self.at)?;
        (!value.is_empty()).then_some(value)
    }

    fn is_at_space(&self) -> bool {
        let rest = &self.body[self.at..];
        rest[0].is_ascii_whitespace() || stray(rest) > 0
    }
}
