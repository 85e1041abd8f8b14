//! The end of an example: what it does with the value of the response.

use std::collections::BTreeSet;

use super::{catalog::Catalog, expression, types};
use crate::codegen::{
    api::{Field, Model, Operation, Paging, Type},
    example::Example,
    names,
};

/// The paths that an example imports.
pub(super) struct Uses(pub(super) BTreeSet<String>);

impl Uses {
    pub(super) fn add(&mut self, path: &str) {
        self.0.insert(path.to_owned());
    }
}

/// Most values of an object that are looked at.
const LOOKED_AT: usize = 2;

/// The lines that use `output`, which was read from `example`.
pub(super) fn used(
    catalog: &Catalog<'_>,
    operation: &Operation,
    kind: &Type,
    example: &Example,
    uses: &mut Uses,
) -> String {
    if let Some(paging) = &operation.paging {
        return page(catalog, operation, paging, kind, example, uses);
    }
    match (kind, example) {
        (Type::Model(name), _) => match catalog.model(name) {
            Some(model) => values(catalog, "output", model, example, uses),
            None => String::new(),
        },
        (Type::List(item), Example::List(items)) => {
            let first = items.first();
            if is_list(operation) {
                let each = each(catalog, "&output", item, first);
                format!("assert_eq!(output.len(), {});\n{each}", items.len())
            } else {
                // A list of one, by what the service does.
                let lines = match (&**item, first) {
                    (Type::Model(name), Some(first)) => catalog
                        .model(name)
                        .map(|model| values(catalog, "first", model, first, uses)),
                    _ => None,
                };
                format!(
                    "let first = output.first().ok_or(\"nothing came back\")?;\n{}",
                    lines.unwrap_or_default()
                )
            }
        }
        _ => "println!(\"{output:?}\");\n".to_owned(),
    }
}

/// Whether the operation asks for a list, by its name.
fn is_list(operation: &Operation) -> bool {
    ["Search", "List", "Show", "BatchShow"]
        .iter()
        .any(|verb| operation.name.starts_with(verb))
}

fn page(
    catalog: &Catalog<'_>,
    operation: &Operation,
    paging: &Paging,
    kind: &Type,
    example: &Example,
    uses: &mut Uses,
) -> String {
    uses.add("meeting_types::PagedOperation");
    let name = &operation.name;
    let (count, item) = page_of(catalog, paging, kind, example);
    let check = match count {
        Some(Example::Int(count)) => format!("assert_eq!(page.count, Some({count}));\n"),
        _ => "assert_eq!(page.items.len(), 1);\n".to_owned(),
    };
    let each = each(catalog, "page.items", &paging.item, item.as_ref());
    format!("let page = {name}::take_page(output);\n{check}{each}")
}

/// The count that the example has, and its first item.
fn page_of(
    catalog: &Catalog<'_>,
    paging: &Paging,
    kind: &Type,
    example: &Example,
) -> (Option<Example>, Option<Example>) {
    let model_of = |kind: &Type| match kind {
        Type::Model(name) => catalog.model(name),
        _ => None,
    };
    let step = |kind: &Type, example: &Example, name: &str| {
        let field = model_of(kind)?.fields.iter().find(|it| it.name == name)?;
        Some((field.value.clone(), example.get(&field.wire)?.clone()))
    };
    let (kind, example) = match &paging.inside {
        Some(inside) => match step(kind, example, &inside.name) {
            Some(found) => found,
            None => return (None, None),
        },
        None => (kind.clone(), example.clone()),
    };
    let count = paging.count.as_ref();
    let count = count.and_then(|(count, _)| step(&kind, &example, &count.name));
    let items = step(&kind, &example, &paging.items.name);
    let item = items.and_then(|(_, items)| match items {
        Example::List(items) => items.into_iter().next(),
        _ => None,
    });
    (count.map(|(_, count)| count), item)
}

/// A loop over a list that prints a few values of each item.
fn each(catalog: &Catalog<'_>, list: &str, item: &Type, example: Option<&Example>) -> String {
    let variable = variable(item);
    let fallback = format!("for {variable} in {list} {{\nprintln!(\"{{{variable}:?}}\");\n}}\n");
    let Type::Model(name) = item else {
        return fallback;
    };
    let (Some(model), Some(Example::Object(entries))) = (catalog.model(name), example) else {
        return fallback;
    };
    let known: Vec<(&Field, &Example)> = entries
        .iter()
        .filter_map(|(wire, value)| {
            let field = model.fields.iter().find(|field| field.wire == *wire)?;
            Some((field, value))
        })
        .collect();
    // A list in the item is what the item is about.
    let inner = known
        .iter()
        .find_map(|(field, value)| match (&field.value, value) {
            (Type::List(item), Example::List(items)) if !field.is_option(model.in_request) => {
                let list = format!("{variable}.{}", field.name);
                Some(each(catalog, &list, item, items.first()))
            }
            _ => None,
        });
    if let Some(inner) = inner {
        return format!("for {variable} in {list} {{\n{inner}}}\n");
    }
    let shown: Vec<&Field> = known
        .iter()
        .map(|(field, _)| *field)
        .filter(|field| is_leaf(&field.value))
        .take(LOOKED_AT)
        .collect();
    if shown.is_empty() {
        return fallback;
    }
    let marks: Vec<&str> = shown.iter().map(|field| mark(model, field)).collect();
    let places: Vec<String> = shown
        .iter()
        .map(|field| format!("{variable}.{}", field.name))
        .collect();
    format!(
        "for {variable} in {list} {{\nprintln!(\"{}\", {});\n}}\n",
        marks.join(": "),
        places.join(", ")
    )
}

/// Format specifier of a field: that of a text where it always is one.
fn mark(model: &Model, field: &Field) -> &'static str {
    let plain = match &field.value {
        Type::Text | Type::Bool | Type::I32 | Type::I64 | Type::U32 | Type::U64 | Type::F64 => true,
        Type::Timestamp | Type::Date => true,
        Type::Named(named) => types::is_id(named),
        _ => false,
    };
    if plain && !field.is_option(model.in_request) {
        "{}"
    } else {
        "{:?}"
    }
}

/// Looks at the first values of an object; goes into its first object where it has no others.
fn values(
    catalog: &Catalog<'_>,
    place: &str,
    model: &Model,
    example: &Example,
    uses: &mut Uses,
) -> String {
    let Example::Object(entries) = example else {
        return String::new();
    };
    let found: Vec<(&Field, &Example)> = entries
        .iter()
        .filter_map(|(wire, value)| {
            let field = model.fields.iter().find(|field| field.wire == *wire)?;
            Some((field, value))
        })
        .collect();
    let Some((first, value)) = found.first() else {
        return format!("println!(\"{{{place}:?}}\");\n");
    };
    let is_option = first.is_option(model.in_request);
    match (&first.value, value) {
        (Type::List(item), Example::List(items)) => {
            let name = &first.name;
            if is_option {
                let list = format!("{place}.{name}.unwrap_or_default()");
                return each(catalog, &list, item, items.first());
            }
            let each = each(catalog, &format!("&{place}.{name}"), item, items.first());
            format!("assert_eq!({place}.{name}.len(), {});\n{each}", items.len())
        }
        (Type::Model(name), _) => {
            let Some(inner) = catalog.model(name) else {
                return String::new();
            };
            if !is_option {
                return values(
                    catalog,
                    &format!("{place}.{}", first.name),
                    inner,
                    value,
                    uses,
                );
            }
            let variable = &first.name;
            format!(
                "let {variable} = {place}.{variable}.ok_or(\"no {}\")?;\n{}",
                variable.replace('_', " "),
                values(catalog, variable, inner, value, uses)
            )
        }
        (Type::Named(named), Example::Text(text)) if !named.clone && !is_option => {
            let name = &first.name;
            format!(
                "// Good for one use: it can be moved, but not cloned.\n\
                 let {name} = {place}.{name};\nassert_eq!({name}.expose(), {text:?});\n"
            )
        }
        _ => found
            .iter()
            .filter(|(field, _)| is_leaf(&field.value))
            .take(LOOKED_AT)
            .map(|(field, value)| {
                let is_option = field.is_option(model.in_request);
                let place = format!("{place}.{}", field.name);
                if field.value == Type::Bool && !is_option {
                    return format!("assert!({place});\n");
                }
                let compared = expression::compared(catalog, &place, field, is_option, value, uses);
                format!("assert_eq!({compared});\n")
            })
            .collect(),
    }
}

fn is_leaf(kind: &Type) -> bool {
    !matches!(
        kind,
        Type::List(_) | Type::Model(_) | Type::Map | Type::Upload
    )
}

/// A name for one item of a list: the last word of its type that says something.
fn variable(item: &Type) -> String {
    let snake = names::snake_case(&types::text(item));
    let says_little = |word: &&str| {
        ![
            "info", "item", "entry", "data", "record", "detail", "reply", "status",
        ]
        .contains(word)
    };
    let word = snake.rsplit('_').find(says_little).unwrap_or("item");
    match item {
        Type::Model(_) if names::instead_of_reserved(word).is_none() => word.to_owned(),
        _ => "item".to_owned(),
    }
}
