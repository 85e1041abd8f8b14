//! Fills any model by its table, within the limits that the table states.

use meeting_types::Upload;
use meeting_types::schema::{Field, Format, Model, Place, Value, WireInput, WireValue};

use super::Tape;

/// Fills models and lists with valid values.
#[derive(Debug)]
pub(crate) struct Filler {
    tape: Tape,
    secret: Option<&'static str>,
    /// How many secrets were filled in.
    pub(crate) secrets: usize,
}

/// What a slot holds, found out by trying.
enum Kind {
    Text,
    Base64,
    Bool,
    Number,
    Float,
    Instant,
    Date,
}

/// Keys in which a reply says how the call went. Anything but zero makes it a refusal.
const VERDICT: [&str; 4] = ["error_code", "errorCode", "returnCode", "code"];

impl Filler {
    /// Takes values from the tape, and what is set at all. With a `secret`, everything is set, and
    /// that is what all secrets say.
    pub(crate) fn new(tape: Tape, secret: Option<&'static str>) -> Self {
        Self {
            tape,
            secret,
            secrets: 0,
        }
    }

    /// The tape, for what comes after filling.
    pub(crate) fn into_tape(self) -> Tape {
        self.tape
    }

    /// Fills all fields of a model.
    pub(crate) fn model(&mut self, model: &mut dyn Model) {
        for (index, field) in model.shape().fields.iter().enumerate() {
            let is_wanted = field.required || self.secret.is_some() || self.tape.below(3) > 0;
            let slot = model.slot_mut(index);
            slot.clear();
            if is_wanted {
                self.slot(slot, field);
                assert!(slot.is_set(), "{} is not set", field.name);
            }
        }
    }

    /// Fills a reply: a model, a list, or nothing.
    pub(crate) fn reply(&mut self, reply: &mut dyn Value) {
        if let Some(model) = reply.begin_object() {
            return self.model(model);
        }
        if let Some(list) = reply.begin_list() {
            // An item of a list that is a reply is a model or a text.
            for _ in 0..self.tape.below(4) + 1 {
                self.bare_item(list.push_default());
            }
        }
    }

    fn bare_item(&mut self, item: &mut dyn Value) {
        match item.begin_object() {
            Some(model) => self.model(model),
            None => assert!(item.read(WireInput::Text("item"), Format::Plain)),
        }
    }

    fn slot(&mut self, slot: &mut dyn Value, field: &Field) {
        if let Some(model) = slot.begin_object() {
            return self.model(model);
        }
        if slot.upload().is_some() {
            let rules = TextRules::of(field);
            let (name, content) = (self.text(&rules), self.text(&rules));
            if let Some(upload) = slot.upload() {
                *upload = Upload::new(name, "image/png; a=b", content);
            }
            return;
        }
        if let Some(list) = slot.begin_list() {
            // No items at all would be no query.
            let least = usize::try_from(field.min).unwrap_or_default().max(1);
            let most = usize::try_from(field.max).map_or(least + 2, |max| max.min(least + 2));
            let count = least + self.tape.below(most - least + 1);
            // The limits of a list count its items; those of its items stand apart.
            let mut item_field = *field;
            (item_field.min, item_field.max) = (field.item_min, field.item_max);
            for _ in 0..count {
                self.slot(list.push_default(), &item_field);
            }
            return;
        }
        if let Some(map) = slot.begin_map() {
            let rules = TextRules::of(field);
            map.insert(self.text(&rules), self.text(&rules));
            return;
        }
        self.scalar(slot, field);
    }

    fn scalar(&mut self, slot: &mut dyn Value, field: &Field) {
        if VERDICT.contains(&field.wire) && field.min <= 1 {
            assert!(slot.read(WireInput::Text("0"), field.format));
            return;
        }
        let accepted = match kind(slot, field.format) {
            Kind::Text => {
                let is_secret = slot.is_secret();
                self.secrets += usize::from(is_secret);
                let text = match self.secret {
                    Some(mark) if is_secret => pad(mark, field),
                    _ => self.text(&TextRules::of(field)),
                };
                slot.read(WireInput::Text(&text), field.format)
            }
            Kind::Base64 => {
                let text = self.tape.one_of(&["eHg=", "5byg5LiJ", "8J+YgA=="]);
                slot.read(WireInput::Text(text), field.format)
            }
            Kind::Bool => slot.read(WireInput::Bool(self.tape.below(2) == 1), field.format),
            Kind::Date => {
                let date = format!(
                    "{:04}-{:02}-{:02}",
                    1970 + self.tape.below(200),
                    1 + self.tape.below(12),
                    1 + self.tape.below(28)
                );
                slot.read(WireInput::Text(&date), field.format)
            }
            Kind::Instant => {
                // As fine as its spelling: minutes, seconds or milliseconds.
                let step = match field.format {
                    Format::UtcMinute => 60_000,
                    Format::UtcSecond => 1000,
                    _ => 1,
                };
                let millis = i64::from(self.tape.next()) * 1000 / step * step;
                slot.read(WireInput::Int(millis), field.format)
            }
            Kind::Float => {
                let whole = f64::from(self.tape.next() % 1000);
                let part = f64::from(self.tape.next() % 8) / 8.0;
                #[allow(clippy::cast_precision_loss, reason = "such limits are small")]
                let number = (whole + part).clamp(field.min as f64, field.max as f64);
                slot.read(WireInput::Float(number), field.format)
            }
            Kind::Number => self.number(slot, field),
        };
        assert!(accepted, "cannot fill {}", field.name);
    }

    /// A number within the limits, and small enough for the slot.
    fn number(&mut self, slot: &mut dyn Value, field: &Field) -> bool {
        let small = i64::from(self.tape.next()) % 1000;
        let any = match self.tape.below(3) {
            0 => small,
            1 => i64::from(i32::from_ne_bytes(self.tape.next().to_ne_bytes())),
            _ => i64::from(self.tape.next()) << 31,
        };
        // Slots without a sign refuse the second, and narrow ones the first.
        [any, any.saturating_neg(), small]
            .into_iter()
            .any(|number| {
                let within = number.clamp(field.min, field.max);
                // Seconds far outside the calendar are not exact.
                let too_far = field.format == Format::EpochSeconds && within.abs() > 1 << 40;
                !too_far && slot.read(WireInput::Int(within), field.format)
            })
    }

    /// A token or a password in a header.
    pub(crate) fn secret(&mut self) -> String {
        self.secrets += 1;
        match self.secret {
            Some(mark) => mark.to_owned(),
            None => self.text(&TextRules::at(Place::Header)),
        }
    }

    /// An id in the query.
    pub(crate) fn id(&mut self) -> String {
        self.text(&TextRules::at(Place::Query))
    }

    fn text(&mut self, rules: &TextRules) -> String {
        const ANYWHERE: &[char] = &[
            'a', 'Z', '0', '-', '_', '.', '~', '+', '%', '&', '=', '?', '#', '/', '\\', '"', '\'',
            ':', ';', '@', '<', '{', '[', '$', '|',
        ];
        const NOT_IN_HEADERS: &[char] = &['é', '张', '😀', '\u{301}', '\u{feff}', ','];
        if rules.narrow {
            return "a".repeat(rules.least);
        }
        let count = rules.least + self.tape.below(rules.most - rules.least + 1);
        let mut text = String::new();
        for index in 0..count {
            let is_inside = index > 0 && index + 1 < count;
            text.push(match self.tape.below(12) {
                1 if is_inside => ' ',
                2 if is_inside && rules.multiline => '\n',
                3 if is_inside && rules.any_script => '\u{2028}',
                4 if rules.any_script => self.tape.one_of(NOT_IN_HEADERS),
                _ => self.tape.one_of(ANYWHERE),
            });
        }
        if matches!(&*text, "." | "..") {
            text.replace_range(..1, "a");
        }
        text
    }
}

/// What text is valid where it travels.
struct TextRules {
    least: usize,
    most: usize,
    any_script: bool,
    multiline: bool,
    /// Whether only a few characters are allowed. Letters always are.
    narrow: bool,
}

impl TextRules {
    fn at(place: Place) -> Self {
        Self {
            least: 1,
            most: 13,
            any_script: place != Place::Header,
            multiline: false,
            narrow: false,
        }
    }

    fn of(field: &Field) -> Self {
        let least = usize::try_from(field.min).unwrap_or_default().max(1);
        let rules = Self::at(field.place);
        Self {
            least,
            most: usize::try_from(field.max).map_or(least, |max| max.min(least + 12)),
            any_script: rules.any_script && field.format != Format::Comma,
            multiline: field.multiline,
            narrow: field.characters.is_some(),
        }
    }
}

fn kind(slot: &mut dyn Value, format: Format) -> Kind {
    if slot.read(WireInput::Text("x"), format) {
        return Kind::Text;
    }
    if format == Format::Base64 {
        return Kind::Base64;
    }
    if !slot.read(WireInput::Int(7), format) {
        return Kind::Date;
    }
    match slot.write(format) {
        WireValue::Int(7) => Kind::Number,
        WireValue::Text(text) if text == "7" => Kind::Number,
        WireValue::Float(_) => Kind::Float,
        WireValue::Text(text) if text.starts_with("1970") => Kind::Instant,
        _ => Kind::Bool,
    }
}

/// The mark, often enough for the least length.
fn pad(mark: &str, field: &Field) -> String {
    let mut text = mark.to_owned();
    while i64::try_from(text.len()).unwrap_or(i64::MAX) < field.min {
        text.push_str(mark);
    }
    text
}
