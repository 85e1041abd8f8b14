//! JSON into slots and out of them.

mod observed;
mod read;
mod write;

pub(crate) use observed::{Observed, is_verdict};
pub(crate) use read::{ReadFailure, deserialize_model, from_json, read_json, read_tree};
pub(crate) use write::{serialize_model, write_body, write_json};
