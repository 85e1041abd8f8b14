//! Fills slots from JSON, strictly: what the service would forgive in a reply is a slip here.

use meeting_types::{
    Upload,
    schema::{Field, Format, Kind, List, Model, Place, Value, WireInput},
};
use serde_json::Value as Json;

use super::given::Given;
use crate::{failure::Failure, nearest::nearest};

/// How the slots of one operation are filled.
pub(super) struct Filling {
    pub(super) operation: &'static str,
    pub(super) secrets_allowed: bool,
}

/// A slot to fill, and what it takes.
pub(super) struct Target<'a> {
    slot: &'a mut dyn Value,
    field: Field,
}

impl<'a> Target<'a> {
    pub(super) fn new(slot: &'a mut dyn Value, field: &Field) -> Self {
        let field = *field;
        Self { slot, field }
    }

    /// The next item of a list.
    fn item(list: &'a mut dyn List, field: &Field) -> Self {
        Self {
            slot: list.push_default(),
            field: field.item().unwrap_or(*field),
        }
    }
}

impl Filling {
    /// A failure that says where to read on.
    pub(super) fn usage(&self, message: &str) -> Failure {
        let name = self.operation;
        let link = if message.starts_with("has ") || message.starts_with("needs ") {
            " "
        } else {
            ": "
        };
        Failure::usage(format!(
            "{name}{link}{message}; see `meeting describe {name}`"
        ))
    }

    /// A failure about a key of a JSON object, at `at`.
    pub(super) fn unknown_key(&self, key: &str, at: &str, model: &dyn Model) -> Failure {
        let fields = model.shape().fields.iter();
        let names = fields.filter(|field| field.place == Place::Body);
        let hint = nearest(key, names.map(|field| field.wire));
        let hint = hint.map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
        let key = path(at, key);
        self.usage(&format!("has no body field `{key}`{hint}"))
    }

    /// Fills a slot with what was given for its key.
    pub(super) fn fill_given(
        &self,
        slot: &mut dyn Value,
        field: &'static Field,
        values: &[Given],
    ) -> Result<(), Failure> {
        let at = field.wire;
        if let Some(upload) = slot.begin_file() {
            *upload = self.upload(at, values)?;
            return Ok(());
        }
        let hidden = values.iter().all(Given::is_hidden);
        let takes_structure = matches!(
            field.kind,
            Kind::Object(_) | Kind::List(_) | Kind::Map | Kind::Json
        );
        let mut items = Vec::new();
        for value in values {
            let text = value.text(at)?;
            let begins_as_json = text.trim_start().starts_with(['{', '[']);
            items.push(if begins_as_json && takes_structure {
                serde_json::from_str(&text)
                    .map_err(|error| self.usage(&format!("`{at}` is not JSON: {error}")))?
            } else {
                Json::from(text.as_str())
            });
        }
        let json = match items.len() {
            1 => items.swap_remove(0),
            _ if field.kind.item().is_none() => {
                return Err(self.usage(&format!("`{at}` is given twice, but is no list")));
            }
            _ => Json::Array(items),
        };
        self.fill(Target::new(slot, field), &json, at, hidden)
    }

    fn upload(&self, at: &str, values: &[Given]) -> Result<Upload, Failure> {
        let wanted = || self.usage(&format!("`{at}` is one file: write `{at}=@file:PATH`"));
        let [value] = values else {
            return Err(wanted());
        };
        let path = value.path().ok_or_else(wanted)?;
        let content = std::fs::read(path)
            .map_err(|error| Failure::usage(format!("cannot read {}: {error}", path.display())))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        let content_type = match &*extension.to_ascii_lowercase() {
            "png" => "image/png",
            "jpg" | "jpeg" => "image/jpeg",
            "gif" => "image/gif",
            "bmp" => "image/bmp",
            _ => "application/octet-stream",
        };
        Ok(Upload::new(name, content_type, content))
    }

    /// Fills a slot with a JSON value, at `at`.
    pub(super) fn fill(
        &self,
        target: Target<'_>,
        json: &Json,
        at: &str,
        hidden: bool,
    ) -> Result<(), Failure> {
        let Target { slot, field } = target;
        let (kind, format) = (&field.kind, field.format);
        let digits;
        let scalar = match json {
            Json::Array(items) => {
                let (Kind::List(_), Some(list)) = (kind, slot.begin_list()) else {
                    return Err(self.usage(&format!("`{at}` takes no list")));
                };
                for (index, item) in items.iter().enumerate() {
                    let at = format!("{at}[{index}]");
                    self.fill(Target::item(list, &field), item, &at, hidden)?;
                }
                return Ok(());
            }
            Json::Object(entries) => {
                let target = Target { slot, field };
                return self.object(target, entries, at, hidden);
            }
            Json::Null => {
                slot.clear();
                return Ok(());
            }
            Json::Bool(value) => WireInput::Bool(*value),
            Json::String(text) => WireInput::Text(text),
            Json::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(number), _) => WireInput::Int(number),
                // As text, because a float would round it.
                (None, Some(number)) => {
                    digits = number.to_string();
                    WireInput::Text(&digits)
                }
                (None, None) => WireInput::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
        };
        if format != Format::Comma
            && kind.item().is_some()
            && let Some(list) = slot.begin_list()
        {
            // One value where a list belongs is a list of one.
            return self.fill(Target::item(list, &field), json, at, hidden);
        }
        if !slot.read(scalar, format) {
            let wanted = crate::list::kind(kind, format);
            let range = match (field.min, field.max) {
                (i64::MIN, _) | (_, i64::MAX) => String::new(),
                (min, max) if is_number(kind) => format!(" from {min} to {max}"),
                _ => String::new(),
            };
            return Err(self.usage(&format!("`{at}` cannot be read: {wanted}{range} is wanted")));
        }
        if kind.is_secret() && !hidden && !self.secrets_allowed {
            return Err(Failure::usage(format!(
                "{}: `{at}` is a secret, and arguments can be seen by others; write `{at}=@env:NAME`, \
                 `{at}=@file:PATH`, or `{at}=-` to be asked (or `--body FILE`)",
                self.operation
            )));
        }
        Ok(())
    }

    fn object(
        &self,
        target: Target<'_>,
        entries: &serde_json::Map<String, Json>,
        at: &str,
        hidden: bool,
    ) -> Result<(), Failure> {
        let Target { slot, field } = target;
        if let (Kind::List(_), Some(list)) = (field.kind, slot.begin_list()) {
            // One object where a list belongs is a list of one.
            return self.object(Target::item(list, &field), entries, at, hidden);
        }
        if let Some(map) = slot.begin_map() {
            for (key, value) in entries {
                let Json::String(value) = value else {
                    return Err(self.usage(&format!("`{}` is no text", path(at, key))));
                };
                map.insert(key.clone(), value.clone());
            }
            return Ok(());
        }
        let Some(model) = slot.begin_object() else {
            return Err(self.usage(&format!("`{at}` takes no object")));
        };
        let fields = model.shape().fields;
        let mut given = vec![false; fields.len()];
        for (key, value) in entries {
            let found = fields.iter().position(|field| {
                field.place == Place::Body
                    && (field.wire == key || field.also.contains(&key.as_str()))
            });
            let Some(index) = found else {
                return Err(self.unknown_key(key, at, model));
            };
            let field = &fields[index];
            given[index] |= !value.is_null();
            let at = path(at, key);
            if let Some(slot) = model.slot_mut(index) {
                self.fill(Target::new(slot, field), value, &at, hidden)?;
            }
        }
        let absent = fields.iter().zip(given);
        match absent.into_iter().find(|(f, given)| f.required && !given) {
            Some((field, _)) => Err(self.usage(&format!("needs `{}`", path(at, field.wire)))),
            None => Ok(()),
        }
    }
}

fn is_number(kind: &Kind) -> bool {
    match kind {
        Kind::Enum(shape) => !shape.is_text,
        kind => matches!(kind, Kind::Int | Kind::Float),
    }
}

fn path(at: &str, key: &str) -> String {
    match at {
        "" | "body" => key.to_owned(),
        at => format!("{at}.{key}"),
    }
}
