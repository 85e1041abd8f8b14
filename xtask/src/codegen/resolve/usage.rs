//! Facts about the API as a whole: which models travel in which direction, what can be cloned.

use std::collections::{HashMap, HashSet};

use crate::codegen::{
    api::{Api, Model, Type, TypeKind},
    problem::{At, Problems},
};

pub(super) fn apply(api: &mut Api, problems: &mut Problems) {
    let (in_request, in_reply) = directions(api);
    for group in &mut api.groups {
        let at = At::document(&group.file).key("components.schemas");
        for definition in &mut group.types {
            let (sent, read) = (
                in_request.contains(&definition.name),
                in_reply.contains(&definition.name),
            );
            if !sent && !read {
                problems.add(&at.key(&definition.name), "is not used by any operation");
            }
            if let TypeKind::Model(model) = &mut definition.kind {
                (model.in_request, model.in_reply) = (sent, read);
            }
        }
    }
    mark_clone(api);
    check_imports(api, problems);
}

fn models(api: &Api) -> HashMap<&str, &Model> {
    let types = api.groups.iter().flat_map(|group| &group.types);
    types
        .filter_map(|definition| match &definition.kind {
            TypeKind::Model(model) => Some((definition.name.as_str(), model)),
            TypeKind::Enum(_) => None,
        })
        .collect()
}

/// The names of all types that requests hold, and of all that responses hold.
fn directions(api: &Api) -> (HashSet<String>, HashSet<String>) {
    fn visit(kind: &Type, models: &HashMap<&str, &Model>, found: &mut HashSet<String>) {
        match kind {
            Type::List(item) => visit(item, models, found),
            Type::Enum(name) => {
                found.insert(name.clone());
            }
            Type::Model(name) => {
                if found.insert(name.clone())
                    && let Some(model) = models.get(name.as_str())
                {
                    model
                        .fields
                        .iter()
                        .for_each(|field| visit(&field.value, models, found));
                }
            }
            _ => {}
        }
    }
    let models = models(api);
    let (mut sent, mut read) = (HashSet::new(), HashSet::new());
    for operation in api.groups.iter().flat_map(|group| &group.operations) {
        operation
            .fields
            .iter()
            .for_each(|field| visit(&field.value, &models, &mut sent));
        operation
            .reply
            .iter()
            .for_each(|reply| visit(reply, &models, &mut read));
    }
    (sent, read)
}

fn mark_clone(api: &mut Api) {
    fn can_clone(kind: &Type, fixed: &HashSet<String>) -> bool {
        match kind {
            Type::Named(named) => named.clone,
            Type::Model(name) => !fixed.contains(name),
            Type::List(item) => can_clone(item, fixed),
            _ => true,
        }
    }
    // Grows until nothing changes: a model that holds one that cannot be cloned cannot either.
    let mut fixed: HashSet<String> = HashSet::new();
    loop {
        let more: Vec<String> = models(api)
            .into_iter()
            .filter(|(name, model)| {
                !fixed.contains(*name)
                    && (model.single_use
                        || model
                            .fields
                            .iter()
                            .any(|field| !can_clone(&field.value, &fixed)))
            })
            .map(|(name, _)| name.to_owned())
            .collect();
        if more.is_empty() {
            break;
        }
        fixed.extend(more);
    }
    for group in &mut api.groups {
        for operation in &mut group.operations {
            operation.clone = operation
                .fields
                .iter()
                .all(|field| can_clone(&field.value, &fixed));
        }
        for definition in &mut group.types {
            if let TypeKind::Model(model) = &mut definition.kind {
                model.clone = !fixed.contains(&definition.name);
            }
        }
    }
}

/// A file of operations cannot import a type that has the name of one of its own operations.
fn check_imports(api: &Api, problems: &mut Problems) {
    fn named(kind: &Type) -> Option<&str> {
        match kind {
            Type::Model(name) | Type::Enum(name) => Some(name),
            Type::List(item) => named(item),
            _ => None,
        }
    }
    for group in &api.groups {
        let own: HashSet<&str> = group
            .operations
            .iter()
            .map(|operation| operation.name.as_str())
            .collect();
        let mut reported = HashSet::new();
        for operation in &group.operations {
            let values = operation.fields.iter().map(|field| &field.value);
            for name in values.chain(&operation.reply).filter_map(named) {
                if own.contains(name) && reported.insert(name) {
                    let message = format!(
                        "`{name}` is an operation of this document and a model that `{}` uses; \
                         rename the model",
                        operation.name
                    );
                    problems.add(&At::document(&group.file), message);
                }
            }
        }
    }
}
