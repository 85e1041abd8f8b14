//! `x-paging`: where a response holds its page, checked against the types of the response.

use std::collections::HashMap;

use crate::codegen::{
    api::{Api, Field, Model, Operation, PageField, Paging, Place, Type, TypeKind},
    problem::{At, Problems},
    spec::{self, Document},
};

pub(super) fn apply(api: &mut Api, documents: &[Document], problems: &mut Problems) {
    let mut pagings = HashMap::new();
    {
        let reader = Reader::new(api);
        for (group, document) in api.groups.iter().zip(documents) {
            for (path, methods) in &document.root.paths {
                for (method, written) in methods {
                    let Some(paging) = &written.paging else {
                        continue;
                    };
                    let method = method.as_str().to_ascii_lowercase();
                    let at = At::document(&document.file)
                        .key("paths")
                        .key(path)
                        .key(method);
                    let operation = group
                        .operations
                        .iter()
                        .find(|operation| operation.name == written.operation_id);
                    match operation.map_or(Ok(None), |operation| {
                        reader.paging(operation, paging).map(Some)
                    }) {
                        Ok(Some(paging)) => {
                            pagings.insert(written.operation_id.clone(), paging);
                        }
                        Ok(None) => {}
                        Err(message) => problems.add(&at.key("x-paging"), message),
                    }
                }
            }
        }
    }
    for operation in api
        .groups
        .iter_mut()
        .flat_map(|group| &mut group.operations)
    {
        operation.paging = pagings.remove(&operation.name);
    }
}

struct Reader<'a> {
    models: HashMap<&'a str, &'a Model>,
}

impl<'a> Reader<'a> {
    fn new(api: &'a Api) -> Self {
        let types = api.groups.iter().flat_map(|group| &group.types);
        let models = types.filter_map(|definition| match &definition.kind {
            TypeKind::Model(model) => Some((definition.name.as_str(), model)),
            TypeKind::Enum(_) => None,
        });
        Self {
            models: models.collect(),
        }
    }

    fn paging(&self, operation: &Operation, written: &spec::Paging) -> Result<Paging, String> {
        for name in ["offset", "limit"] {
            let found = operation.fields.iter().any(|field| {
                field.name == name
                    && field.place == Place::Query
                    && field.value == Type::U32
                    && !field.required
            });
            if !found {
                return Err(format!(
                    "needs an optional query parameter `{name}` with `format: int32` and a \
                     `minimum` of 0 or more"
                ));
            }
        }
        let Some(Type::Model(reply)) = &operation.reply else {
            return Err("needs a reply that is a model".to_owned());
        };
        let (outer, inner) = match written.items.split_once('.') {
            Some((outer, inner)) => (Some(outer), inner),
            None => (None, written.items.as_str()),
        };
        let mut page = self.model(reply)?;
        let mut inside = None;
        if let Some(outer) = outer {
            let field = find(page, outer)?;
            let Type::Model(name) = &field.value else {
                return Err(format!("`{outer}` is not an object"));
            };
            inside = Some(page_field(field, page));
            page = self.model(name)?;
            if !field.required && page.fields.iter().any(|field| field.required) {
                return Err(format!(
                    "`{outer}` may be absent, but `{name}` has required fields"
                ));
            }
        }
        let items = find(page, inner)?;
        let Type::List(item) = &items.value else {
            return Err(format!("`{inner}` is not a list"));
        };
        let count = match (&written.count, outer) {
            (Some(count), None) => Some(find(page, count)?),
            (Some(count), Some(outer)) => match count.split_once('.') {
                Some((first, count)) if first == outer => Some(find(page, count)?),
                _ => {
                    return Err(format!(
                        "`count` must begin with `{outer}.`, as `items` does"
                    ));
                }
            },
            (None, _) => find(page, "count").ok(),
        };
        if let Some(count) = count
            && !matches!(count.value, Type::U32 | Type::U64)
        {
            return Err(format!(
                "`{}` needs to be an integer with `minimum: 0`",
                count.wire
            ));
        }
        let echoes = ["offset", "limit"]
            .into_iter()
            .filter_map(|wire| find(page, wire).ok())
            .filter(|field| field.value == Type::U32)
            .map(|field| page_field(field, page))
            .collect();
        Ok(Paging {
            item: (**item).clone(),
            inside,
            items: page_field(items, page),
            count: count.map(|count| (page_field(count, page), count.value.clone())),
            echoes,
        })
    }

    fn model(&self, name: &str) -> Result<&'a Model, String> {
        self.models
            .get(name)
            .copied()
            .ok_or_else(|| format!("`{name}` is not an object"))
    }
}

fn find<'m>(model: &'m Model, wire: &str) -> Result<&'m Field, String> {
    let found = model.fields.iter().find(|field| field.wire == wire);
    found.ok_or_else(|| format!("the reply has no field `{wire}`"))
}

fn page_field(field: &Field, of: &Model) -> PageField {
    PageField {
        name: field.name.clone(),
        wire: field.wire.clone(),
        optional: field.is_option(of.in_request),
    }
}
