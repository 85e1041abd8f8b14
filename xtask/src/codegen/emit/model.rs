//! Files of models and enums.

use super::{
    Homes, aliases, catalog::Catalog, doc, head, imports::Imports, links::Links, module_doc,
    structure::Structure,
};
use crate::codegen::api::{Enum, Group, Model, TypeDefinition, TypeKind};

pub(super) fn file(group: &Group, homes: &Homes<'_>, catalog: &Catalog<'_>) -> String {
    let mut imports = Imports::new(homes, Some(&group.module));
    let links = Links::of_models(catalog, group);
    let mut body = String::new();
    for definition in &group.types {
        write_definition(&mut body, definition, &mut imports, &links);
    }
    format!(
        "{}{}{}{body}",
        head(group),
        module_doc(group, "models"),
        imports.text()
    )
}

/// A model or an enum.
pub(super) fn write_definition(
    body: &mut String,
    definition: &TypeDefinition,
    imports: &mut Imports<'_>,
    links: &Links<'_>,
) {
    body.push('\n');
    match &definition.kind {
        TypeKind::Enum(enumeration) => {
            imports.add("crate::schema", "open_enum");
            write_enum(body, definition, enumeration, links);
        }
        TypeKind::Model(model) => structure(definition, model, links).write(body, imports),
    }
}

pub(super) fn structure<'a>(
    definition: &'a TypeDefinition,
    model: &'a Model,
    links: &'a Links<'a>,
) -> Structure<'a> {
    let mut documentation = links.linked(&definition.description, &definition.name, &model.fields);
    if !model.clone {
        documentation.push_str(
            "\n\nIt cannot be cloned, because it holds something that is good for one use.",
        );
    }
    let mut aliases = String::new();
    aliases::of_type(&mut aliases, 0, definition);
    Structure {
        name: &definition.name,
        documentation,
        aliases,
        links,
        fields: &model.fields,
        in_request: model.in_request,
        clone: model.clone,
        eq: model.eq,
        fields_are: "fields",
        table: "table",
        rules: &model.rules,
    }
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
