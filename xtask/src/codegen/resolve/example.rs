//! Examples and documented refusals of operations: collected from where a document has them, and
//! checked against the types that they are examples of.

use std::collections::HashMap;

use super::{Context, field};
use crate::codegen::{
    api::{Api, DocumentedError, Examples, Field, Place, Type, TypeDefinition, TypeKind},
    error_codes::{self, Table},
    example::Example,
    problem::{At, Problems},
    spec,
};

impl Context<'_> {
    /// The examples of parameters and bodies, by the Rust name of the parameter.
    pub(super) fn examples(
        &mut self,
        at: &At,
        written: &spec::Operation,
        fields: &[Field],
    ) -> Examples {
        let mut request = Vec::new();
        let found = |place: Place, wire: &str| {
            let mut fields = fields.iter();
            fields.find(|field| field.place == place && field.wire == wire)
        };
        for parameter in &written.parameters {
            let Some(example) = &parameter.example else {
                continue;
            };
            match found(field::place_of(parameter.place), &parameter.name) {
                Some(field) => request.push((field.name.clone(), example.clone())),
                None => {
                    let at = at.key("parameters").key(&parameter.name).key("example");
                    self.problems.add(&at, "the caller does not set this one");
                }
            }
        }
        let bodies = written.request_body.iter().flat_map(|body| &body.content);
        for (media, media_type) in bodies {
            let Some(example) = &media_type.example else {
                continue;
            };
            let at = at.key("requestBody.content").key(media).key("example");
            if let Some(body) = fields.iter().find(|field| field.place == Place::WholeBody) {
                request.push((body.name.clone(), example.clone()));
                continue;
            }
            let Example::Object(entries) = example else {
                self.problems.add(&at, "must be an object");
                continue;
            };
            for (wire, value) in entries {
                match found(Place::Body, wire) {
                    Some(field) => request.push((field.name.clone(), value.clone())),
                    None => self
                        .problems
                        .add(&at, format!("`{wire}` is not among the properties")),
                }
            }
        }
        let responses = written.responses.values();
        let response = responses
            .filter_map(|response| response.content.as_ref())
            .flat_map(|content| content.values())
            .find_map(|media_type| media_type.example.clone());
        Examples {
            request,
            response,
            built_by: written.built_by.clone(),
        }
    }

    /// The refusals that the reference prints; each is written as `400 MMC.111072065`.
    pub(super) fn errors(&mut self, at: &At, written: &[String]) -> Vec<DocumentedError> {
        let at = at.key("x-errors");
        let mut errors = Vec::new();
        for text in written {
            let parts = text.split_once(' ').and_then(|(status, code)| {
                let status: u16 = status.parse().ok()?;
                let is_code = !code.is_empty() && !code.contains(char::is_whitespace);
                ((400..600).contains(&status) && is_code).then_some((status, code))
            });
            match parts {
                Some((status, code)) => errors.push(DocumentedError {
                    status,
                    code: code.to_owned(),
                }),
                None => {
                    let message =
                        format!("`{text}` is not a status and a code, such as `400 MMC.111072065`");
                    self.problems.add(&at, message);
                }
            }
        }
        errors
    }
}

/// Checks all examples: a key that is misspelt would be skipped by whoever reads the response.
pub(super) fn check(api: &Api, problems: &mut Problems) {
    let types: HashMap<&str, &TypeDefinition> = api
        .groups
        .iter()
        .flat_map(|group| &group.types)
        .map(|definition| (definition.name.as_str(), definition))
        .collect();
    for group in &api.groups {
        for operation in &group.operations {
            let at = At::document(&group.file).key(&operation.name);
            for (name, example) in &operation.examples.request {
                let mut fields = operation.fields.iter();
                if let Some(field) = fields.find(|field| field.name == *name) {
                    let at = at.key("request example").key(&field.wire);
                    check_value(&types, &field.value, example, &at, problems);
                }
            }
            let Some(example) = &operation.examples.response else {
                continue;
            };
            if let Some(kind) = &operation.reply {
                let at = at.key("response example");
                check_value(&types, kind, example, &at, problems);
            }
        }
    }
}

/// Checks that the table knows what each documented refusal means.
pub(crate) fn check_codes(api: &Api, table: &Table<'_>) -> Result<(), Problems> {
    let mut problems = Problems::default();
    for group in &api.groups {
        for operation in &group.operations {
            let at = At::document(&group.file)
                .key(&operation.name)
                .key("x-errors");
            for error in &operation.errors {
                if table.meaning(&error.code).is_none() {
                    let message = format!("`{}` is not in {}", error.code, error_codes::FILE);
                    problems.add(&at, message);
                }
            }
        }
    }
    problems.take_result()
}

fn check_value(
    types: &HashMap<&str, &TypeDefinition>,
    kind: &Type,
    example: &Example,
    at: &At,
    problems: &mut Problems,
) {
    let kind = match kind {
        Type::Model(name) | Type::Enum(name) => types.get(name.as_str()).map(|it| &it.kind),
        Type::List(item) => {
            match example {
                Example::List(items) => {
                    for (index, value) in items.iter().enumerate() {
                        check_value(types, item, value, &at.key(index), problems);
                    }
                }
                // A list of one value can be a text: joined by commas, or by itself.
                Example::Object(_) | Example::Null => problems.add(at, "must be a list"),
                _ => {}
            }
            return;
        }
        _ => None,
    };
    match (kind, example) {
        (Some(TypeKind::Model(model)), Example::Object(entries)) => {
            for (key, value) in entries {
                match model.fields.iter().find(|field| field.wire == *key) {
                    Some(field) => {
                        check_value(types, &field.value, value, &at.key(key), problems);
                    }
                    None => problems.add(&at.key(key), "there is no such field"),
                }
            }
            for field in model.fields.iter().filter(|field| field.required) {
                if example.get(&field.wire).is_none() {
                    problems.add(at, format!("`{}` is required", field.wire));
                }
            }
        }
        (Some(TypeKind::Model(_)), _) => problems.add(at, "must be an object"),
        (Some(TypeKind::Enum(enumeration)), _) => {
            let literal = match example {
                Example::Text(text) => format!("{text:?}"),
                Example::Int(number) => number.to_string(),
                _ => String::new(),
            };
            if !enumeration.variants.iter().any(|it| it.literal == literal) {
                problems.add(at, format!("{literal} is none of the values"));
            }
        }
        (None, _) => {}
    }
}
