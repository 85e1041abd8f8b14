//! Writes the yardstick of `cargo xtask bench --compile`: the same API as serde derives.
//!
//! Structs, docs, `new` and setters are those of the real crate. In place of the tables, models and
//! operations derive `Serialize` and `Deserialize`, as one writes them by hand.

mod attribute;
mod model;
mod operation;

use std::collections::BTreeSet;

use super::{Homes, catalog::Catalog, index};
use crate::codegen::{
    Files,
    api::{Api, NAMED_TYPES, Type, TypeDefinition, TypeKind},
};

/// The files of a crate: their paths in its `src`, and their text. `in_tables` names the models and
/// enums that hand-written tables hold; these are the same on both sides.
pub(crate) fn emit(api: &Api, in_tables: &BTreeSet<String>) -> Files {
    let in_tables = with_all_inside(api, in_tables);
    let homes = Homes::new(api);
    let catalog = Catalog::new(api);
    let mut files = Files::new();
    for group in &api.groups {
        let file = format!("{}.rs", group.module);
        if !group.operations.is_empty() {
            let text = operation::file(group, &homes, &catalog);
            files.insert(format!("operations/{file}"), text);
        }
        if !group.types.is_empty() {
            let text = model::file(group, &homes, &catalog, &in_tables);
            files.insert(format!("models/{file}"), text);
        }
    }
    files.insert("operations/mod.rs".to_owned(), index::operations(api));
    files.insert("models/mod.rs".to_owned(), index::models(api));
    files
}

/// The hand-written types of a module that are texts, each with the function that tells its text: a
/// line for each that makes it speak serde, as derives need it.
pub(crate) fn texts_of(module: &str, method: &str) -> String {
    NAMED_TYPES
        .iter()
        .filter(|named| named.module == module)
        .map(|named| format!("text! {{ {module}::{}, {method}, new }}\n", named.name))
        .collect()
}

/// The same for the enums of hand-written tables.
pub(crate) fn enums_of(api: &Api, in_tables: &BTreeSet<String>) -> String {
    let in_tables = with_all_inside(api, in_tables);
    definitions(api)
        .filter(|definition| in_tables.contains(definition.name.as_str()))
        .filter_map(|definition| match &definition.kind {
            TypeKind::Enum(kind) if kind.is_text => {
                Some(("text", "as_str, from", &definition.name))
            }
            TypeKind::Enum(_) => Some(("code", "code", &definition.name)),
            TypeKind::Model(_) => None,
        })
        .map(|(kind, method, name)| format!("{kind}! {{ crate::models::{name}, {method} }}\n"))
        .collect()
}

fn definitions(api: &Api) -> impl Iterator<Item = &TypeDefinition> {
    api.groups.iter().flat_map(|group| &group.types)
}

/// The types of these names, and the types of all their fields.
fn with_all_inside<'a>(api: &'a Api, names: &BTreeSet<String>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = names.iter().map(String::as_str).collect();
    while let Some(name) = open.pop() {
        let Some(definition) = definitions(api).find(|definition| definition.name == name) else {
            continue;
        };
        if !found.insert(definition.name.as_str()) {
            continue;
        }
        if let TypeKind::Model(model) = &definition.kind {
            open.extend(
                model
                    .fields
                    .iter()
                    .filter_map(|field| name_of(&field.value)),
            );
        }
    }
    found
}

fn name_of(kind: &Type) -> Option<&str> {
    match kind {
        Type::Model(name) | Type::Enum(name) => Some(name),
        Type::List(item) => name_of(item),
        _ => None,
    }
}
