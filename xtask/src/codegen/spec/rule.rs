//! `x-rules`: rules that span fields, as they are written. Paths are resolved in `resolve/rules.rs`.
//!
//! ```yaml
//! x-rules:
//!   - { requires: cycleParams, why: A sentence for people. }
//!   - { when: { field: cycle, is: [Week, Month] }, requires: [point], why: .. }
//!   - { when: { field: startTime, absent: true }, excludes: [point], kind: guard, why: .. }
//!   - { at_least_one: [phone, accountId], why: .. }       # not_together, exactly_one: the same
//!   - { after: endDate, than: startDate, or_equal: true, why: .. }
//!   - { when: { field: cycle, is: [Day] }, range: { field: interval, max: 15 }, why: .. }
//!   - { when: { field: cycle, is: [Week] }, items: { field: point, min: 0, max: 6 }, why: .. }
//! ```
//!
//! Fields are named by their wire names, joined by dots, from the model or from the parameters and
//! the body of the operation on. Every form can have a `when`, except that `excludes` must have one.
//! A rule is one of the service, unless `kind: guard` says that the client adds it.

use serde::{Deserialize, Deserializer, de};

use super::Scalar;

/// One rule of a component or an operation.
///
/// It has exactly one of the keys that say what it demands. Serde cannot say that and still name the
/// misspelt key, so that `resolve/rules.rs` counts them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// Who refuses a request that breaks the rule.
    #[serde(default)]
    pub(crate) kind: RuleKind,
    /// A sentence that an error can show.
    pub(crate) why: String,
    pub(crate) when: Option<Condition>,
    pub(crate) requires: Option<Paths>,
    pub(crate) excludes: Option<Paths>,
    pub(crate) at_least_one: Option<Vec<String>>,
    pub(crate) not_together: Option<Vec<String>>,
    pub(crate) exactly_one: Option<Vec<String>>,
    pub(crate) after: Option<String>,
    pub(crate) than: Option<String>,
    #[serde(default)]
    pub(crate) or_equal: bool,
    pub(crate) range: Option<Bounds>,
    pub(crate) items: Option<Bounds>,
}

/// Who refuses.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RuleKind {
    /// The service.
    #[default]
    Service,
    /// This client, because the service would do something that nobody wants.
    Guard,
}

/// When a rule holds: a field, and one of the three keys after it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Condition {
    pub(crate) field: String,
    pub(crate) is: Option<Vec<Scalar>>,
    #[serde(default)]
    pub(crate) present: bool,
    #[serde(default)]
    pub(crate) absent: bool,
}

/// The range of a field, or of each item of a list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bounds {
    pub(crate) field: String,
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
}

/// One path of wire names, or a list of them.
pub(crate) struct Paths(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for Paths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Paths;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a field or a list of fields")
            }

            fn visit_str<E>(self, path: &str) -> Result<Paths, E> {
                Ok(Paths(vec![path.to_owned()]))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Paths, A::Error> {
                let mut paths = Vec::new();
                while let Some(path) = seq.next_element()? {
                    paths.push(path);
                }
                Ok(Paths(paths))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}
