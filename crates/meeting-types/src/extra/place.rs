//! Parameters that this version does not know, and their places in a request.

use serde_json::{Map, Value as Json};

use crate::{
    OperationInfo, Problem, RequestError,
    schema::{Model, Place},
};

/// A parameter that this version does not know.
#[derive(Clone, PartialEq, Eq)]
pub struct Extra {
    pub(super) name: String,
    pub(super) value: Json,
    pub(super) in_query: bool,
}

/// Extra parameters by where they go.
#[derive(Default)]
pub(crate) struct Placed<'a> {
    pub(crate) query: Vec<(&'a str, String)>,
    pub(crate) body: Vec<&'a Extra>,
}

/// Finds the place of each extra parameter.
pub(crate) fn place<'a>(
    operation: &dyn Model,
    info: &'static OperationInfo,
    extras: &'a [Extra],
) -> Result<Placed<'a>, RequestError> {
    let mut placed = Placed::default();
    let fields = operation.shape().fields;
    let has = |place: Place| fields.iter().any(|field| field.place == place);
    let has_json = has(Place::Body) || has(Place::WholeBody);
    for extra in extras {
        let fail = |problem| Err(RequestError::new(info.name, &*extra.name, problem));
        if extra.name.split('.').any(|step| step.trim().is_empty()) {
            return fail(Problem::Blank);
        }
        if extra.name.chars().any(char::is_control) {
            return fail(Problem::ControlCharacter);
        }
        if has_json && !extra.in_query {
            if is_known(operation, &extra.name) {
                return fail(Problem::Known);
            }
            placed.body.push(extra);
            continue;
        }
        let is_known =
            |field: &crate::schema::Field| field.place == Place::Query && field.wire == extra.name;
        let is_constant =
            |(place, name, _): &(Place, &str, &str)| *place == Place::Query && *name == extra.name;
        if fields.iter().any(is_known) || info.constants.iter().any(is_constant) {
            return fail(Problem::Known);
        }
        let values = match &extra.value {
            Json::Array(items) => items.as_slice(),
            value => std::slice::from_ref(value),
        };
        for value in values {
            match query_text(value) {
                Some(text) => placed.query.push((&extra.name, text)),
                None => return fail(Problem::NoPlace),
            }
        }
    }
    Ok(placed)
}

/// Whether a path leads to a field of the body.
fn is_known(operation: &dyn Model, path: &str) -> bool {
    let fields = operation.shape().fields;
    let whole = fields.iter().find(|field| field.place == Place::WholeBody);
    let mut shape = match whole {
        Some(field) => field.kind.object(),
        None => Some(operation.shape()),
    };
    let mut steps = path.split('.').peekable();
    while let Some(step) = steps.next() {
        let Some(field) = shape.and_then(|shape| Some(&shape.fields[shape.body_field(step)?]))
        else {
            return false;
        };
        if steps.peek().is_none() {
            return true;
        }
        shape = field.kind.object();
        // Nothing can be added inside a value that is no object.
        if shape.is_none() {
            return true;
        }
    }
    false
}

fn query_text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(_) | Json::Number(_) => Some(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// Adds parameters to a JSON body.
pub(crate) fn merge(body: &[u8], extras: &[&Extra]) -> Result<Vec<u8>, (String, Problem)> {
    let mut json: Json = serde_json::from_slice(body).unwrap_or_else(|_| Json::Object(Map::new()));
    for extra in extras {
        let no_place = || (extra.name.clone(), Problem::NoPlace);
        let (parents, key) = extra.name.rsplit_once('.').unwrap_or(("", &extra.name));
        let mut object = &mut json;
        for step in parents.split('.').filter(|step| !step.is_empty()) {
            let entries = object.as_object_mut().ok_or_else(no_place)?;
            object = entries
                .entry(step)
                .or_insert_with(|| Json::Object(Map::new()));
        }
        let entries = object.as_object_mut().ok_or_else(no_place)?;
        entries.insert(key.to_owned(), extra.value.clone());
    }
    // Keys of a tree are texts, so that writing it cannot fail.
    Ok(serde_json::to_vec(&json).unwrap_or_default())
}
