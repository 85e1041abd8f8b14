//! A request as text: as it goes over the wire, or as a curl command.

use std::collections::BTreeMap;

use bytes::Bytes;
use meeting_types::{
    OperationInfo,
    schema::{Field, Kind, Model, Place, Value, WireValue},
};

use crate::{
    input::Filled,
    pieces::{Pieces, quoted},
    session::NO_TOKEN,
};

/// A request, its secrets known as such.
pub(crate) struct Shown {
    method: String,
    url: Pieces,
    headers: Vec<(String, Pieces)>,
    body: Body,
}

enum Body {
    Nothing,
    Text(Pieces),
    /// The files of a form.
    Form(Vec<Part>),
}

/// A file of a form.
struct Part {
    wire: &'static str,
    path: String,
    content_type: String,
    size: usize,
}

impl Shown {
    /// Finds the secrets of `request`, which `operation` was written as.
    pub(crate) fn new(
        request: &http::Request<Bytes>,
        operation: &dyn Model,
        info: &'static OperationInfo,
        filled: &Filled,
    ) -> Self {
        let mut names = Names {
            given: &filled.variables,
            used: Vec::new(),
        };
        let url = url(request.uri(), operation, info, &mut names);
        let mut headers = Vec::new();
        for (name, value) in request.headers() {
            let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            let value = if value.is_sensitive() {
                let mut pieces = Pieces::default();
                let variable = match name.as_str() {
                    "x-access-token" => "MEETING_ACCESS_TOKEN".to_owned(),
                    "x-conference-authorization" => "MEETING_CONFERENCE_TOKEN".to_owned(),
                    name => names.of(wire_name(operation, name), &text),
                };
                pieces.push_secret(variable, (text != NO_TOKEN).then_some(text));
                pieces
            } else {
                Pieces::plain(text)
            };
            headers.push((name.to_string(), value));
        }
        Self {
            method: request.method().to_string(),
            url,
            headers,
            body: body(request.body(), operation, filled, &mut names),
        }
    }

    /// The request: a line with method and URL, the headers, the body.
    pub(crate) fn plain(&self, show: bool) -> String {
        let mut text = format!("{} {}\n", self.method, self.url.text(show));
        for (name, value) in &self.headers {
            text += &format!("{name}: {}\n", value.text(show));
        }
        match &self.body {
            Body::Nothing => {}
            Body::Text(body) => text += &format!("\n{}\n", body.text(show)),
            Body::Form(files) => {
                text.push('\n');
                for file in files {
                    let (path, kind) = (&file.path, &file.content_type);
                    text += &format!(
                        "{}: {path} ({kind}, {} bytes)
",
                        file.wire, file.size
                    );
                }
            }
        }
        text
    }

    /// A curl command that sends the same.
    pub(crate) fn curl(&self, show: bool) -> String {
        let mut text = format!("curl -X {} {}", self.method, self.url.shell_word(show));
        let is_form = matches!(self.body, Body::Form(_));
        for (name, value) in &self.headers {
            // curl makes a boundary of its own.
            if is_form && name == "content-type" {
                continue;
            }
            let mut header = Pieces::plain(format!("{name}: "));
            header.append(value);
            text += &format!(" -H {}", header.shell_word(show));
        }
        match &self.body {
            Body::Nothing => {}
            Body::Text(body) => text += &format!(" --data-raw {}", body.shell_word(show)),
            Body::Form(files) => {
                for file in files {
                    // Quoted for curl, which gives commas and semicolons a meaning.
                    let path = file.path.replace('\\', r"\\").replace('"', r#"\""#);
                    let part = format!("{}=@\"{path}\";type={}", file.wire, file.content_type);
                    text += &format!(" -F {}", quoted(&part));
                }
            }
        }
        text + "\n"
    }
}

/// Names of variables, one for each secret.
struct Names<'a> {
    given: &'a BTreeMap<String, String>,
    used: Vec<(String, String)>,
}

impl Names<'_> {
    /// The variable of a secret: where it came from, or a name made of its name on the wire.
    fn of(&mut self, wire: &str, secret: &str) -> String {
        let wanted = match self.given.get(wire) {
            Some(variable) => variable.clone(),
            None => variable_name(wire),
        };
        let mut name = wanted.clone();
        let mut number = 1;
        loop {
            match self.used.iter().find(|(used, _)| *used == name) {
                // Another secret of the same name gets a number.
                Some((_, other)) if other != secret => {
                    number += 1;
                    name = format!("{wanted}_{number}");
                }
                Some(_) => return name,
                None => {
                    self.used.push((name.clone(), secret.to_owned()));
                    return name;
                }
            }
        }
    }
}

/// `hostPassword` as `MEETING_HOST_PASSWORD`.
fn variable_name(wire: &str) -> String {
    let mut name = "MEETING_".to_owned();
    let mut after_small = false;
    for c in wire.chars() {
        if after_small && c.is_ascii_uppercase() {
            name.push('_');
        }
        after_small = c.is_ascii_lowercase();
        name.push(if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        });
    }
    name
}

/// The name of a header parameter as the table spells it.
fn wire_name<'a>(operation: &dyn Model, header: &'a str) -> &'a str {
    let mut fields = operation.shape().fields.iter();
    let field = fields.find(|f| f.place == Place::Header && f.wire.eq_ignore_ascii_case(header));
    field.map_or(header, |field| field.wire)
}

fn url(
    uri: &http::Uri,
    operation: &dyn Model,
    info: &OperationInfo,
    names: &mut Names<'_>,
) -> Pieces {
    let fields = operation.shape().fields;
    let is_secret = |place: Place, wire: &str| {
        fields
            .iter()
            .any(|field| field.place == place && field.wire == wire && field.kind.is_secret())
    };
    let mut pieces = Pieces::plain(format!(
        "{}://{}",
        uri.scheme_str().unwrap_or_default(),
        uri.authority().map_or("", |authority| authority.as_str())
    ));
    let parts: Vec<_> = uri.path().split('/').collect();
    let template: Vec<_> = info.path.split('/').collect();
    // A gateway may put a prefix before the path, so they are laid side by side from the end.
    let prefix = parts.len().saturating_sub(template.len());
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            pieces.push("/");
        }
        let stands_for = index
            .checked_sub(prefix)
            .and_then(|index| template.get(index));
        let wire = stands_for.and_then(|name| name.strip_prefix('{')?.strip_suffix('}'));
        match wire.filter(|wire| is_secret(Place::Path, wire)) {
            Some(wire) => pieces.push_secret(names.of(wire, part), Some((*part).to_owned())),
            None => pieces.push(part),
        }
    }
    let mut separator = "?";
    for pair in uri.query().into_iter().flat_map(|query| query.split('&')) {
        pieces.push(separator);
        separator = "&";
        match pair.split_once('=') {
            Some((name, value)) if is_secret(Place::Query, name) => {
                pieces.push(&format!("{name}="));
                pieces.push_secret(names.of(name, value), Some(value.to_owned()));
            }
            _ => pieces.push(pair),
        }
    }
    pieces
}

fn body(written: &Bytes, operation: &dyn Model, filled: &Filled, names: &mut Names<'_>) -> Body {
    if written.is_empty() {
        return Body::Nothing;
    }
    let mut files = Vec::new();
    for (field, slot) in operation.slots() {
        if let Some(upload) = slot.as_file() {
            let path = filled.files.get(field.wire);
            let path = path.map(|path| path.to_string_lossy().into_owned());
            files.push(Part {
                wire: field.wire,
                path: path.unwrap_or_else(|| upload.file_name.clone()),
                content_type: upload.content_type.clone(),
                size: upload.content.len(),
            });
        }
    }
    if !files.is_empty() {
        return Body::Form(files);
    }
    let whole = operation
        .slots()
        .find(|(field, _)| field.place == Place::WholeBody);
    let mut pieces = Pieces::default();
    match whole {
        Some((field, slot)) => value(&mut pieces, slot, (field, &field.kind), names),
        None => object(&mut pieces, operation, names),
    }
    // Written a second time, to know the secrets. Should the two ever differ, nothing is shown that
    // is not certain to be no secret.
    if pieces.text(true).as_bytes() != written {
        pieces = Pieces::default();
        let text = String::from_utf8_lossy(written).into_owned();
        pieces.push_secret("MEETING_BODY".to_owned(), Some(text));
    }
    Body::Text(pieces)
}

fn object(pieces: &mut Pieces, model: &dyn Model, names: &mut Names<'_>) {
    let mut separator = "{";
    for (field, slot) in model.slots() {
        if field.place == Place::Body && (field.required || slot.is_set()) {
            pieces.push(&format!("{separator}{}:", json(field.wire)));
            separator = ",";
            value(pieces, slot, (field, &field.kind), names);
        }
    }
    pieces.push(if separator == "{" { "{}" } else { "}" });
}

fn value(
    pieces: &mut Pieces,
    slot: &dyn Value,
    (field, kind): (&Field, &Kind),
    names: &mut Names<'_>,
) {
    let secret = kind.is_secret();
    match slot.write(field.format) {
        WireValue::Object(model) => object(pieces, model, names),
        WireValue::List(list) => {
            let mut index = 0;
            pieces.push("[");
            while let Some(item) = list.get(index) {
                if index > 0 {
                    pieces.push(",");
                }
                let kind = kind.item().unwrap_or(kind);
                value(pieces, item, (field, kind), names);
                index += 1;
            }
            pieces.push("]");
        }
        WireValue::Map(map) => pieces.push(&json(map)),
        WireValue::Text(text) if secret => {
            let quoted = json(&*text);
            pieces.push("\"");
            let inside = quoted[1..quoted.len() - 1].to_owned();
            pieces.push_secret(names.of(field.wire, &inside), Some(inside));
            pieces.push("\"");
        }
        WireValue::Text(text) => pieces.push(&json(&*text)),
        WireValue::Bool(value) => pieces.push(&json(&value)),
        WireValue::Int(number) => pieces.push(&json(&number)),
        WireValue::Float(number) => pieces.push(&json(&number)),
        WireValue::Json(text) => pieces.push(&text),
        WireValue::Absent | WireValue::File(_) => pieces.push("null"),
    }
}

/// JSON of a text, a number or a map of texts.
fn json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    // Writing these to memory does not fail.
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_secret_has_a_variable_of_its_own() {
        let given = BTreeMap::from([("pwd".to_owned(), "PW".to_owned())]);
        let mut names = Names {
            given: &given,
            used: Vec::new(),
        };
        assert_eq!(names.of("pwd", "a"), "PW");
        assert_eq!(names.of("hostPassword", "a"), "MEETING_HOST_PASSWORD");
        assert_eq!(names.of("hostPassword", "b"), "MEETING_HOST_PASSWORD_2");
        assert_eq!(names.of("hostPassword", "a"), "MEETING_HOST_PASSWORD");
        assert_eq!(names.of("X-Nonce", "c"), "MEETING_X_NONCE");
    }
}
