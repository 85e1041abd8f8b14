//! Finds operations, models and enums by name.

use std::collections::{HashMap, HashSet};

use crate::codegen::{
    api::{Api, Enum, Model, Operation, TypeKind},
    example::Example,
};

/// All that has a page in the documentation.
pub(super) struct Catalog<'a> {
    operations: HashSet<&'a str>,
    types: HashMap<&'a str, &'a TypeKind>,
}

impl<'a> Catalog<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        let operations = api.groups.iter().flat_map(|group| &group.operations);
        let types = api.groups.iter().flat_map(|group| &group.types);
        Self {
            operations: operations
                .map(|operation: &Operation| operation.name.as_str())
                .collect(),
            types: types
                .map(|definition| (definition.name.as_str(), &definition.kind))
                .collect(),
        }
    }

    pub(super) fn is_operation(&self, name: &str) -> bool {
        self.operations.contains(name)
    }

    pub(super) fn is_type(&self, name: &str) -> bool {
        self.types.contains_key(name)
    }

    pub(super) fn model(&self, name: &str) -> Option<&'a Model> {
        match self.types.get(name) {
            Some(TypeKind::Model(model)) => Some(model),
            _ => None,
        }
    }

    pub(super) fn enumeration(&self, name: &str) -> Option<&'a Enum> {
        match self.types.get(name) {
            Some(TypeKind::Enum(enumeration)) => Some(enumeration),
            _ => None,
        }
    }
}

/// The value that a literal of an enum is on the wire.
pub(super) fn wire_value(literal: &str) -> Example {
    match literal.parse() {
        Ok(number) => Example::Int(number),
        Err(_) => Example::text(text_of(literal)),
    }
}

/// A Rust literal of a text, without its quotes.
pub(super) fn text_of(literal: &str) -> String {
    let inner = literal.trim_matches('"');
    inner.replace("\\\"", "\"").replace("\\\\", "\\")
}
