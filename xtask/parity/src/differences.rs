//! The differences that are meant, with the reason for each.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use meeting_types::AuthKind;
use serde::Deserialize;

use crate::compare::{Difference, Kind};

/// What `differences.toml` says, and what of it was met.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listed {
    skipped: Vec<Skipped>,
    digits: Vec<Digits>,
    #[serde(rename = "difference")]
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Skipped {
    operation: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Digits {
    operation: String,
    parameters: Vec<String>,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Names of operations; `*` is all of them, `@control` those that carry a control token.
    operations: Vec<String>,
    kind: Kind,
    /// Where it is; any item of a list is `[]`, and any key of a map `[*]`.
    at: String,
    /// What the official SDK says, if it must be that.
    official: Option<String>,
    /// What we say, if it must be that.
    ours: Option<String>,
    reason: String,
    /// Which of the operations had it.
    #[serde(skip)]
    met: Vec<bool>,
}

impl Listed {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut listed: Self =
            toml::from_str(&text).with_context(|| format!("cannot read {}", path.display()))?;
        let reasons = listed.entries.iter().map(|entry| &entry.reason);
        let skipped = listed.skipped.iter().map(|skipped| &skipped.reason);
        let digits = listed.digits.iter().map(|digits| &digits.reason);
        if reasons
            .chain(skipped)
            .chain(digits)
            .any(|reason| reason.trim().is_empty())
        {
            bail!("{}: something has no reason", path.display());
        }
        listed.forget();
        Ok(listed)
    }

    /// Begins anew: nothing was met.
    pub(crate) fn forget(&mut self) {
        for entry in &mut self.entries {
            entry.met = vec![false; entry.operations.len()];
        }
    }

    /// Operations of ours that the official SDK does not have.
    pub(crate) fn skipped(&self) -> impl Iterator<Item = &str> {
        self.skipped
            .iter()
            .map(|skipped| skipped.operation.as_str())
    }

    /// Parameters that are text to us, but take nothing but digits in the official SDK.
    pub(crate) fn digits(&self, operation: &str) -> impl Iterator<Item = &str> {
        self.digits
            .iter()
            .filter(move |digits| digits.operation == operation)
            .flat_map(|digits| digits.parameters.iter().map(String::as_str))
    }

    /// Whether this difference is meant.
    pub(crate) fn has(
        &mut self,
        operation: &str,
        auth: Option<AuthKind>,
        found: &Difference,
    ) -> bool {
        let at = without_indexes(&found.at);
        let agrees = |said: &Option<String>, found: &Option<String>| {
            said.is_none() || said.as_ref() == found.as_ref()
        };
        let mut is_listed = false;
        for entry in &mut self.entries {
            let is_here = entry.kind == found.kind
                && entry.at == at
                && agrees(&entry.official, &found.official)
                && agrees(&entry.ours, &found.ours);
            if !is_here {
                continue;
            }
            for (name, met) in entry.operations.iter().zip(&mut entry.met) {
                let is_this = match name.as_str() {
                    "*" => true,
                    "@control" => auth == Some(AuthKind::ConferenceToken),
                    name => name == operation,
                };
                *met |= is_this;
                is_listed |= is_this;
            }
        }
        is_listed
    }

    /// What is listed and was not met, as lines to print.
    pub(crate) fn stale(&self) -> Vec<String> {
        let mut stale = Vec::new();
        for entry in &self.entries {
            for (name, met) in entry.operations.iter().zip(&entry.met) {
                if !met {
                    stale.push(format!("{name}  {}  ({:?})", entry.at, entry.kind));
                }
            }
        }
        stale
    }
}

/// `body guests[3].phones["a.b"]` as `body guests[].phones[*]`.
pub(crate) fn without_indexes(at: &str) -> String {
    let mut general = String::new();
    let mut rest = at;
    while let Some((before, inside)) = rest.split_once('[') {
        let (mark, after) = match inside.strip_prefix('"') {
            Some(key) => ("[*]", key.split_once("\"]").map_or("", |(_, after)| after)),
            None => ("[]", inside.split_once(']').map_or("", |(_, after)| after)),
        };
        general.push_str(before);
        general.push_str(mark);
        rest = after;
    }
    general + rest
}
