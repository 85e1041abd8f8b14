//! Operations as derives: the body, or else the query, is derived, and the rest is put into the
//! request by hand.

use super::{
    super::{Homes, catalog::Catalog, head, imports::Imports, links::Links, module_doc, operation},
    attribute,
};
use crate::codegen::{
    api::{Field, Group, Operation, Place},
    error_codes::Table,
};

/// Where the traits are that operations implement here.
const TRAITS: &str = "crate::call";

pub(super) fn file(
    group: &Group,
    homes: &Homes<'_>,
    catalog: &Catalog<'_>,
    codes: &Table<'_>,
) -> String {
    let links = Links::of_operations(catalog, group);
    let mut imports = Imports::new(homes, None);
    let mut body = String::new();
    for operation in &group.operations {
        body.push('\n');
        let derived = derived(operation);
        let mut derives = vec!["Debug"];
        if derived.is_some() {
            for derive in ["Serialize", "Deserialize"] {
                imports.add("serde_derive", derive);
                derives.push(derive);
            }
        }
        let documentation = operation::documentation(operation, catalog, &links, codes);
        let structure = operation::structure(operation, documentation, &links);
        derives.extend(structure.eq.then_some("Hash"));
        structure.write_struct(&mut body, &mut imports, &derives, |field| match derived {
            None => String::new(),
            Some(place) if place == field.place => attribute::of(field, true),
            Some(_) => attribute::elsewhere(field),
        });
        imports.add(TRAITS, "Call");
        imports.add(TRAITS, "Failure");
        let functions = functions(operation, derived);
        operation::write_operation(
            &mut body,
            group,
            operation,
            TRAITS,
            &mut imports,
            &functions,
        );
        if let Some(paging) = &operation.paging {
            body.push('\n');
            operation::write_paging(&mut body, operation, paging, TRAITS, &mut imports);
        }
    }
    let (head, doc, imports) = (head(group), module_doc(group, "operations"), imports.text());
    format!("{head}{doc}{imports}{body}")
}

/// The place whose fields a derive writes and reads.
fn derived(operation: &Operation) -> Option<Place> {
    let has = |place| operation.fields.iter().any(|field| field.place == place);
    if has(Place::Body) {
        Some(Place::Body)
    } else if has(Place::Query) && !has(Place::WholeBody) && !has(Place::Part) {
        Some(Place::Query)
    } else {
        None
    }
}

/// The four directions, each compiled for this operation, as the tables are.
fn functions(operation: &Operation, derived: Option<Place>) -> String {
    let by_hand = || {
        let fields = operation.fields.iter();
        fields.filter(move |field| Some(field.place) != derived)
    };
    let derived = derived.map(|place| match place {
        Place::Query => "all_query",
        _ => "json",
    });
    let (mut write, mut read) = (String::new(), String::new());
    if let Some(derived) = derived {
        write.push_str(&format!("call.{derived}(self)?;\n"));
    }
    write.extend(by_hand().map(written));
    match derived {
        Some(derived) if by_hand().next().is_none() => {
            read.push_str(&format!("call.read_{derived}()"));
        }
        Some(derived) => {
            read.push_str(&format!(
                "let mut operation: Self = call.read_{derived}()?;\n"
            ));
            for field in by_hand() {
                let (name, value) = (&field.name, read_value(field));
                read.push_str(&format!("operation.{name} = {value};\n"));
            }
            read.push_str("Ok(operation)");
        }
        None => {
            let fields = by_hand().map(|field| format!("{}: {},", field.name, read_value(field)));
            read.push_str(&format!("Ok(Self {{ {} }})", fields.collect::<String>()));
        }
    }
    let mutable = if write.is_empty() { "" } else { "mut " };
    let call = if read.contains("call.") { "call" } else { "_" };
    let (write_reply, read_reply) = if operation.reply.is_some() {
        (
            "fn write_reply(reply: &Self::Output) -> Result<Vec<u8>, Failure> { \
             Ok(serde_json::to_vec(reply)?) }",
            "fn read_reply(body: &[u8]) -> Result<Self::Output, Failure> { \
             Ok(serde_json::from_slice(body)?) }",
        )
    } else {
        (
            "fn write_reply(_: &()) -> Result<Vec<u8>, Failure> { Ok(Vec::new()) }",
            "fn read_reply(_: &[u8]) -> Result<(), Failure> { Ok(()) }",
        )
    };
    format!(
        "
    fn to_call(&self) -> Result<Call, Failure> {{
        let {mutable}call = Call::new(Self::INFO);
        {write}
        Ok(call)
    }}

    fn from_call({call}: &Call) -> Result<Self, Failure> {{
        {read}
    }}

    {write_reply}

    {read_reply}
"
    )
}

/// The statement that puts a field into the request.
fn written(field: &Field) -> String {
    let (name, wire) = (&field.name, &field.wire);
    let value = match converter(field) {
        Some(module) => format!("&{module}::to_wire(&self.{name})"),
        None => format!("&self.{name}"),
    };
    match field.place {
        Place::WholeBody if field.is_option(true) => {
            format!("if let Some(body) = &self.{name} {{ call.json(body)?; }}\n")
        }
        Place::WholeBody | Place::Body => format!("call.json({value})?;\n"),
        Place::Path => format!("call.path({wire:?}, {value})?;\n"),
        Place::Query => format!("call.query({wire:?}, {value})?;\n"),
        Place::Header => format!("call.header({wire:?}, {value})?;\n"),
        Place::Part => format!("call.file({wire:?}, &self.{name});\n"),
    }
}

/// The expression that takes a field out of a request.
fn read_value(field: &Field) -> String {
    let wire = &field.wire;
    let value = match field.place {
        Place::WholeBody if field.is_option(true) => "call.read_json().ok()".to_owned(),
        Place::WholeBody | Place::Body => "call.read_json()?".to_owned(),
        Place::Path => format!("call.read_path({wire:?})?"),
        Place::Query => format!("call.read_query({wire:?})?"),
        Place::Header => format!("call.read_header({wire:?})?"),
        Place::Part => format!("call.read_file({wire:?})?"),
    };
    match converter(field) {
        Some(module) => format!("{module}::from_wire({value})?"),
        None => value,
    }
}

/// The module that turns the value into what travels, and back.
fn converter(field: &Field) -> Option<String> {
    let module = attribute::spelling(field)?;
    let option = if field.is_option(true) {
        "::option"
    } else {
        ""
    };
    Some(format!("crate::wire::{module}{option}"))
}
