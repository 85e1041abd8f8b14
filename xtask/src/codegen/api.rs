//! The API as the writer sees it: everything resolved, checked and named.

mod rule;

use super::{
    example::Example,
    spec::{Characters, Method, Retry},
};

pub(crate) use rule::{Bounds, Condition, Demand, FieldPath, Rule, Test};

/// All groups, by file name.
pub(crate) struct Api {
    pub(crate) groups: Vec<Group>,
}

/// What one document describes.
pub(crate) struct Group {
    /// `conference-control.yaml`.
    pub(crate) file: String,
    /// `conference-control`.
    pub(crate) name: String,
    /// `conference_control`.
    pub(crate) module: String,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) sha256: String,
    pub(crate) operations: Vec<Operation>,
    pub(crate) types: Vec<TypeDefinition>,
}

pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) subgroup: String,
    pub(crate) summary: String,
    pub(crate) description: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) auth: Auth,
    pub(crate) retry: Retry,
    pub(crate) deprecated: bool,
    /// Whether a response says in a 200 whether the call went well.
    pub(crate) verdict: bool,
    pub(crate) constants: Vec<Constant>,
    pub(crate) fields: Vec<Field>,
    /// Nothing, or what the response body holds.
    pub(crate) reply: Option<Type>,
    /// The fewest items that a response has which is a list. With fewer it is no success.
    pub(crate) paging: Option<Paging>,
    /// The least number of items of a response that is a list.
    pub(crate) least_items: i64,
    pub(crate) rules: Vec<Rule>,
    /// Whether all that is in it can be cloned.
    pub(crate) clone: bool,
    /// Whether all that is in it equals itself: no number with a fraction.
    pub(crate) eq: bool,
    /// The refusals that the reference prints.
    pub(crate) errors: Vec<DocumentedError>,
    pub(crate) examples: Examples,
}

/// A refusal that the reference prints for an operation.
pub(crate) struct DocumentedError {
    pub(crate) status: u16,
    pub(crate) code: String,
}

/// The examples that the document gives; the emitter makes up the others.
#[derive(Default)]
pub(crate) struct Examples {
    /// Values by the Rust name of the parameter.
    pub(crate) request: Vec<(String, Example)>,
    pub(crate) response: Option<Example>,
    /// The expression that makes the operation, where something hand-written is there for it.
    pub(crate) built_by: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Auth {
    None,
    AccessToken,
    ConferenceToken,
}

pub(crate) struct Constant {
    pub(crate) place: Place,
    pub(crate) wire: String,
    pub(crate) value: String,
}

/// Paths of the items and the count in the response of a paged operation.
pub(crate) struct Paging {
    pub(crate) item: Type,
    /// The field of the response that holds the page, unless the response is the page.
    pub(crate) inside: Option<PageField>,
    pub(crate) items: PageField,
    /// The field that holds the count, and its type.
    pub(crate) count: Option<(PageField, Type)>,
    /// The fields beside the items that repeat the `offset` and the `limit` of the request.
    pub(crate) echoes: Vec<PageField>,
}

/// A field on the way to a page, and whether it is an `Option`.
pub(crate) struct PageField {
    pub(crate) name: String,
    pub(crate) wire: String,
    pub(crate) optional: bool,
}

pub(crate) struct TypeDefinition {
    pub(crate) name: String,
    pub(crate) description: String,
    /// Other names that people search it by.
    pub(crate) aliases: Vec<String>,
    pub(crate) kind: TypeKind,
}

pub(crate) enum TypeKind {
    Model(Model),
    Enum(Enum),
}

pub(crate) struct Model {
    pub(crate) fields: Vec<Field>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) single_use: bool,
    /// Whether some request holds it.
    pub(crate) in_request: bool,
    /// Whether some response holds it.
    pub(crate) in_reply: bool,
    pub(crate) clone: bool,
    pub(crate) eq: bool,
}

pub(crate) struct Enum {
    pub(crate) is_text: bool,
    pub(crate) variants: Vec<Variant>,
}

pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) description: String,
    /// As a Rust literal.
    pub(crate) literal: String,
}

/// A parameter of an operation or a field of a model.
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) wire: String,
    pub(crate) also: Vec<String>,
    pub(crate) place: Place,
    pub(crate) value: Type,
    pub(crate) format: Format,
    pub(crate) limits: Limits,
    /// Limits of each item of a list.
    pub(crate) item_limits: Limits,
    pub(crate) multiline: bool,
    pub(crate) characters: Option<Characters>,
    pub(crate) required: bool,
    pub(crate) deprecated: bool,
    pub(crate) description: String,
    /// As it is shown in the documentation.
    pub(crate) default: Option<String>,
    /// Whether `new` sets an optional field to its default, so that it is sent.
    pub(crate) preset: bool,
}

impl Field {
    /// Whether it is an `Option`. A list or map that is only ever read is not: it is then empty.
    pub(crate) fn is_option(&self, in_request: bool) -> bool {
        let collection = matches!(self.value, Type::List(_) | Type::Map);
        !self.required && (in_request || !collection)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
    Body,
    WholeBody,
    Part,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    /// Written by hand in `meeting-types`.
    Named(&'static NamedType),
    Bool,
    I32,
    I64,
    U32,
    U64,
    F64,
    Timestamp,
    Date,
    Duration,
    Upload,
    Model(String),
    Enum(String),
    List(Box<Type>),
    Map,
}

/// A type of `meeting-types` that the spec names with `x-type`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NamedType {
    pub(crate) name: &'static str,
    pub(crate) module: &'static str,
    pub(crate) clone: bool,
    /// Whether it holds a number, not a text. It then travels as either, as the document says.
    pub(crate) number: bool,
    /// Whether it knows values by name, so that it has a kind of its own.
    pub(crate) own_kind: bool,
}

impl NamedType {
    /// Whether a log must never show it.
    pub(crate) fn is_secret(&self) -> bool {
        self.module == "crate::secret"
    }
}

const fn id(name: &'static str) -> NamedType {
    NamedType {
        name,
        module: "crate::ids",
        clone: true,
        number: false,
        own_kind: false,
    }
}

const fn secret(name: &'static str) -> NamedType {
    NamedType {
        name,
        module: "crate::secret",
        clone: true,
        number: false,
        own_kind: false,
    }
}

pub(crate) static NAMED_TYPES: [NamedType; 22] = [
    id("AccountId"),
    id("AppId"),
    id("ConferenceId"),
    id("ConferenceUuid"),
    id("CorpId"),
    id("DeptId"),
    id("ParticipantId"),
    id("UserId"),
    id("UserUuid"),
    id("VmrConferenceId"),
    id("VmrId"),
    secret("AccessToken"),
    secret("AuthRandom"),
    secret("ConferenceToken"),
    secret("JoinUrl"),
    secret("LoginSignature"),
    secret("Password"),
    secret("RefreshToken"),
    secret("SecretText"),
    NamedType {
        clone: false,
        ..secret("WebSocketToken")
    },
    NamedType {
        module: "crate::country",
        own_kind: true,
        ..id("Country")
    },
    NamedType {
        module: "crate::time",
        number: true,
        own_kind: true,
        ..id("TimeZoneId")
    },
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Plain,
    Bit,
    BitText,
    YesNo,
    YesNoWord,
    EpochMillis,
    EpochMillisText,
    EpochSeconds,
    UtcMinute,
    UtcSecond,
    Iso,
    Seconds,
    Minutes,
    Millis,
    IntText,
    Comma,
    Base64,
}

/// What is bounded, and by what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) of: Bounded,
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Bounded {
    #[default]
    Nothing,
    Characters,
    Number,
    Items,
}

impl Api {
    /// What a reader of the spec may want to know, though it is no mistake.
    pub(crate) fn notes(&self) -> Vec<String> {
        let operations = self.groups.iter().flat_map(|group| &group.operations);
        let names: Vec<&str> = operations
            .map(|operation| operation.name.as_str())
            .collect();
        let types = self.groups.iter().flat_map(|group| &group.types);
        types
            .filter(|definition| names.contains(&definition.name.as_str()))
            .map(|definition| format!("`{}` is an operation and a model", definition.name))
            .collect()
    }
}
