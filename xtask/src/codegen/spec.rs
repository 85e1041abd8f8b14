//! The documents as they are written: a typed view of the part of OpenAPI 3.1 that they use.
//!
//! A key that is not listed here is an error, so that a misspelt key never goes unnoticed.

mod rule;

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, de};
use sha2::{Digest, Sha256};

use super::{
    example::Example,
    problem::{At, Problems},
};

pub(crate) use rule::{Bounds, Condition, Rule, RuleKind};

/// A document, with what is known of its file.
pub(crate) struct Document {
    pub(crate) file: String,
    pub(crate) sha256: String,
    pub(crate) root: Root,
}

/// Reads one document, or adds the reason why it cannot be read.
pub(crate) fn parse(file: &str, text: &str, problems: &mut Problems) -> Option<Document> {
    // `Y` and `no` are values of enums here, never booleans.
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    let mut at = At::document(file);
    let parsed = serde_saphyr::with_deserializer_from_str_with_options(text, options, |reader| {
        serde_path_to_error::deserialize::<_, Root>(reader).map_err(|error| {
            let path = error.path().to_string();
            if path != "." {
                at = at.key(path);
            }
            error.into_inner()
        })
    });
    match parsed {
        Ok(root) => {
            return Some(Document {
                file: file.to_owned(),
                sha256: sha256(text),
                root,
            });
        }
        Err(error) => problems.add(&at, error),
    }
    None
}

/// The hash in the head of what is made from `text`.
pub(crate) fn sha256(text: &str) -> String {
    Sha256::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Root {
    pub(crate) openapi: String,
    pub(crate) info: Info,
    #[serde(default)]
    pub(crate) paths: IndexMap<String, IndexMap<Method, Operation>>,
    #[serde(default)]
    pub(crate) components: Components,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Info {
    pub(crate) title: String,
    #[serde(rename = "version")]
    _version: String,
    pub(crate) description: Option<String>,
}

/// Read as text, because an error names the keys above it only if they are text.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash)]
#[serde(try_from = "String")]
pub(crate) enum Method {
    Get,
    Put,
    Post,
    Delete,
}

impl Method {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

impl TryFrom<String> for Method {
    type Error = String;

    fn try_from(key: String) -> Result<Self, String> {
        match key.as_str() {
            "get" => Ok(Self::Get),
            "put" => Ok(Self::Put),
            "post" => Ok(Self::Post),
            "delete" => Ok(Self::Delete),
            _ => Err(format!(
                "`{key}` is not one of `get`, `put`, `post`, `delete`"
            )),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Operation {
    pub(crate) operation_id: String,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    pub(crate) summary: String,
    pub(crate) description: Option<String>,
    #[serde(rename = "x-reference")]
    pub(crate) reference: Option<String>,
    /// The refusals that the reference prints: status and code each.
    #[serde(rename = "x-errors", default)]
    pub(crate) errors: Vec<String>,
    /// The Rust that makes the operation in its example, where hand-written code is there for it.
    #[serde(rename = "x-built-by")]
    pub(crate) built_by: Option<String>,
    /// Whether a response says in a 200 whether the call went well.
    #[serde(rename = "x-verdict", default)]
    pub(crate) verdict: bool,
    #[serde(rename = "x-retry")]
    pub(crate) retry: Retry,
    pub(crate) security: Vec<IndexMap<String, Vec<String>>>,
    #[serde(rename = "x-paging")]
    pub(crate) paging: Option<Paging>,
    #[serde(rename = "x-rules", default)]
    pub(crate) rules: Vec<Rule>,
    #[serde(default)]
    pub(crate) deprecated: bool,
    #[serde(default)]
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) request_body: Option<RequestBody>,
    pub(crate) responses: IndexMap<String, Response>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Retry {
    Read,
    Idempotent,
    Once,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paging {
    pub(crate) items: String,
    pub(crate) count: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    #[serde(rename = "in")]
    pub(crate) place: ParameterPlace,
    #[serde(default)]
    pub(crate) required: bool,
    pub(crate) schema: Schema,
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) deprecated: bool,
    #[serde(rename = "x-name")]
    pub(crate) rust_name: Option<String>,
    #[serde(rename = "x-constant")]
    pub(crate) constant: Option<Scalar>,
    pub(crate) example: Option<Example>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ParameterPlace {
    Path,
    Query,
    Header,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestBody {
    #[serde(default)]
    pub(crate) required: bool,
    pub(crate) content: IndexMap<String, MediaType>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MediaType {
    pub(crate) schema: Schema,
    pub(crate) example: Option<Example>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Response {
    #[serde(rename = "description")]
    _description: String,
    pub(crate) content: Option<IndexMap<String, MediaType>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Components {
    #[serde(default)]
    pub(crate) schemas: IndexMap<String, Schema>,
    #[serde(default)]
    pub(crate) security_schemes: IndexMap<String, SecurityScheme>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecurityScheme {
    #[serde(rename = "type")]
    _type: String,
    #[serde(rename = "in")]
    _place: String,
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "description")]
    _description: Option<String>,
}

/// Any schema. Which keys go together is checked when it is resolved.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct Schema {
    #[serde(rename = "$ref")]
    pub(crate) reference: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<SchemaType>,
    pub(crate) format: Option<String>,
    #[serde(rename = "x-type")]
    pub(crate) rust_type: Option<String>,
    #[serde(rename = "x-format")]
    pub(crate) wire_format: Option<String>,
    #[serde(rename = "x-name")]
    pub(crate) rust_name: Option<String>,
    #[serde(rename = "x-also")]
    pub(crate) also: Vec<String>,
    #[serde(rename = "x-multiline")]
    pub(crate) multiline: bool,
    /// Names of the component in the official SDKs.
    #[serde(rename = "x-alias")]
    pub(crate) aliases: Vec<String>,
    #[serde(rename = "x-characters")]
    pub(crate) characters: Option<Characters>,
    #[serde(rename = "x-preset")]
    pub(crate) preset: bool,
    #[serde(rename = "x-single-use")]
    pub(crate) single_use: bool,
    #[serde(rename = "x-rules")]
    pub(crate) rules: Vec<Rule>,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
    pub(crate) min_length: Option<i64>,
    pub(crate) max_length: Option<i64>,
    pub(crate) minimum: Option<i64>,
    pub(crate) maximum: Option<i64>,
    pub(crate) min_items: Option<i64>,
    pub(crate) max_items: Option<i64>,
    pub(crate) default: Option<Scalar>,
    #[serde(rename = "enum")]
    pub(crate) values: Option<Vec<Scalar>>,
    #[serde(rename = "x-enum-varnames")]
    pub(crate) variant_names: Option<Vec<String>>,
    #[serde(rename = "x-enum-descriptions")]
    pub(crate) variant_descriptions: Option<Vec<String>>,
    pub(crate) items: Option<Box<Schema>>,
    pub(crate) additional_properties: Option<Box<Schema>>,
    pub(crate) required: Vec<String>,
    pub(crate) properties: Option<IndexMap<String, Schema>>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SchemaType {
    String,
    Integer,
    Number,
    Boolean,
    Array,
    Object,
}

/// The only characters that a text may hold.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Characters {
    Word,
    Code,
    Account,
    Name,
}

/// A plain value: of an enum, a default or a constant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
}

impl Scalar {
    /// The value as it stands in a query or a header.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            Self::Text(value) => value.clone(),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Scalar;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text, a number or a boolean")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
                Ok(Scalar::Bool(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
                Ok(Scalar::Int(value))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Scalar, E> {
                i64::try_from(value).map(Scalar::Int).map_err(E::custom)
            }

            fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
                Ok(Scalar::Float(value))
            }

            fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(value.to_owned()))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

impl Schema {
    /// The keys that are given, as they are written.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static str> {
        [
            ("$ref", self.reference.is_some()),
            ("type", self.kind.is_some()),
            ("format", self.format.is_some()),
            ("x-type", self.rust_type.is_some()),
            ("x-format", self.wire_format.is_some()),
            ("x-name", self.rust_name.is_some()),
            ("x-also", !self.also.is_empty()),
            ("x-multiline", self.multiline),
            ("x-alias", !self.aliases.is_empty()),
            ("x-characters", self.characters.is_some()),
            ("x-preset", self.preset),
            ("x-single-use", self.single_use),
            ("x-rules", !self.rules.is_empty()),
            ("description", self.description.is_some()),
            ("deprecated", self.deprecated),
            ("minLength", self.min_length.is_some()),
            ("maxLength", self.max_length.is_some()),
            ("minimum", self.minimum.is_some()),
            ("maximum", self.maximum.is_some()),
            ("minItems", self.min_items.is_some()),
            ("maxItems", self.max_items.is_some()),
            ("default", self.default.is_some()),
            ("enum", self.values.is_some()),
            ("x-enum-varnames", self.variant_names.is_some()),
            ("x-enum-descriptions", self.variant_descriptions.is_some()),
            ("items", self.items.is_some()),
            ("additionalProperties", self.additional_properties.is_some()),
            ("required", !self.required.is_empty()),
            ("properties", self.properties.is_some()),
        ]
        .into_iter()
        .filter_map(|(key, given)| given.then_some(key))
    }
}
