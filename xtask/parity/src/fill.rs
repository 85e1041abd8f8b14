//! Fills any operation by its table, within the limits that the table states.

use std::fmt;

use anyhow::{Result, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use meeting_types::{
    Upload,
    schema::{Field, Format, Model, Place, Value, WireInput, WireValue},
};

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

/// Fills models and lists with valid values.
pub(crate) struct Filler<'a> {
    style: Style,
    /// Texts of which the official SDK takes digits only, by wire name.
    digits: &'a [&'a str],
    chance: fastrand::Rng,
    /// How many values were filled in: the next one is made to differ from those before it.
    count: usize,
    /// Whether the set has something that is special to its style.
    special: bool,
}

/// What a slot holds, found out by trying.
enum Holds {
    Text,
    Bool,
    Number,
    Float,
    Instant,
    Date,
}

impl<'a> Filler<'a> {
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

    /// Fills all fields of a model.
    pub(crate) fn model(&mut self, model: &mut dyn Model) -> Result<()> {
        for (index, field) in model.shape().fields.iter().enumerate() {
            let slot = model.slot_mut(index);
            slot.clear();
            let is_wanted = field.required
                || match self.style {
                    Style::Required => false,
                    Style::Mixed(_) => {
                        self.special = true;
                        self.chance.bool()
                    }
                    _ => true,
                };
            if is_wanted {
                self.slot(slot, field)?;
            }
        }
        Ok(())
    }

    fn slot(&mut self, slot: &mut dyn Value, field: &Field) -> Result<()> {
        if let Some(model) = slot.begin_object() {
            return self.model(model);
        }
        if slot.upload().is_some() {
            // A name has no folders: the official SDK cuts them off.
            let name = self.text(field, false).replace(['/', '\\'], "-");
            let content = self.text(field, false);
            if let Some(upload) = slot.upload() {
                *upload = Upload::new(name, "image/png", format!("\u{89}PNG\r\n{content}\r\n--"));
            }
            return Ok(());
        }
        if let Some(list) = slot.begin_list() {
            let least = usize::try_from(field.min).unwrap_or_default();
            let most = usize::try_from(field.max).unwrap_or_default();
            let can_be_empty = least == 0 && field.format != Format::Comma;
            let count = match self.style {
                Style::EmptyLists if can_be_empty => {
                    self.special = true;
                    return Ok(());
                }
                Style::Least => least.max(1),
                _ => most.min(least.max(1) + 2),
            };
            let mut item_field = *field;
            (item_field.min, item_field.max) = (field.item_min, field.item_max);
            item_field.required = true;
            for _ in 0..count {
                self.slot(list.push_default(), &item_field)?;
            }
            return Ok(());
        }
        if slot.begin_map().is_some() {
            let entries = [(); 2].map(|()| (self.text(field, true), self.text(field, true)));
            if let Some(map) = slot.begin_map() {
                map.extend(entries);
            }
            return Ok(());
        }
        ensure!(self.scalar(slot, field), "no value fits {}", field.name);
        Ok(())
    }

    fn scalar(&mut self, slot: &mut dyn Value, field: &Field) -> bool {
        self.count += 1;
        let format = field.format;
        match holds(slot, format) {
            Holds::Text if self.digits.contains(&field.wire) => {
                let text = (self.count % 2).to_string();
                slot.read(WireInput::Text(&text), format)
            }
            Holds::Text => {
                let mut text = self.text(field, false);
                if format == Format::Base64 {
                    text = STANDARD.encode(text);
                }
                slot.read(WireInput::Text(&text), format)
            }
            Holds::Bool => {
                let value = match self.style {
                    Style::Least => false,
                    Style::Greatest => true,
                    Style::Mixed(_) => self.chance.bool(),
                    _ => self.count.is_multiple_of(2),
                };
                slot.read(WireInput::Bool(value), format)
            }
            Holds::Number => self.number(slot, field),
            Holds::Float => {
                #[allow(clippy::cast_precision_loss, reason = "such limits are small")]
                let (least, greatest) = (field.min as f64, field.max as f64);
                let number = match self.style {
                    Style::Least => -1e6,
                    Style::Greatest => 1e15,
                    // Eighths are exact.
                    _ => f64::from(self.chance.u16(..)) / 8.0,
                };
                slot.read(WireInput::Float(number.clamp(least, greatest)), format)
            }
            Holds::Instant => {
                let minutes = match self.style {
                    Style::Least => 0,
                    // The end of the year 9999.
                    Style::Greatest => 4_223_371_679,
                    _ => 26_000_000 + self.chance.i64(0..10_000_000),
                };
                let unit = match format {
                    Format::EpochSeconds => 60,
                    _ => 60_000,
                };
                let number = (minutes * unit).clamp(field.min, field.max);
                slot.read(WireInput::Int(number), format)
            }
            Holds::Date => {
                let text = match self.style {
                    Style::Least => "0001-01-01".to_owned(),
                    Style::Greatest => "9999-12-31".to_owned(),
                    _ => format!("2026-02-{:02}", 1 + self.count % 28),
                };
                slot.read(WireInput::Text(&text), format)
            }
        }
    }

    /// A number within the limits which the slot holds unchanged.
    fn number(&mut self, slot: &mut dyn Value, field: &Field) -> bool {
        let wide = [i64::from(u32::MAX), i64::from(i32::MAX), 0x7fff, 0xff, 0x7f];
        let candidates: Vec<i64> = match self.style {
            Style::Least => [i64::MIN, i64::from(i32::MIN), -0x8000, -0x80, 0, 1].to_vec(),
            // 2^53 is where a float begins to lose digits.
            Style::Greatest => [&[i64::MAX, 1 << 53][..], &wide].concat(),
            _ => vec![
                i64::from(self.chance.u16(..)) + 1,
                self.chance.i64(1..60),
                1,
                0,
            ],
        };
        candidates.into_iter().any(|number| {
            let within = number.clamp(field.min, field.max);
            slot.read(WireInput::Int(within), field.format)
                && match slot.write(field.format) {
                    WireValue::Int(written) => written == within,
                    WireValue::Text(text) => text.parse() == Ok(within),
                    _ => false,
                }
        })
    }

    /// What a header can carry, such as a token.
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

    /// A text of a field or, with `part`, of something inside it.
    fn text(&mut self, field: &Field, part: bool) -> String {
        let mut text = self.raw_text();
        match field.place {
            Place::Header => text = as_header(&text),
            _ if field.format == Format::Comma => text = text.replace(',', "-"),
            _ => {}
        }
        if field.characters.is_some() {
            // Letters are in every set of characters.
            text = text.replace(|c: char| !c.is_ascii_alphanumeric(), "c");
        }
        if field.multiline && matches!(self.style, Style::Awkward(_)) {
            text.push_str("\r\n\tnext");
        }
        if field.place == Place::Part {
            // Of the length of a file's name.
            return text.chars().take(60).collect();
        }
        if !part {
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
}

/// The ASCII of a text, without outer spaces, which a header cannot carry.
fn as_header(text: &str) -> String {
    let ascii: String = text.chars().filter(char::is_ascii).collect();
    let trimmed = ascii.trim();
    if trimmed.is_empty() { "h" } else { trimmed }.to_owned()
}

fn holds(slot: &mut dyn Value, format: Format) -> Holds {
    // `eHg=` is Base64, and neither a number nor yes or no.
    if slot.read(WireInput::Text("eHg="), format) {
        return Holds::Text;
    }
    if !slot.read(WireInput::Int(7), format) {
        return Holds::Date;
    }
    match slot.write(format) {
        WireValue::Int(7) => instant_or_number(format),
        WireValue::Text(text) if text == "7" => instant_or_number(format),
        WireValue::Float(_) => Holds::Float,
        WireValue::Text(text) if text.starts_with("1970") => Holds::Instant,
        _ => Holds::Bool,
    }
}

/// Times that are spelt as numbers are times all the same: no number will do for them.
fn instant_or_number(format: Format) -> Holds {
    match format {
        Format::EpochMillis | Format::EpochMillisText | Format::EpochSeconds => Holds::Instant,
        _ => Holds::Number,
    }
}
