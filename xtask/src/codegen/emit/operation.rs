//! Files of operations.

use super::{
    Homes, catalog::Catalog, example, head, imports::Imports, layout, links::Links, module_doc,
    refusals, structure::Structure, types,
};
use crate::codegen::{
    api::{Auth, Group, Operation, PageField, Paging, Place, Type},
    error_codes::Table,
    spec::Retry,
};

/// One file of meeting-types, alone: this must run when the crate does not compile.
#[path = "../../../../crates/meeting-types/src/reference.rs"]
mod reference;

/// The address of a page of the service's reference. `zh:` marks one that is only in Chinese.
fn page_url(id: &str) -> String {
    match id.strip_prefix("zh:") {
        Some(id) => reference::page_address(id, false),
        None => reference::page_address(id, true),
    }
}

pub(super) fn file(
    group: &Group,
    homes: &Homes<'_>,
    catalog: &Catalog<'_>,
    codes: &Table<'_>,
) -> String {
    let mut imports = Imports::new(homes, None);
    let links = Links::of_operations(catalog, group);
    let mut body = String::new();
    for operation in &group.operations {
        body.push('\n');
        let documentation = documentation(operation, catalog, &links, codes);
        structure(operation, documentation, &links).write(&mut body, &mut imports);
        body.push('\n');
        let traits = "crate::operation";
        write_operation(&mut body, group, operation, traits, &mut imports, "");
        if let Some(paging) = &operation.paging {
            body.push('\n');
            write_paging(&mut body, operation, paging, traits, &mut imports);
            write_server_paging(&mut body, operation, paging);
        }
    }
    format!(
        "{}{}{}{body}",
        head(group),
        module_doc(group, "operations"),
        imports.text()
    )
}

pub(super) fn structure<'a>(
    operation: &'a Operation,
    documentation: String,
    links: &'a Links<'a>,
) -> Structure<'a> {
    Structure {
        name: &operation.name,
        documentation,
        aliases: String::new(),
        links,
        fields: &operation.fields,
        in_request: true,
        clone: operation.clone,
        eq: operation.eq,
        fields_are: "parameters",
        table: "operation_table",
        rules: &operation.rules,
    }
}

pub(super) fn documentation(
    operation: &Operation,
    catalog: &Catalog<'_>,
    links: &Links<'_>,
    codes: &Table<'_>,
) -> String {
    let linked = |text: &str| links.linked(text, &operation.name, &operation.fields);
    let mut paragraphs = vec![linked(&operation.summary)];
    paragraphs.extend(operation.description.as_deref().map(linked));
    if operation.deprecated {
        paragraphs.push("**Deprecated** by the service.".to_owned());
    }
    let auth = match operation.auth {
        Auth::None => "no token",
        Auth::AccessToken => "access token",
        Auth::ConferenceToken => "control token",
    };
    let retry = match operation.retry {
        Retry::Read => "only reads",
        Retry::Idempotent => "idempotent",
        Retry::Once => "not idempotent",
    };
    let mut facts = format!("`{}` · {auth} · {retry}", call(operation));
    if let Some(page) = &operation.reference {
        facts.push_str(&format!(" · [reference]({})", page_url(page)));
    }
    paragraphs.push(facts);
    paragraphs.push(output_sentence(operation, links));
    paragraphs.push(example::text(catalog, operation));
    paragraphs.extend(refusals::section(operation, codes));
    paragraphs.join("\n\n")
}

/// The sentence that links what the operation answers.
fn output_sentence(operation: &Operation, links: &Links<'_>) -> String {
    let link = |kind: &Type| match kind {
        Type::Model(name) | Type::Enum(name) => {
            links.link(name).unwrap_or_else(|| format!("`{name}`"))
        }
        kind => format!("`{}`", types::text(kind)),
    };
    let Some(output) = &operation.reply else {
        return "Output: none.".to_owned();
    };
    match (&operation.paging, output) {
        (Some(paging), output) => format!(
            "Output: {}, a page of {}.",
            link(output),
            link(&paging.item)
        ),
        (None, Type::List(item)) => format!("Output: a list of {}.", link(item)),
        (None, output) => format!("Output: {}.", link(output)),
    }
}

/// The method and the path.
pub(super) fn call(operation: &Operation) -> String {
    format!("{} {}", operation.method.as_str(), operation.path)
}

/// Implements the `Operation` of the module `traits`: the facts, and `functions` after them.
pub(super) fn write_operation(
    out: &mut String,
    group: &Group,
    operation: &Operation,
    traits: &'static str,
    imports: &mut Imports<'_>,
    functions: &str,
) {
    imports.add(traits, "Operation");
    for name in ["AuthKind", "OperationInfo", "RetryClass"] {
        imports.add("crate::operation", name);
    }
    imports.add("http", "Method");
    let (credential, auth) = match operation.auth {
        Auth::None => ("()", "None"),
        Auth::AccessToken => {
            imports.add("crate::secret", "AccessToken");
            ("AccessToken", "AccessToken")
        }
        Auth::ConferenceToken => {
            imports.add("crate::credential", "ConferenceCredential");
            ("ConferenceCredential", "ConferenceToken")
        }
    };
    let output = output(operation);
    if let Some(kind) = &operation.reply {
        imports.add_type(kind);
    }
    if !operation.constants.is_empty() {
        imports.add("crate::schema", "Place");
    }
    let retry = match operation.retry {
        Retry::Read => "Read",
        Retry::Idempotent => "Idempotent",
        Retry::Once => "Once",
    };
    let reference = match &operation.reference {
        Some(page) => {
            imports.add("crate::operation", "Reference");
            match page.strip_prefix("zh:") {
                Some(page) => format!("Some(Reference::Chinese({page:?}))"),
                None => format!("Some(Reference::English({page:?}))"),
            }
        }
        None => "None".to_owned(),
    };
    let name = &operation.name;
    let method = operation.method.as_str();
    out.push_str(&format!("impl Operation for {name} {{\n"));
    out.push_str(&format!(
        "    type Authorization = {credential};\n    type Output = {output};\n"
    ));
    out.push_str("    const INFO: &'static OperationInfo = &OperationInfo {\n");
    out.push_str(&layout::text_field(8, "name", name));
    out.push_str(&format!("        method: Method::{method},\n"));
    out.push_str(&layout::text_field(8, "path", &operation.path));
    out.push_str(&layout::text_field(8, "group", &group.name));
    out.push_str(&layout::text_field(8, "subgroup", &operation.subgroup));
    out.push_str(&format!(
        "        auth: AuthKind::{auth},\n        retry: RetryClass::{retry},\n"
    ));
    out.push_str(&format!("        reference: {reference},\n"));
    out.push_str(&layout::text_field(8, "summary", &operation.summary));
    out.push_str(&format!("        constants: {},\n", constants(operation)));
    out.push_str(&format!(
        "        least_items: {},\n",
        operation.least_items
    ));
    out.push_str(&format!("    }};\n{functions}}}\n"));
}

fn output(operation: &Operation) -> String {
    operation
        .reply
        .as_ref()
        .map_or_else(|| "()".to_owned(), types::text)
}

fn constants(operation: &Operation) -> String {
    let items: Vec<String> = operation
        .constants
        .iter()
        .map(|constant| {
            let place = match constant.place {
                Place::Path => "Path",
                Place::Query => "Query",
                Place::Header => "Header",
                Place::Body => "Body",
                Place::WholeBody => "WholeBody",
                Place::Part => "Part",
            };
            format!(
                "(Place::{place}, {:?}, {:?})",
                constant.wire, constant.value
            )
        })
        .collect();
    format!("&[{}]", items.join(", "))
}

/// Implements the `PagedOperation` of the module `traits`.
pub(super) fn write_paging(
    out: &mut String,
    operation: &Operation,
    paging: &Paging,
    traits: &'static str,
    imports: &mut Imports<'_>,
) {
    imports.add("crate::page", "Page");
    imports.add(traits, "PagedOperation");
    imports.add_type(&paging.item);
    let item = types::text(&paging.item);
    let path = |field: &PageField| {
        let steps = paging.inside.iter().chain([field]);
        let steps: Vec<String> = steps.map(|step| format!("{:?}", step.wire)).collect();
        steps.join(", ")
    };
    let items = path(&paging.items);
    let count = match &paging.count {
        Some((count, _)) => format!("Some(&[{}])", path(count)),
        None => "None".to_owned(),
    };
    out.push_str(&format!(
        "impl PagedOperation for {} {{
    type Item = {item};
    const ITEMS: &'static [&'static str] = &[{items}];
    const COUNT: Option<&'static [&'static str]> = {count};

    fn set_page(&mut self, offset: u32, limit: u32) {{
        self.offset = Some(offset);
        self.limit = Some(limit);
    }}

    fn page_limit(&self) -> Option<u32> {{
        self.limit
    }}

    fn page_offset(&self) -> Option<u32> {{
        self.offset
    }}

",
        operation.name
    ));
    let output = output(operation);
    out.push_str(&format!(
        "fn take_page(output: {output}) -> Page<{item}> {{\n"
    ));
    let of = match &paging.inside {
        Some(inside) => {
            let page = taken("output", inside);
            out.push_str(&format!("        let page = {page};\n"));
            "page"
        }
        None => "output",
    };
    let count = match &paging.count {
        None => "None".to_owned(),
        Some((count, kind)) => {
            let value = format!("{of}.{}", count.name);
            match (count.optional, kind == &Type::U64) {
                (true, true) => value,
                (true, false) => format!("{value}.map(u64::from)"),
                (false, true) => format!("Some({value})"),
                (false, false) => format!("Some({value}.into())"),
            }
        }
    };
    let items = taken(of, &paging.items);
    out.push_str(&format!(
        "        Page::new({items}, {count})\n    }}\n}}\n"
    ));
}

/// Implements `PagedServerOperation`. It names all types in full, because an import of what a feature
/// hides would need the feature as well.
fn write_server_paging(out: &mut String, operation: &Operation, paging: &Paging) {
    let name = &operation.name;
    let item = types::text(&paging.item);
    let output = output(operation);
    let argument = |name: &'static str| {
        let is_used = paging.echoes.iter().any(|field| field.wire == name);
        if is_used { name } else { "_" }
    };
    let (offset, limit) = (argument("offset"), argument("limit"));
    out.push_str(&format!(
        "
#[cfg(feature = \"server\")]
impl crate::PagedServerOperation for {name} {{
    fn put_page(output: &mut {output}, page: Page<{item}>, {offset}: u32, {limit}: u32) {{
"
    ));
    let of = match &paging.inside {
        Some(inside) => {
            let otherwise = if inside.optional {
                ".get_or_insert_default()"
            } else {
                ""
            };
            let borrow = if inside.optional { "" } else { "&mut " };
            out.push_str(&format!(
                "        let part = {borrow}output.{}{otherwise};\n",
                inside.name
            ));
            "part"
        }
        None => "output",
    };
    let mut put = |field: &PageField, value: &str| {
        let value = if field.optional {
            format!("Some({value})")
        } else {
            value.to_owned()
        };
        out.push_str(&format!("        {of}.{} = {value};\n", field.name));
    };
    put(&paging.items, "page.items");
    for field in &paging.echoes {
        put(field, &field.wire);
    }
    if let Some((field, kind)) = &paging.count {
        // What does not fit is not said: a count that is wrong ends a list early.
        let value = match kind {
            Type::U64 => "page.count",
            _ => "page.count.and_then(|count| count.try_into().ok())",
        };
        let otherwise = if field.optional {
            ""
        } else {
            ".unwrap_or_default()"
        };
        out.push_str(&format!(
            "        {of}.{} = {value}{otherwise};\n",
            field.name
        ));
    }
    out.push_str("    }\n}\n");
}

/// The value of a field, empty when it is absent.
fn taken(of: &str, field: &PageField) -> String {
    let otherwise = if field.optional {
        ".unwrap_or_default()"
    } else {
        ""
    };
    format!("{of}.{}{otherwise}", field.name)
}
