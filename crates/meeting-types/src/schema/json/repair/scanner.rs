//! Scanner over the tokens of a JSON text, which copies them and mends on the way.

use std::borrow::Cow;

use super::{
    Broken, Flaw, LISTED, Mend, MendKind, Repaired,
    around::stray,
    word::{Meaning, meaning},
};

/// Deepest nesting that serde_json reads.
const DEEPEST: usize = 127;

#[derive(Clone, Copy, PartialEq)]
enum Bracket {
    Object,
    List,
}

impl Bracket {
    fn closing(self) -> u8 {
        match self {
            Self::Object => b'}',
            Self::List => b']',
        }
    }
}

/// Token that has to follow.
#[derive(Clone, Copy, PartialEq)]
enum Due {
    /// A value.
    Value,
    /// A value, or the end of the list.
    FirstItem,
    /// A key.
    Key,
    /// A key, or the end of the object.
    FirstKey,
    /// A comma or a closing bracket.
    Next,
}

/// Reader of one text. It holds the mended copy as far as it has come.
pub(super) struct Scanner<'a> {
    body: &'a [u8],
    /// Whether all of it is UTF-8, so that texts need not be looked at.
    pub(super) is_utf8: bool,
    /// The place that reading has come to.
    pub(super) at: usize,
    /// The mended copy of the body up to `copied`.
    copy: Vec<u8>,
    copied: usize,
    mends: Vec<Mend>,
    /// Where the token begins that is being read.
    token: usize,
    open: Vec<Bracket>,
    too_deep: Option<TooDeep>,
}

/// The state before an object or list that is too deep, to which its end returns.
struct TooDeep {
    at: usize,
    copy: usize,
    copied: usize,
    mends: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(body: &'a [u8]) -> Self {
        Self {
            body,
            is_utf8: std::str::from_utf8(body).is_ok(),
            at: 0,
            copy: Vec::new(),
            copied: 0,
            mends: Vec::new(),
            token: 0,
            open: Vec::new(),
            too_deep: None,
        }
    }

    pub(super) fn run(mut self) -> Result<Repaired<'a>, Broken> {
        self.skip_to_value()?;
        let has_brackets = matches!(self.peek(), Some(b'{' | b'['));
        let mut due = self.value(Due::Value)?;
        while !self.open.is_empty() {
            self.skip_space();
            due = match due {
                Due::Value | Due::FirstItem => self.value(due)?,
                Due::Key | Due::FirstKey => self.key(due)?,
                Due::Next => self.next()?,
            };
        }
        self.skip_to_end(has_brackets)?;
        // Each text was looked at, and there is ASCII alone outside of texts.
        let not_utf8 = || Broken::new(self.body, 0, Flaw::Unexpected);
        let text = if self.mends.is_empty() {
            Cow::Borrowed(std::str::from_utf8(self.body).map_err(|_| not_utf8())?)
        } else {
            self.copy.extend_from_slice(&self.body[self.copied..]);
            Cow::Owned(String::from_utf8(self.copy).map_err(|_| not_utf8())?)
        };
        Ok(Repaired {
            text,
            mends: self.mends,
        })
    }

    fn value(&mut self, due: Due) -> Result<Due, Broken> {
        match (self.peek(), self.open.last()) {
            (None, _) => return Err(self.broken(Flaw::CutShort)),
            (Some(b'{'), _) => return Ok(self.enter(Bracket::Object)),
            (Some(b'['), _) => return Ok(self.enter(Bracket::List)),
            (Some(b']'), _) if due == Due::FirstItem => self.leave(),
            (Some(b'"'), _) => self.text()?,
            (Some(b','), Some(_)) | (Some(b'}'), Some(Bracket::Object)) => {
                self.begin_token();
                self.put(0, b"null", MendKind::Missing);
            }
            (Some(b'\''), Some(_)) => self.single_quoted(b",]}")?,
            (Some(_), _) => self.word_value()?,
        }
        Ok(Due::Next)
    }

    fn key(&mut self, due: Due) -> Result<Due, Broken> {
        let is_first = due == Due::FirstKey;
        match self.peek() {
            None => return Err(self.broken(Flaw::CutShort)),
            Some(b'"') => self.text()?,
            Some(b'}') if is_first => {
                self.leave();
                return Ok(Due::Next);
            }
            Some(b',') if is_first => {
                self.put(1, b"", MendKind::Comma);
                return Ok(Due::FirstKey);
            }
            Some(b'\'') => self.single_quoted(b":")?,
            Some(_) => {
                let end = self.end_of_word();
                let next = self.end_of_space(end);
                if end == self.at || self.body.get(next).is_some_and(|byte| *byte != b':') {
                    return Err(self.broken(Flaw::Unexpected));
                }
                self.quote(end, MendKind::Quotes);
            }
        }
        self.skip_space();
        match self.peek() {
            None => Err(self.broken(Flaw::CutShort)),
            Some(b':') => {
                self.at += 1;
                Ok(Due::Value)
            }
            Some(_) => Err(self.broken(Flaw::Unexpected)),
        }
    }

    fn next(&mut self) -> Result<Due, Broken> {
        let (Some(byte), Some(&bracket)) = (self.peek(), self.open.last()) else {
            return Err(self.broken(Flaw::CutShort));
        };
        if byte == bracket.closing() {
            self.leave();
            return Ok(Due::Next);
        }
        if byte != b',' {
            return Err(self.broken(Flaw::Unexpected));
        }
        let following = self.body.get(self.end_of_space(self.at + 1));
        let is_too_many = following.is_some_and(|following| {
            *following == bracket.closing() || (*following == b',' && bracket == Bracket::Object)
        });
        if is_too_many {
            self.begin_token();
            self.put(1, b"", MendKind::Comma);
            return Ok(Due::Next);
        }
        self.at += 1;
        Ok(match bracket {
            Bracket::Object => Due::Key,
            Bracket::List => Due::Value,
        })
    }

    fn enter(&mut self, bracket: Bracket) -> Due {
        if self.open.len() == DEEPEST && self.too_deep.is_none() {
            self.too_deep = Some(TooDeep {
                at: self.at,
                copy: self.copy.len(),
                copied: self.copied,
                mends: self.mends.len(),
            });
        }
        self.open.push(bracket);
        self.at += 1;
        match bracket {
            Bracket::Object => Due::FirstKey,
            Bracket::List => Due::FirstItem,
        }
    }

    fn leave(&mut self) {
        self.open.pop();
        self.at += 1;
        if self.open.len() == DEEPEST
            && let Some(before) = self.too_deep.take()
        {
            let end = self.at;
            self.copy.truncate(before.copy);
            self.copied = before.copied;
            self.mends.truncate(before.mends);
            self.at = before.at;
            self.begin_token();
            self.put(end - before.at, b"null", MendKind::TooDeep);
        }
    }

    /// Reads a word in the place of a value.
    fn word_value(&mut self) -> Result<(), Broken> {
        let end = self.end_of_word();
        if end == self.at {
            return Err(self.broken(Flaw::Unexpected));
        }
        self.begin_token();
        let word = std::str::from_utf8(&self.body[self.at..end]);
        match word.map_or(Meaning::Text(MendKind::Word), meaning) {
            Meaning::AsItIs => self.at = end,
            // A text that is nothing but a word is no JSON.
            _ if self.open.is_empty() => return Err(self.broken(Flaw::Unexpected)),
            Meaning::Json(json, kind) => self.put(end - self.at, json.as_bytes(), kind),
            Meaning::Text(kind) => self.quote(end, kind),
        }
        Ok(())
    }

    /// Reads a text in single quotes. It is plain where it ends only if it holds neither a quote nor
    /// a backslash, and one of `followers` comes next.
    fn single_quoted(&mut self, followers: &[u8]) -> Result<(), Broken> {
        let inside = &self.body[self.at + 1..];
        let plain = |byte: &u8| !matches!(byte, b'\'' | b'"' | b'\\' | 0..=0x1f);
        let count = inside.iter().take_while(|byte| plain(byte)).count();
        let close = self.at + 1 + count;
        if close == self.body.len() {
            return Err(self.broken(Flaw::CutShort));
        }
        let next = self.body.get(self.end_of_space(close + 1));
        let is_plain = self.body[close] == b'\'' && next.is_none_or(|b| followers.contains(b));
        if !is_plain {
            return Err(self.broken(Flaw::Unexpected));
        }
        self.begin_token();
        self.put(1, b"\"", MendKind::Quotes);
        self.check_bytes(self.at, close);
        self.put(1, b"\"", MendKind::Quotes);
        Ok(())
    }

    /// Puts double quotes around the word that ends at `end`.
    fn quote(&mut self, end: usize, kind: MendKind) {
        self.begin_token();
        self.put(0, b"\"", kind);
        self.check_bytes(self.at, end);
        self.put(0, b"\"", kind);
    }

    pub(super) fn end_of_word(&self) -> usize {
        let ends = |at: usize| {
            let text = &self.body[at..];
            matches!(text[0], 0..=b' ' | b'"' | b'\'' | b'\\' | b',' | b':')
                || matches!(text[0], b'[' | b']' | b'{' | b'}')
                || stray(text) > 0
        };
        let end = (self.at..self.body.len()).find(|at| ends(*at));
        end.unwrap_or(self.body.len())
    }

    pub(super) fn body(&self) -> &'a [u8] {
        self.body
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        &self.body[self.at..]
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.body.get(self.at).copied()
    }

    /// Marks the beginning of a token. It is listed once for each kind of fault, however often it
    /// has that.
    pub(super) fn begin_token(&mut self) {
        self.token = self.at;
    }

    /// Writes `json` in place of the next `count` bytes.
    pub(super) fn put(&mut self, count: usize, json: &[u8], kind: MendKind) {
        let of_token = self.mends.iter().rev();
        let mut of_token = of_token.take_while(|mend| mend.at >= self.token);
        if self.mends.len() < LISTED && !of_token.any(|mend| mend.kind == kind) {
            self.mends.push(Mend { at: self.at, kind });
        }
        self.copy
            .extend_from_slice(&self.body[self.copied..self.at]);
        self.copy.extend_from_slice(json);
        self.at += count;
        self.copied = self.at;
    }

    pub(super) fn broken(&self, flaw: Flaw) -> Broken {
        Broken::new(self.body, self.at, flaw)
    }
}
