//! JSON into slots and out of them, and the mending of its text.

mod digits;
mod list;
mod object;
mod observed;
mod read;
mod repair;
mod rest;
mod write;

pub(crate) use digits::{parse_tree, quoted};
pub(crate) use observed::{Observed, is_verdict};
pub(crate) use read::{ReadFailure, from_json, read_json, read_tree, read_tree_into};
pub(super) use read::{Slot, deserialize_value};
pub(crate) use repair::{Broken, Repaired, decoded, repair, stray};
pub use repair::{Mend, MendKind};
pub(super) use rest::EXTRA;
pub(crate) use write::{write_body, write_json, write_tree};
