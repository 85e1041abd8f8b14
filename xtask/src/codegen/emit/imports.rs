//! The `use` lines of a file: what is used, in the parts that this project keeps apart.

use std::collections::{BTreeMap, BTreeSet};

use super::Homes;
use crate::codegen::api::Type;

/// What a file imports: names by module.
pub(super) struct Imports<'a> {
    homes: &'a Homes<'a>,
    /// The module of models that the file is itself, if it is one.
    own_models: Option<&'a str>,
    names: BTreeMap<&'static str, BTreeSet<String>>,
}

impl<'a> Imports<'a> {
    pub(super) fn new(homes: &'a Homes<'a>, own_models: Option<&'a str>) -> Self {
        Self {
            homes,
            own_models,
            names: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, module: &'static str, name: &str) {
        self.names
            .entry(module)
            .or_default()
            .insert(name.to_owned());
    }

    /// Imports what it takes to write `kind`.
    pub(super) fn add_type(&mut self, kind: &Type) {
        match kind {
            Type::Text | Type::Bool | Type::I32 | Type::I64 | Type::U32 | Type::U64 | Type::F64 => {
            }
            Type::Named(named) => self.add(named.module, named.name),
            Type::Timestamp => self.add("crate::time", "Timestamp"),
            Type::Date => self.add("crate::time", "Date"),
            Type::Duration => self.add("std::time", "Duration"),
            Type::Upload => self.add("crate::upload", "Upload"),
            Type::Map => self.add("std::collections", "BTreeMap"),
            Type::List(item) => self.add_type(item),
            Type::Model(name) | Type::Enum(name) => {
                if !self
                    .own_models
                    .is_some_and(|own| self.homes.is_in(name, own))
                {
                    self.add("crate::models", name);
                }
            }
        }
    }

    /// The lines: the standard library, other crates, this crate.
    pub(super) fn text(&self) -> String {
        let is_std = |module: &str| module.starts_with("std::");
        let is_own = |module: &str| module.starts_with("crate::");
        let parts = [
            self.part(|module| is_std(module)),
            self.part(|module| !is_std(module) && !is_own(module)),
            self.part(|module| is_own(module)),
        ];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join("\n")
    }

    fn part(&self, belongs: impl Fn(&str) -> bool) -> String {
        let modules = self.names.iter().filter(|(module, _)| belongs(module));
        modules
            .map(|(module, names)| {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                format!("use {module}::{{{}}};\n", names.join(", "))
            })
            .collect()
    }
}
