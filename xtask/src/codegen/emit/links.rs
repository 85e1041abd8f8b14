//! Intra-doc links: names in backticks that have a page of their own become links to it.

use std::collections::HashSet;

use super::{catalog::Catalog, doc};
use crate::codegen::api::{Auth, Field, Group, NAMED_TYPES, Type, TypeKind};

/// Items at the root of `meeting-types` that descriptions mention, beside the named types.
const HAND_WRITTEN: [&str; 5] = [
    "AccountCredential",
    "AppCredential",
    "ConferenceCredential",
    "PagedOperation",
    "ServiceError",
];

/// Links that start the meeting client, which stand in a module of their own.
const LAUNCH: [&str; 3] = ["JoinLaunch", "LaunchLink", "PortalLaunch"];

/// Items that can be linked from one generated file, and those in scope there.
pub(super) struct Links<'a> {
    catalog: &'a Catalog<'a>,
    /// The names that need no path.
    scope: HashSet<&'a str>,
}

impl<'a> Links<'a> {
    /// For the file of the operations of a group.
    pub(super) fn of_operations(catalog: &'a Catalog<'a>, group: &'a Group) -> Self {
        let mut scope: HashSet<&str> = HashSet::new();
        for operation in &group.operations {
            let values = operation.fields.iter().map(|field| &field.value);
            let items = operation.paging.iter().map(|paging| &paging.item);
            for kind in values.chain(&operation.reply).chain(items) {
                scope.extend(named(kind));
            }
            match operation.auth {
                Auth::None => None,
                Auth::AccessToken => Some("AccessToken"),
                Auth::ConferenceToken => Some("ConferenceCredential"),
            }
            .map(|name| scope.insert(name));
            if operation.paging.is_some() {
                scope.insert("PagedOperation");
            }
        }
        scope.extend(group.operations.iter().map(|it| it.name.as_str()));
        Self { catalog, scope }
    }

    /// For the file of the models of a group.
    pub(super) fn of_models(catalog: &'a Catalog<'a>, group: &'a Group) -> Self {
        let mut scope: HashSet<&str> = HashSet::new();
        for definition in &group.types {
            scope.insert(&definition.name);
            if let TypeKind::Model(model) = &definition.kind {
                scope.extend(model.fields.iter().filter_map(|field| named(&field.value)));
            }
        }
        Self { catalog, scope }
    }

    /// A link to a model or an enum, or to an operation.
    pub(super) fn link(&self, name: &str) -> Option<String> {
        if self.scope.contains(name) {
            return Some(format!("[`{name}`]"));
        }
        if HAND_WRITTEN.contains(&name) || NAMED_TYPES.iter().any(|named| named.name == name) {
            return Some(format!("[`{name}`](crate::{name})"));
        }
        if LAUNCH.contains(&name) {
            return Some(format!("[`{name}`](crate::launch::{name})"));
        }
        // A name that both have is left to the one that is in scope.
        match (self.catalog.is_operation(name), self.catalog.is_type(name)) {
            (true, false) => Some(format!("[`{name}`](crate::operations::{name})")),
            (false, true) => Some(format!("[`{name}`](crate::models::{name})")),
            _ => None,
        }
    }

    /// The text with links. `owner` is the item that it is about, `fields` are those of the owner.
    pub(super) fn linked(&self, text: &str, owner: &str, fields: &[Field]) -> String {
        let mut out = String::new();
        for unit in doc::units(text) {
            let code = unit
                .strip_prefix('`')
                .and_then(|unit| unit.strip_suffix('`'));
            match code.and_then(|code| self.of_code(code, owner, fields)) {
                Some(link) => out.push_str(&link),
                None => out.push_str(unit),
            }
        }
        out
    }

    fn of_code(&self, code: &str, owner: &str, fields: &[Field]) -> Option<String> {
        if code == owner {
            return None;
        }
        if fields.iter().any(|field| field.name == code) {
            return Some(format!("[`{code}`](field@Self::{code})"));
        }
        let Some((name, variant)) = code.split_once("::") else {
            return self.link(code);
        };
        let mut variants = self.catalog.enumeration(name)?.variants.iter();
        if !variants.any(|it| it.name == variant) {
            return None;
        }
        if self.scope.contains(name) {
            Some(format!("[`{code}`]"))
        } else {
            Some(format!("[`{code}`](crate::models::{code})"))
        }
    }
}

/// The type of a value, or of its items, if it has a page of its own.
fn named(kind: &Type) -> Option<&str> {
    match kind {
        Type::Model(name) | Type::Enum(name) => Some(name),
        Type::Named(named) => Some(named.name),
        Type::List(item) => named(item),
        _ => None,
    }
}
