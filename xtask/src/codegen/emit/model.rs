//! Files of models and enums.

use super::{
    Homes, aliases, catalog::Catalog, doc, head, imports::Imports, links::Links, module_doc,
    structure::Structure,
};
use crate::codegen::api::{Enum, Group, TypeDefinition, TypeKind};

pub(super) fn file(group: &Group, homes: &Homes<'_>, catalog: &Catalog<'_>) -> String {
    let mut imports = Imports::new(homes, Some(&group.module));
    let links = Links::of_models(catalog, group);
    let mut body = String::new();
    for definition in &group.types {
        body.push('\n');
        match &definition.kind {
            TypeKind::Enum(enumeration) => {
                imports.add("crate::schema", "open_enum");
                write_enum(&mut body, definition, enumeration, &links);
            }
            TypeKind::Model(model) => {
                let mut documentation =
                    links.linked(&definition.description, &definition.name, &model.fields);
                if !model.clone {
                    documentation.push_str(
                        "\n\nIt cannot be cloned, because it holds something that is good for one use.",
                    );
                }
                let mut aliases = String::new();
                aliases::of_type(&mut aliases, 0, definition);
                let structure = Structure {
                    name: &definition.name,
                    documentation,
                    aliases,
                    links: &links,
                    fields: &model.fields,
                    in_request: model.in_request,
                    clone: model.clone,
                    fields_are: "fields",
                    table: "table",
                };
                structure.write(&mut body, &mut imports);
            }
        }
    }
    format!(
        "{}{}{}{body}",
        head(group),
        module_doc(group, "models"),
        imports.text()
    )
}

fn write_enum(
    out: &mut String,
    definition: &TypeDefinition,
    enumeration: &Enum,
    links: &Links<'_>,
) {
    let linked = |text: &str| links.linked(text, &definition.name, &[]);
    out.push_str("open_enum! {\n");
    doc::write(out, 4, "///", &linked(&definition.description));
    aliases::of_type(out, 4, definition);
    let kind = if enumeration.is_text { "str" } else { "i32" };
    out.push_str(&format!("    pub enum {}: {kind} {{\n", definition.name));
    for variant in &enumeration.variants {
        doc::write(out, 8, "///", &linked(&variant.description));
        aliases::of_variant(out, variant);
        out.push_str(&format!(
            "        {} = {},\n",
            variant.name, variant.literal
        ));
    }
    out.push_str("    }\n}\n");
}
