//! Values for any operation, in several styles.

use std::fmt;

use meeting_testing::{Choices, Target};
use meeting_types::schema::{Field, Format, Place};

/// Texts that are easily spoilt on the way. Each text field has each of them once.
const AWKWARD: &[&str] = &[
    "two words",
    " outside ",
    "a+b",
    "+",
    "a/b//c/",
    "100%",
    "%41%2B%zz",
    "a&b=c&d",
    "who?what#where",
    "会议室",
    "😀 👩‍🚀",
    "é e\u{301} \u{feff}x",
    "\"double\" 'single' `back`",
    r"C:\new\table\",
    "a,b;c:d@e",
    "<a href>{b}[c]|d^e",
    "~-._!$*()",
    "null",
    "a\u{2028}b\u{a0}c",
    "0012",
];

/// Longer texts show nothing that this many characters do not.
const LONG: usize = 700;

/// How many sets leave out some of what is optional.
const MIXED: u64 = 6;

/// What the values of a set are like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Style {
    /// Everything, each value another.
    All,
    /// No more than must be.
    Required,
    /// The least numbers, the shortest texts and lists, no.
    Least,
    /// The greatest numbers, the longest texts and lists, yes.
    Greatest,
    /// Everything, but all lists that may be empty are.
    EmptyLists,
    /// Everything, with these awkward texts.
    Awkward(usize),
    /// A part of what is optional, by chance, but always the same one.
    Mixed(u64),
}

impl Style {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let plain = [
            Self::All,
            Self::Required,
            Self::Least,
            Self::Greatest,
            Self::EmptyLists,
        ];
        let awkward = (0..AWKWARD.len()).map(Self::Awkward);
        plain
            .into_iter()
            .chain(awkward)
            .chain((0..MIXED).map(Self::Mixed))
    }
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Required => f.write_str("required"),
            Self::Least => f.write_str("least"),
            Self::Greatest => f.write_str("greatest"),
            Self::EmptyLists => f.write_str("empty lists"),
            Self::Awkward(index) => write!(f, "awkward {index}"),
            Self::Mixed(seed) => write!(f, "mixed {seed}"),
        }
    }
}

/// Values of one style.
pub(crate) struct StyleChoices<'a> {
    style: Style,
    /// Texts of which the official SDK takes digits only, by wire name.
    digits: &'a [&'a str],
    chance: fastrand::Rng,
    /// How many values were filled in: the next one is made to differ from those before it.
    count: usize,
    /// Whether the set has something that is special to its style.
    special: bool,
}

impl<'a> StyleChoices<'a> {
    pub(crate) fn new(style: Style, digits: &'a [&'a str]) -> Self {
        let seed = match style {
            Style::Mixed(seed) => seed,
            _ => 0,
        };
        Self {
            style,
            digits,
            chance: fastrand::Rng::with_seed(seed),
            count: 0,
            special: !matches!(
                style,
                Style::EmptyLists | Style::Awkward(_) | Style::Mixed(_)
            ),
        }
    }

    /// Whether this style makes other arguments than [`Style::All`] does.
    pub(crate) fn made_a_difference(&self) -> bool {
        self.special
    }

    /// A text that a header can carry, such as a token.
    pub(crate) fn header_text(&mut self) -> String {
        let text = self.raw_text();
        as_header(&text)
    }

    fn raw_text(&mut self) -> String {
        self.count += 1;
        match self.style {
            Style::Awkward(index) => {
                self.special = true;
                AWKWARD[(index + self.count) % AWKWARD.len()].to_owned()
            }
            Style::Least => "x".to_owned(),
            Style::Greatest => "long ".repeat(LONG / 5) + "x",
            _ => format!("text{}", self.count),
        }
    }
}

impl Choices for StyleChoices<'_> {
    fn wants(&mut self, _: &Field) -> bool {
        match self.style {
            Style::Required => false,
            Style::Mixed(_) => {
                self.special = true;
                self.chance.bool()
            }
            _ => true,
        }
    }

    fn count(&mut self, least: usize, most: usize, may_be_empty: bool) -> usize {
        match self.style {
            Style::EmptyLists if may_be_empty => {
                self.special = true;
                0
            }
            Style::Least => least,
            _ => most.min(least + 2),
        }
    }

    fn text(&mut self, target: &Target<'_>) -> String {
        let field = target.field;
        if self.digits.contains(&field.wire) {
            self.count += 1;
            return (self.count % 2).to_string();
        }
        let mut text = self.raw_text();
        match field.place {
            Place::Header => text = as_header(&text),
            _ if field.format == Format::Comma => text = text.replace(',', "-"),
            _ => {}
        }
        if field.characters.is_some() {
            // Letters are in every set of characters, and digits alone are not.
            text = text.replace(|c: char| !c.is_ascii_alphabetic(), "c");
        }
        if field.multiline && matches!(self.style, Style::Awkward(_)) {
            text.push_str("\r\n\tnext");
        }
        if field.place == Place::Part {
            // Of the length of a file's name.
            return text.chars().take(60).collect();
        }
        if !target.is_part {
            let least = usize::try_from(field.min).unwrap_or_default();
            let most = usize::try_from(field.max).unwrap_or_default();
            let missing = least.saturating_sub(text.chars().count());
            text.extend(std::iter::repeat_n('y', missing));
            text = text.chars().take(most).collect();
        }
        if field.place == Place::Header {
            text = as_header(&text);
        }
        // What is cut may be blank, and that is no text.
        if text.trim().is_empty() {
            text = "z".repeat(text.chars().count().max(1));
        }
        text
    }

    fn bool(&mut self) -> bool {
        self.count += 1;
        match self.style {
            Style::Least => false,
            Style::Greatest => true,
            Style::Mixed(_) => self.chance.bool(),
            _ => self.count.is_multiple_of(2),
        }
    }

    fn numbers(&mut self, _: &Field) -> Vec<i64> {
        self.count += 1;
        let wide = [i64::from(u32::MAX), i64::from(i32::MAX), 0x7fff, 0xff, 0x7f];
        match self.style {
            Style::Least => [i64::MIN, i64::from(i32::MIN), -0x8000, -0x80, 0, 1].to_vec(),
            // 2^53 is where a float begins to lose digits.
            Style::Greatest => [&[i64::MAX, 1 << 53][..], &wide].concat(),
            _ => vec![
                i64::from(self.chance.u16(..)) + 1,
                self.chance.i64(1..60),
                1,
                0,
            ],
        }
    }

    fn float(&mut self, field: &Field) -> f64 {
        self.count += 1;
        #[allow(clippy::cast_precision_loss, reason = "such limits are small")]
        let (least, greatest) = (field.min as f64, field.max as f64);
        let number = match self.style {
            Style::Least => -1e6,
            Style::Greatest => 1e15,
            // Eighths are exact.
            _ => f64::from(self.chance.u16(..)) / 8.0,
        };
        number.clamp(least, greatest)
    }

    fn millis(&mut self, _: Format) -> i64 {
        self.count += 1;
        let minutes = match self.style {
            Style::Least => 0,
            // The end of the year 9999.
            Style::Greatest => 4_223_371_679,
            _ => 26_000_000 + self.chance.i64(0..10_000_000),
        };
        minutes * 60_000
    }

    fn date(&mut self) -> String {
        self.count += 1;
        match self.style {
            Style::Least => "0001-01-01".to_owned(),
            Style::Greatest => "9999-12-31".to_owned(),
            _ => format!("2026-02-{:02}", 1 + self.count % 28),
        }
    }
}

/// The ASCII of a text, without outer spaces, which a header cannot carry.
fn as_header(text: &str) -> String {
    let ascii: String = text.chars().filter(char::is_ascii).collect();
    let trimmed = ascii.trim();
    if trimmed.is_empty() { "h" } else { trimmed }.to_owned()
}
