//! What is different between two requests.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use bytes::Bytes;
use http::Request;
use serde::Deserialize;

use crate::wire::Wire;

/// One difference.
pub(crate) struct Difference {
    pub(crate) kind: Kind,
    /// Where it is, such as `query offset` or `body guests[0].name`.
    pub(crate) at: String,
    /// What the official SDK says there.
    pub(crate) official: Option<String>,
    /// What we say there.
    pub(crate) ours: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// Only the official SDK sends it.
    OfficialOnly,
    /// Only we send it.
    OursOnly,
    /// Both send it, but another value.
    OtherValue,
    /// The official SDK can send it, and no arguments of ours could make it do so.
    NotOffered,
    /// The official SDK cannot be called with these arguments. It cannot be listed: it would hide all
    /// else about the call.
    #[serde(skip)]
    Failure,
}

/// Compares two requests made from the same arguments.
pub(crate) fn requests(official: &Wire, ours: &Request<Bytes>) -> Result<Vec<Difference>> {
    let official = official.facts().context("the official SDK's request")?;
    let ours = Wire::of(ours)
        .and_then(|ours| ours.facts())
        .context("our request")?;
    let places: BTreeSet<&String> = official.keys().chain(ours.keys()).collect();
    let differs = |at: &str| official.get(at) != ours.get(at);
    let found = places.into_iter().filter(|at| differs(at));
    // How something is spelt is of interest where it says the same.
    let found = found.filter(|at| !at.strip_prefix("raw ").is_some_and(differs));
    let found = found.map(|at| {
        let (official, ours) = (official.get(at).cloned(), ours.get(at).cloned());
        let kind = match (&official, &ours) {
            (_, None) => Kind::OfficialOnly,
            (None, _) => Kind::OursOnly,
            _ => Kind::OtherValue,
        };
        Difference {
            kind,
            at: at.clone(),
            official,
            ours,
        }
    });
    Ok(found.collect())
}
