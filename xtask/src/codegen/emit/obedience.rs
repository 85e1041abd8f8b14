//! Makes an example obey the rules that span fields, by giving it what they demand.

use super::{catalog::Catalog, plausible};
use crate::codegen::{
    api::{Condition, Demand, Field, FieldPath, Rule, Test, Type},
    example::Example,
    spec::Scalar,
};

/// The values of a struct: by wire name, or by Rust name for the parameters of an operation.
pub(super) type Values = Vec<(String, Example)>;

/// The struct whose rules are obeyed.
pub(super) struct Subject<'a> {
    pub(super) catalog: &'a Catalog<'a>,
    pub(super) name: &'a str,
    pub(super) fields: &'a [Field],
    /// Name by which the value of a field is found.
    pub(super) key: fn(&Field) -> &str,
}

impl Subject<'_> {
    /// Adds what the rules demand. What they exclude is not there: nothing optional is set that no
    /// rule, no author and no need asks for.
    pub(super) fn obey(&self, rules: &[Rule], values: &mut Values, depth: usize) {
        for rule in rules {
            let holds = rule.when.as_ref().is_none_or(|it| self.holds(it, values));
            if !holds {
                continue;
            }
            match &rule.demand {
                Demand::Requires(paths) => {
                    for path in paths {
                        self.set(path, values, depth);
                    }
                }
                Demand::AtLeastOne(paths) | Demand::ExactlyOne(paths) => {
                    let is_set = |path: &FieldPath| self.get(&path.indexes, values).is_some();
                    if let (Some(first), false) = (paths.first(), paths.iter().any(is_set)) {
                        self.set(first, values, depth);
                    }
                }
                // Ranges of single fields and orders of times are kept by the values themselves.
                Demand::Excludes(_)
                | Demand::NotTogether(_)
                | Demand::After { .. }
                | Demand::Range { .. }
                | Demand::Items { .. } => {}
            }
        }
    }

    fn holds(&self, condition: &Condition, values: &Values) -> bool {
        let found = self.get(&condition.field.indexes, values);
        match (&condition.test, found) {
            (Test::Present, found) => found.is_some(),
            (Test::Absent, found) => found.is_none(),
            (Test::Is(scalars), Some(value)) => scalars.iter().any(|it| is(it, value)),
            (Test::Is(_), None) => false,
        }
    }

    fn get<'v>(&self, indexes: &[usize], values: &'v Values) -> Option<&'v Example> {
        let (first, rest) = indexes.split_first()?;
        let field = self.fields.get(*first)?;
        let (_, value) = values.iter().find(|(key, _)| key == (self.key)(field))?;
        if rest.is_empty() {
            return Some(value);
        }
        match value {
            Example::Object(entries) => self.inner(field)?.get(rest, entries),
            _ => None,
        }
    }

    fn set(&self, path: &FieldPath, values: &mut Values, depth: usize) {
        if self.get(&path.indexes, values).is_none() {
            self.set_at(&path.indexes, values, depth);
        }
    }

    fn set_at(&self, indexes: &[usize], values: &mut Values, depth: usize) {
        let Some((first, rest)) = indexes.split_first() else {
            return;
        };
        let Some(field) = self.fields.get(*first) else {
            return;
        };
        let key = (self.key)(field);
        let at = match values.iter().position(|(name, _)| name == key) {
            Some(at) => at,
            None if rest.is_empty() => {
                let value = plausible::value(self.catalog, self.name, field, depth);
                values.push((key.to_owned(), value));
                return;
            }
            None => {
                values.push((key.to_owned(), Example::Object(Vec::new())));
                values.len() - 1
            }
        };
        if let (Example::Object(entries), Some(inner)) = (&mut values[at].1, self.inner(field)) {
            inner.set_at(rest, entries, depth + 1);
        }
    }

    /// The struct that a field holds.
    fn inner<'s>(&'s self, field: &'s Field) -> Option<Subject<'s>> {
        let Type::Model(name) = &field.value else {
            return None;
        };
        Some(Subject {
            catalog: self.catalog,
            name,
            fields: &self.catalog.model(name)?.fields,
            key: |field| &field.wire,
        })
    }
}

fn is(scalar: &Scalar, value: &Example) -> bool {
    match value {
        Example::Bool(value) => scalar.text() == value.to_string(),
        Example::Int(value) => scalar.text() == value.to_string(),
        Example::Text(text) => scalar.text() == *text,
        _ => false,
    }
}
