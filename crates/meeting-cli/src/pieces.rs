//! Text with secrets in it, which are shown or not.

/// A piece of a text.
#[derive(Clone)]
enum Piece {
    Plain(String),
    Secret {
        /// The variable of a shell that stands for it.
        variable: String,
        /// As it stands in the text; nothing when it is not known.
        text: Option<String>,
    },
}

/// A text with secrets in it. Not printed by `Debug`.
#[derive(Clone, Default)]
pub(crate) struct Pieces(Vec<Piece>);

impl Pieces {
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self(vec![Piece::Plain(text.into())])
    }

    pub(crate) fn push(&mut self, text: &str) {
        if let Some(Piece::Plain(last)) = self.0.last_mut() {
            last.push_str(text);
        } else {
            self.0.push(Piece::Plain(text.to_owned()));
        }
    }

    pub(crate) fn push_secret(&mut self, variable: String, text: Option<String>) {
        self.0.push(Piece::Secret { variable, text });
    }

    /// Adds what another text has.
    pub(crate) fn append(&mut self, other: &Self) {
        for piece in &other.0 {
            match piece {
                Piece::Plain(text) => self.push(text),
                Piece::Secret { variable, text } => {
                    self.push_secret(variable.clone(), text.clone());
                }
            }
        }
    }

    /// The text, secrets shown or masked.
    pub(crate) fn text(&self, show: bool) -> String {
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Plain(text) => text.as_str(),
            Piece::Secret { text, .. } => text.as_deref().filter(|_| show).unwrap_or("***"),
        });
        pieces.collect()
    }

    /// The text as one word of a shell, secrets shown or as variables.
    pub(crate) fn shell_word(&self, show: bool) -> String {
        let mut word = String::new();
        let mut plain = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Plain(text) => plain.push_str(text),
                Piece::Secret {
                    text: Some(text), ..
                } if show => plain.push_str(text),
                Piece::Secret { variable, .. } => {
                    if !plain.is_empty() {
                        word.push_str(&quoted(&plain));
                        plain.clear();
                    }
                    word.push_str(&format!("\"${variable}\""));
                }
            }
        }
        if !plain.is_empty() || word.is_empty() {
            word.push_str(&quoted(&plain));
        }
        word
    }
}

/// A text as one word of a shell.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masks_variables_or_themselves() {
        let mut pieces = Pieces::plain("it's {\"p\":\"");
        pieces.push_secret("MEETING_P".to_owned(), Some("s3'cret".to_owned()));
        pieces.push("\"}");
        assert_eq!(pieces.text(false), "it's {\"p\":\"***\"}");
        assert_eq!(pieces.text(true), "it's {\"p\":\"s3'cret\"}");
        assert_eq!(
            pieces.shell_word(false),
            r#"'it'\''s {"p":"'"$MEETING_P"'"}'"#
        );
        assert_eq!(pieces.shell_word(true), r#"'it'\''s {"p":"s3'\''cret"}'"#);
    }
}
