//! Texts: escapes, control characters, and bytes that are not UTF-8.

use super::{Broken, Flaw, MendKind, scanner::Scanner};

/// U+FFFD in UTF-8.
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

impl Scanner<'_> {
    /// Reads a text in double quotes, from its first quote to behind its last.
    pub(super) fn text(&mut self) -> Result<(), Broken> {
        self.begin_token();
        self.at += 1;
        loop {
            let from = self.at;
            let plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..=0x1f);
            self.at += self.rest().iter().take_while(|byte| plain(byte)).count();
            self.check_bytes(from, self.at);
            match self.peek() {
                None => return Err(self.broken(Flaw::CutShort)),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape(),
                Some(control) => {
                    self.put_char(1, char::from(control), MendKind::ControlCharacter);
                }
            }
        }
    }

    /// Reads an escape, from its backslash.
    fn escape(&mut self) {
        match self.rest() {
            [
                _,
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't',
                ..,
            ] => self.at += 2,
            [_, b'\'', ..] => self.put_char(2, '\'', MendKind::Escape),
            [_, b'u', digits @ ..] => match hex(digits, 4) {
                (4, unit) => self.unit(unit),
                (0, _) => self.escape_in_braces(),
                // Cut off in its middle.
                (digits, _) => self.put(2 + digits, REPLACEMENT, MendKind::Escape),
            },
            [_, b'x', digits @ ..] => match hex(digits, 2) {
                (2, number) => {
                    let c = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
                    self.put_char(4, c, MendKind::Escape);
                }
                _ => self.keep_backslash(),
            },
            // The text is cut short behind it, as the next look finds.
            [_] => self.at += 1,
            _ => self.keep_backslash(),
        }
    }

    /// Reads `\uXXXX`, which may be the first half of a pair.
    fn unit(&mut self, unit: u32) {
        match unit {
            0xd800..=0xdbff => match self.rest() {
                [_, _, _, _, _, _, b'\\', b'u', digits @ ..]
                    if matches!(hex(digits, 4), (4, 0xdc00..=0xdfff)) =>
                {
                    self.at += 12;
                }
                _ => self.put(6, REPLACEMENT, MendKind::HalfPair),
            },
            0xdc00..=0xdfff => self.put(6, REPLACEMENT, MendKind::HalfPair),
            _ => self.at += 6,
        }
    }

    /// Reads `\u{…}`, as JavaScript and Rust have it.
    fn escape_in_braces(&mut self) {
        if let [_, _, b'{', digits @ ..] = self.rest() {
            let (count, number) = hex(digits, 6);
            if count > 0 && digits.get(count) == Some(&b'}') {
                let c = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
                return self.put_char(4 + count, c, MendKind::Escape);
            }
        }
        self.keep_backslash();
    }

    /// Makes a backslash that begins no escape a character.
    fn keep_backslash(&mut self) {
        self.put(1, b"\\\\", MendKind::Escape);
    }

    /// Writes `c` in place of the next `count` bytes.
    fn put_char(&mut self, count: usize, c: char, kind: MendKind) {
        match c {
            '"' | '\\' | '\0'..='\x1f' => {
                let escape = format!("\\u{:04x}", u32::from(c));
                self.put(count, escape.as_bytes(), kind);
            }
            _ => self.put(count, c.encode_utf8(&mut [0; 4]).as_bytes(), kind),
        }
    }

    /// Mends what is not UTF-8 from `from` to `to`, and stands at `to` then.
    pub(super) fn check_bytes(&mut self, from: usize, to: usize) {
        if !self.is_utf8 {
            self.at = from;
            while let Err(error) = std::str::from_utf8(&self.body()[self.at..to]) {
                self.at += error.valid_up_to();
                match of_java(&self.body()[self.at..to]) {
                    Some((count, c)) => self.put_char(count, c, MendKind::Bytes),
                    None => {
                        let count = error.error_len().unwrap_or(to - self.at);
                        self.put(count, REPLACEMENT, MendKind::Bytes);
                    }
                }
            }
        }
        self.at = to;
    }
}

/// The value of up to `most` hexadecimal digits at the start, and how many there are.
fn hex(text: &[u8], most: usize) -> (usize, u32) {
    let digits = text.iter().take(most);
    let values = digits.map_while(|byte| char::from(*byte).to_digit(16));
    values.fold((0, 0), |(count, number), digit| {
        (count + 1, number << 4 | digit)
    })
}

/// A character in the form that Java writes in place of UTF-8: each half of a surrogate pair on its
/// own, and NUL as two bytes. Half a pair alone is U+FFFD.
fn of_java(bytes: &[u8]) -> Option<(usize, char)> {
    let unit = |last: &[u8; 2]| 0xd000 | u32::from(last[0] & 0x3f) << 6 | u32::from(last[1] & 0x3f);
    match bytes {
        [0xc0, 0x80, ..] => Some((2, '\0')),
        [
            0xed,
            a @ 0xa0..=0xaf,
            b @ 0x80..=0xbf,
            0xed,
            c @ 0xb0..=0xbf,
            d @ 0x80..=0xbf,
            ..,
        ] => {
            let (high, low) = (unit(&[*a, *b]), unit(&[*c, *d]));
            let c = char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))?;
            Some((6, c))
        }
        [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..] => Some((3, char::REPLACEMENT_CHARACTER)),
        _ => None,
    }
}
