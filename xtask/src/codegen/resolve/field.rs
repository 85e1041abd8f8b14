//! Fields of models and parameters of operations: their names, and what is said about them.

use std::collections::HashMap;

use super::{Context, Here, value};
use crate::codegen::{
    api::{Field, Format, Limits, Place, Type},
    names,
    problem::At,
    spec::{Parameter, ParameterPlace, Schema},
};

/// As many as the mask of required fields has bits.
const MOST_FIELDS: usize = 64;

impl Context<'_> {
    /// The properties of an object, as fields.
    pub(super) fn properties(&mut self, here: &Here<'_>, schema: &Schema) -> Vec<Field> {
        let no_properties = indexmap::IndexMap::new();
        let properties = schema.properties.as_ref().unwrap_or(&no_properties);
        for name in &schema.required {
            if !properties.contains_key(name) {
                let message = format!("`{name}` is not among the properties");
                self.problems.add(&here.at.key("required"), message);
            }
        }
        let mut fields = Vec::new();
        for (wire, property) in properties {
            let here = here.with(here.at.key("properties").key(wire));
            let required = schema.required.contains(wire);
            fields.extend(self.property(&here, wire, property, Place::Body, required));
        }
        fields
    }

    /// One property, or a body that is a value.
    pub(super) fn property(
        &mut self,
        here: &Here<'_>,
        wire: &str,
        schema: &Schema,
        place: Place,
        required: bool,
    ) -> Option<Field> {
        let description = match (&schema.description, &schema.reference) {
            (None, Some(reference)) => self.description_of_target(here, reference),
            (written, _) => self.description(&here.at, written.as_ref()),
        };
        let value = self.value(
            here,
            schema,
            &[&value::BESIDE[..], &["x-multiline", "x-preset"]].concat(),
        )?;
        if schema.multiline && value.kind != Type::Text {
            self.problems.add(
                &here.at.key("x-multiline"),
                "only plain text can be multi-line",
            );
        }
        let numbers = [Type::I32, Type::I64, Type::U32, Type::U64];
        let is_preset = numbers.contains(&value.kind) && schema.default.is_some() && !required;
        if schema.preset && !is_preset {
            let message = "only an optional number with a `default` can be preset";
            self.problems.add(&here.at.key("x-preset"), message);
        }
        Some(Field {
            name: self.field_name(&here.at, wire, schema.rust_name.as_ref(), place),
            wire: wire.to_owned(),
            also: schema.also.clone(),
            place,
            default: self.default(here, schema, &value),
            preset: schema.preset,
            value: value.kind,
            format: value.format,
            limits: value.limits,
            item_limits: value.item_limits,
            multiline: schema.multiline,
            characters: schema.characters,
            required,
            deprecated: schema.deprecated,
            description,
        })
    }

    /// A property that only refers to a component is described by the component.
    fn description_of_target(&mut self, here: &Here<'_>, reference: &str) -> String {
        let Some((_, target)) = self.referenced(here, reference) else {
            return String::new();
        };
        let description = target.description.as_deref().unwrap_or_default().trim();
        let first = description.split("\n\n").next().unwrap_or_default();
        first.to_owned()
    }

    pub(super) fn parameter(&mut self, here: &Here<'_>, written: &Parameter) -> Option<Field> {
        let place = place_of(written.place);
        let description = self.description(&here.at, written.description.as_ref());
        let schema_here = here.with(here.at.key("schema"));
        let beside = ["default", "x-multiline"];
        let value = self.value(&schema_here, &written.schema, &beside)?;
        let inner = match &value.kind {
            Type::List(item) if place == Place::Query || value.format == Format::Comma => item,
            other => other,
        };
        if matches!(inner, Type::List(_) | Type::Map | Type::Model(_)) {
            let message = "only plain values, and lists of them in a query, travel outside a body";
            self.problems.add(&schema_here.at, message);
        }
        if written.schema.multiline {
            let message = "line breaks cannot travel outside a body";
            self.problems
                .add(&schema_here.at.key("x-multiline"), message);
        }
        if place == Place::Path && !written.required {
            self.problems
                .add(&here.at, "a path parameter must have `required: true`");
        }
        Some(Field {
            name: self.field_name(&here.at, &written.name, written.rust_name.as_ref(), place),
            wire: written.name.clone(),
            also: Vec::new(),
            place,
            default: self.default(&schema_here, &written.schema, &value),
            preset: false,
            value: value.kind,
            format: value.format,
            limits: value.limits,
            item_limits: value.item_limits,
            multiline: false,
            characters: written.schema.characters,
            required: written.required,
            deprecated: written.deprecated,
            description,
        })
    }

    /// The single part of a multipart body.
    pub(super) fn part(&mut self, here: &Here<'_>, wire: &str, schema: &Schema) -> Field {
        Field {
            name: self.field_name(&here.at, wire, schema.rust_name.as_ref(), Place::Part),
            wire: wire.to_owned(),
            also: Vec::new(),
            place: Place::Part,
            value: Type::Upload,
            format: Format::Plain,
            limits: Limits::default(),
            item_limits: Limits::default(),
            multiline: false,
            characters: None,
            required: true,
            deprecated: false,
            description: self.description(&here.at, schema.description.as_ref()),
            default: None,
            preset: false,
        }
    }

    fn field_name(
        &mut self,
        at: &At,
        wire: &str,
        written: Option<&String>,
        place: Place,
    ) -> String {
        let name = match written {
            Some(name) => name.clone(),
            None if place == Place::WholeBody => {
                self.problems
                    .add(at, "a body that is one value needs an `x-name`");
                return String::new();
            }
            None => names::snake_case(wire),
        };
        if !names::is_snake_case(&name) {
            let message = format!("`{name}` cannot name a field; add an `x-name` in snake_case");
            self.problems.add(at, message);
        } else if let Some(other) = names::instead_of_reserved(&name) {
            let message = format!("`{name}` cannot name a field; add `x-name: {other}`");
            self.problems.add(at, message);
        }
        name
    }

    /// Checks the fields of one struct together.
    pub(super) fn check_fields(&mut self, at: &At, fields: &[Field]) {
        if fields.len() > MOST_FIELDS {
            let message = format!("has {} fields; a table holds {MOST_FIELDS}", fields.len());
            self.problems.add(at, message);
        }
        let mut seen: HashMap<&str, &Field> = HashMap::new();
        for field in fields.iter().filter(|field| !field.name.is_empty()) {
            if let Some(first) = seen.insert(&field.name, field) {
                let message = format!(
                    "`{}` and `{}` would both be the field `{}`; add `x-name: {}_{}` to the {}",
                    first.wire,
                    field.wire,
                    field.name,
                    place_word(field.place),
                    field.name,
                    if field.place == Place::Body {
                        "latter property"
                    } else {
                        "latter"
                    },
                );
                self.problems.add(at, message);
            }
        }
    }
}

pub(super) fn place_of(place: ParameterPlace) -> Place {
    match place {
        ParameterPlace::Path => Place::Path,
        ParameterPlace::Query => Place::Query,
        ParameterPlace::Header => Place::Header,
    }
}

fn place_word(place: Place) -> &'static str {
    match place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
        Place::Body | Place::WholeBody => "body",
        Place::Part => "part",
    }
}
