//! Rules that span fields, as the tables state them.

use super::{imports::Imports, layout};
use crate::codegen::{
    api::{Bounds, Demand, FieldPath, Rule, Test},
    spec::RuleKind,
};

/// The rules behind the rows of a table; nothing where there are none.
pub(super) fn write(out: &mut String, rules: &[Rule], imports: &mut Imports<'_>) {
    if rules.is_empty() {
        return;
    }
    imports.add("crate::schema", "Demand");
    imports.add("crate::schema", "Rule");
    out.push_str(" rules &[\n");
    for rule in rules {
        let maker = match rule.kind {
            RuleKind::Service => "service",
            RuleKind::Guard => "guard",
        };
        let demand = demand(&rule.demand);
        out.push_str(&format!(
            "    Rule::{maker}(\n        Demand::{demand},\n        {},\n    )",
            literal(&rule.why)
        ));
        if let Some(when) = &rule.when {
            imports.add("crate::schema", "Condition");
            let field = &when.field.wire;
            let condition = match &when.test {
                Test::Present => format!("Present({field:?})"),
                Test::Absent => format!("Absent({field:?})"),
                Test::Is(values) => {
                    let values: Vec<String> = values.iter().map(|value| value.text()).collect();
                    format!("Is({field:?}, &{values:?})")
                }
            };
            out.push_str(&format!("\n    .when(Condition::{condition})"));
        }
        out.push_str(",\n");
    }
    out.push(']');
}

fn demand(demand: &Demand) -> String {
    match demand {
        Demand::Requires(fields) => format!("Requires({})", paths(fields)),
        Demand::Excludes(fields) => format!("Excludes({})", paths(fields)),
        Demand::AtLeastOne(fields) => format!("AtLeastOne({})", paths(fields)),
        Demand::NotTogether(fields) => format!("NotTogether({})", paths(fields)),
        Demand::ExactlyOne(fields) => format!("ExactlyOne({})", paths(fields)),
        Demand::After {
            later,
            than,
            or_equal,
        } => format!(
            "After {{ later: {:?}, earlier: {:?}, or_equal: {or_equal} }}",
            later.wire, than.wire
        ),
        Demand::Range { field, bounds } | Demand::Items { field, bounds } => {
            let Bounds { min, max } = bounds;
            let min = min.map_or("i64::MIN".to_owned(), |min| min.to_string());
            let max = max.map_or("i64::MAX".to_owned(), |max| max.to_string());
            format!(
                "Range {{ field: {:?}, min: {min}, max: {max} }}",
                field.wire
            )
        }
    }
}

/// A text as a literal, wrapped where it is longer than a line.
fn literal(text: &str) -> String {
    let width = layout::WIDTH - 12;
    let mut lines = vec![String::new()];
    for word in format!("{text:?}").split(' ') {
        let last = lines.len() - 1;
        if lines[last].chars().count() + word.chars().count() > width {
            lines[last].push_str("\\\n         ");
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(word);
            line.push(' ');
        }
    }
    lines.concat().trim_end().to_owned()
}

fn paths(fields: &[FieldPath]) -> String {
    let paths: Vec<&str> = fields.iter().map(|field| field.wire.as_str()).collect();
    format!("&{paths:?}")
}
