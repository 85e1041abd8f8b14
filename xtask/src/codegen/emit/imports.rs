//! The `use` lines of a file: what is used, sorted and wrapped as rustfmt does it.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use super::{Homes, layout};
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
            .map(|(module, names)| use_line(module, names))
            .collect()
    }
}

fn use_line(module: &str, names: &BTreeSet<String>) -> String {
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_by(|left, right| version_order(left, right));
    if let [name] = names.as_slice() {
        return format!("use {module}::{name};\n");
    }
    let one_line = format!("use {module}::{{{}}};", names.join(", "));
    // rustfmt keeps one column free.
    if layout::columns(&one_line) < layout::WIDTH {
        return format!("{one_line}\n");
    }
    let mut text = format!("use {module}::{{");
    let mut line = String::new();
    for name in names {
        let next = format!("{name},");
        let space = usize::from(!line.is_empty());
        if line.is_empty() || 4 + line.len() + space + next.len() >= layout::WIDTH {
            text.push_str(&line);
            text.push_str("\n    ");
            line = next;
        } else {
            line.push(' ');
            line.push_str(&next);
        }
    }
    text.push_str(&line);
    text.push_str("\n};\n");
    text
}

/// As the 2024 style sorts: digits count as numbers, everything else by its bytes.
fn version_order(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left, right);
    loop {
        let (a, left_rest) = chunk(left);
        let (b, right_rest) = chunk(right);
        let order = match (a.parse::<u64>(), b.parse::<u64>()) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            _ => a.cmp(b),
        };
        if order != Ordering::Equal || (left_rest.is_empty() && right_rest.is_empty()) {
            return order.then_with(|| left_rest.len().cmp(&right_rest.len()));
        }
        (left, right) = (left_rest, right_rest);
    }
}

/// A run of digits, or of other characters, and what follows it.
fn chunk(text: &str) -> (&str, &str) {
    let is_digit = |c: char| c.is_ascii_digit();
    let end = match text.chars().next() {
        Some(first) => text
            .find(|c| is_digit(c) != is_digit(first))
            .unwrap_or(text.len()),
        None => 0,
    };
    text.split_at(end)
}
