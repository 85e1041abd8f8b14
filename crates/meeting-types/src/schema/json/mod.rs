//! JSON text, apart from the tables.

#![allow(
    dead_code,
    unused_imports,
    reason = "the doors are switched to it next"
)]

mod repair;

pub(crate) use repair::{Broken, Repaired, decoded, repair, stray};
pub use repair::{Mend, MendKind};
