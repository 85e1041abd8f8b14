//! JSON into slots and out of them, and the mending of its text.

mod observed;
mod read;
mod repair;
mod write;

pub(crate) use observed::{Observed, is_verdict};
pub(crate) use read::{ReadFailure, deserialize_model, from_json, read_json, read_tree};
pub(crate) use repair::{Broken, Repaired, decoded, repair, stray};
pub use repair::{Mend, MendKind};
pub(crate) use write::{serialize_model, write_body, write_json};
