//! Rules that span the fields of one object, as the spec states them.

#![expect(
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    reason = "hidden, and outside of semantic versioning"
)]

use super::{Field, Model, Place, Problem, Unfit, Value, WireValue};

/// Rule over the fields of an object or an operation.
///
/// Fields are named as on the wire, with dots into objects: `cycleParams.interval`.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// When the rule holds. Always, if that is `None`.
    pub when: Option<Condition>,
    /// What it demands.
    pub demand: Demand,
    /// Who set it.
    pub kind: RuleKind,
    /// The reason, as the end of an error message.
    pub why: &'static str,
}

/// Origin of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// The service refuses what breaks it.
    Service,
    /// The service takes what breaks it, and does something that is seldom meant. Clients refuse to
    /// send it; a server that reads a request lets it pass.
    Guard,
}

/// Condition on one field.
#[derive(Clone, Copy, Debug)]
pub enum Condition {
    /// The field is set.
    Present(&'static str),
    /// The field is not set.
    Absent(&'static str),
    /// The field has one of these values, as texts.
    Is(&'static str, &'static [&'static str]),
}

/// Demand of a rule.
#[derive(Clone, Copy, Debug)]
pub enum Demand {
    /// All of these fields are set.
    Requires(&'static [&'static str]),
    /// None of these fields is set.
    Excludes(&'static [&'static str]),
    /// One or more of these fields are set.
    AtLeastOne(&'static [&'static str]),
    /// One of these fields is set at the most.
    NotTogether(&'static [&'static str]),
    /// One of these fields is set, and no other.
    ExactlyOne(&'static [&'static str]),
    /// A time, date or number is greater than another. Says nothing while one of them is absent.
    After {
        /// The greater one.
        later: &'static str,
        /// The smaller one.
        earlier: &'static str,
        /// Whether both may be the same.
        or_equal: bool,
    },
    /// A number lies in a range, or each item of a list does. Says nothing about an absent field.
    Range {
        /// The number, or the list of numbers.
        field: &'static str,
        /// The least value.
        min: i64,
        /// The greatest value.
        max: i64,
    },
}

impl Rule {
    /// A rule of the service, which always holds.
    #[must_use]
    pub const fn service(demand: Demand, why: &'static str) -> Self {
        Self {
            when: None,
            demand,
            kind: RuleKind::Service,
            why,
        }
    }

    /// A guard of the client, which always holds.
    #[must_use]
    pub const fn guard(demand: Demand, why: &'static str) -> Self {
        Self {
            when: None,
            demand,
            kind: RuleKind::Guard,
            why,
        }
    }

    /// The same, under a condition.
    #[must_use]
    pub const fn when(mut self, when: Condition) -> Self {
        self.when = Some(when);
        self
    }

    /// Checks the rule on an object.
    pub(super) fn check(&self, model: &dyn Model) -> Result<(), Unfit> {
        if !self.when.is_none_or(|condition| condition.holds(model)) {
            return Ok(());
        }
        let why = self.why;
        let fail = |at: &str, problem| Err(Unfit::new(at, problem));
        let is_set = |path: &&&str| find(model, path).is_some();
        let with = self.when.map_or("", |condition| condition.field());
        match self.demand {
            Demand::Requires(paths) => match paths.iter().find(|path| !is_set(path)) {
                Some(path) => fail(path, Problem::Needed { with, why }),
                None => Ok(()),
            },
            Demand::Excludes(paths) => match paths.iter().find(is_set) {
                Some(path) => fail(path, Problem::Excluded { by: with, why }),
                None => Ok(()),
            },
            Demand::AtLeastOne(paths) => at_least_one(model, paths, why),
            Demand::NotTogether(paths) => not_together(model, paths, why),
            Demand::ExactlyOne(paths) => {
                at_least_one(model, paths, why)?;
                not_together(model, paths, why)
            }
            Demand::After {
                later,
                earlier,
                or_equal,
            } => {
                let (Some(greater), Some(smaller)) = (find(model, later), find(model, earlier))
                else {
                    return Ok(());
                };
                let holds = match (greater.order(), smaller.order()) {
                    (Some(greater), Some(smaller)) if or_equal => greater >= smaller,
                    (Some(greater), Some(smaller)) => greater > smaller,
                    _ => true,
                };
                if holds {
                    Ok(())
                } else {
                    fail(
                        later,
                        Problem::NotAfter {
                            other: earlier,
                            why,
                        },
                    )
                }
            }
            Demand::Range { field, min, max } => {
                let Some(found) = find(model, field) else {
                    return Ok(());
                };
                let problem = Problem::OutOfRange { min, max };
                match found.out_of(min, max) {
                    None => Ok(()),
                    Some(None) => fail(field, problem),
                    Some(Some(index)) => fail(&format!("{field}[{index}]"), problem),
                }
            }
        }
    }
}

fn at_least_one(
    model: &dyn Model,
    paths: &'static [&'static str],
    why: &'static str,
) -> Result<(), Unfit> {
    if paths.iter().any(|path| find(model, path).is_some()) {
        return Ok(());
    }
    let first = paths.first().copied().unwrap_or_default();
    let problem = Problem::OneNeeded { of: paths, why };
    Err(Unfit::new(first, problem))
}

fn not_together(
    model: &dyn Model,
    paths: &'static [&'static str],
    why: &'static str,
) -> Result<(), Unfit> {
    let mut set = paths.iter().filter(|path| find(model, path).is_some());
    match (set.next(), set.next()) {
        (Some(by), Some(other)) => Err(Unfit::new(*other, Problem::Excluded { by, why })),
        _ => Ok(()),
    }
}

impl Condition {
    fn field(&self) -> &'static str {
        match self {
            Self::Present(field) | Self::Absent(field) | Self::Is(field, _) => field,
        }
    }

    fn holds(&self, model: &dyn Model) -> bool {
        match self {
            Self::Present(path) => find(model, path).is_some(),
            Self::Absent(path) => find(model, path).is_none(),
            Self::Is(path, values) => find(model, path)
                .and_then(|found| found.slot.write(found.field.format).into_text())
                .is_some_and(|text| values.contains(&&*text)),
        }
    }
}

/// A field that is set.
struct Found<'a> {
    field: &'static Field,
    slot: &'a dyn Value,
}

/// Finds a field that is set. The fields of a body as a whole are found as if they stood beside it.
fn find<'a>(model: &'a dyn Model, path: &str) -> Option<Found<'a>> {
    let (first, rest) = path
        .split_once('.')
        .map_or((path, None), |(a, b)| (a, Some(b)));
    for (field, slot) in model.slots() {
        if field.place == Place::WholeBody {
            let inside = slot.as_object().and_then(|inside| find(inside, path));
            if inside.is_some() {
                return inside;
            }
        } else if field.wire == first && slot.is_set() {
            return match rest {
                None => Some(Found { field, slot }),
                Some(rest) => find(slot.as_object()?, rest),
            };
        }
    }
    None
}

impl Found<'_> {
    /// The value as a number that can be compared with others of its kind.
    fn order(&self) -> Option<i64> {
        match self.slot.write(super::Format::EpochMillis) {
            WireValue::Int(number) => Some(number),
            // A day is written as text, in an order that texts have as well.
            WireValue::Text(text) => {
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                digits.parse().ok()
            }
            _ => None,
        }
    }

    /// Which item lies outside a range; `Some(None)` for a value that is no list.
    fn out_of(&self, min: i64, max: i64) -> Option<Option<usize>> {
        let is_out = |value: WireValue<'_>| match value {
            WireValue::Int(number) => !(min..=max).contains(&number),
            WireValue::Text(text) => text
                .parse()
                .is_ok_and(|number: i64| !(min..=max).contains(&number)),
            _ => false,
        };
        match self.slot.as_list() {
            Some(list) => (0..list.len())
                .find(|index| {
                    let item = list.get(*index);
                    item.is_some_and(|item| is_out(item.write(super::Format::Plain)))
                })
                .map(Some),
            None => is_out(self.slot.write(self.field.format)).then_some(None),
        }
    }
}
