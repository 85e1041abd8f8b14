//! Mender of ill-formed JSON text.
//!
//! Text from the service can be ill-formed in one place: a name that was cut in the middle of a
//! surrogate pair, a `NaN`. A strict reader then refuses the whole. [`repair`] rewrites such places,
//! so that the value around the place is spoilt at most.
//!
//! It never completes anything. A text that ends early stays an error, whatever else is wrong with
//! it, and so does one whose brackets, quotes or commas allow two readings: half a list must not
//! pass for a whole one.

mod around;
mod encoding;
mod scanner;
mod text;
mod word;

#[cfg(test)]
mod tests;

use std::{borrow::Cow, fmt};

pub(crate) use around::stray;
use scanner::Scanner;

/// JSON text that serde_json accepts, and what was rewritten to get there.
#[derive(Debug)]
pub(crate) struct Repaired<'a> {
    /// The text: borrowed when it was well-formed as it came.
    pub(crate) text: Cow<'a, str>,
    /// The mends in the order of their places, at most [`LISTED`]. None for a well-formed text.
    pub(crate) mends: Vec<Mend>,
}

/// How many mends are listed at most, so that a body full of faults takes no more memory than a
/// few times its own length.
const LISTED: usize = 100;

/// Mends the JSON text `body`.
///
/// Call it only after reading `body` has failed: that way a well-formed text costs nothing. When it
/// gives mends, read once more, from [`Repaired::text`], into a value that is begun anew: the first
/// reading has filled a part of the old one, and what it noted on the way holds no more. When it
/// gives none, the text is well-formed and the first error stands.
///
/// What becomes of a fault:
///
/// | fault | becomes |
/// | --- | --- |
/// | UTF-16 or UTF-32, with or without a byte order mark | UTF-8 |
/// | bytes that are not UTF-8 | U+FFFD; surrogate pairs and NUL in Java's form the character they mean |
/// | half a surrogate pair, in either order | U+FFFD |
/// | a control character inside a text | its escape |
/// | `\'`, `\x41`, `\u{1f600}` | the character |
/// | `\u12` | U+FFFD |
/// | any other unknown escape | its characters, the backslash included |
/// | `+1`, `.5`, `1.`, `0x1F`, `1_000` | the number |
/// | `NaN`, `Infinity`, `-`, `None`, `undefined` | `null` |
/// | `True`, `FALSE`, `Null` | the literal |
/// | `007`, `1e999`, any other bare word | text, because digits that are no number may be an id |
/// | `{'key': 'value'}`, `{key: 1}` | the same in double quotes, where no other reading is possible |
/// | `[1,]`, `{"a":1,}`, `{"a":1,,"b":2}` | without the comma |
/// | `[1,,2]`, `{"a":}` | `null` in the empty place |
/// | a byte order mark, NUL, odd space or a comment between tokens | nothing |
/// | `)]}',`, `for(;;);`, `callback(`…`);`, words before or after an object or list | nothing |
/// | what is nested deeper than 127 levels | `null` |
///
/// Repeated keys are left alone. It takes linear time and does not recurse.
///
/// # Errors
///
/// [`Broken`] for a text that is cut short, and for one that no rule above decides: two values in a
/// row, a bracket too many, a comma too few, a text without an end, no JSON at all.
pub(crate) fn repair(body: &[u8]) -> Result<Repaired<'_>, Broken> {
    match encoding::transcode(body) {
        None => Scanner::new(body).run(),
        Some(Ok((text, mut mends))) => {
            let repaired = Scanner::new(text.as_bytes()).run()?;
            mends.extend(repaired.mends);
            mends.truncate(LISTED);
            Ok(Repaired {
                text: Cow::Owned(repaired.text.into_owned()),
                mends,
            })
        }
        Some(Err(broken)) => Err(broken),
    }
}

/// Text of any kind, for people: in UTF-16 and UTF-32 too, with U+FFFD for what is ill-formed.
pub(crate) fn decoded(body: &[u8]) -> Cow<'_, str> {
    match encoding::transcode(body) {
        Some(Ok((text, _))) => Cow::Owned(text),
        _ => String::from_utf8_lossy(body),
    }
}

/// One place of a JSON text that was ill-formed and was mended so that the rest could be read.
///
/// It holds nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mend {
    /// The offset of the place in bytes, from 0; for UTF-16 and UTF-32, in the same text as UTF-8.
    pub at: usize,
    /// The fault that was there.
    pub kind: MendKind,
}

crate::serde_struct! { Mend {
    at: usize,
    kind: MendKind,
} }

crate::serde_enum! { MendKind {
    Encoding,
    Bytes,
    HalfPair,
    Escape,
    ControlCharacter,
    Number,
    Word,
    Quotes,
    Comma,
    Missing,
    Foreign,
    TooDeep,
} }

impl fmt::Display for Mend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.at)
    }
}

/// Fault in a JSON text that can be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MendKind {
    /// The text was in UTF-16 or UTF-32, and was read as such.
    Encoding,
    /// Bytes that are not UTF-8. U+FFFD stands in their place, unless it was plain which character
    /// they meant.
    Bytes,
    /// Half a surrogate pair, as a text has that was cut by UTF-16 units. U+FFFD stands in its place.
    HalfPair,
    /// An escape that JSON does not have.
    Escape,
    /// A raw control character inside a text. It was kept.
    ControlCharacter,
    /// A number that JSON does not have. It became the number that it means, text, or null.
    Number,
    /// A bare word. It became the literal that it means, text, or null.
    Word,
    /// A text or key without double quotes.
    Quotes,
    /// A comma too many.
    Comma,
    /// No value where one is due. It became null.
    Missing,
    /// Something that is no part of the JSON, before, after or between its tokens. It was left out.
    Foreign,
    /// An object or list too deep inside of others. It became null.
    TooDeep,
}

impl fmt::Display for MendKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Encoding => "text that is not in UTF-8",
            Self::Bytes => "bytes that are not UTF-8",
            Self::HalfPair => "half a surrogate pair",
            Self::Escape => "an unknown escape",
            Self::ControlCharacter => "a raw control character",
            Self::Number => "a number that is none",
            Self::Word => "a bare word",
            Self::Quotes => "a text without double quotes",
            Self::Comma => "a comma too many",
            Self::Missing => "a missing value",
            Self::Foreign => "something that is not JSON",
            Self::TooDeep => "a value nested too deep",
        })
    }
}

/// Reason why a text cannot be mended, and its place. It holds nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{flaw} at line {line} column {column}")]
pub(crate) struct Broken {
    /// The reason.
    pub(crate) flaw: Flaw,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The byte in the line, from 1; the last one for a text that is cut short, 0 when the line is
    /// empty.
    pub(crate) column: usize,
}

/// Flaw that no mend decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    /// The text ends before the value does.
    #[error("cut short")]
    CutShort,
    /// Something that JSON does not allow there.
    #[error("unexpected text")]
    Unexpected,
}

impl Broken {
    fn new(body: &[u8], at: usize, flaw: Flaw) -> Self {
        let before = body.get(..at).unwrap_or(body);
        let line_start = before.iter().rposition(|byte| *byte == b'\n');
        Self {
            flaw,
            line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
            column: before.len() - line_start.map_or(0, |newline| newline + 1)
                + usize::from(at < body.len()),
        }
    }
}
