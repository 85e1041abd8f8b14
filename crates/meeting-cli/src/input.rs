//! From the command line to the parameters of an operation.

mod given;
mod slots;

use std::{collections::BTreeMap, path::PathBuf};

use meeting_types::{
    AuthKind, OperationInfo,
    schema::{Field, Format, Model, Place, Value},
};
use serde_json::Value as Json;

use self::{
    given::{Body, Given, Key},
    slots::Filling,
};
use crate::{arguments::Call, failure::Failure, nearest::nearest};

/// What filling found beside the parameters.
#[derive(Debug, Default)]
pub(crate) struct Filled {
    /// The meeting to control, given like a parameter.
    pub(crate) conference: Option<String>,
    /// From which variables values came, by the wire names of their parameters.
    pub(crate) variables: BTreeMap<String, String>,
    /// From which files values came, likewise.
    pub(crate) files: BTreeMap<String, PathBuf>,
}

/// Fills an operation with what the command line says.
pub(crate) fn fill(
    operation: &mut dyn Model,
    info: &'static OperationInfo,
    arguments: &Call,
) -> Result<Filled, Failure> {
    let mut given = given::read(&arguments.parameters)?;
    let body = arguments.body.as_deref().map(given::body).transpose()?;
    let mut filled = Filled::default();
    for (key, values) in &given {
        if let Some(variable) = values.iter().find_map(Given::variable) {
            filled
                .variables
                .insert(key.wire.clone(), variable.to_owned());
        }
    }
    for (key, values) in &given {
        if let Some(path) = values.iter().find_map(Given::path) {
            filled.files.insert(key.wire.clone(), path.to_owned());
        }
    }
    let is_own = |wire: &str| operation.shape().fields.iter().any(|f| f.wire == wire);
    if info.auth == AuthKind::ConferenceToken && !is_own("conferenceID") {
        // It travels with the control token, so it is no parameter of the operation.
        let key = given.keys().find(|key| key.wire == "conferenceID").cloned();
        if let Some(values) = key.and_then(|key| given.remove(&key)) {
            filled.conference = Some(values[0].text("conferenceID")?.to_string());
        }
    }
    let mut filler = Filler {
        filling: Filling {
            operation: info.name,
            secrets_allowed: arguments.allow_secrets_in_arguments,
        },
        given,
        body,
        missing: Vec::new(),
    };
    filler.operation(operation)?;
    Ok(filled)
}

struct Filler {
    filling: Filling,
    given: BTreeMap<Key, Vec<Given>>,
    body: Option<Body>,
    missing: Vec<String>,
}

impl Filler {
    fn operation(&mut self, operation: &mut dyn Model) -> Result<(), Failure> {
        let fields = operation.shape().fields;
        let whole = fields
            .iter()
            .position(|field| field.place == Place::WholeBody);
        // The fields inside a whole body are given like those of the operation.
        let inner = whole.and_then(|index| fields_inside(operation.slot_mut(index)));
        self.check_keys(fields, inner.unwrap_or_default())?;
        for (index, field) in fields.iter().enumerate() {
            let slot = operation.slot_mut(index);
            match field.place {
                Place::Body => {}
                Place::WholeBody if inner.is_some() => {
                    let is_empty = self.body.is_none()
                        && !self
                            .given
                            .keys()
                            .any(|key| inner.is_some_and(|inner| inner.iter().any(|f| key.is(f))));
                    if is_empty && !field.required {
                        continue;
                    }
                    if let Some(model) = slot.begin_object() {
                        self.body_fields(model)?;
                    }
                }
                Place::WholeBody => {
                    let done = match self.body.take() {
                        Some(body) => {
                            let Body { json, hidden } = body;
                            self.filling.fill(slot, &json, field, "body", hidden)?;
                            true
                        }
                        None => self.one(slot, field)?,
                    };
                    self.note_missing(field, done);
                }
                _ => {
                    let done = self.one(slot, field)?;
                    self.note_missing(field, done);
                }
            }
        }
        if fields.iter().any(|field| field.place == Place::Body) {
            self.body_fields(operation)?;
        }
        if self.body.is_some() {
            return Err(self.filling.usage("--body: the operation has no JSON body"));
        }
        if !self.missing.is_empty() {
            let message = format!("needs {}", self.missing.join(", "));
            return Err(self.filling.usage(&message));
        }
        Ok(())
    }

    /// Refuses keys that no field has, and keys that two have.
    fn check_keys(&self, fields: &[Field], inner: &[Field]) -> Result<(), Failure> {
        let known = || {
            let outer = fields
                .iter()
                .filter(|field| field.place != Place::WholeBody || inner.is_empty());
            outer.chain(inner)
        };
        for key in self.given.keys() {
            let wire = &key.wire;
            let places: Vec<_> = known().filter(|field| key.is(field)).collect();
            match places[..] {
                [_] => {}
                [] => {
                    let near = nearest(wire, known().map(|field| field.wire));
                    let hint =
                        near.map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
                    let message = format!("has no parameter `{wire}`{hint}");
                    return Err(self.filling.usage(&message));
                }
                [first, second, ..] => {
                    let message = format!(
                        "`{wire}` stands in two places; write `{}:{wire}=…` or `{}:{wire}=…`",
                        place_name(first.place),
                        place_name(second.place)
                    );
                    return Err(self.filling.usage(&message));
                }
            }
        }
        Ok(())
    }

    /// Fills a field by its key. False when it was not given.
    fn one(&mut self, slot: &mut dyn Value, field: &Field) -> Result<bool, Failure> {
        let key = self.given.keys().find(|key| key.is(field)).cloned();
        let Some(values) = key.and_then(|key| self.given.remove(&key)) else {
            return Ok(false);
        };
        self.filling.fill_given(slot, field, &values)?;
        Ok(true)
    }

    /// Fills the fields of a body: by their keys, else by the JSON body.
    fn body_fields(&mut self, model: &mut dyn Model) -> Result<(), Failure> {
        let (mut entries, hidden) = match self.body.take() {
            None => (serde_json::Map::new(), true),
            Some(Body {
                json: Json::Object(entries),
                hidden,
            }) => (entries, hidden),
            Some(_) => return Err(self.filling.usage("--body: a JSON object is wanted")),
        };
        for (index, field) in model.shape().fields.iter().enumerate() {
            if field.place != Place::Body {
                continue;
            }
            let slot = model.slot_mut(index);
            let names = [field.wire].into_iter().chain(field.also.iter().copied());
            let mut of_body = None;
            for name in names {
                let found = entries.remove(name).filter(|value| !value.is_null());
                of_body = of_body.or(found);
            }
            let mut done = self.one(slot, field)?;
            if let (false, Some(json)) = (done, of_body) {
                self.filling.fill(slot, &json, field, field.wire, hidden)?;
                done = true;
            }
            self.note_missing(field, done);
        }
        match entries.keys().next() {
            Some(key) => Err(self.filling.unknown_key(key, "", model)),
            None => Ok(()),
        }
    }

    fn note_missing(&mut self, field: &Field, done: bool) {
        if field.required && !done {
            self.missing
                .push(format!("`{}` ({})", field.wire, place_name(field.place)));
        }
    }
}

/// The fields of the object in a slot that is not filled yet.
fn fields_inside(slot: &mut dyn Value) -> Option<&'static [Field]> {
    let fields = slot.begin_object().map(|model| model.shape().fields);
    slot.clear();
    fields
}

/// Where a field travels, in a word.
pub(crate) fn place_name(place: Place) -> &'static str {
    match place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
        Place::Part => "file",
        _ => "body",
    }
}

/// Whether a value in a slot must never be shown. Found by trying, because an empty slot may not
/// know it.
pub(crate) fn holds_secret(slot: &mut dyn Value, format: Format) -> bool {
    if let Some(list) = slot.begin_list() {
        let secret = holds_secret(list.push_default(), format);
        slot.clear();
        return secret;
    }
    let taken = slot.read(meeting_types::schema::WireInput::Text("secret?"), format);
    let secret = taken && slot.is_secret();
    slot.clear();
    secret
}
