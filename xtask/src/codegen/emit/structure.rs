//! What operations and models have in common: the struct, `new`, the setters and the table.

use super::{aliases, doc, facts, imports::Imports, layout, links::Links, rules, types};
use crate::codegen::api::{Bounded, Field, Format, Limits, Place, Rule, Type};

/// A struct to be written.
pub(super) struct Structure<'a> {
    pub(super) name: &'a str,
    pub(super) documentation: String,
    /// The lines with other names that people search it by.
    pub(super) aliases: String,
    pub(super) links: &'a Links<'a>,
    pub(super) fields: &'a [Field],
    pub(super) in_request: bool,
    pub(super) clone: bool,
    pub(super) eq: bool,
    /// What its fields are called in the documentation of `new`.
    pub(super) fields_are: &'static str,
    /// The macro that connects the fields with the wire.
    pub(super) table: &'static str,
    /// What the fields must obey together.
    pub(super) rules: &'a [Rule],
}

/// More arguments than clippy takes without a word.
const MANY_ARGUMENTS: usize = 7;

impl Structure<'_> {
    pub(super) fn write(&self, out: &mut String, imports: &mut Imports<'_>) {
        self.write_struct(out, imports, &[], |_| String::new());
        self.write_table(out, imports);
    }

    /// All but the table. `attribute` may put something before each field.
    pub(super) fn write_struct(
        &self,
        out: &mut String,
        imports: &mut Imports<'_>,
        more_derives: &[&str],
        attribute: impl Fn(&Field) -> String,
    ) {
        doc::write(out, 0, "///", &self.documentation);
        out.push_str(&self.aliases);
        let required: Vec<&Field> = self.fields.iter().filter(|field| field.required).collect();
        let derives = [
            ("Clone", self.clone),
            ("Default", required.is_empty()),
            ("PartialEq", true),
            ("Eq", self.eq),
        ];
        let derives: Vec<&str> = derives
            .iter()
            .filter(|(_, derived)| *derived)
            .map(|(name, _)| *name)
            .chain(more_derives.iter().copied())
            .collect();
        out.push_str(&format!(
            "#[derive({})]\n#[non_exhaustive]\n",
            derives.join(", ")
        ));
        self.write_fields(out, imports, attribute);
        self.write_new(out, &required);
        self.write_setters(out, imports);
    }

    fn write_fields(
        &self,
        out: &mut String,
        imports: &mut Imports<'_>,
        attribute: impl Fn(&Field) -> String,
    ) {
        if self.fields.is_empty() {
            out.push_str(&format!("pub struct {} {{}}\n\n", self.name));
            return;
        }
        out.push_str(&format!("pub struct {} {{\n", self.name));
        for field in self.fields {
            imports.add_type(&field.value);
            let description = field.description.trim();
            let description = self.links.linked(description, self.name, self.fields);
            doc::write(out, 4, "///", &field_documentation(field, &description));
            aliases::of_field(out, field);
            out.push_str(&attribute(field));
            let kind = types::field(field, self.in_request);
            out.push_str(&format!("    pub {}: {kind},\n", field.name));
        }
        out.push_str("}\n\n");
    }

    fn write_new(&self, out: &mut String, required: &[&Field]) {
        let what = self.fields_are;
        let documentation = match (required.len(), self.fields.len()) {
            (_, 0) => format!("It has no {what}."),
            (0, _) => format!("Has none of its {what} set."),
            (some, all) if some == all => format!("Takes all its {what}."),
            _ => format!("Takes the {what} that are required; the others have setters."),
        };
        out.push_str(&format!("impl {} {{\n", self.name));
        doc::write(out, 4, "///", &documentation);
        out.push_str("    #[must_use]\n");
        if required.is_empty() {
            out.push_str("    pub fn new() -> Self {\n        Self::default()\n    }\n}\n\n");
            return;
        }
        if required.len() > MANY_ARGUMENTS {
            out.push_str(
                "    #[expect(clippy::too_many_arguments, reason = \"all are required\")]\n",
            );
        }
        let arguments: Vec<String> = required.iter().map(|field| argument(field)).collect();
        let arguments = arguments.join(", ");
        out.push_str(&format!("    pub fn new({arguments}) -> Self {{\n"));
        let values: Vec<String> = self
            .fields
            .iter()
            .map(|field| self.initial_value(field))
            .collect();
        out.push_str(&format!("Self {{ {} }}\n    }}\n}}\n\n", values.join(", ")));
    }

    /// The entry of a field in the literal of `new`.
    fn initial_value(&self, field: &Field) -> String {
        let name = &field.name;
        match &field.value {
            _ if field.required => match &field.value {
                Type::List(_) => {
                    format!("{name}: {name}.into_iter().map(Into::into).collect()")
                }
                kind if types::is_convertible(kind) => format!("{name}: {name}.into()"),
                _ => name.clone(),
            },
            _ if field.is_option(self.in_request) => match field.default.as_ref() {
                Some(default) if field.preset => format!("{name}: Some({default})"),
                _ => format!("{name}: None"),
            },
            Type::Map => format!("{name}: BTreeMap::new()"),
            _ => format!("{name}: Vec::new()"),
        }
    }

    fn write_setters(&self, out: &mut String, imports: &mut Imports<'_>) {
        let mut lines = String::new();
        for field in self.fields.iter().filter(|field| !field.required) {
            let optional = field.is_option(self.in_request);
            let (setter, kind) = match &field.value {
                Type::List(item) if optional => ("list", types::text(item)),
                Type::List(item) => ("items", types::text(item)),
                // A map that is only read is filled through the field itself.
                Type::Map if !optional => continue,
                kind if types::is_convertible(kind) => ("into", types::text(kind)),
                kind => ("plain", types::text(kind)),
            };
            lines.push_str(&format!("    {setter} {}: {kind};\n", field.name));
        }
        if !lines.is_empty() {
            imports.add("crate::schema", "setters");
            out.push_str(&format!("setters! {{ {} {{\n{lines}}} }}\n\n", self.name));
        }
    }

    fn write_table(&self, out: &mut String, imports: &mut Imports<'_>) {
        imports.add("crate::schema", self.table);
        let is_default = self.fields.iter().all(|field| !field.required);
        let default = if is_default { ": Default" } else { "" };
        out.push_str(&format!("{}! {{ {}{default} {{", self.table, self.name));
        if self.fields.is_empty() {
            out.push_str("} }\n");
            return;
        }
        imports.add("crate::schema", "Field");
        out.push('\n');
        for (index, field) in self.fields.iter().enumerate() {
            if field.format != Format::Plain {
                imports.add("crate::schema", "Format");
            }
            if names_a_type(&field.value) {
                imports.add("crate::schema", "Empty");
            }
            if field.place != Place::Part && kind(&field.value).contains("Kind::") {
                imports.add("crate::schema", "Kind");
            }
            if field.characters.is_some() {
                imports.add("crate::schema", "Characters");
            }
            out.push_str(&row(index, field));
        }
        out.push('}');
        rules::write(out, self.rules, imports);
        out.push_str(" }\n");
    }
}

fn field_documentation(field: &Field, description: &str) -> String {
    let facts = facts::sentences(field);
    if facts.is_empty() {
        return description.to_owned();
    }
    let last_line = description.lines().last().unwrap_or_default().trim_start();
    let last_block = description.rsplit("\n\n").next().unwrap_or_default();
    let ends_in_list = last_line.starts_with('|') || last_block.trim_start().starts_with("- ");
    let gap = if ends_in_list { "\n\n" } else { " " };
    format!("{description}{gap}{facts}")
}

/// An argument of `new`.
fn argument(field: &Field) -> String {
    let name = &field.name;
    match &field.value {
        Type::List(item) => {
            format!(
                "{name}: impl IntoIterator<Item = impl Into<{}>>",
                types::text(item)
            )
        }
        kind if types::is_convertible(kind) => format!("{name}: impl Into<{}>", types::text(kind)),
        kind => format!("{name}: {}", types::text(kind)),
    }
}

/// The kind of a value, as the table states it.
fn kind(value: &Type) -> String {
    let name = match value {
        Type::Text => "Text",
        Type::Named(named) if named.is_secret() => return "Kind::Secret(&Kind::Text)".to_owned(),
        Type::Named(named) if named.own_kind => return format!("{}::KIND", named.name),
        Type::Named(_) => "Text",
        Type::Bool => "Bool",
        Type::I32 | Type::I64 | Type::U32 | Type::U64 => "Int",
        Type::F64 => "Float",
        Type::Timestamp => "Time",
        Type::Date => "Date",
        Type::Duration => "Duration",
        Type::Upload => "File",
        Type::Map => "Map",
        Type::Model(name) | Type::Enum(name) => return format!("{name}::KIND"),
        Type::List(item) => return format!("Kind::List(&{})", kind(item)),
    };
    format!("Kind::{name}")
}

/// Whether a kind is written with the name of a constant of `Empty`.
fn names_a_type(value: &Type) -> bool {
    match value {
        Type::Model(_) | Type::Enum(_) => true,
        Type::Named(named) => named.own_kind,
        Type::List(item) => names_a_type(item),
        _ => false,
    }
}

/// A row of the table.
fn row(index: usize, field: &Field) -> String {
    let wire = &field.wire;
    let kind = kind(&field.value);
    let place = match field.place {
        Place::Path => format!("path({wire:?}, {kind})"),
        Place::Query => format!("query({wire:?}, {kind})"),
        Place::Header => format!("header({wire:?}, {kind})"),
        Place::Body => format!("body({wire:?}, {kind})"),
        Place::WholeBody => format!("whole_body({kind})"),
        Place::Part => format!("part({wire:?})"),
    };
    let mut calls = Vec::new();
    if !field.also.is_empty() {
        calls.push(format!(".also(&{:?})", field.also));
    }
    if field.required {
        calls.push(".required()".to_owned());
    }
    if field.format != Format::Plain {
        calls.push(format!(".format(Format::{:?})", field.format));
    }
    calls.extend(limits(&field.limits));
    if let Some((min, max)) = bounds(&field.item_limits) {
        calls.push(format!(".each({min}, {max})"));
    }
    if let Some(characters) = field.characters {
        calls.push(format!(".characters(Characters::{characters:?})"));
    }
    if field.multiline {
        calls.push(".multiline()".to_owned());
    }
    let start = format!("    {index} {} = Field::{place}", field.name);
    let one_line = format!("{start}{};\n", calls.concat());
    if layout::columns(&one_line) - 1 <= layout::WIDTH {
        return one_line;
    }
    let calls: String = calls
        .iter()
        .map(|call| format!("\n        {call}"))
        .collect();
    format!("{start}{calls};\n")
}

fn limits(limits: &Limits) -> Option<String> {
    let name = match limits.of {
        Bounded::Nothing => return None,
        Bounded::Characters => "chars",
        Bounded::Number => "range",
        Bounded::Items => "items",
    };
    let (min, max) = bounds(limits)?;
    Some(format!(".{name}({min}, {max})"))
}

/// Both bounds; one that is missing is the least or the greatest that there is.
fn bounds(limits: &Limits) -> Option<(String, String)> {
    let least = match limits.of {
        Bounded::Nothing => return None,
        Bounded::Number => "i64::MIN",
        Bounded::Characters | Bounded::Items => "0",
    };
    let min = limits.min.map_or(least.to_owned(), number);
    let max = limits.max.map_or("i64::MAX".to_owned(), number);
    Some((min, max))
}

/// A number with its thousands apart, as clippy likes to read it.
fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if digits.len() > 4 && index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    if value < 0 { format!("-{text}") } else { text }
}
