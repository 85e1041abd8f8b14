//! Models and enums as derives.

use std::collections::BTreeSet;

use super::{
    super::{
        Homes, aliases, catalog::Catalog, doc, head, imports::Imports, links::Links, model,
        module_doc,
    },
    attribute,
};
use crate::codegen::api::{Enum, Group, TypeDefinition, TypeKind};

pub(super) fn file(
    group: &Group,
    homes: &Homes<'_>,
    catalog: &Catalog<'_>,
    in_tables: &BTreeSet<&str>,
) -> String {
    let links = Links::of_models(catalog, group);
    let mut imports = Imports::new(homes, Some(&group.module));
    let mut body = String::new();
    for definition in &group.types {
        if in_tables.contains(definition.name.as_str()) {
            model::write_definition(&mut body, definition, &mut imports, &links);
            continue;
        }
        for derive in ["Deserialize", "Serialize"] {
            imports.add("serde_derive", derive);
        }
        body.push('\n');
        match &definition.kind {
            TypeKind::Enum(kind) if kind.is_text => write_texts(&mut body, definition, kind),
            TypeKind::Enum(kind) => write_numbers(&mut body, definition, kind),
            TypeKind::Model(model) => {
                let structure = model::structure(definition, model, &links);
                let mut derives = vec!["Debug", "Serialize", "Deserialize"];
                derives.extend(structure.eq.then_some("Hash"));
                structure.write_struct(&mut body, &mut imports, &derives, |field| {
                    attribute::of(field, model.in_request)
                });
            }
        }
    }
    let (head, doc, imports) = (head(group), module_doc(group, "models"), imports.text());
    format!("{head}{doc}{imports}{body}")
}

fn write_texts(out: &mut String, definition: &TypeDefinition, kind: &Enum) {
    doc::write(out, 0, "///", &definition.description);
    aliases::of_type(out, 0, definition);
    out.push_str("#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]\n");
    out.push_str(&format!(
        "#[non_exhaustive]\npub enum {} {{\n",
        definition.name
    ));
    for variant in &kind.variants {
        doc::write(out, 4, "///", &variant.description);
        aliases::of_variant(out, variant);
        let (name, wire) = (&variant.name, &variant.literal);
        out.push_str(&format!("    #[serde(rename = {wire})]\n    {name},\n"));
    }
    out.push_str(
        "    /// A value that this version does not know.\n    #[serde(untagged)]\n    \
         Unknown(String),\n}\n",
    );
}

/// No derive knows numbers, so that these are converted by hand.
fn write_numbers(out: &mut String, definition: &TypeDefinition, kind: &Enum) {
    let name = &definition.name;
    doc::write(out, 0, "///", &definition.description);
    aliases::of_type(out, 0, definition);
    out.push_str("#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]\n");
    out.push_str("#[serde(from = \"i32\", into = \"i32\")]\n");
    out.push_str(&format!("#[non_exhaustive]\npub enum {name} {{\n"));
    let (mut from, mut into) = (String::new(), String::new());
    for variant in &kind.variants {
        doc::write(out, 4, "///", &variant.description);
        let (variant, code) = (&variant.name, &variant.literal);
        out.push_str(&format!("    {variant},\n"));
        from.push_str(&format!("{code} => Self::{variant}, "));
        into.push_str(&format!("{name}::{variant} => {code}, "));
    }
    out.push_str(&format!(
        "    /// A value that this version does not know.
    Unknown(i32),
}}

impl From<i32> for {name} {{
    fn from(code: i32) -> Self {{ match code {{ {from} _ => Self::Unknown(code) }} }}
}}

impl From<{name}> for i32 {{
    fn from(value: {name}) -> Self {{ match value {{ {into} {name}::Unknown(code) => code }} }}
}}
"
    ));
}
