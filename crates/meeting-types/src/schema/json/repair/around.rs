//! Skipping of what is no part of the JSON: before it, behind it, and between its tokens.

use super::{
    Broken, Flaw, MendKind,
    scanner::Scanner,
    word::{Meaning, meaning},
};

/// Guard that keeps a browser from running a response as a script. It has brackets in it, so that it
/// has to be known.
const GUARD: &[u8] = b")]}'";

impl Scanner<'_> {
    /// Leaves out what stands before the value.
    pub(super) fn skip_to_value(&mut self) -> Result<(), Broken> {
        self.skip_space();
        if self.rest().starts_with(GUARD) {
            let comma = usize::from(self.rest().get(GUARD.len()) == Some(&b','));
            self.put(GUARD.len() + comma, b"", MendKind::Foreign);
            self.skip_space();
        } else if self.rest().starts_with(b"{}") {
            let operator = self.end_of_space(self.at + 2);
            if self.body()[operator..].starts_with(b"&&") {
                self.put(operator + 2 - self.at, b"", MendKind::Foreign);
                self.skip_space();
            }
        }
        let word = &self.body()[self.at..self.end_of_word()];
        match self.peek() {
            None => return Err(self.broken(Flaw::CutShort)),
            Some(b'{' | b'[' | b'"') => return Ok(()),
            Some(_) if std::str::from_utf8(word).is_ok_and(|w| meaning(w) == Meaning::AsItIs) => {
                return Ok(());
            }
            Some(_) => {}
        }
        let begin = self.rest().iter().position(|b| matches!(b, b'{' | b'['));
        match begin {
            // A page for people holds scripts, which hold braces.
            Some(count) if is_foreign(&self.rest()[..count], b"<") => {
                self.put(count, b"", MendKind::Foreign);
                Ok(())
            }
            _ => Err(self.broken(Flaw::Unexpected)),
        }
    }

    /// Leaves out what stands behind the value, if that is an object or a list.
    pub(super) fn skip_to_end(&mut self, has_brackets: bool) -> Result<(), Broken> {
        self.skip_space();
        let rest = self.rest();
        if rest.is_empty() {
            return Ok(());
        }
        if has_brackets && (rest[0] == b'<' || is_foreign(rest, b"")) {
            self.put(rest.len(), b"", MendKind::Foreign);
            return Ok(());
        }
        Err(self.broken(Flaw::Unexpected))
    }

    /// Goes on to the next token, and leaves out what is neither white space of JSON nor a token.
    pub(super) fn skip_space(&mut self) {
        self.begin_token();
        while let Some(byte) = self.peek() {
            if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                self.at += 1;
                continue;
            }
            match stray(self.rest()) {
                0 => break,
                count => self.put(count, b"", MendKind::Foreign),
            }
        }
    }

    /// Where [`skip_space`](Self::skip_space) would end if it began at `from`.
    pub(super) fn end_of_space(&self, from: usize) -> usize {
        let mut at = from;
        while let Some(byte) = self.body().get(at) {
            at += match byte {
                b' ' | b'\t' | b'\n' | b'\r' => 1,
                _ => match stray(&self.body()[at..]) {
                    0 => break,
                    count => count,
                },
            };
        }
        at
    }
}

/// Whether a text beside the value can have nothing to do with it. Had the value a bracket too few
/// or too many inside, then brackets, quotes, or the beginning of a next item would be left over.
fn is_foreign(text: &[u8], forbidden: &[u8]) -> bool {
    let begins_item = text
        .first()
        .is_some_and(|byte| byte.is_ascii_digit() || b",:-+.'".contains(byte));
    let holds_token = text
        .iter()
        .any(|byte| b"{}[]\"".contains(byte) || forbidden.contains(byte));
    !begins_item && !holds_token
}

/// The length of what a text begins with, when that is a control character, a byte order mark, a
/// space that JSON does not know, or a comment.
pub(crate) fn stray(text: &[u8]) -> usize {
    match text {
        [b'/', b'*', rest @ ..] => {
            let end = rest.windows(2).position(|pair| pair == b"*/");
            end.map_or(text.len(), |end| end + 4)
        }
        [b'/', b'/', rest @ ..] => {
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            end.map_or(text.len(), |end| end + 2)
        }
        [0..=8 | 0x0b | 0x0c | 0x0e..=0x1f | 0x7f, ..] => 1,
        [0xc2, 0x85 | 0xa0, ..] => 2,
        [first @ 0xe2..=0xef, second, third, ..] => {
            let spelt = [*first, *second, *third];
            let c = std::str::from_utf8(&spelt)
                .ok()
                .and_then(|c| c.chars().next());
            let is_stray = c.is_some_and(|c| {
                c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
            });
            if is_stray { 3 } else { 0 }
        }
        _ => 0,
    }
}
