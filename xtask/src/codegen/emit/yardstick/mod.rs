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
    error_codes::Table,
};

/// The files of a crate: their paths in its `src`, and their text. `in_tables` names the models and
/// enums that hand-written tables hold; these are the same on both sides.
pub(crate) fn emit(api: &Api, codes: &Table<'_>, in_tables: &BTreeSet<String>) -> Files {
    let in_tables = with_all_inside(api, in_tables);
    let homes = Homes::new(api);
    let catalog = Catalog::new(api);
    let mut files = Files::new();
    for group in &api.groups {
        let file = format!("{}.rs", group.module);
        if !group.operations.is_empty() {
            let text = operation::file(group, &homes, &catalog, codes);
            files.insert(format!("operations/{file}"), text);
        }
        if !group.types.is_empty() {
            let text = model::file(group, &homes, &catalog, &in_tables);
            files.insert(format!("models/{file}"), text);
        }
    }
    // It lists the facts of all, which are those of the trait here.
    let list = index::operations(api);
    let list = format!("{list}\nuse crate::call::Operation as _;\n");
    files.insert("operations/mod.rs".to_owned(), list);
    files.insert("models/mod.rs".to_owned(), index::models(api));
    files
}

/// A line for each secret that makes it speak serde, as derives need it. Alone of the hand-written
/// types of fields, secrets do not.
pub(crate) fn secrets() -> String {
    NAMED_TYPES
        .iter()
        .filter(|named| named.is_secret())
        .map(|named| format!("secret! {{ {}::{} }}\n", named.module, named.name))
        .collect()
}

/// How many models and enums stay tables, of how many.
pub(crate) fn count_in_tables(api: &Api, in_tables: &BTreeSet<String>) -> (usize, usize) {
    (
        with_all_inside(api, in_tables).len(),
        definitions(api).count(),
    )
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
