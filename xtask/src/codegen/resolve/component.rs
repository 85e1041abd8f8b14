//! Components: objects become models, `enum`s become open enums.

use std::collections::HashSet;

use super::{Context, Here};
use crate::codegen::{
    api::{Enum, Model, TypeKind, Variant},
    names,
    spec::{Scalar, Schema, SchemaType},
};

impl Context<'_> {
    /// The description of a component and what it is.
    pub(super) fn component(
        &mut self,
        here: &Here<'_>,
        name: &str,
        schema: &Schema,
    ) -> Option<(String, TypeKind)> {
        if !names::is_pascal_case(name) {
            self.problems.add(
                &here.at,
                format!("`{name}` cannot name a type; use PascalCase"),
            );
        } else if names::is_reserved_type(name) {
            self.problems.add(
                &here.at,
                format!("`{name}` is taken by Rust or by `meeting-types`"),
            );
        }
        let description = self.description(&here.at, schema.description.as_ref());
        let (allowed, kind): (&[&str], _) = if schema.values.is_some() {
            let keys = &[
                "type",
                "format",
                "enum",
                "x-enum-varnames",
                "x-enum-descriptions",
            ];
            (keys, TypeKind::Enum(self.enumeration(here, schema)?))
        } else if schema.kind == Some(SchemaType::Object) && schema.properties.is_some() {
            let fields = self.properties(here, schema);
            self.check_fields(&here.at, &fields);
            let single_use = schema.single_use;
            let model = Model {
                fields,
                // Filled in when the whole API is known, as whatever follows `single_use` is.
                rules: Vec::new(),
                single_use,
                in_request: false,
                in_reply: false,
                clone: false,
                eq: false,
            };
            (
                &["type", "properties", "required", "x-single-use", "x-rules"],
                TypeKind::Model(model),
            )
        } else {
            let message = "a component is an object with `properties`, or has an `enum`";
            self.problems.add(&here.at, message);
            return None;
        };
        for key in schema.keys() {
            if !["description", "x-alias"].contains(&key) && !allowed.contains(&key) {
                let message = format!("`{key}` does not go with this kind of component");
                self.problems.add(&here.at, message);
            }
        }
        Some((description, kind))
    }

    fn enumeration(&mut self, here: &Here<'_>, schema: &Schema) -> Option<Enum> {
        let is_text = match schema.kind {
            Some(SchemaType::String) => true,
            Some(SchemaType::Integer) => false,
            _ => {
                self.problems
                    .add(&here.at, "an enum has `type: string` or `type: integer`");
                return None;
            }
        };
        let values = schema.values.as_deref().unwrap_or_default();
        let descriptions = schema.variant_descriptions.as_deref().unwrap_or_default();
        if values.is_empty() {
            self.problems.add(&here.at.key("enum"), "lists no value");
        }
        let mut complete = true;
        for (key, length) in [
            (
                "x-enum-varnames",
                schema.variant_names.as_ref().map_or(values.len(), Vec::len),
            ),
            ("x-enum-descriptions", descriptions.len()),
        ] {
            if length != values.len() {
                let message = format!("`{key}` has {length} entries, `enum` has {}", values.len());
                self.problems.add(&here.at, message);
                complete = false;
            }
        }
        if !complete {
            return None;
        }
        let mut variants = Vec::new();
        let (mut seen_names, mut seen_literals) = (HashSet::new(), HashSet::new());
        for ((value, name), description) in
            values.iter().zip(variant_names(schema)).zip(descriptions)
        {
            let at = here.at.key("enum");
            let literal = match value {
                Scalar::Text(text) if is_text => format!("{text:?}"),
                Scalar::Int(number) if !is_text && i32::try_from(*number).is_ok() => {
                    number.to_string()
                }
                other => {
                    let kind = if is_text {
                        "a string; quote it"
                    } else {
                        "a 32-bit integer"
                    };
                    self.problems
                        .add(&at, format!("`{}` is not {kind}", other.text()));
                    continue;
                }
            };
            // `Unknown` is the variant that keeps values which the spec does not list.
            if !names::is_pascal_case(&name) || name == "Unknown" {
                let message = format!(
                    "{literal} cannot be the variant `{name}`; name the variants in \
                     `x-enum-varnames`"
                );
                self.problems.add(&at, message);
            }
            if !seen_names.insert(name.clone()) {
                self.problems.add(
                    &at,
                    format!("two values would both be the variant `{name}`"),
                );
            }
            if !seen_literals.insert(literal.clone()) {
                self.problems.add(&at, format!("{literal} is listed twice"));
            }
            let at = here.at.key("x-enum-descriptions");
            if description.trim().is_empty() {
                self.problems
                    .add(&at, format!("the description of `{name}` is empty"));
            } else {
                self.check_sentence(&at.key(&name), description);
            }
            let description = description.trim().to_owned();
            variants.push(Variant {
                name,
                description,
                literal,
            });
        }
        Some(Enum { is_text, variants })
    }
}

/// The names of the variants: as written, or made from the values.
pub(super) fn variant_names(schema: &Schema) -> Vec<String> {
    match (&schema.variant_names, &schema.values) {
        (Some(names), _) => names.clone(),
        (None, Some(values)) => values
            .iter()
            .map(|value| names::pascal_case(&value.text()))
            .collect(),
        (None, None) => Vec::new(),
    }
}
