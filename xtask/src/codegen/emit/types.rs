//! How types are written.

use crate::codegen::api::{Field, NamedType, Type};

/// The type of a value.
pub(super) fn text(kind: &Type) -> String {
    let name = match kind {
        Type::Text => "String",
        Type::Named(named) => named.name,
        Type::Bool => "bool",
        Type::I32 => "i32",
        Type::I64 => "i64",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::F64 => "f64",
        Type::Timestamp => "Timestamp",
        Type::Date => "Date",
        Type::Duration => "Duration",
        Type::Upload => "Upload",
        Type::Map => "BTreeMap<String, String>",
        Type::Model(name) | Type::Enum(name) => name,
        Type::List(item) => return format!("Vec<{}>", text(item)),
    };
    name.to_owned()
}

/// The type of a field.
pub(super) fn field(field: &Field, in_request: bool) -> String {
    let value = text(&field.value);
    if field.is_option(in_request) {
        format!("Option<{value}>")
    } else {
        value
    }
}

/// Whether callers may pass anything that converts into it.
pub(super) fn is_convertible(kind: &Type) -> bool {
    matches!(kind, Type::Text | Type::Named(_))
}

/// Whether a hand-written type is an id: a text that prints as it is.
pub(super) fn is_id(named: &NamedType) -> bool {
    named.module == "crate::ids"
}

/// Whether a hand-written type masks its text.
pub(super) fn is_secret(named: &NamedType) -> bool {
    named.module == "crate::secret"
}
