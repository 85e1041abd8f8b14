//! Facts about the API as a whole: which models travel in which direction, what can be cloned and
//! compared.

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
    mark_traits(api);
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

/// Marks what cannot be cloned, and what cannot be compared for equality in all cases: a type that
/// holds such a value cannot either.
fn mark_traits(api: &mut Api) {
    let single_use: HashSet<String> = models(api)
        .into_iter()
        .filter(|(_, model)| model.single_use)
        .map(|(name, _)| name.to_owned())
        .collect();
    let is_single_use = |kind: &Type| matches!(kind, Type::Named(named) if !named.clone);
    let not_clone = holders(api, single_use, &is_single_use);
    let is_float = |kind: &Type| matches!(kind, Type::F64);
    let not_eq = holders(api, HashSet::new(), &is_float);
    for group in &mut api.groups {
        for operation in &mut group.operations {
            let holds = |set, is_one: &dyn Fn(&Type) -> bool| {
                let mut fields = operation.fields.iter();
                fields.any(|field| holds(&field.value, set, is_one))
            };
            let clone = !holds(&not_clone, &is_single_use);
            let eq = !holds(&not_eq, &is_float);
            (operation.clone, operation.eq) = (clone, eq);
        }
        for definition in &mut group.types {
            if let TypeKind::Model(model) = &mut definition.kind {
                model.clone = !not_clone.contains(&definition.name);
                model.eq = !not_eq.contains(&definition.name);
            }
        }
    }
}

/// Whether a value is or has in it what `is_one` finds, or one of the models in `set`.
fn holds(kind: &Type, set: &HashSet<String>, is_one: &dyn Fn(&Type) -> bool) -> bool {
    match kind {
        Type::Model(name) => set.contains(name),
        Type::List(item) => holds(item, set, is_one),
        kind => is_one(kind),
    }
}

/// The names of the models in `set`, and of those that hold one of them or what `is_one` finds.
fn holders(api: &Api, mut set: HashSet<String>, is_one: &dyn Fn(&Type) -> bool) -> HashSet<String> {
    let models = models(api);
    // Grows until nothing changes.
    loop {
        let more: Vec<String> = models
            .iter()
            .filter(|(name, model)| {
                let mut fields = model.fields.iter();
                !set.contains(**name) && fields.any(|field| holds(&field.value, &set, is_one))
            })
            .map(|(name, _)| (*name).to_owned())
            .collect();
        if more.is_empty() {
            return set;
        }
        set.extend(more);
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
