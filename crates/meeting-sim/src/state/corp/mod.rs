//! Enterprises, and who and what belongs to them.

pub(crate) mod directory;
