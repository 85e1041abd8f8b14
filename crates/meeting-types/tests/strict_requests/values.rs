//! Values that a field can hold and the service does not take.

use meeting_testing::{Filler, RandomChoices};
use meeting_types::{
    Problem,
    schema::{Format, Kind, Model, Place, WireInput},
};

use crate::slots::{self, Slot, single};

/// The most items that a list is filled with to be too long.
const MOST_ITEMS: i64 = 250;

/// The most characters that a text is made of to be too long.
const MOST_CHARS: i64 = 1 << 17;

/// A value that is put in the place of a good one.
pub(crate) struct Fault {
    slot: Slot,
    bad: Bad,
    problem: Problem,
    /// The parameter that must be named.
    pub(crate) path: String,
    /// Whether it is a fault on the wire as well.
    pub(crate) travels: bool,
    /// The fault in words.
    pub(crate) what: String,
}

#[derive(Clone, Debug)]
enum Bad {
    Text(String),
    Int(i64),
    Float(f64),
    /// A list of so many items.
    Items(usize),
    Entry(&'static str, &'static str),
    FileName(&'static str),
}

impl Fault {
    pub(crate) fn put_into(&self, operation: &mut dyn Model, filler: &mut Filler<RandomChoices>) {
        let slot = self.slot.of(operation);
        let format = single(self.slot.field.format);
        let taken = match &self.bad {
            Bad::Text(text) => slot.read(WireInput::Text(text), format),
            Bad::Int(number) => slot.read(WireInput::Int(*number), format),
            Bad::Float(number) => slot.read(WireInput::Float(*number), format),
            Bad::Items(count) => {
                let list = slot.as_list_mut().unwrap();
                while list.len() > *count {
                    list.pop();
                }
                while list.len() < *count {
                    let item = self.slot.field.item().unwrap();
                    filler.slot(list.push_default(), &item);
                }
                true
            }
            Bad::Entry(key, value) => {
                let map = slot.as_map_mut().unwrap();
                map.insert((*key).to_owned(), (*value).to_owned());
                true
            }
            Bad::FileName(name) => {
                let mut file = slot.as_file().unwrap().clone();
                (*name).clone_into(&mut file.file_name);
                *slot.begin_file().unwrap() = file;
                true
            }
        };
        assert!(taken, "{}", self.what);
    }

    pub(crate) fn is_told_as(&self, problem: Problem) -> bool {
        self.problem == problem
    }

    /// Whether a server names this parameter. Joined by commas, the items of a list are one text.
    pub(crate) fn is_at(&self, named: &str) -> bool {
        let is_joined = self.slot.is_item && self.slot.field.format == Format::Comma;
        // The name of a file is a part of its part.
        let is_part = self.slot.place == Place::Part;
        named == self.path
            || is_joined && named == self.slot.list()
            || is_part && named == self.slot.path
    }
}

/// All such faults of an operation, one of them at a time.
pub(crate) fn faults(operation: &dyn Model) -> Vec<Fault> {
    let mut all = Vec::new();
    for slot in slots::of(operation) {
        let bad = match slot.field.kind.revealed() {
            Kind::Text => texts(&slot),
            // Any text is a value; one that no text may be is none.
            Kind::Enum(shape) if shape.is_text => {
                vec![(text("a\u{7}b"), Problem::ControlCharacter)]
            }
            Kind::Int | Kind::Duration => numbers(&slot),
            Kind::Float => floats(&slot),
            Kind::List(_) => lists(&slot),
            Kind::Map => vec![
                (Bad::Entry("key", "a\u{7}b"), Problem::ControlCharacter),
                (Bad::Entry("a\u{7}b", "value"), Problem::ControlCharacter),
            ],
            Kind::File => vec![
                (Bad::FileName(" "), Problem::Blank),
                (Bad::FileName("a\nb"), Problem::ControlCharacter),
            ],
            _ => Vec::new(),
        };
        all.extend(
            bad.into_iter()
                .map(|(bad, problem)| fault(&slot, bad, problem)),
        );
    }
    all
}

fn fault(slot: &Slot, bad: Bad, problem: Problem) -> Fault {
    let dot = |path: &str| if path.is_empty() { "" } else { "." };
    let within = match slot.place {
        Place::WholeBody if slot.json.is_empty() => "",
        _ => &*slot.path,
    };
    let path = match &bad {
        Bad::Entry(key, _) => format!("{within}{}{}", dot(within), key.escape_debug()),
        Bad::FileName(_) => format!("{within}.file_name"),
        _ => slot.path.clone(),
    };
    // Two items joined by a comma are two good items, and of none a query says nothing.
    let is_other = problem == Problem::Comma
        || matches!(bad, Bad::Items(0)) && slot.place == Place::Query && !slot.field.required;
    let shown = format!("{bad:?}");
    let shown: String = shown.chars().take(40).collect();
    Fault {
        what: format!("`{}` with {shown}, so that it has {problem:?}", slot.path),
        slot: slot.clone(),
        bad,
        problem,
        path,
        travels: !is_other,
    }
}

fn text(text: impl Into<String>) -> Bad {
    Bad::Text(text.into())
}

fn times(character: char, count: i64) -> Bad {
    Bad::Text(
        character
            .to_string()
            .repeat(usize::try_from(count).unwrap()),
    )
}

fn texts(slot: &Slot) -> Vec<(Bad, Problem)> {
    let field = &slot.field;
    let mut bad = vec![(text("a\u{7}b"), Problem::ControlCharacter)];
    if !field.multiline {
        bad.push((text("a\nb"), Problem::ControlCharacter));
    }
    let is_outside = matches!(field.place, Place::Query | Place::Header);
    let may_be_blank = field.min == 0 || !is_outside && field.min < 0;
    if field.required || field.place == Place::Path || !may_be_blank {
        bad.push((text(" "), Problem::Blank));
        bad.push((text("\u{3000}"), Problem::Blank));
    }
    if field.max < MOST_CHARS {
        let max = field.max;
        bad.push((times('a', max + 1), Problem::TooLong { max }));
    }
    if field.min > 1 {
        let min = field.min;
        bad.push((times('a', min - 1), Problem::TooShort { min }));
    }
    match field.place {
        Place::Header => {
            bad.push((text("\u{e9}"), Problem::NotAscii));
            bad.push((text(" a"), Problem::OuterSpace));
            bad.push((text("a "), Problem::OuterSpace));
        }
        Place::Path => {
            bad.push((text("."), Problem::DotSegment));
            bad.push((text(".."), Problem::DotSegment));
        }
        _ => {}
    }
    if let Some(allowed) = field.characters {
        // None of the sets has it.
        bad.push((
            times('!', field.min.max(1)),
            Problem::OtherCharacters { allowed },
        ));
    }
    if slot.is_item && field.format == Format::Comma {
        bad.push((text("a,b"), Problem::Comma));
    }
    bad
}

/// Numbers just outside the range, as far as the type of the field holds them.
fn numbers(slot: &Slot) -> Vec<(Bad, Problem)> {
    let field = &slot.field;
    let (min, max) = (field.min, field.max);
    let out = Problem::OutOfRange { min, max };
    let mut bad = Vec::new();
    if field.format == Format::MillisText {
        return bad;
    }
    if max < i64::from(i32::MAX) {
        bad.push((Bad::Int(max + 1), out));
    }
    // Types without a sign hold nothing below zero.
    if min > 0 {
        bad.push((Bad::Int(min - 1), out));
    }
    bad
}

fn floats(slot: &Slot) -> Vec<(Bad, Problem)> {
    let (min, max) = (slot.field.min, slot.field.max);
    let out = Problem::OutOfRange { min, max };
    let mut bad = Vec::new();
    if let Ok(max) = i32::try_from(max) {
        bad.push((Bad::Float(f64::from(max) + 0.5), out));
    }
    if let Ok(min) = i32::try_from(min) {
        bad.push((Bad::Float(f64::from(min) - 0.5), out));
    }
    bad
}

fn lists(slot: &Slot) -> Vec<(Bad, Problem)> {
    let field = &slot.field;
    let (min, max) = (field.min.max(0), field.max);
    let out = Problem::OutOfRange { min, max };
    let mut bad = Vec::new();
    if max < MOST_ITEMS {
        bad.push((Bad::Items(usize::try_from(max + 1).unwrap()), out));
    }
    if min > 1 || min == 1 && field.required {
        let few = usize::try_from(min - 1).unwrap();
        let is_no_text = few == 0 && field.format == Format::Comma;
        bad.push((
            Bad::Items(few),
            if is_no_text { Problem::Blank } else { out },
        ));
    }
    bad
}
