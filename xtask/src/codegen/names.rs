//! From names on the wire to names in Rust, and which names are taken.

/// `conferenceID` to `conference_id`, `X-Login-Type` to `x_login_type`.
pub(crate) fn snake_case(wire: &str) -> String {
    let chars: Vec<char> = wire.chars().collect();
    let mut name = String::new();
    for (index, &c) in chars.iter().enumerate() {
        if !c.is_ascii_alphanumeric() {
            if !name.is_empty() && !name.ends_with('_') {
                name.push('_');
            }
            continue;
        }
        if c.is_ascii_uppercase() && index > 0 {
            let before = chars[index - 1];
            let next_is_lower = chars.get(index + 1).is_some_and(char::is_ascii_lowercase);
            let starts_word = before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || (before.is_ascii_uppercase() && next_is_lower);
            if starts_word {
                name.push('_');
            }
        }
        name.push(c.to_ascii_lowercase());
    }
    name.trim_end_matches('_').to_owned()
}

/// `ASC_StartTIME` to `AscStartTime`.
pub(crate) fn pascal_case(wire: &str) -> String {
    snake_case(wire)
        .split('_')
        .flat_map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            [first.to_ascii_uppercase(), rest.to_owned()]
        })
        .collect()
}

/// Whether a text can name a type or a variant.
pub(crate) fn is_pascal_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
        && name != "Self"
}

/// Whether a text can name a field, keywords aside.
pub(crate) fn is_snake_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// What to call a field whose name Rust, or the generated code, needs for itself.
pub(crate) fn instead_of_reserved(name: &str) -> Option<String> {
    match name {
        "type" => Some("kind".to_owned()),
        _ if KEYWORDS.contains(&name) || METHODS.contains(&name) => Some(format!("{name}_value")),
        _ => None,
    }
}

const KEYWORDS: [&str; 54] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "raw",
    "ref", "return", "safe", "self", "static", "struct", "super", "trait", "true", "try", "type",
    "typeof", "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Functions that generated structs have: a setter of that name would hide them.
const METHODS: [&str; 3] = ["new", "default", "clone"];

/// Names that generated files import or take from the prelude.
pub(crate) fn is_reserved_type(name: &str) -> bool {
    const RESERVED: [&str; 31] = [
        "Auth",
        "BTreeMap",
        "Box",
        "Clone",
        "ConferenceCredential",
        "Date",
        "Default",
        "Duration",
        "Err",
        "Field",
        "Format",
        "From",
        "Into",
        "IntoIterator",
        "Method",
        "None",
        "Ok",
        "Operation",
        "OperationInfo",
        "Option",
        "Page",
        "PagedOperation",
        "PartialEq",
        "Place",
        "Result",
        "Retry",
        "Some",
        "String",
        "Timestamp",
        "Upload",
        "Vec",
    ];
    RESERVED.contains(&name)
        || super::api::NAMED_TYPES
            .iter()
            .any(|named| named.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_names_follow_words_not_letters() {
        for (wire, name) in [
            ("conferenceID", "conference_id"),
            ("confUUID", "conf_uuid"),
            ("isSMSEnabled", "is_sms_enabled"),
            ("X-Login-Type", "x_login_type"),
            ("HA2", "ha2"),
            ("client_cpu_max", "client_cpu_max"),
            ("RegStatus", "reg_status"),
            ("gloablPublicIP", "gloabl_public_ip"),
            ("v2Token", "v2_token"),
        ] {
            assert_eq!(snake_case(wire), name);
        }
    }

    #[test]
    fn variant_names_are_pascal_case() {
        for (wire, name) in [
            ("Schedule", "Schedule"),
            ("ASC_StartTIME", "AscStartTime"),
            ("hd-video", "HdVideo"),
            ("YES", "Yes"),
        ] {
            assert_eq!(pascal_case(wire), name);
        }
    }

    #[test]
    fn reserved_names_come_with_a_proposal() {
        assert_eq!(instead_of_reserved("type").as_deref(), Some("kind"));
        assert_eq!(instead_of_reserved("match").as_deref(), Some("match_value"));
        assert_eq!(
            instead_of_reserved("default").as_deref(),
            Some("default_value")
        );
        assert_eq!(instead_of_reserved("kind"), None);
    }
}
