//! Parts that the tests of several crates share: values for any operation and model.
//!
//! [`Filler`] walks the tables of a model and asks its [`Choices`] for each value. [`Tape`] makes
//! them at random, for property tests.

#![allow(
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    reason = "not published: whatever uses it changes with it"
)]

mod fill;
mod leaks;
mod sample;
mod satisfy;
mod tape;

pub use fill::{Choices, Filler, Place, Target};
pub use leaks::Printed;
pub use sample::Sample;
pub use satisfy::change;
pub use tape::{RandomChoices, Tape};
