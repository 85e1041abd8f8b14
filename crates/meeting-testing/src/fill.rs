//! Filler of any model by its tables, within the limits that they state.

use base64::{Engine as _, engine::general_purpose::STANDARD};
pub use meeting_types::schema::Place;
use meeting_types::{
    Upload,
    schema::{EnumShape, Field, Format, Kind, List, Model, Value, WireInput, WireValue},
};

/// Keys in which a response says how the call went. Anything but zero makes it a refusal.
const VERDICT: [&str; 4] = ["error_code", "errorCode", "returnCode", "code"];

/// Source of the values that a [`Filler`] fills in.
pub trait Choices {
    /// Whether an optional field is set.
    fn wants(&mut self, field: &Field) -> bool;

    /// The number of items of a list that may have `least` to `most`. With `may_be_empty`, none at
    /// all is a list too.
    fn count(&mut self, least: usize, most: usize, may_be_empty: bool) -> usize;

    /// A text. Bounds and characters are those that the target allows.
    fn text(&mut self, target: &Target<'_>) -> String;

    /// Yes or no.
    fn bool(&mut self) -> bool;

    /// Numbers of which the first that the slot can hold is taken.
    fn numbers(&mut self, field: &Field) -> Vec<i64>;

    /// A number with a fraction.
    fn float(&mut self, field: &Field) -> f64;

    /// Milliseconds since 1970; whole minutes or seconds where the format has no more.
    fn millis(&mut self, format: Format) -> i64;

    /// A date as `yyyy-MM-dd`.
    fn date(&mut self) -> String;
}

/// The place that a text is meant for.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The field that it stands in, or that the items of a list are.
    pub field: &'a Field,
    /// Whether it is the key or the value of a map, or a part of a file, to which the limits of the
    /// field do not apply.
    pub is_part: bool,
}

/// Filler of models with valid values.
#[derive(Debug)]
pub struct Filler<C> {
    choices: C,
}

impl<C: Choices> Filler<C> {
    /// A filler with values from `choices`.
    pub fn new(choices: C) -> Self {
        Self { choices }
    }

    /// The source of its values.
    pub fn choices(&mut self) -> &mut C {
        &mut self.choices
    }

    /// The source of its values, for what comes after filling.
    pub fn into_choices(self) -> C {
        self.choices
    }

    /// Fills all fields of a model.
    ///
    /// # Panics
    ///
    /// When no value fits a field.
    pub fn model(&mut self, model: &mut dyn Model) {
        for (index, field) in model.shape().fields.iter().enumerate() {
            let is_wanted = field.required || self.choices.wants(field);
            let Some(slot) = model.slot_mut(index) else {
                continue;
            };
            slot.clear();
            if is_wanted {
                self.slot(slot, field);
            }
        }
    }

    /// Fills an output: a model, a list, or nothing.
    ///
    /// # Panics
    ///
    /// When no value fits.
    pub fn output(&mut self, output: &mut dyn Value, kind: &Kind) {
        if !matches!(kind, Kind::Nothing) {
            self.slot(output, &Field::whole_body(*kind));
        }
    }

    /// Fills one slot.
    ///
    /// # Panics
    ///
    /// When no value fits.
    pub fn slot(&mut self, slot: &mut dyn Value, field: &Field) {
        let filled = match &field.kind {
            Kind::Object(_) => slot.begin_object().is_some_and(|model| {
                self.model(model);
                true
            }),
            Kind::List(_) => slot.begin_list().is_some_and(|list| {
                self.list(list, field);
                true
            }),
            Kind::Map => {
                let entries = [(); 2].map(|()| (self.part(field), self.part(field)));
                slot.begin_map().is_some_and(|map| {
                    map.extend(entries);
                    true
                })
            }
            Kind::File => {
                // A name has no folders.
                let name = self.part(field).replace(['/', '\\'], "-");
                let content = format!("\u{89}PNG\r\n{}\r\n--", self.part(field));
                slot.begin_file().is_some_and(|file| {
                    *file = Upload::new(name, "image/png; a=b", content);
                    true
                })
            }
            _ => self.scalar(slot, field),
        };
        assert!(filled, "no value fits `{}`", field.name);
    }

    fn list(&mut self, list: &mut dyn List, field: &Field) {
        let least = usize::try_from(field.min).unwrap_or_default();
        let most = usize::try_from(field.max).unwrap_or(usize::MAX);
        // Joined by commas, or in a query, no items are no list.
        let may_be_empty = least == 0
            && field.format != Format::Comma
            && !matches!(field.place, Place::Query | Place::Header);
        let count = self.choices.count(least.max(1), most, may_be_empty);
        let Some(item) = field.item() else {
            return;
        };
        for _ in 0..count {
            self.slot(list.push_default(), &item);
        }
    }

    fn scalar(&mut self, slot: &mut dyn Value, field: &Field) -> bool {
        let format = match field.format {
            Format::Comma => Format::Plain,
            format => format,
        };
        if VERDICT.contains(&field.wire) && field.min <= 1 {
            return slot.read(WireInput::Text("0"), format);
        }
        match field.kind.revealed() {
            Kind::Text | Kind::Enum(EnumShape { is_text: true, .. }) => {
                let mut text = self.choices.text(&Target {
                    field,
                    is_part: false,
                });
                if format == Format::Base64 {
                    text = STANDARD.encode(text);
                }
                slot.read(WireInput::Text(&text), format)
            }
            Kind::Bool => slot.read(WireInput::Bool(self.choices.bool()), format),
            Kind::Float => slot.read(WireInput::Float(self.choices.float(field)), format),
            Kind::Date => slot.read(WireInput::Text(&self.choices.date()), format),
            Kind::Time => {
                let millis = self.choices.millis(format);
                let count = match format {
                    Format::EpochSeconds => millis / 1000,
                    _ => millis,
                };
                slot.read(WireInput::Int(count), format)
            }
            _ => self.number(slot, field, format),
        }
    }

    /// A number within the limits that the slot holds unchanged.
    fn number(&mut self, slot: &mut dyn Value, field: &Field, format: Format) -> bool {
        self.choices.numbers(field).into_iter().any(|number| {
            let within = number.clamp(field.min, field.max);
            slot.read(WireInput::Int(within), format)
                && match slot.write(format) {
                    WireValue::Int(written) => written == within,
                    WireValue::Text(text) => text.parse() == Ok(within),
                    _ => false,
                }
        })
    }

    /// A text inside a field.
    fn part(&mut self, field: &Field) -> String {
        self.choices.text(&Target {
            field,
            is_part: true,
        })
    }
}
