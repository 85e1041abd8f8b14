//! Character sets of texts that the service takes no other characters in.

/// Character set of a text.
///
/// A text without one takes any characters that its place allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Characters {
    /// ASCII letters, digits and `_`.
    Word,
    /// ASCII letters, digits, `_` and `-`.
    Code,
    /// ASCII letters, digits and `_ . @ -`, but not digits alone.
    Account,
    /// Chinese characters from U+4E00 to U+9FA5, ASCII letters, digits, spaces and `- _ ( ) .`.
    Name,
}

impl Characters {
    /// Whether a text consists of these characters. An empty one does: its length is another matter.
    pub(crate) fn allow(self, text: &str) -> bool {
        let is_one = |c: char| match self {
            Self::Word => c.is_ascii_alphanumeric() || c == '_',
            Self::Code => c.is_ascii_alphanumeric() || matches!(c, '_' | '-'),
            Self::Account => c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '@' | '-'),
            Self::Name => {
                c.is_ascii_alphanumeric()
                    || matches!(
                        c,
                        '-' | '_' | '(' | ')' | '.' | ' ' | '\u{4e00}'..='\u{9fa5}'
                    )
            }
        };
        let is_number = || text.bytes().all(|byte| byte.is_ascii_digit());
        let not_enough = self == Self::Account && !text.is_empty() && is_number();
        text.chars().all(is_one) && !not_enough
    }

    /// The set in words, for messages.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::Word => "ASCII letters, digits and `_`",
            Self::Code => "ASCII letters, digits, `_` and `-`",
            Self::Account => "ASCII letters, digits and `_ . @ -`, and not digits alone",
            Self::Name => "Chinese characters, ASCII letters, digits, spaces and `- _ ( ) .`",
        }
    }
}
