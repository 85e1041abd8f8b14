//! Rules between fields that are broken.

use meeting_testing::{Filler, RandomChoices, change};
use meeting_types::schema::{
    Condition, Demand, Field, Kind, Model, Place, Rule, RuleKind, Value, WireInput,
};

use crate::slots;

/// A rule that is broken, on the operation or on an object inside.
pub(crate) struct Fault {
    rule: &'static Rule,
    /// Which of its fields or bounds is broken.
    nth: usize,
    /// The path of the object, with a dot behind it.
    within: String,
    /// The fields that the rules of the object are about.
    fields: Vec<String>,
    /// The rule in words.
    pub(crate) what: String,
}

/// A fault for each rule of the service on an object that is there.
pub(crate) fn faults(operation: &dyn Model) -> Vec<Fault> {
    let mut all = of(operation, "");
    for slot in slots::of(operation) {
        let Kind::Object(_) = slot.field.kind else {
            continue;
        };
        let within = match slot.place {
            Place::WholeBody if slot.json.is_empty() => String::new(),
            _ => format!("{}.", slot.path),
        };
        all.extend(of(slot.look_at(operation).as_object().unwrap(), &within));
    }
    all
}

fn of(model: &dyn Model, within: &str) -> Vec<Fault> {
    let rules = model.shape().rules;
    let fields = rules.iter().flat_map(|rule| {
        let when = rule.when.map(|condition| match condition {
            Condition::Present(field) | Condition::Absent(field) | Condition::Is(field, _) => field,
        });
        demanded(&rule.demand).into_iter().chain(when)
    });
    let fields: Vec<String> = fields.map(|field| format!("{within}{field}")).collect();
    rules
        .iter()
        .filter(|rule| rule.kind == RuleKind::Service)
        .flat_map(|rule| {
            let ways = match rule.demand {
                Demand::Requires(fields) | Demand::Excludes(fields) => fields.len(),
                Demand::Range { .. } => 2,
                _ => 1,
            };
            (0..ways).map(move |nth| (rule, nth))
        })
        .map(|(rule, nth)| Fault {
            rule,
            nth,
            within: within.to_owned(),
            fields: fields.clone(),
            what: format!("{within}{:?}, {:?}", rule.demand, rule.when),
        })
        .collect()
}

fn demanded(demand: &Demand) -> Vec<&'static str> {
    match *demand {
        Demand::Requires(fields)
        | Demand::Excludes(fields)
        | Demand::AtLeastOne(fields)
        | Demand::NotTogether(fields)
        | Demand::ExactlyOne(fields) => fields.to_vec(),
        Demand::After { later, earlier, .. } => vec![later, earlier],
        Demand::Range { field, .. } => vec![field],
    }
}

/// The slot at a path, if it holds something.
fn find<'a>(model: &'a dyn Model, path: &str) -> Option<&'a dyn Value> {
    let (step, rest) = path
        .split_once('.')
        .map_or((path, None), |(a, b)| (a, Some(b)));
    let (name, index) = match step.split_once('[') {
        Some((name, index)) => (
            name,
            Some(index.trim_end_matches(']').parse::<usize>().unwrap()),
        ),
        None => (step, None),
    };
    let beside = model.slots().find(|(field, slot)| {
        field.wire == name && field.place != Place::WholeBody && slot.is_set()
    });
    let mut slot = match beside {
        Some((_, slot)) => slot,
        None if name.is_empty() => whole_body(model)?,
        None => return find(whole_body(model)?.as_object()?, path),
    };
    if let Some(index) = index {
        slot = slot.as_list()?.get(index)?;
    }
    match rest {
        None => Some(slot),
        Some(rest) => find(slot.as_object()?, rest),
    }
}

fn whole_body(model: &dyn Model) -> Option<&dyn Value> {
    let mut slots = model.slots();
    slots
        .find(|(field, _)| field.place == Place::WholeBody)
        .map(|(_, slot)| slot)
}

impl Fault {
    /// Makes the condition of the rule hold, and breaks it.
    pub(crate) fn put_into(&self, operation: &mut dyn Model, filler: &mut Filler<RandomChoices>) {
        let at = |field: &str| format!("{}{field}", self.within);
        let mut fill = |operation: &mut dyn Model, field: &str| {
            change(operation, &at(field), &mut |slot, field| {
                filler.slot(slot, field)
            });
        };
        let clear = |operation: &mut dyn Model, field: &str| {
            if find(operation, &at(field)).is_some() {
                change(operation, &at(field), &mut |slot, _| slot.clear());
            }
            assert!(find(operation, &at(field)).is_none(), "{}", self.what);
        };
        match self.rule.when {
            Some(Condition::Present(field)) => fill(operation, field),
            Some(Condition::Absent(field)) => clear(operation, field),
            Some(Condition::Is(field, values)) => {
                change(operation, &at(field), &mut |slot, field| {
                    assert!(slot.read(WireInput::Text(values[0]), field.format));
                });
            }
            None => {}
        }
        match self.rule.demand {
            Demand::Requires(fields) => clear(operation, fields[self.nth]),
            Demand::Excludes(fields) => fill(operation, fields[self.nth]),
            Demand::AtLeastOne(fields) => fields.iter().for_each(|field| clear(operation, field)),
            Demand::NotTogether(fields) | Demand::ExactlyOne(fields) => {
                fill(operation, fields[0]);
                fill(operation, fields[1]);
            }
            Demand::After { later, earlier, .. } => {
                fill(operation, earlier);
                fill(operation, later);
                change(operation, &at(later), &mut earliest);
                change(operation, &at(earlier), &mut latest);
            }
            Demand::Range { field, min, max } => {
                fill(operation, field);
                let slot = find(operation, &at(field)).unwrap();
                let item = if slot.as_list().is_some() { "[0]" } else { "" };
                let outside = [max.saturating_add(1), min.saturating_sub(1)][self.nth];
                change(
                    operation,
                    &at(&format!("{field}{item}")),
                    &mut |slot, field| {
                        // A type without a sign holds nothing below zero.
                        if !slot.read(WireInput::Int(outside), field.format) {
                            assert!(slot.read(WireInput::Int(max + 1), field.format));
                        }
                    },
                );
            }
        }
    }

    /// Whether the parameter that is named is one that the rules are about. One change can break two
    /// of them.
    pub(crate) fn is_at(&self, named: &str) -> bool {
        let is_item_of = |field: &String| {
            named
                .strip_prefix(&**field)
                .is_some_and(|rest| rest.starts_with('['))
        };
        self.fields
            .iter()
            .any(|field| field == named || is_item_of(field))
    }
}

fn earliest(slot: &mut dyn Value, field: &Field) {
    let taken = match field.kind {
        Kind::Date => slot.read(WireInput::Text("1970-01-01"), field.format),
        _ => slot.read(WireInput::Int(field.min.max(0)), field.format),
    };
    assert!(taken, "{}", field.name);
}

fn latest(slot: &mut dyn Value, field: &Field) {
    let taken = match field.kind {
        Kind::Date => slot.read(WireInput::Text("2100-01-01"), field.format),
        _ => slot.read(WireInput::Int(4_000_000_000.min(field.max)), field.format),
    };
    assert!(taken, "{}", field.name);
}
