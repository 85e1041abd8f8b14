//! From documents to the [`Api`]: follows references, names everything, and refuses what is wrong.

mod component;
mod example;
mod field;
mod operation;
mod paging;
mod rules;
mod usage;
mod value;

use std::collections::HashMap;

pub(super) use example::check_codes;

use super::{
    api::{Api, Group, TypeDefinition},
    names,
    problem::{At, Problems},
    spec::{Document, Schema},
};

/// What is needed everywhere while resolving.
struct Context<'a> {
    /// The components of each document, by file name and component name.
    components: HashMap<(&'a str, &'a str), &'a Schema>,
    problems: Problems,
}

/// A place, and the document that references at this place start from.
struct Here<'a> {
    at: At,
    file: &'a str,
}

impl Here<'_> {
    fn with(&self, at: At) -> Here<'_> {
        Here {
            at,
            file: self.file,
        }
    }
}

pub(crate) fn resolve(documents: &[Document]) -> Result<Api, Problems> {
    let mut context = Context {
        components: HashMap::new(),
        problems: Problems::default(),
    };
    for document in documents {
        for (name, schema) in &document.root.components.schemas {
            context.components.insert((&document.file, name), schema);
        }
    }
    check_unique_names(documents, &mut context.problems);
    let mut api = Api { groups: Vec::new() };
    for document in documents {
        let group = context.group(document);
        api.groups.push(group);
    }
    // What follows looks at the API as a whole and expects it to be sound.
    context.problems.take_result()?;
    usage::apply(&mut api, &mut context.problems);
    paging::apply(&mut api, documents, &mut context.problems);
    example::check(&api, &mut context.problems);
    rules::apply(&mut api, documents, &mut context.problems);
    context.problems.take_result()?;
    Ok(api)
}

impl Context<'_> {
    fn group(&mut self, document: &Document) -> Group {
        let at = At::document(&document.file);
        let here = Here {
            at: at.clone(),
            file: &document.file,
        };
        let name = document.file.trim_end_matches(".yaml");
        let module = names::snake_case(name);
        if module.replace('_', "-") != name || !names::is_snake_case(&module) {
            self.problems.add(
                &at,
                "name the file in kebab-case, such as `address-book.yaml`",
            );
        }
        let root = &document.root;
        if !root.openapi.starts_with("3.1.") {
            self.problems
                .add(&at.key("openapi"), "only OpenAPI 3.1 is understood");
        }
        if let Some(description) = &root.info.description {
            self.check_sentence(&at.key("info.description"), description);
        }
        let mut group = Group {
            file: document.file.clone(),
            name: name.to_owned(),
            module,
            title: root.info.title.trim().to_owned(),
            description: root.info.description.clone(),
            sha256: document.sha256.clone(),
            operations: Vec::new(),
            types: Vec::new(),
        };
        for (name, schema) in &root.components.schemas {
            let here = here.with(at.key("components.schemas").key(name));
            if let Some((description, kind)) = self.component(&here, name, schema) {
                group.types.push(TypeDefinition {
                    name: name.clone(),
                    description,
                    aliases: schema.aliases.clone(),
                    kind,
                });
            }
        }
        let schemes = &root.components.security_schemes;
        for (path, methods) in &root.paths {
            for (&method, written) in methods {
                let method_key = method.as_str().to_ascii_lowercase();
                let here = here.with(at.key("paths").key(path).key(method_key));
                for scheme in written.security.iter().flat_map(|scheme| scheme.keys()) {
                    if !schemes.contains_key(scheme) {
                        let message =
                            format!("`{scheme}` is not under `components.securitySchemes`");
                        self.problems.add(&here.at.key("security"), message);
                    }
                }
                group
                    .operations
                    .extend(self.operation(&here, path, method, written));
            }
        }
        group
    }

    /// The schema that a `$ref` points to, and its name.
    fn referenced(&mut self, here: &Here<'_>, reference: &str) -> Option<(String, &Schema)> {
        const INSIDE: &str = "#/components/schemas/";
        let at = here.at.key("$ref");
        let Some((file, name)) = reference.split_once(INSIDE) else {
            let message = format!("write `[other.yaml]{INSIDE}Name`, not `{reference}`");
            self.problems.add(&at, message);
            return None;
        };
        let file = if file.is_empty() { here.file } else { file };
        match self.components.get(&(file, name)) {
            Some(schema) => Some((name.to_owned(), schema)),
            None => {
                self.problems
                    .add(&at, format!("`{reference}` does not exist"));
                None
            }
        }
    }

    /// A description that must be there.
    fn description(&mut self, at: &At, written: Option<&String>) -> String {
        match written.map(|text| text.trim()) {
            Some(text) if !text.is_empty() => {
                self.check_sentence(&at.key("description"), text);
                text.to_owned()
            }
            _ => {
                self.problems.add(at, "`description` is missing");
                String::new()
            }
        }
    }

    /// Facts are appended to descriptions, so that these must end as sentences do.
    fn check_sentence(&mut self, at: &At, text: &str) {
        if !text.trim_end().ends_with(['.', '!', '?', ':', '|']) {
            self.problems.add(at, "must end with a full stop");
        }
    }
}

fn check_unique_names(documents: &[Document], problems: &mut Problems) {
    let mut types: HashMap<&str, &str> = HashMap::new();
    let mut operations: HashMap<&str, &str> = HashMap::new();
    let mut calls = HashMap::new();
    for document in documents {
        let at = At::document(&document.file);
        for name in document.root.components.schemas.keys() {
            if let Some(other) = types.insert(name, &document.file) {
                let at = at.key("components.schemas").key(name);
                problems.add(&at, format!("a type `{name}` exists in {other} already"));
            }
        }
        for (path, methods) in &document.root.paths {
            for (method, operation) in methods {
                let name = operation.operation_id.as_str();
                let at = at
                    .key("paths")
                    .key(path)
                    .key(method.as_str().to_ascii_lowercase());
                if let Some(other) = operations.insert(name, &document.file) {
                    let at = at.key("operationId");
                    problems.add(
                        &at,
                        format!("an operation `{name}` exists in {other} already"),
                    );
                }
                if let Some(other) = calls.insert((path, *method), name) {
                    let message = format!(
                        "`{} {path}` is already what `{other}` calls",
                        method.as_str()
                    );
                    problems.add(&at, message);
                }
            }
        }
    }
}
