//! Rules that span fields, resolved: fields are indexes, and what is compared can be compared.

#![cfg_attr(
    not(test),
    allow(
        dead_code,
        reason = "resolved and checked, but not written into the crate yet"
    )
)]

use crate::codegen::spec::{RuleKind, Scalar};

/// One rule of a model or an operation.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Who refuses a request that breaks it.
    pub(crate) kind: RuleKind,
    /// A sentence that an error can show.
    pub(crate) why: String,
    /// Absent: it always holds.
    pub(crate) when: Option<Condition>,
    pub(crate) demand: Demand,
}

/// What a rule demands.
#[derive(Debug, PartialEq)]
pub(crate) enum Demand {
    /// All of these are set.
    Requires(Vec<FieldPath>),
    /// None of these is set.
    Excludes(Vec<FieldPath>),
    AtLeastOne(Vec<FieldPath>),
    NotTogether(Vec<FieldPath>),
    ExactlyOne(Vec<FieldPath>),
    /// Both are times, days or numbers of one type. Holds when one of them is absent.
    After {
        later: FieldPath,
        than: FieldPath,
        or_equal: bool,
    },
    /// The range of a number or a span of time, in the unit of the wire. Holds when it is absent.
    Range {
        field: FieldPath,
        bounds: Bounds,
    },
    /// The range of each item of a list of numbers. Holds when the list is absent.
    Items {
        field: FieldPath,
        bounds: Bounds,
    },
}

/// When a rule holds.
#[derive(Debug, PartialEq)]
pub(crate) struct Condition {
    pub(crate) field: FieldPath,
    pub(crate) test: Test,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Test {
    /// The field is set to one of these, as the wire spells them: a bit is 0 or 1.
    Is(Vec<Scalar>),
    Present,
    Absent,
}

/// At least one of the two is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
}

/// The way from the fields of a model or an operation to a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldPath {
    /// As it is written: wire names joined by dots. It does not name the body as a whole.
    pub(crate) wire: String,
    /// An index into the fields of each struct on the way. That of a body which is one model comes
    /// first, although `wire` does not name it.
    pub(crate) indexes: Vec<usize>,
}
