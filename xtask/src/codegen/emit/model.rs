//! Files of models and enums.

use super::{Homes, doc, head, imports::Imports, module_doc, structure::Structure};
use crate::codegen::api::{Enum, Group, Model, TypeDefinition, TypeKind};

pub(super) fn file(group: &Group, homes: &Homes<'_>) -> String {
    let mut imports = Imports::new(homes, Some(&group.module));
    let mut body = String::new();
    for definition in &group.types {
        write_definition(&mut body, definition, &mut imports);
    }
    format!(
        "{}{}{}{body}",
        head(group),
        module_doc(group, "models"),
        imports.text()
    )
}

pub(super) fn write_definition(
    body: &mut String,
    definition: &TypeDefinition,
    imports: &mut Imports<'_>,
) {
    body.push('\n');
    match &definition.kind {
        TypeKind::Enum(enumeration) => {
            imports.add("crate::schema", "open_enum");
            write_enum(body, definition, enumeration);
        }
        TypeKind::Model(model) => structure(definition, model).write(body, imports),
    }
}

pub(super) fn structure<'a>(definition: &'a TypeDefinition, model: &'a Model) -> Structure<'a> {
    let mut documentation = definition.description.clone();
    if !model.clone {
        documentation.push_str(
            "\n\nIt cannot be cloned, because it holds something that is good for one use.",
        );
    }
    Structure {
        name: &definition.name,
        documentation,
        fields: &model.fields,
        in_request: model.in_request,
        clone: model.clone,
        fields_are: "fields",
        table: "table",
        rules: &model.rules,
    }
}

fn write_enum(out: &mut String, definition: &TypeDefinition, enumeration: &Enum) {
    out.push_str("open_enum! {\n");
    doc::write(out, 4, "///", &definition.description);
    let kind = if enumeration.is_text { "str" } else { "i32" };
    out.push_str(&format!("    pub enum {}: {kind} {{\n", definition.name));
    for variant in &enumeration.variants {
        doc::write(out, 8, "///", &variant.description);
        out.push_str(&format!(
            "        {} = {},\n",
            variant.name, variant.literal
        ));
    }
    out.push_str("    }\n}\n");
}
