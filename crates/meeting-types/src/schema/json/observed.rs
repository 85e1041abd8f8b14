//! Notes of the reader: what it left out, and which keys it met.

use crate::{
    LeftOut, Mend,
    schema::{Field, Problem},
};

/// The most values whose paths are kept. More of them are counted.
const MOST_PATHS: usize = 64;

/// Notes of one reading, beside the values.
#[derive(Debug, Default)]
pub(crate) struct Observed {
    /// Whether a value must be in its documented form.
    pub(crate) strict: bool,
    /// Whether it is what `Serialize` wrote, not what the service did.
    pub(super) stored: bool,
    /// The path of the first required field that was not found.
    pub(super) missing: Option<String>,
    /// Number of notes so far.
    notes: usize,
    /// Values that were left out, in the order in which they came.
    left_out: Vec<LeftOutValue>,
    /// How many values were left out beyond those.
    more: usize,
    /// How many items of lists were left out.
    items: usize,
    /// Lists that lie in no other list, and how many items of them were left out.
    lists: Vec<ShortList>,
    /// Whether a number was read that a float has rounded.
    pub(super) rounded: bool,
    /// Whether the outermost object has a key in which the service says how a call went.
    pub(crate) verdict: bool,
    /// Whether something was read that says more than how the call went.
    pub(crate) recognised: bool,
    /// Whether the outermost object has a key that no field is meant for.
    pub(crate) unknown: bool,
    /// Whether it has a key of a field that says more than how the call went.
    pub(crate) known: bool,
}

/// A value that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
struct LeftOutValue {
    /// Wire names, from the outermost object.
    path: String,
    problem: Problem,
    /// The number of the note.
    note: usize,
}

/// A list, items of which were left out.
#[derive(Debug)]
struct ShortList {
    path: String,
    items: usize,
    /// The number of the note.
    note: usize,
}

/// Number of notes at some moment. Those behind it are about what was read since.
#[derive(Clone, Copy)]
pub(super) struct Mark(usize);

impl Observed {
    /// Notes for reading what `Serialize` wrote.
    pub(crate) fn stored() -> Self {
        Self {
            stored: true,
            ..Self::default()
        }
    }

    /// Notes for reading that takes documented forms only.
    #[cfg(any(feature = "server", test))]
    pub(crate) fn strict() -> Self {
        Self {
            strict: true,
            ..Self::default()
        }
    }

    /// Notes for reading the same once more.
    pub(super) fn anew(&self) -> Self {
        Self {
            strict: self.strict,
            stored: self.stored,
            ..Self::default()
        }
    }

    /// The path of the required field that is missing; empty for the whole.
    pub(crate) fn take_missing(&mut self) -> String {
        self.missing.take().unwrap_or_default()
    }

    /// The first value that was not in its documented form.
    #[cfg(any(feature = "server", test))]
    pub(crate) fn into_fault(self) -> Option<crate::schema::Unfit> {
        let first = self.left_out.into_iter().next()?;
        Some(crate::schema::Unfit::new(first.path, first.problem))
    }

    /// Whether something was left out.
    pub(crate) fn has_left_out(&self) -> bool {
        !self.left_out.is_empty() || self.items > 0
    }

    /// A summary of what was left out; nothing where nothing was.
    pub(crate) fn into_left_out(self, mends: Vec<Mend>) -> Option<LeftOut> {
        let count = self.left_out.len() + self.more;
        (count > 0 || self.items > 0 || !mends.is_empty()).then(|| LeftOut {
            paths: self.left_out.into_iter().map(|value| value.path).collect(),
            count,
            items: self.items,
            lists: self
                .lists
                .into_iter()
                .map(|list| (list.path, list.items))
                .collect(),
            mends,
        })
    }

    #[inline]
    pub(super) fn mark(&self) -> Mark {
        Mark(self.notes)
    }

    /// Notes a value whose path begins where reading stands.
    pub(super) fn leave_out(&mut self, problem: Problem) {
        self.push(String::new(), problem);
    }

    /// Notes items of the list where reading stands.
    pub(super) fn leave_out_items(&mut self, items: usize) {
        if items > 0 {
            self.items += items;
            self.notes += 1;
            self.lists.push(ShortList {
                path: String::new(),
                items,
                note: self.notes,
            });
        }
    }

    fn push(&mut self, path: String, problem: Problem) {
        if self.left_out.len() < MOST_PATHS {
            self.notes += 1;
            self.left_out.push(LeftOutValue {
                path,
                problem,
                note: self.notes,
            });
        } else {
            self.more += 1;
        }
    }

    /// Puts a field in front of the paths that were noted since `mark`.
    #[inline]
    pub(super) fn step_into(&mut self, mark: Mark, wire: &str) {
        if self.notes != mark.0 {
            self.put_before(mark, wire);
        }
    }

    /// Puts an item in front of the paths that were noted since `mark`.
    #[inline]
    pub(super) fn step_into_item(&mut self, mark: Mark, index: usize) {
        if self.notes != mark.0 {
            self.lists.retain(|list| list.note <= mark.0);
            self.put_before(mark, &format!("[{index}]"));
        }
    }

    /// Puts a key in front of all paths.
    pub(crate) fn step_out_of(&mut self, key: &str) {
        self.step_into(Mark(0), key);
    }

    #[cold]
    fn put_before(&mut self, mark: Mark, step: &str) {
        let values = self.left_out.iter_mut().rev();
        let values = values.take_while(|value| value.note > mark.0);
        let lists = self.lists.iter_mut().rev();
        let lists = lists.take_while(|list| list.note > mark.0);
        for path in values
            .map(|value| &mut value.path)
            .chain(lists.map(|list| &mut list.path))
        {
            let dot = match path.bytes().next() {
                None | Some(b'[') => "",
                Some(_) => ".",
            };
            *path = format!("{step}{dot}{path}");
        }
    }

    /// Notes that an object in a field lacks a required field.
    pub(super) fn fault_inside(&mut self, wire: &str, missing: &str) {
        let path = if self.strict {
            format!("{wire}.{missing}")
        } else {
            wire.to_owned()
        };
        self.push(path, Problem::Missing);
    }

    /// Notes that an item of the list where reading stands lacks a required field, or is not there at
    /// all, unless a fault of it has been noted since `mark`.
    pub(super) fn fault_at_item(&mut self, mark: Mark, index: usize, missing: Option<&str>) {
        if let Some(missing) = missing {
            self.push(format!("[{index}].{missing}"), Problem::Missing);
        } else if self.notes == mark.0 {
            self.push(format!("[{index}]"), Problem::Missing);
        }
    }

    /// Notes a key of the outermost object.
    pub(super) fn note_key(&mut self, key: &str, field: Option<usize>) {
        if matches!(key, "error_code" | "errorCode" | "returnCode" | "code") {
            self.verdict = true;
        }
        if !is_verdict(key) {
            self.unknown |= field.is_none();
            self.known |= field.is_some();
        }
    }

    /// Notes a field of the outermost object that was filled.
    pub(super) fn note_field(&mut self, field: &Field) {
        self.recognised |= !is_verdict(field.wire);
    }
}

/// Whether a key says how a call went, and no more.
pub(crate) fn is_verdict(key: &str) -> bool {
    matches!(
        key,
        "code"
            | "message"
            | "msg"
            | "success"
            | "error_code"
            | "error_msg"
            | "errorCode"
            | "errorMsg"
            | "returnCode"
            | "returnDesc"
            | "resultCode"
            | "resultDesc"
            | "requestId"
            | "request_id"
    )
}
