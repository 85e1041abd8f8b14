//! Who interprets.

use std::collections::BTreeMap;

use crate::{
    models::{Interpreter, InterpreterKind},
    schema::{Empty, Field, Kind, setters, table},
};

/// Interpreters between two languages, as a push tells them. Only what the service sent is set.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct InterpreterGroupInfo {
    /// The id of the group.
    pub id: Option<String>,
    /// The name of the group.
    pub name: Option<String>,
    /// One language, by its short code.
    pub first_language: Option<String>,
    /// The other language, by its short code.
    pub second_language: Option<String>,
    /// Who interprets: people or a machine.
    pub kind: Option<InterpreterKind>,
    /// The interpreters.
    pub interpreters: Vec<Interpreter>,
    /// What else was sent, by its key on the wire. Also holds a value that does not fit its field.
    pub extra: BTreeMap<String, String>,
}

impl InterpreterGroupInfo {
    /// The group `id`.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: Some(id.into()),
            ..Self::default()
        }
    }
}

// The table of the reference says `groupId`; its sample says `groupID`, as the REST calls do.
table! {
    InterpreterGroupInfo {
        id = Field::body("groupID", Kind::Text).also(&["groupId"]);
        name = Field::body("groupName", Kind::Text);
        first_language = Field::body("firstLanguage", Kind::Text);
        second_language = Field::body("secondLanguage", Kind::Text);
        kind = Field::body("groupType", InterpreterKind::KIND);
        interpreters = Field::body("interpreters", Kind::List(&Interpreter::KIND));
        extra = Field::rest();
    }
}

setters! {
    InterpreterGroupInfo {
        into name: String;
        into first_language: String;
        into second_language: String;
        plain kind: InterpreterKind;
        items interpreters: Interpreter;
    }
}
