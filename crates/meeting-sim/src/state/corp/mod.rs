//! Enterprises, and who and what belongs to them.

pub(crate) mod codes;
pub(crate) mod corps;
pub(crate) mod directory;
pub(crate) mod people;
