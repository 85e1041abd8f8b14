//! Finds secrets in what a program logged, however they are written there.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

/// A logger that keeps what any library logs, at every level that the program switches on.
#[derive(Debug, Default)]
pub struct Printed(Mutex<Vec<(String, String)>>);

impl Printed {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Keeps a line, with the name of what wrote it.
    pub fn note(&self, target: &str, text: impl Into<String>) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push((target.to_owned(), text.into()));
    }

    /// All lines, each behind the name of what wrote it.
    #[must_use]
    pub fn text(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = lines.iter();
        lines
            .map(|(target, text)| format!("{target} {text}\n"))
            .collect()
    }

    /// Forgets all lines.
    pub fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// Says in which form and by which target `secret` was written, if it was.
    ///
    /// Knows Base64, percent and JSON escapes, the debug form of texts and bytes, hexadecimal
    /// digits, and texts and dumps that are cut into rows, also when one of these is within
    /// another.
    #[must_use]
    pub fn find(&self, secret: &str) -> Option<String> {
        self.find_but_by(secret, |_| false)
    }

    /// As [`find`](Self::find), without what the targets wrote for which `left_out` is true.
    #[must_use]
    pub fn find_but_by(&self, secret: &str, left_out: impl Fn(&str) -> bool) -> Option<String> {
        let forms = forms(secret);
        for (target, views) in self.views() {
            if left_out(&target) {
                continue;
            }
            for (view, bytes) in views {
                let found = forms.iter().find(|(_, form)| contains(&bytes, form));
                if let Some((form, _)) = found {
                    return Some(format!("{form}, in {view} of {target:?}"));
                }
            }
        }
        None
    }

    /// What each target wrote, put together in several ways.
    fn views(&self) -> BTreeMap<String, [(&'static str, Vec<u8>); 4]> {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut views = BTreeMap::new();
        for (target, text) in lines.iter() {
            let [whole, glued, dump, list] = views.entry(target.clone()).or_insert_with(|| {
                ["a line", "lines put together", "a dump", "a list of bytes"]
                    .map(|name| (name, Vec::new()))
            });
            whole.1.extend_from_slice(text.as_bytes());
            whole.1.push(b'\n');
            glued.1.extend_from_slice(text.as_bytes());
            dump.1.extend(dumped(text));
            list.1.extend(listed(text));
        }
        views
    }
}

fn contains(bytes: &[u8], form: &[u8]) -> bool {
    bytes.windows(form.len()).any(|window| window == form)
}

/// The forms in which a secret may be written, by name.
fn forms(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = secret.as_bytes();
    let json: String = secret
        .chars()
        .map(|c| match c {
            '"' | '\\' | '/' => format!("\\{c}"),
            c if c.is_ascii_graphic() => c.to_string(),
            c => format!("\\u{:04x}", u32::from(c)),
        })
        .collect();
    let percent = |upper: bool| -> String {
        bytes
            .iter()
            .map(|&byte| match byte {
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(byte).to_string(),
                byte if upper => format!("%{byte:02X}"),
                byte => format!("%{byte:02x}"),
            })
            .collect()
    };
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![
        ("as it is", secret.to_owned()),
        ("as JSON", json),
        ("in debug form", secret.escape_debug().to_string()),
        ("in debug form of bytes", bytes.escape_ascii().to_string()),
        ("with percent escapes", percent(true)),
        ("with percent escapes", percent(false)),
        ("in hexadecimal digits", hex.to_ascii_uppercase()),
        ("in hexadecimal digits", hex),
    ];
    // The text before it decides how the bits fall.
    for before in 0..3 {
        let text = [&[0; 3][..before], bytes].concat();
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&text);
            // Digits that hold a bit of what stands before or behind it are left out.
            let (first, last) = ((before * 8).div_ceil(6), text.len() * 8 / 6);
            forms.push(("in Base64", encoded[first..last].to_owned()));
        }
    }
    let forms = forms.into_iter();
    forms
        .map(|(name, form)| (name, form.into_bytes()))
        .filter(|(_, form)| !form.is_empty())
        .collect()
}

/// The bytes that a row of a dump shows: words of hexadecimal digits, from the start of the line.
fn dumped(line: &str) -> Vec<u8> {
    let words = line.split_ascii_whitespace();
    // An offset may stand in front of them.
    let words = words.skip_while(|word| word.ends_with(':'));
    let mut bytes = Vec::new();
    for word in words {
        let word = word.trim_end_matches('-');
        let digits = word.len().is_multiple_of(2) && word.bytes().all(|b| b.is_ascii_hexdigit());
        if !digits {
            break;
        }
        let pairs = (0..word.len()).step_by(2);
        bytes.extend(pairs.filter_map(|at| u8::from_str_radix(&word[at..at + 2], 16).ok()));
    }
    // The last word of a row may be the text column, in letters that are digits too.
    bytes.truncate(16);
    bytes
}

/// The bytes that lists such as `[104, 105]` show.
fn listed(line: &str) -> Vec<u8> {
    let numbers = line.split(|c: char| !c.is_ascii_digit() && c != ' ' && c != ',');
    numbers
        .filter(|list| list.contains(','))
        .flat_map(|list| list.split(','))
        .filter_map(|number| number.trim().parse().ok())
        .collect()
}

impl log::Log for Printed {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            let text = format!("{} {}", record.level(), record.args());
            // Rows are put together without what stands before them.
            let text = if record.level() == log::Level::Trace {
                record.args().to_string()
            } else {
                text
            };
            self.note(record.target(), text);
        }
    }

    fn flush(&self) {}
}
