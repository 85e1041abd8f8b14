//! `x-rules`: which fields a rule means, checked against their types.

use std::collections::HashMap;

use super::value;
use crate::codegen::{
    api::{
        Api, Bounds, Condition, Demand, Enum, Field, FieldPath, Format, Model, Place, Rule, Test,
        Type, TypeKind,
    },
    problem::{At, Problems},
    spec::{self, Document, Scalar},
};

pub(super) fn apply(api: &mut Api, documents: &[Document], problems: &mut Problems) {
    let mut of_operations = HashMap::new();
    let mut of_models = HashMap::new();
    {
        let types = Types::new(api);
        for (group, document) in api.groups.iter().zip(documents) {
            let document_at = At::document(&document.file);
            for (path, methods) in &document.root.paths {
                for (method, written) in methods {
                    let method = method.as_str().to_ascii_lowercase();
                    let at = document_at.key("paths").key(path).key(method);
                    let found = group
                        .operations
                        .iter()
                        .find(|operation| operation.name == written.operation_id);
                    if let Some(operation) = found {
                        let rules = types.rules(&operation.fields, &written.rules, &at, problems);
                        of_operations.insert(operation.name.clone(), rules);
                    }
                }
            }
            for (name, schema) in &document.root.components.schemas {
                let Some(model) = types.models.get(name.as_str()) else {
                    continue;
                };
                let at = document_at.key("components.schemas").key(name);
                if !schema.rules.is_empty() && !model.in_request {
                    let message = "no request holds this model, so that nothing checks its rules";
                    problems.add(&at.key("x-rules"), message);
                }
                let rules = types.rules(&model.fields, &schema.rules, &at, problems);
                of_models.insert(name.clone(), rules);
            }
        }
    }
    for group in &mut api.groups {
        for operation in &mut group.operations {
            operation.rules = of_operations.remove(&operation.name).unwrap_or_default();
        }
        for definition in &mut group.types {
            if let TypeKind::Model(model) = &mut definition.kind {
                model.rules = of_models.remove(&definition.name).unwrap_or_default();
            }
        }
    }
}

/// All models and enums, by name.
struct Types<'a> {
    models: HashMap<&'a str, &'a Model>,
    enums: HashMap<&'a str, &'a Enum>,
}

/// A field that a path leads to.
struct Found<'a> {
    path: FieldPath,
    field: &'a Field,
    /// Whether everything on the way is always there.
    always: bool,
}

impl<'a> Types<'a> {
    fn new(api: &'a Api) -> Self {
        let (mut models, mut enums) = (HashMap::new(), HashMap::new());
        for definition in api.groups.iter().flat_map(|group| &group.types) {
            let name = definition.name.as_str();
            match &definition.kind {
                TypeKind::Model(model) => drop(models.insert(name, model)),
                TypeKind::Enum(kind) => drop(enums.insert(name, kind)),
            }
        }
        Self { models, enums }
    }

    fn rules(
        &self,
        fields: &'a [Field],
        written: &[spec::Rule],
        at: &At,
        problems: &mut Problems,
    ) -> Vec<Rule> {
        let mut rules = Vec::new();
        for (index, rule) in written.iter().enumerate() {
            match self.rule(fields, rule) {
                Ok(rule) => rules.push(rule),
                Err(message) => problems.add(&at.key("x-rules").entry(index), message),
            }
        }
        rules
    }

    fn rule(&self, fields: &'a [Field], written: &spec::Rule) -> Result<Rule, String> {
        let why = written.why.trim();
        if why.is_empty() || !why.ends_with('.') {
            return Err("`why` must be a sentence that ends with a full stop".to_owned());
        }
        let when = match &written.when {
            Some(when) => Some(self.condition(fields, when)?),
            None => None,
        };
        Ok(Rule {
            kind: written.kind,
            why: why.to_owned(),
            demand: self.demand(fields, written)?,
            when,
        })
    }

    fn demand(&self, fields: &'a [Field], written: &spec::Rule) -> Result<Demand, String> {
        if written.after.is_some() != written.than.is_some() {
            return Err("`after` and `than` go together".to_owned());
        }
        if written.or_equal && written.after.is_none() {
            return Err("`or_equal` goes with `after`".to_owned());
        }
        let demands = [
            written.requires.is_some(),
            written.excludes.is_some(),
            written.at_least_one.is_some(),
            written.not_together.is_some(),
            written.exactly_one.is_some(),
            written.after.is_some(),
            written.range.is_some(),
            written.items.is_some(),
        ];
        if demands.iter().filter(|given| **given).count() != 1 {
            return Err(
                "needs exactly one of `requires`, `excludes`, `at_least_one`, `not_together`, \
                 `exactly_one`, `after`, `range`, `items`"
                    .to_owned(),
            );
        }
        if let Some(paths) = &written.requires {
            return Ok(Demand::Requires(self.optional(fields, &paths.0, 1)?));
        }
        if let Some(paths) = &written.excludes {
            if written.when.is_none() {
                return Err("`excludes` needs a `when`".to_owned());
            }
            return Ok(Demand::Excludes(self.optional(fields, &paths.0, 1)?));
        }
        if let Some(paths) = &written.at_least_one {
            return Ok(Demand::AtLeastOne(self.optional(fields, paths, 2)?));
        }
        if let Some(paths) = &written.not_together {
            return Ok(Demand::NotTogether(self.optional(fields, paths, 2)?));
        }
        if let Some(paths) = &written.exactly_one {
            return Ok(Demand::ExactlyOne(self.optional(fields, paths, 2)?));
        }
        if let (Some(later), Some(than)) = (&written.after, &written.than) {
            let (later, than) = (self.find(fields, later)?, self.find(fields, than)?);
            if later.field.value != than.field.value || !is_ordered(&later.field.value) {
                return Err(format!(
                    "`{}` and `{}` are not two times, two days or two numbers",
                    later.path.wire, than.path.wire
                ));
            }
            return Ok(Demand::After {
                later: later.path,
                than: than.path,
                or_equal: written.or_equal,
            });
        }
        if let Some(range) = &written.range {
            let found = self.find(fields, &range.field)?;
            if !is_number(&found.field.value) {
                return Err(format!("`{}` is not a number", found.path.wire));
            }
            let (field, bounds) = (found.path, bounds(range)?);
            return Ok(Demand::Range { field, bounds });
        }
        if let Some(items) = &written.items {
            let found = self.find(fields, &items.field)?;
            if !matches!(&found.field.value, Type::List(item) if is_number(item)) {
                return Err(format!("`{}` is not a list of numbers", found.path.wire));
            }
            let (field, bounds) = (found.path, bounds(items)?);
            return Ok(Demand::Items { field, bounds });
        }
        Err("demands nothing".to_owned())
    }

    fn condition(
        &self,
        fields: &'a [Field],
        written: &spec::Condition,
    ) -> Result<Condition, String> {
        let found = self.find(fields, &written.field)?;
        let test = match (&written.is, written.present, written.absent) {
            (Some(values), false, false) if !values.is_empty() => {
                for value in values {
                    self.check_value(found.field, value)?;
                }
                Test::Is(values.clone())
            }
            (None, true, false) => Test::Present,
            (None, false, true) => Test::Absent,
            _ => {
                return Err(
                    "`when` needs exactly one of `is: [..]`, `present: true`, `absent: true`"
                        .to_owned(),
                );
            }
        };
        if !matches!(test, Test::Is(_)) && found.always {
            return Err(format!("`{}` is always there", found.path.wire));
        }
        Ok(Condition {
            field: found.path,
            test,
        })
    }

    /// Whether the field can have this value, as the wire spells it.
    fn check_value(&self, field: &Field, value: &Scalar) -> Result<(), String> {
        let fits = match (&field.value, value) {
            (Type::Enum(name), value) => self.enums.get(name.as_str()).is_some_and(|known| {
                let literal = match value {
                    Scalar::Text(text) if known.is_text => format!("{text:?}"),
                    Scalar::Int(number) if !known.is_text => number.to_string(),
                    _ => return false,
                };
                known
                    .variants
                    .iter()
                    .any(|variant| variant.literal == literal)
            }),
            (Type::Bool, value) => value::wire_bool(field.format, value).is_some(),
            (Type::Text, Scalar::Text(_)) => field.format == Format::Plain,
            (kind, Scalar::Int(number)) if is_number(kind) => {
                let limits = field.limits;
                limits.min.is_none_or(|min| min <= *number)
                    && limits.max.is_none_or(|max| *number <= max)
            }
            _ => false,
        };
        if fits {
            Ok(())
        } else {
            Err(format!("`{}` is never {}", field.wire, value.text()))
        }
    }

    /// Fields that may be absent, at least `least` of them: a demand for others says nothing.
    fn optional(
        &self,
        fields: &'a [Field],
        paths: &[String],
        least: usize,
    ) -> Result<Vec<FieldPath>, String> {
        if paths.len() < least {
            return Err(format!("needs at least {least} of the fields it speaks of"));
        }
        let mut found: Vec<FieldPath> = Vec::new();
        for path in paths {
            let next = self.find(fields, path)?;
            if next.always {
                return Err(format!("`{path}` is always there"));
            }
            if found.iter().any(|other| other.indexes == next.path.indexes) {
                return Err(format!("`{path}` is listed twice"));
            }
            found.push(next.path);
        }
        Ok(found)
    }

    /// The field that a dotted path of wire names leads to.
    fn find(&self, fields: &'a [Field], path: &str) -> Result<Found<'a>, String> {
        let mut fields = fields;
        let mut indexes = Vec::new();
        let mut always = true;
        let mut names = path.split('.').peekable();
        while let Some(name) = names.next() {
            let mut here = position(fields, name);
            // The body as a whole has no name on the wire: a path begins inside it.
            if indexes.is_empty()
                && let Some((body, inside)) = self.whole_body(fields)
                && let Some(found) = position(inside, name)
            {
                if here.is_some() {
                    return Err(format!("`{name}` is a parameter and a field of the body"));
                }
                indexes.push(body);
                always &= fields[body].required;
                (fields, here) = (inside, Some(found));
            }
            let Some(index) = here else {
                return Err(format!("`{path}`: there is no field `{name}`"));
            };
            let field = &fields[index];
            indexes.push(index);
            always &= field.required;
            if names.peek().is_none() {
                let wire = path.to_owned();
                return Ok(Found {
                    path: FieldPath { wire, indexes },
                    field,
                    always,
                });
            }
            fields = match &field.value {
                Type::Model(model) => self.fields(model),
                _ => return Err(format!("`{path}`: `{name}` is not an object")),
            };
        }
        Err("a field has no name".to_owned())
    }

    fn fields(&self, model: &str) -> &'a [Field] {
        self.models
            .get(model)
            .map_or(&[], |model| model.fields.as_slice())
    }

    /// The index of a body that is one model, and the fields of the model.
    fn whole_body(&self, fields: &'a [Field]) -> Option<(usize, &'a [Field])> {
        let index = fields
            .iter()
            .position(|field| field.place == Place::WholeBody)?;
        match &fields[index].value {
            Type::Model(model) => Some((index, self.fields(model))),
            _ => None,
        }
    }
}

fn position(fields: &[Field], wire: &str) -> Option<usize> {
    let named = |field: &Field| field.place != Place::WholeBody && field.wire == wire;
    fields.iter().position(named)
}

fn is_number(kind: &Type) -> bool {
    matches!(
        kind,
        Type::I32 | Type::I64 | Type::U32 | Type::U64 | Type::F64 | Type::Duration
    )
}

fn is_ordered(kind: &Type) -> bool {
    is_number(kind) || matches!(kind, Type::Timestamp | Type::Date)
}

fn bounds(written: &spec::Bounds) -> Result<Bounds, String> {
    let (min, max) = (written.min, written.max);
    if min.or(max).is_none() {
        return Err("a range needs a `min` or a `max`".to_owned());
    }
    if min.zip(max).is_some_and(|(min, max)| min > max) {
        return Err("`min` is above `max`".to_owned());
    }
    Ok(Bounds { min, max })
}
