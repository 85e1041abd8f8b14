//! `#[doc(alias)]`: the search of the documentation finds items by their names on the wire as
//! well, and by those of the official SDKs. Operations are called the same there.

use super::catalog::text_of;
use crate::codegen::api::{Field, Place, TypeDefinition, Variant};

/// Names of a model or an enum in the official SDKs.
pub(super) fn of_type(out: &mut String, indent: usize, definition: &TypeDefinition) {
    for alias in &definition.aliases {
        write(out, indent, alias, &definition.name);
    }
}

/// The name of a field on the wire, and the other names that the service uses for it.
pub(super) fn of_field(out: &mut String, field: &Field) {
    if matches!(field.place, Place::WholeBody) {
        return;
    }
    for wire in std::iter::once(&field.wire).chain(&field.also) {
        write(out, 4, wire, &field.name);
    }
}

/// The value of a variant on the wire, where it is a word.
pub(super) fn of_variant(out: &mut String, variant: &Variant) {
    if variant.literal.starts_with('"') {
        write(out, 8, &text_of(&variant.literal), &variant.name);
    }
}

fn write(out: &mut String, indent: usize, wire: &str, name: &str) {
    // What has no letter, or only one, would find everything.
    let letters = wire.chars().filter(|c| c.is_alphabetic()).count();
    if wire != name && letters > 1 && !wire.contains(char::is_whitespace) {
        out.push_str(&format!("{}#[doc(alias = {wire:?})]\n", " ".repeat(indent)));
    }
}
