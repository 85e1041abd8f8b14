//! Sets of arguments for every operation, and our requests made from them.

use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use http::Request;
use meeting_testing::Filler;
use meeting_types::{
    AccessToken, AuthKind, AuthorizationRef, ConferenceCredential, Endpoint, OperationInfo,
    every_operation, operations,
    schema::{Empty, Model},
    write_request,
};
use serde_json::Value as Json;

use crate::{
    describe::describe,
    differences::Listed,
    fill::{Style, StyleChoices},
    logins,
};

/// The meeting that control operations work on.
const CONFERENCE: &str = "900825541";

/// One call: the arguments as the official SDK is told, and the request that we make of them.
pub(crate) struct ArgumentSet {
    /// The operation.
    pub(crate) operation: &'static str,
    /// The group of the API, for the table.
    pub(crate) group: &'static str,
    /// What the call carries.
    pub(crate) auth: AuthKind,
    /// Which set it is.
    pub(crate) name: String,
    /// A login of the official SDK's credentials, and no operation of its client.
    pub(crate) is_login: bool,
    /// The arguments, for the script.
    pub(crate) described: Json,
    /// Our request.
    pub(crate) request: Request<Bytes>,
}

/// All sets of all operations that the official SDK has, and those of the logins.
pub(crate) fn all(listed: &Listed) -> Result<Vec<ArgumentSet>> {
    let mut sets = Vec::new();
    let mut skipped: Vec<&str> = listed.skipped().collect();
    macro_rules! fill {
        ($($operation:ident)*) => {$(
            let info = <operations::$operation as meeting_types::Operation>::INFO;
            match skipped.iter().position(|name| *name == info.name) {
                Some(index) => {
                    skipped.swap_remove(index);
                }
                None => {
                    let empty = || -> Box<dyn Model> {
                        Box::new(operations::$operation::empty())
                    };
                    let digits: Vec<&str> = listed.digits(info.name).collect();
                    of_operation(info, empty, &digits, &mut sets)
                        .with_context(|| format!("{} cannot be filled", info.name))?;
                }
            }
        )*};
    }
    every_operation! { fill }
    if !skipped.is_empty() {
        bail!(
            "listed as unknown to the official SDK, but not ours: {}",
            skipped.join(", ")
        );
    }
    sets.extend(logins::sets()?);
    Ok(sets)
}

fn of_operation(
    info: &'static OperationInfo,
    empty: impl Fn() -> Box<dyn Model>,
    digits: &[&str],
    sets: &mut Vec<ArgumentSet>,
) -> Result<()> {
    let fields = empty().shape().fields;
    for name in digits {
        let is_there = fields.iter().any(|field| field.wire == *name);
        ensure!(is_there, "listed as digits, but not there: {name}");
    }
    for style in Style::all() {
        let mut filler = Filler::new(StyleChoices::new(style, digits));
        let mut operation = empty();
        filler.operation(&mut *operation, info);
        let control = match info.auth {
            AuthKind::ConferenceToken => filler.choices().header_text(),
            _ => String::new(),
        };
        // A set that is like one before it shows nothing new.
        if !filler.choices().made_a_difference() {
            continue;
        }
        let token = AccessToken::new("fixed-token");
        let control = ConferenceCredential::new(CONFERENCE, control);
        let by_ref = match info.auth {
            AuthKind::AccessToken => AuthorizationRef::Access(&token),
            AuthKind::ConferenceToken => AuthorizationRef::Conference(&control),
            _ => AuthorizationRef::Nothing,
        };
        let request = write_request(&*operation, info, &Endpoint::china(), by_ref)
            .with_context(|| format!("set `{style}`"))?;
        sets.push(ArgumentSet {
            operation: info.name,
            group: info.group,
            auth: info.auth,
            name: style.to_string(),
            is_login: false,
            described: describe(&*operation, info, by_ref, token.expose()),
            request,
        });
    }
    Ok(())
}
