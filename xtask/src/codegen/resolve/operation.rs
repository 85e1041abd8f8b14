//! One operation: what it carries, its parameters, its body and its response.

use super::{Context, Here, field};
use crate::codegen::{
    api::{Auth, Constant, Field, Operation, Place, Type},
    names,
    problem::At,
    spec::{self, Method, Parameter, ParameterPlace, Schema, SchemaType},
};

/// The query that names the meeting of a control operation; the credential carries it.
const CONTROLLED_MEETING: &str = "conferenceID";

/// Headers that the runtime sets, in lower case.
const HEADERS_OF_RUNTIME: [&str; 6] = [
    "accept-language",
    "content-type",
    "user-agent",
    "x-authorization-type",
    "x-request-id",
    "x-site-id",
];

impl Context<'_> {
    pub(super) fn operation(
        &mut self,
        here: &Here<'_>,
        path: &str,
        method: Method,
        written: &spec::Operation,
    ) -> Option<Operation> {
        let at = &here.at;
        let name = written.operation_id.as_str();
        if !names::is_pascal_case(name) {
            let message = format!("`{name}` cannot name a type; use PascalCase");
            self.problems.add(&at.key("operationId"), message);
        } else if names::is_reserved_type(name) {
            let message = format!("`{name}` is taken by Rust or by `meeting-types`");
            self.problems.add(&at.key("operationId"), message);
        }
        let summary = written.summary.trim();
        if summary.is_empty() || summary.contains('\n') || !summary.ends_with('.') {
            let message = "must be one line that ends with a full stop";
            self.problems.add(&at.key("summary"), message);
        }
        if let Some(description) = &written.description {
            self.check_sentence(&at.key("description"), description);
        }
        let [subgroup] = written.tags.as_slice() else {
            self.problems
                .add(&at.key("tags"), "must list one tag: the part of the group");
            return None;
        };
        let auth = self.auth(at, written)?;
        let (mut fields, constants) = self.parameters(here, auth, &written.parameters);
        self.check_path(at, path, &fields);
        if let Some(body) = &written.request_body {
            if method == Method::Get {
                self.problems
                    .add(&at.key("requestBody"), "a GET has no body");
            }
            fields.extend(self.body(&here.with(at.key("requestBody")), body));
        }
        self.check_fields(at, &fields);
        let examples = self.examples(at, written, &fields);
        let reply = self.reply(&here.with(at.key("responses")), written);
        let (reply, least_items) = reply.map_or((None, None), |(kind, min)| (Some(kind), min));
        Some(Operation {
            name: name.to_owned(),
            method,
            path: path.to_owned(),
            subgroup: subgroup.clone(),
            summary: summary.to_owned(),
            description: written
                .description
                .as_deref()
                .map(|text| text.trim().to_owned()),
            reference: written.reference.clone(),
            auth,
            retry: written.retry,
            deprecated: written.deprecated,
            constants,
            fields,
            reply,
            verdict: written.verdict,
            least_items: least_items.unwrap_or_default(),
            // All three are filled in when the whole API is known.
            paging: None,
            rules: Vec::new(),
            clone: false,
            eq: false,
            errors: self.errors(at, &written.errors),
            examples,
        })
    }

    fn auth(&mut self, at: &At, written: &spec::Operation) -> Option<Auth> {
        let schemes: Vec<&str> = written
            .security
            .iter()
            .flat_map(|scheme| scheme.keys())
            .map(String::as_str)
            .collect();
        match schemes.as_slice() {
            [] => Some(Auth::None),
            ["accessToken"] => Some(Auth::AccessToken),
            ["conferenceToken"] => Some(Auth::ConferenceToken),
            _ => {
                let message =
                    "must be `[]`, `[{ accessToken: [] }]` or `[{ conferenceToken: [] }]`";
                self.problems.add(&at.key("security"), message);
                None
            }
        }
    }

    fn parameters(
        &mut self,
        here: &Here<'_>,
        auth: Auth,
        written: &[Parameter],
    ) -> (Vec<Field>, Vec<Constant>) {
        let (mut fields, mut constants) = (Vec::new(), Vec::new());
        let mut meeting_found = false;
        for (index, parameter) in written.iter().enumerate() {
            let wire = parameter.name.as_str();
            let here = here.with(here.at.key("parameters").index(index, wire));
            let first = &written[..index];
            if first
                .iter()
                .any(|other| other.name == wire && other.place == parameter.place)
            {
                self.problems.add(&here.at, "is listed twice");
            }
            if parameter.place == ParameterPlace::Header {
                let lower = wire.to_ascii_lowercase();
                let of_credential = match auth {
                    Auth::None => false,
                    Auth::AccessToken => lower == "x-access-token",
                    Auth::ConferenceToken => lower == "x-conference-authorization",
                };
                if of_credential || HEADERS_OF_RUNTIME.contains(&lower.as_str()) {
                    self.problems
                        .add(&here.at, "is set by the client; leave it out");
                    continue;
                }
            }
            if auth == Auth::ConferenceToken
                && parameter.place == ParameterPlace::Query
                && wire == CONTROLLED_MEETING
            {
                meeting_found = true;
                continue;
            }
            if let Some(value) = &parameter.constant {
                let place = field::place_of(parameter.place);
                constants.push(Constant {
                    place,
                    wire: wire.to_owned(),
                    value: value.text(),
                });
                continue;
            }
            fields.extend(self.parameter(&here, parameter));
        }
        if auth == Auth::ConferenceToken && !meeting_found {
            let message = format!(
                "an operation with a control token needs the query parameter \
                 `{CONTROLLED_MEETING}`, which its credential fills in"
            );
            self.problems.add(&here.at.key("parameters"), message);
        }
        (fields, constants)
    }

    /// Placeholders of the path and path parameters must be the same.
    fn check_path(&mut self, at: &At, path: &str, fields: &[Field]) {
        if !path.starts_with('/') {
            self.problems.add(at, "the path must begin with `/`");
        }
        let mut placeholders = Vec::new();
        for piece in path.split('{').skip(1) {
            match piece.split_once('}') {
                Some((name, _)) => placeholders.push(name),
                None => self.problems.add(at, "the path has a `{` without a `}`"),
            }
        }
        let wires: Vec<&str> = fields
            .iter()
            .filter(|field| field.place == Place::Path)
            .map(|field| field.wire.as_str())
            .collect();
        for name in placeholders.iter().filter(|name| !wires.contains(name)) {
            let message = format!("`{{{name}}}` of the path is not a path parameter");
            self.problems.add(&at.key("parameters"), message);
        }
        for wire in wires.iter().filter(|wire| !placeholders.contains(wire)) {
            let message = format!("path parameter `{wire}` does not occur in the path");
            self.problems.add(&at.key("parameters"), message);
        }
    }

    fn body(&mut self, here: &Here<'_>, body: &spec::RequestBody) -> Vec<Field> {
        let content = here.at.key("content");
        let mut types = body.content.iter();
        let (Some((media, media_type)), None) = (types.next(), types.next()) else {
            self.problems
                .add(&content, "must have exactly one media type");
            return Vec::new();
        };
        let schema = &media_type.schema;
        let here = here.with(content.key(media).key("schema"));
        // The charset parameter changes nothing: JSON is UTF-8.
        let essence = media.split(';').next().unwrap_or_default().trim();
        let fields = match essence {
            "application/json" => self.json_body(&here, body, schema),
            "multipart/form-data" => self.multipart_body(&here, body, schema),
            _ => {
                self.problems.add(
                    &content,
                    format!("a body of type `{media}` is not supported"),
                );
                Vec::new()
            }
        };
        if !body.required && fields.iter().any(|field| field.required) {
            let message = "has required properties, so the body needs `required: true`";
            self.problems.add(&here.at, message);
        }
        fields
    }

    fn json_body(
        &mut self,
        here: &Here<'_>,
        body: &spec::RequestBody,
        schema: &Schema,
    ) -> Vec<Field> {
        if schema.kind == Some(SchemaType::Object) && schema.properties.is_some() {
            for key in schema.keys() {
                if !["type", "properties", "required", "description"].contains(&key) {
                    let message = format!("`{key}` does not go with a body of properties");
                    self.problems.add(&here.at, message);
                }
            }
            return self.properties(here, schema);
        }
        self.property(here, "body", schema, Place::WholeBody, body.required)
            .into_iter()
            .collect()
    }

    fn multipart_body(
        &mut self,
        here: &Here<'_>,
        body: &spec::RequestBody,
        schema: &Schema,
    ) -> Vec<Field> {
        let properties = schema.properties.iter().flatten().collect::<Vec<_>>();
        let [(wire, part)] = properties.as_slice() else {
            self.problems
                .add(&here.at, "a multipart body has exactly one part");
            return Vec::new();
        };
        let here = here.with(here.at.key("properties").key(wire));
        let binary = part.kind == Some(SchemaType::String)
            && part.format.as_deref() == Some("binary")
            && part
                .keys()
                .all(|key| ["type", "format", "description", "x-name"].contains(&key));
        if !binary || !body.required || !schema.required.contains(wire) {
            let message = "a part is a required `{ type: string, format: binary, description: … }`";
            self.problems.add(&here.at, message);
        }
        vec![self.part(&here, wire, part)]
    }

    /// The type of the response, and the fewest items of one that is a list; nothing when its body says
    /// nothing.
    fn reply(&mut self, here: &Here<'_>, written: &spec::Operation) -> Option<(Type, Option<i64>)> {
        let mut responses = written.responses.iter();
        let (Some((status, response)), None) = (responses.next(), responses.next()) else {
            self.problems
                .add(&here.at, "must describe exactly one reply, that of success");
            return None;
        };
        if status.len() != 3 || !status.starts_with('2') {
            let message = format!("`{status}` is not the status of a success");
            self.problems.add(&here.at, message);
        }
        let content = response.content.as_ref()?;
        let at = here.at.key(status).key("content");
        let Some(media_type) = content
            .get("application/json")
            .filter(|_| content.len() == 1)
        else {
            self.problems
                .add(&at, "only `application/json` is supported");
            return None;
        };
        let here = here.with(at.key("application/json").key("schema"));
        let value = self.value(&here, &media_type.schema, &["description"])?;
        let whole = match &value.kind {
            Type::List(item) => !matches!(**item, Type::Upload),
            kind => matches!(kind, Type::Model(_) | Type::Map),
        };
        if !whole {
            self.problems
                .add(&here.at, "a reply is an object, a list or a map");
            return None;
        }
        if media_type.schema.max_items.is_some() {
            let message = "a reply is read whole, however long it is";
            self.problems.add(&here.at.key("maxItems"), message);
        }
        Some((value.kind, media_type.schema.min_items))
    }
}
